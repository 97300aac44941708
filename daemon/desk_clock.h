/*
 * What time alone does to visits: rights that end, and days that end. The caller has no transaction
 * open: each visit has one of its own, so that one which cannot be ended holds up no other. It comes
 * again while a whole batch was done.
 */
#ifndef DAEMON_DESK_CLOCK_H
#define DAEMON_DESK_CLOCK_H

#include <stdint.h>

#include "base/err.h"

struct foyerd;

enum { DESK_BATCH = 100 };

/* Withdraw rights whose time is over. *n: how many were done, also where it fails. A visit that
 * cannot be ended is logged by its id, and the first such error is answered when all had their turn. */
enum err_code desk_right_end(struct foyerd *d, int *n, struct err *e) MUST_USE;

/* End visits whose site's day is over; else the same. */
enum err_code desk_day_end(struct foyerd *d, int *n, struct err *e) MUST_USE;

/* When either has something to do next. ERR_NOT_FOUND: nothing is due, ever. */
enum err_code desk_next_due(struct foyerd *d, int64_t *at_ms, struct err *e) MUST_USE;

#endif
