#include "daemon/idem.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/server.h"

void idem_hash(uint8_t hash[DB_REQUEST_HASH], const char *method, const char *path,
    const char *body, size_t body_len)
{
	crypto_generichash_state st;
	crypto_generichash_init(&st, NULL, 0, DB_REQUEST_HASH);
	crypto_generichash_update(&st, (const unsigned char *)method, strlen(method) + 1);
	crypto_generichash_update(&st, (const unsigned char *)path, strlen(path) + 1);
	if (body_len)
		crypto_generichash_update(&st, (const unsigned char *)body, body_len);
	crypto_generichash_final(&st, hash, DB_REQUEST_HASH);
}

enum err_code idem_look(const struct request *rq, const uint8_t hash[DB_REQUEST_HASH], bool *known,
    int *status, char **own_text, struct err *e)
{
	char actor[DB_ACTOR_SZ];
	struct db_answer a = {0};
	request_actor(rq, actor);
	*known = false;
	enum err_code c = db_idempotency_get(rq->d->book, actor, &rq->key, &a, e);
	if (c == ERR_NOT_FOUND)
		return ERR_OK;
	if (c)
		return c;
	if (memcmp(a.hash, hash, DB_REQUEST_HASH) != 0) {
		free(a.own_text);
		return err_set(
		    e, ERR_CONFLICT, "this Idempotency-Key was used for another request");
	}
	*known = true;
	*status = a.status;
	*own_text = a.len ? mem_strdup(a.own_text) : NULL;
	free(a.own_text);
	return ERR_OK;
}

enum err_code idem_keep(const struct request *rq, const uint8_t hash[DB_REQUEST_HASH], int status,
    const char *text, struct err *e)
{
	char actor[DB_ACTOR_SZ], none[] = "";
	char *copy = text ? mem_strdup(text) : none;
	struct db_answer a = {.status = status, .own_text = copy, .len = strlen(copy)};
	memcpy(a.hash, hash, DB_REQUEST_HASH);
	request_actor(rq, actor);
	enum err_code c = db_idempotency_put(rq->d->book, actor, &rq->key, &a, e);
	if (text)
		free(copy);
	return c;
}
