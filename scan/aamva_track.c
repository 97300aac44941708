#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "scan/aamva.h"

/* AAMVA DL/ID 2000, annex C. Track 1: "%", state 2, city up to 13 "^", name up to 35 "^", address up to 29 "^", "?". Name: FAMILY$GIVEN, with a
 * comma before the dollar sign in British Columbia; city's end mark is left out where it fills its field. Track 2: ";", IIN 6, number up to 13,
 * "=", expiry YYMM, birth CCYYMMDD, the number's rest, "?". */
enum { CITY_MOST = 13, TRACK_2_LEAST = 6 + 1 + 1 + 12 };

static const char *field(const char **s, const char *end, size_t most, size_t *len)
{
	const char *from = *s;
	size_t n = 0;
	while (from + n < end && from[n] != '^' && n < most)
		n++;
	*len = n;
	*s = from + n + (from + n < end && from[n] == '^');
	return from;
}

static void name_put(struct document *d, const char *s, size_t len)
{
	const char *dollar = memchr(s, '$', len);
	const size_t family = dollar != NULL ? (size_t)(dollar - s) : len;
	aamva_clean(d->family, sizeof d->family, s, family);
	if (dollar != NULL) {
		char given[TEXT_NAME_SZ];
		(void)str_print(given, sizeof given, "%.*s", (int)(len - family - 1), dollar + 1);
		for (char *c = given; *c != '\0'; c++)
			if (*c == '$' || *c == ',')
				*c = ' ';
		aamva_clean(d->given, sizeof d->given, given, strlen(given));
	}
}

static void address_put(struct document *d, const char *s, size_t len)
{
	const char *dollar = memchr(s, '$', len);
	aamva_clean(d->street, sizeof d->street, s, dollar != NULL ? (size_t)(dollar - s) : len);
}

static int number(const char *s, int n)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (!isdigit((unsigned char)s[i]))
			return -1;
		v = v * 10 + s[i] - '0';
	}
	return v;
}

static bool track_1(struct document *d, const char *s, const char *end)
{
	size_t n;
	if (end - s < 6 || !isupper((unsigned char)s[0]) || !isupper((unsigned char)s[1]))
		return false;
	(void)str_print(d->region, sizeof d->region, "%.2s", s);
	(void)str_copy(d->state, sizeof d->state, aamva_state(d->region));
	s += 2;
	const char *f = field(&s, end, CITY_MOST, &n);
	aamva_clean(d->city, sizeof d->city, f, n);
	f = field(&s, end, 35, &n);
	name_put(d, f, n);
	f = field(&s, end, 60, &n);
	address_put(d, f, n);
	return d->family[0] != '\0';
}

/* Months above 12 are codes: 77 never, 88 on the last day of the month of birth, 99 on the birthday (annex F of later versions). */
static enum document_expires expiry_put(
    struct document *d, const char *s, const struct document_date *today)
{
	const int yy = number(s, 2), mm = number(s + 2, 2);
	const bool by_birth = mm == 88 || mm == 99;
	if (yy < 0 || (!by_birth && mm != 77 && (mm < 1 || mm > 12)))
		return DOCUMENT_EXPIRES_UNREADABLE;
	if (mm == 77)
		return DOCUMENT_EXPIRES_NEVER;
	d->expiry.year = document_expiry_year(yy, today);
	d->expiry.month = by_birth ? d->birth.month : mm;
	if (by_birth) {
		const int last = document_month_days(d->expiry.year, d->expiry.month);
		d->expiry.day = mm == 99 && d->birth.day < last ? d->birth.day : last;
	}
	return DOCUMENT_EXPIRES_ON;
}

static bool track_2(
    struct document *d, const char *s, const char *end, const struct document_date *today)
{
	const char *eq = memchr(s, '=', (size_t)(end - s));
	if (end - s < TRACK_2_LEAST || eq == NULL || eq - s < 7 || end - eq < 13)
		return false;
	const int year = number(eq + 5, 4);
	d->birth = (struct document_date){year, number(eq + 9, 2), number(eq + 11, 2)};
	if (number(s, 6) < 0 || year < 1880 || year >= 2200 || d->birth.month < 1 ||
	    d->birth.day < 1 || d->birth.day > document_month_days(year, d->birth.month))
		return false;
	d->expires = expiry_put(d, eq + 1, today);
	aamva_clean(d->number, sizeof d->number, s + 6, (size_t)(eq - s - 6));
	return d->number[0] != '\0';
}

enum err_code aamva_tracks(struct document *d, const void *text, size_t len,
    const struct document_date *today, struct err *e)
{
	const char *s = text, *end = s + len;
	const char *one = memchr(s, '%', len), *stop = NULL, *two = NULL;
	*d = (struct document){.kind = DOCUMENT_DRIVING_LICENCE, .confidence = 80};
	if (one != NULL)
		stop = memchr(one, '?', (size_t)(end - one));
	if (stop != NULL)
		two = memchr(stop, ';', (size_t)(end - stop));
	const char *end_2 = two != NULL ? memchr(two, '?', (size_t)(end - two)) : NULL;
	if (one == NULL || stop == NULL || end_2 == NULL || !track_1(d, one + 1, stop) ||
	    !track_2(d, two + 1, end_2, today)) {
		document_clear(d);
		return err_set(e, ERR_INPUT, "no tracks of a licence");
	}
	(void)str_copy(d->source, sizeof d->source, "aamva-track");
	return ERR_OK;
}
