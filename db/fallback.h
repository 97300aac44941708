/*
 * The decision time falls back: the machine's clock was ahead once, something was committed then, and since that time no decision is earlier
 * (book_begin). A person has looked at the clock and says that it is right now; this takes the time back without an order being lost. It hides
 * which times in which rows are touched.
 *
 * All three verbs belong into one write transaction, in this order; what is decided between the first and the last is decided at the new time.
 */
#ifndef DB_FALLBACK_H
#define DB_FALLBACK_H

#include "db/book.h"

/* From here on book_now is to_ms, also after the commit. Ids and marks go on in their order. ERR_INPUT: to_ms is not earlier than now. */
enum err_code db_fallback_begin(struct book *b, int64_t to_ms, struct err *e) MUST_USE;

/* Visits that are not closed and were over, or were made or entered, by the time between to_ms and from_ms; by number above after, which moves on. */
struct db_fallback {
	int64_t from_ms, to_ms; /* the decision time before and now */
	int64_t after;
};
enum err_code db_fallback_list(struct book *b, struct db_fallback *f, struct uuid *ids, int max,
    int *n, struct err *e) MUST_USE;

/* Whatever is said to have happened after to_ms happened by now: rows are kept no longer than retention says, and jobs do not wait for a time that
 * the clock had once. The journal's entries stay as they are; retention takes those up to this head for as old as now. */
enum err_code db_fallback_end(struct book *b, struct err *e) MUST_USE;

#endif
