#include "kiosk/client/sse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void on_event(void *arg, const char *name, const char *data, size_t len)
{
	struct str_buf *got = arg;
	assert_int_equal(strlen(data), len);
	str_buf_print(got, "[%s|%s]", name, data);
}

static void expect(const char *stream, const char *events)
{
	for (size_t step = 1; step < 100; step += 13) {
		struct str_buf got = STR_BUF_INIT;
		struct sse s;
		sse_init(&s, on_event, &got);
		for (size_t at = 0, len = strlen(stream); at < len; at += step)
			sse_feed(&s, stream + at, len - at < step ? len - at : step);
		assert_string_equal(got.data != NULL ? got.data : "", events);
		sse_fini(&s);
		str_buf_fini(&got);
	}
}

static void sse_feed__events__come_out_whatever_the_line_ends(void **state)
{
	(void)state;
	expect("event: progress\ndata: {\"a\":1}\n\n", "[progress|{\"a\":1}]");
	expect("event: progress\r\ndata: x\r\n\r\nevent: progress\r\ndata: y\r\n\r\n",
	    "[progress|x][progress|y]");
	expect("event:progress\rdata:x\r\rdata: z\r\r", "[progress|x][message|z]");
}

static void sse_feed__comments_and_strangers__pass(void **state)
{
	(void)state;
	expect(": beat\n\n: beat\n\nid: 1\nretry: 5\nwhat\ndata: x\n\n", "[message|x]");
	expect("event: lonely\n\ndata: x\n\n", "[message|x]");
	expect("data: one\ndata: two\n\n", "[message|one\ntwo]");
	expect("data\n\n", "[message|]");
	expect("data: never finished", "");
}

static void sse_feed__too_long__is_dropped_alone(void **state)
{
	struct str_buf stream = STR_BUF_INIT;
	(void)state;
	str_buf_print(&stream, "data: ");
	for (int i = 0; i < SSE_LINE_SZ; i++)
		str_buf_add(&stream, "x", 1);
	str_buf_print(&stream, "\n\ndata: good\n\n");
	for (int i = 0; i < 100; i++)
		str_buf_print(&stream, "data: %01000d\n", 0);
	str_buf_print(&stream,
	    "\nevent: a-name-that-is-longer-than-thirty-two-characters\ndata: x\n\ndata: good\n\n");
	expect(stream.data, "[message|good][message|good]");
	str_buf_fini(&stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sse_feed__events__come_out_whatever_the_line_ends),
	    cmocka_unit_test(sse_feed__comments_and_strangers__pass),
	    cmocka_unit_test(sse_feed__too_long__is_dropped_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
