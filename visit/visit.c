/*
 * The transition table. A row is an event, a column the state it finds; a cell either refuses or names the rule that answers. Everything
 * that a rule may look at is in struct ask; everything it may say is in the decision.
 */
#include "visit/visit.h"

#include <stddef.h>

struct ask {
	const struct visit_facts *f;
	const struct visit_input *in;
	int64_t now_ms;
	bool by_staff;
};

typedef enum visit_refusal (*rule)(const struct ask *a, struct visit_decision *d);

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* A door right goes to the authorised, unescorted and punctual; the grace is for the way out only. */
static void open_doors(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	bool authorised = f->authorised || d->authorise;
	if (!f->policy.door_right || !authorised || d->escort || a->now_ms >= d->until_ms)
		return;
	d->grant = true;
	d->right_until_ms = d->until_ms + f->policy.exit_grace_ms;
}

/* Whoever is not authorised walks with an escort, if the house allows that at all. */
static bool escort_mark(const struct visit_facts *f, bool authorised)
{
	return f->policy.escort_always || (!authorised && f->policy.escort_until_approved);
}

/* Somebody comes in. The caller has settled that the time is right. */
static void admit(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	bool authorised = f->authorised || d->authorise;
	d->state = VISIT_INSIDE;
	d->stay_open = true;
	d->settle_wait = f->state == VISIT_WAITING;
	d->sign = a->in->agreed && f->policy.needs_agreement;
	if (a->now_ms >= f->until_ms) {
		/* Late: the visit keeps its length, within the site's day and the type's longest stay. */
		int64_t span = least(f->until_ms - f->from_ms, f->policy.longest_stay_ms);
		d->late = true;
		d->until_ms = least(f->day_end_ms, a->now_ms + span);
	}
	d->print = f->policy.badge && (!f->badge_today || d->escort != f->escort);
	open_doors(a, d);
	if (authorised)
		d->tell_host = f->policy.notify_host && !f->host_told;
	else
		d->ask_host = f->policy.needs_approval && !f->host_told;
	if (!authorised && f->policy.needs_approval)
		d->wait = VISIT_WAIT_APPROVAL;
}

static bool lacks_id(const struct visit_facts *f)
{
	return f->policy.needs_id && !f->id_seen;
}

/* Somebody stands there, and a person must decide; what they signed stands. */
static void wait_outside(const struct ask *a, struct visit_decision *d, enum visit_wait why)
{
	const struct visit_facts *f = a->f;
	d->state = VISIT_WAITING;
	d->sign = a->in->agreed && f->policy.needs_agreement;
	d->ask_host = !f->authorised && f->policy.needs_approval && !f->host_told;
	d->wait = why;
}

static enum visit_refusal arrive(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	if (!a->by_staff && a->now_ms < f->from_ms - f->policy.early_ms)
		return VISIT_NO_TOO_EARLY;
	if (a->now_ms >= f->day_end_ms)
		return VISIT_NO_EXPIRED;
	if (a->in->disagreed && !a->by_staff) {
		d->state = VISIT_WAITING;
		d->wait = VISIT_WAIT_NOT_AGREED;
		return VISIT_OK;
	}
	if (f->policy.type_gone && !a->by_staff) {
		wait_outside(a, d, VISIT_WAIT_TYPE);
		return VISIT_OK;
	}
	if (f->policy.needs_agreement && !a->in->agreed && !a->by_staff)
		return VISIT_NO_AGREEMENT;
	if (lacks_id(f) && a->by_staff)
		return VISIT_NO_DOCUMENT;
	if (lacks_id(f) && a->in->id != VISIT_ID_GOOD) {
		wait_outside(a, d, VISIT_WAIT_ID);
		return VISIT_OK;
	}
	/* The mark that a person left on an authorised visit holds for every return. */
	d->escort = escort_mark(f, f->authorised || d->authorise) || (f->authorised && f->escort);
	if (!f->authorised && !d->authorise && f->policy.needs_approval && !d->escort) {
		/* Nobody may walk in unauthorised and alone. */
		wait_outside(a, d, VISIT_WAIT_APPROVAL);
		return VISIT_OK;
	}
	admit(a, d);
	return VISIT_OK;
}

static enum visit_refusal take_end(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	if (a->in->until_ms == 0)
		return VISIT_OK;
	if (a->in->until_ms <= a->now_ms || a->in->until_ms <= f->from_ms)
		return VISIT_NO_BAD_TIME;
	if (a->in->until_ms - f->from_ms > f->policy.longest_stay_ms)
		return VISIT_NO_TOO_LONG;
	d->until_ms = a->in->until_ms;
	return VISIT_OK;
}

static enum visit_refusal checkin(const struct ask *a, struct visit_decision *d)
{
	d->authorise = !a->f->authorised;
	enum visit_refusal no = take_end(a, d);
	return no != VISIT_OK ? no : arrive(a, d);
}

static enum visit_refusal leave(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	/* A permission for further days stays good by itself; for the rest of today only if they say so. */
	bool back =
	    a->now_ms < f->until_ms && (a->in->coming_back || f->until_ms > f->today_end_ms);
	d->state = back ? VISIT_OUT : VISIT_ENDED;
	d->stay_close = true;
	d->cancel_prints = true;
	d->settle_wait = true;
	return VISIT_OK;
}

static enum visit_refusal approve(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	bool escort = f->policy.escort_always || a->in->keep_escort;
	if (f->authorised && f->escort == escort && f->state != VISIT_WAITING)
		return VISIT_NO_ALREADY;
	if (a->now_ms >= f->day_end_ms)
		return VISIT_NO_EXPIRED;
	if (f->state == VISIT_WAITING && !f->policy.needs_agreement && lacks_id(f))
		return VISIT_NO_DOCUMENT;
	enum visit_refusal no = take_end(a, d);
	if (no != VISIT_OK)
		return no;
	d->authorise = true;
	d->escort = escort;
	d->settle_wait = true;
	if (f->state == VISIT_INSIDE) {
		d->print = f->policy.badge && escort != f->escort;
		d->cancel_prints = d->print;
		open_doors(a, d);
	} else if (f->state == VISIT_WAITING && !f->policy.needs_agreement) {
		admit(a, d);
	} else if (f->state == VISIT_WAITING) {
		d->state = VISIT_EXPECTED;
	}
	return VISIT_OK;
}

/* Permission goes while somebody is inside: the right at once, the person by way of reception. */
static void see_out(const struct ask *a, struct visit_decision *d)
{
	d->until_ms = least(a->f->until_ms, a->now_ms);
	d->revoke = a->f->has_right;
	d->cancel_prints = true;
	d->settle_wait = true;
	d->wait = VISIT_WAIT_SEE_OUT;
	d->unauthorise = d->escort = true;
}

static enum visit_refusal refuse(const struct ask *a, struct visit_decision *d)
{
	if (a->f->state == VISIT_INSIDE) {
		see_out(a, d);
		return VISIT_OK;
	}
	d->state = VISIT_REFUSED;
	d->settle_wait = true;
	return VISIT_OK;
}

static enum visit_refusal cancel(const struct ask *a, struct visit_decision *d)
{
	if (a->f->state == VISIT_INSIDE) {
		see_out(a, d);
		return VISIT_OK;
	}
	d->state = VISIT_CANCELLED;
	d->settle_wait = true;
	d->tell_visitor_cancelled = a->f->invited;
	return VISIT_OK;
}

static enum visit_refusal extend(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	if (a->in->until_ms == 0)
		return VISIT_NO_BAD_TIME;
	enum visit_refusal no = take_end(a, d);
	if (no != VISIT_OK || f->state != VISIT_INSIDE)
		return no;
	d->print = f->policy.badge; /* the badge says until when */
	d->cancel_prints = d->print;
	open_doors(a, d);
	return VISIT_OK;
}

static enum visit_refusal reprint(const struct ask *a, struct visit_decision *d)
{
	if (!a->f->policy.badge)
		return VISIT_NO_STATE;
	if (a->now_ms >= a->f->until_ms)
		return VISIT_NO_ENDED;
	d->print = d->cancel_prints = true;
	/* Where the right that was due could not be given (no number left, a number that was somebody else's), the new badge brings it. */
	if (!a->f->has_right)
		open_doors(a, d);
	return VISIT_OK;
}

static enum visit_refusal right_end(const struct ask *a, struct visit_decision *d)
{
	if (a->now_ms < a->f->until_ms + a->f->policy.exit_grace_ms)
		return VISIT_NO_TOO_EARLY;
	d->revoke = a->f->has_right;
	return VISIT_OK;
}

static enum visit_refusal day_end(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	if (a->now_ms < f->day_end_ms)
		return VISIT_NO_TOO_EARLY;
	d->state = VISIT_ENDED;
	d->stay_close = f->state == VISIT_INSIDE;
	d->cancel_prints = true;
	d->settle_wait = true;
	return VISIT_OK;
}

/* What had ended by a wrong clock must not begin again by the right one. Who is inside is still counted; a new end, which a person gives, opens the
 * doors again. */
static enum visit_refusal lapse(const struct ask *a, struct visit_decision *d)
{
	const struct visit_facts *f = a->f;
	d->settle_wait = true;
	if (f->state != VISIT_INSIDE) {
		d->state = VISIT_ENDED;
		d->cancel_prints = true;
		return VISIT_OK;
	}
	d->until_ms = least(f->until_ms, a->now_ms);
	d->revoke = f->has_right;
	d->wait = VISIT_WAIT_LAPSED;
	return VISIT_OK;
}

/* clang-format off */
#define NO(r)  {VISIT_NO_##r, NULL}
#define DO(fn) {VISIT_OK, fn}
static const struct cell {
	enum visit_refusal no;
	rule answer;
} table[VISIT_EVENTS][VISIT_STATES] = {
	/*                       expected        waiting         inside         out             ended          cancelled      refused */
	[VISIT_EV_ARRIVE]    = {DO(arrive),     NO(WAITING),    NO(INSIDE),    DO(arrive),     NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_LEAVE]     = {NO(NOT_INSIDE), NO(NOT_INSIDE), DO(leave),     NO(NOT_INSIDE), NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_APPROVE]   = {DO(approve),    DO(approve),    DO(approve),   DO(approve),    NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_REFUSE]    = {DO(refuse),     DO(refuse),     DO(refuse),    DO(refuse),     NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_CHECKIN]   = {DO(checkin),    DO(checkin),    NO(INSIDE),    DO(checkin),    NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_CHECKOUT]  = {NO(NOT_INSIDE), NO(NOT_INSIDE), DO(leave),     NO(NOT_INSIDE), NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_EXTEND]    = {DO(extend),     DO(extend),     DO(extend),    DO(extend),     NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_CANCEL]    = {DO(cancel),     DO(cancel),     DO(cancel),    DO(cancel),     NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_REPRINT]   = {NO(NOT_INSIDE), NO(NOT_INSIDE), DO(reprint),   NO(NOT_INSIDE), NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_RIGHT_END] = {DO(right_end),  DO(right_end),  DO(right_end), DO(right_end),  DO(right_end), DO(right_end), DO(right_end)},
	[VISIT_EV_DAY_END]   = {DO(day_end),    DO(day_end),    DO(day_end),   DO(day_end),    NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
	[VISIT_EV_LAPSE]     = {DO(lapse),      DO(lapse),      DO(lapse),     DO(lapse),      NO(ENDED),     NO(CANCELLED), NO(REFUSED)},
};
#undef NO
#undef DO
/* clang-format on */

struct visit_decision visit_decide(
    const struct visit_facts *f, enum visit_event ev, const struct visit_input *in, int64_t now_ms)
{
	struct visit_decision d = {
	    .refusal = VISIT_OK,
	    .state = f->state,
	    .escort = f->escort,
	    .until_ms = f->until_ms,
	};
	struct ask a = {f, in, now_ms, ev == VISIT_EV_CHECKIN};
	const struct cell *c = &table[ev][f->state];
	enum visit_refusal no = c->answer != NULL ? c->answer(&a, &d) : c->no;
	if (no != VISIT_OK)
		return (struct visit_decision){
		    .refusal = no, .state = f->state, .escort = f->escort, .until_ms = f->until_ms};
	/* No right outlives the presence, and none goes with an escort, whichever rule spoke. */
	if ((d.state != VISIT_INSIDE || d.escort) && f->has_right)
		d.revoke = true;
	return d;
}
