/*
 * What somebody may know about themselves and the house before doing anything: GET /v1/me,
 * /v1/types, /v1/kiosk, and a kiosk's heartbeat.
 */
#include "daemon/handlers.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/server.h"

static json_t *langs_json(const struct conf *c)
{
	json_t *a = json_array();
	for (int i = 0; i < c->site.n_langs; i++)
		json_array_append_new(a, json_string(c->site.langs[i]));
	return a;
}

static json_t *text_json(const struct conf_text *t)
{
	json_t *o = json_object();
	for (int i = 0; i < t->n; i++)
		json_object_set_new(o, t->of[i].lang, json_string(t->of[i].text));
	return o;
}

/* --- types ------------------------------------------------------------------------------- */

static const char *step_name(enum conf_step s)
{
	switch (s) {
	case CONF_STEP_DETAILS: return "details";
	case CONF_STEP_HOST: return "host";
	case CONF_STEP_AGREEMENT: return "agreement";
	case CONF_STEP_DOCUMENT: return "document";
	}
	return "";
}

static const char *field_kind_name(enum conf_field_kind k)
{
	switch (k) {
	case CONF_FIELD_TEXT: return "text";
	case CONF_FIELD_MAIL: return "mail";
	case CONF_FIELD_PHONE: return "phone";
	case CONF_FIELD_DATE: return "date";
	case CONF_FIELD_PLATE: return "plate";
	case CONF_FIELD_CHOICE: return "choice";
	}
	return "";
}

static const char *approval_name(enum conf_approval a)
{
	switch (a) {
	case CONF_APPROVAL_NONE: return "none";
	case CONF_APPROVAL_DESK: return "desk";
	case CONF_APPROVAL_HOST: return "host";
	}
	return "";
}

static const char *escort_name(enum conf_escort s)
{
	switch (s) {
	case CONF_ESCORT_NEVER: return "never";
	case CONF_ESCORT_UNTIL_APPROVED: return "until-approved";
	case CONF_ESCORT_ALWAYS: return "always";
	}
	return "";
}

static json_t *field_json(const struct conf_field *f)
{
	json_t *choices = json_array();
	for (int i = 0; i < f->n_choices; i++)
		json_array_append_new(choices, json_string(f->choices[i]));
	return json_pack("{s:s, s:s, s:b, s:o, s:o}", "name", f->name, "kind",
	    field_kind_name(f->kind), "required", f->required, "label", text_json(&f->label),
	    "choices", choices);
}

static json_t *type_json(const struct conf_type *t, bool staff)
{
	json_t *steps = json_array(), *fields = json_array(), *keep = json_object();
	for (int i = 0; i < t->n_steps; i++)
		json_array_append_new(steps, json_string(step_name(t->steps[i])));
	for (int i = 0; i < t->n_fields; i++)
		json_array_append_new(fields, field_json(&t->fields[i]));
	json_t *o = json_pack("{s:s, s:o, s:b, s:o, s:s, s:o}", "name", t->name, "label",
	    text_json(&t->label), "walk_in", t->walk_in, "steps", steps, "agreement", t->agreement,
	    "fields", fields);
	if (t->id == CONF_ID_REQUIRED)
		json_object_set_new(o, "id", json_true());
	for (int i = 0; i < CONF_ID_PARTS; i++)
		if (t->id == CONF_ID_REQUIRED && t->id_keep_ms[i] > 0)
			json_object_set_new(keep, conf_id_part_name((enum conf_id_part)i),
			    json_integer(t->id_keep_ms[i]));
	if (json_object_size(keep) > 0)
		json_object_set(o, "id_keep", keep);
	json_decref(keep);
	if (!staff)
		return o;
	json_object_set_new(o, "badge", json_string(t->badge));
	json_object_set_new(o, "access_group", json_string(t->access_group));
	if (t->id == CONF_ID_REQUIRED && t->id_least_age > 0)
		json_object_set_new(o, "id_least_age", json_integer(t->id_least_age));
	json_object_set_new(o, "longest_stay_ms", json_integer(t->longest_stay_ms));
	json_object_set_new(o, "approval", json_string(approval_name(t->approval)));
	json_object_set_new(o, "escort", json_string(escort_name(t->escort)));
	json_object_set_new(o, "notify_host", json_boolean(t->notify_host));
	return o;
}

static json_t *types_json(const struct conf *c, bool staff)
{
	json_t *a = json_array();
	for (int i = 0; i < c->n_types; i++)
		json_array_append_new(a, type_json(&c->types[i], staff));
	return a;
}

enum err_code h_types(struct request *rq, struct err *e)
{
	(void)e;
	return request_reply(rq, 200, request_list(types_json(rq->d->conf, true), NULL));
}

/* --- me and the kiosk -------------------------------------------------------------------- */

enum err_code h_me(struct request *rq, struct err *e)
{
	(void)e;
	const struct conf *c = rq->d->conf;
	json_t *roles = json_array();
	for (int r = 0; r < CONF_ROLE_KIOSK; r++)
		if (rq->actor.roles & 1u << r)
			json_array_append_new(
			    roles, json_string(conf_role_name((enum conf_role)r)));
	return request_reply(rq, 200,
	    json_pack("{s:s, s:I, s:o, s:s, s:s, s:o, s:I, s:s, s:b}", "user", rq->actor.user,
		"uid", (json_int_t)rq->actor.uid, "roles", roles, "site", c->site.name, "timezone",
		c->site.timezone, "langs", langs_json(c), "now_ms", (json_int_t)rq->now_ms,
		"version", FOYER_VERSION, "demo", c->demo));
}

static const char *door_right_name(enum conf_door_right r)
{
	switch (r) {
	case CONF_DOOR_BADGE_CODE: return "badge-code";
	case CONF_DOOR_CARD: return "card";
	case CONF_DOOR_NONE: return "none";
	}
	return "none";
}

enum err_code h_kiosk(struct request *rq, struct err *e)
{
	(void)e;
	const struct conf *c = rq->d->conf;
	const struct conf_kiosk *k = rq->actor.kiosk;
	return request_reply(rq, 200,
	    json_pack("{s:s, s:b, s:s, s:s, s:s, s:I, s:o, s:s, s:s, s:o, s:o, s:s, s:s, s:o}",
		"kiosk", k->name, "open", !rq->d->closed, "place", k->place, "site", c->site.name,
		"timezone", c->site.timezone, "now_ms", (json_int_t)rq->now_ms, "langs",
		langs_json(c), "lang", k->lang[0] ? k->lang : c->site.langs[0], "reception",
		c->site.reception, "data_notice", text_json(&c->site.data_notice), "privacy",
		text_json(&c->site.privacy), "door_right", door_right_name(c->site.door_right),
		"conf_hash", c->hash, "types", types_json(c, false)));
}

static bool one_of(const char *word, const char *const words[])
{
	for (int i = 0; words[i]; i++)
		if (str_eq(words[i], word))
			return true;
	return false;
}

static enum err_code readers_read(struct kiosk_seen *said, const json_t *readers, struct err *e)
{
	static const char *const states[] = {"ok", "gone", NULL};
	enum err_code c = ERR_OK;
	for (size_t i = 0; !c && i < json_array_size(readers); i++) {
		struct json_reader r;
		char state[8] = "", *name = said->readers[said->n_readers].name;
		json_read_begin(&r, json_array_get(readers, i), e);
		json_read_text(&r, "name", JSON_REQUIRED, name, TEXT_WORD_SZ, TEXT_LINE);
		json_read_text(&r, "state", JSON_REQUIRED, state, sizeof state, TEXT_LINE);
		c = json_read_end(&r);
		if (!c && !one_of(state, states))
			c = err_set(e, ERR_INPUT, "state: must be ok or gone");
		said->readers[said->n_readers++].there = str_eq(state, "ok");
	}
	return c;
}

enum err_code h_kiosk_state(struct request *rq, struct err *e)
{
	static const char *const cameras[] = {"ok", "gone", "none", NULL}, *const screens[] = {
									       "idle", "busy",
									       NULL};
	struct kiosk_seen said = {0};
	const json_t *readers = NULL;
	struct json_reader r;
	json_read_begin(&r, rq->body, e);
	json_read_text(&r, "camera", JSON_REQUIRED, said.camera, sizeof said.camera, TEXT_LINE);
	json_read_text(&r, "screen", JSON_REQUIRED, said.screen, sizeof said.screen, TEXT_LINE);
	json_read_text(&r, "size", JSON_OPTIONAL, said.size, sizeof said.size, TEXT_LINE);
	json_read_array(&r, "readers", JSON_OPTIONAL, KIOSK_READERS_SEEN, &readers);
	enum err_code c = json_read_end(&r);
	if (!c)
		c = readers_read(&said, readers, e);
	if (!c && !one_of(said.camera, cameras))
		c = err_set(e, ERR_INPUT, "camera: must be ok, gone or none");
	if (!c && !one_of(said.screen, screens))
		c = err_set(e, ERR_INPUT, "screen: must be idle or busy");
	if (c)
		return c;
	struct kiosk_seen *seen = foyerd_kiosk_seen(rq->d, rq->actor.kiosk->name);
	seen->at_ms = rq->now_ms;
	str_copy(seen->camera, sizeof seen->camera, said.camera);
	str_copy(seen->screen, sizeof seen->screen, said.screen);
	str_copy(seen->size, sizeof seen->size, said.size);
	memcpy(seen->readers, said.readers, sizeof seen->readers);
	seen->n_readers = said.n_readers;
	return request_reply(rq, 204, NULL);
}
