/*
 * One request as a handler sees it: who asks, what for, and the three ways to answer. It hides
 * HTTP, sockets, bodies, idempotency and the transaction around a write.
 *
 * A handler is called once, with the whole body read and parsed, after the route table has let the
 * actor in. It borrows everything in struct request until it returns. It answers exactly once, with
 * request_reply or request_refuse, and returns ERR_OK; or it returns a code and fills *e, which the
 * server turns into a status and {"error": word, "message": e->msg}:
 *
 *   ERR_INPUT 400     ERR_TOO_LONG 400  ERR_DENIED 403    ERR_NOT_FOUND 404  ERR_CONFLICT 409
 *   ERR_REJECTED 422  ERR_TOO_MANY 429  ERR_BUG aborts the program       everything else 503
 *
 * A route with ROUTE_WRITES runs inside BEGIN IMMEDIATE … COMMIT; the handler neither begins nor
 * commits. The answer is sent after the COMMIT and stored with it under the Idempotency-Key. A
 * returned code or a request_refuse rolls back. Counters that must survive a rollback live in
 * memory (guard.h). Every other route reads one snapshot of the book, unless it is ROUTE_STREAM or
 * ROUTE_BOOKLESS.
 */
#ifndef DAEMON_REQUEST_H
#define DAEMON_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/uuid.h"
#include "db/book.h"

struct foyerd;
struct route;
struct stream; /* daemon/stream.h: an answer in pieces */
struct later; /* daemon/stream.h: an answer that comes afterwards */

#define ROLE(name) (1u << CONF_ROLE_##name)

/* Who asks. Either a kiosk (roles == ROLE(KIOSK)) or a person. */
struct actor {
	unsigned roles;
	const struct conf_kiosk *kiosk; /* NULL for a person */
	uid_t uid; /* a person's */
	char user[TEXT_WORD_SZ]; /* a person's login name; never for the log or the journal */
	struct uuid staff; /* a person's random id; nil in a route that does not write */
};
static inline bool actor_is(const struct actor *a, unsigned any_of)
{
	return (a->roles & any_of) != 0;
}

enum { REQUEST_PARAM_SZ = 256, REQUEST_QUERIES = 12, REQUEST_LIMIT = 50, REQUEST_LIMIT_MOST = 200 };

struct request {
	struct foyerd *d;
	const struct route *route;
	struct actor actor;
	int64_t now_ms; /* max(wall clock, last committed time): use this and no other */
	char param
	    [REQUEST_PARAM_SZ]; /* what stood at {id}, {name}, {uid} or {token}; "" for a route without */
	json_t *body; /* borrowed; an object, {} where the request had none; NULL for GET */
	struct uuid key; /* Idempotency-Key; nil where the route has none */
	struct {
		const char *name, *value;
	} query[REQUEST_QUERIES]; /* percent-decoded, valid until the handler returns */
	int n_query;
	/* The answer so far: the server's. */
	json_t *answer;
	struct stream *stream;
	struct later *later;
	int status;
	bool refused;
};

/* --- what came --------------------------------------------------------------------------- */

/* NULL if absent. As it came: not cleaned. */
const char *request_query(const struct request *rq, const char *name);
/* Cleaned text; an absent or empty one leaves dst "". ERR_INPUT, ERR_TOO_LONG. */
enum err_code request_query_text(
    const struct request *rq, const char *name, char *dst, size_t dst_sz, struct err *e) MUST_USE;
/* An absent one leaves *dst as the caller set it. */
enum err_code request_query_int(const struct request *rq, const char *name, int64_t *dst,
    int64_t min, int64_t max, struct err *e) MUST_USE;
enum err_code request_query_bool(
    const struct request *rq, const char *name, bool *dst, struct err *e) MUST_USE;
enum err_code request_query_uuid(
    const struct request *rq, const char *name, struct uuid *dst, struct err *e) MUST_USE;
/* ?limit= (1..200, default 50). */
enum err_code request_limit(const struct request *rq, int *limit, struct err *e) MUST_USE;
/* The {id} of the path as a UUID; ERR_NOT_FOUND if it is none. */
enum err_code request_id(const struct request *rq, struct uuid *id, struct err *e) MUST_USE;
/* {"reason": "…"} of a body with nothing else in it. */
enum err_code request_reason(
    const struct request *rq, bool required, char dst[TEXT_REASON_SZ], struct err *e) MUST_USE;

/* Who this is for the journal and the book: "kiosk:NAME" or "staff:UUID". */
void request_actor(const struct request *rq, char dst[DB_ACTOR_SZ]);

/* --- the answer -------------------------------------------------------------------------- */

/* Answer with an object (NULL: no content). Takes own_obj. Returns ERR_OK, for `return
 * request_reply(…)`. */
enum err_code request_reply(struct request *rq, int status, json_t *own_obj);
/* {"error": word, "message": message}; rolls back a write. Returns ERR_OK. */
enum err_code request_refuse(struct request *rq, int status, const char *word, const char *message);
/* The same with further members merged in (takes own_more): {"error":"too-early", "message":…,
 * "from_ms":…}. */
enum err_code request_refuse_with(
    struct request *rq, int status, const char *word, const char *message, json_t *own_more);

/* {"items": own_items, "next": cursor or null}. */
json_t *request_list(json_t *own_items, const char *next);

#endif
