/* Invitations: made, listed, shown again, taken back. */
#include "daemon/handlers.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/desk.h"
#include "daemon/desk_json.h"
#include "daemon/desk_show.h"
#include "daemon/desk_walk_in.h"

enum { DRAWS = 8, AHEAD_MS_MOST_DAYS = 366 };

struct asked {
	char host[TEXT_MAIL_SZ];
	char type[TEXT_WORD_SZ];
	int64_t from_ms, until_ms;
	const json_t *fields;
};

static enum err_code asked_read(
    const struct request *rq, struct asked *a, struct desk_details *x, struct err *e)
{
	struct json_reader r;
	*a = (struct asked){.from_ms = rq->now_ms};
	*x = (struct desk_details){0};
	json_read_begin(&r, rq->body, e);
	json_read_text(&r, "host", JSON_OPTIONAL, a->host, sizeof a->host, TEXT_LINE);
	json_read_text(
	    &r, "name", JSON_REQUIRED, x->visitor.name, sizeof x->visitor.name, TEXT_LINE);
	json_read_text(
	    &r, "company", JSON_OPTIONAL, x->visitor.company, sizeof x->visitor.company, TEXT_LINE);
	json_read_text(&r, "type", JSON_REQUIRED, a->type, sizeof a->type, TEXT_STRICT);
	json_read_int(&r, "from_ms", JSON_OPTIONAL, &a->from_ms, 0, INT64_C(4102444800000));
	json_read_int(&r, "until_ms", JSON_REQUIRED, &a->until_ms, 0, INT64_C(4102444800000));
	json_read_text(
	    &r, "mail", JSON_OPTIONAL, x->visitor.mail, sizeof x->visitor.mail, TEXT_STRICT);
	json_read_text(
	    &r, "lang", JSON_OPTIONAL, x->visitor.lang, sizeof x->visitor.lang, TEXT_STRICT);
	json_read_object(&r, "fields", JSON_OPTIONAL, &a->fields);
	return json_read_end(&r);
}

static enum err_code check_times(
    const struct request *rq, const struct asked *a, const struct conf_type *t, struct err *e)
{
	if (a->until_ms <= a->from_ms)
		return err_set(e, ERR_INPUT, "until_ms: must be after from_ms");
	if (a->until_ms <= rq->now_ms)
		return err_set(e, ERR_INPUT, "until_ms: must be in the future");
	if (a->until_ms - a->from_ms > t->longest_stay_ms)
		return err_set(
		    e, ERR_INPUT, "until_ms: is beyond the longest stay of type %s", t->name);
	if (a->from_ms - rq->now_ms > AHEAD_MS_MOST_DAYS * (int64_t)CLOCK_DAY)
		return err_set(e, ERR_INPUT, "from_ms: is more than a year ahead");
	return ERR_OK;
}

/* Who is visited: the one named, or the host who invites; a host who is nothing else invites to the own visits only. */
static enum err_code take_host(
    struct request *rq, const struct asked *a, struct desk_details *x, struct err *e)
{
	struct db_host self;
	enum err_code code = desk_self(rq, &self, e);
	if (code == ERR_OK && a->host[0] != '\0')
		code = desk_host_read(rq->d, a->host, &x->host, e);
	else
		x->host = self;
	if (code != ERR_OK)
		return code;
	if (uuid_is_nil(&x->host.id))
		return err_set(e, ERR_INPUT, "host: is required");
	struct db_visit own = {.host = x->host.id};
	if (!desk_may_see(rq, &own, &self))
		return err_set(e, ERR_DENIED, "a host invites to the own visits only");
	return ERR_OK;
}

static enum err_code insert(
    struct request *rq, const struct db_visit *v, const char *actor, struct err *e)
{
	struct db_invitation i = {.visit = v->id, .expiry_ms = v->until_ms};
	(void)str_copy(i.inviter, sizeof i.inviter, actor);
	enum err_code code = ERR_CONFLICT;
	for (int k = 0; k < DRAWS && code == ERR_CONFLICT; k++) {
		desk_draw(rq->d, i.pass_id);
		code = db_invitation_insert(rq->d->book, &i, e);
	}
	return code == ERR_CONFLICT
		   ? err_set(e, ERR_BUG, "no free invitation code after %d draws", DRAWS)
		   : code;
}

enum err_code desk_invitation_new(struct request *rq, struct err *e)
{
	struct asked a;
	struct desk_details x;
	struct desk_case c;
	char actor[DB_ACTOR_SZ];
	bool queued = false;
	enum err_code code = asked_read(rq, &a, &x, e);
	if (code != ERR_OK)
		return code;
	x.type = conf_type_find(rq->d->conf, a.type);
	if (x.type == NULL)
		return err_set(
		    e, ERR_INPUT, "type: must be one of the configuration's visitor types");
	if (x.visitor.name[0] == '\0')
		return err_set(e, ERR_INPUT, "name: is required");
	if (!conf_lang_known(rq->d->conf, x.visitor.lang))
		return err_set(e, ERR_INPUT, "lang: must be one of the site's languages");
	if (x.visitor.mail[0] != '\0' && !text_is_mail(x.visitor.mail))
		return err_set(e, ERR_INPUT, "mail: must be a mail address");
	code = check_times(rq, &a, x.type, e);
	if (code == ERR_OK)
		code = take_host(rq, &a, &x, e);
	if (code == ERR_OK)
		code = desk_fields_read(&x, a.fields, false, e);
	if (code != ERR_OK)
		return code;

	request_actor(rq, actor);
	struct db_visit v = {.state = DB_VISIT_EXPECTED,
	    .from_ms = a.from_ms,
	    .until_ms = a.until_ms,
	    .authorised_kind = DB_AUTHORISED_INVITER};
	(void)str_copy(v.authorised_ref, sizeof v.authorised_ref, actor);
	code = desk_visit_new(rq->d, &x, &v, actor, e);
	if (code == ERR_OK)
		code = insert(rq, &v, actor, e);
	if (code == ERR_OK)
		code = desk_case_load(rq->d, &v.id, NULL, rq->now_ms, &c, e);
	if (code == ERR_OK)
		code = desk_tell(rq->d, &c, DESK_INVITATION, rq->now_ms, &queued, e);
	json_t *obj = NULL;
	if (code == ERR_OK)
		code = desk_json_invitation(rq->d, &c, queued ? "queued" : "none", &obj, e);
	return code == ERR_OK ? request_reply(rq, 201, obj) : code;
}

/* The invitation of the path, if this person may see it. */
static enum err_code find(const struct request *rq, struct desk_case *c, struct err *e)
{
	struct uuid id;
	struct db_visit v;
	struct db_invitation i;
	struct db_host self;
	enum err_code code;
	if (uuid_parse(&id, rq->param)) {
		code = db_invitation_get(rq->d->book, &id, &i, e);
	} else {
		code = desk_visit_find(rq->d, rq->param, &v, e);
		if (code == ERR_OK)
			code = db_invitation_by_visit(rq->d->book, &v.id, &i, e);
	}
	if (code == ERR_OK)
		code = desk_case_load(rq->d, &i.visit, NULL, rq->now_ms, c, e);
	if (code == ERR_OK)
		code = desk_self(rq, &self, e);
	if (code == ERR_NOT_FOUND || (code == ERR_OK && !desk_may_see(rq, &c->visit, &self)))
		return err_set(e, ERR_NOT_FOUND, "no such invitation");
	return code;
}

enum err_code desk_invitation_show(struct request *rq, struct err *e)
{
	struct desk_case c;
	json_t *obj = NULL;
	enum err_code code = find(rq, &c, e);
	if (code == ERR_OK)
		code = desk_json_invitation(
		    rq->d, &c, c.visitor.mail[0] != '\0' ? "given" : "none", &obj, e);
	return code == ERR_OK ? request_reply(rq, 200, obj) : code;
}

enum err_code desk_invitation_cancel(struct request *rq, struct err *e)
{
	struct desk_case c;
	struct desk_result r;
	char reason[TEXT_REASON_SZ] = "";
	enum err_code code = request_reason(rq, false, reason, e);
	if (code == ERR_OK)
		code = find(rq, &c, e);
	if (code != ERR_OK)
		return code;
	struct desk_event ev = {.ev = VISIT_EV_CANCEL, .how = DB_HOW_DESK, .reason = reason};
	request_actor(rq, ev.actor);
	/* First the invitation: the mail says so with the calendar's next sequence. */
	code = db_invitation_cancel(rq->d->book, &c.invitation.id, e);
	if (code == ERR_CONFLICT)
		return request_refuse(rq, 409, "cancelled", desk_refusal_text("cancelled"));
	if (code == ERR_OK)
		code = desk_act(rq->d, &c, &ev, rq->now_ms, &r, e);
	if (code != ERR_OK)
		return code;
	if (r.decision.refusal != VISIT_OK) {
		const char *word = visit_refusal_name(r.decision.refusal);
		return request_refuse(rq, 409, word, desk_refusal_text(word));
	}
	json_t *obj = NULL;
	code = db_invitation_by_visit(rq->d->book, &c.visit.id, &c.invitation, e);
	if (code == ERR_OK)
		code = desk_json_invitation(rq->d, &c,
		    r.decision.tell_visitor_cancelled && c.visitor.mail[0] != '\0' ? "queued"
										   : "none",
		    &obj, e);
	return code == ERR_OK ? request_reply(rq, 200, obj) : code;
}

enum err_code desk_invitation_list(struct request *rq, struct err *e)
{
	struct db_invitation list[REQUEST_LIMIT_MOST];
	struct db_host self;
	struct db_invitation_query q = {0};
	int limit, n = 0;
	enum err_code code = request_limit(rq, &limit, e);
	if (code == ERR_OK)
		code = request_query_uuid(rq, "after", &q.after, e);
	if (code == ERR_OK)
		code = request_query_bool(rq, "open", &q.open, e);
	if (code == ERR_OK)
		code = desk_self(rq, &self, e);
	if (code != ERR_OK)
		return code;
	if (!desk_sees_all(rq)) {
		if (uuid_is_nil(&self.id))
			return request_reply(rq, 200, request_list(json_array(), NULL));
		q.host = self.id;
	}
	code = db_invitation_list(rq->d->book, &q, list, limit, &n, e);
	json_t *items = json_array();
	for (int i = 0; code == ERR_OK && i < n; i++) {
		struct db_visit_item item;
		char id[UUID_TEXT_SZ];
		code = db_visit_item(rq->d->book, &list[i].visit, &item, e);
		if (code != ERR_OK)
			break;
		/* A list holds no secret: pass and code are shown one at a time. */
		json_t *obj = desk_json_visit(&item);
		json_object_set_new(obj, "visit", json_incref(json_object_get(obj, "id")));
		json_object_set_new(obj, "id", json_string(uuid_print(id, &list[i].id)));
		json_object_set_new(obj, "cancelled_ms", json_integer(list[i].cancelled_ms));
		json_array_append_new(items, obj);
	}
	if (code != ERR_OK) {
		json_decref(items);
		return code;
	}
	char next[UUID_TEXT_SZ];
	return request_reply(
	    rq, 200, request_list(items, n == limit ? uuid_print(next, &list[n - 1].id) : NULL));
}
