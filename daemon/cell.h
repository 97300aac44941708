/*
 * The cell that a serving foyerd locks itself into: no program, no network, no file but the house's own, and what
 * doctor looks at. Whom a uid names it cannot tell: a child asks, in a cell of its own. It hides which paths those are.
 */
#ifndef DAEMON_CELL_H
#define DAEMON_CELL_H

#include "base/err.h"
#include "daemon/server.h"

/* For good. After everything that is opened once is open, and before the first request. */
enum err_code cell_enter(const struct foyerd *d, struct err *e) MUST_USE;

/* The child that asks the machine's user database for foyerd: nothing but that. */
enum err_code cell_enter_names(struct err *e) MUST_USE;

/* A configuration that is read again may name texts that the cell keeps out of reach. ERR_CONFIG says which; a new start mends it. */
enum err_code cell_check(const struct conf *conf, struct err *e) MUST_USE;

#endif
