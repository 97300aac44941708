#include "scan/out.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "pipe.h"

static struct mosaic big;

static void fill_big(void)
{
	big.cols = CAMERA_COLS_MAX;
	big.rows = CAMERA_ROWS_MAX;
	for (int i = 0; i < CAMERA_COLS_MAX * CAMERA_ROWS_MAX; i++)
		big.cells[i] = (struct camera_cell){.ch = 0x2580};
}

static void out__slow_reader__drops_previews_and_no_code(void **state)
{
	struct pipe_end p;
	struct out o;
	struct err e;
	bool said;
	char code[CAMERA_CODE_MAX];
	(void)state;
	fill_big();
	memset(code, 'c', sizeof code);
	pipe_start(&p, &o, true);
	assert_true(out_idle(&o));
	assert_int_equal(out_preview(&o, &big, &said, &e), ERR_OK);
	assert_true(said);
	assert_false(out_idle(&o)); /* 65 kB do not go into 4 kB */
	for (int i = 0; i < 20; i++) {
		assert_int_equal(out_preview(&o, &big, &said, &e), ERR_OK);
		assert_false(said);
	}
	int codes = 0;
	while (out_has_room(&o)) {
		for (int i = 0; i < CODES_MAX; i++, codes++)
			assert_int_equal(out_code(&o, code, sizeof code, &e), ERR_OK);
	}
	assert_in_range(codes, CODES_MAX, PIPE_CODES);
	assert_int_equal(
	    out_state(&o, "gone", &e), ERR_OK); /* there is always room for the last word */
	while (!out_idle(&o)) {
		pipe_take(&p);
		assert_int_equal(out_flush(&o, &e), ERR_OK);
	}
	pipe_take(&p);
	assert_int_equal(p.previews, 1);
	assert_int_equal(p.codes, codes);
	assert_int_equal(p.code_len[codes - 1], sizeof code);
	assert_string_equal(p.state, "gone");
	assert_true(out_has_room(&o));
	assert_int_equal(out_preview(&o, &big, &said, &e), ERR_OK);
	assert_true(said);
	pipe_stop(&p, &o);
}

static void out__reader_gone__is_told(void **state)
{
	struct pipe_end p;
	struct out o;
	struct err e;
	bool said;
	(void)state;
	fill_big();
	pipe_start(&p, &o, false);
	pipe_hang_up(&p);
	assert_int_equal(out_state(&o, "ok", &e), ERR_UNREACHABLE);
	assert_int_equal(out_code(&o, "x", 1, &e), ERR_UNREACHABLE);
	assert_int_equal(out_flush(&o, &e), ERR_UNREACHABLE);
	assert_int_equal(
	    out_preview(&o, &big, &said, &e), ERR_OK); /* something waits: it is let go */
	assert_false(said);
	pipe_stop(&p, &o);
}

static void out__fini__clears_what_waits(void **state)
{
	struct pipe_end p;
	struct out o;
	struct err e;
	bool said;
	(void)state;
	fill_big();
	pipe_start(&p, &o, true);
	assert_int_equal(out_preview(&o, &big, &said, &e), ERR_OK);
	assert_int_equal(out_code(&o, "secret", 6, &e), ERR_OK);
	pipe_stop(&p, &o);
	assert_null(o.waiting.data);
	assert_int_equal(o.fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(out__slow_reader__drops_previews_and_no_code),
	    cmocka_unit_test(out__reader_gone__is_told),
	    cmocka_unit_test(out__fini__clears_what_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
