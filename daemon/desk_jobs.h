/*
 * What a courier's answer means for visits: badges printed, rights granted and withdrawn, hosts told; and what the kiosk that
 * waits for it is shown.
 *
 * Each is called inside the write transaction that moves the job's row, before it moves; result is the courier's line. ERR_NOT_FOUND never:
 * a subject that is gone is fine.
 */
#ifndef DAEMON_DESK_JOBS_H
#define DAEMON_DESK_JOBS_H

#include <jansson.h>

#include "base/err.h"
#include "db/job.h"

struct foyerd;

enum err_code desk_job_done(
    struct foyerd *d, const struct db_job *job, const json_t *result, struct err *e) MUST_USE;
enum err_code desk_job_retry(
    struct foyerd *d, const struct db_job *job, const json_t *result, struct err *e) MUST_USE;
enum err_code desk_job_failed(
    struct foyerd *d, const struct db_job *job, const json_t *result, struct err *e) MUST_USE;

/* The couriers died over a job until it was held (it is so already): reception hears of it as of a failure. */
enum err_code desk_job_held(struct foyerd *d, const struct db_job *job, struct err *e) MUST_USE;

/* A job of a visit is in trouble of this class ("pending": all is well): the kiosk that waits for it is shown so. */
void desk_job_show(struct foyerd *d, const struct db_job *job, const char *class);

/* What is still in trouble so long after it was asked for, or has no answer, is told to reception: one waiting row a visit and reason, which is
 * settled when it goes well. Outside a transaction. */
enum { DESK_LATE_MS = 10 * 1000 };
enum err_code desk_jobs_late(struct foyerd *d, struct err *e) MUST_USE;

/* Staff decided about a job (it is moved already): a revoke that they took note of leaves its right unconfirmed, which stays an alarm. */
enum err_code desk_job_decided(struct foyerd *d, const struct db_job *job, struct err *e) MUST_USE;

#endif
