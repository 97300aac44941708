/*
 * POST /v1/clock/accept: the machine's clock was ahead once and is right now; a manager says so, and
 * foyer's time falls back to it. What had ended by the wrong time stays ended, and what was made at
 * it ends: reception decides about those anew. One transaction, however many these are: a manager's
 * rare act, and half of it would be worse than a second's wait.
 */
#include "daemon/handlers.h"

#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/clock_watch.h"
#include "daemon/desk.h"
#include "daemon/jobs.h"
#include "db/fallback.h"
#include "db/journal.h"

enum { BATCH = 100 };

struct accept {
	struct db_fallback times;
	char actor[DB_ACTOR_SZ], reason[TEXT_REASON_SZ];
	int ended, inside;
};

/* A visit that cannot be read cannot begin again either. */
static enum err_code lapse(
    struct foyerd *d, struct accept *a, const struct uuid *visit, struct err *e)
{
	struct desk_case c;
	struct desk_result r;
	struct desk_event ev = {.ev = VISIT_EV_LAPSE, .how = DB_HOW_ASSUMED, .reason = a->reason};
	char id[UUID_TEXT_SZ];
	str_copy(ev.actor, sizeof ev.actor, a->actor);
	enum err_code code = desk_case_load(d, visit, NULL, a->times.to_ms, &c, e);
	if (code == ERR_NOT_FOUND) {
		log_error("visit %s cannot be ended: %s", uuid_print(id, visit), e->msg);
		return ERR_OK;
	}
	if (!code)
		code = desk_act(d, &c, &ev, a->times.to_ms, &r, e);
	if (!code)
		code = desk_revoke(d, visit, e);
	if (!code && r.decision.refusal == VISIT_OK)
		*(r.decision.state == VISIT_INSIDE ? &a->inside : &a->ended) += 1;
	return code;
}

static enum err_code lapse_all(struct foyerd *d, struct accept *a, struct err *e)
{
	struct uuid ids[BATCH];
	int n = 0;
	enum err_code c;
	do {
		c = db_fallback_list(d->book, &a->times, ids, BATCH, &n, e);
		for (int i = 0; i < n && !c; i++)
			c = lapse(d, a, &ids[i], e);
	} while (!c && n == BATCH);
	return c;
}

static enum err_code journal(struct foyerd *d, const struct accept *a, struct err *e)
{
	char before[ZONE_TEXT_SZ], now[ZONE_TEXT_SZ];
	struct db_journal_entry en = {.actor = a->actor,
	    .what = "clock.accept",
	    .fields = {{"before", zone_print(before, a->times.from_ms, ZONE_RFC3339)},
		{"now", zone_print(now, a->times.to_ms, ZONE_RFC3339)}, {"reason", a->reason}},
	    .n_fields = 3};
	return db_journal_append(d->book, &en, NULL, e);
}

/* A clock that lies before the book was made is not right, whoever says so: a machine whose battery is empty begins in 1970. */
static enum err_code is_sane(struct foyerd *d, int64_t wall_ms, bool *sane, struct err *e)
{
	struct db_journal_row first;
	int n = 0;
	enum err_code c = db_journal_list(d->book, 0, &first, 1, &n, e);
	*sane = n == 0 || wall_ms >= first.at_ms;
	return c;
}

enum err_code h_clock_accept(struct request *rq, struct err *e)
{
	struct foyerd *d = rq->d;
	struct accept a = {.times = {.from_ms = book_now(d->book), .to_ms = clock_wall(&d->clock)}};
	bool sane = false;
	request_actor(rq, a.actor);
	enum err_code c = request_reason(rq, true, a.reason, e);
	if (c)
		return c;
	if (a.times.from_ms - a.times.to_ms <= CLOCK_WATCH_BACK_MS)
		return request_refuse(rq, 409, "not-ahead",
		    "foyer's time is not ahead of this machine's clock: there is nothing to "
		    "accept");
	c = is_sane(d, a.times.to_ms, &sane, e);
	if (!c && !sane)
		return request_refuse(rq, 409, "clock-wrong",
		    "this machine's clock says a time before the book was made: set it right "
		    "first");
	if (!c)
		c = db_fallback_begin(d->book, a.times.to_ms, e);
	if (!c)
		c = lapse_all(d, &a, e);
	if (!c)
		c = clock_watch_settle(d, a.actor, a.reason, e);
	if (!c)
		c = journal(d, &a, e);
	if (!c)
		c = db_fallback_end(d->book, e);
	if (c)
		return c;
	if (d->jobs)
		jobs_time_fell(d->jobs);
	log_warn("foyer's time falls back by %lld s, as a manager said",
	    (long long)(a.times.from_ms - a.times.to_ms) / CLOCK_SECOND);
	return request_reply(rq, 200,
	    json_pack("{s:I, s:I, s:i, s:i}", "before_ms", (json_int_t)a.times.from_ms, "now_ms",
		(json_int_t)a.times.to_ms, "ended", a.ended, "inside", a.inside));
}
