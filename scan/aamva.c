#include "scan/aamva.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

static void note(struct document *d, const char *what)
{
	for (int i = 0; i < d->n_repairs; i++)
		if (str_eq(d->repairs[i], what))
			return;
	if (d->n_repairs < DOCUMENT_REPAIRS)
		(void)str_copy(d->repairs[d->n_repairs++], DOCUMENT_WORD_SZ, what);
}

/* --- where it is from ---------------------------------------------------------------------------- */

static const char provinces[] = " AB BC MB NB NL NF NS NT NU ON PE QC YT SK YK PQ ";

const char *aamva_state(const char *region)
{
	char word[8];
	(void)str_print(word, sizeof word, " %.2s ", region);
	return strlen(word) == 4 && strstr(provinces, word) != NULL ? "CAN" : "USA";
}

static bool canadian(const struct aamva_text *t)
{
	if (str_eq(aamva_get(t, "DCG"), "CAN"))
		return true;
	if (str_eq(aamva_get(t, "DCG"), "USA"))
		return false;
	return str_eq(aamva_state(aamva_get(t, "DAJ")), "CAN");
}

/* --- dates --------------------------------------------------------------------------------------- */

enum { MENDS_MOST = 2 /* letters made digits: more would be a guess */ };

static int number(const char *s, int n)
{
	int v = 0;
	while (n-- > 0)
		v = v * 10 + *s++ - '0';
	return v;
}

static bool date_in(struct document_date *t, const char *s, bool year_first)
{
	const int year = number(year_first ? s : s + 4, 4);
	*t = (struct document_date){
	    year, number(year_first ? s + 4 : s, 2), number(year_first ? s + 6 : s + 2, 2)};
	return year >= 1880 && year < 2200 && t->day >= 1 &&
	       t->day <= document_month_days(year, t->month);
}

/* The digit that a letter was, or 0. */
static char digit_like(char c)
{
	switch (c) {
	case 'O':
	case 'o': return '0';
	case 'I':
	case 'l': return '1';
	case 'Z': return '2';
	case 'S': return '5';
	case 'G': return '6';
	case 'B': return '8';
	default: return '\0';
	}
}

/* Eight digits, and the letters that were made digits. */
struct date_text {
	char s[9], from[MENDS_MOST];
	int n, at[MENDS_MOST], mends;
};

/* Text behind the eight digits is passed over (NH), dividers between them are (seen in the field). False: fewer, or more. */
static bool date_text(struct date_text *x, const char *value)
{
	*x = (struct date_text){.s = ""};
	for (; *value != '\0' && x->n < 8; value++) {
		const char like = digit_like(*value);
		if (isdigit((unsigned char)*value)) {
			x->s[x->n++] = *value;
		} else if (like != '\0' && x->mends < MENDS_MOST) {
			x->at[x->mends] = x->n;
			x->from[x->mends++] = *value;
			x->s[x->n++] = like;
		} else if (*value != '-' && *value != '/') {
			return false;
		}
	}
	return x->n == 8 && !isdigit((unsigned char)*value);
}

/* MMDDCCYY in the United States, CCYYMMDD in Canada and in version 01; the other order where that is no date (WV, WY, MO). Nothing is a date in
 * both: no month begins a century. what: in a repair's words. */
static bool date_read(struct document *d, struct document_date *t, const char *value,
    bool year_first, const char *what)
{
	struct date_text x;
	*t = (struct document_date){0};
	if (!date_text(&x, value))
		return false;
	const bool first = date_in(t, x.s, year_first);
	if (!first && !date_in(t, x.s, !year_first)) {
		*t = (struct document_date){0};
		return false;
	}
	if (!first)
		note(d, "date order");
	for (int i = 0; i < x.mends; i++) {
		char word[DOCUMENT_WORD_SZ];
		(void)str_print(word, sizeof word, "%s %c→%c", what, x.from[i], x.s[x.at[i]]);
		note(d, word);
	}
	return true;
}

/* Every version demands it. Nines are how an issuer fills in that there is none. */
static enum document_expires expiry_read(struct document *d, const char *value, bool year_first)
{
	static const char *const never[] = {"99999999", "12319999", "99991231"};
	if (value[0] == '\0')
		return DOCUMENT_EXPIRES_UNSAID;
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
		if (str_eq(value, never[i]))
			return DOCUMENT_EXPIRES_NEVER;
	return date_read(d, &d->expiry, value, year_first, "expiry") ? DOCUMENT_EXPIRES_ON
								     : DOCUMENT_EXPIRES_UNREADABLE;
}

/* No birth date, but the day until which the holder is under 18, 19 or 21. */
static bool birth_from_age(const struct aamva_text *t, struct document *d, bool year_first)
{
	static const struct {
		const char *id;
		int years;
	} ages[] = {{"DDH", 18}, {"DDI", 19}, {"DDJ", 21}};
	for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++)
		if (date_read(d, &d->birth, aamva_get(t, ages[i].id), year_first, "birth")) {
			d->birth.year -= ages[i].years;
			note(d, "birth from under-age date");
			return true;
		}
	return false;
}

/* --- names --------------------------------------------------------------------------------------- */

/* One more piece of a name behind dst. Several given names stand with commas or "$" between them. */
static void words_add(char *dst, size_t dst_sz, const char *s, size_t len)
{
	char piece[AAMVA_VALUE_SZ], all[TEXT_NAME_SZ + AAMVA_VALUE_SZ];
	(void)str_print(piece, sizeof piece, "%.*s", (int)len, s);
	for (char *c = piece; *c != '\0'; c++)
		if (*c == ',' || *c == '$')
			*c = ' ';
	aamva_clean(piece, sizeof piece, piece, strlen(piece));
	(void)str_print(all, sizeof all, "%s %s", dst, piece);
	aamva_clean(dst, dst_sz, all, strlen(all));
}

static bool suffix_like(const char *s, size_t len)
{
	static const char *const suffixes[] = {
	    "JR", "SR", "I", "II", "III", "IV", "V", "VI", "1ST", "2ND", "3RD", "4TH"};
	if (len > 0 && s[len - 1] == '.')
		len--;
	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
		if (strlen(suffixes[i]) == len && strncasecmp(s, suffixes[i], len) == 0)
			return true;
	return false;
}

/* DAA, versions 00 and 01: LAST,FIRST,MIDDLE,SUFFIX, or with "$" or "@" as on the stripe; Pennsylvania: FIRST MIDDLE LAST. */
static void whole_name(struct document *d, const char *s)
{
	const size_t all = strlen(s);
	size_t n = strcspn(s, ",$@");
	if (s[n] == '\0') {
		const char *last = strrchr(s, ' ');
		if (last != NULL && suffix_like(last + 1, strlen(last + 1))) {
			words_add(d->suffix, sizeof d->suffix, last + 1, strlen(last + 1));
			n = (size_t)(last - s);
			while (last > s && last[-1] != ' ')
				last--;
			last = last > s ? last - 1 : NULL;
		}
		if (last == NULL || last <= s) {
			words_add(d->family, sizeof d->family, s, n);
			return;
		}
		words_add(d->given, sizeof d->given, s, (size_t)(last - s));
		words_add(d->family, sizeof d->family, last + 1, n - (size_t)(last + 1 - s));
		return;
	}
	words_add(d->family, sizeof d->family, s, n);
	for (int part = 1; n < all; part++) {
		const char *from = s + n + 1;
		const size_t len = strcspn(from, ",$@");
		if (part >= 2 && from[len] == '\0' && suffix_like(from, len))
			words_add(d->suffix, sizeof d->suffix, from, len);
		else
			words_add(d->given, sizeof d->given, from, len);
		n = (size_t)(from - s) + len;
	}
}

static void names_read(struct document *d, const struct aamva_text *t)
{
	const char *family = aamva_get(t, "DCS"), *given = aamva_get(t, "DAC"),
		   *both = aamva_get(t, "DCT"), *whole = aamva_get(t, "DAA");
	if (family[0] == '\0')
		family = aamva_get(t, "DAB");
	words_add(d->family, sizeof d->family, family, strlen(family));
	words_add(d->given, sizeof d->given, given[0] != '\0' ? given : both,
	    strlen(given[0] != '\0' ? given : both));
	if (given[0] != '\0')
		words_add(
		    d->given, sizeof d->given, aamva_get(t, "DAD"), strlen(aamva_get(t, "DAD")));
	if (d->suffix[0] == '\0')
		words_add(
		    d->suffix, sizeof d->suffix, aamva_get(t, "DCU"), strlen(aamva_get(t, "DCU")));
	if (d->suffix[0] == '\0')
		words_add(
		    d->suffix, sizeof d->suffix, aamva_get(t, "DAE"), strlen(aamva_get(t, "DAE")));
	if (d->family[0] == '\0' || d->given[0] == '\0') {
		d->family[0] = d->given[0] = '\0';
		whole_name(d, whole);
	}
	d->family_cut = str_eq(aamva_get(t, "DDE"), "T");
	d->given_cut = str_eq(aamva_get(t, "DDF"), "T") || str_eq(aamva_get(t, "DDG"), "T");
}

/* --- the rest ------------------------------------------------------------------------------------ */

static char sex_of(const char *s)
{
	switch (s[0]) {
	case '1':
	case 'M': return 'M';
	case '2':
	case 'F': return 'F';
	case '9':
	case 'X': return 'X';
	default: return '\0';
	}
}

static void first_of(
    char *dst, size_t dst_sz, const struct aamva_text *t, const char *id, const char *old)
{
	const char *s = aamva_get(t, id);
	(void)str_copy(dst, dst_sz, s[0] != '\0' ? s : aamva_get(t, old));
}

/* The address of the licence; where only the mailing address is said (version 01: DAL …), that one. */
static void address_read(struct document *d, const struct aamva_text *t)
{
	const char *more = aamva_get(t, "DAH");
	first_of(d->street, sizeof d->street, t, "DAG", "DAL");
	first_of(d->city, sizeof d->city, t, "DAI", "DAN");
	first_of(d->zip, sizeof d->zip, t, "DAK", "DAP");
	words_add(d->street, sizeof d->street, more, strlen(more));
}

static enum err_code fields_read(struct document *d, const struct aamva_text *t, struct err *e)
{
	const bool canada = canadian(t), year_first = canada || t->version == 1 || t->version == 0;
	d->kind = t->id_card ? DOCUMENT_ID_CARD : DOCUMENT_DRIVING_LICENCE;
	(void)str_print(d->source, sizeof d->source, "aamva-%02d", t->version);
	(void)str_copy(d->state, sizeof d->state, canada ? "CAN" : "USA");
	(void)str_print(d->region, sizeof d->region, "%.3s", aamva_get(t, "DAJ"));
	(void)str_copy(d->number, sizeof d->number, aamva_get(t, "DAQ"));
	names_read(d, t);
	if (!date_read(d, &d->birth, aamva_get(t, "DBB"), year_first, "birth"))
		(void)birth_from_age(t, d, year_first);
	d->expires = expiry_read(d, aamva_get(t, "DBA"), year_first);
	(void)date_read(d, &d->issued, aamva_get(t, "DBD"), year_first, "issued");
	d->sex = sex_of(aamva_get(t, "DBC"));
	address_read(d, t);
	if (t->split_by_name)
		note(d, "no separators");
	d->confidence =
	    100 - 5 * d->n_repairs - (t->split_by_name ? 20 : 0) -
	    (d->expires == DOCUMENT_EXPIRES_UNSAID || d->expires == DOCUMENT_EXPIRES_UNREADABLE
		    ? 10
		    : 0);
	if (d->family[0] == '\0')
		return err_set(e, ERR_REJECTED, "the licence says no name");
	if (d->birth.year == 0)
		return err_set(e, ERR_REJECTED, "the licence says no birth date");
	if (d->number[0] == '\0')
		return err_set(e, ERR_REJECTED, "the licence says no number");
	return ERR_OK;
}

enum err_code aamva_read(struct document *d, const void *text, size_t len,
    const struct document_date *today, struct err *e)
{
	struct aamva_text t;
	struct err track = {0};
	*d = (struct document){.kind = DOCUMENT_UNKNOWN};
	enum err_code code = aamva_text(&t, text, len, e);
	if (code == ERR_OK)
		code = fields_read(d, &t, e);
	explicit_bzero(&t, sizeof t);
	if (code != ERR_OK && aamva_tracks(d, text, len, today, &track) == ERR_OK)
		return ERR_OK;
	if (code != ERR_OK)
		document_clear(d);
	return code;
}
