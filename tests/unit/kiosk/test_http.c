#include "kiosk/client/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

struct body {
	struct str_buf b;
	size_t max;
};

static bool sink(void *arg, const char *bytes, size_t n)
{
	struct body *b = arg;
	b->b.max = b->max;
	return str_buf_add(&b->b, bytes, n);
}

/* One answer in pieces of `step` bytes, ended by the connection's end where it is not done by then. */
static enum err_code feed(
    struct http_answer *h, struct body *b, const char *s, size_t len, size_t step)
{
	enum err_code rc = ERR_OK;
	http_init(h, sink, b);
	for (size_t at = 0; at < len && rc == ERR_OK && !h->done; at += step) {
		size_t used, n = len - at < step ? len - at : step;
		rc = http_feed(h, s + at, n, &used, NULL);
	}
	if (rc == ERR_OK && !h->done)
		rc = http_end(h, NULL);
	return rc;
}

static void good(const char *s, int status, const char *body, bool keep)
{
	for (size_t step = 1; step < 400; step = step * 3 + 1) {
		struct http_answer h;
		struct body b = {.max = 1000};
		assert_int_equal(feed(&h, &b, s, strlen(s), step), ERR_OK);
		assert_true(h.done && h.head_done);
		assert_int_equal(h.status, status);
		assert_string_equal(b.b.data != NULL ? b.b.data : "", body);
		assert_int_equal(h.keep, keep);
		str_buf_fini(&b.b);
	}
}

static void http_feed__lengths__are_kept(void **state)
{
	(void)state;
	good("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true);
	good("HTTP/1.1 201\r\ncontent-LENGTH:5\r\n\r\nhello", 201, "hello", true);
	good("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", true);
	good("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true);
	good("HTTP/1.1 304 x\r\nContent-Length: 99\r\n\r\n", 304, "", true);
	good("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, "ok",
	    false);
	good("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false);
	good(
	    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true);
	good("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200,
	    "ok", true);
}

static void http_feed__chunks__are_joined(void **state)
{
	(void)state;
	good("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n "
	     "\r\nA\r\n0123456789\r\n0\r\n\r\n",
	    200, "hello 0123456789", true);
	good("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\nTrailer: x\r\n\r\n", 200,
	    "", true);
}

static void http_feed__body_to_the_end__ends_with_it(void **state)
{
	(void)state;
	good("HTTP/1.1 200 OK\r\n\r\nall of it", 200, "all of it", false);
}

static void bad_n(const char *s, size_t len)
{
	for (size_t step = 1; step < 400; step = step * 3 + 1) {
		struct http_answer h;
		struct body b = {.max = 1000};
		assert_int_equal(feed(&h, &b, s, len, step), ERR_PROTOCOL);
		assert_false(h.done);
		assert_false(h.keep);
		str_buf_fini(&b.b);
	}
}
#define BAD(s) bad_n(s, sizeof(s) - 1)

static void http_feed__torn_or_ambiguous__is_refused(void **state)
{
	(void)state;
	BAD("");
	BAD("H");
	BAD("\r\n");
	BAD("GET / HTTP/1.1\r\n\r\n");
	BAD("HTTP/2 200 OK\r\n\r\n");
	BAD("HTTP/1.1 99 x\r\n\r\n");
	BAD("HTTP/1.1 600 x\r\n\r\n");
	BAD("HTTP/1.1 20x OK\r\n\r\n");
	BAD("HTTP/1.1 2000\r\n\r\n");
	BAD("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
	BAD("HTTP/1.1 200 OK\rX\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
	BAD("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!");
	BAD("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: "
	    "chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n");
	BAD("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
	BAD("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
	BAD("HTTP/1.1 200 OK\r\nno colon\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\n: no name\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n");
	BAD("HTTP/1.1 200 OK\r\nX: \0\r\n\r\n");
	BAD("HTTP/1.1 101 Switching\r\n\r\n");
}

static void repeated(const char *head, const char *line, int n)
{
	struct str_buf b = STR_BUF_INIT;
	str_buf_add(&b, head, strlen(head));
	for (int i = 0; i < n; i++)
		str_buf_add(&b, line, strlen(line));
	bad_n(b.data, b.len);
	str_buf_fini(&b);
}

static void http_feed__endless_heads__are_refused(void **state)
{
	(void)state;
	repeated("HTTP/1.1 200 OK\r\nX: ", "aaaaaaaaaa", 1000);
	repeated("HTTP/1.1 200 OK\r\n",
	    "X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 1000);
	repeated("", "HTTP/1.1 100 Continue\r\n\r\n", 100);
	repeated("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
	    "T: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 1000);
}

static void http_feed__more_than_the_sink_takes__is_too_long(void **state)
{
	struct http_answer h;
	struct body b = {.max = 4};
	const char *s = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
	(void)state;
	assert_int_equal(feed(&h, &b, s, strlen(s), 1), ERR_TOO_LONG);
	assert_false(h.keep);
	str_buf_fini(&b.b);
}

static void http_feed__bytes_after_the_answer__are_not_taken(void **state)
{
	struct http_answer h;
	struct body b = {.max = 100};
	size_t used;
	const char *s = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1";
	(void)state;
	http_init(&h, sink, &b);
	assert_int_equal(http_feed(&h, s, strlen(s), &used, NULL), ERR_OK);
	assert_int_equal(used, strlen(s) - 8);
	assert_true(h.done);
	str_buf_fini(&b.b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(http_feed__lengths__are_kept),
	    cmocka_unit_test(http_feed__chunks__are_joined),
	    cmocka_unit_test(http_feed__body_to_the_end__ends_with_it),
	    cmocka_unit_test(http_feed__torn_or_ambiguous__is_refused),
	    cmocka_unit_test(http_feed__endless_heads__are_refused),
	    cmocka_unit_test(http_feed__more_than_the_sink_takes__is_too_long),
	    cmocka_unit_test(http_feed__bytes_after_the_answer__are_not_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
