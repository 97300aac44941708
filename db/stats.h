/*
 * Numbers for the first screen and for the doctor, each counted on a small index.
 */
#ifndef DB_STATS_H
#define DB_STATS_H

#include "db/book.h"
#include "db/job.h"
#include "db/visits.h"

struct db_stats {
	int64_t visits[DB_VISIT_STATES]; /* ENDED, CANCELLED, REFUSED stay 0: they are history */
	int64_t waiting_open;
	int64_t jobs[DB_JOB_STATES]; /* as db_job_count of all */
	int64_t credentials_revoking, credentials_acknowledged;
	int64_t hosts; /* who work here */
};
enum err_code db_stats(struct book *b, struct db_stats *s, struct err *e) MUST_USE;

/* Visitors who may still come in, by their visit's type, in its order. */
struct db_coming {
	char type[TEXT_WORD_SZ];
	int64_t visits;
};
enum err_code db_coming_list(
    struct book *b, struct db_coming *list, int max, int *n, struct err *e) MUST_USE;

/* What is left of visits that were purged: how many a UTC day and type. day: days since 1970. In
 * order, after (day, type). */
struct db_tally {
	int64_t day;
	char type[TEXT_WORD_SZ];
	int64_t visits, came;
};
enum err_code db_tally_list(struct book *b, const struct db_tally *after, struct db_tally *list,
    int max, int *n, struct err *e) MUST_USE;

#endif
