#include "make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <jpeglib.h>
#include <png.h>

#include "pass/qr.h"

enum { QUIET = 4 };

void make_plain(struct image *im, int width, int height, uint8_t level)
{
	struct err e;
	assert_int_equal(image_resize(im, width, height, &e), ERR_OK);
	image_fill(im, level);
}

void make_slope(struct image *im, int width, int height)
{
	make_plain(im, width, height, 0);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			im->grey[y * width + x] = (uint8_t)(x * 7 + y * 13);
}

int make_qr(struct image *im, const char *text, int scale, int x, int y)
{
	static struct qr q;
	struct err e;
	assert_int_equal(qr_encode(&q, text, QR_M, &e), ERR_OK);
	const int side = (q.side + 2 * QUIET) * scale;
	assert_true(x >= 0 && y >= 0 && x + side <= im->width && y + side <= im->height);
	for (int row = 0; row < side; row++) {
		for (int col = 0; col < side; col++) {
			int mx = col / scale - QUIET, my = row / scale - QUIET;
			bool inside = mx >= 0 && my >= 0 && mx < q.side && my < q.side;
			im->grey[(y + row) * im->width + x + col] =
			    inside && q.dark[my * q.side + mx] ? 20 : 235;
		}
	}
	return side;
}

void make_noise(struct image *im, int amount)
{
	uint32_t seed = 1;
	for (int i = 0; i < im->width * im->height; i++) {
		seed = seed * 1664525 + 1013904223;
		int level = im->grey[i] + (int)(seed >> 16) % (2 * amount + 1) - amount;
		im->grey[i] = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
	}
}

/* --- PNG --------------------------------------------------------------------------------- */

static const struct {
	int colour, depth, interlace, bytes; /* a pixel; 0: a bit */
} kinds[MAKE_PNG_COUNT] = {
    [MAKE_GREY] = {PNG_COLOR_TYPE_GRAY, 8, PNG_INTERLACE_NONE, 1},
    [MAKE_GREY_INTERLACED] = {PNG_COLOR_TYPE_GRAY, 8, PNG_INTERLACE_ADAM7, 1},
    [MAKE_GREY_1] = {PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE, 0},
    [MAKE_GREY_16] = {PNG_COLOR_TYPE_GRAY, 16, PNG_INTERLACE_NONE, 2},
    [MAKE_GREY_ALPHA] = {PNG_COLOR_TYPE_GRAY_ALPHA, 8, PNG_INTERLACE_NONE, 2},
    [MAKE_RGB] = {PNG_COLOR_TYPE_RGB, 8, PNG_INTERLACE_NONE, 3},
    [MAKE_RGBA_16_INTERLACED] = {PNG_COLOR_TYPE_RGB_ALPHA, 16, PNG_INTERLACE_ADAM7, 8},
    [MAKE_PALETTE_ALPHA] = {PNG_COLOR_TYPE_PALETTE, 8, PNG_INTERLACE_NONE, 1},
};

static void put_pixel(uint8_t *row, int x, uint8_t level, enum make_png_kind kind)
{
	const int bytes = kinds[kind].bytes;
	switch (kind) {
	case MAKE_GREY_1: row[x / 8] |= (uint8_t)(level >= 128 ? 0x80 >> x % 8 : 0); break;
	case MAKE_GREY_ALPHA:
		row[2 * x] = 0;
		row[2 * x + 1] = (uint8_t)(255 - level);
		break;
	case MAKE_PALETTE_ALPHA: row[x] = (uint8_t)(level == 255 ? 0 : level + 1); break;
	case MAKE_RGBA_16_INTERLACED:
		memset(row + bytes * x, level, 6);
		memset(row + bytes * x + 6, 255, 2);
		break;
	case MAKE_GREY:
	case MAKE_GREY_INTERLACED:
	case MAKE_GREY_16:
	case MAKE_RGB:
	case MAKE_PNG_COUNT: memset(row + bytes * x, level, (size_t)bytes); break;
	}
}

static void on_write(png_structp png, png_bytep bytes, size_t n)
{
	assert_true(str_buf_add(png_get_io_ptr(png), bytes, n));
}

static void on_flush(png_structp png)
{
	(void)png;
}

void make_png(struct str_buf *out, const struct image *im, enum make_png_kind kind)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	assert_non_null(info);
	png_set_write_fn(png, out, on_write, on_flush);
	png_set_IHDR(png, info, (png_uint_32)im->width, (png_uint_32)im->height, kinds[kind].depth,
	    kinds[kind].colour, kinds[kind].interlace, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	if (kind == MAKE_PALETTE_ALPHA) {
		png_color colours[256] = {{0, 0, 0}};
		for (int i = 1; i < 256; i++)
			memset(&colours[i], i - 1, sizeof colours[i]);
		png_set_PLTE(png, info, colours, 256);
		png_set_tRNS(png, info, (png_const_bytep) "\0", 1, NULL);
	}
	png_write_info(png, info);
	const size_t wide = (size_t)im->width * 8 + 8;
	uint8_t *bytes = mem_new((size_t)im->height, wide);
	uint8_t **rows = mem_new((size_t)im->height, sizeof *rows);
	for (int y = 0; y < im->height; y++) {
		rows[y] = bytes + (size_t)y * wide;
		for (int x = 0; x < im->width; x++)
			put_pixel(rows[y], x, im->grey[y * im->width + x], kind);
	}
	png_write_image(png, rows);
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	free(rows);
	free(bytes);
}

/* --- JPEG and PGM ------------------------------------------------------------------------ */

/* Cut every DHT segment out of what stands before the picture's data (ITU T.81, B.2). */
static void cut_tables(struct str_buf *b)
{
	uint8_t *p = (uint8_t *)b->data;
	for (size_t at = 2; at + 4 <= b->len && p[at] == 0xff && p[at + 1] != 0xda;) {
		size_t n = 2 + ((size_t)p[at + 2] << 8 | p[at + 3]);
		if (p[at + 1] != 0xc4) {
			at += n;
			continue;
		}
		memmove(p + at, p + at + n, b->len - at - n);
		b->len -= n;
	}
}

void make_jpeg(struct str_buf *out, const struct image *im, struct make_jpeg how)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	unsigned char *bytes = NULL;
	unsigned long len = 0;
	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &bytes, &len);
	c.image_width = (JDIMENSION)im->width;
	c.image_height = (JDIMENSION)im->height;
	c.input_components = how.colour ? 3 : 1;
	c.in_color_space = how.colour ? JCS_RGB : JCS_GRAYSCALE;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, how.quality, TRUE);
	if (how.progressive)
		jpeg_simple_progression(&c);
	jpeg_start_compress(&c, TRUE);
	uint8_t *row = mem_new((size_t)im->width, 3);
	for (int y = 0; y < im->height; y++) {
		for (int x = 0; x < im->width; x++) {
			const uint8_t level = im->grey[y * im->width + x];
			memset(row + x * c.input_components, how.thirds ? 0 : level,
			    (size_t)c.input_components);
			if (how.thirds)
				row[3 * x + x * 3 / im->width] = level;
		}
		assert_int_equal(jpeg_write_scanlines(&c, &row, 1), 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	assert_true(str_buf_add(out, bytes, len));
	free(bytes);
	free(row);
	if (how.no_tables)
		cut_tables(out);
}

void make_pgm(struct str_buf *out, const struct image *im)
{
	assert_true(str_buf_print(out, "P5\n# a comment\n%d %d\n255\n", im->width, im->height));
	assert_true(str_buf_add(out, im->grey, (size_t)im->width * (size_t)im->height));
}
