#include "db/idempotency.h"

#include <string.h>

#include "base/str.h"
#include "db/query.h"

enum err_code db_idempotency_get(
    struct book *b, const char *actor, const struct uuid *key, struct db_answer *a, struct err *e)
{
	memset(a, 0, sizeof *a);
	struct query q = query_of(b, ST_ANSWER_GET);
	put_uuid(&q, key);
	put_text(&q, actor);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		a->status = (int)get_int(&q);
		const void *p = get_bytes(&q, &a->len);
		a->own_text = mem_new(a->len + 1, 1);
		if (a->len > 0)
			memcpy(a->own_text, p, a->len);
		get_blob(&q, a->hash, sizeof a->hash);
	}
	return query_end(&q, code, e);
}

enum err_code db_idempotency_put(struct book *b, const char *actor, const struct uuid *key,
    const struct db_answer *a, struct err *e)
{
	if (a->len > DB_ANSWER_MAX)
		return err_set(
		    e, ERR_TOO_LONG, "an answer is at most %d bytes long", DB_ANSWER_MAX);
	struct query q = query_of(b, ST_ANSWER_PUT);
	put_uuid(&q, key);
	put_text(&q, actor);
	put_blob(&q, a->hash, sizeof a->hash);
	put_int(&q, a->status);
	put_text(&q, a->own_text);
	put_int(&q, book_now(b));
	return query_run(&q, e);
}

enum err_code db_idempotency_find(struct book *b, const struct db_answer_query *what,
    struct db_answer *a, int64_t *at_ms, struct err *e)
{
	char actor[DB_ACTOR_SZ];
	memset(a, 0, sizeof *a);
	struct query q = query_of(b, ST_ANSWER_NEWEST);
	enum err_code code;
	while ((code = query_row(&q, e)) == ERR_OK) {
		size_t len;
		*at_ms = get_int(&q);
		if (*at_ms < what->since_ms)
			break;
		get_text(&q, actor, sizeof actor);
		const void *p = get_bytes(&q, &len);
		if (strcmp(actor, what->actor) != 0 ||
		    memmem(p, len, what->words, strlen(what->words)) == NULL)
			continue;
		a->len = len;
		a->own_text = mem_new(len + 1, 1);
		memcpy(a->own_text, p, len);
		return query_end(&q, ERR_OK, e);
	}
	if (code == ERR_OK) /* this one is too old, and so is the rest */
		code = err_set(e, ERR_NOT_FOUND, "no such answer");
	return query_end(&q, code, e);
}

enum err_code db_idempotency_purge(
    struct book *b, int64_t before_ms, int limit, int *n, struct err *e)
{
	struct query q = query_of(b, ST_ANSWER_PURGE);
	put_int(&q, before_ms);
	put_int(&q, limit);
	enum err_code code = query_run(&q, e);
	if (n != NULL)
		*n = code == ERR_OK ? sqlite3_changes(b->db) : 0;
	return code;
}
