#include "scan/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "make.h"
#include "scan/mosaic.h"

static enum err_code decode(struct image *im, const struct str_buf *b)
{
	struct err e;
	return picture_decode(im, (const uint8_t *)b->data, b->len, &e);
}

static void assert_like(const struct image *got, const struct image *want, int tolerance)
{
	assert_int_equal(got->width, want->width);
	assert_int_equal(got->height, want->height);
	for (int i = 0; i < want->width * want->height; i++)
		assert_in_range(
		    got->grey[i] - want->grey[i] + 256, 256 - tolerance, 256 + tolerance);
}

static void picture__png__every_kind_is_grey(void **state)
{
	(void)state;
	for (int kind = 0; kind < MAKE_PNG_COUNT; kind++) {
		struct image im = {0}, want = {0};
		struct str_buf b = STR_BUF_INIT;
		make_slope(&want, 61, 47);
		make_png(&b, &want, (enum make_png_kind)kind);
		if (kind == MAKE_GREY_1)
			for (int i = 0; i < 61 * 47; i++)
				want.grey[i] = want.grey[i] >= 128 ? 255 : 0;
		assert_int_equal(decode(&im, &b), ERR_OK);
		assert_like(&im, &want, 1);
		image_fini(&im);
		image_fini(&want);
		str_buf_fini(&b);
	}
}

/* Whatever is cut off, the answer is an error and nothing worse. */
static void picture__png__cut_anywhere_is_refused(void **state)
{
	(void)state;
	for (int kind = 0; kind < MAKE_PNG_COUNT; kind++) {
		struct image im = {0};
		struct str_buf b = STR_BUF_INIT;
		make_slope(&im, 19, 17);
		make_png(&b, &im, (enum make_png_kind)kind);
		/* All pixels are there before IEND (12 bytes) and IDAT's checksum (4): libpng looks at what it needs. */
		for (size_t len = 0; len + 40 < b.len; len++) {
			struct str_buf cut = b;
			cut.len = len;
			assert_int_equal(decode(&im, &cut), ERR_INPUT);
		}
		image_fini(&im);
		str_buf_fini(&b);
	}
}

static uint32_t crc32_of(const uint8_t *p, size_t n) /* PNG, annex D */
{
	uint32_t c = UINT32_MAX;
	for (size_t i = 0; i < n; i++) {
		c ^= p[i];
		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
	}
	return ~c;
}

/* IHDR's width and height (PNG 3rd edition, 11.2.1), its checksum made right again. */
static void png_size(struct str_buf *b, uint32_t width, uint32_t height)
{
	uint8_t *p = (uint8_t *)b->data;
	const uint32_t n[2] = {width, height};
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 4; k++)
			p[16 + 4 * i + k] = (uint8_t)(n[i] >> (24 - 8 * k));
	uint32_t crc = crc32_of(p + 12, 17);
	for (int k = 0; k < 4; k++)
		p[29 + k] = (uint8_t)(crc >> (24 - 8 * k));
}

static void picture__png__hostile_sizes_are_refused(void **state)
{
	static const uint32_t sizes[][2] = {{0, 19}, {19, 0}, {4097, 19}, {19, 4097},
	    {0x7fffffff, 0x7fffffff}, {0xffffffff, 1}, {0x80000000, 0x80000000}, {4096, 4096}};
	struct image im = {0};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct str_buf b = STR_BUF_INIT;
		make_slope(&im, 19, 17);
		make_png(&b, &im, MAKE_RGB);
		png_size(&b, sizes[i][0], sizes[i][1]);
		assert_int_equal(decode(&im, &b), ERR_INPUT);
		str_buf_fini(&b);
	}
	image_fini(&im);
}

static void picture__png__says_what_is_too_large(void **state)
{
	(void)state;
	struct image im = {0};
	struct str_buf b = STR_BUF_INIT;
	struct err e = {0};
	make_slope(&im, 19, 17);
	make_png(&b, &im, MAKE_GREY);
	png_size(&b, 8000, 6000);
	assert_int_equal(picture_decode(&im, (const uint8_t *)b.data, b.len, &e), ERR_INPUT);
	assert_non_null(strstr(e.msg, "8000 by 6000 pixels; at most 4096 a side"));
	str_buf_fini(&b);
	image_fini(&im);
}

static void picture__jpeg__every_kind_is_grey(void **state)
{
	(void)state;
	for (int bits = 0; bits < 8; bits++) {
		struct image im = {0}, want = {0};
		struct str_buf b = STR_BUF_INIT;
		const struct make_jpeg how = {
		    95, bits & 1, bits & 2, (bits & 4) && !(bits & 2), false};
		make_plain(&want, 160, 120, 90);
		(void)make_qr(&want, "8K3M9QPT", 3, 10, 10);
		make_jpeg(&b, &want, how);
		assert_int_equal(decode(&im, &b), ERR_OK);
		assert_like(&im, &want, 40); /* JPEG loses some */
		image_fini(&im);
		image_fini(&want);
		str_buf_fini(&b);
	}
}

/* A camera drops bytes; what came is shown, or nothing, and the bounds hold. */
static void picture__jpeg__cut_anywhere_is_survived(void **state)
{
	(void)state;
	for (int progressive = 0; progressive < 2; progressive++) {
		struct image im = {0};
		struct str_buf b = STR_BUF_INIT;
		make_slope(&im, 64, 48);
		make_jpeg(&b, &im,
		    (struct make_jpeg){.quality = 50, .colour = true, .progressive = progressive});
		for (size_t len = 0; len < b.len; len++) {
			struct str_buf cut = b;
			cut.len = len;
			enum err_code code = decode(&im, &cut);
			assert_true(code == ERR_INPUT ||
				    (code == ERR_OK && im.width == 64 && im.height == 48));
			if (len < 100)
				assert_int_equal(code, ERR_INPUT);
		}
		image_fini(&im);
		str_buf_fini(&b);
	}
}

static void picture__jpeg__stray_bytes_are_survived(void **state)
{
	struct image im = {0}, want = {0};
	struct str_buf b = STR_BUF_INIT;
	(void)state;
	make_slope(&want, 64, 48);
	make_jpeg(&b, &want, (struct make_jpeg){.quality = 90});
	assert_true(str_buf_add(&b, "\0\0\xff\xff\x1b[A", 7));
	assert_int_equal(decode(&im, &b), ERR_OK);
	b.len -= 9; /* without the mark of its end */
	assert_int_equal(decode(&im, &b), ERR_OK);
	assert_int_equal(im.height, 48);
	image_fini(&im);
	image_fini(&want);
	str_buf_fini(&b);
}

static void picture__jpeg__is_coloured_where_that_is_wanted(void **state)
{
	static struct tint tint;
	static struct mosaic m;
	(void)state;
	for (int progressive = 0; progressive < 2; progressive++) {
		struct image im = {.tint = &tint};
		struct str_buf b = STR_BUF_INIT;
		make_plain(&im, 720, 480, 200);
		make_jpeg(&b, &im, (struct make_jpeg){95, true, progressive, false, true});
		assert_int_equal(decode(&im, &b), ERR_OK);
		assert_int_equal(tint.cols, TINT_COLS_MAX);
		mosaic_draw(&m, &im, &(struct mosaic_look){9, 9, false});
		for (int i = 0; i < m.cols * m.rows; i++)
			for (int k = 0; k < 3; k++) {
				const bool own = k == i % m.cols * 3 / m.cols;
				assert_in_range(m.cells[i].fg[k], own ? 180 : 0, own ? 220 : 40);
			}
		image_fini(&im);
		str_buf_fini(&b);
	}
}

static void picture__png__has_chrominance_where_it_may_be_coloured(void **state)
{
	static const enum make_png_kind kinds[] = {
	    MAKE_GREY, MAKE_GREY_ALPHA, MAKE_RGB, MAKE_RGBA_16_INTERLACED, MAKE_PALETTE_ALPHA};
	static struct tint tint;
	struct image want = {0};
	(void)state;
	make_slope(&want, 61, 47);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct image im = {.tint = &tint};
		struct str_buf b = STR_BUF_INIT;
		tint = (struct tint){.cols = 5, .rows = 5}; /* of the picture before */
		make_png(&b, &want, kinds[i]);
		assert_int_equal(decode(&im, &b), ERR_OK);
		assert_int_equal(tint.cols > 0, i >= 2);
		for (int k = 0; k < tint.cols * tint.rows; k++)
			assert_true(tint.cb[k] == 128 && tint.cr[k] == 128);
		image_fini(&im);
		str_buf_fini(&b);
	}
	image_fini(&want);
}

/* SOF's height and width (ITU T.81, B.2.2). */
static void jpeg_size(struct str_buf *b, unsigned height, unsigned width)
{
	uint8_t *p = (uint8_t *)b->data;
	for (size_t at = 2; at + 9 < b->len; at += 2 + ((size_t)p[at + 2] << 8 | p[at + 3])) {
		if (p[at + 1] != 0xc0)
			continue;
		p[at + 5] = (uint8_t)(height >> 8);
		p[at + 6] = (uint8_t)height;
		p[at + 7] = (uint8_t)(width >> 8);
		p[at + 8] = (uint8_t)width;
		return;
	}
	fail();
}

static void picture__jpeg__hostile_sizes_are_refused(void **state)
{
	static const unsigned sizes[][2] = {
	    {0, 64}, {48, 0}, {4097, 64}, {48, 4097}, {65535, 65535}};
	struct image im = {0};
	struct str_buf b = STR_BUF_INIT;
	(void)state;
	make_slope(&im, 64, 48);
	make_jpeg(&b, &im, (struct make_jpeg){.quality = 50});
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		jpeg_size(&b, sizes[i][0], sizes[i][1]);
		assert_int_equal(decode(&im, &b), ERR_INPUT);
	}
	image_fini(&im);
	str_buf_fini(&b);
}

/* A scan a few bytes long is work for the whole picture: the last one, a hundred times over. */
static void picture__jpeg__too_many_passes_are_refused(void **state)
{
	struct image im = {0};
	struct str_buf b = STR_BUF_INIT;
	(void)state;
	make_plain(&im, 64, 48, 100);
	make_jpeg(&b, &im, (struct make_jpeg){.quality = 50, .progressive = true});
	size_t last = b.len - 2;
	while (memcmp(b.data + last, "\xff\xda", 2) != 0)
		last--;
	size_t scan = b.len - 2 - last;
	char bytes[256];
	assert_in_range(scan, 8, sizeof bytes);
	memcpy(bytes, b.data + last, scan);
	b.len -= 2;
	for (int i = 0; i < 100; i++)
		assert_true(str_buf_add(&b, bytes, scan));
	assert_true(str_buf_add(&b, "\xff\xd9", 2));
	assert_int_equal(decode(&im, &b), ERR_INPUT);
	image_fini(&im);
	str_buf_fini(&b);
}

static void picture__pgm__is_read(void **state)
{
	struct image im = {0}, want = {0};
	struct str_buf b = STR_BUF_INIT;
	(void)state;
	make_slope(&want, 23, 9);
	make_pgm(&b, &want);
	assert_int_equal(decode(&im, &b), ERR_OK);
	assert_like(&im, &want, 0);
	for (size_t len = 0; len < b.len; len++) {
		struct str_buf cut = b;
		cut.len = len;
		assert_int_equal(decode(&im, &cut), ERR_INPUT);
	}
	str_buf_clear(&b);
	assert_true(str_buf_add(&b, "P5#x\r2\t#y\n 2 15 \x00\x07\x0f\xff", 21));
	assert_int_equal(decode(&im, &b), ERR_OK);
	assert_memory_equal(im.grey, "\0\x77\xff\xff", 4);
	image_fini(&im);
	image_fini(&want);
	str_buf_fini(&b);
}

static void picture__decode__refuses_garbage(void **state)
{
	static const char *const bad[] = {"", "P", "P5", "P5 ", "P5 1 1 255", "P5 4097 1 255 ",
	    "P5 1 4097 255 ", "P5 1 1 256 x", "P5 1 1 0 x", "P5 0 1 255 x", "P5 -1 1 255 x",
	    "P5 99999999999999999999 1 255 x", "P51 1 255 x", "P5 1 1 255x", "P2 1 1 255 0", "P5#",
	    "P5 1 1 # 255 x", "\x89PNG\r\n\x1a\n", "\x89PNG", "\xff\xd8\xff", "\xff\xd8\xff\xd9",
	    "\xff\xd8\xff\xe0\xff\xff", "GIF89a", "\x1b]0;x\a", "\xe2\x80\xae", "<svg/>"};
	struct image im = {0};
	struct err e;
	char *noise = mem_new(10000, 1);
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(
		    picture_decode(&im, (const uint8_t *)bad[i], strlen(bad[i]), &e), ERR_INPUT);
	assert_int_equal(picture_decode(&im, (const uint8_t *)"\0\0\0\0", 4, &e), ERR_INPUT);
	assert_int_equal(
	    picture_decode(&im, (const uint8_t *)noise, (size_t)PICTURE_BYTES_MAX + 1, &e),
	    ERR_INPUT);
	memset(noise, 'P', 10000);
	assert_int_equal(picture_decode(&im, (const uint8_t *)noise, 10000, &e), ERR_INPUT);
	assert_int_equal(picture_jpeg(&im, (const uint8_t *)noise, 0, &e), ERR_INPUT);
	free(noise);
	image_fini(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(picture__png__every_kind_is_grey),
	    cmocka_unit_test(picture__png__cut_anywhere_is_refused),
	    cmocka_unit_test(picture__png__hostile_sizes_are_refused),
	    cmocka_unit_test(picture__png__says_what_is_too_large),
	    cmocka_unit_test(picture__jpeg__every_kind_is_grey),
	    cmocka_unit_test(picture__jpeg__cut_anywhere_is_survived),
	    cmocka_unit_test(picture__jpeg__stray_bytes_are_survived),
	    cmocka_unit_test(picture__jpeg__hostile_sizes_are_refused),
	    cmocka_unit_test(picture__jpeg__too_many_passes_are_refused),
	    cmocka_unit_test(picture__jpeg__is_coloured_where_that_is_wanted),
	    cmocka_unit_test(picture__png__has_chrominance_where_it_may_be_coloured),
	    cmocka_unit_test(picture__pgm__is_read),
	    cmocka_unit_test(picture__decode__refuses_garbage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
