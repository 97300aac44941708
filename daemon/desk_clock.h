/*
 * What time alone does to visits: rights that end, and days that end. The caller has no transaction
 * open: each visit has one of its own, so that one which cannot be ended holds up no other.
 */
#ifndef DAEMON_DESK_CLOCK_H
#define DAEMON_DESK_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "db/credential.h"
#include "db/visits.h"

struct foyerd;

enum { DESK_BATCH = 100 };

/* How far one walk over all that is due has come; zeroed: its beginning. What could not be ended lies behind it, so that
 * no number of such visits keeps the others from their turn. */
struct desk_walk {
	bool more; /* after a batch: there may be more behind it */
	struct db_credential right;
	struct db_visit_over visit;
};

/* Withdraw the next batch of rights whose time is over. *n: how many were done, also where it fails. The first visits that
 * cannot be ended are logged by their ids, and the first such error is answered when all of the batch had their turn. */
enum err_code desk_right_end(struct foyerd *d, struct desk_walk *w, int *n, struct err *e) MUST_USE;

/* End the next batch of visits whose site's day is over; else the same. */
enum err_code desk_day_end(struct foyerd *d, struct desk_walk *w, int *n, struct err *e) MUST_USE;

/* When either has something to do next. ERR_NOT_FOUND: nothing is due, ever. */
enum err_code desk_next_due(struct foyerd *d, int64_t *at_ms, struct err *e) MUST_USE;

#endif
