/*
 * Stays: the presences of a visit, at most one of them open.
 */
#ifndef DB_STAY_H
#define DB_STAY_H

#include "base/text.h"
#include "db/book.h"

/* How it is known. */
enum db_how {
	DB_HOW_NONE,
	DB_HOW_PASS,
	DB_HOW_BADGE,
	DB_HOW_CODE,
	DB_HOW_KIOSK,
	DB_HOW_DESK,
	DB_HOW_DOOR,
	DB_HOW_ASSUMED
};
const char *db_how_name(enum db_how
	h); /* "", "pass", "badge", "code", "kiosk" (a walk-in's own entry), "desk", "door", "assumed" */

struct db_stay {
	struct uuid visit;
	int n; /* 1, 2, … given by db_stay_open */
	int64_t in_ms, out_ms; /* out_ms 0: inside */
	enum db_how in_how, out_how;
	char in_kiosk[TEXT_WORD_SZ]; /* empty: no kiosk */
};

/* ERR_CONFLICT: one is open already. s->n is filled. */
enum err_code db_stay_open(struct book *b, struct db_stay *s, struct err *e) MUST_USE;
/* ERR_NOT_FOUND: none is open. */
enum err_code db_stay_close(struct book *b, const struct uuid *visit, int64_t out_ms,
    enum db_how how, struct err *e) MUST_USE;
enum err_code db_stay_current(
    struct book *b, const struct uuid *visit, struct db_stay *s, struct err *e) MUST_USE;
/* Oldest first. */
enum err_code db_stay_list(struct book *b, const struct uuid *visit, struct db_stay *stays, int max,
    int *n, struct err *e) MUST_USE;

#endif
