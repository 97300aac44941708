#include "scan/code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <zint.h>

#include "make.h"

#define PASS                                                                                       \
	"FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447VJ5D4XCT23WAZKACKLLOT"           \
	"ULJVXFD6REMIEUHLMLCPPZVZ3TQXY7JGOGMITCL2JMYPA7CVM7VHMNGYLZFWAY"

static void assert_reads(struct code_reader *r, const struct image *im, const char *text)
{
	struct code codes[CODES_MAX];
	assert_int_equal(code_reader_read(r, im, codes), 1);
	assert_int_equal(codes[0].len, strlen(text));
	assert_memory_equal(codes[0].bytes, text, codes[0].len);
}

static void code__read__gives_the_bytes_as_they_are(void **state)
{
	char every[256];
	for (int i = 1; i < 256; i++)
		every[i - 1] = (char)i;
	every[255] = '\0';
	const char *const texts[] = {"8K3M9QPT", "12345678901234567890", PASS,
	    "Zo\xc3\xab M\xc3\xbcller", "\xe5\xb1\xb1\xe7\x94\xb0 \xe5\xa4\xaa\xe9\x83\x8e",
	    "\x80\xff\xfe\x81\xa0", "\x93\xfa\x96\x7b",
	    "\xef\xbb\xbf"
	    "a",
	    "\xff", "\x1b]0;x\a\r\n\t",
	    "\xe2\x80\xae"
	    "abc",
	    "% _ ; = \"'\\", every};
	struct code_reader *r = code_reader_new();
	struct image im = {0};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		make_plain(&im, 640, 480, 128);
		(void)make_qr(&im, texts[i], 3, 20, 10);
		assert_reads(r, &im, texts[i]);
	}
	image_fini(&im);
	code_reader_free(r);
}

/* By libzint: Greek with a backslash, then Shift JIS, then what ECI last says. */
static void draw_segments(struct image *im, int symbology, int last)
{
	struct zint_symbol *z = ZBarcode_Create();
	assert_non_null(z);
	z->symbology = symbology;
	z->input_mode = DATA_MODE;
	z->scale = 2;
	z->eci = 9;
	struct zint_seg s[] = {{(uint8_t *)(uintptr_t) "A\\\xe1", 3, 9},
	    {(uint8_t *)(uintptr_t) "\x93\x5f", 2, 20}, {(uint8_t *)(uintptr_t) "\x8a", 1, last}};
	assert_int_equal(ZBarcode_Encode_Segs(z, s, 3), 0);
	assert_int_equal(ZBarcode_Buffer(z, 0), 0);
	make_plain(im, z->bitmap_width + 80, z->bitmap_height + 80, 255);
	for (int y = 0; y < z->bitmap_height; y++)
		for (int x = 0; x < z->bitmap_width; x++)
			im->grey[(y + 40) * im->width + x + 40] =
			    z->bitmap[3 * (y * z->bitmap_width + x)];
	ZBarcode_Delete(z);
}

static void code__what_it_says_of_its_bytes__is_heeded(void **state)
{
	static const int symbologies[] = {BARCODE_QRCODE, BARCODE_PDF417};
	struct code_reader *r = code_reader_new();
	struct image im = {0};
	(void)state;
	for (int i = 0; i < 2; i++) {
		draw_segments(&im, symbologies[i], 21);
		assert_reads(r, &im, "A\\α点Š");
		draw_segments(&im, symbologies[i], 811);
		assert_reads(r, &im, "A\\\xe1\x93\x5f\x8a");
	}
	image_fini(&im);
	code_reader_free(r);
}

/* A telephone that saves its battery, before a wall in the sun. */
static void code__dim_screen_in_a_bright_room__is_read(void **state)
{
	struct code_reader *r = code_reader_new();
	struct image im = {0};
	(void)state;
	make_plain(&im, 1280, 720, 235);
	(void)make_qr(&im, PASS, 6, 450, 200);
	for (int y = 0; y < im.height; y++)
		for (int x = 0; x < im.width; x++) {
			uint8_t *p = &im.grey[y * im.width + x];
			const bool screen = x >= 450 && x < 750 && y >= 200 && y < 500;
			*p = screen ? (uint8_t)(*p < 128 ? 12 : 40) : 90;
		}
	make_noise(&im, 8);
	assert_reads(r, &im, PASS);
	image_fini(&im);
	code_reader_free(r);
}

static void code__read__the_longest_code_there_is(void **state)
{
	char text[2332]; /* version 40, M, bytes (ISO/IEC 18004, table 7) */
	struct code_reader *r = code_reader_new();
	struct image im = {0};
	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	make_plain(&im, 800, 800, 255);
	(void)make_qr(&im, text, 4, 10, 10);
	assert_reads(r, &im, text);
	image_fini(&im);
	code_reader_free(r);
}

/* As a 720p camera gives them. Looking at every second line only (ZBar's "density") would be twice as fast and miss some of these. */
static void code__read__small_and_noisy_in_a_large_picture(void **state)
{
	struct code_reader *r = code_reader_new();
	struct image im = {0};
	(void)state;
	for (int scale = 2; scale <= 8; scale++) {
		make_plain(&im, 1280, 720, 90);
		(void)make_qr(&im, PASS, scale, 401, 123);
		make_noise(&im, 30);
		assert_reads(r, &im, PASS);
	}
	image_fini(&im);
	code_reader_free(r);
}

static void code__read__two_codes_and_where_they_are(void **state)
{
	struct code_reader *r = code_reader_new();
	struct code codes[CODES_MAX];
	struct image im = {0};
	(void)state;
	make_plain(&im, 640, 480, 128);
	int one = make_qr(&im, "left", 4, 30, 40), two = make_qr(&im, "right", 5, 400, 200);
	assert_int_equal(code_reader_read(r, &im, codes), 2);
	int left = memcmp(codes[0].bytes, "left", 4) == 0 ? 0 : 1;
	assert_memory_equal(codes[left].bytes, "left", 4);
	assert_memory_equal(codes[!left].bytes, "right", 5);
	const struct code_box *a = &codes[left].box, *b = &codes[!left].box;
	/* Within the quiet zone, give or take a module. */
	assert_in_range(a->left, 30 + 3 * 4, 30 + 5 * 4);
	assert_in_range(a->bottom, 40 + one - 5 * 4, 40 + one - 3 * 4);
	assert_in_range(b->top, 200 + 3 * 5, 200 + 5 * 5);
	assert_in_range(b->right, 400 + two - 5 * 5, 400 + two - 3 * 5);
	image_fini(&im);
	code_reader_free(r);
}

/* A big picture is read in half its size, where that is enough; the box is told in the whole one's pixels. */
static void code__read__near_and_far(void **state)
{
	static const int modules[] = {2, 3, 4, 8, 12};
	struct code_reader *r = code_reader_new();
	struct code codes[CODES_MAX];
	struct image im = {0};
	(void)state;
	for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
		const int m = modules[i];
		make_plain(&im, 1281, 719, 128);
		int side = make_qr(&im, PASS, m, 301, 103);
		assert_reads(r, &im, PASS);
		assert_int_equal(code_reader_read(r, &im, codes), 1);
		const struct code_box *b = &codes[0].box;
		assert_in_range(b->left, 301 + 3 * m, 301 + 5 * m);
		assert_in_range(b->bottom, 103 + side - 5 * m, 103 + side - 3 * m);
	}
	image_fini(&im);
	code_reader_free(r);
}

/* A pass so small that only the whole picture shows it, beside a door's code that the half shows too: the second look finds both. */
static void code__read__a_fine_code_beside_a_coarse_one(void **state)
{
	struct code_reader *r = code_reader_new();
	struct code codes[CODES_MAX];
	struct image im = {0};
	(void)state;
	make_plain(&im, 1280, 720, 128);
	(void)make_qr(&im, PASS, 2, 100, 100);
	(void)make_qr(&im, "10058400", 6, 600, 300);
	(void)code_reader_read(r, &im, codes);
	assert_int_equal(code_reader_read(r, &im, codes), 2);
	image_fini(&im);
	code_reader_free(r);
}

static void code__read__more_codes_than_are_taken(void **state)
{
	struct code_reader *r = code_reader_new();
	struct code codes[CODES_MAX];
	struct image im = {0};
	char text[] = "code-a";
	(void)state;
	make_plain(&im, 800, 600, 200);
	for (int i = 0; i < 12; i++) {
		text[5] = (char)('a' + i);
		(void)make_qr(&im, text, 4, i % 4 * 200, i / 4 * 200);
	}
	assert_int_equal(code_reader_read(r, &im, codes), CODES_MAX);
	image_fini(&im);
	code_reader_free(r);
}

static void code__read__nothing_where_there_is_nothing(void **state)
{
	static const int sizes[][2] = {{1, 1}, {1, 4096}, {4096, 1}, {20, 20}, {21, 21}, {22, 21},
	    {640, 480}, {21, 4096}, {4096, 21}};
	struct code_reader *r = code_reader_new();
	struct code codes[CODES_MAX];
	struct image im = {0};
	(void)state;
	assert_int_equal(code_reader_read(r, &im, codes), 0);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		make_plain(&im, sizes[i][0], sizes[i][1], 128);
		assert_int_equal(code_reader_read(r, &im, codes), 0);
		make_slope(&im, sizes[i][0], sizes[i][1]);
		assert_int_equal(code_reader_read(r, &im, codes), 0);
		make_noise(&im, 120);
		assert_int_equal(code_reader_read(r, &im, codes), 0);
	}
	image_fini(&im);
	code_reader_free(r);
	code_reader_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(code__read__gives_the_bytes_as_they_are),
	    cmocka_unit_test(code__what_it_says_of_its_bytes__is_heeded),
	    cmocka_unit_test(code__dim_screen_in_a_bright_room__is_read),
	    cmocka_unit_test(code__read__the_longest_code_there_is),
	    cmocka_unit_test(code__read__small_and_noisy_in_a_large_picture),
	    cmocka_unit_test(code__read__two_codes_and_where_they_are),
	    cmocka_unit_test(code__read__near_and_far),
	    cmocka_unit_test(code__read__a_fine_code_beside_a_coarse_one),
	    cmocka_unit_test(code__read__more_codes_than_are_taken),
	    cmocka_unit_test(code__read__nothing_where_there_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
