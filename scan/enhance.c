#include "scan/enhance.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { TILE = 32 }; /* of ENHANCE_STRETCH: a few modules wide */

static uint8_t level(int n)
{
	return (uint8_t)(n < 0 ? 0 : n > 255 ? 255 : n);
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

/* False: dst is a copy. */
static bool room(struct image *dst, const struct image *src, int width, int height)
{
	struct err e;
	if (image_resize(dst, width, height, &e) == ERR_OK)
		return true;
	if (image_resize(dst, src->width, src->height, &e) == ERR_OK)
		memcpy(dst->grey, src->grey, (size_t)src->width * (size_t)src->height);
	return false;
}

/* --- levels ------------------------------------------------------------------------------- */

static void invert(struct image *dst, const struct image *src)
{
	const size_t n = (size_t)src->width * (size_t)src->height;
	for (size_t i = 0; i < n; i++)
		dst->grey[i] = (uint8_t)(255 - src->grey[i]);
}

/* The darkest and the lightest level of a tile, but for one pixel in fifty. */
static void ends(const struct image *src, int x0, int y0, int *dark, int *light)
{
	int count[256] = {0}, n = 0, seen = 0;
	const int x1 = least(x0 + TILE, src->width), y1 = least(y0 + TILE, src->height);
	for (int y = y0; y < y1; y++)
		for (int x = x0; x < x1; x++, n++)
			count[src->grey[(size_t)y * (size_t)src->width + (size_t)x]]++;
	for (*dark = 0; *dark < 255 && (seen += count[*dark]) <= n / 50; (*dark)++)
		;
	seen = 0;
	for (*light = 255; *light > 0 && (seen += count[*light]) <= n / 50; (*light)--)
		;
}

/* Each pixel between the ends of the tiles around it. */
static void stretch(struct image *dst, const struct image *src)
{
	const int across = (src->width + TILE - 1) / TILE, down = (src->height + TILE - 1) / TILE;
	const int span_least = 12; /* below that there is nothing but noise */
	struct tile {
		int dark, light;
	} *tiles = mem_new((size_t)across * (size_t)down, sizeof *tiles);
	for (int j = 0; j < down; j++)
		for (int i = 0; i < across; i++)
			ends(src, i * TILE, j * TILE, &tiles[j * across + i].dark,
			    &tiles[j * across + i].light);
	for (int j = 0; j < down; j++)
		for (int i = 0; i < across; i++) {
			int dark = 255, light = 0;
			for (int v = j > 0 ? j - 1 : 0; v <= least(j + 1, down - 1); v++)
				for (int u = i > 0 ? i - 1 : 0; u <= least(i + 1, across - 1);
				     u++) {
					const struct tile *t = &tiles[v * across + u];
					dark = least(dark, t->dark);
					light = most(light, t->light);
				}
			const int span = most(light - dark, span_least);
			dark -= (span - (light - dark)) / 2; /* a wall is grey */
			for (int y = j * TILE; y < least((j + 1) * TILE, src->height); y++)
				for (int x = i * TILE; x < least((i + 1) * TILE, src->width); x++) {
					const size_t at =
					    (size_t)y * (size_t)src->width + (size_t)x;
					dst->grey[at] = level((src->grey[at] - dark) * 255 / span);
				}
		}
	free(tiles);
}

/* Otsu's: the level that parts a picture best into what is dark and what is light. */
static int parting(const int count[256], int n)
{
	double all = 0, below = 0, best = -1;
	int level = 0, dark = 0;
	for (int i = 0; i < 256; i++)
		all += (double)i * count[i];
	for (int i = 0; i < 255; i++) {
		dark += count[i];
		below += (double)i * count[i];
		if (dark == 0 || dark == n)
			continue;
		const double apart = below / dark - (all - below) / (n - dark);
		const double good = apart * apart * dark * (n - dark);
		if (good > best) {
			best = good;
			level = i;
		}
	}
	return level;
}

/* Of what is dark, the ends but for one pixel in fifty become black and white; what is light is white. */
static void darken(struct image *im)
{
	int count[256] = {0}, all = 0, seen = 0, black, white;
	const int n = im->width * im->height;
	for (int i = 0; i < n; i++)
		count[im->grey[i]]++;
	const int most_dark = parting(count, n);
	for (int i = 0; i <= most_dark; i++)
		all += count[i];
	for (black = 0; black < most_dark && (seen += count[black]) <= all / 50; black++)
		;
	seen = 0;
	for (white = most_dark; white > black && (seen += count[white]) <= all / 50; white--)
		;
	const int span = most(white - black, 1);
	for (int i = 0; i < n; i++)
		im->grey[i] = level((im->grey[i] - black) * 255 / span);
}

/* --- neighbours ----------------------------------------------------------------------------- */

/* The mean of 3 × 3, the middle counted most (1 2 1, both ways), in sixteenths. */
static int around(const struct image *src, int x, int y)
{
	const int w = src->width, h = src->height;
	const int l = x > 0 ? x - 1 : 0, r = x < w - 1 ? x + 1 : x;
	const uint8_t *a = src->grey + (size_t)(y > 0 ? y - 1 : 0) * (size_t)w;
	const uint8_t *b = src->grey + (size_t)y * (size_t)w;
	const uint8_t *c = src->grey + (size_t)(y < h - 1 ? y + 1 : y) * (size_t)w;
	return a[l] + 2 * a[x] + a[r] + 2 * (b[l] + 2 * b[x] + b[r]) + c[l] + 2 * c[x] + c[r];
}

static void blur(struct image *dst, const struct image *src)
{
	for (int y = 0; y < src->height; y++)
		for (int x = 0; x < src->width; x++)
			dst->grey[(size_t)y * (size_t)src->width + (size_t)x] =
			    (uint8_t)((around(src, x, y) + 8) / 16);
}

static void sharpen(struct image *dst, const struct image *src)
{
	for (int y = 0; y < src->height; y++)
		for (int x = 0; x < src->width; x++) {
			const size_t at = (size_t)y * (size_t)src->width + (size_t)x;
			dst->grey[at] = level(
			    src->grey[at] + 2 * (16 * src->grey[at] - around(src, x, y)) / 16);
		}
}

/* --- places ----------------------------------------------------------------------------------- */

/* Between four pixels; what lies outside is as the picture's edge. */
static uint8_t at(const struct image *im, float x, float y)
{
	const float right = (float)(im->width - 1), bottom = (float)(im->height - 1);
	x = x < 0 ? 0 : x > right ? right : x;
	y = y < 0 ? 0 : y > bottom ? bottom : y;
	const int x0 = (int)x, y0 = (int)y;
	const int x1 = least(x0 + 1, im->width - 1), y1 = least(y0 + 1, im->height - 1);
	const float u = x - (float)x0, v = y - (float)y0;
	const uint8_t *a = im->grey + (size_t)y0 * (size_t)im->width;
	const uint8_t *b = im->grey + (size_t)y1 * (size_t)im->width;
	const float upper = (float)a[x0] * (1 - u) + (float)a[x1] * u;
	const float lower = (float)b[x0] * (1 - u) + (float)b[x1] * u;
	return (uint8_t)(upper * (1 - v) + lower * v + 0.5f);
}

static void place(struct image *dst, const struct image *src, const struct enhance_back *back)
{
	for (int y = 0; y < dst->height; y++)
		for (int x = 0; x < dst->width; x++)
			dst->grey[(size_t)y * (size_t)dst->width + (size_t)x] =
			    at(src, back->a * (float)x + back->b * (float)y + back->c,
				back->d * (float)x + back->e * (float)y + back->f);
}

/* So many times as large. */
static void scale(
    struct image *dst, const struct image *src, float times, struct enhance_back *back)
{
	const int w = (int)((float)src->width * times), h = (int)((float)src->height * times);
	if (!room(dst, src, w > 0 ? w : 1, h > 0 ? h : 1))
		return;
	const float step = 1 / times, first = (step - 1) / 2; /* the middles of pixels */
	*back = (struct enhance_back){step, 0, first, 0, step, first};
	place(dst, src, back);
}

/* About the middle; the picture grows so that nothing is lost. */
static void turn(struct image *dst, const struct image *src, struct enhance_back *back)
{
	const float c = 0.92718385f, s = 0.37460659f; /* of 22° */
	const float w = (float)src->width, h = (float)src->height;
	const float wide = w * c + h * s, high = w * s + h * c;
	if (!room(dst, src, (int)wide, (int)high))
		return;
	*back = (struct enhance_back){
	    c, s, (w - c * wide - s * high) / 2, -s, c, (h + s * wide - c * high) / 2};
	place(dst, src, back);
}

/* Levels alone: every pixel stays where it is. */
static void change(struct image *dst, const struct image *src,
    void (*how)(struct image *dst, const struct image *src))
{
	(void)room(dst, src, src->width, src->height);
	how(dst, src);
}

static void halve(struct image *dst, const struct image *src, bool twice, struct enhance_back *back)
{
	*back = (struct enhance_back){2, 0, 0.5f, 0, 2, 0.5f};
	image_half(dst, src);
	if (!twice)
		return;
	*back = (struct enhance_back){4, 0, 1.5f, 0, 4, 1.5f};
	image_shrink(dst, (most(dst->width, dst->height) + 1) / 2);
}

void enhance(
    struct image *dst, const struct image *src, enum enhance_way way, struct enhance_back *back)
{
	*back = (struct enhance_back){1, 0, 0, 0, 1, 0};
	switch (way) {
	case ENHANCE_INVERT: change(dst, src, invert); break;
	case ENHANCE_STRETCH: change(dst, src, stretch); break;
	case ENHANCE_SHARPEN: change(dst, src, sharpen); break;
	case ENHANCE_BLUR: change(dst, src, blur); break;
	case ENHANCE_HALF: halve(dst, src, false, back); break;
	case ENHANCE_QUARTER: halve(dst, src, true, back); break;
	case ENHANCE_SMALLER: scale(dst, src, 0.7f, back); break;
	case ENHANCE_DOUBLE: scale(dst, src, 2, back); break;
	case ENHANCE_DARK:
		halve(dst, src, false, back);
		darken(dst);
		break;
	case ENHANCE_TURN: turn(dst, src, back); break;
	}
}
