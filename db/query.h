/*
 * One run of one statement: parameters go in in order, columns come out in order, typed. It hides
 * sqlite3_bind and sqlite3_column. Internal to db/.
 *
 *   struct query q = query_of(b, ST_X);
 *   put_uuid(&q, id);
 *   enum err_code code = query_row(&q, e);	ERR_OK: a row; ERR_NOT_FOUND: no more
 *   if (code == ERR_OK) { n = get_int(&q); … }
 *   return query_end(&q, code, e);		always; ERR_CORRUPT where a column was not what its getter expects
 *
 * A statement is in use by at most one query at a time. Texts are bound by pointer: they live until
 * query_end.
 */
#ifndef DB_QUERY_H
#define DB_QUERY_H

#include "db/book_private.h"
#include "db/statement.h"

struct query {
	struct book *book;
	sqlite3_stmt *st;
	int in, out;
	bool done; /* it ran to its end: that ERR_NOT_FOUND says no more than this */
	enum err_code code; /* first thing that went wrong with a parameter or a column */
};

struct query query_of(struct book *b, enum statement s);

void put_int(struct query *q, int64_t v);
void put_time(struct query *q, int64_t ms); /* 0 → NULL */
void put_text(struct query *q, const char *s); /* NULL → '' */
void put_uuid(struct query *q, const struct uuid *u); /* nil → NULL */
void put_edge(struct query *q, const struct uuid *u,
    bool newest_first); /* a list's cursor: nil or NULL → where the list begins */
void put_blob(struct query *q, const void *p, size_t n);
void put_stamp(struct query *q); /* two parameters: owner_node, the next rev */

enum err_code query_row(struct query *q, struct err *e) MUST_USE;
/* Run a statement that answers no row, and end it. */
enum err_code query_run(struct query *q, struct err *e) MUST_USE;
/* The same, and ERR_NOT_FOUND where it changed nothing. */
enum err_code query_run_one(struct query *q, struct err *e) MUST_USE;
enum err_code query_end(struct query *q, enum err_code code, struct err *e) MUST_USE;
/* For a loop `while ((code = query_row(…)) == ERR_OK) …`: running out of rows is its good end. */
enum err_code query_end_list(struct query *q, enum err_code code, struct err *e) MUST_USE;

int64_t get_int(struct query *q);
int64_t get_time(struct query *q); /* NULL → 0 */
bool get_flag(struct query *q);
void get_text(struct query *q, char *dst, size_t dst_sz); /* NULL → "" */
void get_uuid(struct query *q, struct uuid *u); /* NULL → nil */
void get_blob(struct query *q, void *dst, size_t n); /* exactly n bytes */
/* Valid until the next query call: a text or a blob; a blob alone. */
const void *get_bytes(struct query *q, size_t *n);
const void *get_blob_bytes(struct query *q, size_t *n);
int get_word(struct query *q, const char *const *words, int n); /* index of the word */

/* One number, for a statement whose parameters are bound; ends it. */
enum err_code query_number(struct query *q, int64_t *v, struct err *e) MUST_USE;

/* The deletion of a row, for the other nodes. */
enum err_code tombstone(struct book *b, const char *table, const struct uuid *id, const char *part,
    struct err *e) MUST_USE;

#endif
