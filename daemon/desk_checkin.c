/* POST /v1/checkins: somebody comes in at a kiosk, with a pass, a code, or as a walk-in. */
#include "daemon/handlers.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/agreement.h"
#include "daemon/desk.h"
#include "daemon/desk_document.h"
#include "daemon/desk_show.h"
#include "daemon/desk_walk_in.h"
#include "daemon/guard.h"
#include "daemon/progress.h"

struct asked {
	struct uuid flow;
	char lang[TEXT_LANG_SZ];
	char pass[TEXT_SCAN_SZ];
	const json_t *walk_in;
	bool answered, accepted; /* the agreement */
	char name[TEXT_WORD_SZ], version[DB_HASH_SZ], text_lang[TEXT_LANG_SZ];
	const json_t *document; /* NULL: they were not asked for one */
};

static enum err_code asked_read(const struct request *rq, struct asked *a, struct err *e)
{
	struct json_reader r;
	const json_t *agreement = NULL;
	*a = (struct asked){0};
	json_read_begin(&r, rq->body, e);
	json_read_uuid(&r, "flow", JSON_OPTIONAL, &a->flow);
	json_read_text(&r, "lang", JSON_OPTIONAL, a->lang, sizeof a->lang, TEXT_STRICT);
	json_read_raw(&r, "pass", JSON_OPTIONAL, a->pass, sizeof a->pass);
	json_read_object(&r, "walk_in", JSON_OPTIONAL, &a->walk_in);
	a->answered = json_read_object(&r, "agreement", JSON_OPTIONAL, &agreement);
	json_read_object(&r, "document", JSON_OPTIONAL, &a->document);
	enum err_code code = json_read_end(&r);
	if (code == ERR_OK && (a->pass[0] != '\0') == (a->walk_in != NULL))
		return err_set(e, ERR_INPUT, "either pass or walk_in must be there");
	if (code != ERR_OK || !a->answered)
		return code;
	json_read_begin(&r, agreement, e);
	json_read_text(&r, "name", JSON_REQUIRED, a->name, sizeof a->name, TEXT_STRICT);
	json_read_text(&r, "version", JSON_REQUIRED, a->version, sizeof a->version, TEXT_STRICT);
	json_read_text(&r, "lang", JSON_OPTIONAL, a->text_lang, sizeof a->text_lang, TEXT_STRICT);
	json_read_bool(&r, "accepted", JSON_REQUIRED, &a->accepted);
	return json_read_end(&r);
}

/* --- who comes --------------------------------------------------------------------------- */

static bool asks_for_host(const struct conf_type *t)
{
	for (int i = 0; i < t->n_steps; i++) {
		if (t->steps[i] == CONF_STEP_HOST)
			return true;
	}
	return false;
}

/* A walk-in stays until the type's longest stay, or the end of the site's day if that is at least an hour away. */
static int64_t walk_in_until(const struct conf_type *t, int64_t now_ms)
{
	int64_t longest = now_ms + t->longest_stay_ms, day_end = zone_day_end(now_ms);
	return longest > day_end && day_end - now_ms >= CLOCK_HOUR ? day_end : longest;
}

static enum err_code walk_in_read(
    struct request *rq, const struct asked *a, struct desk_details *x, struct err *e)
{
	char type[TEXT_WORD_SZ] = "", host[UUID_TEXT_SZ] = "";
	struct uuid host_id;
	const json_t *fields = NULL;
	struct json_reader r;
	*x = (struct desk_details){0};
	json_read_begin(&r, a->walk_in, e);
	json_read_text(&r, "type", JSON_REQUIRED, type, sizeof type, TEXT_STRICT);
	json_read_text(
	    &r, "name", JSON_REQUIRED, x->visitor.name, sizeof x->visitor.name, TEXT_LINE);
	json_read_text(
	    &r, "company", JSON_OPTIONAL, x->visitor.company, sizeof x->visitor.company, TEXT_LINE);
	json_read_text(&r, "host", JSON_OPTIONAL, host, sizeof host, TEXT_STRICT);
	json_read_object(&r, "fields", JSON_OPTIONAL, &fields);
	enum err_code code = json_read_end(&r);
	if (code != ERR_OK)
		return code;
	x->type = conf_type_find(rq->d->conf, type);
	if (x->type == NULL || !x->type->walk_in)
		return err_set(e, ERR_INPUT, "type: must be one that walk-ins may choose");
	if (x->visitor.name[0] == '\0')
		return err_set(e, ERR_INPUT, "name: is required");
	if (asks_for_host(x->type) && host[0] == '\0')
		return err_set(e, ERR_INPUT, "host: is required");
	/* A kiosk names a host by what its search answered, and cannot probe for logins and addresses. */
	if (host[0] != '\0' && !uuid_parse(&host_id, host))
		return err_set(e, ERR_INPUT, "host: must be an id");
	if (host[0] != '\0')
		code = desk_host_read(rq->d, host, &x->host, e);
	(void)str_copy(x->visitor.lang, sizeof x->visitor.lang, a->lang);
	return code == ERR_OK ? desk_fields_read(x, fields, true, e) : code;
}

static enum err_code walk_in(
    struct request *rq, const struct asked *a, struct uuid *visit, struct err *e)
{
	struct desk_details x;
	char actor[DB_ACTOR_SZ];
	enum err_code code = walk_in_read(rq, a, &x, e);
	if (code != ERR_OK)
		return code;
	if (!guard_walk_in(rq->d->guard, rq->actor.kiosk->name, clock_mono(&rq->d->clock)))
		return err_set(e, ERR_TOO_MANY, "too many walk-ins at this kiosk");
	bool self = x.type->approval == CONF_APPROVAL_NONE;
	struct db_visit v = {.state = DB_VISIT_EXPECTED,
	    .from_ms = rq->now_ms,
	    .until_ms = walk_in_until(x.type, rq->now_ms),
	    .authorised_kind = DB_AUTHORISED_RULE};
	(void)str_copy(
	    v.authorised_ref, sizeof v.authorised_ref, self ? DESK_RULE_SELF : DESK_RULE_ESCORTED);
	(void)str_copy(v.kiosk, sizeof v.kiosk, rq->actor.kiosk->name);
	request_actor(rq, actor);
	code = desk_visit_new(rq->d, &x, &v, actor, e);
	*visit = v.id;
	explicit_bzero(&x, sizeof x);
	return code;
}

/* *no: a refusal; the visit is known otherwise. */
static enum err_code shown(struct request *rq, struct asked *a, struct uuid *visit,
    enum db_how *how, const char **no, struct err *e)
{
	struct desk_shown s;
	struct db_visit v;
	enum err_code code = desk_show_at(rq, a->pass, &s, no, e);
	explicit_bzero(a->pass, sizeof a->pass);
	if (code != ERR_OK || *no != NULL)
		return code;
	*visit = s.visit;
	*how = s.how;
	code = db_visit_get(rq->d->book, visit, &v, e);
	if (code == ERR_OK && s.badge && s.withdrawn && v.state != DB_VISIT_INSIDE)
		*no = "replaced";
	return code;
}

/* --- what they signed -------------------------------------------------------------------- */

/* The text they saw must be the text there is: kept in the book, and named in the event. *changed otherwise. */
static enum err_code take_agreement(struct request *rq, const struct asked *a,
    const struct desk_case *c, struct desk_event *ev, bool *changed, struct err *e)
{
	struct agreement text;
	*changed = false;
	if (!a->answered || c->agreement[0] == '\0')
		return ERR_OK;
	if (!a->accepted) {
		ev->in.disagreed = true;
		return ERR_OK;
	}
	enum err_code code = agreement_load(&text, rq->d->conf, c->agreement, a->text_lang, e);
	if (code != ERR_OK)
		return code;
	*changed = strcmp(a->name, c->agreement) != 0 || strcmp(a->version, text.hash) != 0;
	if (!*changed) {
		struct db_agreement row = {0};
		(void)str_copy(row.name, sizeof row.name, text.name);
		(void)str_copy(row.lang, sizeof row.lang, text.lang);
		(void)str_copy(row.hash, sizeof row.hash, text.hash);
		code = db_agreement_put(rq->d->book, &row, text.whole, e);
		ev->in.agreed = true;
		(void)str_copy(ev->signature.name, sizeof ev->signature.name, row.name);
		(void)str_copy(ev->signature.hash, sizeof ev->signature.hash, row.hash);
		(void)str_copy(ev->signature.lang, sizeof ev->signature.lang, row.lang);
	}
	agreement_fini(&text);
	return code;
}

/* --- what they showed -------------------------------------------------------------------- */

/* A document that nobody asks for, or not again, is not looked at. */
static enum err_code take_document(struct request *rq, const struct asked *a,
    const struct desk_case *c, struct desk_event *ev, struct desk_look *l, struct err *e)
{
	struct desk_shown_document s;
	if (!c->facts.policy.needs_id || c->facts.id_seen)
		return ERR_OK;
	ev->id_reason = DESK_ID_NONE;
	if (a->document == NULL)
		return ERR_OK;
	enum err_code code = desk_document_read(&s, a->document, e);
	if (code == ERR_OK)
		code = desk_document_judge(rq->d, c, &s, rq->now_ms, l, e);
	explicit_bzero(&s, sizeof s);
	if (code != ERR_OK)
		return code;
	ev->in.id = l->id;
	ev->id_reason = desk_document_reason(l);
	return ERR_OK;
}

/* Decide, and write down what was looked at, if there was anything and they were not turned away. */
static enum err_code act(struct request *rq, const struct asked *a, struct desk_case *c,
    struct desk_event *ev, struct desk_result *r, struct err *e)
{
	struct desk_look l = {0};
	enum err_code code = take_document(rq, a, c, ev, &l, e);
	if (code == ERR_OK)
		code = desk_act(rq->d, c, ev, rq->now_ms, r, e);
	if (code == ERR_OK && r->decision.refusal == VISIT_OK && l.row.verdict[0] != '\0')
		code = desk_document_write(rq->d, c, &l, ev->actor, e);
	desk_look_clear(&l);
	return code;
}

/* --- what they are told ------------------------------------------------------------------ */

static json_t *answer(struct request *rq, const struct desk_case *c, const struct desk_result *r)
{
	char id[UUID_TEXT_SZ], number[DESK_NUMBER_SZ], token[PROGRESS_TOKEN_SZ] = "";
	const struct visit_decision *dec = &r->decision;
	bool in = dec->state == VISIT_INSIDE;
	struct progress_state start = {
	    .badge = r->printing ? PROGRESS_BADGE_PRINTING : PROGRESS_BADGE_NONE,
	    .doors = r->opening      ? PROGRESS_DOORS_PENDING
		     : r->doors_full ? PROGRESS_DOORS_TROUBLE
				     : PROGRESS_DOORS_NONE,
	    .host = r->telling ? PROGRESS_HOST_SENDING : PROGRESS_HOST_NONE,
	    .until_ms = c->visit.until_ms,
	};
	progress_open(rq->d->progress, &c->visit.id, &start, clock_mono(&rq->d->clock), token);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:s, s:I, s:s}", "outcome",
	    in ? "welcome" : "reception", "reason", in ? "" : visit_wait_name(dec->wait), "visit",
	    uuid_print(id, &c->visit.id), "number", desk_number(number, c->visit.number), "name",
	    c->visitor.name, "escort", (int)dec->escort, "late", (int)dec->late, "badge",
	    r->printing ? "printing" : "none", "doors", r->opening ? "pending" : "none", "host",
	    r->telling ? "sending" : "none", "until_ms", (json_int_t)c->visit.until_ms, "progress",
	    token);
}

static enum err_code refuse(struct request *rq, const char *word, const struct desk_case *c)
{
	json_t *more =
	    c == NULL ? NULL : json_pack("{s:I}", "from_ms", (json_int_t)c->visit.from_ms);
	return request_refuse_with(
	    rq, desk_refusal_status(word), word, desk_refusal_text(word), more);
}

enum err_code desk_checkin(struct request *rq, struct err *e)
{
	struct asked a;
	struct desk_case c;
	struct desk_result r;
	struct uuid visit;
	struct desk_event ev = {
	    .ev = VISIT_EV_ARRIVE, .how = DB_HOW_KIOSK, .kiosk = rq->actor.kiosk};
	const char *no = NULL;
	bool changed = false;
	enum err_code code = asked_read(rq, &a, e);
	if (code == ERR_OK)
		code = a.walk_in != NULL ? walk_in(rq, &a, &visit, e)
					 : shown(rq, &a, &visit, &ev.how, &no, e);
	if (code != ERR_OK)
		return code;
	if (no != NULL)
		return refuse(rq, no, NULL);
	ev.lang = a.lang;
	request_actor(rq, ev.actor);
	code = desk_case_load(rq->d, &visit, rq->actor.kiosk, rq->now_ms, &c, e);
	if (code == ERR_OK)
		code = take_agreement(rq, &a, &c, &ev, &changed, e);
	if (code != ERR_OK)
		return code;
	if (changed)
		return request_refuse(
		    rq, 409, "agreement-changed", "the agreement has another text now");
	code = act(rq, &a, &c, &ev, &r, e);
	if (code != ERR_OK)
		return code;
	if (r.decision.refusal != VISIT_OK)
		return refuse(rq, visit_refusal_name(r.decision.refusal), &c);
	return request_reply(rq, 201, answer(rq, &c, &r));
}
