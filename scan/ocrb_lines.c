#include "scan/ocrb_lines.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum {
	CELL = 32, /* pixels; blobs are looked up by such squares */
	CELLS = IMAGE_SIDE_MAX / CELL,
	NEIGHBOURS = 3,
	WALK_MOST = 56, /* characters to one side */
	LEAST = 14, /* characters of a line */
	SPAN_MOST = 52, /* a longer one is no zone's */
	STEPS_MOST = 400000, /* for one picture: some tenths of a second at the very worst */
};

/* Of the longer side of a character: the least and largest pitch that a tilted document shows. */
static const double pitch_least = 0.65, pitch_most = 1.8;
/* How far from where it should be a character's middle may lie, in pitches. */
static const double stray = 0.35;

struct walker {
	const struct ocrb_blobs *bs;
	int *head; /* CELLS × CELLS: the first blob in a square, -1: none */
	int *next; /* a blob's next in its square */
	bool *used;
	int steps;
};

/* A line on its way: blob[k] has number index[k]. */
struct chain {
	int blob[2 * WALK_MOST + 2], index[2 * WALK_MOST + 2], n;
};

struct ocrb_point ocrb_line_at(const struct ocrb_line *l, double i)
{
	return (struct ocrb_point){
	    l->x[0] + (l->x[1] + l->x[2] * i) * i, l->y[0] + (l->y[1] + l->y[2] * i) * i};
}

/* --- looking up ------------------------------------------------------------------------------- */

static int cell_of(double at)
{
	const int c = (int)(at / CELL);
	return at < 0 ? 0 : c < CELLS ? c : CELLS - 1;
}

static void squares_fill(struct walker *w)
{
	for (int i = 0; i < CELLS * CELLS; i++)
		w->head[i] = -1;
	for (int i = 0; i < w->bs->n; i++) {
		int *head = &w->head[cell_of(w->bs->blob[i].y) * CELLS + cell_of(w->bs->blob[i].x)];
		w->next[i] = *head;
		*head = i;
	}
}

/* The blob of about this size that is nearest to at, within reach. -1: none. */
static int nearest(struct walker *w, struct ocrb_point at, double reach, double size)
{
	int best = -1;
	double best_d = reach * reach;
	w->steps++;
	for (int cy = cell_of(at.y - reach); cy <= cell_of(at.y + reach); cy++)
		for (int cx = cell_of(at.x - reach); cx <= cell_of(at.x + reach); cx++)
			for (int i = w->head[cy * CELLS + cx]; i >= 0; i = w->next[i]) {
				const struct ocrb_blob *b = &w->bs->blob[i];
				const double dx = b->x - at.x, dy = b->y - at.y;
				const double d = dx * dx + dy * dy;
				if (d < best_d && b->size > size * 0.55 && b->size < size * 1.6) {
					best = i;
					best_d = d;
				}
			}
	return best;
}

/* Blobs that may be i's right neighbour, nearest first (below, where the line is upright). */
static int neighbours(struct walker *w, int i, int found[NEIGHBOURS])
{
	const struct ocrb_blob *b = &w->bs->blob[i];
	const double reach = pitch_most * b->size;
	double d[NEIGHBOURS];
	int n = 0;
	for (int cy = cell_of(b->y - reach); cy <= cell_of(b->y + reach); cy++)
		for (int cx = cell_of(b->x - reach); cx <= cell_of(b->x + reach); cx++)
			for (int k = w->head[cy * CELLS + cx]; k >= 0; k = w->next[k]) {
				const struct ocrb_blob *o = &w->bs->blob[k];
				const double dx = o->x - b->x, dy = o->y - b->y,
					     size = o->size > b->size ? o->size : b->size;
				const bool right = fabs(dx) > fabs(dy) ? dx > 0 : dy > 0;
				const double far = sqrt(dx * dx + dy * dy);
				w->steps++;
				if (!right || far < pitch_least * size || far > pitch_most * size ||
				    o->size < b->size * 0.6 || b->size < o->size * 0.6)
					continue;
				int at = n < NEIGHBOURS ? n++ : NEIGHBOURS;
				for (; at > 0 && d[at - 1] > far; at--)
					if (at < NEIGHBOURS) {
						d[at] = d[at - 1];
						found[at] = found[at - 1];
					}
				if (at < NEIGHBOURS) {
					d[at] = far;
					found[at] = k;
				}
			}
	return n;
}

/* --- following -------------------------------------------------------------------------------- */

/* On from the last blob, step by step; where one is missing, over it. */
static void follow(struct walker *w, struct chain *c, struct ocrb_point *pitch, int direction)
{
	int last = c->blob[c->n - 1], index = c->index[c->n - 1], missed = 0;
	double size = w->bs->blob[last].size;
	for (int i = 0; i < WALK_MOST && missed < 4 && missed <= c->n / 3; i++) {
		const struct ocrb_blob *from = &w->bs->blob[last];
		const int far = missed + 1;
		const struct ocrb_point at = {
		    from->x + direction * far * pitch->x, from->y + direction * far * pitch->y};
		const double length = sqrt(pitch->x * pitch->x + pitch->y * pitch->y);
		const int found = nearest(w, at, stray * length, size);
		if (found < 0) {
			missed++;
			continue;
		}
		const struct ocrb_blob *b = &w->bs->blob[found];
		const double share = 0.25;
		pitch->x += share * (direction * (b->x - from->x) / far - pitch->x);
		pitch->y += share * (direction * (b->y - from->y) / far - pitch->y);
		size += share * (b->size - size);
		index += direction * far;
		missed = 0;
		last = found;
		c->blob[c->n] = found;
		c->index[c->n++] = index;
	}
}

static void chain_follow(struct walker *w, struct chain *c, int a, int b)
{
	const struct ocrb_blob *p = &w->bs->blob[a], *q = &w->bs->blob[b];
	struct ocrb_point pitch = {q->x - p->x, q->y - p->y};
	struct chain back = {.blob = {a}, .index = {0}, .n = 1};
	*c = (struct chain){.blob = {a, b}, .index = {0, 1}, .n = 2};
	follow(w, c, &pitch, 1);
	follow(w, &back, &pitch, -1);
	for (int i = 1; i < back.n && c->n < 2 * WALK_MOST + 2; i++) {
		c->blob[c->n] = back.blob[i];
		c->index[c->n++] = back.index[i];
	}
}

/* --- fitting ---------------------------------------------------------------------------------- */

/* Three equations in as many unknowns, by elimination. False: no solution. */
static bool solve(double m[3][4], double out[3])
{
	for (int i = 0; i < 3; i++) {
		int best = i;
		for (int k = i + 1; k < 3; k++)
			best = fabs(m[k][i]) > fabs(m[best][i]) ? k : best;
		for (int j = 0; j < 4; j++) {
			const double swap = m[i][j];
			m[i][j] = m[best][j];
			m[best][j] = swap;
		}
		if (fabs(m[i][i]) < 1e-9)
			return false;
		for (int k = 0; k < 3; k++) {
			const double f = k == i ? 0 : m[k][i] / m[i][i];
			for (int j = i; j < 4; j++)
				m[k][j] -= f * m[i][j];
		}
	}
	for (int i = 0; i < 3; i++)
		out[i] = m[i][3] / m[i][i];
	return true;
}

struct sample {
	double i, x, y;
	bool out;
};

static bool parabola(double out[3], const struct sample *s, int n, bool of_y)
{
	double m[3][4] = {{0}};
	for (int k = 0; k < n; k++) {
		const double powers[3] = {1, s[k].i, s[k].i * s[k].i};
		for (int r = 0; r < 3 && !s[k].out; r++) {
			for (int q = 0; q < 3; q++)
				m[r][q] += powers[r] * powers[q];
			m[r][3] += powers[r] * (of_y ? s[k].y : s[k].x);
		}
	}
	return solve(m, out);
}

/* The line through the samples: what strays is left out, and every blob's number is read from the line. */
static bool fit(struct ocrb_line *l, struct sample *s, int n)
{
	for (int turn = 0; turn < 4; turn++) {
		if (!parabola(l->x, s, n, false) || !parabola(l->y, s, n, true))
			return false;
		l->n = 0;
		l->first = SPAN_MOST * 2;
		l->last = -SPAN_MOST * 2;
		for (int k = 0; k < n; k++) {
			const struct ocrb_point at = ocrb_line_at(l, s[k].i);
			const double px = l->x[1] + 2 * l->x[2] * s[k].i,
				     py = l->y[1] + 2 * l->y[2] * s[k].i;
			const double square = px * px + py * py;
			if (square < 4)
				return false;
			const double along = ((s[k].x - at.x) * px + (s[k].y - at.y) * py) / square,
				     beside =
					 ((s[k].y - at.y) * px - (s[k].x - at.x) * py) / square;
			s[k].i += round(along);
			s[k].out = fabs(beside) > 0.3 || fabs(along - round(along)) > 0.33;
			if (s[k].out)
				continue;
			l->n++;
			l->first = s[k].i < l->first ? (int)s[k].i : l->first;
			l->last = s[k].i > l->last ? (int)s[k].i : l->last;
		}
		if (l->n < LEAST)
			return false;
	}
	return true;
}

static bool line_take(struct ocrb_line *l, const struct walker *w, const struct chain *c)
{
	struct sample s[2 * WALK_MOST + 2];
	for (int k = 0; k < c->n; k++) {
		const struct ocrb_blob *b = &w->bs->blob[c->blob[k]];
		s[k] = (struct sample){c->index[k], b->x, b->y, false};
	}
	return fit(l, s, c->n) && l->last - l->first < SPAN_MOST && l->n * 2 > l->last - l->first;
}

static void lines_walk(struct ocrb_lines *ls, struct walker *w)
{
	struct chain c;
	for (int a = 0; a < w->bs->n && w->steps < STEPS_MOST; a++) {
		int near[NEIGHBOURS];
		const int n = w->used[a] ? 0 : neighbours(w, a, near);
		for (int k = 0; k < n && !w->used[a]; k++) {
			chain_follow(w, &c, a, near[k]);
			if (c.n < LEAST)
				continue;
			for (int i = 0; i < c.n; i++)
				w->used[c.blob[i]] = true;
			if (ls->n < OCRB_LINES_MAX && line_take(&ls->line[ls->n], w, &c))
				ls->n++;
		}
	}
}

void ocrb_lines_find(struct ocrb_lines *ls, const struct ocrb_blobs *bs)
{
	struct walker w = {.bs = bs};
	ls->n = 0;
	w.head = mem_new((size_t)CELLS * CELLS, sizeof *w.head);
	w.next = mem_new(OCRB_BLOBS_MAX, sizeof *w.next);
	w.used = mem_new(OCRB_BLOBS_MAX, sizeof *w.used);
	squares_fill(&w);
	lines_walk(ls, &w);
	free(w.head);
	free(w.next);
	free(w.used);
}
