/*
 * What time alone does to visits: rights that end, and days that end. The caller has a write transaction open and comes again while a whole batch was done.
 */
#ifndef DAEMON_DESK_CLOCK_H
#define DAEMON_DESK_CLOCK_H

#include <stdint.h>

#include "base/err.h"

struct foyerd;

enum { DESK_BATCH = 100 };

/* Withdraw rights whose time is over at now_ms. *n: how many visits were looked at; fewer than DESK_BATCH: all. */
enum err_code desk_right_end(struct foyerd *d, int64_t now_ms, int *n, struct err *e) MUST_USE;

/* End visits whose site's day is over at now_ms. */
enum err_code desk_day_end(struct foyerd *d, int64_t now_ms, int *n, struct err *e) MUST_USE;

/* When either has something to do next. ERR_NOT_FOUND: nothing is due, ever. */
enum err_code desk_next_due(struct foyerd *d, int64_t *at_ms, struct err *e) MUST_USE;

#endif
