#include "scan/crowd.h"

#include <math.h>
#include <stdlib.h>

enum {
	SINGLES = 2, /* what a single row shows is noise, or small */
	NEAR = 8, /* patterns about one that may be of the same code */
	WITHIN_MOST =
	    1, /* another pattern of this size within a code is a misreading; more are other codes' */
	TIMING_SAMPLES = 4, /* a module */
	TIMING_CONTRAST = 24,
};

static int count(struct crowd *c, struct finder *f, const struct image *im)
{
	const int all = finder_patterns(f, im, c->patterns, CROWD_PATTERNS_MAX);
	c->n = 0;
	for (int i = 0; i < all; i++)
		if (c->patterns[i].rows > 1)
			c->patterns[c->n++] = c->patterns[i];
	return c->n + (all - c->n) / SINGLES;
}

/* Noise hides patterns from a strict eye and not from libzxing's, and makes some where there are none. A half has half the noise: of many it shows more,
 * of none fewer. */
int crowd_count(struct crowd *c, struct finder *f, const struct image *im)
{
	const int whole = count(c, f, im);
	if (whole <= CROWD_FOR_ZBAR || whole > CROWD_FOR_ZXING)
		return whole;
	image_half(&f->half, im);
	const int half = count(c, f, &f->half);
	(void)count(c, f, im); /* those are kept */
	return half > whole ? half : whole;
}

/* In size, as two of one code are. */
static bool alike(const struct finder_pattern *a, const struct finder_pattern *b)
{
	const int off = abs(a->width - b->width);
	return off <= 1 || 10 * off <= a->width + b->width;
}

static int64_t distance(const struct finder_pattern *a, const struct finder_pattern *b)
{
	const int64_t x = a->x - b->x, y = a->y - b->y;
	return x * x + y * y;
}

/* Those about p that are alike, the nearest first. */
static int neighbours(
    const struct crowd *c, const struct finder_pattern *p, const struct finder_pattern *near[NEAR])
{
	int n = 0;
	for (int i = 0; i < c->n; i++) {
		const struct finder_pattern *q = &c->patterns[i];
		if (q == p || !alike(p, q) ||
		    (n == NEAR && distance(p, q) >= distance(p, near[NEAR - 1])))
			continue;
		int at = n < NEAR ? n++ : NEAR - 1;
		for (; at > 0 && distance(p, near[at - 1]) > distance(p, q); at--)
			near[at] = near[at - 1];
		near[at] = q;
	}
	return n;
}

/* No pattern like b lies at d, where a code has none, and few within the box. */
static bool is_alone(const struct crowd *c, const struct code_box *box,
    const struct finder_pattern *b, const struct finder_pattern *d)
{
	int within = 0;
	for (int i = 0; i < c->n; i++) {
		const struct finder_pattern *p = &c->patterns[i];
		if (!alike(p, b))
			continue;
		if (distance(p, d) < (int64_t)b->width * b->width)
			return false;
		within += p->x >= box->left && p->x <= box->right && p->y >= box->top &&
			  p->y <= box->bottom;
	}
	return within <= 3 + WITHIN_MOST;
}

static int at_least(int n, int low)
{
	return n > low ? n : low;
}

static int at_most(int n, int high)
{
	return n < high ? n : high;
}

static void grow(struct code_box *b, int by, const struct image *im)
{
	b->left = at_least(b->left - by, 0);
	b->top = at_least(b->top - by, 0);
	b->right = at_most(b->right + by, im->width - 1);
	b->bottom = at_most(b->bottom + by, im->height - 1);
}

static bool is_known(const struct crowd_places *s, const struct code_box *b, int off)
{
	for (int i = 0; i < s->n; i++) {
		const struct code_box *o = &s->at[i];
		if (abs(o->left - b->left) < off && abs(o->right - b->right) < off &&
		    abs(o->top - b->top) < off && abs(o->bottom - b->bottom) < off)
			return true;
	}
	return false;
}

/*
 * Whether the modules between a's and b's inner corners, on e's side of them, are dark and light in turn (ISO/IEC 18004, 6.3.5). Half of them is
 * enough. Two patterns of two labels have a quiet zone between them.
 */
static bool has_timing(const struct image *im, const struct finder_pattern *a,
    const struct finder_pattern *b, const struct finder_pattern *e)
{
	const double ux = a->x - b->x, uy = a->y - b->y, vx = e->x - b->x, vy = e->y - b->y;
	const double u = hypot(ux, uy), v = hypot(vx, vy);
	const double module = b->width * fmax(fabs(ux), fabs(uy)) / u / 7;
	const int n = (int)((u / module - 7) * TIMING_SAMPLES);
	int low = 255, high = 0, turns = 0;
	bool dark = true;
	for (int turn = 0; turn < 2; turn++)
		for (int i = 0; i < n; i++) {
			const double along = (3.5 + (double)i / TIMING_SAMPLES) * module / u;
			const int x = (int)(b->x + along * ux + 3 * module / v * vx),
				  y = (int)(b->y + along * uy + 3 * module / v * vy);
			if (x < 0 || y < 0 || x >= im->width || y >= im->height)
				return false;
			const uint8_t level = im->grey[(size_t)y * (size_t)im->width + (size_t)x];
			low = at_most(level, low);
			high = at_least(level, high);
			if (turn == 1 && (2 * level < low + high) != dark) {
				dark = !dark;
				turns++;
			}
		}
	return high - low >= TIMING_CONTRAST && 2 * TIMING_SAMPLES * turns >= n;
}

/* What is looked for, and where. */
struct search {
	const struct crowd *c;
	const struct image *im;
	struct crowd_places *places;
};

/* The code that has these three, b at its corner. */
static void add_place(const struct search *s, const struct finder_pattern *a,
    const struct finder_pattern *b, const struct finder_pattern *e)
{
	struct crowd_places *places = s->places;
	const struct finder_pattern d = {a->x + e->x - b->x, a->y + e->y - b->y, b->width, 0};
	const struct finder_pattern *const corners[] = {a, b, e, &d};
	if (!has_timing(s->im, a, b, e) || !has_timing(s->im, e, b, a))
		return;
	struct code_box box = {s->im->width - 1, s->im->height - 1, 0, 0};
	for (int i = 0; i < 4; i++)
		code_box_add(&box, corners[i]->x, corners[i]->y, s->im);
	if (places->n == CROWD_PLACES_MAX || !is_alone(s->c, &box, b, &d))
		return;
	grow(&box, b->width + b->width / 4, s->im); /* half of a pattern, and a quiet zone */
	if (!is_known(places, &box, b->width))
		places->at[places->n++] = box;
}

static int by_size(const void *a, const void *b)
{
	const struct code_box *p = a, *q = b;
	const int x = (p->right - p->left) * (p->bottom - p->top),
		  y = (q->right - q->left) * (q->bottom - q->top);
	return (x < y) - (x > y);
}

void crowd_find_places(const struct crowd *c, const struct image *im, struct crowd_places *places)
{
	const struct search s = {c, im, places};
	const struct finder_pattern *near[NEAR];
	places->n = 0;
	for (int i = 0; i < c->n; i++) {
		const struct finder_pattern *b = &c->patterns[i];
		const int n = neighbours(c, b, near);
		for (int j = 0; j < n; j++)
			for (int k = 0; k < j; k++)
				if (finder_is_corner(near[j], b, near[k]))
					add_place(&s, near[j], b, near[k]);
	}
	qsort(places->at, (size_t)places->n, sizeof places->at[0], by_size);
}
