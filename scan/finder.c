#include "scan/finder.h"

#include <stdlib.h>

enum {
	BLOCK = 8, /* pixels a side that share one level between dark and light */
	AROUND = 3, /* blocks to each side that it is the mean of */
	CONTRAST_LEAST = 10, /* between the dark and the light of a pattern */
	WIDTH_LEAST = 7, /* pixels: a module each */
	RUNS = 5,
	/* How far a part may be from its share, of a hundred. */
	OFF_MOST = 65,
	HALF_FROM = 600, /* the shorter side of a picture whose half is enough */
	PATTERNS_MAX = 64,
	STEP = 2, /* rows: the middle of a pattern is three modules high */
	ROWS_LEAST = 3, /* that show a pattern: noise looks like one in one row */
};

struct xy {
	int x, y;
};

struct scene {
	const struct image *im;
	const struct image *levels; /* a pixel for each block */
	int scale; /* of its place to where codes were read */
	const struct code *codes;
	int n_codes;
	struct finder_pattern *patterns;
	int n, max;
	bool strict; /* as libzxing is: half a module and half a pixel */
};

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

static uint8_t pixel(const struct image *im, int x, int y)
{
	return im->grey[(size_t)y * (size_t)im->width + (size_t)x];
}

static uint8_t mean(const struct image *im, int x0, int y0, int x1, int y1)
{
	int sum = 0;
	for (int y = y0; y < y1; y++)
		for (int x = x0; x < x1; x++)
			sum += pixel(im, x, y);
	return (uint8_t)(sum / ((x1 - x0) * (y1 - y0)));
}

/* A level for each block: the mean of it and those around it. */
static bool take_levels(struct finder *f, const struct image *im)
{
	struct err e;
	const int w = blocks(im->width), h = blocks(im->height);
	if (image_resize(&f->means, w, h, &e) != ERR_OK ||
	    image_resize(&f->levels, w, h, &e) != ERR_OK)
		return false;
	for (int j = 0; j < h; j++)
		for (int i = 0; i < w; i++)
			f->means.grey[j * w + i] = mean(im, i * BLOCK, j * BLOCK,
			    least((i + 1) * BLOCK, im->width), least((j + 1) * BLOCK, im->height));
	for (int j = 0; j < h; j++)
		for (int i = 0; i < w; i++)
			f->levels.grey[j * w + i] =
			    mean(&f->means, most(i - AROUND, 0), most(j - AROUND, 0),
				least(i + AROUND + 1, w), least(j + AROUND + 1, h));
	return true;
}

/* 1:1:3:1:1, give or take. */
static bool in_proportion(const int run[RUNS], bool strict)
{
	static const int share[RUNS] = {1, 1, 3, 1, 1};
	int sum = 0;
	for (int i = 0; i < RUNS; i++)
		sum += run[i];
	if (sum < WIDTH_LEAST)
		return false;
	for (int i = 0; i < RUNS; i++) {
		/* In sevenths of a hundredth of a module; a pixel too many or too few is no error. */
		const int off = abs(700 * run[i] - 100 * share[i] * sum);
		if (strict ? off > 50 * sum + 350 : off > OFF_MOST * share[i] * sum && off > 700)
			return false;
	}
	return true;
}

/* The runs both ways from the middle of a pattern, across or down; false where they are not there. */
static bool runs_from(const struct scene *s, struct xy at, struct xy step, int run[RUNS], bool dark)
{
	const uint8_t level = pixel(s->levels, at.x / BLOCK, at.y / BLOCK);
	for (int i = 0; i < RUNS; i++)
		run[i] = 0;
	for (int way = -1; way <= 1; way += 2) {
		int nth = RUNS / 2, x = at.x, y = at.y;
		if (way > 0) {
			x += step.x;
			y += step.y;
		}
		for (; x >= 0 && y >= 0 && x < s->im->width && y < s->im->height;
		     x += way * step.x, y += way * step.y) {
			const bool same = (pixel(s->im, x, y) < level) == dark;
			if (same != ((nth & 1) == 0)) {
				nth += way;
				if (nth < 0 || nth >= RUNS)
					break;
			}
			run[nth]++;
		}
		if (nth > 0 && nth < RUNS - 1)
			return false;
	}
	return true;
}

/* The middle is three modules high and wide: columns on both sides and a row beside show the pattern too, which noise does not. */
static bool is_beside(const struct scene *s, int x, int y, bool dark)
{
	const struct xy across = {1, 0}, down = {0, 1};
	int run[RUNS], rows = 0;
	if (x < 1 || x + 1 >= s->im->width)
		return false;
	for (int at = x - 1; at <= x + 1; at += 2)
		if (!runs_from(s, (struct xy){at, y}, down, run, dark) || !in_proportion(run, true))
			return false;
	for (int at = y - 1; at <= y + 1; at += 2)
		rows += at >= 0 && at < s->im->height &&
			runs_from(s, (struct xy){x, at}, across, run, dark) &&
			in_proportion(run, true);
	return rows > 0;
}

/* Seen again in another row, or for the first time. */
static void add(struct scene *s, int x, int y, int width)
{
	for (int i = 0; i < s->n; i++) {
		struct finder_pattern *p = &s->patterns[i];
		if (2 * abs(p->x - x) < width && 2 * abs(p->y - y) < width) {
			p->rows++;
			return;
		}
	}
	if (s->n < s->max)
		s->patterns[s->n++] = (struct finder_pattern){x, y, width, 1};
}

/* The last five runs of a row, which end before x. */
static void consider(struct scene *s, int x, int y, const int run[RUNS], bool dark)
{
	int down[RUNS];
	if (!in_proportion(run, s->strict))
		return;
	const int middle = x - run[4] - run[3] - (run[2] + 1) / 2;
	const int ring = x - run[4] - (run[3] + 1) / 2;
	if (abs(pixel(s->im, middle, y) - pixel(s->im, ring, y)) < CONTRAST_LEAST)
		return;
	if (!runs_from(s, (struct xy){middle, y}, (struct xy){0, 1}, down, dark) ||
	    !in_proportion(down, s->strict))
		return;
	if (s->strict && !is_beside(s, middle, y, dark))
		return;
	const int across = run[0] + run[1] + run[2] + run[3] + run[4];
	const int high = down[0] + down[1] + down[2] + down[3] + down[4];
	if (across < 2 * high && high < 2 * across) /* askew, but not that much */
		add(s, middle, y, across);
}

static void look_along(struct scene *s, int y)
{
	int run[RUNS] = {0}, n = 0;
	bool was = false;
	const uint8_t *row = s->im->grey + (size_t)y * (size_t)s->im->width;
	const uint8_t *levels = s->levels->grey + (size_t)(y / BLOCK) * (size_t)s->levels->width;
	for (int x = 0; x < s->im->width; x++) {
		const bool dark = row[x] < levels[x / BLOCK];
		if (x > 0 && dark != was) {
			if (n >= RUNS - 1)
				consider(s, x, y, run, was);
			for (int i = 0; i + 1 < RUNS; i++)
				run[i] = run[i + 1];
			run[RUNS - 1] = 0;
			n++;
		}
		run[RUNS - 1]++;
		was = dark;
	}
	if (n >= RUNS - 1)
		consider(s, s->im->width, y, run, was);
}

static bool alike(int a, int b)
{
	return 5 * abs(a - b) < 2 * (a + b);
}

/* b's corner of a code: about as far to a as to c, at about a right angle, and no farther than the widest code is wide. */
bool finder_is_corner(
    const struct finder_pattern *a, const struct finder_pattern *b, const struct finder_pattern *c)
{
	const int sides_least = 14 / 7, sides_most = 177 / 7;
	const int w = (a->width + b->width + c->width) / 3;
	const int ux = a->x - b->x, uy = a->y - b->y, vx = c->x - b->x, vy = c->y - b->y;
	const int64_t u = (int64_t)ux * ux + (int64_t)uy * uy,
		      v = (int64_t)vx * vx + (int64_t)vy * vy,
		      dot = (int64_t)ux * vx + (int64_t)uy * vy;
	return u < 4 * v && v < 4 * u && 3 * dot * dot < u * v &&
	       u > (int64_t)sides_least * sides_least * w * w / 2 &&
	       u < (int64_t)sides_most * sides_most * w * w;
}

/* The three that a code has. */
static bool any_three(const struct scene *s)
{
	for (int i = 0; i < s->n; i++)
		for (int j = 0; j < s->n; j++)
			for (int k = 0; k < i; k++) {
				const struct finder_pattern *a = &s->patterns[i],
							    *b = &s->patterns[j],
							    *c = &s->patterns[k];
				if (j != i && j != k && alike(a->width, b->width) &&
				    alike(b->width, c->width) && finder_is_corner(a, b, c))
					return true;
			}
	return false;
}

static bool is_of_code(const struct scene *s, const struct finder_pattern *p)
{
	for (int i = 0; i < s->n_codes; i++) {
		const struct code_box *b = &s->codes[i].box;
		const int x = p->x * s->scale, y = p->y * s->scale, w = p->width * s->scale;
		if (x >= b->left - w && x <= b->right + w && y >= b->top - w && y <= b->bottom + w)
			return true;
	}
	return false;
}

static bool likely(struct finder *f, struct scene s)
{
	const struct image *im = s.im;
	const int step = im->height < 300 ? 1 : 2;
	if (!take_levels(f, im))
		return false;
	for (int y = 0; y < im->height && s.n < s.max; y += step)
		look_along(&s, y);
	int n = 0;
	for (int i = 0; i < s.n; i++)
		if (s.patterns[i].rows >= ROWS_LEAST && !is_of_code(&s, &s.patterns[i]))
			s.patterns[n++] = s.patterns[i];
	s.n = n;
	return any_three(&s);
}

/* The half too: noise is half as strong there, and modules that are drawn as rings or dots are whole. */
bool finder_likely(struct finder *f, const struct image *im, const struct code *codes, int n)
{
	struct finder_pattern patterns[PATTERNS_MAX];
	struct scene s = {.im = im,
	    .levels = &f->levels,
	    .scale = 1,
	    .codes = codes,
	    .n_codes = n,
	    .patterns = patterns,
	    .max = PATTERNS_MAX};
	if (im->width < WIDTH_LEAST || im->height < WIDTH_LEAST)
		return false;
	if (least(im->width, im->height) < HALF_FROM && likely(f, s))
		return true;
	image_half(&f->half, im);
	s.im = &f->half;
	s.scale = 2;
	return likely(f, s);
}

int finder_patterns(
    struct finder *f, const struct image *im, struct finder_pattern *patterns, int max)
{
	struct scene s = {
	    .im = im, .levels = &f->levels, .patterns = patterns, .max = max, .strict = true};
	if (im->width < WIDTH_LEAST || im->height < WIDTH_LEAST || !take_levels(f, im))
		return 0;
	for (int y = 0; y < im->height && s.n < max; y += STEP)
		look_along(&s, y);
	return s.n;
}

void finder_fini(struct finder *f)
{
	image_fini(&f->means);
	image_fini(&f->levels);
	image_fini(&f->half);
}
