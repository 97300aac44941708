/*
 * Hosts: a visitor's search at a kiosk (three letters, five names, ten searches), and the list and
 * the card that staff work with.
 */
#include "daemon/handlers.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/guard.h"
#include "daemon/host_check.h"
#include "daemon/server.h"
#include "db/host.h"
#include "db/journal.h"

enum { KIOSK_LETTERS = 3, KIOSK_NAMES = 5 };

/* --- a kiosk's --------------------------------------------------------------------------- */

/* What is looked for, without what the look-up does not see. Columns, not characters: two Chinese characters say as much as four letters. */
static int letters(const char *q)
{
	char folded[8 * TEXT_NAME_SZ], word[TEXT_NAME_SZ];
	int n = 0;
	if (text_fold(folded, sizeof folded, q))
		return 0;
	for (const char *p = folded; text_next_word(&p, word, sizeof word);)
		n += text_width(word);
	return n;
}

enum err_code h_host_search(struct request *rq, struct err *e)
{
	struct foyerd *d = rq->d;
	struct db_host hosts[KIOSK_NAMES];
	struct uuid flow = {0};
	char q[TEXT_NAME_SZ], id[UUID_TEXT_SZ];
	int n = 0;
	enum err_code c = request_query_text(rq, "q", q, sizeof q, e);
	if (!c)
		c = request_query_uuid(rq, "flow", &flow, e);
	if (!c && uuid_is_nil(&flow))
		c = err_set(e, ERR_INPUT, "flow: must be there");
	if (!c && letters(q) < KIOSK_LETTERS)
		c = err_set(e, ERR_INPUT, "q: must have three letters");
	if (!c && !guard_host_search(d->guard, rq->actor.kiosk->name, &flow, clock_mono(&d->clock)))
		c = err_set(e, ERR_TOO_MANY, "as many searches as one check-in may make");
	if (!c)
		c = db_host_search(d->book, q, false, hosts, KIOSK_NAMES, &n, e);
	if (c)
		return c;
	json_t *items = json_array();
	for (int i = 0; i < n; i++)
		json_array_append_new(
		    items, json_pack("{s:s, s:s, s:s}", "id", uuid_print(id, &hosts[i].id), "name",
			       hosts[i].name, "department", hosts[i].department));
	return request_reply(rq, 200, request_list(items, NULL));
}

/* --- staff's ----------------------------------------------------------------------------- */

static json_t *host_json(struct request *rq, const struct db_host *h)
{
	struct db_host deputy = {0};
	struct err e;
	char id[UUID_TEXT_SZ];
	if (!uuid_is_nil(&h->deputy) && db_host_get(rq->d->book, &h->deputy, &deputy, &e))
		deputy.uid[0] = 0;
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b}", "id",
	    uuid_print(id, &h->id), "uid", h->uid, "name", h->name, "mail", h->mail, "department",
	    h->department, "phone", h->phone, "lang", h->lang, "deputy", deputy.uid, "away_from_ms",
	    (json_int_t)h->away_from_ms, "away_until_ms", (json_int_t)h->away_until_ms, "left",
	    h->left_ms != 0);
}

enum err_code h_host_list(struct request *rq, struct err *e)
{
	struct db_host hosts[REQUEST_LIMIT_MOST];
	struct uuid after = {0};
	char q[TEXT_NAME_SZ], next[UUID_TEXT_SZ];
	bool left = false;
	int limit, n = 0;
	enum err_code c = request_limit(rq, &limit, e);
	if (!c)
		c = request_query_text(rq, "q", q, sizeof q, e);
	if (!c)
		c = request_query_bool(rq, "left", &left, e);
	if (!c)
		c = request_query_uuid(rq, "after", &after, e);
	if (!c && q[0])
		c = db_host_search(rq->d->book, q, left, hosts, limit, &n, e);
	else if (!c)
		c = db_host_list(rq->d->book, &after, left, hosts, limit, &n, e);
	if (c)
		return c;
	json_t *items = json_array();
	for (int i = 0; i < n; i++)
		json_array_append_new(items, host_json(rq, &hosts[i]));
	return request_reply(rq, 200,
	    request_list(items, !q[0] && n == limit ? uuid_print(next, &hosts[n - 1].id) : NULL));
}

enum err_code h_hosts(struct request *rq, struct err *e)
{
	return rq->actor.kiosk ? h_host_search(rq, e) : h_host_list(rq, e);
}

/* What the body says over what the book knows: an absent member stays as it is. */
static enum err_code put_read(struct request *rq, struct db_host *h, bool *left, struct err *e)
{
	struct json_reader r;
	char deputy[TEXT_MAIL_SZ] = "";
	json_read_begin(&r, rq->body, e);
	json_read_text(&r, "name", JSON_OPTIONAL, h->name, sizeof h->name, TEXT_LINE);
	json_read_text(&r, "mail", JSON_OPTIONAL, h->mail, sizeof h->mail, TEXT_LINE);
	json_read_text(
	    &r, "department", JSON_OPTIONAL, h->department, sizeof h->department, TEXT_LINE);
	json_read_text(&r, "phone", JSON_OPTIONAL, h->phone, sizeof h->phone, TEXT_LINE);
	json_read_text(&r, "lang", JSON_OPTIONAL, h->lang, sizeof h->lang, TEXT_LINE);
	bool has_deputy =
	    json_read_text(&r, "deputy", JSON_OPTIONAL, deputy, sizeof deputy, TEXT_LINE);
	json_read_int(&r, "away_from_ms", JSON_OPTIONAL, &h->away_from_ms, 0, INT64_MAX);
	json_read_int(&r, "away_until_ms", JSON_OPTIONAL, &h->away_until_ms, 0, INT64_MAX);
	json_read_bool(&r, "left", JSON_OPTIONAL, left);
	enum err_code c = json_read_end(&r);
	if (c || !has_deputy)
		return c;
	struct db_host other = {0};
	if (deputy[0]) {
		c = db_host_by_uid(rq->d->book, deputy, &other, e);
		if (c == ERR_NOT_FOUND || (!c && str_eq(other.uid, h->uid)))
			return err_set(e, ERR_INPUT, "deputy: must be the uid of another host");
	}
	h->deputy = other.id;
	return c;
}

static enum err_code put_write(
    struct request *rq, struct db_host *h, bool left, enum db_host_put *what, struct err *e)
{
	char actor[DB_ACTOR_SZ];
	enum err_code c = db_host_put(rq->d->book, h, what, e);
	if (!c && left != (h->left_ms != 0)) {
		h->left_ms = left ? rq->now_ms : 0;
		c = db_host_set_left(rq->d->book, &h->id, h->left_ms, e);
		if (*what == DB_HOST_SAME)
			*what = DB_HOST_CHANGED;
	}
	if (c || *what == DB_HOST_SAME)
		return c;
	request_actor(rq, actor);
	struct db_journal_entry en = {.actor = actor,
	    .what = *what == DB_HOST_ADDED ? "host.add" : "host.change",
	    .subject = h->id};
	return db_journal_append(rq->d->book, &en, NULL, e);
}

enum err_code h_host_put(struct request *rq, struct err *e)
{
	struct db_host h = {0};
	enum db_host_put what = DB_HOST_SAME;
	char uid[TEXT_MAIL_SZ];
	enum err_code c =
	    text_clean(uid, sizeof uid, rq->param, strlen(rq->param), TEXT_LINE | TEXT_STRICT, e);
	if (!c)
		c = db_host_by_uid(rq->d->book, uid, &h, e);
	if (c && c != ERR_NOT_FOUND)
		return c;
	if (c)
		h = (struct db_host){0};
	str_copy(h.uid, sizeof h.uid, uid);
	char lang[TEXT_LANG_SZ];
	str_copy(lang, sizeof lang, h.lang);
	bool left = h.left_ms != 0;
	c = put_read(rq, &h, &left, e);
	if (!c)
		c = host_check(&h, e);
	/* One from before the site's languages changed stands in the way of no other change. */
	if (!c && !str_eq(h.lang, lang))
		c = host_lang_check(rq->d->conf, h.lang, e);
	if (!c)
		c = put_write(rq, &h, left, &what, e);
	return c ? c : request_reply(rq, what == DB_HOST_ADDED ? 201 : 200, host_json(rq, &h));
}
