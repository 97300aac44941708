/*
 * Badges: every printed copy, with the secrets on it. The print job's title is NUMBER-COPY.
 */
#ifndef DB_BADGE_H
#define DB_BADGE_H

#include "base/base32.h"
#include "base/text.h"
#include "db/book.h"
#include "pass/token.h"

enum { DB_DAY_SZ = 11 }; /* "2026-11-23" */

struct db_badge {
	struct uuid visit;
	int copy; /* 1, 2, … given by db_badge_issue */
	uint8_t pass_id[PASS_ID_BYTES];
	char code[CODE_SZ]; /* pass_code of it, kept by the verbs */
	char printer[TEXT_WORD_SZ];
	char daymark[DB_DAY_SZ]; /* the day it is marked for */
	bool escort;
	int64_t issued_ms, printed_ms, withdrawn_ms;
};

/* Fills copy, code and issued_ms. ERR_CONFLICT: pass id or code is taken (draw again). */
enum err_code db_badge_issue(struct book *b, struct db_badge *g, struct err *e) MUST_USE;
enum err_code db_badge_get(
    struct book *b, const struct uuid *visit, int copy, struct db_badge *g, struct err *e) MUST_USE;
enum err_code db_badge_by_pass(struct book *b, const uint8_t pass_id[PASS_ID_BYTES],
    struct db_badge *g, struct err *e) MUST_USE;
enum err_code db_badge_by_code(
    struct book *b, const char *code, struct db_badge *g, struct err *e) MUST_USE;
/* Newest copy first. */
enum err_code db_badge_list(struct book *b, const struct uuid *visit, struct db_badge *badges,
    int max, int *n, struct err *e) MUST_USE;
/* The copy came out. The newest one of an open visit is good then, also if it was withdrawn before that was known:
 * it is in the visitor's hand. */
enum err_code db_badge_set_printed(
    struct book *b, const struct uuid *visit, int copy, int64_t printed_ms, struct err *e) MUST_USE;
/* The copy comes out of another printer. */
enum err_code db_badge_set_printer(struct book *b, const struct uuid *visit, int copy,
    const char *printer, struct err *e) MUST_USE;
/* copy 0: every copy that is not printed yet; DB_BADGE_ALL: every copy. *n (may be NULL): how many
 * were not withdrawn before. */
enum { DB_BADGE_UNPRINTED = 0, DB_BADGE_ALL = -1 };
enum err_code db_badge_withdraw(
    struct book *b, const struct uuid *visit, int copy, int *n, struct err *e) MUST_USE;

#endif
