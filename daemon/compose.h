/*
 * What a courier is told: the payload of a job, made when it is leased, so that it speaks of the visit as it is now. It hides the courier's
 * vocabulary (foyer-courier(7)) from the rest of the daemon.
 */
#ifndef DAEMON_COMPOSE_H
#define DAEMON_COMPOSE_H

#include <jansson.h>

#include "base/err.h"
#include "db/job.h"

struct foyerd;

enum compose_fate {
	COMPOSE_SEND,
	COMPOSE_DROP, /* moot: the subject was erased, the badge withdrawn, the message overtaken */
};

/* *own_line: an object without "job", "kind" and "attempt", the caller's; NULL with COMPOSE_DROP. Reads the book only. */
enum err_code compose_job(struct foyerd *d, const struct db_job *job, json_t **own_line,
    enum compose_fate *fate, struct err *e) MUST_USE;

/* One kind each. */
enum err_code compose_print(struct foyerd *d, const struct db_job *job, json_t **own_line,
    enum compose_fate *fate, struct err *e) MUST_USE;
enum err_code compose_access(struct foyerd *d, const struct db_job *job, json_t **own_line,
    enum compose_fate *fate, struct err *e) MUST_USE;
enum err_code compose_mail(struct foyerd *d, const struct db_job *job, json_t **own_line,
    enum compose_fate *fate, struct err *e) MUST_USE;

#endif
