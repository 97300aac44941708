#include "kiosk/client/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"

/* Both ends in one process and one thread: the client is stepped, the server's side is played by hand. Time stands still until it is moved. */
struct rig {
	struct client *client;
	char path[104];
	int listen_fd, fd; /* fd: the connection accepted last */
	int64_t now;
	int done; /* callbacks so far */
	struct client_answer last;
	char text[64]; /* of the last answer's member "a" */
	struct str_buf bytes;
};

static void on_done(void *arg, const struct client_answer *a)
{
	struct rig *r = arg;
	r->done++;
	r->last = *a;
	r->text[0] = '\0';
	if (a->json != NULL)
		str_copy(r->text, sizeof r->text, json_string_value(json_object_get(a->json, "a")));
}

static bool on_bytes(void *arg, const char *bytes, size_t n)
{
	struct rig *r = arg;
	str_buf_add(&r->bytes, bytes, n);
	return true;
}

static void server_open(struct rig *r)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	str_copy(sa.sun_path, sizeof sa.sun_path, r->path);
	r->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(r->listen_fd, (struct sockaddr *)&sa, sizeof sa), 0);
	assert_int_equal(listen(r->listen_fd, 8), 0);
}

static int rig_open(void **state)
{
	struct rig *r = mem_new(1, sizeof *r);
	const char *tmp = getenv("TMPDIR");
	str_print(r->path, sizeof r->path, "%s/client-%d.sock", tmp != NULL ? tmp : "/tmp",
	    (int)getpid());
	unlink(r->path);
	r->fd = -1;
	r->now = 1000;
	server_open(r);
	r->client = client_new(r->path);
	*state = r;
	return 0;
}

static int rig_close(void **state)
{
	struct rig *r = *state;
	client_free(r->client);
	if (r->fd >= 0)
		close(r->fd);
	if (r->listen_fd >= 0)
		close(r->listen_fd);
	unlink(r->path);
	str_buf_fini(&r->bytes);
	free(r);
	return 0;
}

/* The client's loop until it has nothing to do at once. */
static void pump(struct rig *r)
{
	for (int i = 0; i < 1000; i++) {
		struct pollfd fds[CLIENT_POLLFDS];
		int n = client_pollfds(r->client, fds);
		int ready = poll(fds, (nfds_t)n, 0);
		assert_true(ready >= 0);
		if (ready == 0 && client_next_ms(r->client) > r->now)
			return;
		client_step(r->client, fds, n, r->now);
	}
	fail_msg("the client never rests");
}

static void server_accept(struct rig *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = accept4(r->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	assert_true(r->fd >= 0);
}

/* What the client has sent. */
static const char *server_heard(struct rig *r)
{
	static char buf[70000];
	ssize_t n = recv(r->fd, buf, sizeof buf - 1, MSG_DONTWAIT);
	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

static void server_says(struct rig *r, const char *s)
{
	assert_int_equal(send(r->fd, s, strlen(s), MSG_NOSIGNAL), strlen(s));
	pump(r);
}

static void server_hangs_up(struct rig *r)
{
	close(r->fd);
	r->fd = -1;
	pump(r);
}

static const struct client_ask get = {.method = "GET", .target = "/v1/kiosk", .timeout_ms = 2000};
static const struct client_ask post = {.method = "POST",
    .target = "/v1/checkins",
    .body = "{\"x\":1}",
    .key = "k-1",
    .timeout_ms = 2000};
#define OK_A "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":\"1\"}"
#define OK_B "HTTP/1.1 201 OK\r\nContent-Length: 9\r\n\r\n{\"a\":\"2\"}"

static void client_request__answer__comes_once(void **state)
{
	struct rig *r = *state;
	assert_int_not_equal(client_request(r->client, &post, on_done, r, r->now), 0);
	pump(r);
	server_accept(r);
	assert_string_equal(server_heard(r),
	    "POST /v1/checkins HTTP/1.1\r\nHost: foyer\r\nAccept: "
	    "application/json\r\nIdempotency-Key: k-1\r\n"
	    "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"x\":1}");
	server_says(r, "HTTP/1.1 201 Cre");
	server_says(r, "ated\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n");
	assert_int_equal(r->done, 0);
	server_says(r, "5\r\n:\"1\"}\r\n0\r\n\r\n");
	assert_int_equal(r->done, 1);
	assert_int_equal(r->last.status, 201);
	assert_string_equal(r->text, "1");
	assert_true(client_connected(r->client));
}

static void client_request__several__go_one_after_another(void **state)
{
	struct rig *r = *state;
	for (int i = 0; i < CLIENT_QUEUE; i++)
		assert_int_not_equal(client_request(r->client, &get, on_done, r, r->now), 0);
	assert_int_equal(client_request(r->client, &get, on_done, r, r->now), 0);
	pump(r);
	server_accept(r);
	for (int i = 0; i < CLIENT_QUEUE; i++) {
		const char *heard = server_heard(r);
		assert_non_null(strstr(heard, "GET /v1/kiosk"));
		assert_null(strstr(heard + 1, "GET "));
		server_says(r, OK_A);
		assert_int_equal(r->done, i + 1);
	}
	assert_int_equal(accept(r->listen_fd, NULL, NULL), -1);
}

static void client_request__nobody_there__fails_at_once(void **state)
{
	struct rig *r = *state;
	close(r->listen_fd);
	r->listen_fd = -1;
	client_request(r->client, &get, on_done, r, r->now);
	assert_int_equal(r->done, 0); /* never within the call */
	pump(r);
	assert_int_equal(r->done, 1);
	assert_int_equal(r->last.code, ERR_UNREACHABLE);
	unlink(r->path);
	server_open(r);
	client_request(r->client, &get, on_done, r, r->now);
	pump(r);
	server_accept(r);
	server_says(r, OK_A);
	assert_int_equal(r->last.code, ERR_OK);
}

static void client_request__silence__times_out(void **state)
{
	struct rig *r = *state;
	client_request(r->client, &get, on_done, r, r->now);
	pump(r);
	server_accept(r);
	assert_true(client_next_ms(r->client) == r->now + 2000);
	server_says(r, "HTTP/1.1 200 OK\r\nContent-Le");
	r->now += 1999;
	pump(r);
	assert_int_equal(r->done, 0);
	r->now += 1;
	pump(r);
	assert_int_equal(r->done, 1);
	assert_int_equal(r->last.code, ERR_TIMEOUT);
	assert_false(client_connected(r->client));
}

static void client_request__kept_connection_was_closed__is_sent_again_once(void **state)
{
	struct rig *r = *state;
	client_request(r->client, &get, on_done, r, r->now);
	pump(r);
	server_accept(r);
	server_heard(r);
	server_says(r, OK_A);
	/* foyerd closes while the next request is on its way: the client has not seen it yet. */
	client_request(r->client, &post, on_done, r, r->now);
	client_step(r->client, NULL, 0, r->now);
	assert_non_null(strstr(server_heard(r), "POST"));
	server_hangs_up(r);
	assert_int_equal(r->done, 1);
	server_accept(r);
	assert_non_null(strstr(server_heard(r), "Idempotency-Key: k-1"));
	server_says(r, OK_B);
	assert_int_equal(r->done, 2);
	assert_string_equal(r->text, "2");
	/* A new connection that breaks is told. */
	server_hangs_up(r);
	client_request(r->client, &post, on_done, r, r->now);
	pump(r);
	server_accept(r);
	server_heard(r);
	server_hangs_up(r);
	assert_int_equal(r->done, 3);
	assert_int_equal(r->last.code, ERR_UNREACHABLE);
}

static void client_request__torn_answer__is_told_and_not_sent_again(void **state)
{
	struct rig *r = *state;
	client_request(r->client, &get, on_done, r, r->now);
	pump(r);
	server_accept(r);
	server_heard(r);
	server_says(r, OK_A);
	client_request(r->client, &post, on_done, r, r->now);
	pump(r);
	server_heard(r);
	server_says(r, "HTTP/1.1 201 Created\r\nContent-Length: 50\r\n\r\n{\"a\"");
	server_hangs_up(r);
	assert_int_equal(r->done, 2);
	assert_int_equal(r->last.code, ERR_PROTOCOL);
	assert_int_equal(accept(r->listen_fd, NULL, NULL), -1);
}

static void client_request__garbage__is_told(void **state)
{
	static const char *const garbage[] = {"\x1b[2J\x1b]0;x\a\r\n\r\n", "SSH-2.0-x\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{{{",
	    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
	    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{\"\xff\""};
	struct rig *r = *state;
	for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
		client_request(r->client, &get, on_done, r, r->now);
		pump(r);
		server_accept(r);
		server_heard(r);
		server_says(r, garbage[i]);
		if (r->done == (int)i)
			server_hangs_up(r);
		assert_int_equal(r->done, i + 1);
		assert_int_equal(r->last.code, ERR_PROTOCOL);
		client_free(r->client);
		r->client = client_new(r->path);
	}
}

static void client_request__oversized__is_told(void **state)
{
	struct rig *r = *state;
	static char much[64 * 1024];
	memset(much, 'x', sizeof much);
	client_request(r->client, &get, on_done, r, r->now);
	pump(r);
	server_accept(r);
	server_says(r, "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n");
	for (int i = 0; i < 200 && r->done == 0; i++) {
		ssize_t n = send(r->fd, much, sizeof much, MSG_NOSIGNAL | MSG_DONTWAIT);
		(void)n;
		pump(r);
	}
	assert_int_equal(r->done, 1);
	assert_int_equal(r->last.code, ERR_TOO_LONG);
}

static void client_connected__foyerd_dies_while_idle__falls(void **state)
{
	struct rig *r = *state;
	assert_false(client_connected(r->client));
	client_request(r->client, &get, on_done, r, r->now);
	pump(r);
	server_accept(r);
	server_heard(r);
	server_says(r, OK_A);
	assert_true(client_connected(r->client));
	server_hangs_up(r);
	assert_false(client_connected(r->client));
	assert_true(client_next_ms(r->client) == INT64_MAX);
}

/* A list of hosts may have 1 MiB, and JSON writes each line end and each quote of it as two bytes. */
static void client_request__a_mib_of_escapes__is_taken(void **state)
{
	struct rig *r = *state;
	const size_t n = 2 * 1024 * 1024 + 64;
	char *body = mem_new(n + 1, 1);
	memset(body, 'x', n);
	struct client_ask a = post;
	a.body = body;
	assert_int_not_equal(client_request(r->client, &a, on_done, r, r->now), 0);
	free(body);
}

static void client_request__malformed__is_refused(void **state)
{
	struct rig *r = *state;
	struct client_ask a = get;
	a.target = "v1";
	assert_int_equal(client_request(r->client, &a, on_done, r, r->now), 0);
	a.target = "/v1 HTTP/1.1\r\nX: y";
	assert_int_equal(client_request(r->client, &a, on_done, r, r->now), 0);
	a = post;
	a.key = "k\r\nX: y";
	assert_int_equal(client_request(r->client, &a, on_done, r, r->now), 0);
	char *big = mem_new(3000 * 1024, 1);
	memset(big, ' ', 3000 * 1024 - 1);
	a = post;
	a.body = big;
	assert_int_equal(client_request(r->client, &a, on_done, r, r->now), 0);
	free(big);
	pump(r);
	assert_int_equal(r->done, 0);
}

static void client_stream__bytes__come_as_they_do(void **state)
{
	struct rig *r = *state;
	struct client_ask a = {.method = "GET", .target = "/v1/progress/ab", .timeout_ms = 25000};
	client_stream(r->client, &a, &(struct client_sink){on_bytes, on_done, r}, r->now);
	pump(r);
	server_accept(r);
	assert_non_null(strstr(server_heard(r), "GET /v1/progress/ab "));
	server_says(r, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ndata: \r\n");
	assert_string_equal(r->bytes.data, "data: ");
	r->now += 24000;
	server_says(r, "3\r\nx\n\n\r\n");
	assert_string_equal(r->bytes.data, "data: x\n\n");
	r->now += 24000;
	pump(r);
	assert_int_equal(r->done, 0);
	r->now += 1000;
	pump(r);
	assert_int_equal(r->done, 1);
	assert_int_equal(r->last.code, ERR_TIMEOUT);
}

static void client_stream__another_status__ends_with_its_json(void **state)
{
	struct rig *r = *state;
	struct client_ask a = {.method = "GET", .target = "/v1/progress/ab", .timeout_ms = 25000};
	client_stream(r->client, &a, &(struct client_sink){on_bytes, on_done, r}, r->now);
	pump(r);
	server_accept(r);
	server_says(r, "HTTP/1.1 404 No\r\nContent-Length: 9\r\n\r\n{\"a\":\"1\"}");
	assert_int_equal(r->done, 1);
	assert_int_equal(r->last.status, 404);
	assert_string_equal(r->text, "1");
	assert_int_equal(r->bytes.len, 0);
}

static void client_stream__stopped__says_nothing_more(void **state)
{
	struct rig *r = *state;
	struct client_ask a = {.method = "GET", .target = "/v1/progress/ab", .timeout_ms = 25000};
	client_stream(r->client, &a, &(struct client_sink){on_bytes, on_done, r}, r->now);
	pump(r);
	server_accept(r);
	client_stream_stop(r->client);
	server_hangs_up(r);
	assert_int_equal(r->done, 0);
	assert_true(client_next_ms(r->client) == INT64_MAX);
}

static void client_target_add__anything__is_encoded(void **state)
{
	char t[CLIENT_TARGET_SZ] = "/v1/hosts", before[CLIENT_TARGET_SZ];
	static char big[CLIENT_TARGET_SZ];
	(void)state;
	assert_true(client_target_add(t, "q", "M\xc3\xbcller & Co/%\r\n"));
	assert_true(client_target_add(t, "flow", "a-b_c.d~e"));
	assert_string_equal(t, "/v1/hosts?q=M%C3%BCller%20%26%20Co%2F%25%0D%0A&flow=a-b_c.d~e");
	str_copy(before, sizeof before, t);
	memset(big, 'x', sizeof big - 1);
	assert_false(client_target_add(t, "big", big));
	assert_string_equal(t, before);
}

static void client_call__blocking__waits_for_the_answer(void **state)
{
	struct rig *r = *state;
	pid_t child = fork();
	if (child == 0) {
		struct pollfd p = {.fd = r->listen_fd, .events = POLLIN};
		char buf[1000];
		poll(&p, 1, 10000);
		int fd = accept(r->listen_fd, NULL, NULL);
		ssize_t n = read(fd, buf, sizeof buf);
		n = n > 0 ? write(fd, OK_B, sizeof OK_B - 1) : n;
		_exit(n < 0);
	}
	struct client_reply reply;
	struct err e = {0};
	assert_int_equal(client_call(r->path, &get, &reply, &e), ERR_OK);
	assert_int_equal(reply.status, 201);
	assert_string_equal(json_string_value(json_object_get(reply.own_json, "a")), "2");
	json_decref(reply.own_json);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	close(r->listen_fd);
	r->listen_fd = -1;
	assert_int_equal(client_call(r->path, &get, &reply, &e), ERR_UNREACHABLE);
	assert_null(reply.own_json);
	struct client_ask a = get;
	a.target = "";
	assert_int_equal(client_call(r->path, &a, &reply, &e), ERR_INPUT);
}

#define WITH_RIG(f) cmocka_unit_test_setup_teardown(f, rig_open, rig_close)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    WITH_RIG(client_request__answer__comes_once),
	    WITH_RIG(client_request__several__go_one_after_another),
	    WITH_RIG(client_request__nobody_there__fails_at_once),
	    WITH_RIG(client_request__silence__times_out),
	    WITH_RIG(client_request__kept_connection_was_closed__is_sent_again_once),
	    WITH_RIG(client_request__torn_answer__is_told_and_not_sent_again),
	    WITH_RIG(client_request__garbage__is_told),
	    WITH_RIG(client_request__oversized__is_told),
	    WITH_RIG(client_connected__foyerd_dies_while_idle__falls),
	    WITH_RIG(client_request__a_mib_of_escapes__is_taken),
	    WITH_RIG(client_request__malformed__is_refused),
	    WITH_RIG(client_stream__bytes__come_as_they_do),
	    WITH_RIG(client_stream__another_status__ends_with_its_json),
	    WITH_RIG(client_stream__stopped__says_nothing_more),
	    cmocka_unit_test(client_target_add__anything__is_encoded),
	    WITH_RIG(client_call__blocking__waits_for_the_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
