#include "scan/finder.h"

#include <stdlib.h>

enum {
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
	const struct contrast *contrast;
	int scale; /* of its place to where codes were read */
	const struct code *codes;
	int n_codes;
	struct finder_pattern *patterns;
	int n, max;
	bool strict; /* as libzxing is: half a module and half a pixel */
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

static uint8_t pixel(const struct image *im, int x, int y)
{
	return im->grey[(size_t)y * (size_t)im->width + (size_t)x];
}

/* Whether a run is about its share of the sum's seven modules; a pixel too many or too few is no error. */
static bool is_about(int run, int share, int sum, bool strict)
{
	/* In sevenths of a hundredth of a module. */
	const int off = abs(700 * run - 100 * share * sum);
	return strict ? off <= 50 * sum + 350 : off <= OFF_MOST * share * sum || off <= 700;
}

/* 1:1:3:1:1, give or take. The middle first: few are that long between others. */
static bool in_proportion(const int run[RUNS], bool strict)
{
	const int sum = run[0] + run[1] + run[2] + run[3] + run[4];
	return sum >= WIDTH_LEAST && is_about(run[2], 3, sum, strict) &&
	       is_about(run[0], 1, sum, strict) && is_about(run[1], 1, sum, strict) &&
	       is_about(run[3], 1, sum, strict) && is_about(run[4], 1, sum, strict);
}

/* The runs both ways from the middle of a pattern, across or down; false where they are not there. */
static bool runs_from(const struct scene *s, struct xy at, struct xy step, int run[RUNS], bool dark)
{
	const uint8_t level = contrast_level(s->contrast, at.x, at.y);
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

/* Five runs of a row, in proportion; before x they end. */
static void consider(struct scene *s, int x, int y, const int run[RUNS], bool dark)
{
	int down[RUNS];
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
	struct contrast_runs runs;
	contrast_runs(s->contrast, s->im, y, &runs);
	for (int i = 0; i + RUNS <= runs.n; i++) {
		const uint16_t *at = runs.at + i;
		const int run[RUNS] = {
		    at[1] - at[0], at[2] - at[1], at[3] - at[2], at[4] - at[3], at[5] - at[4]};
		if (in_proportion(run, s->strict))
			consider(s, at[RUNS], y, run, runs.dark == ((i & 1) == 0));
	}
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
	if (!contrast_take(&f->contrast, im))
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
	    .contrast = &f->contrast,
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
	    .im = im, .contrast = &f->contrast, .patterns = patterns, .max = max, .strict = true};
	if (im->width < WIDTH_LEAST || im->height < WIDTH_LEAST || !contrast_take(&f->contrast, im))
		return 0;
	for (int y = 0; y < im->height && s.n < max; y += STEP)
		look_along(&s, y);
	return s.n;
}

void finder_fini(struct finder *f)
{
	contrast_fini(&f->contrast);
	image_fini(&f->half);
}
