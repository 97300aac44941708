#include "daemon/desk.h"

#include <string.h>

#include "base/str.h"
#include "base/zone.h"
#include "db/agreement.h"
#include "db/credential.h"
#include "db/document.h"

_Static_assert(
    (int)DB_VISIT_EXPECTED == (int)VISIT_EXPECTED && (int)DB_VISIT_WAITING == (int)VISIT_WAITING &&
	(int)DB_VISIT_INSIDE == (int)VISIT_INSIDE && (int)DB_VISIT_OUT == (int)VISIT_OUT &&
	(int)DB_VISIT_ENDED == (int)VISIT_ENDED &&
	(int)DB_VISIT_CANCELLED == (int)VISIT_CANCELLED &&
	(int)DB_VISIT_REFUSED == (int)VISIT_REFUSED && (int)DB_VISIT_STATES == (int)VISIT_STATES,
    "the book keeps the states of the house rules");

/* ERR_NOT_FOUND is an answer here, everything else is passed on. */
static enum err_code found(enum err_code code, bool *there)
{
	*there = code == ERR_OK;
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

static enum err_code has_right(
    struct foyerd *d, const struct uuid *visit, bool *right, struct err *e)
{
	struct db_credential list[CONF_CONTROLLERS];
	int n = 0;
	*right = false;
	enum err_code code = db_credential_list(d->book, visit, list, CONF_CONTROLLERS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		*right |= list[i].state == DB_CREDENTIAL_PENDING ||
			  list[i].state == DB_CREDENTIAL_GRANTED;
	return code;
}

/* Which printer: of the kiosk where the person stands, of the one they came in by, of the one where the visit was made, else any. */
static const char *printer_of(
    const struct conf *conf, const struct conf_kiosk *here, const char *came, const char *made)
{
	if (here == NULL || here->printer[0] == '\0')
		here = conf_kiosk_find(conf, came);
	if (here == NULL || here->printer[0] == '\0')
		here = conf_kiosk_find(conf, made);
	for (int i = 0; (here == NULL || here->printer[0] == '\0') && i < conf->n_kiosks; i++)
		here = &conf->kiosks[i];
	return here != NULL ? here->printer : "";
}

static enum err_code load_printer(
    struct foyerd *d, struct desk_case *c, const struct conf_kiosk *kiosk, struct err *e)
{
	struct db_stay stay = {0};
	bool inside;
	enum err_code code = found(db_stay_current(d->book, &c->visit.id, &stay, e), &inside);
	c->printer = printer_of(d->conf, kiosk, inside ? stay.in_kiosk : "", c->visit.kiosk);
	return code;
}

static enum err_code load_agreement(
    struct foyerd *d, struct desk_case *c, int64_t now_ms, struct err *e)
{
	c->agreement[0] = '\0';
	if (c->type == NULL || c->type->agreement[0] == '\0')
		return ERR_OK;
	const struct conf_agreement *a = conf_agreement_find(d->conf, c->type->agreement);
	struct db_signature s;
	bool there;
	enum err_code code = found(
	    db_signature_newest(d->book, &c->visitor.id, c->type->agreement, "", &s, e), &there);
	if (code != ERR_OK)
		return code;
	/* What was signed at this visit holds for all of it; at another one, as long as the agreement says. */
	bool good =
	    there && (uuid_eq(&s.visit, &c->visit.id) ||
			 (a != NULL && a->valid_ms > 0 && now_ms - s.signed_ms < a->valid_ms));
	if (!good)
		(void)str_copy(c->agreement, sizeof c->agreement, c->type->agreement);
	return ERR_OK;
}

static bool is_authorised(const struct db_visit *v)
{
	switch (v->authorised_kind) {
	case DB_AUTHORISED_INVITER:
	case DB_AUTHORISED_APPROVER: return true;
	case DB_AUTHORISED_RULE: return strcmp(v->authorised_ref, DESK_RULE_SELF) == 0;
	case DB_AUTHORISED_NONE: break;
	}
	return false;
}

static struct visit_policy policy_of(const struct conf *conf, const struct desk_case *c)
{
	struct visit_policy p = {
	    .early_ms = conf->site.early_ms, .exit_grace_ms = conf->site.exit_grace_ms};
	const struct conf_type *t = c->type;
	if (t ==
	    NULL) { /* configured no more: reception decides, also about those whom somebody invited */
		p.type_gone = p.needs_approval = true;
		return p;
	}
	p.badge = t->badge[0] != '\0' && c->printer[0] != '\0';
	p.door_right = t->access_group[0] != '\0' && conf->site.door_right != CONF_DOOR_NONE;
	p.needs_approval = t->approval != CONF_APPROVAL_NONE;
	p.escort_until_approved = t->escort == CONF_ESCORT_UNTIL_APPROVED;
	p.escort_always = t->escort == CONF_ESCORT_ALWAYS;
	p.notify_host = t->notify_host;
	p.needs_agreement = c->agreement[0] != '\0';
	p.needs_id = t->id == CONF_ID_REQUIRED;
	p.longest_stay_ms = t->longest_stay_ms;
	return p;
}

static void take_facts(struct foyerd *d, struct desk_case *c, bool right, int64_t now_ms)
{
	char today[ZONE_TEXT_SZ];
	(void)zone_print(today, now_ms, ZONE_DATE);
	const struct db_visit *v = &c->visit;
	c->facts = (struct visit_facts){
	    .state = (enum visit_state)v->state,
	    .invited = c->has_invitation,
	    .authorised = is_authorised(v),
	    .escort = v->escort,
	    .has_right = right,
	    .badge_today = c->has_badge && strcmp(c->badge.daymark, today) == 0 &&
			   c->badge.escort == v->escort,
	    .host_told = v->host_told_ms != 0,
	    .from_ms = v->from_ms,
	    .until_ms = v->until_ms,
	    .day_end_ms =
		zone_day_end(v->until_ms - 1) /* an end at midnight belongs to the day before */,
	    .today_end_ms = zone_day_end(now_ms),
	    .policy = policy_of(d->conf, c),
	};
}

enum err_code desk_case_load(struct foyerd *d, const struct uuid *visit,
    const struct conf_kiosk *kiosk, int64_t now_ms, struct desk_case *c, struct err *e)
{
	*c = (struct desk_case){.printer = ""};
	bool right = false;
	int badges = 0;
	enum err_code code = db_visit_get(d->book, visit, &c->visit, e);
	if (code == ERR_OK)
		code = db_visitor_get(d->book, &c->visit.visitor, &c->visitor, e);
	if (code == ERR_OK && !uuid_is_nil(&c->visit.host))
		code = found(db_host_get(d->book, &c->visit.host, &c->host, e), &c->has_host);
	if (code == ERR_OK)
		code = found(
		    db_invitation_by_visit(d->book, visit, &c->invitation, e), &c->has_invitation);
	if (code == ERR_OK)
		code = db_badge_list(d->book, visit, &c->badge, 1, &badges, e);
	if (code == ERR_OK)
		code = has_right(d, visit, &right, e);
	if (code != ERR_OK)
		return code;
	c->has_badge = badges == 1 && c->badge.withdrawn_ms == 0;
	c->type = conf_type_find(d->conf, c->visit.type);
	code = load_printer(d, c, kiosk, e);
	if (code == ERR_OK)
		code = load_agreement(d, c, now_ms, e);
	if (code != ERR_OK)
		return code;
	take_facts(d, c, right, now_ms);
	return c->facts.policy.needs_id ? db_document_seen(d->book, visit, &c->facts.id_seen, e)
					: ERR_OK;
}
