#include "daemon/desk.h"

#include "base/str.h"
#include "base/zone.h"
#include "db/agreement.h"
#include "db/journal.h"
#include "db/waiting.h"

static enum err_code write_signature(struct foyerd *d, const struct desk_case *c,
    const struct desk_event *ev, int64_t now_ms, struct err *e)
{
	struct db_signature s = {
	    .visitor = c->visitor.id, .visit = c->visit.id, .signed_ms = now_ms};
	(void)str_copy(s.agreement, sizeof s.agreement, ev->signature.name);
	(void)str_copy(s.hash, sizeof s.hash, ev->signature.hash);
	(void)str_copy(s.lang, sizeof s.lang, ev->signature.lang);
	(void)str_copy(s.name, sizeof s.name, c->visitor.name);
	return db_signature_insert(d->book, &s, e);
}

static enum err_code write_visit(struct foyerd *d, struct desk_case *c, const struct desk_event *ev,
    const struct visit_decision *dec, struct err *e)
{
	struct db_visit *v = &c->visit;
	v->state = (enum db_visit_state)dec->state;
	v->until_ms = dec->until_ms;
	v->escort = dec->escort;
	v->late |= dec->late;
	if (dec->unauthorise) {
		v->authorised_kind = DB_AUTHORISED_RULE;
		(void)str_copy(v->authorised_ref, sizeof v->authorised_ref, DESK_RULE_ESCORTED);
	}
	if (dec->authorise) {
		v->authorised_kind = DB_AUTHORISED_APPROVER;
		(void)str_copy(v->authorised_ref, sizeof v->authorised_ref, ev->actor);
	}
	return db_visit_update(d->book, v, e);
}

static enum err_code write_stay(struct foyerd *d, const struct desk_case *c,
    const struct desk_event *ev, const struct visit_decision *dec, int64_t now_ms, struct err *e)
{
	if (dec->stay_close)
		return db_stay_close(d->book, &c->visit.id, now_ms, ev->how, e);
	if (!dec->stay_open)
		return ERR_OK;
	struct db_stay s = {.visit = c->visit.id, .in_ms = now_ms, .in_how = ev->how};
	if (ev->kiosk != NULL)
		(void)str_copy(s.in_kiosk, sizeof s.in_kiosk, ev->kiosk->name);
	return db_stay_open(d->book, &s, e);
}

static enum err_code write_journal(struct foyerd *d, const struct desk_case *c,
    const struct desk_event *ev, const struct visit_decision *dec, struct err *e)
{
	char what[TEXT_WORD_SZ], until[ZONE_TEXT_SZ];
	(void)str_print(what, sizeof what, "visit.%s", visit_event_name(ev->ev));
	struct db_journal_entry en = {.actor = ev->actor, .what = what, .subject = c->visit.id};
	en.fields[en.n_fields++] = (struct db_journal_field){"state", visit_state_name(dec->state)};
	en.fields[en.n_fields++] = (struct db_journal_field){"how", db_how_name(ev->how)};
	en.fields[en.n_fields++] =
	    (struct db_journal_field){"until", zone_print(until, dec->until_ms, ZONE_RFC3339)};
	if (dec->sign)
		en.fields[en.n_fields++] = (struct db_journal_field){"signed", ev->signature.hash};
	if (dec->late)
		en.fields[en.n_fields++] = (struct db_journal_field){"late", "yes"};
	if (dec->escort)
		en.fields[en.n_fields++] = (struct db_journal_field){"escort", "yes"};
	if (ev->reason != NULL && ev->reason[0] != '\0')
		en.fields[en.n_fields++] = (struct db_journal_field){"reason", ev->reason};
	return db_journal_append(d->book, &en, NULL, e);
}

static enum err_code write_rights(struct foyerd *d, const struct desk_case *c, int64_t now_ms,
    struct desk_result *r, struct err *e)
{
	const struct visit_decision *dec = &r->decision;
	enum err_code code = ERR_OK;
	if (dec->revoke)
		code = desk_revoke(d, &c->visit.id, e);
	if (code == ERR_OK && dec->grant) {
		code = desk_grant(d, c, now_ms, dec->right_until_ms, &r->doors_full, e);
		r->opening = code == ERR_OK && !r->doors_full;
	}
	bool closed = dec->state == VISIT_ENDED || dec->state == VISIT_CANCELLED ||
		      dec->state == VISIT_REFUSED;
	if (code == ERR_OK && dec->state != VISIT_INSIDE && (dec->stay_close || dec->settle_wait))
		code = desk_card_ask_back(d, c, e);
	if (code == ERR_OK && closed)
		code = desk_card_free(d, &c->visit.id, e);
	return code;
}

static enum err_code write_badges(
    struct foyerd *d, struct desk_case *c, int64_t now_ms, struct desk_result *r, struct err *e)
{
	if (!r->decision.print)
		return ERR_OK;
	enum err_code code = desk_print(d, c, now_ms, e);
	r->printing = code == ERR_OK;
	return code;
}

static enum err_code write_notices(
    struct foyerd *d, struct desk_case *c, int64_t now_ms, struct desk_result *r, struct err *e)
{
	const struct visit_decision *dec = &r->decision;
	enum err_code code = ERR_OK;
	bool queued;
	if (dec->tell_visitor_cancelled)
		code = desk_tell(d, c, DESK_INVITATION_CANCELLED, now_ms, &queued, e);
	if (code == ERR_OK && (dec->tell_host || dec->ask_host)) {
		code = desk_tell(d, c, dec->ask_host ? DESK_HOST_APPROVAL : DESK_HOST_ARRIVAL,
		    now_ms, &r->telling, e);
		if (code == ERR_OK && r->telling) {
			c->visit.host_told_ms = now_ms;
			code = db_visit_update(d->book, &c->visit, e);
		}
	}
	return code;
}

static enum err_code write_waiting(struct foyerd *d, const struct desk_case *c,
    const struct desk_event *ev, const struct desk_result *r, struct err *e)
{
	enum err_code code = ERR_OK;
	bool id = r->decision.wait == VISIT_WAIT_ID && ev->id_reason != NULL;
	if (r->decision.wait != VISIT_WAIT_NONE)
		code = desk_wait(
		    d, c, ev->kiosk, id ? ev->id_reason : visit_wait_name(r->decision.wait), e);
	if (code == ERR_OK && r->opening && !c->facts.has_right)
		code = desk_card_hand_out(d, c, ev->kiosk, e);
	/* Where no mail goes, reception tells the host, or finds one. */
	if (code == ERR_OK && r->decision.tell_host && !r->telling)
		code = desk_wait(d, c, ev->kiosk, c->has_host ? "host-not-told" : "no-host", e);
	if (code == ERR_OK && r->doors_full)
		code = desk_wait(d, c, ev->kiosk, "doors-full", e);
	return code;
}

enum err_code desk_act(struct foyerd *d, struct desk_case *c, const struct desk_event *ev,
    int64_t now_ms, struct desk_result *r, struct err *e)
{
	*r = (struct desk_result){.decision = visit_decide(&c->facts, ev->ev, &ev->in, now_ms)};
	if (r->decision.refusal != VISIT_OK)
		return ERR_OK;
	enum err_code code = ERR_OK;
	if (ev->lang != NULL && ev->lang[0] != '\0' && !str_eq(ev->lang, c->visitor.lang)) {
		(void)str_copy(c->visitor.lang, sizeof c->visitor.lang, ev->lang);
		code = db_visitor_set_contact(
		    d->book, &c->visitor.id, c->visitor.mail, c->visitor.lang, e);
	}
	if (code == ERR_OK && r->decision.sign)
		code = write_signature(d, c, ev, now_ms, e);
	/* The stay goes first: a visit that is closed has none. The same with prints: its badges are withdrawn by then, and what CUPS has of them
	 * would be forgotten. */
	if (code == ERR_OK && r->decision.cancel_prints)
		code = desk_print_cancel(d, c, e);
	if (code == ERR_OK)
		code = write_stay(d, c, ev, &r->decision, now_ms, e);
	if (code == ERR_OK)
		code = write_visit(d, c, ev, &r->decision, e);
	if (code == ERR_OK)
		code = write_journal(d, c, ev, &r->decision, e);
	if (code == ERR_OK && r->decision.settle_wait)
		code = db_waiting_resolve_visit(
		    d->book, &c->visit.id, ev->actor, visit_event_name(ev->ev), NULL, e);
	if (code == ERR_OK)
		code = write_rights(d, c, now_ms, r, e);
	if (code == ERR_OK)
		code = write_badges(d, c, now_ms, r, e);
	if (code == ERR_OK)
		code = write_notices(d, c, now_ms, r, e);
	if (code == ERR_OK)
		code = write_waiting(d, c, ev, r, e);
	return code;
}
