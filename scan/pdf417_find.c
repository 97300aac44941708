#include "scan/pdf417_find.h"

#include <stdlib.h>
#include <string.h>

enum {
	HITS_MIN = 3,
	LEAST = 6, /* grey levels: smaller edges are looked for in no picture */
};

/* --- scanned lines ------------------------------------------------------------------------------ */

/*
 * The four directions. Each has coordinates of its own, a along its lines and c across them, that are the picture's turned (and, along a diagonal,
 * stretched alike): what is straight and what is square stays so.
 */
enum direction { ACROSS, DOWN, FALLING, RISING, DIRECTIONS = PDF417_DIRECTIONS };

struct scan {
	int n; /* pixels */
	int a, a_step; /* of the first, and from one to the next */
	const uint8_t *first;
	ptrdiff_t stride, beside; /* to the next pixel, to one of the line beside */
	bool within; /* between its first and its last pixel there are pixels on both sides */
};

static struct pdf417_xy place(enum direction d, double a, double c)
{
	switch (d) {
	case ACROSS: return (struct pdf417_xy){(float)a, (float)c};
	case DOWN: return (struct pdf417_xy){(float)c, (float)a};
	case FALLING: return (struct pdf417_xy){(float)((a + c) / 2), (float)((a - c) / 2)};
	case RISING: return (struct pdf417_xy){(float)((c + a) / 2), (float)((c - a) / 2)};
	case DIRECTIONS: break;
	}
	return (struct pdf417_xy){0, 0};
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static struct scan line_of(const struct image *im, enum direction d, int c)
{
	const int w = im->width, h = im->height;
	int x = 0, y = 0, dx = 1, dy = 0, n = w;
	switch (d) {
	case ACROSS: y = c; break;
	case DOWN:
		x = c;
		dx = 0;
		dy = 1;
		n = h;
		break;
	case FALLING:
		x = c > 0 ? c : 0;
		y = x - c;
		dy = 1;
		n = least(w - x, h - y);
		break;
	case RISING:
		x = c > h - 1 ? c - (h - 1) : 0;
		y = c - x;
		dy = -1;
		n = least(w - x, y + 1);
		break;
	case DIRECTIONS: break;
	}
	const bool diagonal = d == FALLING || d == RISING;
	return (struct scan){.n = n,
	    .a = d == ACROSS    ? 0
		 : d == DOWN    ? 0
		 : d == FALLING ? x + y
				: x - y,
	    .a_step = diagonal ? 2 : 1,
	    .first = im->grey + (size_t)y * (size_t)w + (size_t)x,
	    .stride = dx + (ptrdiff_t)dy * w,
	    .beside = diagonal      ? 1 - (ptrdiff_t)dy * w
		      : d == ACROSS ? w
				    : 1,
	    .within = diagonal || (d == ACROSS ? c > 0 && c < h - 1 : c > 0 && c < w - 1)};
}

static void range_of(const struct image *im, enum direction d, int *from, int *to)
{
	*from = d == FALLING ? 1 - im->height : 0;
	*to = d == ACROSS ? im->height : d == RISING ? im->width + im->height - 1 : im->width;
}

/* --- hits on one line ----------------------------------------------------------------------------- */

struct straight {
	double at, slope; /* at c = 0 */
};

static struct straight fit(const struct pdf417_chain *ch, double sum, double sum_c)
{
	const double n = ch->hits, det = n * ch->cc - ch->c * ch->c;
	const double slope = det > 0 ? (n * sum_c - ch->c * sum) / det : 0;
	const double at = (sum - slope * ch->c) / n;
	return (struct straight){at - slope * ch->c_first, slope};
}

/* How far a hit lies off a chain, in modules; negative: it is none of this chain's. */
static double off(const struct pdf417_chain *ch, const struct pdf417_hit *h, float width, int c)
{
	if (ch->kind != h->kind || ch->reversed != h->reversed || ch->c_last >= c ||
	    fabsf(width - ch->width) > 0.25f * ch->width + 1)
		return -1;
	const double module = ch->width / PDF417_GUARD_MODULES;
	const int gap = c - ch->c_last;
	if (gap > 24 + 8 * module + (ch->c_last - ch->c_first) / 2)
		return -1;
	const struct straight s = fit(ch, ch->outer, ch->outer_c);
	double want = s.at + s.slope * c, slack = 1.2 * module + 1;
	if (ch->hits < HITS_MIN) {
		want = s.at + s.slope * ch->c_last;
		slack += 0.8 * gap;
	}
	const double away = fabs(h->outer - want);
	return away <= slack ? away : -1;
}

static void add(struct pdf417_chain *ch, const struct pdf417_hit *h, float width, int c)
{
	const double k = c - ch->c_first;
	ch->hits++;
	ch->c_last = c;
	ch->width = width;
	ch->c += k;
	ch->cc += k * k;
	ch->outer += h->outer;
	ch->outer_c += h->outer * k;
	ch->inner += h->inner;
	ch->inner_c += h->inner * k;
}

/* A place for a new chain: where they are all taken, that of one which nothing was added to for longest and which came to nothing. */
static struct pdf417_chain *room(struct pdf417_finder *f)
{
	struct pdf417_chain *oldest = NULL;
	if (f->n_chains < PDF417_CHAINS_MAX)
		return &f->chains[f->n_chains++];
	for (int i = 0; i < f->n_chains; i++) {
		struct pdf417_chain *ch = &f->chains[i];
		if (ch->hits < HITS_MIN && (oldest == NULL || ch->c_last < oldest->c_last))
			oldest = ch;
	}
	return oldest;
}

static void take(struct pdf417_finder *f, const struct pdf417_hit *h, int c)
{
	struct pdf417_chain *best = NULL;
	double best_off = 0;
	const float width = fabsf(h->outer - h->inner);
	for (int i = 0; i < f->n_chains; i++) {
		const double o = off(&f->chains[i], h, width, c);
		if (o >= 0 && (best == NULL || o < best_off)) {
			best = &f->chains[i];
			best_off = o;
		}
	}
	if (best == NULL && (best = room(f)) != NULL)
		*best =
		    (struct pdf417_chain){.kind = h->kind, .reversed = h->reversed, .c_first = c};
	if (best != NULL)
		add(best, h, width, c);
}

/* Bars run across the line, more or less, and the lines beside it say the same with other noise. The ends are without. */
static const uint8_t *gather(struct pdf417_finder *f, const struct scan *s, bool smooth)
{
	const int last = s->n - 1;
	if (s->stride == 1 && !(smooth && s->within))
		return s->first;
	for (int i = 0; i <= last; i++)
		f->line[i] = s->first[i * s->stride];
	for (int i = 1; i < last && smooth && s->within; i++) {
		const uint8_t *p = s->first + i * s->stride;
		f->line[i] = (uint8_t)((p[-s->beside] + p[0] + p[s->beside] + 1) / 3);
	}
	return f->line;
}

static void scan_line(
    struct pdf417_finder *f, const struct scan *s, bool smooth, struct pdf417_hits *hits)
{
	const uint8_t *pixels = gather(f, s, smooth);
	struct pdf417_hit hit;
	pdf417_edges_find(&f->edges, pixels, s->n, &f->eye);
	for (int i = 0; hits->n < PDF417_HITS_MAX && pdf417_edges_hit(&f->edges, &i, &hit);) {
		hit.outer = (float)s->a + hit.outer * (float)s->a_step;
		hit.inner = (float)s->a + hit.inner * (float)s->a_step;
		hits->at[hits->n++] = hit;
	}
}

static void take_all(struct pdf417_finder *f, const struct pdf417_hits *hits, int c)
{
	for (int i = 0; i < hits->n; i++)
		take(f, &hits->at[i], c);
}

/* Every second line, and those between two of which one has seen something: in most of a picture nobody does. */
static void sweep(
    struct pdf417_finder *f, const struct image *im, enum direction d, int pitch, bool smooth)
{
	struct pdf417_hits before = {.n = 0}, hits, between;
	int from, to;
	range_of(im, d, &from, &to);
	f->n_chains = 0;
	for (int c = from + pitch / 2; c < to; c += 2 * pitch) {
		const struct scan s = line_of(im, d, c);
		hits.n = between.n = 0;
		if (s.n >= PDF417_GUARD_MODULES)
			scan_line(f, &s, smooth, &hits);
		if (c - pitch >= from && before.n + hits.n > 0) {
			const struct scan b = line_of(im, d, c - pitch);
			scan_line(f, &b, smooth, &between);
			take_all(f, &between, c - pitch);
		}
		take_all(f, &hits, c);
		before = hits;
	}
}

/* --- guards --------------------------------------------------------------------------------------- */

/* False: too short to be one. */
static bool guard_of(struct pdf417_guard *g, const struct pdf417_chain *ch, enum direction d)
{
	const struct straight outer = fit(ch, ch->outer, ch->outer_c),
			      inner = fit(ch, ch->inner, ch->inner_c);
	const int c[2] = {ch->c_first, ch->c_last};
	if (ch->hits < HITS_MIN || fabs(outer.slope) > 1.2)
		return false;
	*g = (struct pdf417_guard){.kind = ch->kind, .hits = ch->hits};
	for (int i = 0; i < 2; i++) {
		g->outer[i] = place(d, outer.at + outer.slope * c[i], c[i]);
		g->inner[i] = place(d, inner.at + inner.slope * c[i], c[i]);
	}
	const struct pdf417_xy along = pdf417_from_to(g->outer[0], g->outer[1]);
	const struct pdf417_xy reading = g->kind == PDF417_START
					     ? pdf417_from_to(g->outer[0], g->inner[0])
					     : pdf417_from_to(g->inner[0], g->outer[0]);
	const float length = pdf417_length(along), turn = pdf417_cross(reading, along);
	if (length <= 0)
		return false;
	g->module = fabsf(turn) / length / PDF417_GUARD_MODULES;
	if (turn < 0) { /* x is to the right and y is down: down is clockwise from right */
		const struct pdf417_guard up = *g;
		g->outer[0] = up.outer[1];
		g->outer[1] = up.outer[0];
		g->inner[0] = up.inner[1];
		g->inner[1] = up.inner[0];
	}
	return g->module > 0.3f;
}

static float length_of(const struct pdf417_guard *g)
{
	return pdf417_length(pdf417_from_to(g->outer[0], g->outer[1]));
}

/* The same bars, seen in two directions: b's middle lies on a's line. */
static bool same(const struct pdf417_guard *a, const struct pdf417_guard *b)
{
	const struct pdf417_xy along = pdf417_from_to(a->outer[0], a->outer[1]),
			       other = pdf417_from_to(b->outer[0], b->outer[1]),
			       to = pdf417_from_to(a->outer[0], pdf417_between(b->outer, 0.5f));
	const float length = pdf417_length(along);
	const float away = fabsf(pdf417_cross(along, to)) / length,
		    at = pdf417_dot(along, to) / length;
	return a->kind == b->kind && pdf417_dot(along, other) > 0 && away < 3 * a->module &&
	       at > -length / 4 && at < length * 5 / 4;
}

/* Whether there is one more, or one that was seen better than before. */
static bool keep(
    const struct pdf417_finder *f, enum direction d, struct pdf417_guard *guards, int *n)
{
	struct pdf417_guard g;
	bool more = false;
	for (int i = 0; i < f->n_chains; i++) {
		if (!guard_of(&g, &f->chains[i], d))
			continue;
		int at = 0;
		while (at < *n && !same(&guards[at], &g))
			at++;
		if (at < *n && length_of(&guards[at]) >= length_of(&g))
			continue;
		if (at == PDF417_GUARDS_MAX)
			for (int k = at = 0; k < *n; k++)
				at = length_of(&guards[k]) < length_of(&guards[at]) ? k : at;
		if (at == *n)
			++*n;
		guards[at] = g;
		more = true;
	}
	return more;
}

static int longer(const void *a, const void *b)
{
	const float x = length_of(a), y = length_of(b);
	return (x < y) - (x > y);
}

/* --- the whole picture ------------------------------------------------------------------------------ */

/* The level below which this part of all lies, in thousandths. */
static int level_at(const int count[256], int all, int part)
{
	int level = 0;
	for (int below = count[0]; level < 255 && below * 1000 < all * part;)
		below += count[++level];
	return level;
}

/*
 * Noise is what a pixel differs by from the mean of the two beside it: bars do so too, but in few pictures at half of all places. Its middle is two
 * thirds of its standard deviation, which is sqrt(3/2) times that of the noise.
 */
struct pdf417_tone pdf417_tone_of(const struct image *im)
{
	/* More than this part of the contrast single lines do not bear. */
	const int bearable = 12;
	const size_t n = (size_t)im->width * (size_t)im->height, step = n / 4096 | 1;
	int count[256] = {0}, differs[256] = {0}, all = 0;
	for (size_t i = 1; i + 1 < n; i += step, all++) {
		const int level = im->grey[i];
		count[level]++;
		differs[abs(2 * level - im->grey[i - 1] - im->grey[i + 1]) / 2]++;
	}
	const int white = level_at(count, all, 900), black = level_at(count, all, 100);
	const int noise = level_at(differs, all, 500), most = (white - black) / 8;
	const int least = noise * 3 < most ? noise * 3 : most;
	return (struct pdf417_tone){.white = (uint8_t)white,
	    .least = least > LEAST ? least : LEAST,
	    .noisy = noise * bearable > white - black};
}

int pdf417_find(struct pdf417_finder *f, const struct pdf417_search *s, int direction,
    struct pdf417_guard guards[PDF417_GUARDS_MAX], int n, bool *more)
{
	const enum direction d = (enum direction)direction;
	const int pixels = s->im->width * s->im->height;
	const int side = (int)(sqrtf((float)pixels) / 160), step = side < 1   ? 1
								   : side > 8 ? 8
									      : side;
	f->eye = (struct pdf417_eye){s->tone.white, s->tone.least, 65536 / s->how.share};
	sweep(f, s->im, d, d < FALLING ? step : step * 2, s->how.smooth);
	*more = keep(f, d, guards, &n);
	qsort(guards, (size_t)n, sizeof *guards, longer);
	return n;
}
