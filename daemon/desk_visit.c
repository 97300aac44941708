/* Visits as staff see and move them. */
#include "daemon/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/desk.h"
#include "daemon/desk_json.h"
#include "daemon/desk_show.h"

/* --- lists ------------------------------------------------------------------------------- */

static enum err_code query_read(
    const struct request *rq, struct db_visit_query *q, char words[TEXT_NAME_SZ], struct err *e)
{
	char state[TEXT_WORD_SZ], after[DB_CURSOR_SZ];
	struct db_host self;
	*q = (struct db_visit_query){.state = DB_VISIT_ANY, .words = words};
	enum err_code code = request_query_text(rq, "q", words, TEXT_NAME_SZ, e);
	if (code == ERR_OK)
		code = request_query_text(rq, "state", state, sizeof state, e);
	if (code == ERR_OK)
		code = request_query_text(rq, "after", after, sizeof after, e);
	if (code == ERR_OK)
		code = request_query_int(rq, "from_ms", &q->from_ms, 0, INT64_C(4102444800000), e);
	if (code == ERR_OK)
		code =
		    request_query_int(rq, "until_ms", &q->until_ms, 0, INT64_C(4102444800000), e);
	if (code == ERR_OK)
		code = desk_self(rq, &self, e);
	if (code != ERR_OK)
		return code;
	enum visit_state s;
	if (state[0] != '\0' && !visit_state_parse(&s, state))
		return err_set(e, ERR_INPUT,
		    "state: must be expected, waiting, inside, out, ended, cancelled or refused");
	if (state[0] != '\0')
		q->state = (int)s;
	if (q->from_ms != 0 && q->until_ms == 0)
		q->until_ms = INT64_C(4102444800000);
	q->has_after = after[0] != '\0';
	if (q->has_after && !db_visit_cursor_parse(&q->after, after))
		return err_set(e, ERR_INPUT, "after: is no cursor of this list");
	if (!desk_sees_all(rq)) {
		if (uuid_is_nil(&self.id))
			return err_set(e, ERR_DENIED, "no host has your login name");
		q->host = self.id;
	}
	return ERR_OK;
}

enum err_code desk_visit_list(struct request *rq, struct err *e)
{
	struct db_visit_query q;
	char words[TEXT_NAME_SZ], next[DB_CURSOR_SZ];
	struct db_visit_page page = {0};
	enum err_code code = query_read(rq, &q, words, e);
	if (code == ERR_OK)
		code = request_limit(rq, &page.max, e);
	if (code != ERR_OK)
		return code;
	page.items = mem_new((size_t)page.max, sizeof *page.items);
	json_t *items = json_array();
	code = db_visit_list(rq->d->book, &q, &page, e);
	for (int i = 0; code == ERR_OK && i < page.n; i++)
		json_array_append_new(items, desk_json_visit(&page.items[i]));
	free(page.items);
	if (code != ERR_OK) {
		json_decref(items);
		return code;
	}
	if (page.more)
		db_visit_cursor_print(next, &page.next);
	return request_reply(rq, 200, request_list(items, page.more ? next : NULL));
}

/* --- one visit --------------------------------------------------------------------------- */

enum err_code desk_visit_find(struct foyerd *d, const char *s, struct db_visit *v, struct err *e)
{
	struct uuid id;
	if (uuid_parse(&id, s))
		return db_visit_get(d->book, &id, v, e);
	if (s[0] == '\0' || strlen(s) > 15 || s[strspn(s, "0123456789")] != '\0')
		return err_set(e, ERR_NOT_FOUND, "no such visit");
	return db_visit_by_number(d->book, strtoll(s, NULL, 10), v, e);
}

enum err_code desk_visit_of(const struct request *rq, struct db_visit *v, struct err *e)
{
	struct db_host self;
	enum err_code code = desk_visit_find(rq->d, rq->param, v, e);
	if (code == ERR_OK)
		code = desk_self(rq, &self, e);
	if (code == ERR_NOT_FOUND || (code == ERR_OK && !desk_may_see(rq, v, &self)))
		return err_set(e, ERR_NOT_FOUND, "no such visit");
	return code;
}

enum err_code desk_visit_show(struct request *rq, struct err *e)
{
	struct db_visit v;
	json_t *obj = NULL;
	enum err_code code = desk_visit_of(rq, &v, e);
	if (code == ERR_OK)
		code = desk_json_whole(rq, &v.id, &obj, e);
	return code == ERR_OK ? request_reply(rq, 200, obj) : code;
}

struct asked {
	char reason[TEXT_REASON_SZ];
	struct visit_input in;
};

/* What may stand in the body: everything optional; the rules say what they need. */
static enum err_code asked_read(const struct request *rq, struct asked *a, struct err *e)
{
	struct json_reader r;
	bool escort = false;
	*a = (struct asked){0};
	json_read_begin(&r, rq->body, e);
	json_read_text(&r, "reason", JSON_OPTIONAL, a->reason, sizeof a->reason, TEXT_LINE);
	json_read_int(&r, "until_ms", JSON_OPTIONAL, &a->in.until_ms, 1, INT64_C(4102444800000));
	json_read_bool(&r, "coming_back", JSON_OPTIONAL, &a->in.coming_back);
	json_read_bool(&r, "escort", JSON_OPTIONAL, &escort);
	a->in.keep_escort = escort;
	return json_read_end(&r);
}

/* A host authorises only what the type leaves to hosts, and moves only the own visits (desk_visit_of has seen to that). */
static bool host_may(const struct request *rq, const struct desk_case *c, enum visit_event ev)
{
	if (actor_is(&rq->actor, ROLE(MANAGER) | ROLE(SUPERVISOR) | ROLE(DESK)) ||
	    ev != VISIT_EV_APPROVE)
		return true;
	return c->type != NULL && c->type->approval == CONF_APPROVAL_HOST;
}

/* The invitation says the new end too; who has not come yet is told. */
static enum err_code invitation_moved(struct request *rq, struct desk_case *c, struct err *e)
{
	bool queued;
	enum err_code code =
	    db_invitation_touch(rq->d->book, &c->invitation.id, c->visit.until_ms, e);
	if (code != ERR_OK || c->visit.state != DB_VISIT_EXPECTED)
		return code;
	return desk_tell(rq->d, c, DESK_INVITATION, rq->now_ms, &queued, e);
}

static enum err_code act(
    struct request *rq, enum visit_event what, bool needs_reason, struct err *e)
{
	struct asked a;
	struct db_visit v;
	struct desk_case c;
	struct desk_result r;
	enum err_code code = asked_read(rq, &a, e);
	if (code == ERR_OK)
		code = desk_visit_of(rq, &v, e);
	if (code == ERR_OK)
		code = desk_case_load(rq->d, &v.id, NULL, rq->now_ms, &c, e);
	if (code != ERR_OK)
		return code;
	if (needs_reason && a.reason[0] == '\0')
		return err_set(e, ERR_INPUT, "reason: is required");
	if (!host_may(rq, &c, what))
		return err_set(e, ERR_DENIED, "this visitor type is approved at the desk");
	if (what == VISIT_EV_CANCEL && c.has_invitation) {
		code = db_invitation_cancel(rq->d->book, &c.invitation.id, e);
		if (code != ERR_OK && code != ERR_CONFLICT)
			return code;
	}
	struct desk_event ev = {.ev = what, .in = a.in, .how = DB_HOW_DESK, .reason = a.reason};
	request_actor(rq, ev.actor);
	code = desk_act(rq->d, &c, &ev, rq->now_ms, &r, e);
	if (code != ERR_OK)
		return code;
	if (r.decision.refusal != VISIT_OK) {
		const char *word = visit_refusal_name(r.decision.refusal);
		return request_refuse(rq, 409, word, desk_refusal_text(word));
	}
	if (what == VISIT_EV_EXTEND && c.has_invitation)
		code = invitation_moved(rq, &c, e);
	json_t *obj = NULL;
	if (code == ERR_OK)
		code = desk_json_whole(rq, &c.visit.id, &obj, e);
	return code == ERR_OK ? request_reply(rq, 200, obj) : code;
}

enum err_code desk_visit_approve(struct request *rq, struct err *e)
{
	return act(rq, VISIT_EV_APPROVE, false, e);
}

enum err_code desk_visit_refuse(struct request *rq, struct err *e)
{
	return act(rq, VISIT_EV_REFUSE, true, e);
}

enum err_code desk_visit_checkin(struct request *rq, struct err *e)
{
	return act(rq, VISIT_EV_CHECKIN, false, e);
}

enum err_code desk_visit_checkout(struct request *rq, struct err *e)
{
	return act(rq, VISIT_EV_CHECKOUT, false, e);
}

enum err_code desk_visit_extend(struct request *rq, struct err *e)
{
	return act(rq, VISIT_EV_EXTEND, false, e);
}

enum err_code desk_visit_cancel(struct request *rq, struct err *e)
{
	return act(rq, VISIT_EV_CANCEL, true, e);
}

enum err_code desk_visit_reprint(struct request *rq, struct err *e)
{
	return act(rq, VISIT_EV_REPRINT, false, e);
}
