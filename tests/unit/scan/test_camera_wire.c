#include "scan/camera_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct camera_cell grid[CAMERA_COLS_MAX * CAMERA_ROWS_MAX];

static void fill_grid(void)
{
	for (size_t i = 0; i < sizeof grid / sizeof grid[0]; i++)
		grid[i] = (struct camera_cell){.ch = i % 3 == 0 ? ' ' : 0x2580 + i % 32,
		    .fg = {(uint8_t)i, 2, 3},
		    .bg = {4, 5, (uint8_t)(i >> 8)}};
}

/* Feed whole frames in pieces of `step` bytes; answers the number of frames. */
static int read_all(
    struct camera_reader *r, const struct str_buf *b, size_t step, struct camera_frame *last)
{
	int frames = 0;
	for (size_t at = 0; at < b->len; at += step) {
		size_t n = b->len - at < step ? b->len - at : step;
		assert_int_equal(camera_reader_feed(r, b->data + at, n, NULL), ERR_OK);
		int rc;
		while ((rc = camera_reader_next(r, last, NULL)) > 0)
			frames++;
		assert_int_equal(rc, 0);
	}
	return frames;
}

static void camera_wire__round_trip__keeps_every_byte(void **state)
{
	struct str_buf b = STR_BUF_INIT;
	struct camera_frame f;
	(void)state;
	fill_grid();
	assert_int_equal(camera_put_state(&b, "ok", NULL), ERR_OK);
	assert_int_equal(camera_put_code(&b, "FOYER\0\x1b[A", 9, NULL), ERR_OK);
	assert_int_equal(
	    camera_put_preview(&b, CAMERA_COLS_MAX, CAMERA_ROWS_MAX, grid, NULL), ERR_OK);
	for (size_t step = 1; step < 70000; step = step * 7 + 1) {
		struct camera_reader r = {0};
		assert_int_equal(read_all(&r, &b, step, &f), 3);
		assert_int_equal(f.kind, CAMERA_PREVIEW);
		assert_int_equal(f.cols, CAMERA_COLS_MAX);
		for (int row = 0; row < f.rows; row++)
			for (int col = 0; col < f.cols; col++) {
				struct camera_cell c = camera_frame_cell(&f, col, row),
						   *want = &grid[row * f.cols + col];
				assert_int_equal(c.ch, want->ch);
				assert_memory_equal(c.fg, want->fg, 3);
				assert_memory_equal(c.bg, want->bg, 3);
			}
		camera_reader_fini(&r);
	}
	str_buf_fini(&b);
}

/* What was put comes out as one frame; the buffer is empty again. */
static void comes_out(struct camera_reader *r, struct str_buf *b, struct camera_frame *f)
{
	assert_int_equal(camera_reader_feed(r, b->data, b->len, NULL), ERR_OK);
	assert_int_equal(camera_reader_next(r, f, NULL), 1);
	str_buf_clear(b);
}

static void code_comes_out(struct camera_reader *r, struct str_buf *b, enum camera_kind kind,
    const char *bytes, size_t len)
{
	struct camera_frame f;
	comes_out(r, b, &f);
	assert_int_equal(f.kind, kind);
	assert_int_equal(f.code_len, len);
	assert_memory_equal(f.code, bytes, len);
}

static void camera_wire__code_and_state__come_out(void **state)
{
	static const struct {
		enum err_code (*put)(struct str_buf *b, const void *bytes, size_t n, struct err *e);
		enum camera_kind kind;
		const char *bytes;
		size_t len;
	} codes[] = {
	    {camera_put_code, CAMERA_CODE, "A\0B", 3},
	    {camera_put_pdf417, CAMERA_PDF417, "@\n\0", 3},
	    {camera_put_stray, CAMERA_STRAY, "$I", 2},
	};
	struct str_buf b = STR_BUF_INIT;
	struct camera_reader r = {0};
	struct camera_frame f;
	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		assert_int_equal(codes[i].put(&b, codes[i].bytes, codes[i].len, NULL), ERR_OK);
		code_comes_out(&r, &b, codes[i].kind, codes[i].bytes, codes[i].len);
	}
	assert_int_equal(camera_put_mrz(&b, "P<1\nL8\n", 7, NULL), ERR_OK);
	code_comes_out(&r, &b, CAMERA_MRZ, "P<1\nL8\n", 7);
	assert_int_equal(camera_put_many(&b, NULL), ERR_OK);
	comes_out(&r, &b, &f);
	assert_int_equal(f.kind, CAMERA_MANY);
	assert_int_equal(camera_put_state(&b, "no-device", NULL), ERR_OK);
	comes_out(&r, &b, &f);
	assert_string_equal(f.word, "no-device");
	for (enum camera_sharpness how = CAMERA_NOTHING; how <= CAMERA_SHARP; how++) {
		const struct camera_outline o = {how, {{0, 1}, {65535, 2}, {300, 65534}, {4, 5}}};
		assert_int_equal(camera_put_outline(&b, &o, NULL), ERR_OK);
		comes_out(&r, &b, &f);
		assert_int_equal(f.kind, CAMERA_OUTLINE);
		assert_int_equal(f.outline.state, how);
		static const struct camera_outline none;
		assert_memory_equal(f.outline.corners,
		    how == CAMERA_NOTHING ? none.corners : o.corners, sizeof o.corners);
	}
	assert_int_equal(camera_reader_next(&r, &f, NULL), 0);
	camera_reader_fini(&r);
	str_buf_fini(&b);
}

static void camera_put__what_no_reader_takes__is_refused(void **state)
{
	struct str_buf b = STR_BUF_INIT;
	struct camera_cell bad = {.ch = 0x1b};
	static char big[CAMERA_CODE_MAX + 1];
	(void)state;
	assert_int_equal(camera_put_code(&b, "", 0, NULL), ERR_INPUT);
	assert_int_equal(camera_put_pdf417(&b, "", 0, NULL), ERR_INPUT);
	assert_int_equal(camera_put_pdf417(&b, big, sizeof big, NULL), ERR_INPUT);
	assert_int_equal(camera_put_code(&b, big, sizeof big, NULL), ERR_INPUT);
	assert_int_equal(camera_put_mrz(&b, "", 0, NULL), ERR_INPUT);
	assert_int_equal(camera_put_mrz(&b, "P<1", 3, NULL), ERR_INPUT);
	assert_int_equal(camera_put_mrz(&b, "p<1\n", 4, NULL), ERR_INPUT);
	assert_int_equal(camera_put_mrz(&b, "P <\n", 4, NULL), ERR_INPUT);
	memset(big, '\n', sizeof big);
	assert_int_equal(camera_put_mrz(&b, big, CAMERA_MRZ_MAX + 1, NULL), ERR_INPUT);
	assert_int_equal(camera_put_preview(&b, 1, 1, &bad, NULL), ERR_INPUT);
	assert_int_equal(camera_put_preview(&b, 0, 1, grid, NULL), ERR_INPUT);
	assert_int_equal(camera_put_preview(&b, CAMERA_COLS_MAX + 1, 1, grid, NULL), ERR_INPUT);
	assert_int_equal(camera_put_state(&b, "", NULL), ERR_INPUT);
	assert_int_equal(camera_put_state(&b, "Not OK", NULL), ERR_INPUT);
	assert_int_equal(
	    camera_put_state(&b, "a-word-that-is-much-too-long-for-a-state", NULL), ERR_INPUT);
	assert_int_equal(b.len, 0);
	str_buf_fini(&b);
}

static void refused(const void *bytes, size_t n)
{
	struct camera_reader r = {0};
	struct camera_frame f;
	struct err e = {0};
	assert_int_equal(camera_reader_feed(&r, bytes, n, &e), ERR_OK);
	assert_int_equal(camera_reader_next(&r, &f, &e), -1);
	assert_int_equal(e.code, ERR_PROTOCOL);
	/* It sticks. */
	assert_int_equal(camera_reader_next(&r, &f, &e), -1);
	assert_int_equal(camera_reader_feed(&r, "x", 1, &e), ERR_PROTOCOL);
	camera_reader_fini(&r);
}
#define REFUSED(s) refused(s, sizeof(s) - 1)

static void camera_reader__what_no_camera_says__is_refused(void **state)
{
	(void)state;
	REFUSED("\x12\0\0\0O\3\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"); /* no such sharpness */
	REFUSED("\x12\0\0\0O\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"); /* nothing, and a corner of it */
	REFUSED("\x11\0\0\0O\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	REFUSED("\x13\0\0\0O\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	REFUSED("\0\0\0\0"); /* nothing in it */
	REFUSED("\1\0\1\0"); /* 65537 bytes */
	REFUSED("\xff\xff\xff\xff");
	REFUSED("\2\0\0\0Xx"); /* no such type */
	REFUSED("\1\0\0\0C"); /* an empty code */
	REFUSED("\1\0\0\0S"); /* no word */
	REFUSED("\3\0\0\0S\x1b["); /* an escape as a word */
	REFUSED("\1\0\0\0P"); /* no size */
	REFUSED("\5\0\0\0P\1\0\1\0"); /* a cell too few */
	REFUSED("\5\0\0\0P\0\0\0\0"); /* no cells */
	REFUSED("\x0f\0\0\0P\1\0\1\0\x1b\0\0\0abcdef"); /* ESC in a cell */
	REFUSED("\x0f\0\0\0P\1\0\1\0\x41\0\0\0abcdef"); /* a letter */
	REFUSED("\x0f\0\0\0P\1\0\1\0\x2e\x20\0\0abcdef"); /* U+202E */
	REFUSED("\x19\0\0\0P\1\0\1\0 \0\0\0abcdef \0\0\0abcdef"); /* a cell too many */
	static char code[4 + 1 + CAMERA_CODE_MAX + 1] = {0x02, 0x10, 0, 0, 'C'};
	refused(code, sizeof code);
}

static void camera_reader__half_a_frame__waits(void **state)
{
	struct camera_reader r = {0};
	struct camera_frame f;
	(void)state;
	assert_int_equal(camera_reader_next(&r, &f, NULL), 0);
	assert_int_equal(camera_reader_feed(&r, "\3\0\0", 3, NULL), ERR_OK);
	assert_int_equal(camera_reader_next(&r, &f, NULL), 0);
	assert_int_equal(camera_reader_feed(&r, "\0So", 3, NULL), ERR_OK);
	assert_int_equal(camera_reader_next(&r, &f, NULL), 0);
	assert_int_equal(camera_reader_feed(&r, "k", 1, NULL), ERR_OK);
	assert_int_equal(camera_reader_next(&r, &f, NULL), 1);
	assert_string_equal(f.word, "ok");
	camera_reader_fini(&r);
}

static void camera_reader__flood_without_taking__is_bounded(void **state)
{
	struct camera_reader r = {0};
	static char zeros[32 * 1024];
	enum err_code rc = ERR_OK;
	(void)state;
	for (int i = 0; i < 100 && rc == ERR_OK; i++)
		rc = camera_reader_feed(&r, zeros, sizeof zeros, NULL);
	assert_int_equal(rc, ERR_PROTOCOL);
	camera_reader_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(camera_wire__round_trip__keeps_every_byte),
	    cmocka_unit_test(camera_wire__code_and_state__come_out),
	    cmocka_unit_test(camera_put__what_no_reader_takes__is_refused),
	    cmocka_unit_test(camera_reader__what_no_camera_says__is_refused),
	    cmocka_unit_test(camera_reader__half_a_frame__waits),
	    cmocka_unit_test(camera_reader__flood_without_taking__is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
