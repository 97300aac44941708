#include "db/visits.h"

#include "base/str.h"
#include "db/badge.h"
#include "db/lookup.h"
#include "db/visit_row.h"
#include "db/visitor.h"

const char *const visit_state_words[DB_VISIT_STATES] = {
    "expected", "waiting", "inside", "out", "ended", "cancelled", "refused"};

static const char *const authorised_words[] = {"none", "inviter", "approver", "rule"};
enum { N_AUTHORISED = sizeof authorised_words / sizeof authorised_words[0] };

const char *db_authorised_name(enum db_authorised a)
{
	return (unsigned)a < N_AUTHORISED ? authorised_words[a] : "none";
}

static bool is_closed(enum db_visit_state s)
{
	return s == DB_VISIT_ENDED || s == DB_VISIT_CANCELLED || s == DB_VISIT_REFUSED;
}

void visit_row_get(struct query *q, struct db_visit *v)
{
	get_uuid(q, &v->id);
	v->number = get_int(q);
	get_uuid(q, &v->visitor);
	get_uuid(q, &v->host);
	get_text(q, v->type, sizeof v->type);
	get_text(q, v->conf_hash, sizeof v->conf_hash);
	v->state = (enum db_visit_state)get_word(q, visit_state_words, DB_VISIT_STATES);
	v->from_ms = get_int(q);
	v->until_ms = get_int(q);
	v->authorised_kind = (enum db_authorised)get_word(q, authorised_words, N_AUTHORISED);
	get_text(q, v->authorised_ref, sizeof v->authorised_ref);
	get_uuid(q, &v->with_visit);
	get_text(q, v->kiosk, sizeof v->kiosk);
	get_text(q, v->lang, sizeof v->lang);
	v->escort = get_flag(q);
	v->late = get_flag(q);
	v->host_told_ms = get_time(q);
	v->created_ms = get_int(q);
	v->closed_ms = get_time(q);
	v->stays = (int)get_int(q);
	v->copies = (int)get_int(q);
}

static enum err_code put_words(
    struct book *b, const struct db_visit *v, const char *words, struct err *e)
{
	enum err_code code = ERR_OK;
	char word[LOOKUP_WORD_SZ], head[LOOKUP_WORD_SZ];
	while (code == ERR_OK && lookup_next(&words, word)) {
		size_t n = lookup_head(word);
		(void)str_copy(head, sizeof head, word);
		head[n] = '\0';
		struct query q = query_of(b, ST_VISIT_WORD_INSERT);
		put_text(&q, head);
		put_int(&q, v->from_ms);
		put_int(&q, v->number);
		put_text(&q, word + n);
		code = query_run(&q, e);
	}
	return code;
}

static enum err_code insert_row(
    struct book *b, const struct db_visit *v, const char *words, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_INSERT);
	put_uuid(&q, &v->id);
	put_int(&q, v->number);
	put_uuid(&q, &v->visitor);
	put_uuid(&q, &v->host);
	put_text(&q, v->type);
	put_text(&q, v->conf_hash);
	put_text(&q, visit_state_words[v->state]);
	put_int(&q, v->from_ms);
	put_int(&q, v->until_ms);
	put_text(&q, db_authorised_name(v->authorised_kind));
	put_text(&q, v->authorised_ref);
	put_uuid(&q, &v->with_visit);
	put_text(&q, v->kiosk);
	put_text(&q, v->lang);
	put_int(&q, v->escort);
	put_int(&q, v->late);
	put_time(&q, v->host_told_ms);
	put_int(&q, v->created_ms);
	put_time(&q, v->closed_ms);
	put_text(&q, words);
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_visit_insert(struct book *b, struct db_visit *v, struct err *e)
{
	struct db_visitor p;
	enum err_code code = db_visitor_get(b, &v->visitor, &p, e);
	if (code == ERR_NOT_FOUND)
		return err_set(e, ERR_NOT_FOUND, "there is no such visitor");
	if (code == ERR_OK && p.erased_ms != 0)
		return err_set(e, ERR_CONFLICT, "this visitor was erased");
	if (code == ERR_OK && v->until_ms < v->from_ms)
		return err_set(e, ERR_INPUT, "a visit ends after it begins");
	if (code != ERR_OK)
		return code;
	char words[LOOKUP_SZ] = "";
	lookup_add(words, p.name);
	lookup_add(words, p.company);
	if (uuid_is_nil(&v->id))
		v->id = book_new_id(b);
	v->number = b->now.next_number;
	v->created_ms = book_now(b);
	v->closed_ms = is_closed(v->state) ? book_now(b) : 0;
	v->stays = v->copies = 0;
	code = insert_row(b, v, words, e);
	if (code == ERR_OK)
		code = put_words(b, v, words, e);
	if (code == ERR_OK)
		b->now.next_number++;
	return code;
}

static enum err_code read_one(struct query *q, struct db_visit *v, struct err *e)
{
	enum err_code code = query_row(q, e);
	if (code == ERR_OK)
		visit_row_get(q, v);
	return query_end(q, code, e);
}

enum err_code db_visit_get(struct book *b, const struct uuid *id, struct db_visit *v, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_GET);
	put_uuid(&q, id);
	return read_one(&q, v, e);
}

enum err_code db_visit_by_number(struct book *b, int64_t number, struct db_visit *v, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_BY_NUMBER);
	put_int(&q, number);
	return read_one(&q, v, e);
}

/* A closed visit: its badges open nothing any more, and its fields are kept for their time from
 * now on. */
static enum err_code close_rest(struct book *b, const struct db_visit *v, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_CLOSE_FIELDS);
	put_uuid(&q, &v->id);
	put_int(&q, v->closed_ms);
	put_stamp(&q);
	enum err_code code = query_run(&q, e);
	return code == ERR_OK ? db_badge_withdraw(b, &v->id, DB_BADGE_ALL, NULL, e) : code;
}

static enum err_code update_state(struct book *b, const struct db_visit *v, struct err *e)
{
	bool closed = v->closed_ms != 0;
	struct query q = query_of(b, closed ? ST_VISIT_UPDATE_CLOSED : ST_VISIT_UPDATE_STATE);
	put_uuid(&q, &v->id);
	put_text(&q, visit_state_words[v->state]);
	if (closed)
		put_time(&q, v->closed_ms);
	enum err_code code = query_run_one(&q, e);
	return code == ERR_OK && closed ? close_rest(b, v, e) : code;
}

static enum err_code update_until(struct book *b, const struct db_visit *v, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_UPDATE_UNTIL);
	put_uuid(&q, &v->id);
	put_int(&q, v->until_ms);
	return query_run_one(&q, e);
}

enum err_code db_visit_update(struct book *b, struct db_visit *v, struct err *e)
{
	struct db_visit old;
	enum err_code code = db_visit_get(b, &v->id, &old, e);
	if (code != ERR_OK)
		return code;
	if (old.closed_ms != 0 && v->state != old.state)
		return err_set(e, ERR_CONFLICT, "the visit is over");
	v->closed_ms = old.closed_ms;
	struct query q = query_of(b, ST_VISIT_UPDATE);
	put_uuid(&q, &v->id);
	put_text(&q, db_authorised_name(v->authorised_kind));
	put_text(&q, v->authorised_ref);
	put_int(&q, v->escort);
	put_int(&q, v->late);
	put_time(&q, v->host_told_ms);
	put_stamp(&q);
	code = query_run_one(&q, e);
	if (code == ERR_OK && v->until_ms != old.until_ms)
		code = update_until(b, v, e);
	if (code == ERR_OK && v->state != old.state) {
		v->closed_ms = is_closed(v->state) ? book_now(b) : 0;
		code = update_state(b, v, e);
	}
	return code;
}

static enum err_code read_ids(struct query *q, struct uuid *ids, int max, int *n, struct err *e)
{
	enum err_code code;
	*n = 0;
	while ((code = query_row(q, e)) == ERR_OK && *n < max)
		get_uuid(q, &ids[(*n)++]);
	return query_end_list(q, code, e);
}

enum err_code db_visit_list_over(struct book *b, int64_t before_ms,
    const struct db_visit_over *after, struct db_visit_over *list, int max, int *n, struct err *e)
{
	enum err_code code;
	struct query q = query_of(b, ST_VISIT_LIST_OVER);
	put_int(&q, before_ms);
	put_int(&q, after != NULL ? after->until_ms : INT64_MIN);
	put_int(&q, after != NULL ? after->number : INT64_MIN);
	put_int(&q, max);
	for (*n = 0; (code = query_row(&q, e)) == ERR_OK && *n < max; (*n)++) {
		get_uuid(&q, &list[*n].id);
		list[*n].until_ms = get_int(&q);
		list[*n].number = get_int(&q);
	}
	return query_end_list(&q, code, e);
}

enum err_code db_visit_next_until(struct book *b, int64_t *until_ms, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_NEXT_UNTIL);
	return query_number(&q, until_ms, e);
}

enum err_code db_visit_list_with(
    struct book *b, const struct uuid *id, struct uuid *ids, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_LIST_WITH);
	put_uuid(&q, id);
	put_int(&q, max);
	return read_ids(&q, ids, max, n, e);
}
