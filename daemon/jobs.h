/*
 * The job runner: leases jobs of the book to idle couriers, and brings their answers back into the
 * book. It hides couriers, backoff and the queue.
 *
 * What a job means is not known here. Two files of the desk do:
 *
 *   compose.h     compose_job: the courier's payload, made when the job is leased; "job", "kind"
 *                 and "attempt" are added here. Fate DROP: the subject was erased, or it is moot.
 *   desk_jobs.h   desk_job_done, _retry, _failed: called within the transaction that also moves
 *                 the job's row, before it moves.
 */
#ifndef DAEMON_JOBS_H
#define DAEMON_JOBS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "daemon/courier.h"
#include "daemon/server.h"
#include "db/job.h"

/* Start a courier for each printer, controller and the mail route of d->conf. Leases that a
 * former foyerd left are released. */
enum err_code jobs_new(struct jobs **own_j, struct foyerd *d, struct err *e) MUST_USE;

/* After a reload: couriers whose section changed are replaced when they are idle; new ones
 * start, others end. */
void jobs_reload(struct jobs *j);

/* Something may be ready: look soon (once, however often it is said). */
void jobs_wake(struct jobs *j);

/* Lease nothing any more; couriers are told to finish (their stdin is closed). */
void jobs_stop(struct jobs *j);
bool jobs_all_ended(const struct jobs *j);
/* Kill what did not end yet. */
void jobs_kill(struct jobs *j);
/* Only when all ended. */
void jobs_free(struct jobs *own_j);

/* Ask every courier for its state, not through the book. done is called once for each with its
 * answer, or with NULL where it does not answer within timeout_ms or is down; then over, once.
 * ERR_BUSY: somebody else is asking. */
struct jobs_check {
	void (*done)(void *arg, const char *destination, const json_t *result, const char *why);
	void (*over)(void *arg);
	void *arg;
};
enum err_code jobs_check(
    struct jobs *j, const struct jobs_check *check, int64_t timeout_ms, struct err *e) MUST_USE;

/* A courier that has said nothing for a while is trouble too, for its job and for those behind it:
 * said in the copy of a job that is shown. j may be NULL. */
void jobs_silence_take(const struct jobs *j, struct db_job *job);

/* Foyer's time fell back: what was to be tried again at a time of before is due now. */
void jobs_time_fell(struct jobs *j);

/* Staff want something done there now: trouble of before is no reason to wait. */
void jobs_try(struct jobs *j, const char *destination);

/* The book was closed and is open again: what was leased to a courier that has nothing goes back
 * to the queue. */
void jobs_reopened(struct jobs *j);

#endif
