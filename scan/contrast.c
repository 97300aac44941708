#include "scan/contrast.h"

#include <endian.h>
#include <string.h>

enum {
	BLOCK = 8, /* pixels a side that share one level: as many as there are bytes in a word */
	AROUND = 3, /* blocks to each side that it is the mean of */
	BLOCKS_MAX = IMAGE_SIDE_MAX / BLOCK, /* side by side */
};

/* Of a word's bytes each one's lowest, its highest, and every second one. */
#define LOW UINT64_C(0x0101010101010101)
#define HIGH UINT64_C(0x8080808080808080)
#define SECOND UINT64_C(0x00ff00ff00ff00ff)

static int blocks(int side)
{
	return (side + BLOCK - 1) / BLOCK;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

/* The first pixel in the lowest byte. */
static uint64_t word_of(const uint8_t *pixels)
{
	uint64_t w;
	memcpy(&w, pixels, sizeof w);
	return le64toh(w);
}

/* What the picture has of a block, at its right or its lower side. */
static uint8_t mean_of_rest(const struct image *im, int x, int y)
{
	const int w = least(BLOCK, im->width - x), h = least(BLOCK, im->height - y);
	int sum = 0;
	for (int j = 0; j < h; j++)
		for (int i = 0; i < w; i++)
			sum += im->grey[(size_t)(y + j) * (size_t)im->width + (size_t)(x + i)];
	return (uint8_t)(sum / (w * h));
}

/* A whole block's: four sums of sixteen bits, which hold sixteen pixels each and are added up by a multiplication. */
static uint8_t mean_of_block(const struct image *im, int x, int y)
{
	uint64_t sums = 0;
	for (int i = 0; i < BLOCK; i++) {
		const uint64_t w =
		    word_of(im->grey + (size_t)(y + i) * (size_t)im->width + (size_t)x);
		sums += (w & SECOND) + (w >> 8 & SECOND);
	}
	return (uint8_t)((sums * UINT64_C(0x0001000100010001) >> 48) / (BLOCK * BLOCK));
}

static void take_means(struct contrast *c, const struct image *im)
{
	for (int j = 0; j < c->means.height; j++)
		for (int i = 0; i < c->means.width; i++) {
			const int x = i * BLOCK, y = j * BLOCK;
			const bool whole = x + BLOCK <= im->width && y + BLOCK <= im->height;
			c->means.grey[j * c->means.width + i] =
			    whole ? mean_of_block(im, x, y) : mean_of_rest(im, x, y);
		}
}

static void add_row(int sums[BLOCKS_MAX], const struct image *means, int row, int sign)
{
	for (int i = 0; i < means->width && row >= 0 && row < means->height; i++)
		sums[i] += sign * means->grey[row * means->width + i];
}

/* The mean of all blocks around each: sums of columns move down with it, and their sum moves along. */
static void take_levels(struct contrast *c)
{
	const int w = c->means.width, h = c->means.height;
	int sums[BLOCKS_MAX] = {0};
	for (int j = 0; j < AROUND; j++)
		add_row(sums, &c->means, j, 1);
	for (int j = 0; j < h; j++) {
		const int rows = least(j + AROUND + 1, h) - most(j - AROUND, 0);
		int sum = 0;
		add_row(sums, &c->means, j + AROUND, 1);
		add_row(sums, &c->means, j - AROUND - 1, -1);
		for (int i = 0; i < least(AROUND, w); i++)
			sum += sums[i];
		for (int i = 0; i < w; i++) {
			const int columns = least(i + AROUND + 1, w) - most(i - AROUND, 0);
			sum += i + AROUND < w ? sums[i + AROUND] : 0;
			sum -= i > AROUND ? sums[i - AROUND - 1] : 0;
			c->levels.grey[j * w + i] = (uint8_t)(sum / (rows * columns));
		}
	}
}

bool contrast_take(struct contrast *c, const struct image *im)
{
	struct err e;
	const int w = blocks(im->width), h = blocks(im->height);
	if (image_resize(&c->means, w, h, &e) != ERR_OK ||
	    image_resize(&c->levels, w, h, &e) != ERR_OK)
		return false;
	take_means(c, im);
	take_levels(c);
	return true;
}

uint8_t contrast_level(const struct contrast *c, int x, int y)
{
	return c->levels.grey[(size_t)(y / BLOCK) * (size_t)c->levels.width + (size_t)(x / BLOCK)];
}

/* In each byte the highest bit where the pixel is below the level. Seven bits of both are compared by a subtraction that borrows from no other byte. */
static uint64_t below(uint64_t pixels, uint8_t level)
{
	const uint64_t seven = (pixels | HIGH) - (level & 0x7f) * LOW; /* HIGH: not below */
	return (level & 0x80 ? ~(pixels & seven) : ~(pixels | seven)) & HIGH;
}

/* The n pixels of a block, the others like the last of them: where they end nothing turns. */
static uint64_t dark_of(const uint8_t *pixels, int n, uint8_t level)
{
	uint8_t whole[BLOCK];
	if (n >= BLOCK)
		return below(word_of(pixels), level);
	memset(whole, pixels[n - 1], sizeof whole);
	memcpy(whole, pixels, (size_t)n);
	return below(word_of(whole), level);
}

void contrast_runs(
    const struct contrast *c, const struct image *im, int y, struct contrast_runs *runs)
{
	const uint8_t *row = im->grey + (size_t)y * (size_t)im->width;
	const uint8_t *levels = c->levels.grey + (size_t)(y / BLOCK) * (size_t)c->levels.width;
	uint64_t last =
	    row[0] < levels[0]; /* in its lowest bit, whether the pixel before is dark */
	runs->dark = last != 0;
	runs->n = 0;
	runs->at[runs->n++] = 0;
	for (int x = 0; x < im->width; x += BLOCK) {
		const uint64_t dark = dark_of(row + x, im->width - x, levels[x / BLOCK]);
		uint64_t turns = dark ^ (dark << 8 | last << 7);
		for (; turns != 0; turns &= turns - 1)
			runs->at[runs->n++] = (uint16_t)(x + __builtin_ctzll(turns) / 8);
		last = dark >> 63;
	}
	runs->at[runs->n] = (uint16_t)im->width;
}

void contrast_fini(struct contrast *c)
{
	image_fini(&c->means);
	image_fini(&c->levels);
}
