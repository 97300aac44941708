#include "scan/ocrb_shapes.h"

#include <math.h>

enum {
	W = OCRB_SHAPE_WIDTH,
	H = OCRB_GLYPH_HEIGHT,
	REACH = (OCRB_SEEN_HEIGHT - H) / 2, /* pixels that blur spreads ink */
	TALL = OCRB_SEEN_HEIGHT,
};

/* How much of a pixel's ink is seen how far from it. */
struct lens {
	float weight[2 * REACH + 1];
	int reach; /* beyond it nothing to speak of */
};

static struct lens lens_make(double blur)
{
	struct lens l;
	float sum = 0;
	for (int d = -REACH; d <= REACH; d++)
		sum += l.weight[d + REACH] = expf(-(float)(d * d) / (float)(2 * blur * blur));
	for (int d = 0; d <= 2 * REACH; d++)
		l.weight[d] /= sum;
	l.reach = blur * 3 < REACH ? (int)ceil(blur * 3) : REACH;
	return l;
}

static float ink_at(int g, int x, int y)
{
	const char c = ocrb_glyphs[g][y * W + x];
	return (float)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* What is seen of a glyph within its pitch, with REACH rows above and below it. */
static void glyph_see(float seen[TALL][W], int g, const struct lens *l)
{
	float aside[H][W];
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++) {
			aside[y][x] = 0;
			for (int d = -l->reach; d <= l->reach; d++)
				if (x + d >= 0 && x + d < W)
					aside[y][x] += l->weight[d + REACH] * ink_at(g, x + d, y);
		}
	for (int y = 0; y < TALL; y++)
		for (int x = 0; x < W; x++) {
			seen[y][x] = 0;
			for (int d = -l->reach; d <= l->reach; d++) {
				const int from = y - REACH + d;
				if (from >= 0 && from < H)
					seen[y][x] += l->weight[d + REACH] * aside[from][x];
			}
		}
}

static void shape_make(int16_t vector[OCRB_SHAPE_PIXELS], const float seen[TALL][W], double height)
{
	float v[OCRB_SHAPE_PIXELS], mean = 0, square = 0;
	for (int y = 0; y < OCRB_SHAPE_HEIGHT; y++) {
		const double at = (y + 0.5 - OCRB_SHAPE_HEIGHT / 2.0) / height + TALL / 2.0 - 0.5;
		const int above = (int)floor(at);
		const float share = (float)(at - above);
		for (int x = 0; x < W; x++) {
			const float a = above >= 0 && above < TALL ? seen[above][x] : 0,
				    b = above >= -1 && above < TALL - 1 ? seen[above + 1][x] : 0;
			v[y * W + x] = (1 - share) * a + share * b;
			mean += v[y * W + x] / OCRB_SHAPE_PIXELS;
		}
	}
	for (int i = 0; i < OCRB_SHAPE_PIXELS; i++)
		square += (v[i] - mean) * (v[i] - mean);
	for (int i = 0; i < OCRB_SHAPE_PIXELS; i++)
		vector[i] = (int16_t)lrintf((v[i] - mean) * OCRB_SHAPE_LENGTH / sqrtf(square));
}

void ocrb_seen_make(struct ocrb_seen *s, double blur)
{
	const struct lens l = lens_make(blur);
	for (int g = 0; g < OCRB_GLYPHS; g++)
		glyph_see(s->ink[g], g, &l);
}

void ocrb_shapes_make(struct ocrb_shapes *s, const struct ocrb_seen *seen, double height)
{
	for (int g = 0; g < OCRB_GLYPHS; g++)
		shape_make(s->vector[g], seen->ink[g], height);
}

int ocrb_shape_product(const int16_t a[OCRB_SHAPE_PIXELS], const int16_t b[OCRB_SHAPE_PIXELS])
{
	int all = 0;
	for (int i = 0; i < OCRB_SHAPE_PIXELS; i++)
		all += a[i] * b[i];
	return all;
}
