/*
 * A job as the statements of sql_work.inc give it, and its one way to be written. Internal to db/.
 */
#ifndef DB_JOB_ROW_H
#define DB_JOB_ROW_H

#include "db/job.h"
#include "db/query.h"

extern const char *const job_state_words[DB_JOB_STATES];

void job_row_get(struct query *q, struct db_job *j);
/* Read the one row of a statement whose parameters are bound, and end it. */
enum err_code job_row_one(struct query *q, struct db_job *j, struct err *e) MUST_USE;

/* Write state, attempts, kills, class, reason, remedy, mark, not_before_ms, superseded; the lease ends.
 * since_ms moves where the state or the class differs from what old says. */
enum err_code job_row_set(
    struct book *b, struct db_job *j, const struct db_job *old, struct err *e) MUST_USE;

/* Texts of the last retry or failure; NULL is empty. What does not fit is cut. */
void job_row_say(struct db_job *j, const char *class, const char *reason, const char *remedy);

#endif
