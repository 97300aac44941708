/*
 * Idempotency: the answer that a key got, kept for 24 hours in the transaction that made it; less where visitors are kept for less.
 */
#ifndef DB_IDEMPOTENCY_H
#define DB_IDEMPOTENCY_H

#include "db/book.h"

enum { DB_REQUEST_HASH = 32, DB_ANSWER_MAX = 256 * 1024 };

struct db_answer {
	int status; /* HTTP */
	char *own_text; /* malloc'ed: free */
	size_t len;
	uint8_t hash[DB_REQUEST_HASH]; /* of the request that got it */
};

/* actor: whose key it is. ERR_NOT_FOUND: a new key. The caller compares the hash. */
enum err_code db_idempotency_get(struct book *b, const char *actor, const struct uuid *key,
    struct db_answer *a, struct err *e) MUST_USE;
/* ERR_CONFLICT: the key is used. own_text is only read. */
enum err_code db_idempotency_put(struct book *b, const char *actor, const struct uuid *key,
    const struct db_answer *a, struct err *e) MUST_USE;
/* The newest answer to actor, given at since_ms or later, in which these words stand; *at_ms: when it was
 * given. own_text and len alone are filled. ERR_NOT_FOUND: none. */
struct db_answer_query {
	const char *actor, *words;
	int64_t since_ms;
};
enum err_code db_idempotency_find(struct book *b, const struct db_answer_query *what,
    struct db_answer *a, int64_t *at_ms, struct err *e) MUST_USE;
/* Forget at most limit answers given before before_ms. *n may be NULL. */
enum err_code db_idempotency_purge(
    struct book *b, int64_t before_ms, int limit, int *n, struct err *e) MUST_USE;

#endif
