#include <stdlib.h>
#include <string.h>

#include "daemon/http_int.h"

#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "daemon/stream.h"

enum { EXCHANGE_DRAIN = 4 * 1024 * 1024 };

static void suspend(struct exchange *x)
{
	x->suspended = true;
	MHD_suspend_connection(x->mhd);
}

static void resume(void *arg)
{
	struct exchange *x = arg;
	if (!x->suspended)
		return;
	x->suspended = false;
	MHD_resume_connection(x->mhd);
}

/* --- streams ----------------------------------------------------------------------------- */

static ssize_t stream_read(void *arg, uint64_t pos, char *buf, size_t max)
{
	(void)pos;
	struct exchange *x = arg;
	if (x->conn->http->stopping)
		return MHD_CONTENT_READER_END_OF_STREAM;
	ssize_t n = x->answer.own_stream->read(x->answer.own_stream, buf, max);
	if (n > 0)
		return n;
	if (n == STREAM_WAIT) {
		suspend(x);
		return 0;
	}
	return n == STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM
			       : MHD_CONTENT_READER_END_WITH_ERROR;
}

static struct MHD_Response *stream_response(struct exchange *x)
{
	struct stream *s = x->answer.own_stream;
	s->wake = resume;
	s->wake_arg = x;
	x->streaming = true;
	x->conn->streams++;
	struct MHD_Response *r =
	    MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, stream_read, x, NULL);
	if (r)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, s->type);
	return r;
}

/* --- the answer -------------------------------------------------------------------------- */

static struct MHD_Response *text_response(struct exchange *x)
{
	char *text = x->answer.own_text;
	size_t len = text ? strlen(text) : 0;
	if (len > HTTP_ANSWER_MOST) {
		log_error("%s: an answer of %zu bytes is too long to send",
		    x->route ? x->route->operation : "?", len);
		answer_fini(&x->answer);
		answer_error(
		    &x->answer, 503, "too-long", "the answer is longer than 1 MiB; ask for less");
		text = x->answer.own_text;
		len = strlen(text);
	}
	struct MHD_Response *r = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_COPY);
	if (r && len)
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	if (r && x->allow[0] && x->answer.status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, x->allow);
	return r;
}

static enum MHD_Result answer_send(struct exchange *x)
{
	x->conn->phase = CONN_ANSWER;
	struct MHD_Response *r = x->answer.own_stream ? stream_response(x) : text_response(x);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	log_debug("%s %d", x->route ? x->route->operation : "-", x->answer.status);
	enum MHD_Result ok = MHD_queue_response(x->mhd, (unsigned)x->answer.status, r);
	FAULT("request.answered");
	MHD_destroy_response(r);
	return ok;
}

static void answer_now(struct exchange *x, int status, const char *word, const char *message)
{
	answer_fini(&x->answer);
	answer_error(&x->answer, status, word, message);
	x->answered = true;
}

static void answer_no_role(struct exchange *x)
{
	if (!x->conn->kiosk[0] && !x->conn->sure) {
		answer_now(x, 503, "busy",
		    "the user database does not say who you are; ask again in a few seconds");
		return;
	}
	bool self = !x->conn->kiosk[0] && x->conn->peer.uid == geteuid();
	answer_now(x, 403, "no-role",
	    self ? "foyerd's own user has no role; act as another user"
		 : "foyer.conf gives you no role");
}

/* --- what is asked ----------------------------------------------------------------------- */

static void route_take(struct exchange *x, const char *method, const char *url)
{
	struct actor who;
	x->body_most = HTTP_BODY_MOST;
	if (!http_actor(x->conn, &who)) {
		answer_no_role(x);
		return;
	}
	switch (route_find(&x->route, x->param, method, url, who.roles, x->allow)) {
	case ROUTE_FOUND:
		if (x->route->flags & ROUTE_BIG)
			x->body_most = HTTP_BODY_BIG;
		break;
	case ROUTE_NO_PATH: answer_now(x, 404, "not-found", "there is no such path"); break;
	case ROUTE_NO_METHOD:
		answer_now(x, 405, "method", "this path does not take this method");
		break;
	case ROUTE_NO_ROLE: answer_now(x, 403, "denied", "none of your roles may do this"); break;
	}
}

static struct exchange *exchange_new(
    struct http *h, struct MHD_Connection *mhd, const char *method, const char *url)
{
	struct conn *conn = http_conn_of(h, mhd);
	if (!conn)
		return NULL;
	struct exchange *x = mem_new(1, sizeof *x);
	x->conn = conn;
	x->mhd = mhd;
	x->next = h->exchanges;
	h->exchanges = x;
	conn->phase = CONN_BODY;
	conn->since_ms = clock_mono(&h->d->clock);
	route_take(x, method, url);
	x->body.max = x->body_most;
	return x;
}

struct queries {
	struct call *call;
	bool too_many;
};

static enum MHD_Result query_take(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	struct queries *q = arg;
	if (q->call->n_query == REQUEST_QUERIES) {
		q->too_many = true;
		return MHD_NO;
	}
	q->call->query[q->call->n_query][0] = name;
	q->call->query[q->call->n_query++][1] = value ? value : "";
	return MHD_YES;
}

/* A later answer became ready, or will never. */
static void later_take(struct exchange *x)
{
	struct later *l = x->answer.later;
	x->answer.later = NULL;
	if (l->answered) {
		json_t *obj = l->answer;
		int status = l->status;
		l->answer = NULL;
		answer_object(&x->answer, status, obj);
	} else {
		answer_error(&x->answer, 503, "stopping", "foyerd is stopping");
	}
	later_abandon(l);
	x->answered = true;
}

static enum MHD_Result ask(struct exchange *x, const char *url)
{
	struct http *h = x->conn->http;
	struct call call = {.route = x->route,
	    .param = x->param,
	    .path = url,
	    .body = x->body.data,
	    .body_len = x->body.len};
	struct queries q = {.call = &call};
	if (h->stopping) {
		answer_now(x, 503, "stopping", "foyerd is stopping");
		return answer_send(x);
	}
	if (!http_actor(x->conn, &call.actor)) {
		answer_no_role(x);
		return answer_send(x);
	}
	call.key = MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, "Idempotency-Key");
	MHD_get_connection_values(x->mhd, MHD_GET_ARGUMENT_KIND, query_take, &q);
	if (q.too_many) {
		answer_now(x, 400, "input", "more query parameters than any path takes");
		return answer_send(x);
	}
	FAULT("request.read");
	dispatch(h->d, &call, &x->answer);
	if (x->answer.own_stream && http_streams(x->conn) >= HTTP_STREAMS_PER_PEER)
		answer_now(
		    x, 429, "too-many-streams", "this peer has as many streams as it may have");
	if (x->answer.later && !x->answer.later->answered) {
		x->conn->phase = CONN_ANSWER;
		x->answer.later->ready = resume;
		x->answer.later->arg = x;
		suspend(x);
		return MHD_YES;
	}
	if (x->answer.later)
		later_take(x);
	x->answered = true;
	return answer_send(x);
}

/* libmicrohttpd calls this with the head (no data, first), for each piece of the body, and once
 * more when all has come (data_len 0); after a resume it calls with data_len 0 again. A response
 * may be queued in the first and in the last kind of call only. */
enum MHD_Result exchange_access(void *arg, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *data_len, void **ctx)
{
	(void)version;
	struct exchange *x = *ctx;
	if (!x) {
		x = exchange_new(arg, mhd, method, url);
		*ctx = x;
		if (!x)
			return MHD_NO;
		const char *len = MHD_lookup_connection_value(
		    mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
		x->too_big = len && (strlen(len) > 9 || strtoul(len, NULL, 10) > x->body_most);
		/* A little too much is read and forgotten, so that who sent it hears why. */
		if (x->too_big && (strlen(len) > 9 || strtoul(len, NULL, 10) > EXCHANGE_DRAIN)) {
			answer_now(x, 413, "too-long", "the body is longer than this path takes");
			return answer_send(x);
		}
		return MHD_YES;
	}
	if (*data_len) {
		if (!x->too_big && !x->answered && !str_buf_add(&x->body, data, *data_len))
			x->too_big = true;
		*data_len = 0;
		return MHD_YES;
	}
	if (x->answer.later)
		later_take(x);
	else if (x->too_big)
		answer_now(x, 413, "too-long", "the body is longer than this path takes");
	return x->answered ? answer_send(x) : ask(x, url);
}

void exchange_completed(
    void *arg, struct MHD_Connection *mhd, void **ctx, enum MHD_RequestTerminationCode why)
{
	(void)mhd;
	(void)why;
	struct http *h = arg;
	struct exchange *x = *ctx;
	*ctx = NULL;
	if (!x)
		return;
	for (struct exchange **at = &h->exchanges; *at; at = &(*at)->next) {
		if (*at == x) {
			*at = x->next;
			break;
		}
	}
	if (x->streaming)
		x->conn->streams--;
	x->conn->phase = CONN_HEAD;
	x->conn->since_ms = clock_mono(&h->d->clock);
	answer_fini(&x->answer);
	str_buf_fini(&x->body);
	free(x);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986 §2.1. %00 and a malformed escape become U+FFFD, as long as they: no string may end
 * early, none may grow. */
size_t exchange_unescape(void *arg, struct MHD_Connection *mhd, char *s)
{
	(void)arg;
	(void)mhd;
	char *w = s;
	for (const char *r = s; *r;) {
		if (*r != '%') {
			*w++ = *r++;
			continue;
		}
		int hi = r[1] ? hex(r[1]) : -1, lo = r[1] && r[2] ? hex(r[2]) : -1;
		if (hi >= 0 && lo >= 0 && (hi || lo)) {
			*w++ = (char)(hi * 16 + lo);
			r += 3;
		} else if (r[1] && r[2]) {
			memcpy(w, "\xef\xbf\xbd", 3);
			w += 3;
			r += 3;
		} else {
			*w++ = '?';
			r++;
		}
	}
	*w = 0;
	return (size_t)(w - s);
}

void exchange_stop_all(struct http *h)
{
	for (struct exchange *x = h->exchanges; x; x = x->next)
		resume(x);
}
