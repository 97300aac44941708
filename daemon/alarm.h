/*
 * What staff are to see to that is no visitor's: a waiting row without a visit, of which there is one for each reason, however often it is found.
 * It hides how the row is found again: the book has a fact of the reason's name.
 */
#ifndef DAEMON_ALARM_H
#define DAEMON_ALARM_H

#include "daemon/server.h"

/* In a transaction: there is an open row with this reason. */
enum err_code alarm_open(struct foyerd *d, const char *reason, struct err *e) MUST_USE;
/* In a transaction: it is resolved, if it is open. */
enum err_code alarm_resolve(struct foyerd *d, const char *reason, const char *actor,
    const char *resolution, struct err *e) MUST_USE;

#endif
