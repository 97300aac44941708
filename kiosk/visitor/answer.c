/* What foyerd answered, and what follows for the visitor. */
#include "kiosk/visitor/flow_in.h"

#include "base/lang.h"
#include "base/str.h"

static void speak(struct flow *f, const char *lang)
{
	for (int i = 0; i < f->info->n_langs; i++)
		if (str_eq(f->info->langs[i], lang))
			str_copy(f->lang, sizeof f->lang, lang);
}

static void scan_done(struct turn *t, const struct api_scan *s)
{
	struct flow *f = t->f;
	speak(f, s->lang);
	if (f->v.leaving && s->what != API_LEAVE) { /* whoever goes is not signed in by an Enter */
		flow_sorry(t, "not-inside");
		return;
	}
	f->v.scan = *s;
	f->v.by_pass = true;
	flow_go(t, s->what == API_LEAVE ? FLOW_SIGNOUT : FLOW_YOU);
}

static void hosts_done(struct turn *t, const struct api_hosts *h)
{
	struct flow *f = t->f;
	f->v.hosts = *h;
	f->focus = 0;
	if (f->screen == FLOW_HOST)
		f->message = h->n == 0 ? N_("Nobody of that name was found. Please check the "
					    "spelling, or ask reception.")
				       : NULL;
}

static void checkin_done(struct turn *t, const struct api_checkin *c)
{
	struct flow *f = t->f;
	f->v.checkin = *c;
	f->v.progress = c->progress;
	turn_document_forget(f);
	if (c->reception) {
		str_copy(
		    f->v.waiting, sizeof f->v.waiting, c->reason[0] != '\0' ? c->reason : "other");
		flow_go(t, FLOW_WAITING);
	} else {
		flow_go(t, FLOW_PROGRESS);
	}
}

static void done(struct turn *t, const struct flow_answer *a)
{
	struct flow_visitor *v = &t->f->v;
	switch (a->kind) {
	case FLOW_CALL_SCAN: scan_done(t, &a->u.scan); break;
	case FLOW_CALL_HOSTS: hosts_done(t, &a->u.hosts); break;
	case FLOW_CALL_AGREEMENT: {
		bool changed = v->has_agreement && str_eq(v->agreement.name, a->u.agreement.name) &&
			       str_eq(v->agreement.lang, a->u.agreement.lang) &&
			       !str_eq(v->agreement.version, a->u.agreement.version);
		v->agreement = a->u.agreement;
		v->has_agreement = true;
		flow_go(t, FLOW_AGREEMENT);
		if (changed)
			t->f->message =
			    N_("The text has changed in the meantime. Please read it once more.");
		break;
	}
	case FLOW_CALL_CHECKIN: checkin_done(t, &a->u.checkin); break;
	case FLOW_CALL_SIGNOUT:
		v->signout = a->u.signout;
		v->progress = (struct api_progress){0};
		flow_go(t, FLOW_GOODBYE);
		break;
	case FLOW_CALL_WAITING:
		v->help_heard = true;
		if (a->u.reception[0] != '\0')
			str_copy(
			    t->f->info->reception, sizeof t->f->info->reception, a->u.reception);
		break;
	case FLOW_CALL_NONE: break;
	}
}

/* No is an answer. */
static void refused(struct turn *t, const struct flow_answer *a)
{
	struct flow *f = t->f;
	const char *word = a->result == FLOW_REFUSED ? a->refusal.word
			   : a->result == FLOW_LIMIT ? "try-reception"
						     : "trouble";
	switch (a->kind) {
	case FLOW_CALL_HOSTS:
		f->v.hosts.n = 0;
		f->v.too_many = a->result == FLOW_LIMIT;
		if (f->screen == FLOW_HOST)
			f->message = N_("The search does not work at present. Please press F1: "
					"reception will help you.");
		break;
	case FLOW_CALL_WAITING: f->v.help_failed = true; break;
	case FLOW_CALL_CHECKIN:
		if (a->result == FLOW_REFUSED && str_eq(word, "agreement-changed")) {
			turn_step_agreement(t);
			break;
		}
		/* fall through */
	case FLOW_CALL_SCAN:
	case FLOW_CALL_AGREEMENT:
	case FLOW_CALL_SIGNOUT:
		f->v.refusal = a->refusal;
		flow_sorry(t, word);
		break;
	case FLOW_CALL_NONE: break;
	}
}

void answer_take(struct turn *t, const struct flow_answer *a)
{
	if (a->result == FLOW_DONE)
		done(t, a);
	else
		refused(t, a);
}

void answer_gave_up(struct turn *t, enum flow_call_kind kind, const char *said)
{
	struct flow_answer a = {.kind = kind, .result = FLOW_BROKEN};
	if (said != NULL) {
		a.result = FLOW_REFUSED;
		str_copy(a.refusal.word, sizeof a.refusal.word, said);
	}
	if (said == NULL && call_is_change(kind))
		flow_sorry(t, "unsure");
	else
		refused(t, &a);
}
