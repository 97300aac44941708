/*
 * Pictures for the tests of scan/: the same grey picture in every form that a camera or a file may have. Any failure fails the test.
 */
#ifndef TESTS_UNIT_SCAN_MAKE_H
#define TESTS_UNIT_SCAN_MAKE_H

#include <stdbool.h>
#include <stdlib.h>

#include "base/str.h"
#include "scan/image.h"

void make_plain(struct image *im, int width, int height, uint8_t level);
/* Every pixel another than its neighbours. */
void make_slope(struct image *im, int width, int height);
/* A code with its quiet zone, its upper left corner at x, y; returns its side in pixels. */
int make_qr(struct image *im, const char *text, int scale, int x, int y);
/* Noise like a cheap camera's: each pixel by at most amount, from a fixed seed. */
void make_noise(struct image *im, int amount);

enum make_png_kind {
	MAKE_GREY,
	MAKE_GREY_INTERLACED,
	MAKE_GREY_1, /* one bit: level 128 and above is white */
	MAKE_GREY_16,
	MAKE_GREY_ALPHA, /* opacity is the picture; the colour is black */
	MAKE_RGB,
	MAKE_RGBA_16_INTERLACED, /* opaque */
	MAKE_PALETTE_ALPHA, /* index 0 is black and transparent where the picture is 255, others are opaque */
	MAKE_PNG_COUNT,
};
void make_png(struct str_buf *out, const struct image *im, enum make_png_kind kind);

struct make_jpeg {
	int quality;
	bool colour, progressive, no_tables; /* no_tables: without DHT, as Motion-JPEG */
	bool
	    thirds; /* with colour: red, green and blue from left to right, as bright as the picture is */
};
void make_jpeg(struct str_buf *out, const struct image *im, struct make_jpeg how);
void make_pgm(struct str_buf *out, const struct image *im);

#endif
