/*
 * What the three files of the job runner share: jobs.c (leasing, results, couriers), jobs_block.c (destinations where nothing can be done),
 * jobs_check.c (asking couriers how they are). Not for others.
 */
#ifndef DAEMON_JOBS_INT_H
#define DAEMON_JOBS_INT_H

#include <limits.h>

#include "daemon/courier_conf.h"
#include "daemon/jobs.h"
#include "daemon/loop.h"
#include "daemon/trouble.h"
#include "db/job.h"

/* One courier and what it is busy with. */
struct runner {
	struct jobs *j;
	struct courier *c;
	struct loop_timer next; /* when its destination has something to do */
	bool has_job;
	bool orphan; /* the book holds a lease of this destination that nobody works on any more */
	struct db_job job;
	int64_t sent_ms; /* monotonic: since when the courier has it */
	struct trouble last; /* what its last answer said about the destination */
	char said[TEXT_WORD_SZ]; /* the class of trouble that the log has; "": it is well */
	/* Nothing is leased before; 0: not blocked. In the book's time, as the jobs' own that wait for it. */
	int64_t blocked_until_ms;
	bool asked; /* staff want it tried all the same */
	bool fresh; /* its courier was just started: trouble of before may be mended */
	bool check_due, check_sent;
};

struct jobs {
	struct foyerd *d;
	struct runner *runners[COURIER_WANTS];
	int n;
	struct loop_timer wake, check_over;
	struct jobs_check check;
	bool checking, stopping, adjust;
	char run[COURIER_KINDS][PATH_MAX];
};

/* jobs_block.c */
/* Within a transaction: what an answer says about its destination. t NULL: it answers; until_ms: when the job is tried again. */
enum err_code jobs_destination_take(
    struct runner *r, const struct trouble *t, int64_t until_ms, struct err *e) MUST_USE;
/* For the log: trouble when its class changes, each failure, and that it is well again. t NULL: the job is done. */
void jobs_trouble_log(struct runner *r, const char *result, const struct trouble *t);
/* While the courier is at a job where nothing could be done before: who comes meanwhile is shown why. */
void jobs_block_show(struct runner *r);
/* True: nothing is leased now. What came meanwhile is told why. */
bool jobs_is_blocked(struct runner *r);
/* Whatever waits there is tried, whenever it should have been. */
void jobs_try_all(struct runner *r);

/* jobs_check.c */
void jobs_check_send(struct runner *r);
/* Once for each courier that was to be asked: what it says, or why it says nothing. */
void jobs_check_answered(struct runner *r, const json_t *result, const char *why);
void jobs_check_timed_out(void *arg); /* a struct jobs */

#endif
