#include "daemon/jobs_int.h"

#include "base/str.h"

static const struct runner *runner_of(const struct jobs *j, const char *destination)
{
	for (int i = 0; i < j->n; i++)
		if (str_eq(j->runners[i]->c->destination, destination))
			return j->runners[i];
	return NULL;
}

/* For how long the courier has been at its present job, or does not run; 0: neither. */
static int64_t silent_ms(const struct runner *r)
{
	int64_t since_ms = r->has_job ? r->sent_ms : r->c->down_ms;
	return since_ms ? clock_mono(&r->j->d->clock) - since_ms : 0;
}

static void trouble_of(struct trouble *t, const struct runner *r)
{
	if (r->has_job)
		trouble_silent(t, r->c->destination, silent_ms(r));
	else
		trouble_down(t, r->c->destination, r->c->reason);
}

void jobs_silence_take(const struct jobs *j, struct db_job *job)
{
	struct trouble t;
	bool due = job->state == DB_JOB_LEASED || job->state == DB_JOB_READY;
	if (!j || !due || (job->class[0] && !str_eq(job->class, "pending")))
		return;
	const struct runner *r = runner_of(j, job->destination);
	if (!r || silent_ms(r) < TROUBLE_SILENT_MS)
		return;
	trouble_of(&t, r);
	str_copy(job->class, sizeof job->class, t.class);
	str_copy(job->reason, sizeof job->reason, t.reason);
	str_copy(job->remedy, sizeof job->remedy, t.remedy);
}

void jobs_check_send(struct runner *r)
{
	struct err e;
	struct uuid id;
	random_fill(&r->j->d->random, &id, sizeof id);
	if (!courier_send(r->c, &id, json_pack("{s:s}", "kind", "check"), &e)) {
		r->check_due = false;
		r->check_sent = true;
	}
}

void jobs_check_answered(struct runner *r, const json_t *result, const char *why)
{
	struct jobs *j = r->j;
	r->check_due = r->check_sent = false;
	if (!j->checking)
		return;
	j->check.done(j->check.arg, r->c->destination, result, why);
	for (int i = 0; i < j->n; i++)
		if (j->runners[i]->check_due || j->runners[i]->check_sent)
			return;
	j->checking = false;
	loop_timer_clear(j->d->loop, &j->check_over);
	j->check.over(j->check.arg);
}

/* A courier that is busy with what does not work has said why before, or its silence does. */
static void check_give_up(struct runner *r)
{
	struct trouble t = r->last;
	if (r->c->reason[0] || !(r->has_job || t.class[0])) {
		jobs_check_answered(r, NULL, r->c->reason[0] ? r->c->reason : "no answer in time");
		return;
	}
	if (!t.class[0])
		trouble_of(&t, r);
	json_t *said = trouble_check(&t);
	jobs_check_answered(r, said, NULL);
	json_decref(said);
}

void jobs_check_timed_out(void *arg)
{
	struct jobs *j = arg;
	for (int i = 0; i < j->n && j->checking; i++)
		if (j->runners[i]->check_due || j->runners[i]->check_sent)
			check_give_up(j->runners[i]);
}

enum err_code jobs_check(
    struct jobs *j, const struct jobs_check *check, int64_t timeout_ms, struct err *e)
{
	if (j->checking)
		return err_set(e, ERR_BUSY,
		    "somebody else is asking the couriers; ask again in a few seconds");
	j->check = *check;
	if (!j->n) {
		check->over(check->arg);
		return ERR_OK;
	}
	j->checking = true;
	for (int i = 0; i < j->n; i++)
		j->runners[i]->check_due = true;
	loop_timer_set(j->d->loop, &j->check_over, timeout_ms);
	/* One that is down and waits to be started again has said why. */
	for (int i = 0; i < j->n && j->checking; i++)
		if (j->runners[i]->c->state == COURIER_DOWN && j->runners[i]->c->reason[0])
			jobs_check_answered(j->runners[i], NULL, j->runners[i]->c->reason);
	jobs_wake(j);
	return ERR_OK;
}
