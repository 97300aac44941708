/*
 * Idempotency: the answer that a key got, kept for 24 hours in the transaction that made it.
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
/* Forget at most limit answers given before before_ms. *n may be NULL. */
enum err_code db_idempotency_purge(
    struct book *b, int64_t before_ms, int limit, int *n, struct err *e) MUST_USE;

#endif
