/*
 * Reading what was recorded: the journal, its verification, and exports. Who exports is recorded
 * too.
 */
#include "daemon/handlers.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/reader.h"
#include "daemon/server.h"
#include "db/export.h"
#include "db/journal.h"
#include "db/staff.h"

/* Who "staff:UUID" is; "" for anybody else, and for whom retention has forgotten. */
static enum err_code actor_name(
    struct book *b, const char *actor, char dst[TEXT_WORD_SZ], struct err *e)
{
	struct uuid id;
	struct db_staff s;
	dst[0] = 0;
	if (!str_starts(actor, "staff:") || !uuid_parse(&id, actor + strlen("staff:")))
		return ERR_OK;
	enum err_code c = db_staff_get(b, &id, &s, e);
	if (!c)
		str_copy(dst, TEXT_WORD_SZ, s.user);
	return c == ERR_NOT_FOUND ? ERR_OK : c;
}

static json_t *row_json(const struct db_journal_row *r, const char *name)
{
	char id[UUID_TEXT_SZ];
	json_t *fields = json_object();
	for (int i = 0; i < r->n_fields; i++)
		json_object_set_new(fields, r->fields[i].name, json_string(r->fields[i].value));
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:o, s:o}", "seq", (json_int_t)r->seq, "at_ms",
	    (json_int_t)r->at_ms, "actor", r->actor, "actor_name", name, "what", r->what, "subject",
	    uuid_is_nil(&r->subject) ? json_null() : json_string(uuid_print(id, &r->subject)),
	    "fields", fields);
}

/* A row is large (its fields are bounded arrays), so they are read a few at a time. */
enum err_code h_journal(struct request *rq, struct err *e)
{
	enum { FEW = 10 };
	struct db_journal_row rows[FEW];
	char name[TEXT_WORD_SZ];
	int64_t after = 0;
	int limit, got = 0, n = 0;
	enum err_code c = request_limit(rq, &limit, e);
	if (!c)
		c = request_query_int(rq, "after", &after, 0, INT64_MAX, e);
	json_t *items = json_array();
	do {
		int want = limit - got < FEW ? limit - got : FEW;
		if (!c)
			c = db_journal_list(rq->d->book, after, rows, want, &n, e);
		for (int i = 0; !c && i < n; i++) {
			c = actor_name(rq->d->book, rows[i].actor, name, e);
			json_array_append_new(items, row_json(&rows[i], name));
			after = rows[i].seq;
		}
		got += n;
	} while (!c && n == FEW && got < limit);
	if (c) {
		json_decref(items);
		return c;
	}
	char next[24];
	str_print(next, sizeof next, "%lld", (long long)after);
	return request_reply(rq, 200, request_list(items, got == limit ? next : NULL));
}

static void verified(void *arg, const json_t *result, const struct err *why)
{
	struct later *l = arg;
	if (why)
		later_fail(l, why);
	else
		later_answer(l, 200, json_deep_copy(result));
}

enum err_code h_journal_verify(struct request *rq, struct err *e)
{
	struct later *l = request_later(rq);
	struct reader_done done = {verified, l};
	enum err_code c = reader_ask(rq->d->readers, "journal", json_object(), &done, e);
	if (c)
		later_fail(l, e);
	return ERR_OK;
}

/* --- exports ----------------------------------------------------------------------------- */

static enum err_code export_record(struct request *rq, const char *what, struct err *e)
{
	struct foyerd *d = rq->d;
	struct db_staff s;
	char actor[DB_ACTOR_SZ];
	enum err_code c = foyerd_begin(d, e);
	if (c)
		return c;
	c = db_staff_of(d->book, rq->actor.user, (int64_t)rq->actor.uid, &s, e);
	if (!c) {
		rq->actor.staff = s.id;
		request_actor(rq, actor);
		struct db_journal_entry en = {
		    .actor = actor, .what = "export", .fields = {{"what", what}}, .n_fields = 1};
		c = db_journal_append(d->book, &en, NULL, e);
	}
	return foyerd_end(d, c, e);
}

enum err_code h_export(struct request *rq, struct err *e)
{
	enum db_export_what what;
	char q[TEXT_FIELD_SZ];
	int64_t from_ms = 0, until_ms = 0;
	struct stream *s;
	const char *word = request_query(rq, "what");
	if (!word || !db_export_parse(&what, word))
		return err_set(e, ERR_INPUT, "what: must be visits, hosts, journal or person");
	enum err_code c = request_query_text(rq, "q", q, sizeof q, e);
	if (!c)
		c = request_query_int(rq, "from_ms", &from_ms, 0, INT64_MAX, e);
	if (!c)
		c = request_query_int(rq, "until_ms", &until_ms, 0, INT64_MAX, e);
	if (!c && what == DB_EXPORT_PERSON && !q[0])
		c = err_set(e, ERR_INPUT, "q: must be the person's whole name, mail address or id");
	if (!c)
		c = export_record(rq, word, e);
	if (c)
		return c;
	json_t *ask = json_pack("{s:s, s:s, s:I, s:I}", "what", word, "q", q, "from_ms",
	    (json_int_t)from_ms, "until_ms", (json_int_t)until_ms);
	c = reader_stream(rq->d->readers, "export", ask, &s, e);
	return c ? c : request_stream(rq, s);
}
