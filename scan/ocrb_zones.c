#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "scan/ocrb_lines.h"

/* From line to line, in pitches: 9303-4 to -7 have 1/6 to 1/4 of an inch at ten characters an inch; a tilted document shows less or more. */
static const double gap_least = 1.1, gap_most = 3.6;

enum { UNSEEN_MOST = 5 }; /* characters at a row's ends */

static const struct shape {
	int rows, width;
} shapes[] = {{2, 44}, {3, 30}, {2, 36}};

static struct ocrb_point pitch_at(const struct ocrb_line *l, double i)
{
	return (struct ocrb_point){l->x[1] + 2 * l->x[2] * i, l->y[1] + 2 * l->y[2] * i};
}

static void polynomial_shift(double c[3], int by)
{
	c[0] += (c[1] + c[2] * by) * by;
	c[1] += 2 * c[2] * by;
}

/* What was character by, is character 0. */
static void line_shift(struct ocrb_line *l, int by)
{
	polynomial_shift(l->x, by);
	polynomial_shift(l->y, by);
	l->first -= by;
	l->last -= by;
}

static void line_reverse(struct ocrb_line *l)
{
	const int first = l->first;
	l->x[1] = -l->x[1];
	l->y[1] = -l->y[1];
	l->first = -l->last;
	l->last = -first;
}

/* The number on l of what is nearest to p. */
static double number_at(const struct ocrb_line *l, struct ocrb_point p)
{
	double i = (l->first + l->last) / 2.0;
	for (int turn = 0; turn < 3; turn++) {
		const struct ocrb_point at = ocrb_line_at(l, i), v = pitch_at(l, i);
		const double square = v.x * v.x + v.y * v.y;
		if (square < 1)
			return i;
		i += ((p.x - at.x) * v.x + (p.y - at.y) * v.y) / square;
	}
	return i;
}

/* Whether b is a row next to a; then its characters are numbered as a's, in the same direction. *gap: in pitches, negative where b is above. */
static bool next_to(const struct ocrb_line *a, struct ocrb_line *b, double *gap)
{
	const double i = (a->first + a->last) / 2.0;
	const struct ocrb_point at = ocrb_line_at(a, i), v = pitch_at(a, i);
	const double length = sqrt(v.x * v.x + v.y * v.y);
	const struct ocrb_point middle = pitch_at(b, (b->first + b->last) / 2.0);
	if (middle.x * v.x + middle.y * v.y < 0)
		line_reverse(b);
	const double j = number_at(b, at);
	const struct ocrb_point other = ocrb_line_at(b, j), u = pitch_at(b, j);
	const double ratio = sqrt(u.x * u.x + u.y * u.y) / length;
	const double turned = fabs(v.x * u.y - v.y * u.x) / (length * length * ratio);
	*gap = ((other.y - at.y) * v.x - (other.x - at.x) * v.y) / (length * length);
	if (!(ratio > 0.85 && ratio < 1.18 && turned < 0.12 && fabs(*gap) > gap_least &&
		fabs(*gap) < gap_most))
		return false;
	line_shift(b, (int)round(j - i));
	return true;
}

/* Beyond to, as far as from is before it. */
static struct ocrb_line beyond(const struct ocrb_line *from, const struct ocrb_line *to)
{
	struct ocrb_line l = {.first = to->first, .last = to->last, .n = 0};
	for (int k = 0; k < 3; k++) {
		l.x[k] = 2 * to->x[k] - from->x[k];
		l.y[k] = 2 * to->y[k] - from->y[k];
	}
	return l;
}

/* --- the likeliest ---------------------------------------------------------------------------- */

struct list {
	struct ocrb_zone *zones;
	int worth[OCRB_ZONES_MAX], n;
};

static void list_put(struct list *l, const struct ocrb_zone *z, int worth)
{
	int at = l->n < OCRB_ZONES_MAX ? l->n++ : OCRB_ZONES_MAX;
	for (; at > 0 && l->worth[at - 1] < worth; at--)
		if (at < OCRB_ZONES_MAX) {
			l->worth[at] = l->worth[at - 1];
			l->zones[at] = l->zones[at - 1];
		}
	if (at < OCRB_ZONES_MAX) {
		l->worth[at] = worth;
		l->zones[at] = *z;
	}
}

static void zone_try(struct list *l, struct ocrb_zone *z)
{
	int seen = 0;
	z->first = z->row[0].first;
	z->last = z->row[0].last;
	for (int i = 0; i < z->rows; i++) {
		z->first = z->row[i].first < z->first ? z->row[i].first : z->first;
		z->last = z->row[i].last > z->last ? z->row[i].last : z->last;
		seen += z->row[i].n;
	}
	const int span = z->last - z->first + 1;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		const int off = abs(span - shapes[i].width);
		if (shapes[i].rows != z->rows || off > UNSEEN_MOST)
			continue;
		z->width = shapes[i].width;
		list_put(l, z, seen - 4 * off);
	}
}

static void pair_try(struct list *l, const struct ocrb_lines *ls, int a, int b)
{
	struct ocrb_zone z = {.rows = 2, .row = {ls->line[a], ls->line[b]}};
	double gap, next;
	if (!next_to(&z.row[0], &z.row[1], &gap))
		return;
	if (gap < 0) {
		const struct ocrb_line swap = z.row[0];
		z.row[0] = z.row[1];
		z.row[1] = swap;
		gap = -gap;
	}
	zone_try(l, &z);
	z.rows = 3;
	for (int c = 0; c < ls->n; c++) {
		z.row[2] = ls->line[c];
		if (c != a && c != b && next_to(&z.row[1], &z.row[2], &next) && next < gap * 1.3 &&
		    gap < next * 1.3)
			zone_try(l, &z);
	}
	/* One of three was not followed: it must be where the others say. */
	z.row[2] = beyond(&z.row[0], &z.row[1]);
	zone_try(l, &z);
	z.row[2] = z.row[1];
	z.row[1] = z.row[0];
	z.row[0] = beyond(&z.row[2], &z.row[1]);
	zone_try(l, &z);
}

int ocrb_zones_find(struct ocrb_zone zones[OCRB_ZONES_MAX], const struct ocrb_lines *ls)
{
	struct list l = {.zones = zones};
	for (int a = 0; a < ls->n; a++)
		for (int b = a + 1; b < ls->n; b++)
			pair_try(&l, ls, a, b);
	return l.n;
}
