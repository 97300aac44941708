/*
 * Waiting: every "please see reception", until staff resolve it.
 */
#ifndef DB_WAITING_H
#define DB_WAITING_H

#include "base/text.h"
#include "db/book.h"

struct db_waiting {
	struct uuid id, visit; /* visit nil: somebody unknown asks for help */
	char kiosk[TEXT_WORD_SZ];
	char reason[TEXT_WORD_SZ]; /* a word: "help", "not-agreed", "needs-approval" */
	char screen[TEXT_WORD_SZ];
	int64_t since_ms, taken_ms, resolved_ms;
	char taken_by[DB_ACTOR_SZ];
	char resolution[TEXT_REASON_SZ];
};

enum err_code db_waiting_insert(
    struct book *b, struct db_waiting *w, struct err *e) MUST_USE; /* fills a nil id and since_ms */
enum err_code db_waiting_get(
    struct book *b, const struct uuid *id, struct db_waiting *w, struct err *e) MUST_USE;
/* ERR_CONFLICT: resolved, or another person has taken it. */
enum err_code db_waiting_take(
    struct book *b, const struct uuid *id, const char *actor, struct err *e) MUST_USE;
/* ERR_CONFLICT: resolved already. */
enum err_code db_waiting_resolve(struct book *b, const struct uuid *id, const char *actor,
    const char *resolution, struct err *e) MUST_USE;
/* All open ones of a visit. *n may be NULL. */
enum err_code db_waiting_resolve_visit(struct book *b, const struct uuid *visit, const char *actor,
    const char *resolution, int *n, struct err *e) MUST_USE;
/* open: oldest first, after the id `after`; else all, newest first, before it (nil: from the
 * beginning). */
enum err_code db_waiting_list(struct book *b, bool open, const struct uuid *after,
    struct db_waiting *list, int max, int *n, struct err *e) MUST_USE;
/* The open ones first, then oldest first. */
enum err_code db_waiting_list_visit(struct book *b, const struct uuid *visit,
    struct db_waiting *list, int max, int *n, struct err *e) MUST_USE;

#endif
