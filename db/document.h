/*
 * Looks at identity documents: what was found and by whom, and what the configuration keeps of them, sealed for somebody else. No name and no number
 * is in the clear here.
 */
#ifndef DB_DOCUMENT_H
#define DB_DOCUMENT_H

#include "base/text.h"
#include "db/book.h"

enum {
	DB_DOCUMENT_STATE_SZ = 4,
	DB_DOCUMENT_DAY_SZ = 11,
	DB_DOCUMENT_HASH = 32,
	DB_DOCUMENT_NAMES = 32,
	DB_DOCUMENT_LOOKS = 128,
	DB_SEALED_SZ = 1072
};

/* Where it was looked at. */
enum db_document_how {
	DB_DOCUMENT_KIOSK,
	DB_DOCUMENT_DESK,
	DB_DOCUMENT_VOUCHED /* somebody answers for the visitor instead */
};
const char *db_document_how_name(enum db_document_how h); /* "kiosk", "desk", "vouched" */

/* The verdicts that let somebody in; every other word does not. */
#define DB_DOCUMENT_GOOD "good"
#define DB_DOCUMENT_SEEN "seen"
#define DB_DOCUMENT_VOUCHED_FOR "vouched"

/* What was found, or said by whoever looked. */
enum db_told { DB_TOLD_NO, DB_TOLD_YES, DB_TOLD_NOTHING };

struct db_document {
	struct uuid visit;
	int n; /* 1, 2, … given by db_document_insert */
	enum db_document_how how;
	char verdict[TEXT_WORD_SZ];
	char kind[TEXT_WORD_SZ]; /* "" unknown, as state and expiry */
	char state[DB_DOCUMENT_STATE_SZ];
	char expiry[DB_DOCUMENT_DAY_SZ]; /* "2034-12-10" */
	enum db_told matched, least_age_ok; /* the visitor's name; the least age of the type */
	int64_t checked_ms;
	char checked_by[DB_ACTOR_SZ];
	char reason[TEXT_REASON_SZ]; /* what staff who looked said of it */
	bool has_number; /* a list never has it */
	uint8_t number[DB_DOCUMENT_HASH]; /* keyed */
};

enum err_code db_document_insert(
    struct book *b, struct db_document *d, struct err *e) MUST_USE; /* fills n */
/* Is there a look at this visit's document that lets its visitor in? */
enum err_code db_document_seen(
    struct book *b, const struct uuid *visit, bool *seen, struct err *e) MUST_USE;
/* The newest max of them, in their order. */
enum err_code db_document_list(struct book *b, const struct uuid *visit, struct db_document *list,
    int max, int *n, struct err *e) MUST_USE;

/* The names of visitors who came with this document at other visits, each once, the newest first, until next says false. Of who comes each day, the newest
 * DB_DOCUMENT_LOOKS count, and of their names DB_DOCUMENT_NAMES: a check-in does not slow with the years. */
typedef bool (*db_document_name)(void *arg, const char *name);
enum err_code db_document_names(struct book *b, const struct db_document *d, db_document_name next,
    void *arg, struct err *e) MUST_USE;

/* One part that is kept: a word of the configuration ("name"), for keep_ms from the check on. */
struct db_sealed {
	int n; /* of the document */
	char part[TEXT_WORD_SZ];
	uint8_t box[DB_SEALED_SZ];
	size_t box_len;
	int64_t keep_ms, purge_ms; /* purge_ms: given by db_document_seal */
};
enum err_code db_document_seal(
    struct book *b, const struct db_document *d, struct db_sealed *s, struct err *e) MUST_USE;
/* Of the documents of a visit, the newest first, each by part. */
enum err_code db_document_sealed(struct book *b, const struct uuid *visit, struct db_sealed *list,
    int max, int *n, struct err *e) MUST_USE;

#endif
