/* Jobs as rows: made, read, decided by staff, overtaken by other jobs. The queue is job_lease.c. */
#include "db/job.h"

#include <string.h>

#include "base/str.h"
#include "db/credential.h"
#include "db/job_row.h"

const char *const job_state_words[DB_JOB_STATES] = {
    "ready", "leased", "waiting", "held", "done", "failed", "dropped", "acknowledged"};

const char *db_job_state_name(enum db_job_state s)
{
	return (unsigned)s < DB_JOB_STATES ? job_state_words[s] : "ready";
}

bool db_job_state_parse(enum db_job_state *s, const char *word)
{
	for (int i = 0; i < DB_JOB_STATES; i++) {
		if (strcmp(job_state_words[i], word) == 0) {
			*s = (enum db_job_state)i;
			return true;
		}
	}
	return false;
}

void job_row_get(struct query *q, struct db_job *j)
{
	get_uuid(q, &j->id);
	get_text(q, j->kind, sizeof j->kind);
	get_text(q, j->destination, sizeof j->destination);
	get_uuid(q, &j->visit);
	get_uuid(q, &j->credential);
	j->copy = (int)get_int(q);
	get_text(q, j->facts, sizeof j->facts);
	j->state = (enum db_job_state)get_word(q, job_state_words, DB_JOB_STATES);
	j->attempts = (int)get_int(q);
	j->kills = (int)get_int(q);
	get_text(q, j->class, sizeof j->class);
	get_text(q, j->reason, sizeof j->reason);
	get_text(q, j->remedy, sizeof j->remedy);
	get_text(q, j->mark, sizeof j->mark);
	j->created_ms = get_int(q);
	j->since_ms = get_int(q);
	j->not_before_ms = get_int(q);
	j->superseded = get_flag(q);
	j->visit_number = get_time(q);
}

enum err_code job_row_one(struct query *q, struct db_job *j, struct err *e)
{
	enum err_code code = query_row(q, e);
	if (code == ERR_OK)
		job_row_get(q, j);
	return query_end(q, code, e);
}

void job_row_say(struct db_job *j, const char *class, const char *reason, const char *remedy)
{
	(void)str_copy(j->class, sizeof j->class, class == NULL ? "" : class);
	(void)str_copy(j->reason, sizeof j->reason, reason == NULL ? "" : reason);
	(void)str_copy(j->remedy, sizeof j->remedy, remedy == NULL ? "" : remedy);
}

enum err_code job_row_set(struct book *b, struct db_job *j, const struct db_job *old, struct err *e)
{
	/* A job that comes back from its lease with the same trouble is in it since then: an alarm
	 * shows its true age. */
	bool back = old->state == DB_JOB_LEASED && j->state == DB_JOB_WAITING;
	if ((!back && j->state != old->state) || strcmp(j->class, old->class) != 0)
		j->since_ms = book_now(b);
	struct query q = query_of(b, ST_JOB_SET);
	put_uuid(&q, &j->id);
	put_text(&q, job_state_words[j->state]);
	put_int(&q, j->attempts);
	put_int(&q, j->kills);
	put_text(&q, j->class);
	put_text(&q, j->reason);
	put_text(&q, j->remedy);
	put_int(&q, j->since_ms);
	put_int(&q, j->not_before_ms);
	put_int(&q, j->superseded);
	put_text(&q, j->mark);
	put_stamp(&q);
	return query_run_one(&q, e);
}

enum err_code db_job_insert(struct book *b, struct db_job *j, struct err *e)
{
	if (uuid_is_nil(&j->id))
		j->id = book_new_id(b);
	j->created_ms = j->since_ms = book_now(b);
	j->state = j->not_before_ms > book_now(b) ? DB_JOB_WAITING : DB_JOB_READY;
	j->attempts = j->kills = 0;
	j->superseded = false;
	j->mark[0] = '\0';
	job_row_say(j, NULL, NULL, NULL);
	struct query q = query_of(b, ST_JOB_INSERT);
	put_uuid(&q, &j->id);
	put_text(&q, j->kind);
	put_text(&q, j->destination);
	put_uuid(&q, &j->visit);
	put_uuid(&q, &j->credential);
	put_int(&q, j->copy);
	put_text(&q, j->facts);
	put_text(&q, job_state_words[j->state]);
	put_int(&q, j->created_ms);
	put_int(&q, j->since_ms);
	put_int(&q, j->not_before_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_job_get(struct book *b, const struct uuid *id, struct db_job *j, struct err *e)
{
	struct query q = query_of(b, ST_JOB_GET);
	put_uuid(&q, id);
	return job_row_one(&q, j, e);
}

/* The state that an act leads to; false where it is not allowed. */
static bool act_target(const struct db_job *j, enum db_job_act act, enum db_job_state *to)
{
	bool revoke = strcmp(j->kind, "revoke") == 0;
	unsigned here = 1U << j->state, from = 0;
	switch (act) {
	case DB_JOB_ACT_RETRY:
		from = 1U << DB_JOB_WAITING | 1U << DB_JOB_HELD | 1U << DB_JOB_FAILED |
		       1U << DB_JOB_ACKNOWLEDGED;
		*to = DB_JOB_READY;
		break;
	case DB_JOB_ACT_HOLD:
		from = 1U << DB_JOB_READY | 1U << DB_JOB_WAITING;
		*to = DB_JOB_HELD;
		break;
	case DB_JOB_ACT_DROP:
		from = revoke ? 0
			      : 1U << DB_JOB_READY | 1U << DB_JOB_WAITING | 1U << DB_JOB_HELD |
				    1U << DB_JOB_FAILED;
		*to = DB_JOB_DROPPED;
		break;
	case DB_JOB_ACT_ACKNOWLEDGE:
		from =
		    1U << DB_JOB_HELD | 1U << DB_JOB_FAILED | (revoke ? 1U << DB_JOB_WAITING : 0);
		*to = DB_JOB_ACKNOWLEDGED;
		break;
	}
	return (here & from) != 0;
}

enum err_code db_job_act(
    struct book *b, const struct uuid *id, enum db_job_act act, const char *reason, struct err *e)
{
	struct db_job old, j;
	enum err_code code = db_job_get(b, id, &old, e);
	if (code != ERR_OK)
		return code;
	j = old;
	if (!act_target(&old, act, &j.state) || (act == DB_JOB_ACT_RETRY && old.superseded))
		return err_set(e, ERR_CONFLICT, "a %s job that is %s does not allow this", old.kind,
		    job_state_words[old.state]);
	if (act == DB_JOB_ACT_RETRY) {
		job_row_say(&j, NULL, NULL, NULL);
		j.not_before_ms = 0;
		j.kills = 0;
	} else {
		(void)str_copy(j.reason, sizeof j.reason, reason == NULL ? "" : reason);
	}
	return job_row_set(b, &j, &old, e);
}

static enum err_code overtake(struct book *b, const struct db_job *old, struct err *e)
{
	if (old->state == DB_JOB_LEASED) {
		struct query q = query_of(b, ST_JOB_MARK);
		put_uuid(&q, &old->id);
		put_stamp(&q);
		return query_run_one(&q, e);
	}
	struct db_job j = *old;
	j.state = DB_JOB_DROPPED;
	j.superseded = true;
	job_row_say(&j, "superseded", NULL, NULL);
	return job_row_set(b, &j, old, e);
}

/* credential: NULL for any of the visit, and for none. */
static enum err_code overtake_all(struct book *b, const struct uuid *visit,
    const struct uuid *credential, const char *kind, int *n, struct err *e)
{
	int count = 0;
	enum err_code code;
	if (strcmp(kind, "revoke") == 0)
		return err_set(e, ERR_BUG, "a revoke is never overtaken");
	for (;;) {
		struct db_job j;
		struct query q = query_of(b, ST_JOB_UNFINISHED_OF);
		put_uuid(&q, visit);
		put_uuid(&q, credential);
		put_text(&q, kind);
		code = job_row_one(&q, &j, e);
		if (code == ERR_OK)
			code = overtake(b, &j, e);
		if (code != ERR_OK)
			break;
		count++;
	}
	if (n != NULL)
		*n = count;
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code db_job_supersede(
    struct book *b, const struct db_credential *c, const char *kind, int *n, struct err *e)
{
	return overtake_all(b, &c->visit, &c->id, kind, n, e);
}

enum err_code db_job_cancel_visit(
    struct book *b, const struct uuid *visit, const char *kind, int *n, struct err *e)
{
	return overtake_all(b, visit, NULL, kind, n, e);
}
