#include "db/credential.h"

#include "db/card.h"
#include "db/query.h"

static const char *const state_words[] = {
    "pending", "granted", "revoking", "revoked", "acknowledged"};
enum { N_STATES = sizeof state_words / sizeof state_words[0] };

const char *db_credential_state_name(enum db_credential_state s)
{
	return (unsigned)s < N_STATES ? state_words[s] : "pending";
}

static void get_credential(struct query *q, struct db_credential *c)
{
	get_uuid(q, &c->id);
	get_uuid(q, &c->visit);
	get_text(q, c->controller, sizeof c->controller);
	c->card = get_int(q);
	c->state = (enum db_credential_state)get_word(q, state_words, N_STATES);
	c->right_until_ms = get_int(q);
	c->profile = (int)get_int(q);
	c->created_ms = get_int(q);
	c->granted_ms = get_time(q);
	c->read_back_ms = get_time(q);
}

enum err_code db_credential_insert(struct book *b, struct db_credential *c, struct err *e)
{
	int64_t number = 0;
	enum err_code code = db_card_of_visit(b, &c->visit, &number, e);
	if (code == ERR_NOT_FOUND || (code == ERR_OK && number != c->card))
		return err_set(e, ERR_CONFLICT, "the visit does not hold this card number");
	if (code != ERR_OK)
		return code;
	if (uuid_is_nil(&c->id))
		c->id = book_new_id(b);
	c->created_ms = book_now(b);
	struct query q = query_of(b, ST_CREDENTIAL_INSERT);
	put_uuid(&q, &c->id);
	put_uuid(&q, &c->visit);
	put_text(&q, c->controller);
	put_int(&q, c->card);
	put_text(&q, db_credential_state_name(c->state));
	put_int(&q, c->right_until_ms);
	put_int(&q, c->profile);
	put_int(&q, c->created_ms);
	put_time(&q, c->granted_ms);
	put_time(&q, c->read_back_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

static enum err_code read_one(struct query *q, struct db_credential *c, struct err *e)
{
	enum err_code code = query_row(q, e);
	if (code == ERR_OK)
		get_credential(q, c);
	return query_end(q, code, e);
}

static enum err_code read_list(
    struct query *q, struct db_credential *list, int max, int *n, struct err *e)
{
	enum err_code code;
	*n = 0;
	while ((code = query_row(q, e)) == ERR_OK && *n < max)
		get_credential(q, &list[(*n)++]);
	return query_end_list(q, code, e);
}

enum err_code db_credential_get(struct book *b, const struct uuid *visit, const struct uuid *id,
    struct db_credential *c, struct err *e)
{
	struct query q = query_of(b, ST_CREDENTIAL_GET);
	put_uuid(&q, visit);
	put_uuid(&q, id);
	return read_one(&q, c, e);
}

enum err_code db_credential_update(struct book *b, const struct db_credential *c, struct err *e)
{
	struct query q = query_of(b, ST_CREDENTIAL_UPDATE);
	put_uuid(&q, &c->visit);
	put_uuid(&q, &c->id);
	put_text(&q, db_credential_state_name(c->state));
	put_int(&q, c->right_until_ms);
	put_int(&q, c->profile);
	put_time(&q, c->granted_ms);
	put_time(&q, c->read_back_ms);
	put_stamp(&q);
	enum err_code code = query_run_one(&q, e);
	if (code != ERR_NOT_FOUND)
		return code;
	struct db_credential old;
	code = db_credential_get(b, &c->visit, &c->id, &old, e);
	return code == ERR_OK ? err_set(e, ERR_CONFLICT, "the credential is revoked") : code;
}

enum err_code db_credential_list(struct book *b, const struct uuid *visit,
    struct db_credential *list, int max, int *n, struct err *e)
{
	enum err_code code = ERR_OK;
	*n = 0;
	for (int revoked = 0; revoked < 2 && code == ERR_OK && *n < max; revoked++) {
		int more;
		struct query q = query_of(b, ST_CREDENTIAL_LIST);
		put_uuid(&q, visit);
		put_int(&q, revoked);
		code = read_list(&q, list + *n, max - *n, &more, e);
		*n += more;
	}
	return code;
}

enum err_code db_credential_list_live(struct book *b, const char *controller, int64_t after_card,
    struct db_credential *list, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_CREDENTIAL_LIST_LIVE);
	put_text(&q, controller);
	put_int(&q, after_card);
	put_int(&q, max);
	return read_list(&q, list, max, n, e);
}

enum err_code db_credential_list_due(struct book *b, int64_t now_ms,
    const struct db_credential *after, struct db_credential *list, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_CREDENTIAL_LIST_DUE);
	put_int(&q, now_ms);
	put_int(&q, after != NULL ? after->right_until_ms : INT64_MIN);
	put_edge(&q, after != NULL ? &after->id : NULL, false);
	put_int(&q, max);
	return read_list(&q, list, max, n, e);
}

enum err_code db_credential_next_due(struct book *b, int64_t *at_ms, struct err *e)
{
	struct query q = query_of(b, ST_CREDENTIAL_NEXT_DUE);
	return query_number(&q, at_ms, e);
}

enum err_code db_credential_count_staying(
    struct book *b, int64_t before_ms, int64_t *n, struct err *e)
{
	struct query q = query_of(b, ST_CREDENTIAL_COUNT_STAYING);
	put_int(&q, before_ms);
	return query_number(&q, n, e);
}
