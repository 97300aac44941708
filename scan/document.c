#include "scan/document.h"

#include <string.h>

#include "scan/aamva.h"
#include "scan/mrz.h"

enum { EXPIRY_AHEAD = 50 };

const char *document_kind_name(enum document_kind k)
{
	switch (k) {
	case DOCUMENT_UNKNOWN: return "unknown";
	case DOCUMENT_PASSPORT: return "passport";
	case DOCUMENT_ID_CARD: return "id-card";
	case DOCUMENT_DRIVING_LICENCE: return "driving-licence";
	case DOCUMENT_VISA: return "visa";
	case DOCUMENT_TRAVEL: return "travel-document";
	}
	return "?";
}

void document_clear(struct document *d)
{
	explicit_bzero(d, sizeof *d);
}

enum err_code document_read(struct document *d, const void *text, size_t len,
    const struct document_date *today, struct err *e)
{
	struct err zone = {0};
	enum err_code code = aamva_read(d, text, len, today, e);
	if (code != ERR_INPUT)
		return code;
	code = mrz_read(d, text, len, today, &zone);
	if (code == ERR_REJECTED)
		*e = zone;
	return code == ERR_INPUT ? err_set(e, ERR_INPUT, "not the text of an identity document")
				 : code;
}

/* A licence's "@", or a card's track; a zone's document code and states' first letters, or a zone's name. */
bool document_looks_like(const void *text, size_t len)
{
	return aamva_looks_like(text, len) || mrz_looks_like(text, len);
}

int document_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month < 1 || month > 12)
		return 0;
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

int document_expiry_year(int two_digits, const struct document_date *today)
{
	const int year = today->year / 100 * 100 + two_digits;
	if (year > today->year + EXPIRY_AHEAD)
		return year - 100;
	return year <= today->year - (100 - EXPIRY_AHEAD) ? year + 100 : year;
}

static int last_of(const struct document_date *t)
{
	const int month = t->month != 0 ? t->month : 12;
	return t->year * 10000 + month * 100 +
	       (t->day != 0 && t->month != 0 ? t->day : document_month_days(t->year, month));
}

int document_date_order(const struct document_date *a, const struct document_date *b)
{
	const int x = last_of(a), y = last_of(b);
	return (x > y) - (x < y);
}

int document_age(const struct document_date *birth, const struct document_date *on)
{
	if (birth->year == 0)
		return -1;
	const int years = on->year - birth->year;
	return last_of(birth) % 10000 > last_of(on) % 10000 ? years - 1 : years;
}
