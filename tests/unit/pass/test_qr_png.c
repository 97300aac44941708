#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "help.h"
#include "pass/qr.h"

static char dir[PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	help_dir_make(dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	help_dir_remove(dir);
	return 0;
}

/* Read the picture back with libpng's other interface and compare every pixel. */
static void check(const void *png, size_t len, const struct qr *q, int scale, int quiet)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	int side = (q->side + 2 * quiet) * scale;
	assert_true(png_image_begin_read_from_memory(&image, png, len));
	assert_int_equal(image.width, side);
	assert_int_equal(image.height, side);
	assert_int_equal(image.format, PNG_FORMAT_GRAY);
	uint8_t *grey = malloc(PNG_IMAGE_SIZE(image));
	assert_non_null(grey);
	assert_true(png_image_finish_read(&image, NULL, grey, 0, NULL));
	for (int y = 0; y < side; y++) {
		for (int x = 0; x < side; x++) {
			int mx = x / scale - quiet, my = y / scale - quiet;
			bool inside = mx >= 0 && mx < q->side && my >= 0 && my < q->side;
			assert_int_equal(
			    grey[y * side + x], inside && q->dark[my * q->side + mx] ? 0 : 255);
		}
	}
	free(grey);
}

static void qr__png__is_what_was_encoded(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    "FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447VJ5D4XCT23WAZKACKLLOT"
	    "ULJVXFD6REMIEUHLMLCPPZVZ3TQXY7JGOGMITCL2JMYPA7CVM7VHMNGYLZFWAY",
	    "A", "mixed Case and 12345678901234567890, % _ ; = \"'"};
	for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
		struct qr q;
		struct err e = {0};
		struct str_buf png = STR_BUF_INIT;
		char read[512];
		assert_int_equal(qr_encode(&q, texts[t], QR_M, &e), ERR_OK);
		assert_int_equal(qr_png(&png, &q, 6, 4, &e), ERR_OK);
		check(png.data, png.len, &q, 6, 4);
		/* ISO/IEC 15948 §11.2.2: IHDR, the first chunk; depth 8, grey. */
		assert_memory_equal(png.data, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
		assert_int_equal(png.data[24], 8);
		assert_int_equal(png.data[25], 0);
		help_file(dir, "code.png", png.data, png.len, 0600);
		help_zbar(read, sizeof read, dir, "code.png");
		assert_string_equal(read, texts[t]);
		str_buf_fini(&png);
	}
}

static void qr__png__scales_and_quiet_zones(void **state)
{
	(void)state;
	static const struct {
		int scale, quiet;
	} sizes[] = {{1, 0}, {1, 4}, {3, 1}, {10, 2}, {2, QR_MAX_QUIET}};
	struct qr q;
	struct err e = {0};
	assert_int_equal(qr_encode(&q, "FOYER", QR_H, &e), ERR_OK);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct str_buf png = STR_BUF_INIT;
		assert_int_equal(qr_png(&png, &q, sizes[i].scale, sizes[i].quiet, &e), ERR_OK);
		check(png.data, png.len, &q, sizes[i].scale, sizes[i].quiet);
		str_buf_fini(&png);
	}
}

static void qr__png__refuses(void **state)
{
	(void)state;
	struct qr q;
	struct err e = {0};
	struct str_buf png = STR_BUF_INIT;
	assert_int_equal(qr_encode(&q, "FOYER", QR_M, &e), ERR_OK);
	assert_int_equal(qr_png(&png, &q, 0, 4, &e), ERR_INPUT);
	assert_int_equal(qr_png(&png, &q, -1, 4, &e), ERR_INPUT);
	assert_int_equal(qr_png(&png, &q, INT_MAX, 4, &e), ERR_INPUT);
	assert_int_equal(qr_png(&png, &q, 16384 / 29 + 1, 4, &e), ERR_INPUT);
	assert_int_equal(qr_png(&png, &q, 1, -1, &e), ERR_INPUT);
	assert_int_equal(qr_png(&png, &q, 1, INT_MAX, &e), ERR_INPUT);
	assert_int_equal(png.len, 0);
	q.side = 0;
	assert_int_equal(qr_png(&png, &q, 1, 4, &e), ERR_INPUT);
	q.side = QR_MAX_SIDE + 1;
	assert_int_equal(qr_png(&png, &q, 1, 4, &e), ERR_INPUT);
	str_buf_fini(&png);
}

/* However little room there is, the buffer is left as it was and nothing leaks (valgrind and ASan watch). */
static void qr__png__full_buffer(void **state)
{
	(void)state;
	struct qr q;
	struct err e = {0};
	struct str_buf whole = STR_BUF_INIT;
	assert_int_equal(qr_encode(&q, "FOYER", QR_M, &e), ERR_OK);
	assert_int_equal(qr_png(&whole, &q, 2, 4, &e), ERR_OK);
	for (size_t room = 1; room < whole.len; room++) {
		struct str_buf png = {.max = 6 + room};
		e = (struct err){0};
		assert_true(str_buf_add(&png, "before", 6));
		assert_int_equal(qr_png(&png, &q, 2, 4, &e), ERR_TOO_LONG);
		assert_int_equal(e.code, ERR_TOO_LONG);
		assert_int_equal(png.len, 6);
		assert_string_equal(png.data, "before");
		str_buf_fini(&png);
	}
	struct str_buf png = {.max = 16 + whole.len};
	assert_true(str_buf_add(&png, "before", 6));
	assert_int_equal(qr_png(&png, &q, 2, 4, &e), ERR_OK);
	assert_int_equal(png.len, 6 + whole.len);
	assert_memory_equal(png.data + 6, whole.data, whole.len);
	str_buf_fini(&png);
	str_buf_fini(&whole);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(qr__png__is_what_was_encoded),
	    TEST(qr__png__scales_and_quiet_zones),
	    TEST(qr__png__refuses),
	    TEST(qr__png__full_buffer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
