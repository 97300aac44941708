/*
 * The queue as staff see it, and the four things they may do to a job.
 */
#include "daemon/handlers.h"

#include "base/str.h"
#include "daemon/desk_jobs.h"
#include "daemon/jobs.h"
#include "daemon/server.h"
#include "db/job.h"
#include "db/journal.h"

static json_t *job_json(const struct foyerd *d, const struct db_job *job)
{
	struct db_job now = *job, *j = &now;
	char id[UUID_TEXT_SZ], number[24] = "";
	jobs_silence_take(d->jobs, j);
	if (j->visit_number)
		str_print(number, sizeof number, "%06lld", (long long)j->visit_number);
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:I, s:I, s:I, s:s}", "id",
	    uuid_print(id, &j->id), "kind", j->kind, "destination", j->destination, "state",
	    db_job_state_name(j->state), "attempts", j->attempts, "kills", j->kills, "class",
	    j->class, "reason", j->reason, "remedy", j->remedy, "created_ms",
	    (json_int_t)j->created_ms, "since_ms", (json_int_t)j->since_ms, "next_ms",
	    (json_int_t)j->not_before_ms, "visit_number", number);
}

enum err_code h_job_list(struct request *rq, struct err *e)
{
	struct db_job list[REQUEST_LIMIT_MOST];
	struct uuid next;
	enum db_job_state state;
	char kind[TEXT_WORD_SZ], cursor[UUID_TEXT_SZ] = "";
	struct db_job_query q = {.state = DB_JOB_ANY, .kind = kind};
	int limit, n = 0;
	const char *word = request_query(rq, "state");
	enum err_code c = request_limit(rq, &limit, e);
	if (!c)
		c = request_query_text(rq, "kind", kind, sizeof kind, e);
	if (!c)
		c = request_query_uuid(rq, "after", &q.after, e);
	if (!c && word && word[0]) {
		if (db_job_state_parse(&state, word))
			q.state = (int)state;
		else
			c = err_set(e, ERR_INPUT,
			    "state: must be ready, leased, waiting, held, done, failed, dropped or "
			    "acknowledged");
	}
	if (!c)
		c = db_job_list(rq->d->book, &q, list, limit, &n, &next, e);
	if (c)
		return c;
	json_t *items = json_array();
	for (int i = 0; i < n; i++)
		json_array_append_new(items, job_json(rq->d, &list[i]));
	return request_reply(
	    rq, 200, request_list(items, uuid_is_nil(&next) ? NULL : uuid_print(cursor, &next)));
}

/* CUPS says the same of that job for ever, and a printer that took the badge may have printed it: another copy is staff's word. */
static enum err_code may_retry(struct foyerd *d, const struct uuid *id, struct err *e)
{
	struct db_job j;
	enum err_code c = db_job_get(d->book, id, &j, e);
	if (!c && str_eq(j.kind, "print") && j.state == DB_JOB_FAILED &&
	    str_eq(j.class, "media-missing-history"))
		c = err_set(e, ERR_CONFLICT,
		    "trying again tells nothing new: look whether the badge came out; if not: "
		    "foyer visit reprint %lld",
		    (long long)j.visit_number);
	return c;
}

static enum err_code act(struct request *rq, enum db_job_act what, const char *word, struct err *e)
{
	struct db_job j;
	struct uuid id;
	char reason[TEXT_REASON_SZ], actor[DB_ACTOR_SZ], text[UUID_TEXT_SZ];
	/* Who stops or gives up something says why; to try again needs no reason. */
	enum err_code c = request_reason(rq, what != DB_JOB_ACT_RETRY, reason, e);
	if (!c)
		c = request_id(rq, &id, e);
	if (!c && what == DB_JOB_ACT_RETRY)
		c = may_retry(rq->d, &id, e);
	if (!c)
		c = db_job_act(rq->d->book, &id, what, reason, e);
	if (!c)
		c = db_job_get(rq->d->book, &id, &j, e);
	if (!c)
		c = desk_job_decided(rq->d, &j, e);
	if (c)
		return c;
	if (j.state == DB_JOB_READY && rq->d->jobs)
		jobs_try(rq->d->jobs, j.destination);
	request_actor(rq, actor);
	struct db_journal_entry en = {.actor = actor,
	    .what = word,
	    .subject = j.visit,
	    .fields = {{"job", uuid_print(text, &id)}, {"kind", j.kind}, {"reason", reason}},
	    .n_fields = reason[0] ? 3 : 2};
	c = db_journal_append(rq->d->book, &en, NULL, e);
	return c ? c : request_reply(rq, 200, job_json(rq->d, &j));
}

enum err_code h_job_retry(struct request *rq, struct err *e)
{
	return act(rq, DB_JOB_ACT_RETRY, "job.retry", e);
}

enum err_code h_job_hold(struct request *rq, struct err *e)
{
	return act(rq, DB_JOB_ACT_HOLD, "job.hold", e);
}

enum err_code h_job_drop(struct request *rq, struct err *e)
{
	return act(rq, DB_JOB_ACT_DROP, "job.drop", e);
}

enum err_code h_job_acknowledge(struct request *rq, struct err *e)
{
	return act(rq, DB_JOB_ACT_ACKNOWLEDGE, "job.acknowledge", e);
}
