#include "daemon/jobs_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "base/path.h"
#include "daemon/backoff.h"
#include "daemon/compose.h"
#include "daemon/courier_conf.h"
#include "daemon/desk_jobs.h"
#include "db/book.h"
#include "db/job.h"

enum {
	PENDING_MS = 1000, /* "look again", where the courier does not say when */
	PENDING_LEAST_MS = 50,
	PENDING_MOST_MS = 15 * 1000,
	HICCUP_MS = 1000, /* after an error of our own */
	BLOCKED_MOST_MS =
	    60 * 1000, /* between two questions to a destination where nothing can be done */
};

/* --- results ----------------------------------------------------------------------------- */

/* As the row gets it; t stays alive as long. */
static struct db_job_trouble trouble_when(
    const struct runner *r, const struct trouble *t, const json_t *result)
{
	const struct foyerd *d = r->j->d;
	int64_t hint = json_integer_value(json_object_get(result, "after_ms")), wait;
	struct db_job_trouble db = {
	    .class = t->class, .reason = t->reason, .remedy = t->remedy, .mark = t->mark};
	db.uncounted = str_eq(t->class, "pending");
	if (db.uncounted) {
		wait = hint ? hint : PENDING_MS;
		wait = wait < PENDING_LEAST_MS  ? PENDING_LEAST_MS
		       : wait > PENDING_MOST_MS ? PENDING_MOST_MS
						: wait;
	} else {
		wait = backoff_ms(r->job.kind, r->job.attempts, hint, &d->random);
		/* One question for all that wait there: it may be asked more often. */
		if (t->blocks && wait > BLOCKED_MOST_MS)
			wait = BLOCKED_MOST_MS;
	}
	db.not_before_ms = book_now(d->book) + wait;
	return db;
}

/* Within a transaction: what it means first, then the row. */
static enum err_code result_apply(struct runner *r, const json_t *result, struct err *e)
{
	struct foyerd *d = r->j->d;
	const char *what = json_string_value(json_object_get(result, "result"));
	struct trouble t;
	enum err_code c;
	if (str_eq(what, "done")) {
		c = desk_job_done(d, &r->job, result, e);
		if (!c)
			c = db_job_done(d->book, &r->job.id, e);
		if (!c)
			c = jobs_destination_take(r, NULL, 0, e);
		jobs_trouble_log(r, what, NULL);
		return c;
	}
	trouble_take(&t, result);
	struct db_job_trouble db = trouble_when(r, &t, result);
	if (str_eq(what, "retry") &&
	    !backoff_is_over(r->job.kind, r->job.created_ms, book_now(d->book))) {
		c = desk_job_retry(d, &r->job, result, e);
		if (!c)
			c = db_job_retry(d->book, &r->job.id, &db, e);
	} else {
		if (!str_eq(what, "failed") && !str_eq(what, "retry")) {
			str_copy(t.class, sizeof t.class, "protocol");
			str_copy(t.reason, sizeof t.reason, "the courier's answer has no result");
		}
		c = desk_job_failed(d, &r->job, result, e);
		if (!c)
			c = db_job_fail(d->book, &r->job.id, &db, e);
	}
	jobs_trouble_log(r, what, &t);
	if (c)
		return c;
	/* A job that fails for good says nothing of what it was for: a template of ours may be at fault. */
	if (r->blocked_until_ms && !str_eq(what, "retry"))
		return ERR_OK;
	return jobs_destination_take(r, str_eq(what, "retry") ? &t : NULL, db.not_before_ms, e);
}

/* A job that fails for good by our own trouble. The desk may say no for the very reason that the
 * job fails for: then the row alone is written. */
static enum err_code own_failure(
    struct runner *r, const struct db_job_trouble *t, bool tell, struct err *e)
{
	struct foyerd *d = r->j->d;
	enum err_code c = foyerd_begin(d, e);
	if (c)
		return c;
	if (tell) {
		json_t *result = json_pack("{s:s}", "class", t->class);
		c = desk_job_failed(d, &r->job, result, e);
		json_decref(result);
	}
	return foyerd_end(d, c ? c : db_job_fail(d->book, &r->job.id, t, e), e);
}

/* Our own trouble with a job: it is tried again, or fails where that would not help. */
static void own_trouble(struct runner *r, const struct err *why)
{
	struct foyerd *d = r->j->d;
	struct err e;
	enum err_code c;
	if (err_class_of(why->code) == ERR_CLASS_BUG)
		log_bug("job of %s: %s", r->c->destination, why->msg);
	log_error("job of %s: %s", r->c->destination, why->msg);
	struct db_job_trouble t = {.class = err_name(why->code), .reason = why->msg};
	if (err_class_of(why->code) == ERR_CLASS_RETRY) {
		t.not_before_ms =
		    foyerd_now(d) + backoff_ms(r->job.kind, r->job.attempts, 0, &d->random);
		c = foyerd_begin(d, &e);
		if (!c)
			c = foyerd_end(d, db_job_retry(d->book, &r->job.id, &t, &e), &e);
	} else {
		c = own_failure(r, &t, true, &e);
		if (c) {
			log_error("job of %s: telling reception: %s", r->c->destination, e.msg);
			c = own_failure(r, &t, false, &e);
		}
	}
	/* Until something about it is written, the book holds a lease that nobody works on. */
	r->orphan = c != ERR_OK;
	if (c)
		log_error("job of %s: %s", r->c->destination, e.msg);
}

/* A job that has killed one courier too many waits for staff: they must hear of it. */
static enum err_code held_tell(struct foyerd *d, const struct uuid *id, struct err *e)
{
	struct db_job job;
	enum err_code c = db_job_get(d->book, id, &job, e);
	return !c && job.state == DB_JOB_HELD ? desk_job_held(d, &job, e) : c;
}

static enum err_code lease_give_back(struct runner *r, bool killed, bool tell, struct err *e)
{
	struct foyerd *d = r->j->d;
	enum err_code c = foyerd_begin(d, e);
	if (c)
		return c;
	c = db_job_release(d->book, r->c->destination, killed, NULL, e);
	if (!c && tell)
		c = held_tell(d, &r->job.id, e);
	return foyerd_end(d, c, e);
}

/* The courier is idle or gone, so whatever is leased for it goes back to the queue. A full disk may say no for a while. */
static void lease_release(struct runner *r, bool killed)
{
	struct err e;
	enum err_code c = lease_give_back(r, killed, killed, &e);
	if (c &&
	    killed) { /* that the job killed a courier must be counted, whatever the desk says */
		log_error("job of %s: telling reception: %s", r->c->destination, e.msg);
		c = lease_give_back(r, killed, false, &e);
	}
	r->orphan = c != ERR_OK;
	if (c)
		log_error("releasing a job of %s: %s", r->c->destination, e.msg);
}

static void result_take(struct runner *r, const json_t *result)
{
	struct foyerd *d = r->j->d;
	struct err e;
	FAULT("job.answered");
	enum err_code c = foyerd_begin(d, &e);
	if (!c) {
		c = result_apply(r, result, &e);
		FAULT("job.written");
		c = foyerd_end(d, c, &e);
		FAULT("job.recorded");
	}
	if (c)
		own_trouble(r, &e);
	r->has_job = false;
	foyerd_wake(d);
}

/* --- leasing ----------------------------------------------------------------------------- */

/* Nobody would be served by this job any more. */
static void job_drop(struct runner *r)
{
	struct foyerd *d = r->j->d;
	struct err e;
	enum err_code c = foyerd_begin(d, &e);
	if (!c)
		c = foyerd_end(d, db_job_act(d->book, &r->job.id, DB_JOB_ACT_DROP, "moot", &e), &e);
	if (c)
		log_error("job of %s: %s", r->c->destination, e.msg);
}

static void job_send(struct runner *r, json_t *own_line)
{
	struct err e;
	json_object_set_new(own_line, "kind", json_string(r->job.kind));
	json_object_set_new(own_line, "attempt", json_integer(r->job.attempts));
	if (r->job.mark[0])
		json_object_set_new(own_line, "mark", json_string(r->job.mark));
	r->has_job = true;
	r->sent_ms = clock_mono(&r->j->d->clock);
	if (courier_send(r->c, &r->job.id, own_line, &e)) {
		own_trouble(r, &e);
		r->has_job = false;
	}
}

enum leased { LEASED_SENT, LEASED_NONE, LEASED_AGAIN, LEASED_TROUBLE };

static enum leased lease(struct runner *r)
{
	struct foyerd *d = r->j->d;
	struct err e;
	json_t *line = NULL;
	enum compose_fate fate = COMPOSE_SEND;
	enum err_code c = foyerd_begin(d, &e);
	if (c)
		return LEASED_TROUBLE;
	int64_t now = book_now(d->book);
	c = db_job_lease(d->book, r->c->destination, now, &r->job, &e);
	if (c == ERR_NOT_FOUND) {
		book_rollback(d->book);
		return LEASED_NONE;
	}
	enum err_code composed = c ? ERR_OK : compose_job(d, &r->job, &line, &fate, &e);
	if (!c && !composed && fate == COMPOSE_DROP) {
		book_rollback(
		    d->book); /* a leased job cannot be dropped; this one never was leased */
		job_drop(r);
		return LEASED_AGAIN;
	}
	struct err why = e;
	c = foyerd_end(d, c, &e);
	FAULT("job.leased");
	if (c) {
		log_error("leasing for %s: %s", r->c->destination, e.msg);
		json_decref(line);
		return LEASED_TROUBLE;
	}
	if (composed) {
		own_trouble(r, &why);
		return LEASED_AGAIN;
	}
	job_send(r, line);
	return r->has_job ? LEASED_SENT : LEASED_AGAIN;
}

/* Is there something to do now? Else the timer is set for when there will be. Only looks, so
 * that a commit does not make every courier write. */
static bool is_due(struct runner *r)
{
	struct foyerd *d = r->j->d;
	struct err e;
	int64_t at, now = foyerd_now(d);
	if (db_job_next(d->book, r->c->destination, now, &at, &e))
		return false;
	int64_t in = at - now;
	if (in > 0)
		loop_timer_set(d->loop, &r->next, in);
	return in <= 0;
}

static void runner_next(struct runner *r)
{
	struct jobs *j = r->j;
	loop_timer_clear(j->d->loop, &r->next);
	jobs_block_show(r);
	if (r->c->state == COURIER_IDLE && r->c->wanted && r->check_due)
		jobs_check_send(r);
	if (j->stopping || j->d->closed || r->c->state != COURIER_IDLE || !r->c->wanted)
		return;
	if (r->orphan)
		lease_release(r, false);
	if (r->orphan) {
		loop_timer_set(j->d->loop, &r->next, HICCUP_MS);
		return;
	}
	if (r->fresh && !j->d->closed)
		jobs_try_all(r);
	r->fresh = false;
	if (!is_due(r) || jobs_is_blocked(r))
		return;
	switch (lease(r)) {
	case LEASED_SENT: break;
	case LEASED_AGAIN: jobs_wake(j); break;
	case LEASED_NONE:
	case LEASED_TROUBLE: loop_timer_set(j->d->loop, &r->next, HICCUP_MS); break;
	}
}

static void runner_due(void *arg)
{
	runner_next(arg);
}

/* --- couriers ---------------------------------------------------------------------------- */

static void courier_idle(void *arg, struct courier *c)
{
	(void)c;
	runner_next(arg);
}

static void courier_answer(void *arg, struct courier *c, const json_t *result)
{
	(void)c;
	struct runner *r = arg;
	if (r->has_job)
		result_take(r, result);
	else if (r->check_sent) {
		if (r->said[0] && json_is_true(json_object_get(result, "ok")))
			jobs_try_all(r);
		jobs_check_answered(r, result, NULL);
	}
}

static void courier_died(void *arg, struct courier *c, bool busy, bool asked)
{
	struct runner *r = arg;
	if (busy && r->has_job)
		lease_release(r, !asked);
	r->has_job = false;
	r->fresh = true;
	if (r->check_sent)
		jobs_check_answered(r, NULL, c->reason);
	r->j->adjust = r->j->adjust || asked;
	jobs_wake(r->j);
}

static void runner_add(struct jobs *j, struct courier_want *w)
{
	struct runner *r = mem_new(1, sizeof *r);
	struct courier_new n = {.loop = j->d->loop,
	    .procs = &j->d->procs,
	    .kind = w->kind,
	    .name = w->name,
	    .own_conf = w->own_conf,
	    .ready_ms = w->ready_ms,
	    .job_ms = w->job_ms,
	    .run = j->run[w->kind],
	    .owner = {courier_idle, courier_answer, courier_died, r}};
	w->own_conf = NULL;
	r->j = j;
	r->next = (struct loop_timer){.fn = runner_due, .arg = r};
	r->fresh = true;
	r->c = courier_new(&n);
	j->runners[j->n++] = r;
	courier_start(r->c);
}

static void runner_free(struct runner *own_r)
{
	loop_timer_clear(own_r->j->d->loop, &own_r->next);
	courier_free(own_r->c);
	free(own_r);
}

static struct runner *runner_of(const struct jobs *j, enum courier_kind kind, const char *name)
{
	for (int i = 0; i < j->n; i++)
		if (j->runners[i]->c->kind == kind && str_eq(j->runners[i]->c->name, name))
			return j->runners[i];
	return NULL;
}

/* Free the couriers that ended for good, finish those that the configuration does not want (as
 * they are), start those that are missing. */
static void couriers_adjust(struct jobs *j)
{
	struct courier_want wants[COURIER_WANTS];
	j->adjust = false;
	int n = j->stopping ? 0 : courier_wants(j->d->conf, wants);
	for (int i = 0; i < j->n; i++) {
		struct courier *c = j->runners[i]->c;
		bool same = false;
		for (int k = 0; k < n && !same; k++)
			same = wants[k].kind == c->kind && str_eq(wants[k].name, c->name) &&
			       courier_has_conf(c, wants[k].own_conf);
		if (!same && c->wanted)
			courier_finish(c);
	}
	for (int i = 0; i < j->n;) {
		if (!j->runners[i]->c->wanted && courier_ended(j->runners[i]->c)) {
			struct runner *gone = j->runners[i];
			j->runners[i] = j->runners[--j->n];
			if (gone->check_due || gone->check_sent)
				jobs_check_answered(gone, NULL, "it is no longer configured");
			runner_free(gone);
		} else {
			i++;
		}
	}
	for (int k = 0; k < n; k++) {
		if (!runner_of(j, wants[k].kind, wants[k].name) && j->n < COURIER_WANTS)
			runner_add(j, &wants[k]);
		json_decref(wants[k].own_conf);
	}
}

static void wake_due(void *arg)
{
	struct jobs *j = arg;
	if (j->adjust)
		couriers_adjust(j);
	for (int i = 0; i < j->n; i++)
		runner_next(j->runners[i]);
}

void jobs_wake(struct jobs *j)
{
	if (!j->wake.slot)
		loop_timer_set(j->d->loop, &j->wake, 0);
}

void jobs_reload(struct jobs *j)
{
	j->adjust = true;
	jobs_wake(j);
}

void jobs_reopened(struct jobs *j)
{
	for (int i = 0; i < j->n; i++)
		if (!j->runners[i]->has_job)
			lease_release(j->runners[i], false);
	jobs_wake(j);
}

enum err_code jobs_new(struct jobs **own_j, struct foyerd *d, struct err *e)
{
	struct jobs *j = mem_new(1, sizeof *j);
	j->d = d;
	j->wake = (struct loop_timer){.fn = wake_due, .arg = j};
	j->check_over = (struct loop_timer){.fn = jobs_check_timed_out, .arg = j};
	char locks[PATH_MAX];
	enum err_code c = path_join(locks, d->conf->paths.run, "courier", e);
	for (int i = 0; i < COURIER_KINDS && !c; i++)
		c = path_join(j->run[i], d->keepers ? d->keepers : locks,
		    courier_kind_name((enum courier_kind)i), e);
	if (!c)
		c = foyerd_begin(d, e);
	if (!c)
		c = foyerd_end(d, db_job_release(d->book, NULL, false, NULL, e), e);
	if (c) {
		free(j);
		return c;
	}
	*own_j = j;
	jobs_reload(j);
	return ERR_OK;
}

void jobs_stop(struct jobs *j)
{
	j->stopping = true;
	for (int i = 0; i < j->n; i++)
		courier_finish(j->runners[i]->c);
}

bool jobs_all_ended(const struct jobs *j)
{
	for (int i = 0; i < j->n; i++)
		if (!courier_ended(j->runners[i]->c))
			return false;
	return true;
}

void jobs_kill(struct jobs *j)
{
	for (int i = 0; i < j->n; i++)
		courier_kill(j->runners[i]->c);
}

void jobs_free(struct jobs *own_j)
{
	if (!own_j)
		return;
	loop_timer_clear(own_j->d->loop, &own_j->wake);
	loop_timer_clear(own_j->d->loop, &own_j->check_over);
	for (int i = 0; i < own_j->n; i++)
		runner_free(own_j->runners[i]);
	free(own_j);
}
