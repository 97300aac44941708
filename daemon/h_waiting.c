/*
 * "Please see reception": a kiosk opens one, staff take and resolve it.
 */
#include "daemon/handlers.h"

#include "base/json.h"
#include "base/str.h"
#include "daemon/desk.h"
#include "daemon/guard.h"
#include "daemon/server.h"
#include "db/journal.h"
#include "db/visits.h"
#include "db/waiting.h"

static bool is_word(const char *s)
{
	for (; *s; s++)
		if (!(*s >= 'a' && *s <= 'z') && !(*s >= '0' && *s <= '9') && *s != '-')
			return false;
	return true;
}

static enum err_code journal(struct request *rq, const char *what, const struct db_waiting *w,
    const char *name, const char *value, struct err *e)
{
	char actor[DB_ACTOR_SZ];
	request_actor(rq, actor);
	struct db_journal_entry en = {.actor = actor,
	    .what = what,
	    .subject = w->visit,
	    .fields = {{name, value}},
	    .n_fields = value ? 1 : 0};
	return db_journal_append(rq->d->book, &en, NULL, e);
}

enum err_code h_waiting_open(struct request *rq, struct err *e)
{
	struct db_waiting w = {0};
	struct uuid flow;
	struct json_reader r;
	char id[UUID_TEXT_SZ];
	json_read_begin(&r, rq->body, e);
	json_read_uuid(&r, "flow", JSON_REQUIRED, &flow);
	json_read_text(&r, "reason", JSON_REQUIRED, w.reason, sizeof w.reason, TEXT_LINE);
	json_read_text(&r, "screen", JSON_OPTIONAL, w.screen, sizeof w.screen, TEXT_LINE);
	enum err_code c = json_read_end(&r);
	if (!c && (!w.reason[0] || !is_word(w.reason) || !is_word(w.screen)))
		c = err_set(e, ERR_INPUT,
		    "reason and screen: must be words of small letters, digits and hyphens");
	if (c)
		return c;
	str_copy(w.kiosk, sizeof w.kiosk, rq->actor.kiosk->name);
	if (!guard_waiting(rq->d->guard, w.kiosk, clock_mono(&rq->d->clock)))
		return err_set(e, ERR_TOO_MANY,
		    "this kiosk has called reception %d times in ten minutes", GUARD_WAITINGS);
	c = db_waiting_insert(rq->d->book, &w, e);
	if (!c)
		c = journal(rq, "waiting.open", &w, "reason", w.reason, e);
	if (c)
		return c;
	return request_reply(rq, 201,
	    json_pack("{s:s, s:s}", "waiting", uuid_print(id, &w.id), "reception",
		rq->d->conf->site.reception));
}

static json_t *uuid_json(const struct uuid *u)
{
	char id[UUID_TEXT_SZ];
	return uuid_is_nil(u) ? json_null() : json_string(uuid_print(id, u));
}

static enum err_code waiting_json(
    struct request *rq, const struct db_waiting *w, json_t **own_o, struct err *e)
{
	struct db_visit_item item = {0};
	char number[24] = "";
	if (!uuid_is_nil(&w->visit)) {
		enum err_code c = db_visit_item(rq->d->book, &w->visit, &item, e);
		if (c && c != ERR_NOT_FOUND)
			return c;
		if (!c)
			str_print(number, sizeof number, "%06lld", (long long)item.visit.number);
	}
	*own_o = json_pack("{s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:I, s:s}", "id",
	    uuid_json(&w->id), "visit", uuid_json(&w->visit), "number", number, "name", item.name,
	    "kiosk", w->kiosk, "reason", w->reason, "screen", w->screen, "since_ms",
	    (json_int_t)w->since_ms, "taken_ms", (json_int_t)w->taken_ms, "taken_by", w->taken_by,
	    "resolved_ms", (json_int_t)w->resolved_ms, "resolution", w->resolution);
	return ERR_OK;
}

enum err_code h_waiting_list(struct request *rq, struct err *e)
{
	struct db_waiting list[REQUEST_LIMIT_MOST];
	struct uuid after = {0};
	int limit, n = 0;
	const char *state = request_query(rq, "state");
	if (state && !str_eq(state, "open") && !str_eq(state, "all"))
		return err_set(e, ERR_INPUT, "state: must be open or all");
	enum err_code c = request_limit(rq, &limit, e);
	if (!c)
		c = request_query_uuid(rq, "after", &after, e);
	if (!c)
		c = db_waiting_list(rq->d->book, !str_eq(state, "all"), &after, list, limit, &n, e);
	if (c)
		return c;
	json_t *items = json_array();
	char next[UUID_TEXT_SZ];
	for (int i = 0; i < n && !c; i++) {
		json_t *o = NULL;
		c = waiting_json(rq, &list[i], &o, e);
		if (!c)
			json_array_append_new(items, o);
	}
	if (c) {
		json_decref(items);
		return c;
	}
	return request_reply(
	    rq, 200, request_list(items, n == limit ? uuid_print(next, &list[n - 1].id) : NULL));
}

static enum err_code answer_with(
    struct request *rq, const struct uuid *id, const char *what, const char *reason, struct err *e)
{
	struct db_waiting w;
	json_t *o = NULL;
	enum err_code c = db_waiting_get(rq->d->book, id, &w, e);
	if (!c)
		c = journal(rq, what, &w, "reason", reason, e);
	if (!c)
		c = waiting_json(rq, &w, &o, e);
	return c ? c : request_reply(rq, 200, o);
}

enum err_code h_waiting_take(struct request *rq, struct err *e)
{
	struct uuid id;
	struct json_reader r;
	char actor[DB_ACTOR_SZ];
	request_actor(rq, actor);
	json_read_begin(&r, rq->body, e);
	enum err_code c = json_read_end(&r);
	if (!c)
		c = request_id(rq, &id, e);
	if (!c)
		c = db_waiting_take(rq->d->book, &id, actor, e);
	return c ? c : answer_with(rq, &id, "waiting.take", NULL, e);
}

enum err_code h_waiting_resolve(struct request *rq, struct err *e)
{
	struct uuid id;
	char actor[DB_ACTOR_SZ], reason[TEXT_REASON_SZ];
	request_actor(rq, actor);
	enum err_code c = request_reason(rq, true, reason, e);
	if (!c)
		c = request_id(rq, &id, e);
	if (!c)
		c = db_waiting_resolve(rq->d->book, &id, actor, reason, e);
	struct db_waiting w;
	if (!c)
		c = db_waiting_get(rq->d->book, &id, &w, e);
	if (!c)
		c = desk_card_resolved(rq->d, &w, e);
	return c ? c : answer_with(rq, &id, "waiting.resolve", reason, e);
}
