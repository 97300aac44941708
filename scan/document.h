/*
 * An identity document as it reads: one shape for what a barcode of a driving licence (scan/aamva.h) and a machine-readable zone (scan/mrz.h) say.
 *
 * Plain values, copied. All texts are clean (text.h) and bounded; "" and zero are "not said". Nothing here judges: whether it is expired, whose
 * it is and whether that matters is for the house rules. It is personal data through and through: document_clear when done.
 */
#ifndef SCAN_DOCUMENT_H
#define SCAN_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

enum document_kind {
	DOCUMENT_UNKNOWN,
	DOCUMENT_PASSPORT,
	DOCUMENT_ID_CARD,
	DOCUMENT_DRIVING_LICENCE,
	DOCUMENT_VISA,
	DOCUMENT_TRAVEL, /* residence permits, crew and refugee documents: machine-readable, none of the above */
};
const char *document_kind_name(
    enum document_kind k); /* "passport", "id-card", "driving-licence", … */

/* What a document says of its end. Only ON comes with a day. */
enum document_expires {
	DOCUMENT_EXPIRES_UNSAID, /* nothing, where it should say it */
	DOCUMENT_EXPIRES_NEVER, /* that it has none */
	DOCUMENT_EXPIRES_ON,
	DOCUMENT_EXPIRES_UNREADABLE, /* something that is no day */
};

/* A day of the Gregorian calendar; month or day 0: unknown (ICAO 9303-3, 4.8); year 0: no date at all. */
struct document_date {
	int year, month, day;
};

enum {
	DOCUMENT_NUMBER_SZ = 41,
	DOCUMENT_STATE_SZ = 4,
	DOCUMENT_REPAIRS = 16,
	DOCUMENT_WORD_SZ = 32
};

struct document {
	enum document_kind kind;
	char source
	    [DOCUMENT_WORD_SZ]; /* "aamva-08", "td1", "td2", "td3", "mrv-a", "mrv-b", "french-id" */
	char state
	    [DOCUMENT_STATE_SZ]; /* issuing state: ISO 3166-1 alpha-3, or ICAO 9303-3 section 5 ("D" told as "DEU") */
	char region[DOCUMENT_STATE_SZ]; /* jurisdiction within it, AAMVA: "CA", "ON" */
	char nationality[DOCUMENT_STATE_SZ];
	char number[DOCUMENT_NUMBER_SZ];
	char family[TEXT_NAME_SZ], given[TEXT_NAME_SZ],
	    suffix[DOCUMENT_WORD_SZ]; /* given: first and middle names */
	bool family_cut, given_cut; /* said to be truncated, or as long as the field allows */
	bool
	    latin; /* transliterated and in capitals (an MRZ): a suggestion for a screen, not a spelling */
	struct document_date birth, expiry, issued;
	enum document_expires expires; /* expiry.year is 0 if not ON */
	char sex; /* 'M', 'F', 'X', or 0 */
	char street[TEXT_NAME_SZ], city[TEXT_NAME_SZ], zip[DOCUMENT_WORD_SZ];
	/* How sure the reading is: 100 means that every check digit agreed, or that nothing had to be guessed. Below 50: do not use. */
	int confidence;
	/* What had to be mended on the way, in words of a fixed list ("number O→0", "date order"): for staff and tests; no values in them. */
	char repairs[DOCUMENT_REPAIRS][DOCUMENT_WORD_SZ];
	int n_repairs;
};

void document_clear(struct document *d); /* explicit_bzero */

/* text[len] as a scanner gave it, any bytes: tries each reader. today: mrz_read. ERR_INPUT: no
 * document's text. ERR_REJECTED: one, but its check digits disagree or what a document must have is
 * missing. *d is cleared on an error. */
enum err_code document_read(struct document *d, const void *text, size_t len,
    const struct document_date *today, struct err *e) MUST_USE;

/* Whether text looks like (part of) a document's text, from its first bytes: a scan of it must not be taken for a pass or typed text. */
bool document_looks_like(const void *text, size_t len);

int document_month_days(int year, int month); /* 0: no month of that number */
/* The four digits of an expiry's two, by pivot: at most fifty years ahead, at most fifty behind. */
int document_expiry_year(int two_digits, const struct document_date *today);
/* Before, on or after: <0, 0, >0. An unknown month or day is the last there is: a document is not called expired before that is proven. */
int document_date_order(const struct document_date *a, const struct document_date *b);
/* Age in completed years on `on`; unknown month or day counts as the last (a person is not made older than proven). -1: no birth date. */
int document_age(const struct document_date *birth, const struct document_date *on);

#endif
