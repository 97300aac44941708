/*
 * Idempotency: the same key and the same request get the same answer, stored with what it did. It
 * hides the request's hash.
 */
#ifndef DAEMON_IDEM_H
#define DAEMON_IDEM_H

#include <stdint.h>

#include "daemon/request.h"
#include "db/idempotency.h"

/* BLAKE2b-256 over method, path and body, each ended by a zero byte (the body comes last, so it
 * may hold any). */
void idem_hash(uint8_t hash[DB_REQUEST_HASH], const char *method, const char *path,
    const char *body, size_t body_len);

/* Within the write transaction. *known: the key was used, and *own_text and *status are the
 * answer then. ERR_CONFLICT: by another request. */
enum err_code idem_look(const struct request *rq, const uint8_t hash[DB_REQUEST_HASH], bool *known,
    int *status, char **own_text, struct err *e) MUST_USE;
enum err_code idem_keep(const struct request *rq, const uint8_t hash[DB_REQUEST_HASH], int status,
    const char *text, struct err *e) MUST_USE;

#endif
