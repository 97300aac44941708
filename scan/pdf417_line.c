#include "scan/pdf417_line.h"

#include <string.h>

enum { MARGIN = 2 }; /* modules before and behind, for edges there */

struct pdf417_xy pdf417_line_at(const struct pdf417_line *l, float module)
{
	const float w = module / l->width, part = w * (1 + l->bend) / (1 + l->bend * w);
	return pdf417_along(l->from, pdf417_from_to(l->from, l->to), part);
}

/* --- where modules lie ------------------------------------------------------------------------------- */

/* The bend that puts this module of width modules at that part; part = w (1 + bend) / (1 + bend w) for w = module / width. */
static float bend_of(float part, float module, float width)
{
	const float w = module / width, lever = w * (1 - part);
	return lever != 0 ? (part - w) / lever : 0;
}

/* The number of columns with which both ends agree about the bend. */
static float likely_width(float start, float stop)
{
	float best = 0, best_off = INFINITY;
	for (int c = 1; c <= PDF417_COLUMNS_MAX; c++) {
		const float width = (float)(PDF417_MODULES * (c + 4));
		const float off = fabsf(bend_of(start, PDF417_GUARD_MODULES, width) -
					bend_of(stop, width - PDF417_GUARD_MODULES, width));
		if (off < best_off) {
			best = width;
			best_off = off;
		}
	}
	return best;
}

static float module_at(const struct pdf417_line *l, float part)
{
	return l->width * part / (1 + l->bend - l->bend * part);
}

void pdf417_line_hold(struct pdf417_line *l, const struct pdf417_xy start_inner[2],
    const struct pdf417_xy stop_inner[2])
{
	const struct pdf417_xy way = pdf417_from_to(l->from, l->to);
	const float start = start_inner != NULL ? pdf417_crossing(l->from, way, start_inner) : 0,
		    stop = stop_inner != NULL ? pdf417_crossing(l->from, way, stop_inner) : 1;
	if (l->width == 0)
		l->width = likely_width(start, stop);
	if (start_inner != NULL && stop_inner != NULL) {
		const float bend = (bend_of(start, PDF417_GUARD_MODULES, l->width) +
				       bend_of(stop, l->width - PDF417_GUARD_MODULES, l->width)) /
				   2;
		l->bend = bend < -0.6f ? -0.6f : bend > 1.5f ? 1.5f : bend;
	}
	if (start_inner != NULL) {
		const float shift = module_at(l, start) - PDF417_GUARD_MODULES;
		l->hold[0] = (struct pdf417_hold){true, shift, shift};
	}
	if (stop_inner != NULL) {
		const float shift = module_at(l, stop) - (l->width - PDF417_GUARD_MODULES);
		l->hold[1] = (struct pdf417_hold){true, shift, shift};
	}
}

/* --- pixels --------------------------------------------------------------------------------------------- */

static float within(float v, float most)
{
	return v > 0 ? (v < most ? v : most) : 0; /* what is no number is 0 */
}

/* Between four pixels. */
static uint8_t level(const struct image *im, struct pdf417_xy p)
{
	const float x = within(p.x, (float)(im->width - 1)),
		    y = within(p.y, (float)(im->height - 1));
	const int column = (int)x, row = (int)y;
	const int right = column + 1 < im->width ? 1 : 0,
		  below = row + 1 < im->height ? im->width : 0;
	const int fx = (int)((x - (float)column) * 256), fy = (int)((y - (float)row) * 256);
	const uint8_t *g = im->grey + (size_t)row * (size_t)im->width + (size_t)column;
	const int upper = g[0] * (256 - fx) + g[right] * fx,
		  lower = g[below] * (256 - fx) + g[below + right] * fx;
	return (uint8_t)((upper * (256 - fy) + lower * fy + 32768) >> 16);
}

static bool inside(const struct image *im, struct pdf417_xy p)
{
	return p.x > -1 && p.y > -1 && p.x < (float)im->width && p.y < (float)im->height;
}

/* --- the profile: so many samples a module ---------------------------------------------------------- */

/* Samples on a straight piece of the line, in 65536ths of a pixel, wholly within the picture. */
static void sample_within(
    const struct image *im, uint8_t *to, int n, struct pdf417_xy from, struct pdf417_xy last)
{
	const float unit = 65536, steps = n > 1 ? (float)(n - 1) : 1;
	int32_t x = (int32_t)(from.x * unit), y = (int32_t)(from.y * unit);
	const int32_t dx = (int32_t)((last.x - from.x) * unit / steps),
		      dy = (int32_t)((last.y - from.y) * unit / steps);
	const int width = im->width;
	for (int i = 0; i < n; i++, x += dx, y += dy) {
		const uint8_t *g = im->grey + (y >> 16) * width + (x >> 16);
		const int fx = (x >> 8) & 255, fy = (y >> 8) & 255;
		const int upper = (g[0] << 8) + (g[1] - g[0]) * fx,
			  lower = (g[width] << 8) + (g[width + 1] - g[width]) * fx;
		to[i] = (uint8_t)(((upper << 8) + (lower - upper) * fy + 32768) >> 16);
	}
}

static bool well_inside(const struct image *im, struct pdf417_xy p)
{
	return p.x >= 0 && p.y >= 0 && p.x < (float)im->width - 1.01f &&
	       p.y < (float)im->height - 1.01f;
}

bool pdf417_line_look(struct pdf417_lens *lens, const struct pdf417_line *l)
{
	const float pixels = pdf417_length(pdf417_from_to(l->from, l->to)) / l->width;
	const int per = pixels < 1.2f ? 2 : pixels < 2.5f ? 3 : 4;
	const int n = (l->cells * PDF417_MODULES + 2 * MARGIN) * per, piece = PDF417_MODULES * per;
	const float step = 1 / (float)per, first = l->first - MARGIN + step / 2;
	if (lens->work < 0)
		return false;
	lens->start = l->first - MARGIN;
	lens->per_module = per;
	lens->n = n < PDF417_PROFILE_MAX ? n : PDF417_PROFILE_MAX;
	for (int i = 0; i < lens->n; i += piece) { /* perspective does not bend so short a piece */
		const int end = lens->n < i + piece ? lens->n : i + piece;
		const struct pdf417_xy from = pdf417_line_at(l, first + (float)i * step),
				       last = pdf417_line_at(l, first + (float)(end - 1) * step);
		if (well_inside(lens->im, from) && well_inside(lens->im, last))
			sample_within(lens->im, lens->profile + i, end - i, from, last);
		else
			for (int k = i; k < end; k++)
				lens->profile[k] =
				    level(lens->im, pdf417_line_at(l, first + (float)k * step));
	}
	pdf417_edges_find(&lens->edges, lens->profile, lens->n, &lens->eye);
	lens->work -= 8L * lens->n;
	return true;
}

/* --- edges ------------------------------------------------------------------------------------------------ */

static float edge_at(const struct pdf417_lens *lens, int i)
{
	return lens->start + (lens->edges.at[i] + 0.5f) / (float)lens->per_module;
}

/* The first edge at this place or behind it. */
static int edge_from(const struct pdf417_lens *lens, float place)
{
	int low = 0, high = lens->edges.n;
	while (low < high) {
		const int middle = (low + high) / 2;
		if (edge_at(lens, middle) < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The modules of one character: where the first of them begins, and how long each is. */
struct stretch {
	float first, module;
};

/* How edges lie: every one should be between two modules. */
struct fit {
	float by; /* modules that all of them lie off, in the mean */
	float misfit; /* and how far from that they are */
};

/*
 * Bars that are too wide put edges that turn dark too early and those that turn light too late, so the mean of both is what counts. False: too
 * few of them.
 */
static bool fit_edges(const struct pdf417_lens *lens, const struct stretch *s, struct fit *f)
{
	const float end = s->first + PDF417_MODULES * s->module + 0.4f;
	float off[2 * PDF417_MODULES], sum[2] = {0, 0};
	int n[2] = {0, 0}, all = 0;
	const int first = edge_from(lens, s->first - 0.4f);
	for (int i = first; i < lens->edges.n && all < 2 * PDF417_MODULES; i++, all++) {
		const float at = edge_at(lens, i);
		if (at > end)
			break;
		off[all] = (at - s->first) / s->module;
		off[all] -= rintf(off[all]);
		sum[i & 1] += off[all];
		n[i & 1]++;
	}
	if (n[0] < 2 || n[1] < 2)
		return false;
	const float mean[2] = {sum[0] / (float)n[0], sum[1] / (float)n[1]};
	*f = (struct fit){.by = (mean[0] + mean[1]) / 2};
	for (int i = 0; i < all; i++)
		f->misfit += fabsf(off[i] - mean[(first + i) & 1]) / (float)all;
	return true;
}

/* --- following characters ------------------------------------------------------------------------------------ */

struct track {
	const struct pdf417_lens *lens;
	int order; /* 1: from left to right, -1: from right to left */
	float at,
	    module; /* where the next character begins (or ends), and how long its modules are, in modules of the line */
};

/* The edge that turns dark next to a place, less than a module away; else -1. */
static int bar_near(const struct pdf417_lens *lens, float place)
{
	int best = -1;
	float best_off = 0.95f;
	for (int i = (edge_from(lens, place - 1) + 1) & ~1; i < lens->edges.n; i += 2) {
		const float off = edge_at(lens, i) - place;
		if (off > 1)
			break;
		if (fabsf(off) < best_off) {
			best = i;
			best_off = fabsf(off);
		}
	}
	return best;
}

static struct stretch stretch_of(const struct track *t, float module)
{
	const float length = PDF417_MODULES * module;
	return (struct stretch){t->order > 0 ? t->at : t->at - length, module};
}

/*
 * How long the next character's modules are by its own edges: it begins with a bar, so does the one behind it, and eight edges on. That is for
 * characters much longer or shorter than thought; the mean of all edges is finer.
 */
static float own_module(const struct track *t)
{
	const float doubt = 0.3f, most = 1.7f;
	const float far = t->at + (float)t->order * PDF417_MODULES * t->module;
	const int near = bar_near(t->lens, t->at), end = near + 8 * t->order;
	struct fit thought, own;
	if (near < 0 || end < 0 || end >= t->lens->edges.n)
		return t->module;
	const float off = fabsf(edge_at(t->lens, end) - far);
	const float module = fabsf(edge_at(t->lens, end) - t->at) / PDF417_MODULES;
	const struct stretch as_thought = stretch_of(t, t->module), as_seen = stretch_of(t, module);
	if (off < doubt || off > most || !fit_edges(t->lens, &as_thought, &thought) ||
	    !fit_edges(t->lens, &as_seen, &own) || own.misfit > thought.misfit)
		return t->module;
	return module;
}

static void step(struct track *t)
{
	const float module = own_module(t);
	const struct stretch s = stretch_of(t, module);
	struct fit f = {0, 0};
	(void)fit_edges(t->lens, &s, &f);
	t->at += (float)t->order * PDF417_MODULES * module + 0.7f * f.by;
	t->module += 0.5f * (module - t->module) + (float)t->order * 0.3f * f.by / PDF417_MODULES;
	t->module = t->module < 0.85f ? 0.85f : t->module > 1.15f ? 1.15f : t->module;
}

/* Blur makes a guard's length look other than it is by a little, which says nothing about the characters beside it. */
static struct track track_from(
    const struct pdf417_lens *lens, int order, const struct pdf417_hold *h, float end)
{
	const float doubt = 0.3f, more = fabsf(h->rate) - doubt;
	struct track t = {.lens = lens, .order = order, .at = end + h->shift, .module = 1};
	if (more > 0)
		t.module += (float)order * (h->rate > 0 ? more : -more) / PDF417_MODULES;
	return t;
}

static float begins(const struct pdf417_line *l, int cell)
{
	return l->first + (float)(cell * PDF417_MODULES);
}

/* From where most is known inwards; where both ends are known they meet in the middle. */
void pdf417_line_track(
    const struct pdf417_lens *lens, const struct pdf417_line *l, struct pdf417_shifts *shifts)
{
	const int n = l->cells;
	const int split = !l->hold[1].known ? n : !l->hold[0].known ? 0 : n / 2;
	struct track t = track_from(lens, 1, &l->hold[0], begins(l, 0));
	for (int i = 0; i <= split && l->hold[0].known; i++, step(&t))
		shifts->at[i] = t.at - begins(l, i);
	t = track_from(lens, -1, &l->hold[1], begins(l, n));
	for (int i = n; i >= split && l->hold[1].known; i--, step(&t)) {
		const float shift = t.at - begins(l, i);
		shifts->at[i] =
		    i == split && l->hold[0].known ? (shifts->at[i] + shift) / 2 : shift;
	}
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

static void take_levels(const struct pdf417_lens *lens, const struct pdf417_line *l,
    const struct stretch *s, uint8_t *levels)
{
	const float first = s->first + s->module / 2,
		    last = first + s->module * (PDF417_MODULES - 1);
	const float per = (float)lens->per_module;
	const struct pdf417_xy from = pdf417_line_at(l, first), to = pdf417_line_at(l, last);
	if (lens->per_module >= 4 && last > first && (first - lens->start) * per >= 1 &&
	    (last - lens->start) * per < (float)lens->n)
		for (int i = 0; i < PDF417_MODULES; i++) { /* the two samples beside the middle */
			const int k = (int)((first + s->module * (float)i - lens->start) * per);
			levels[i] = (uint8_t)((lens->profile[k - 1] + lens->profile[k] + 1) / 2);
		}
	else if (well_inside(lens->im, from) && well_inside(lens->im, to))
		sample_within(lens->im, levels, PDF417_MODULES, from, to);
	else
		for (int i = 0; i < PDF417_MODULES; i++)
			levels[i] =
			    level(lens->im, pdf417_line_at(l, first + s->module * (float)i));
}

void pdf417_line_read(struct pdf417_lens *lens, const struct pdf417_line *l,
    const struct pdf417_shifts *shifts, struct pdf417_cell *cells)
{
	for (int i = 0; i < l->cells; i++) {
		struct stretch s = {begins(l, i) + shifts->at[i],
		    1 + (shifts->at[i + 1] - shifts->at[i]) / PDF417_MODULES};
		struct fit f = {0, 0};
		(void)fit_edges(lens, &s, &f);
		s.first += 0.7f * f.by;
		cells[i].there = inside(lens->im, pdf417_line_at(l, s.first)) &&
				 inside(lens->im, pdf417_line_at(l, s.first + PDF417_MODULES));
		if (cells[i].there)
			take_levels(lens, l, &s, cells[i].levels);
	}
	lens->work -= 400L * l->cells;
}
