#include "kiosk/client/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "base/str.h"
#include "kiosk/client/http.h"

enum { READ_SZ = 16 * 1024, READS_A_STEP = 16, REQUEST_MAX = 2 * 1024 * 1024 + 64 * 1024 };

struct request {
	uint32_t id;
	struct str_buf bytes;
	int64_t timeout_ms, deadline_ms;
	client_done *done; /* NULL: cancelled, its answer is thrown away */
	void *arg;
};

struct conn {
	int fd; /* -1: none */
	size_t sent;
	bool kept; /* carried an answer before this request */
	bool heard; /* a byte of the present answer came */
	struct http_answer http;
	struct str_buf body;
};

struct client {
	struct sockaddr_un addr;
	bool path_ok;
	struct conn main, stream;
	struct request queue[CLIENT_QUEUE]; /* [0] is under way when `busy` */
	int n;
	bool busy;
	uint32_t last_id;
	struct request stream_request; /* id 0: no stream */
	struct client_sink sink;
};

static bool main_body(void *arg, const char *bytes, size_t n)
{
	struct client *c = arg;
	return str_buf_add(&c->main.body, bytes, n);
}

static bool stream_body(void *arg, const char *bytes, size_t n)
{
	struct client *c = arg;
	if (c->stream.http.status == 200)
		return c->sink.bytes(c->sink.arg, bytes, n);
	return str_buf_add(&c->stream.body, bytes, n);
}

struct client *client_new(const char *socket_path)
{
	struct client *c = mem_new(1, sizeof *c);
	c->addr.sun_family = AF_UNIX;
	c->path_ok = str_copy(c->addr.sun_path, sizeof c->addr.sun_path, socket_path);
	c->main.fd = c->stream.fd = -1;
	c->main.body.max = CLIENT_ANSWER_MAX;
	c->stream.body.max = CLIENT_ERROR_MAX;
	return c;
}

static void conn_close(struct conn *k)
{
	if (k->fd >= 0)
		close(k->fd);
	k->fd = -1;
	k->kept = false;
	str_buf_clear(&k->body);
	explicit_bzero(&k->http, sizeof k->http);
}

static void request_fini(struct request *r)
{
	str_buf_fini(&r->bytes);
	*r = (struct request){0};
}

void client_free(struct client *own_c)
{
	if (own_c == NULL)
		return;
	conn_close(&own_c->main);
	conn_close(&own_c->stream);
	for (int i = 0; i < own_c->n; i++)
		request_fini(&own_c->queue[i]);
	request_fini(&own_c->stream_request);
	str_buf_fini(&own_c->main.body);
	str_buf_fini(&own_c->stream.body);
	free(own_c);
}

/* --- requests ---------------------------------------------------------------------------- */

static bool one_line(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return false;
	return true;
}

static bool request_init(struct request *r, const struct client_ask *ask, int64_t now_ms)
{
	*r = (struct request){
	    .timeout_ms = ask->timeout_ms, .deadline_ms = now_ms + ask->timeout_ms};
	r->bytes.max = REQUEST_MAX;
	if (!one_line(ask->method) || ask->target[0] != '/' || !one_line(ask->target) ||
	    (ask->key != NULL && !one_line(ask->key)))
		return false;
	struct str_buf *b = &r->bytes;
	bool ok = str_buf_print(b, "%s %s HTTP/1.1\r\nHost: foyer\r\nAccept: application/json\r\n",
	    ask->method, ask->target);
	if (ask->key != NULL)
		ok = ok && str_buf_print(b, "Idempotency-Key: %s\r\n", ask->key);
	if (ask->body != NULL)
		ok = ok && str_buf_print(b, "Content-Type: application/json\r\n");
	if (ask->body != NULL || !str_eq(ask->method, "GET")) /* RFC 9110 §8.6 */
		ok = ok && str_buf_print(b, "Content-Length: %zu\r\n",
			       ask->body != NULL ? strlen(ask->body) : 0);
	ok = ok && str_buf_add(b, "\r\n", 2);
	if (ask->body != NULL)
		ok = ok && str_buf_add(b, ask->body, strlen(ask->body));
	if (!ok)
		str_buf_fini(b);
	return ok;
}

uint32_t client_request(
    struct client *c, const struct client_ask *ask, client_done *done, void *arg, int64_t now_ms)
{
	struct request *r = &c->queue[c->n];
	if (c->n == CLIENT_QUEUE || !request_init(r, ask, now_ms))
		return 0;
	if (++c->last_id == 0)
		c->last_id = 1;
	r->id = c->last_id;
	r->done = done;
	r->arg = arg;
	c->n++;
	return r->id;
}

static void queue_drop(struct client *c, int i)
{
	request_fini(&c->queue[i]);
	memmove(&c->queue[i], &c->queue[i + 1], (size_t)(c->n - i - 1) * sizeof c->queue[0]);
	c->n--;
}

static const char *code_why(enum err_code code)
{
	return code == ERR_TIMEOUT ? "foyerd did not answer in time" : "foyerd is not there";
}

/* The request at the head is over: forget it first, then tell, since the callback may ask anew. */
static void main_over(struct client *c, struct client_answer *a)
{
	client_done *done = c->queue[0].done;
	void *arg = c->queue[0].arg;
	json_t *json = NULL;
	struct err e = {0};
	if (a->code == ERR_OK && c->main.body.len > 0) {
		a->code = json_parse_object(
		    &json, c->main.body.data, c->main.body.len, CLIENT_ANSWER_MAX, &e);
		if (a->code != ERR_OK)
			*a = (struct client_answer){.code = ERR_PROTOCOL, .why = e.msg};
	}
	a->json = json;
	str_buf_clear(&c->main.body);
	queue_drop(c, 0);
	c->busy = false;
	if (done != NULL)
		done(arg, a);
	json_decref(json);
}

static void main_fail(struct client *c, enum err_code code, const char *why)
{
	conn_close(&c->main);
	if (c->n > 0)
		main_over(c, &(struct client_answer){.code = code, .why = why});
}

/* --- connections ------------------------------------------------------------------------- */

/* AF_UNIX connects at once or not at all (unix(7)); EAGAIN is a full backlog. */
static bool conn_open(struct client *c, struct conn *k)
{
	if (!c->path_ok)
		return false;
	k->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (k->fd < 0)
		return false;
	if (connect(k->fd, (struct sockaddr *)&c->addr, sizeof c->addr) == 0)
		return true;
	conn_close(k);
	return false;
}

static bool conn_start(struct client *c, struct conn *k, http_sink *sink)
{
	k->sent = 0;
	k->heard = false;
	if (k->fd < 0 && !conn_open(c, k))
		return false;
	http_init(&k->http, sink, c);
	str_buf_clear(&k->body);
	return true;
}

/* Send what the socket takes. False: the other side is gone. */
static bool conn_send(struct conn *k, const struct request *r)
{
	while (k->sent < r->bytes.len) {
		ssize_t n =
		    send(k->fd, r->bytes.data + k->sent, r->bytes.len - k->sent, MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		k->sent += (size_t)n;
	}
	return true;
}

/* Read what is there. ERR_OK with http.done or without; other codes end the connection. */
static enum err_code conn_read(struct conn *k, struct err *e)
{
	char buf[READ_SZ];
	enum err_code rc = ERR_OK;
	for (int i = 0; i < READS_A_STEP && rc == ERR_OK && !k->http.done; i++) {
		ssize_t n = recv(k->fd, buf, sizeof buf, 0);
		if (n < 0) {
			if (errno != EAGAIN && errno != EINTR)
				rc = err_set(e, ERR_UNREACHABLE, "foyerd is gone");
			break;
		}
		if (n == 0) {
			rc = k->heard ? http_end(&k->http, e)
				      : err_set(e, ERR_UNREACHABLE, "foyerd is gone");
			break;
		}
		k->heard = true;
		size_t used = 0;
		rc = http_feed(&k->http, buf, (size_t)n, &used, e);
		if (rc == ERR_OK && used < (size_t)n)
			k->http.keep = false; /* something that nobody asked for follows */
	}
	explicit_bzero(buf, sizeof buf);
	return rc;
}

/* --- the kept connection ----------------------------------------------------------------- */

static void main_start(struct client *c)
{
	c->busy = true;
	c->main.kept = c->main.fd >= 0;
	if (!conn_start(c, &c->main, main_body))
		main_fail(c, ERR_UNREACHABLE, code_why(ERR_UNREACHABLE));
}

/* The connection broke. A kept one may have been closed before our request arrived: once more on a new one. */
static void main_broken(struct client *c, enum err_code code, const char *why)
{
	bool again = c->main.kept && !c->main.heard;
	conn_close(&c->main);
	if (!again || !conn_start(c, &c->main, main_body))
		main_fail(c, code, why);
}

static void main_io(struct client *c, short revents)
{
	struct err e = {0};
	if (!c->busy) { /* idle: only its end can be news, or bytes nobody asked for */
		if (revents != 0)
			conn_close(&c->main);
		return;
	}
	if (!conn_send(&c->main, &c->queue[0])) {
		main_broken(c, ERR_UNREACHABLE, code_why(ERR_UNREACHABLE));
		return;
	}
	if ((revents & (POLLIN | POLLHUP | POLLERR)) == 0)
		return;
	enum err_code rc = conn_read(&c->main, &e);
	if (rc != ERR_OK) {
		main_broken(c, rc, e.msg);
		return;
	}
	if (!c->main.http.done)
		return;
	struct client_answer a = {.status = c->main.http.status};
	if (!c->main.http.keep || c->main.sent < c->queue[0].bytes.len) {
		close(c->main.fd);
		c->main.fd = -1;
	}
	main_over(c, &a);
}

static void main_step(struct client *c, short revents, int64_t now_ms)
{
	if (c->main.fd >= 0)
		main_io(c, revents);
	if (c->n > 0 && now_ms >= c->queue[0].deadline_ms)
		main_fail(c, ERR_TIMEOUT, code_why(ERR_TIMEOUT));
	if (!c->busy && c->n > 0) {
		main_start(c);
		if (c->busy && c->main.fd >= 0 && !conn_send(&c->main, &c->queue[0]))
			main_broken(c, ERR_UNREACHABLE, code_why(ERR_UNREACHABLE));
	}
}

/* --- the stream -------------------------------------------------------------------------- */

void client_stream(
    struct client *c, const struct client_ask *ask, const struct client_sink *sink, int64_t now_ms)
{
	client_stream_stop(c);
	c->sink = *sink;
	bool ok = request_init(&c->stream_request, ask, now_ms);
	c->stream_request.id = 1;
	if (!ok)
		c->stream_request.deadline_ms =
		    INT64_MIN; /* malformed: told as a failure at the next step */
}

void client_stream_stop(struct client *c)
{
	conn_close(&c->stream);
	request_fini(&c->stream_request);
}

static void stream_over(struct client *c, struct client_answer *a)
{
	struct client_sink sink = c->sink;
	json_t *json = NULL;
	if (a->code == ERR_OK && c->stream.body.len > 0 &&
	    json_parse_object(
		&json, c->stream.body.data, c->stream.body.len, CLIENT_ERROR_MAX, NULL) != ERR_OK)
		json = NULL;
	a->json = json;
	client_stream_stop(c);
	sink.end(sink.arg, a);
	json_decref(json);
}

static void stream_step(struct client *c, short revents, int64_t now_ms)
{
	struct request *r = &c->stream_request;
	struct err e = {0};
	if (r->id == 0)
		return;
	if (now_ms >= r->deadline_ms) {
		stream_over(
		    c, &(struct client_answer){.code = ERR_TIMEOUT, .why = code_why(ERR_TIMEOUT)});
		return;
	}
	if (c->stream.fd < 0 && !conn_start(c, &c->stream, stream_body)) {
		stream_over(c, &(struct client_answer){
				   .code = ERR_UNREACHABLE, .why = code_why(ERR_UNREACHABLE)});
		return;
	}
	if (!conn_send(&c->stream, r)) {
		stream_over(c, &(struct client_answer){
				   .code = ERR_UNREACHABLE, .why = code_why(ERR_UNREACHABLE)});
		return;
	}
	if ((revents & (POLLIN | POLLHUP | POLLERR)) == 0)
		return;
	r->deadline_ms = now_ms + r->timeout_ms;
	enum err_code rc = conn_read(&c->stream, &e);
	if (rc != ERR_OK)
		stream_over(c, &(struct client_answer){.code = rc, .why = e.msg});
	else if (c->stream.http.done)
		stream_over(c, &(struct client_answer){.status = c->stream.http.status});
}

/* --- the loop ---------------------------------------------------------------------------- */

bool client_connected(const struct client *c)
{
	return c->main.fd >= 0;
}

int client_pollfds(const struct client *c, struct pollfd *fds)
{
	int n = 0;
	if (c->main.fd >= 0) {
		bool sending = c->busy && c->main.sent < c->queue[0].bytes.len;
		fds[n++] = (struct pollfd){
		    .fd = c->main.fd, .events = (short)(POLLIN | (sending ? POLLOUT : 0))};
	}
	if (c->stream.fd >= 0) {
		bool sending = c->stream.sent < c->stream_request.bytes.len;
		fds[n++] = (struct pollfd){
		    .fd = c->stream.fd, .events = (short)(POLLIN | (sending ? POLLOUT : 0))};
	}
	return n;
}

int64_t client_next_ms(const struct client *c)
{
	int64_t next = INT64_MAX;
	if (c->n > 0)
		next = c->busy ? c->queue[0].deadline_ms : INT64_MIN;
	if (c->stream_request.id != 0) {
		int64_t at = c->stream.fd < 0 ? INT64_MIN : c->stream_request.deadline_ms;
		if (at < next)
			next = at;
	}
	return next;
}

static short revents_of(const struct pollfd *fds, int n, int fd)
{
	for (int i = 0; i < n; i++)
		if (fd >= 0 && fds[i].fd == fd)
			return fds[i].revents;
	return 0;
}

void client_step(struct client *c, const struct pollfd *fds, int n, int64_t now_ms)
{
	short main_ev = revents_of(fds, n, c->main.fd),
	      stream_ev = revents_of(fds, n, c->stream.fd);
	main_step(c, main_ev, now_ms);
	stream_step(c, stream_ev, now_ms);
}

bool client_target_add(char *target, const char *name, const char *value)
{
	size_t start = strlen(target), len = start;
	char piece[4];
	if (!str_print(target + len, CLIENT_TARGET_SZ - len,
		"%c%s=", strchr(target, '?') != NULL ? '&' : '?', name))
		goto no;
	len += strlen(target + len);
	for (const unsigned char *p = (const unsigned char *)value; *p != '\0'; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= '0' && *p <= '9') || strchr("-._~", *p) != NULL;
		str_print(piece, sizeof piece, plain ? "%c" : "%%%02X", *p);
		size_t n = strlen(piece);
		if (len + n >= CLIENT_TARGET_SZ)
			goto no;
		memcpy(target + len, piece, n + 1);
		len += n;
	}
	return true;
no:
	target[start] = '\0';
	return false;
}
