/*
 * foyerd's API over its Unix socket: a small bounded HTTP/1.1 client that a poll loop drives. It hides sockets, framing, time-outs and
 * the reconnecting.
 *
 * One connection carries requests one after another and is kept; a second carries at most one stream. Nothing blocks: callbacks
 * run inside client_step alone, each request's exactly once, unless it is cancelled. A request on a kept connection that foyerd had just
 * closed is sent again, once: safe, because every request that changes something carries an Idempotency-Key.
 *
 * Times are monotonic milliseconds, given by the caller. Requests hold personal data: buffers are cleared before they are freed.
 */
#ifndef KIOSK_CLIENT_CLIENT_H
#define KIOSK_CLIENT_CLIENT_H

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	CLIENT_POLLFDS = 2,
	CLIENT_QUEUE = 8,
	CLIENT_ANSWER_MAX = 1024 * 1024,
	CLIENT_ERROR_MAX = 64 * 1024,
	CLIENT_TARGET_SZ = 2048
};

struct client; /* client_new → client_free */

/* What to ask. All strings are copied. */
struct client_ask {
	const char *method; /* "GET", "POST", "PUT", "DELETE" */
	const char *target; /* "/v1/hosts?q=ann": build the query with client_target_add */
	const char *body; /* JSON text, or NULL */
	const char *key; /* Idempotency-Key, or NULL */
	int64_t timeout_ms; /* of the whole exchange; of silence for a stream */
};

/* What came. Borrowed for the callback's time. */
struct client_answer {
	enum err_code
	    code; /* ERR_OK: an answer with any status came. Else UNREACHABLE, TIMEOUT, PROTOCOL or TOO_LONG, and status is 0 */
	int status;
	const json_t *json; /* the body, an object; NULL if there was none */
	const char *why; /* one line for the log where code is not ERR_OK */
};
typedef void client_done(void *arg, const struct client_answer *a);

struct client *client_new(const char *socket_path);
void client_free(struct client *own_c);

/* Ask; answers the request's number, or 0 where CLIENT_QUEUE requests wait already or the ask is malformed. */
uint32_t client_request(
    struct client *c, const struct client_ask *ask, client_done *done, void *arg, int64_t now_ms);

/* A stream: the body of a 200 answer goes to `bytes` piece by piece (false ends it; it may call nothing here), then `end` is told how it ended. Any other status ends it
 * at once with its JSON. A new stream ends the one before without a call. */
struct client_sink {
	bool (*bytes)(void *arg, const char *bytes, size_t n);
	client_done *end;
	void *arg;
};
void client_stream(
    struct client *c, const struct client_ask *ask, const struct client_sink *sink, int64_t now_ms);
void client_stream_stop(struct client *c);

/* The kept connection stands. It falls to false as soon as foyerd closes it or dies, without a request (within client_step). */
bool client_connected(const struct client *c);

/* The poll loop: descriptors in (at most CLIENT_POLLFDS, the number is answered), results out. client_next_ms is when client_step wants to be called
 * without any: INT64_MIN for at once, INT64_MAX for never. */
int client_pollfds(const struct client *c, struct pollfd *fds);
int64_t client_next_ms(const struct client *c);
void client_step(struct client *c, const struct pollfd *fds, int n, int64_t now_ms);

/* Append "?name=value" or "&name=value" to a target of CLIENT_TARGET_SZ bytes, percent-encoded (RFC 3986). False: it did not fit, target is unchanged. */
bool client_target_add(char *target, const char *name, const char *value);

/* --- for a command line: the same, waiting ----------------------------------------------- */

struct client_reply {
	int status;
	json_t *own_json; /* json_decref; NULL if the answer had no body */
};
/* Ask and wait. ERR_OK: an answer with any status came. */
enum err_code client_call(const char *socket_path, const struct client_ask *ask,
    struct client_reply *r, struct err *e) MUST_USE;
/* Ask and hand the body of a 200 answer to bytes(arg, …) as it comes; other answers land in *r. */
enum err_code client_call_stream(const char *socket_path, const struct client_ask *ask,
    const struct client_sink *sink, struct client_reply *r, struct err *e) MUST_USE;

#endif
