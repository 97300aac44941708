/* Looks at documents as staff record and see them: POST /v1/visits/{id}/documents, and their part of a visit. */
#include "daemon/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/desk.h"
#include "daemon/desk_document.h"
#include "daemon/desk_json.h"
#include "daemon/desk_show.h"
#include "daemon/documents.h"
#include "daemon/routes.h"
#include "db/staff.h"

enum { MOST = 16 /* looks shown with a visit */ };

/* --- recording --------------------------------------------------------------------------- */

static bool is_kind(const char *word)
{
	static const enum document_kind kinds[] = {DOCUMENT_PASSPORT, DOCUMENT_ID_CARD,
	    DOCUMENT_DRIVING_LICENCE, DOCUMENT_VISA, DOCUMENT_TRAVEL};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_eq(document_kind_name(kinds[i]), word))
			return true;
	return str_eq(word, "other");
}

static bool is_state(const char *s)
{
	return strlen(s) == 3 && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static bool is_day(const char *s)
{
	int64_t ms;
	return strlen(s) == 10 && s[4] == '-' && zone_parse(&ms, s, 0, NULL) == ERR_OK;
}

/* A person's look: what they say they saw, or that somebody answers for the visitor instead. */
struct asked {
	bool vouched, override;
};

static void told_read(struct json_reader *r, const char *key, enum db_told *told)
{
	bool yes = false;
	*told = DB_TOLD_NOTHING;
	if (json_read_bool(r, key, JSON_OPTIONAL, &yes))
		*told = yes ? DB_TOLD_YES : DB_TOLD_NO;
}

static bool says_anything(const struct asked *a, const struct db_document *row)
{
	return row->kind[0] != '\0' || row->state[0] != '\0' || row->expiry[0] != '\0' ||
	       row->matched != DB_TOLD_NOTHING || row->least_age_ok != DB_TOLD_NOTHING ||
	       a->override;
}

static enum err_code asked_check(
    const struct asked *a, const struct db_document *row, struct err *e)
{
	if (row->reason[0] == '\0')
		return err_set(e, ERR_INPUT, "reason: is required");
	if (a->vouched && says_anything(a, row))
		return err_set(e, ERR_INPUT, "how vouched: goes with reason alone");
	if (!a->vouched && !is_kind(row->kind))
		return err_set(e, ERR_INPUT,
		    "kind: must be passport, id-card, driving-licence, visa, travel-document or "
		    "other");
	if (row->state[0] != '\0' && !is_state(row->state))
		return err_set(e, ERR_INPUT, "state: must be three capital letters, like DEU");
	if (row->expiry[0] != '\0' && !is_day(row->expiry))
		return err_set(e, ERR_INPUT, "expiry: must be a date like 2034-12-10");
	return ERR_OK;
}

/* Nothing is known but what they say. */
static enum err_code asked_read(
    const struct request *rq, struct asked *a, struct db_document *row, struct err *e)
{
	struct json_reader r;
	char how[TEXT_WORD_SZ] = "";
	*a = (struct asked){0};
	json_read_begin(&r, rq->body, e);
	json_read_text(&r, "how", JSON_REQUIRED, how, sizeof how, TEXT_STRICT);
	json_read_text(&r, "kind", JSON_OPTIONAL, row->kind, sizeof row->kind, TEXT_STRICT);
	json_read_text(&r, "state", JSON_OPTIONAL, row->state, sizeof row->state, TEXT_STRICT);
	json_read_text(&r, "expiry", JSON_OPTIONAL, row->expiry, sizeof row->expiry, TEXT_STRICT);
	told_read(&r, "matched", &row->matched);
	told_read(&r, "least_age_ok", &row->least_age_ok);
	json_read_bool(&r, "override", JSON_OPTIONAL, &a->override);
	json_read_text(&r, "reason", JSON_REQUIRED, row->reason, sizeof row->reason, TEXT_LINE);
	enum err_code code = json_read_end(&r);
	if (code != ERR_OK)
		return code;
	a->vouched = str_eq(how, "vouched");
	if (!a->vouched && !str_eq(how, "seen"))
		return err_set(e, ERR_INPUT, "how: must be seen or vouched");
	row->how = a->vouched ? DB_DOCUMENT_VOUCHED : DB_DOCUMENT_DESK;
	(void)str_copy(row->verdict, sizeof row->verdict,
	    a->vouched ? DB_DOCUMENT_VOUCHED_FOR : DB_DOCUMENT_SEEN);
	return asked_check(a, row, e);
}

/* What speaks against the visitor by what is said of the document: its words in all, the first of them. NULL: nothing. */
static const char *speaks_against(
    const struct db_document *row, int64_t now_ms, char all[TEXT_WORD_SZ])
{
	char today[ZONE_TEXT_SZ];
	(void)zone_print(today, now_ms, ZONE_DATE);
	const struct {
		bool is;
		const char *word;
	} no[] = {{row->matched == DB_TOLD_NO, "document-mismatch"},
	    {row->expiry[0] != '\0' && strcmp(row->expiry, today) < 0, "document-expired"},
	    {row->least_age_ok == DB_TOLD_NO, "document-age"}};
	const char *first = NULL;
	size_t len = 0;
	all[0] = '\0';
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
		if (!no[i].is)
			continue;
		(void)str_print(
		    all + len, TEXT_WORD_SZ - len, "%s%s", first != NULL ? " " : "", no[i].word);
		len = strlen(all);
		if (first == NULL)
			first = no[i].word;
	}
	return first;
}

/* Over is over: nothing is added to what will be forgotten. */
static const char *refusal_of(enum visit_state s)
{
	switch (s) {
	case VISIT_EXPECTED:
	case VISIT_WAITING:
	case VISIT_INSIDE:
	case VISIT_OUT: break;
	case VISIT_ENDED: return visit_refusal_name(VISIT_NO_ENDED);
	case VISIT_CANCELLED: return visit_refusal_name(VISIT_NO_CANCELLED);
	case VISIT_REFUSED: return visit_refusal_name(VISIT_NO_REFUSED);
	}
	return NULL;
}

enum err_code desk_visit_document(struct request *rq, struct err *e)
{
	struct desk_look l = {.row = {.checked_ms = rq->now_ms}};
	struct desk_case c;
	struct db_visit v;
	struct asked a;
	char against[TEXT_WORD_SZ], actor[DB_ACTOR_SZ];
	enum err_code code = asked_read(rq, &a, &l.row, e);
	if (code == ERR_OK)
		code = desk_visit_of(rq, &v, e);
	if (code == ERR_OK)
		code = desk_case_load(rq->d, &v.id, NULL, rq->now_ms, &c, e);
	if (code != ERR_OK)
		return code;
	const char *no = refusal_of(c.facts.state),
		   *bad = speaks_against(&l.row, rq->now_ms, against);
	if (no == NULL && !a.override)
		no = bad;
	if (no == NULL && a.override && bad == NULL)
		return err_set(e, ERR_INPUT,
		    "override: goes with a document that has expired, carries another name or "
		    "does not show the least age");
	if (no != NULL)
		return request_refuse(rq, 409, no, desk_refusal_text(no));
	l.row.visit = v.id;
	(void)str_copy(l.overridden, sizeof l.overridden, against);
	request_actor(rq, actor);
	code = desk_document_write(rq->d, &c, &l, actor, e);
	json_t *obj = NULL;
	if (code == ERR_OK)
		code = desk_json_whole(rq, &v.id, &obj, e);
	return code == ERR_OK ? request_reply(rq, 201, obj) : code;
}

/* --- showing ----------------------------------------------------------------------------- */

bool desk_sees_documents(const struct request *rq)
{
	return actor_is(&rq->actor, ROLE(MANAGER) | ROLE(SUPERVISOR) | ROLE(DESK) | ROLE(GUARD));
}

/* What is kept of look n: until when, and for managers who ask for it the box itself. It stands in no answer that is kept under a key. */
static json_t *kept_json(const struct request *rq, const struct db_sealed *list, int n, int look)
{
	bool box = actor_is(&rq->actor, ROLE(MANAGER)) && rq->route->method == ROUTE_GET;
	char text[SEAL_TEXT_SZ];
	json_t *kept = json_array();
	for (int i = 0; i < n; i++) {
		if (list[i].n != look)
			continue;
		json_t *o = json_pack(
		    "{s:s, s:I}", "part", list[i].part, "until_ms", (json_int_t)list[i].purge_ms);
		if (box)
			json_object_set_new(o, "sealed",
			    json_string(seal_text(text, list[i].box, list[i].box_len)));
		json_array_append_new(kept, o);
	}
	return kept;
}

static json_t *told_json(enum db_told told)
{
	return told == DB_TOLD_NOTHING ? json_null() : json_boolean(told == DB_TOLD_YES);
}

static enum err_code checker_name(
    struct foyerd *d, const char *ref, struct db_staff *who, struct err *e)
{
	struct uuid id;
	*who = (struct db_staff){0};
	if (!str_starts(ref, "staff:") || !uuid_parse(&id, ref + strlen("staff:")))
		return ERR_OK;
	enum err_code code = db_staff_get(d->book, &id, who, e);
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code desk_json_documents(
    const struct request *rq, const struct uuid *visit, json_t *obj, struct err *e)
{
	struct db_document looks[MOST];
	struct db_sealed *kept = mem_new(MOST * CONF_ID_PARTS, sizeof *kept);
	struct db_staff who;
	int n = 0, n_kept = 0;
	json_t *list = json_array();
	enum err_code code = db_document_list(rq->d->book, visit, looks, MOST, &n, e);
	if (code == ERR_OK && n > 0)
		code =
		    db_document_sealed(rq->d->book, visit, kept, MOST * CONF_ID_PARTS, &n_kept, e);
	for (int i = 0; code == ERR_OK && i < n; i++) {
		const struct db_document *l = &looks[i];
		code = checker_name(rq->d, l->checked_by, &who, e);
		if (code == ERR_OK)
			json_array_append_new(list,
			    json_pack(
				"{s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:s, s:s, s:s, s:o}",
				"n", l->n, "how", db_document_how_name(l->how), "verdict",
				l->verdict, "kind", l->kind, "state", l->state, "expiry", l->expiry,
				"matched", told_json(l->matched), "least_age_ok",
				told_json(l->least_age_ok), "checked_ms", (json_int_t)l->checked_ms,
				"checked_by", l->checked_by, "checked_name", who.user, "reason",
				l->reason, "kept", kept_json(rq, kept, n_kept, l->n)));
	}
	json_object_set_new(obj, "documents", list);
	free(kept);
	return code;
}
