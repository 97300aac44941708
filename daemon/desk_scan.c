/* POST /v1/scan: what would this be, if they went on? It changes nothing but the count of guesses. */
#include "daemon/handlers.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/desk.h"
#include "daemon/desk_show.h"
#include "db/field.h"

struct asked {
	char text[TEXT_SCAN_SZ];
	char source[TEXT_WORD_SZ];
	struct uuid flow;
};

static enum err_code asked_read(const struct request *rq, struct asked *a, struct err *e)
{
	struct json_reader r;
	*a = (struct asked){0};
	json_read_begin(&r, rq->body, e);
	json_read_raw(&r, "text", JSON_REQUIRED, a->text, sizeof a->text);
	json_read_text(&r, "source", JSON_OPTIONAL, a->source, sizeof a->source, TEXT_STRICT);
	json_read_uuid(&r, "flow", JSON_OPTIONAL, &a->flow);
	return json_read_end(&r);
}

static enum err_code masked_fields(
    struct foyerd *d, const struct desk_case *c, json_t *list, struct err *e)
{
	struct db_field fields[CONF_FIELDS];
	char masked[TEXT_FIELD_SZ];
	int n = 0;
	if (c->visitor.mail[0] != '\0') {
		text_mask(masked, sizeof masked, c->visitor.mail);
		json_array_append_new(
		    list, json_pack("{s:s, s:s}", "name", "mail", "masked", masked));
	}
	enum err_code code = db_field_list(d->book, &c->visit.id, fields, CONF_FIELDS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++) {
		text_mask(masked, sizeof masked, fields[i].value);
		json_array_append_new(
		    list, json_pack("{s:s, s:s}", "name", fields[i].name, "masked", masked));
	}
	explicit_bzero(fields, sizeof fields);
	return code;
}

static enum err_code reply(struct request *rq, const struct desk_case *c, const char *what,
    const struct desk_shown *s, struct err *e)
{
	json_t *fields = json_array();
	enum err_code code = masked_fields(rq->d, c, fields, e);
	if (code != ERR_OK) {
		json_decref(fields);
		return code;
	}
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:o, s:s, s:s, s:b, s:s}",
	    "what", what, "name", c->visitor.name, "company", c->visitor.company, "host",
	    c->has_host ? c->host.name : "", "type", c->visit.type, "label",
	    c->type != NULL ? conf_text_in(&c->type->label, c->visitor.lang) : "", "from_ms",
	    (json_int_t)c->visit.from_ms, "until_ms", (json_int_t)c->visit.until_ms, "fields",
	    fields, "agreement", strcmp(what, "leave") == 0 ? "" : c->agreement, "lang",
	    c->visitor.lang, "late", (int)(rq->now_ms > c->visit.until_ms), "layout",
	    pass_layout_name(s->layout));
	if (strcmp(what, "leave") != 0 && c->facts.policy.needs_id && !c->facts.id_seen)
		json_object_set_new(o, "document", json_true());
	return request_reply(rq, 200, o);
}

static enum err_code refuse(struct request *rq, const char *word, const struct desk_case *c)
{
	if (c == NULL)
		return request_refuse(rq, desk_refusal_status(word), word, desk_refusal_text(word));
	return request_refuse_with(rq, desk_refusal_status(word), word, desk_refusal_text(word),
	    json_pack("{s:I, s:I}", "from_ms", (json_int_t)c->visit.from_ms, "until_ms",
		(json_int_t)c->visit.until_ms));
}

enum err_code desk_scan(struct request *rq, struct err *e)
{
	struct asked a;
	struct desk_shown s;
	struct desk_case c;
	const char *no = NULL;
	enum err_code code = asked_read(rq, &a, e);
	if (code != ERR_OK)
		return code;
	code = desk_show_at(rq, a.text, &s, &no, e);
	explicit_bzero(&a, sizeof a);
	if (code != ERR_OK)
		return code;
	if (no != NULL)
		return refuse(rq, no, NULL);
	foyerd_layout_seen(rq->d, rq->actor.kiosk->name, s.layout);
	code = desk_case_load(rq->d, &s.visit, rq->actor.kiosk, rq->now_ms, &c, e);
	if (code != ERR_OK)
		return code;
	no = desk_show_stale(&s, &c);
	if (no != NULL)
		return refuse(rq, no, &c);
	if (c.facts.state == VISIT_INSIDE)
		return reply(rq, &c, "leave", &s, e);
	struct visit_input in = {.agreed = true};
	struct visit_decision dec = visit_decide(&c.facts, VISIT_EV_ARRIVE, &in, rq->now_ms);
	if (dec.refusal != VISIT_OK)
		return refuse(rq, visit_refusal_name(dec.refusal), &c);
	return reply(rq, &c, c.facts.state == VISIT_OUT ? "return" : "arrive", &s, e);
}
