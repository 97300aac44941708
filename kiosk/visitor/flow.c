#include "kiosk/visitor/flow_in.h"

#include <stdlib.h>
#include <string.h>

#include "base/lang.h"
#include "base/str.h"

struct flow *flow_new(struct random random)
{
	struct flow *f = mem_new(1, sizeof *f);
	f->random = random;
	f->ids.random = random;
	f->rows = 24;
	f->cols = 80;
	f->v.type = -1;
	str_copy(f->lang, sizeof f->lang, "en");
	return f;
}

void flow_free(struct flow *own_f)
{
	if (own_f == NULL)
		return;
	free(own_f->info);
	explicit_bzero(own_f, sizeof *own_f);
	free(own_f);
}

/* --- what others ask --------------------------------------------------------------------- */

/* Nothing is asked there, and what is said stays true. */
static bool is_end(enum flow_screen s)
{
	return s == FLOW_PROGRESS || s == FLOW_GOODBYE || s == FLOW_SORRY || s == FLOW_WAITING;
}

enum flow_screen flow_shown(const struct flow *f)
{
	if (!f->online || f->info == NULL)
		return FLOW_OFFLINE;
	return f->info->open || is_end(f->screen) ? f->screen : FLOW_OFFLINE;
}

bool flow_busy(const struct flow *f)
{
	return f->lane[FLOW_LANE_MAIN].kind != FLOW_CALL_NONE &&
	       f->lane[FLOW_LANE_MAIN].kind != FLOW_CALL_HOSTS;
}

bool flow_wants_document(const struct flow *f)
{
	return flow_shown(f) == FLOW_DOCUMENT;
}

bool flow_idle(const struct flow *f)
{
	return f->screen == FLOW_WELCOME && !flow_busy(f);
}

bool flow_take_unheard(struct flow *f)
{
	const bool unheard = f->unheard && flow_idle(f) && flow_shown(f) == FLOW_WELCOME;
	f->unheard = f->unheard && !unheard;
	return unheard;
}

bool call_is_change(enum flow_call_kind kind)
{
	return kind == FLOW_CALL_CHECKIN || kind == FLOW_CALL_SIGNOUT;
}

static bool facts_pending(const struct flow *f)
{
	const struct api_progress *p = &f->v.progress;
	return p->badge == API_BADGE_PRINTING || p->host == API_HOST_SENDING ||
	       (f->info->doors && p->doors == API_DOORS_PENDING);
}

static bool facts_troubled(const struct flow *f)
{
	const struct api_progress *p = &f->v.progress;
	return p->badge == API_BADGE_TROUBLE || p->host == API_HOST_TROUBLE ||
	       (f->info->doors && p->doors == API_DOORS_TROUBLE);
}

/* A visitor sees what becomes of the badge, and has time to read it. */
static int64_t facts_end_ms(const struct flow *f)
{
	int64_t end =
	    f->told_ms + (facts_troubled(f) ? TROUBLE_SHOWN_MS : screen_of(f->screen)->idle_ms);
	if (facts_pending(f) && end < f->entered_ms + FACTS_WAIT_MS)
		end = f->entered_ms + FACTS_WAIT_MS;
	return end < f->entered_ms + FACTS_LIMIT_MS ? end : f->entered_ms + FACTS_LIMIT_MS;
}

static int64_t idle_ends_ms(const struct flow *f)
{
	const struct screen *s = screen_of(f->screen);
	if (s->idle_ms == 0 || flow_busy(f))
		return INT64_MAX;
	if (f->screen == FLOW_PROGRESS)
		return facts_end_ms(f);
	return (f->screen == FLOW_GOODBYE ? f->entered_ms : f->touched_ms) + s->idle_ms;
}

/* Until then the screen does not say that it clears. */
static int64_t counts_from_ms(const struct flow *f)
{
	const struct screen *s = screen_of(f->screen);
	if (s->warns)
		return idle_ends_ms(f) - WARN_MS;
	return f->screen == FLOW_PROGRESS ? idle_ends_ms(f) - s->idle_ms : 0;
}

int flow_clears_in_s(const struct flow *f, int64_t now_ms)
{
	int64_t end = idle_ends_ms(f);
	if (end == INT64_MAX || f->screen == FLOW_WELCOME || now_ms < counts_from_ms(f))
		return -1;
	return end > now_ms ? (int)((end - now_ms + 999) / 1000) : 0;
}

int flow_goes_on_in_s(const struct flow *f, int64_t now_ms)
{
	if (f->go_on_ms == 0)
		return -1;
	return f->go_on_ms > now_ms ? (int)((f->go_on_ms - now_ms + 999) / 1000) : 0;
}

bool flow_warns(const struct flow *f, int64_t now_ms)
{
	return screen_of(f->screen)->warns && flow_clears_in_s(f, now_ms) >= 0;
}

const struct api_type *flow_type(const struct flow *f)
{
	if (f->info == NULL)
		return NULL;
	if (!f->v.by_pass)
		return f->v.type >= 0 && f->v.type < f->info->n_types ? &f->info->types[f->v.type]
								      : NULL;
	for (int i = 0; i < f->info->n_types; i++)
		if (str_eq(f->info->types[i].name, f->v.scan.type))
			return &f->info->types[i];
	return NULL;
}

bool flow_may_try_again(const struct flow *f)
{
	return !str_eq(f->v.refusal.word, "unsure");
}

const char *flow_token(const struct flow *f)
{
	enum flow_screen s = f->screen == FLOW_NOTICE ? f->under : f->screen;
	return s == FLOW_PROGRESS  ? f->v.checkin.token
	       : s == FLOW_GOODBYE ? f->v.signout.token
				   : "";
}

int flow_walk_in_type(const struct flow *f, int n)
{
	for (int i = 0; f->info != NULL && i < f->info->n_types; i++)
		if (f->info->types[i].walk_in && n-- == 0)
			return i;
	return -1;
}

int flow_walk_in_types(const struct flow *f)
{
	int n = 0;
	while (flow_walk_in_type(f, n) >= 0)
		n++;
	return n;
}

int flow_choices(const struct flow *f, enum flow_choice out[3])
{
	int n = 0;
	out[n++] = FLOW_INVITED;
	if (flow_walk_in_types(f) > 0)
		out[n++] = FLOW_VISITING;
	out[n++] = FLOW_LEAVING;
	return n;
}

/* --- moving ------------------------------------------------------------------------------ */

void flow_go(struct turn *t, enum flow_screen to)
{
	struct flow *f = t->f;
	screen_of(f->screen)->leave(f);
	f->screen = to;
	f->focus = f->top = 0;
	f->message = NULL;
	f->search_ms = f->go_on_ms = 0;
	f->entered_ms = f->touched_ms = f->told_ms = t->now_ms;
	screen_of(to)->enter(f);
}

void flow_clear(struct turn *t)
{
	struct flow *f = t->f;
	flow_go(t, FLOW_WELCOME);
	explicit_bzero(&f->v, sizeof f->v);
	f->v.type = -1;
	f->under = FLOW_WELCOME;
	f->lane[FLOW_LANE_MAIN] = f->lane[FLOW_LANE_HELP] = (struct flow_call){0};
	if (f->info != NULL)
		str_copy(f->lang, sizeof f->lang, f->info->lang);
}

void flow_new_key(struct turn *t)
{
	t->f->v.key = uuid_new(&t->f->ids, t->f->wall_ms);
}

void flow_begin(struct turn *t)
{
	struct flow *f = t->f;
	explicit_bzero(&f->v, sizeof f->v);
	f->v.type = -1;
	f->lane[FLOW_LANE_MAIN] = f->lane[FLOW_LANE_HELP] = (struct flow_call){0};
	ui_field_init(&f->v.name, TEXT_NAME_SZ);
	ui_field_init(&f->v.company, TEXT_NAME_SZ);
	ui_field_init(&f->v.query, TEXT_NAME_SZ);
	ui_field_init(&f->v.code, 24);
	f->v.id = uuid_new(&f->ids, f->wall_ms);
	flow_new_key(t);
}

void flow_sorry(struct turn *t, const char *word)
{
	str_copy(t->f->v.refusal.word, sizeof t->f->v.refusal.word, word);
	turn_document_forget(t->f);
	flow_go(t, FLOW_SORRY);
}

/* --- calls ------------------------------------------------------------------------------- */

static void send(struct turn *t, struct flow_call *c)
{
	c->again_ms = 0;
	c->serial = ++t->f->last_serial;
	if (t->out->n < (int)(sizeof t->out->of / sizeof t->out->of[0])) {
		t->out->of[t->out->n].kind = c->kind;
		t->out->of[t->out->n++].serial = c->serial;
	} else {
		c->again_ms = t->now_ms;
	}
}

void flow_call(struct turn *t, enum flow_lane lane, enum flow_call_kind kind)
{
	struct flow_call *c = &t->f->lane[lane];
	*c = (struct flow_call){.kind = kind, .began_ms = t->now_ms};
	send(t, c);
}

void flow_call_end(struct turn *t, enum flow_lane lane)
{
	t->f->lane[lane] = (struct flow_call){0};
}

/* These alone say that nothing was written: the transaction is undone, and an answer that was given before would have been found. */
static bool nothing_done(const struct flow_call *c, const char *word)
{
	return !c->lost && (str_eq(word, "no-space") || str_eq(word, "busy"));
}

/* Lost, late or "not now": again under the same key, for as long as a person would wait. */
static void call_again(struct turn *t, enum flow_lane lane, const struct flow_answer *a)
{
	struct flow_call *c = &t->f->lane[lane];
	int64_t next = t->now_ms + CALL_AGAIN_MS;
	int64_t limit =
	    call_is_change(c->kind) || lane == FLOW_LANE_HELP ? CHANGE_LIMIT_MS : LOOKUP_LIMIT_MS;
	if (a->result == FLOW_AGAIN)
		c->lost = true;
	else if (c->not_now_ms == 0)
		c->not_now_ms = t->now_ms;
	if (next - c->began_ms <= limit &&
	    (c->not_now_ms == 0 || next - c->not_now_ms <= NOT_NOW_LIMIT_MS)) {
		c->again_ms = next;
		return;
	}
	enum flow_call_kind kind = c->kind;
	bool sure = nothing_done(c, a->refusal.word) ||
		    (!call_is_change(kind) && a->refusal.word[0] != '\0');
	flow_call_end(t, lane);
	answer_gave_up(t, kind, sure ? a->refusal.word : NULL);
}

static void answer(struct turn *t, const struct flow_answer *a)
{
	for (int lane = 0; lane < 2; lane++) {
		const struct flow_call *c = &t->f->lane[lane];
		if (c->kind != a->kind || c->serial != a->serial || c->again_ms != 0)
			continue;
		if (a->result == FLOW_AGAIN || a->result == FLOW_NOT_NOW) {
			call_again(t, (enum flow_lane)lane, a);
			return;
		}
		flow_call_end(t, (enum flow_lane)lane);
		answer_take(t, a);
		return;
	}
}

/* --- events ------------------------------------------------------------------------------ */

static void online(struct turn *t, struct api_kiosk *own_info)
{
	struct flow *f = t->f;
	f->online = true;
	if (own_info == NULL)
		return;
	if (f->info != NULL &&
	    !flow_idle(
		f)) { /* nothing changes under somebody's hands; it is asked for again soon */
		f->info->open = own_info->open;
		free(own_info);
		return;
	}
	bool first = f->info == NULL || !str_eq(f->info->lang, own_info->lang);
	free(f->info);
	f->info = own_info;
	if (first)
		str_copy(f->lang, sizeof f->lang, own_info->lang);
}

static void progress(struct turn *t, const struct api_progress *p)
{
	struct api_progress *old = &t->f->v.progress;
	if (flow_token(t->f)[0] == '\0')
		return;
	if (p->badge != old->badge || p->doors != old->doors || p->host != old->host)
		t->f->told_ms = t->now_ms;
	*old = *p;
}

static void tick(struct turn *t)
{
	struct flow *f = t->f;
	/* First: a call is put into words from what is known, and then nothing is. */
	if (t->now_ms >= idle_ends_ms(f)) {
		flow_clear(t);
		return;
	}
	for (int lane = 0; lane < 2; lane++)
		if (f->lane[lane].kind != FLOW_CALL_NONE && f->lane[lane].again_ms != 0 &&
		    t->now_ms >= f->lane[lane].again_ms)
			send(t, &f->lane[lane]);
	if (f->search_ms != 0 && t->now_ms >= f->search_ms)
		turn_search(t);
	if (f->go_on_ms != 0 && t->now_ms >= f->go_on_ms) {
		f->go_on_ms = 0;
		turn_step_next(t);
	}
}

/* Whoever has a scanner in his hand scans once more; a camera would not tell again what it has told. */
static void scanned(struct turn *t, const struct flow_event *ev)
{
	struct flow *f = t->f;
	if (flow_shown(f) != FLOW_OFFLINE && !flow_busy(f))
		turn_scan(t, ev);
	else if (ev->source == API_SOURCE_CAMERA)
		f->unheard = true;
}

/* A key that only says "I am still here" does nothing else. */
static void pressed(struct turn *t, enum action a, int arg, struct wedge_key key)
{
	struct flow *f = t->f;
	bool warned = flow_warns(f, t->now_ms);
	f->touched_ms = t->now_ms;
	if (flow_shown(f) == FLOW_OFFLINE || warned)
		return;
	if (flow_busy(f) && a != ACT_HELP) /* nothing changes what may have to be asked again */
		return;
	turn_act(t, a, arg, key);
}

void flow_step(struct flow *f, const struct flow_event *ev, int64_t now_ms, struct flow_calls *out)
{
	struct turn t = {.f = f, .now_ms = now_ms, .out = out};
	int arg = 0;
	out->n = 0;
	switch (ev->kind) {
	case FLOW_EV_KEY: {
		enum action a = action_of_key(ev->key, screen_of(f->screen)->typing, &arg);
		pressed(&t, a, arg, ev->key);
		break;
	}
	case FLOW_EV_TOUCH: pressed(&t, ev->action, ev->arg, (struct wedge_key){0}); break;
	case FLOW_EV_SCAN: scanned(&t, ev); break;
	case FLOW_EV_UNREAD:
		if (flow_shown(f) != FLOW_OFFLINE)
			turn_unread(&t);
		break;
	case FLOW_EV_MANY:
		if (flow_shown(f) != FLOW_OFFLINE)
			turn_many(&t);
		break;
	case FLOW_EV_STRAY:
		if (flow_shown(f) != FLOW_OFFLINE)
			turn_stray(&t);
		break;
	case FLOW_EV_ONLINE: online(&t, ev->own_info); break;
	case FLOW_EV_OFFLINE: f->online = false; break;
	case FLOW_EV_ANSWER: answer(&t, ev->answer); break;
	case FLOW_EV_PROGRESS: progress(&t, ev->progress); break;
	case FLOW_EV_SIZE:
		f->rows = ev->rows;
		f->cols = ev->cols;
		break;
	case FLOW_EV_TICK: break;
	}
	tick(&t);
}

int64_t flow_due_ms(const struct flow *f, int64_t now_ms)
{
	int64_t due = idle_ends_ms(f);
	for (int lane = 0; lane < 2; lane++)
		if (f->lane[lane].kind != FLOW_CALL_NONE && f->lane[lane].again_ms != 0 &&
		    f->lane[lane].again_ms < due)
			due = f->lane[lane].again_ms;
	if (f->search_ms != 0 && f->search_ms < due)
		due = f->search_ms;
	if (f->go_on_ms != 0) { /* and each second before it, for the countdown */
		int64_t next = f->go_on_ms;
		if (flow_goes_on_in_s(f, now_ms) > 0)
			next -= (int64_t)(flow_goes_on_in_s(f, now_ms) - 1) * 1000;
		due = next < due ? next : due;
	}
	if (due == INT64_MAX || idle_ends_ms(f) == INT64_MAX)
		return due;
	/* A countdown moves each second; where it is not shown yet, the moment when it will be. */
	if (flow_clears_in_s(f, now_ms) > 0) {
		int64_t next = idle_ends_ms(f) - (int64_t)(flow_clears_in_s(f, now_ms) - 1) * 1000;
		return next < due ? next : due;
	}
	int64_t from = counts_from_ms(f);
	return from > now_ms && from < due ? from : due;
}
