/* Jobs as staff see them. */
#include <string.h>

#include "db/job_row.h"

enum { LIST_STEPS = 4000 }; /* rows that one call looks at */

static bool is_open(int state)
{
	return state == DB_JOB_READY || state == DB_JOB_LEASED || state == DB_JOB_WAITING ||
	       state == DB_JOB_HELD;
}

/* What is open or failed has an index; the rest is history, and walked. */
static struct query list_query(struct book *b, const struct db_job_query *v)
{
	bool indexed = is_open(v->state) || v->state == DB_JOB_FAILED;
	struct query q = query_of(b, is_open(v->state) ? ST_JOB_LIST_OPEN
				     : indexed         ? ST_JOB_LIST_FAILED
						       : ST_JOB_LIST_ANY);
	put_text(&q, indexed ? job_state_words[v->state] : "");
	put_edge(&q, &v->after, true);
	return q;
}

static bool fits(const struct db_job_query *v, const struct db_job *j)
{
	bool any_kind = v->kind == NULL || v->kind[0] == '\0';
	return (v->state == DB_JOB_ANY || v->state == (int)j->state) &&
	       (any_kind || strcmp(j->kind, v->kind) == 0);
}

enum err_code db_job_list(struct book *b, const struct db_job_query *v, struct db_job *jobs,
    int max, int *n, struct uuid *next, struct err *e)
{
	*n = 0;
	*next = (struct uuid){0};
	if (v->state != DB_JOB_ANY && (v->state < 0 || v->state >= DB_JOB_STATES))
		return err_set(e, ERR_INPUT, "there is no such state of a job");
	struct query q = list_query(b, v);
	enum err_code code;
	struct uuid last = {0};
	for (int steps = 0; (code = query_row(&q, e)) == ERR_OK; steps++) {
		if (*n == max || steps == LIST_STEPS) {
			*next = last;
			break;
		}
		struct db_job j;
		job_row_get(&q, &j);
		last = j.id;
		if (fits(v, &j))
			jobs[(*n)++] = j;
	}
	return query_end_list(&q, code, e);
}

enum err_code db_job_list_visit(
    struct book *b, const struct uuid *visit, struct db_job *jobs, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_JOB_LIST_VISIT);
	put_uuid(&q, visit);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max)
		job_row_get(&q, &jobs[(*n)++]);
	return query_end_list(&q, code, e);
}

enum err_code db_job_list_behind(struct book *b, const char *destination,
    const struct db_job_trouble *t, const struct uuid *after, struct db_job *jobs, int max, int *n,
    struct err *e)
{
	struct query q = query_of(b, ST_JOB_LIST_BEHIND);
	put_text(&q, destination);
	put_text(&q, t->class);
	put_int(&q, t->not_before_ms);
	put_edge(&q, after, false);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max)
		job_row_get(&q, &jobs[(*n)++]);
	return query_end_list(&q, code, e);
}

enum err_code db_job_list_late(struct book *b, const struct db_job_late *v, struct db_job *jobs,
    int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_JOB_LIST_LATE);
	put_text(&q, v->kind);
	put_text(&q, v->reasons[0]);
	put_text(&q, v->reasons[1]);
	put_int(&q, v->before_ms);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max)
		job_row_get(&q, &jobs[(*n)++]);
	return query_end_list(&q, code, e);
}

enum err_code db_job_count(
    struct book *b, const char *destination, int64_t counts[DB_JOB_STATES], struct err *e)
{
	static const enum db_job_state asked[] = {
	    DB_JOB_READY, DB_JOB_LEASED, DB_JOB_WAITING, DB_JOB_HELD, DB_JOB_FAILED};
	memset(counts, 0, DB_JOB_STATES * sizeof *counts);
	enum err_code code = ERR_OK;
	for (size_t i = 0; code == ERR_OK && i < sizeof asked / sizeof asked[0]; i++) {
		struct query q =
		    query_of(b, is_open((int)asked[i]) ? ST_JOB_COUNT_OPEN : ST_JOB_COUNT_FAILED);
		put_text(&q, job_state_words[asked[i]]);
		put_text(&q, destination);
		code = query_number(&q, &counts[asked[i]], e);
	}
	return code;
}
