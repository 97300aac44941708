#include "scan/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static size_t pixels(const struct image *im)
{
	return (size_t)im->width * (size_t)im->height;
}

enum err_code image_resize(struct image *im, int width, int height, struct err *e)
{
	if (width < 1 || height < 1 || width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX)
		return err_set(e, ERR_INPUT, "a picture of %d by %d pixels; at most %d a side",
		    width, height, IMAGE_SIDE_MAX);
	size_t need = (size_t)width * (size_t)height;
	struct tint *tint = im->tint;
	if (need > im->cap) {
		image_fini(im);
		im->grey = mem_new(need, 1);
		im->cap = need;
	}
	im->width = width;
	im->height = height;
	im->tint = tint;
	if (tint != NULL)
		tint->cols = tint->rows = 0;
	return ERR_OK;
}

void image_fill(struct image *im, uint8_t level)
{
	if (im->grey != NULL)
		memset(im->grey, level, pixels(im));
}

static void take_row(uint8_t *dst, const uint8_t *src, int width, int step)
{
	if (step == 1) {
		memcpy(dst, src, (size_t)width);
		return;
	}
	for (int x = 0; x < width; x++)
		dst[x] = src[x * step];
}

enum err_code image_take_luma(
    struct image *im, const uint8_t *bytes, size_t len, const struct image_luma *how, struct err *e)
{
	if (how->width < 1 || how->height < 1 || how->width > IMAGE_SIDE_MAX ||
	    how->height > IMAGE_SIDE_MAX || how->step < 1 || how->step > 2)
		return err_set(e, ERR_INPUT, "a frame of %d by %d pixels", how->width, how->height);
	size_t row = (size_t)how->width * (size_t)how->step;
	if (how->stride < row || len < row || (len - row) / how->stride < (size_t)how->height - 1)
		return err_set(e, ERR_INPUT, "a frame of %d by %d pixels in %zu bytes", how->width,
		    how->height, len);
	enum err_code code = image_resize(im, how->width, how->height, e);
	for (int y = 0; y < how->height && code == ERR_OK; y++)
		take_row(im->grey + (size_t)y * (size_t)how->width, bytes + (size_t)y * how->stride,
		    how->width, how->step);
	return code;
}

static int half_of(int side)
{
	return side > 1 ? side / 2 : 1; /* a side of one pixel stays */
}

/* to may be where im lies: what is read lies never before what is written. */
static void halve_into(uint8_t *to, const struct image *im)
{
	const int w = half_of(im->width), h = half_of(im->height);
	const size_t right = im->width > 1 ? 1 : 0;
	const size_t below = im->height > 1 ? (size_t)im->width : 0;
	for (int y = 0; y < h; y++) {
		const uint8_t *src = im->grey + (size_t)y * 2 * (size_t)im->width;
		uint8_t *dst = to + (size_t)y * (size_t)w;
		for (int x = 0; x < w; x++, src += 2)
			dst[x] =
			    (uint8_t)((src[0] + src[right] + src[below] + src[below + right] + 2) /
				      4);
	}
}

void image_half(struct image *dst, const struct image *src)
{
	/* Within the bounds, since src is. */
	if (image_resize(dst, half_of(src->width), half_of(src->height), NULL) == ERR_OK)
		halve_into(dst->grey, src);
}

void image_shrink(struct image *im, int side_max)
{
	if (side_max < 1)
		side_max = 1;
	while (im->width > side_max || im->height > side_max) {
		halve_into(im->grey, im);
		im->width = half_of(im->width);
		im->height = half_of(im->height);
	}
}

/* FNV-1a (draft-eastlake-fnv), eight bytes at a time. */
uint64_t image_hash(const struct image *im)
{
	const uint64_t prime = UINT64_C(0x100000001b3);
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	h = (h ^ (uint64_t)im->width) * prime;
	h = (h ^ (uint64_t)im->height) * prime;
	size_t n = pixels(im), i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t word;
		memcpy(&word, im->grey + i, sizeof word);
		h = (h ^ word) * prime;
		h ^= h >> 32; /* a multiplication alone never carries a high bit down */
	}
	for (; i < n; i++)
		h = (h ^ im->grey[i]) * prime;
	return h;
}

void image_fini(struct image *im)
{
	if (im->grey != NULL)
		explicit_bzero(im->grey, im->cap);
	free(im->grey);
	*im = (struct image){0};
}
