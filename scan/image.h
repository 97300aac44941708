/*
 * A grey picture, as every source gives it and every reader takes it. It hides the memory and holds the one bound on size: nothing here is
 * ever wider or higher than IMAGE_SIDE_MAX. Zeroed is ready and empty; image_fini clears (a picture may show a pass) and frees.
 */
#ifndef SCAN_IMAGE_H
#define SCAN_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "scan/tint.h"

enum { IMAGE_SIDE_MAX = 4096 };

struct image {
	int width, height; /* 1 … IMAGE_SIDE_MAX; 0: empty */
	uint8_t *grey; /* width × height, row by row from the top, 0 black … 255 white; owned */
	size_t cap;
	struct tint *
	    tint; /* filled with the picture by who makes it; NULL: its colours are not wanted; borrowed */
};

/* A new size; what it holds then is undefined, and has no colours. ERR_INPUT beyond the bounds, and *im is as it was. */
enum err_code image_resize(struct image *im, int width, int height, struct err *e) MUST_USE;
void image_fill(struct image *im, uint8_t level);

/* How a frame of a camera holds its brightness: one byte a pixel every step bytes, stride bytes from row to row. GREY and NV12's first plane
 * have step 1, YUYV has step 2 (kernel: userspace-api/media/v4l/pixfmt-yuv-luma, pixfmt-yuv-planar, pixfmt-packed-yuv). */
struct image_luma {
	int width, height, step;
	size_t stride;
};
/* ERR_INPUT: the bounds, or fewer bytes than such a frame has; *im is as it was. */
enum err_code image_take_luma(struct image *im, const uint8_t *bytes, size_t len,
    const struct image_luma *how, struct err *e) MUST_USE;

/* src, which is not empty, at half its size; they are two pictures. */
void image_half(struct image *dst, const struct image *src);

/* Halve until neither side is longer than side_max (1 or more). */
void image_shrink(struct image *im, int side_max);

/* Of all pixels and the size; for "is this the same picture", not against somebody who makes two alike. */
uint64_t image_hash(const struct image *im);

void image_fini(struct image *im);

#endif
