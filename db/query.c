#include "db/query.h"

#include <string.h>

#include "base/str.h"

struct query query_of(struct book *b, enum statement s)
{
	struct query q = {.book = b, .st = b->st[s]};
	/* A statement left busy, or a write outside its transaction, is a mistake of the caller. */
	if (sqlite3_stmt_busy(q.st) || (!sqlite3_stmt_readonly(q.st) && b->tx != BOOK_TX_WRITE))
		q.code = ERR_BUG;
	return q;
}

static void check(struct query *q, int rc)
{
	if (rc != SQLITE_OK && q->code == ERR_OK)
		q->code = rc == SQLITE_TOOBIG  ? ERR_TOO_LONG
			  : rc == SQLITE_NOMEM ? ERR_NO_SPACE
					       : ERR_BUG;
}

void put_int(struct query *q, int64_t v)
{
	check(q, sqlite3_bind_int64(q->st, ++q->in, v));
}

void put_time(struct query *q, int64_t ms)
{
	check(q,
	    ms == 0 ? sqlite3_bind_null(q->st, ++q->in) : sqlite3_bind_int64(q->st, ++q->in, ms));
}

void put_text(struct query *q, const char *s)
{
	check(q, sqlite3_bind_text(q->st, ++q->in, s == NULL ? "" : s, -1, SQLITE_STATIC));
}

void put_uuid(struct query *q, const struct uuid *u)
{
	bool none = u == NULL || uuid_is_nil(u);
	check(q, none ? sqlite3_bind_null(q->st, ++q->in)
		      : sqlite3_bind_blob(q->st, ++q->in, u->b, sizeof u->b, SQLITE_TRANSIENT));
}

void put_edge(struct query *q, const struct uuid *u, bool newest_first)
{
	struct uuid edge;
	memset(edge.b, newest_first ? 0xff : 0, sizeof edge.b);
	if (u != NULL && !uuid_is_nil(u))
		edge = *u;
	check(q, sqlite3_bind_blob(q->st, ++q->in, edge.b, sizeof edge.b, SQLITE_TRANSIENT));
}

void put_blob(struct query *q, const void *p, size_t n)
{
	check(q, n == 0 ? sqlite3_bind_zeroblob(q->st, ++q->in, 0)
			: sqlite3_bind_blob64(q->st, ++q->in, p, n, SQLITE_STATIC));
}

void put_stamp(struct query *q)
{
	put_int(q, q->book->node);
	put_int(q, ++q->book->now.rev);
}

enum err_code query_row(struct query *q, struct err *e)
{
	if (q->book->poisoned)
		return err_set(
		    e, ERR_IO, "the book is closed after a failed write; it must be opened again");
	if (q->code == ERR_BUG)
		return err_set(e, ERR_BUG, "a statement was used out of place");
	if (q->code != ERR_OK)
		return err_set(e, q->code,
		    q->code == ERR_NO_SPACE ? "out of memory" : "a value is too long or damaged");
	int rc = sqlite3_step(q->st);
	if (rc == SQLITE_ROW) {
		q->out = 0;
		return ERR_OK;
	}
	q->done = rc == SQLITE_DONE;
	if (q->done)
		return err_set(e, ERR_NOT_FOUND, "there is no such row");
	return book_error(q->book, rc, "the book answers", e);
}

enum err_code query_end(struct query *q, enum err_code code, struct err *e)
{
	/* Misuse of a busy statement must not reset the query that uses it. */
	if (q->code == ERR_BUG)
		return err_set(e, ERR_BUG, "a statement was used out of place");
	(void)sqlite3_reset(q->st); /* repeats the error of the last step, which was told */
	(void)sqlite3_clear_bindings(q->st);
	if (code == ERR_OK && q->code != ERR_OK)
		return err_set(e, q->code,
		    q->code == ERR_NO_SPACE ? "out of memory"
					    : "a column of the book is not what it should be");
	return code;
}

enum err_code query_end_list(struct query *q, enum err_code code, struct err *e)
{
	return query_end(q, code == ERR_NOT_FOUND && q->done ? ERR_OK : code, e);
}

enum err_code query_run(struct query *q, struct err *e)
{
	enum err_code code;
	while ((code = query_row(q, e)) == ERR_OK)
		continue;
	return query_end_list(q, code, e);
}

enum err_code query_run_one(struct query *q, struct err *e)
{
	enum err_code code = query_run(q, e);
	if (code == ERR_OK && sqlite3_changes(q->book->db) == 0)
		code = err_set(e, ERR_NOT_FOUND, "there is no such row");
	return code;
}

/* A column is not what it should be, or there was no memory to read it with. */
static void damaged(struct query *q)
{
	if (q->code == ERR_OK)
		q->code = sqlite3_errcode(q->book->db) == SQLITE_NOMEM ? ERR_NO_SPACE : ERR_CORRUPT;
}

int64_t get_int(struct query *q)
{
	int col = q->out++;
	if (sqlite3_column_type(q->st, col) != SQLITE_INTEGER) {
		damaged(q);
		return 0;
	}
	return sqlite3_column_int64(q->st, col);
}

int64_t get_time(struct query *q)
{
	if (sqlite3_column_type(q->st, q->out) == SQLITE_NULL) {
		q->out++;
		return 0;
	}
	return get_int(q);
}

bool get_flag(struct query *q)
{
	return get_int(q) != 0;
}

void get_text(struct query *q, char *dst, size_t dst_sz)
{
	int col = q->out++;
	dst[0] = '\0';
	int type = sqlite3_column_type(q->st, col);
	if (type == SQLITE_NULL)
		return;
	const char *s = (const char *)sqlite3_column_text(q->st, col);
	if (type != SQLITE_TEXT || s == NULL ||
	    strlen(s) != (size_t)sqlite3_column_bytes(q->st, col) || !str_copy(dst, dst_sz, s))
		damaged(q);
}

const void *get_bytes(struct query *q, size_t *n)
{
	int col = q->out++;
	int type = sqlite3_column_type(q->st, col);
	const void *p = type == SQLITE_TEXT ? (const void *)sqlite3_column_text(q->st, col)
					    : sqlite3_column_blob(q->st, col);
	*n = (size_t)sqlite3_column_bytes(q->st, col);
	if (p == NULL && (type == SQLITE_TEXT || sqlite3_errcode(q->book->db) == SQLITE_NOMEM)) {
		damaged(q);
		*n = 0;
	}
	return p;
}

const void *get_blob_bytes(struct query *q, size_t *n)
{
	if (sqlite3_column_type(q->st, q->out) != SQLITE_BLOB)
		damaged(q);
	return get_bytes(q, n);
}

void get_blob(struct query *q, void *dst, size_t n)
{
	size_t have;
	const void *p = get_blob_bytes(q, &have);
	if (p == NULL || have != n) {
		memset(dst, 0, n);
		damaged(q);
		return;
	}
	memcpy(dst, p, n);
}

void get_uuid(struct query *q, struct uuid *u)
{
	if (sqlite3_column_type(q->st, q->out) == SQLITE_NULL) {
		q->out++;
		memset(u, 0, sizeof *u);
		return;
	}
	get_blob(q, u->b, sizeof u->b);
}

int get_word(struct query *q, const char *const *words, int n)
{
	const char *s = (const char *)sqlite3_column_text(q->st, q->out++);
	for (int i = 0; s != NULL && i < n; i++) {
		if (strcmp(words[i], s) == 0)
			return i;
	}
	damaged(q);
	return 0;
}

enum err_code query_number(struct query *q, int64_t *v, struct err *e)
{
	enum err_code code = query_row(q, e);
	if (code == ERR_OK)
		*v = get_int(q);
	return query_end(q, code, e);
}

enum err_code tombstone(
    struct book *b, const char *table, const struct uuid *id, const char *part, struct err *e)
{
	struct query q = query_of(b, ST_TOMBSTONE_INSERT);
	put_stamp(&q);
	put_text(&q, table);
	put_uuid(&q, id);
	put_text(&q, part);
	put_int(&q, book_now(b));
	return query_run(&q, e);
}
