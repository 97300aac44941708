/* The queue: who is next, and what a courier's answer makes of it. */
#include <string.h>

#include "base/str.h"
#include "db/job_row.h"

/* The oldest that may run now. */
static enum err_code next_ready(
    struct book *b, const char *destination, int64_t now_ms, struct uuid *id, struct err *e)
{
	struct query q = query_of(b, ST_JOB_NEXT_READY);
	put_text(&q, destination);
	put_int(&q, now_ms);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_uuid(&q, id);
	return query_end(&q, code, e);
}

enum err_code db_job_lease(
    struct book *b, const char *destination, int64_t now_ms, struct db_job *j, struct err *e)
{
	struct uuid id = {0};
	enum err_code code = next_ready(b, destination, now_ms, &id, e);
	if (code != ERR_OK)
		return code;
	struct query q = query_of(b, ST_JOB_LEASE);
	put_uuid(&q, &id);
	put_stamp(&q);
	code = query_run_one(&q, e);
	return code == ERR_OK ? db_job_get(b, &id, j, e) : code;
}

enum err_code db_job_next(
    struct book *b, const char *destination, int64_t now_ms, int64_t *not_before_ms, struct err *e)
{
	struct uuid id;
	*not_before_ms = 0;
	enum err_code code = next_ready(b, destination, now_ms, &id, e);
	if (code != ERR_NOT_FOUND)
		return code;
	struct query q = query_of(b, ST_JOB_NEXT_TIME);
	put_text(&q, destination);
	put_int(&q, now_ms);
	code = query_row(&q, e);
	if (code == ERR_OK)
		*not_before_ms = get_time(&q); /* NULL: none */
	code = query_end(&q, code, e);
	return code == ERR_OK && *not_before_ms == 0
		   ? err_set(e, ERR_NOT_FOUND, "nothing is to be done there")
		   : code;
}

static enum err_code leased(struct book *b, const struct uuid *id, struct db_job *j, struct err *e)
{
	enum err_code code = db_job_get(b, id, j, e);
	if (code == ERR_OK && j->state != DB_JOB_LEASED)
		code = err_set(
		    e, ERR_CONFLICT, "the job is %s, not leased", job_state_words[j->state]);
	return code;
}

enum err_code db_job_done(struct book *b, const struct uuid *id, struct err *e)
{
	struct db_job old, j;
	enum err_code code = leased(b, id, &old, e);
	if (code != ERR_OK)
		return code;
	j = old;
	j.state = DB_JOB_DONE;
	job_row_say(&j, NULL, NULL, NULL);
	return job_row_set(b, &j, &old, e);
}

enum err_code db_job_retry(
    struct book *b, const struct uuid *id, const struct db_job_trouble *t, struct err *e)
{
	struct db_job old, j;
	enum err_code code = leased(b, id, &old, e);
	if (code != ERR_OK)
		return code;
	j = old;
	if (old.superseded) {
		j.state = DB_JOB_DROPPED;
		job_row_say(&j, "superseded", NULL, NULL);
		return job_row_set(b, &j, &old, e);
	}
	j.state = DB_JOB_WAITING;
	j.not_before_ms = t->not_before_ms;
	j.kills = 0; /* a courier lived through it */
	if (t->uncounted && j.attempts > 0)
		j.attempts--;
	if (t->mark != NULL && t->mark[0] != '\0')
		(void)str_copy(j.mark, sizeof j.mark, t->mark);
	job_row_say(&j, t->class, t->reason, t->remedy);
	return job_row_set(b, &j, &old, e);
}

enum err_code db_job_fail(
    struct book *b, const struct uuid *id, const struct db_job_trouble *t, struct err *e)
{
	struct db_job old, j;
	enum err_code code = leased(b, id, &old, e);
	if (code != ERR_OK)
		return code;
	j = old;
	j.state = old.superseded ? DB_JOB_DROPPED : DB_JOB_FAILED;
	job_row_say(&j, old.superseded ? "superseded" : t->class, t->reason, t->remedy);
	return job_row_set(b, &j, &old, e);
}

enum err_code db_job_wait_behind(
    struct book *b, const char *destination, const struct db_job_trouble *t, struct err *e)
{
	struct query q = query_of(b, ST_JOB_WAIT_BEHIND);
	put_text(&q, destination);
	put_text(&q, t->class);
	put_text(&q, t->reason);
	put_text(&q, t->remedy);
	put_int(&q, t->not_before_ms);
	put_int(&q, book_now(b));
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_job_resume(
    struct book *b, const char *destination, int64_t not_before_ms, struct err *e)
{
	struct query q = query_of(b, ST_JOB_RESUME);
	put_text(&q, destination);
	put_int(&q, not_before_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

static enum err_code release_one(
    struct book *b, const struct db_job *old, bool killed, struct err *e)
{
	struct db_job j = *old;
	if (killed)
		j.kills++;
	j.not_before_ms = 0;
	j.state = DB_JOB_READY;
	if (killed && j.kills >= DB_JOB_KILLS) {
		j.state = DB_JOB_HELD;
		job_row_say(&j, "courier-died", "the courier died over this job three times",
		    "look at the log, then retry or drop the job");
	}
	if (j.superseded) {
		j.state = DB_JOB_DROPPED;
		job_row_say(&j, "superseded", NULL, NULL);
	}
	return job_row_set(b, &j, old, e);
}

enum err_code db_job_release(
    struct book *b, const char *destination, bool killed, int *n, struct err *e)
{
	int count = 0;
	enum err_code code;
	for (;;) {
		struct db_job j;
		struct query q = query_of(b, ST_JOB_LEASED);
		put_text(&q, destination);
		code = job_row_one(&q, &j, e);
		if (code == ERR_OK)
			code = release_one(b, &j, killed, e);
		if (code != ERR_OK)
			break;
		count++;
	}
	if (n != NULL)
		*n = count;
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}
