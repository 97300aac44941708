#include "daemon/jobs_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/desk_jobs.h"

enum { HICCUP_MS = 1000, PAGE = 32 };

static struct db_job_trouble trouble_until(const struct runner *r, int64_t until_ms)
{
	return (struct db_job_trouble){.class = r->last.class,
	    .reason = r->last.reason,
	    .remedy = r->last.remedy,
	    .not_before_ms = until_ms};
}

/* Whoever waits behind the trouble is shown it as the first one is. */
static enum err_code show_behind(struct runner *r, const struct db_job_trouble *t, struct err *e)
{
	struct foyerd *d = r->j->d;
	struct uuid after = {0};
	struct db_job *jobs = mem_new(PAGE, sizeof *jobs);
	enum err_code c;
	int n;
	do {
		c = db_job_list_behind(d->book, r->c->destination, t, &after, jobs, PAGE, &n, e);
		for (int i = 0; i < n && !c; i++)
			desk_job_show(d, &jobs[i], t->class);
		if (n)
			after = jobs[n - 1].id;
	} while (!c && n == PAGE);
	free(jobs);
	return c;
}

void jobs_block_show(struct runner *r)
{
	struct err e;
	if (!r->last.blocks || !r->has_job || r->j->d->closed)
		return;
	struct db_job_trouble t = trouble_until(r, foyerd_now(r->j->d) + 1);
	if (show_behind(r, &t, &e))
		log_error("what waits for %s: %s", r->c->destination, e.msg);
}

/* Nothing can be done there before until_ms: what is to be done waits behind this, and staff see why. */
static enum err_code block(struct runner *r, int64_t until_ms, struct err *e)
{
	struct db_job_trouble t = trouble_until(r, until_ms);
	enum err_code c = show_behind(r, &t, e);
	if (!c)
		c = db_job_wait_behind(r->j->d->book, r->c->destination, &t, e);
	if (!c)
		r->blocked_until_ms = until_ms;
	return c;
}

/* It answers again: what waited behind the trouble, or by itself for a better time, has its turn now, the oldest first. */
static enum err_code unblock(struct runner *r, struct err *e)
{
	enum err_code c = db_job_resume(r->j->d->book, r->c->destination, r->blocked_until_ms, e);
	if (!c)
		r->blocked_until_ms = 0;
	return c;
}

/* What is said of a printer or a controller is its own trouble; of a mail only where it says so: a recipient may be greylisted. */
static bool is_its_own(const struct runner *r, const struct trouble *t)
{
	return t && !str_eq(t->class, "pending") && (t->blocks || r->c->kind != COURIER_NOTIFY);
}

static void said_log(const char *what, const char *destination, const struct trouble *t)
{
	log_warn("%s%s: %s: %s%s%s", what, destination, t->class, t->reason,
	    t->remedy[0] ? "; " : "", t->remedy);
}

void jobs_trouble_log(struct runner *r, const char *result, const struct trouble *t)
{
	const char *destination = r->c->destination;
	if (!t) {
		if (r->said[0])
			log_info("%s: well again", destination);
		r->said[0] = 0;
	} else if (!str_eq(result, "retry")) {
		said_log("a job failed: ", destination, t);
	} else if (is_its_own(r, t) && !str_eq(r->said, t->class)) {
		said_log("", destination, t);
		str_copy(r->said, sizeof r->said, t->class);
	}
}

enum err_code jobs_destination_take(
    struct runner *r, const struct trouble *t, int64_t until_ms, struct err *e)
{
	r->last = is_its_own(r, t) ? *t : (struct trouble){0};
	if (r->last.blocks)
		return block(r, until_ms, e);
	return r->blocked_until_ms || (!t && r->said[0]) ? unblock(r, e) : ERR_OK;
}

bool jobs_is_blocked(struct runner *r)
{
	struct foyerd *d = r->j->d;
	struct err e;
	bool asked = r->asked;
	r->asked = false;
	if (asked || r->blocked_until_ms <= foyerd_now(d))
		return false;
	enum err_code c = foyerd_begin(d, &e);
	if (!c)
		c = foyerd_end(d, block(r, r->blocked_until_ms, &e), &e);
	if (c)
		log_error("holding back for %s: %s", r->c->destination, e.msg);
	loop_timer_set(d->loop, &r->next, c ? HICCUP_MS : r->blocked_until_ms - foyerd_now(d));
	return true;
}

void jobs_try_all(struct runner *r)
{
	struct foyerd *d = r->j->d;
	struct err e;
	r->blocked_until_ms = 0;
	enum err_code c = foyerd_begin(d, &e);
	if (!c)
		c = foyerd_end(d, unblock(r, &e), &e);
	if (c)
		log_error("trying what waits for %s: %s", r->c->destination, e.msg);
}

void jobs_try(struct jobs *j, const char *destination)
{
	for (int i = 0; i < j->n; i++)
		if (str_eq(j->runners[i]->c->destination, destination))
			j->runners[i]->asked = true;
}

void jobs_time_fell(struct jobs *j)
{
	for (int i = 0; i < j->n; i++)
		j->runners[i]->blocked_until_ms = 0;
	jobs_wake(j);
}
