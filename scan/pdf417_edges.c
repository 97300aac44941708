#include "scan/pdf417_edges.h"

#include <math.h>
#include <stdlib.h>

/* Pixels without an edge after which half of what an edge needs is forgotten. */
enum { FORGET = 24 };

struct scan {
	const uint8_t *pixels;
	int n;
	const struct pdf417_eye *eye;
	int strongest,
	    need; /* grey levels: the last edges' height, fading, and the least that an edge must have */
	struct pdf417_edges *edges;
};

/* A peak or a valley. */
struct turn {
	int at, level;
};

static int more(int a, int b)
{
	return a > b ? a : b;
}

/* The first pixel at place i or later that is as far below the peak as an edge needs; before it, peak becomes what is highest. */
static int fall(struct scan *s, struct turn *peak, int i)
{
	for (int forget = i + FORGET; i < s->n; i++) {
		const int level = s->pixels[i];
		if (level >= peak->level) {
			*peak = (struct turn){i, level};
		} else if (peak->level - level >= s->need) {
			break;
		} else if (i >= forget) {
			s->need = more(s->need / 2, s->eye->least);
			forget = i + FORGET;
		}
	}
	return i;
}

static int rise(struct scan *s, struct turn *valley, int i)
{
	for (int forget = i + FORGET; i < s->n; i++) {
		const int level = s->pixels[i];
		if (level <= valley->level) {
			*valley = (struct turn){i, level};
		} else if (level - valley->level >= s->need) {
			break;
		} else if (i >= forget) {
			s->need = more(s->need / 2, s->eye->least);
			forget = i + FORGET;
		}
	}
	return i;
}

/* The edge from one turn to the next, where the line passes half its height. */
static void add(struct scan *s, struct turn from, struct turn to)
{
	const int twice = from.level + to.level, height = abs(from.level - to.level);
	int i = from.at + 1;
	if (to.level < from.level)
		while (i < to.at && 2 * s->pixels[i] > twice)
			i++;
	else
		while (i < to.at && 2 * s->pixels[i] < twice)
			i++;
	const int before = i > 0 ? s->pixels[i - 1] : s->eye->white, after = s->pixels[i];
	s->edges->at[s->edges->n++] =
	    (float)(i - 1) +
	    (float)(2 * before - twice) / (float)(2 * (before - after) + (before == after));
	s->strongest -= s->strongest / 8;
	s->strongest = height > s->strongest ? height : s->strongest;
	s->need = more((s->strongest * s->eye->part) >> 16, s->eye->least);
}

void pdf417_edges_find(
    struct pdf417_edges *e, const uint8_t *pixels, int n, const struct pdf417_eye *eye)
{
	struct scan s = {.pixels = pixels, .n = n, .eye = eye, .need = eye->least, .edges = e};
	struct turn peak = {-1, eye->white};
	e->n = 0;
	for (int i = 0; e->n + 2 <= PDF417_EDGES_MAX;) {
		i = fall(&s, &peak, i);
		if (i >= n)
			return;
		struct turn valley = {i, pixels[i]};
		i = rise(&s, &valley, i);
		add(&s, peak, valley);
		if (i >= n) { /* white is all that may follow */
			e->at[e->n++] = (float)n - 0.5f;
			return;
		}
		peak = (struct turn){i, pixels[i]};
		const struct turn dark = valley;
		i = fall(&s, &peak, i);
		add(&s, dark, peak);
	}
}

enum { ELEMENTS = 8 }; /* bars and spaces in 17 modules */

/* --- start and stop characters ---------------------------------------------------------------- */

static const struct guard {
	int elements, modules;
	uint8_t width[9];
} guards[] = {
    [PDF417_START] = {8, PDF417_GUARD_MODULES, {8, 1, 1, 1, 1, 1, 1, 3}},
    [PDF417_STOP] = {9, PDF417_GUARD_MODULES + PDF417_LAST_BAR_MODULES,
	{7, 1, 1, 3, 1, 1, 1, 2, 1}},
};

/*
 * Elements may differ from what they should be by more than two neighbours together do: ink and light make bars wider at the cost of spaces, and
 * from one edge to the next alike both are in (as in the reference decode algorithm, annex J).
 */
static bool alike(const float *at, const struct guard *g, bool reversed)
{
	const float module = (at[g->elements] - at[0]) / (float)g->modules;
	const float one = 0.6f * module + 0.3f, two = 0.45f * module + 0.35f;
	for (int i = 0; i < g->elements; i++) {
		const int k = reversed ? g->elements - 1 - i : i;
		const float want = module * (float)g->width[k];
		if (fabsf(at[i + 1] - at[i] - want) > one)
			return false;
		if (i + 1 == g->elements)
			break;
		const int next = reversed ? k - 1 : k + 1;
		if (fabsf(at[i + 2] - at[i] - want - module * (float)g->width[next]) > two)
			return false;
	}
	return true;
}

/* Whether this character's first edge, or its last one where it is reversed, is edge i. */
static bool seen(const struct pdf417_edges *e, int i, enum pdf417_guard_kind kind, bool reversed,
    struct pdf417_hit *hit)
{
	const struct guard *g = &guards[kind];
	const int first = reversed ? i - g->elements : i;
	if (first < 0 || first + g->elements >= e->n || !alike(e->at + first, g, reversed))
		return false;
	*hit = (struct pdf417_hit){kind, reversed, e->at[i], e->at[i]};
	/* A start character begins with its outer edge, a stop character with its inner one; read either way. Eight elements on a bar begins. */
	*(kind == PDF417_START ? &hit->inner : &hit->outer) =
	    e->at[reversed ? i - ELEMENTS : i + ELEMENTS];
	return true;
}

bool pdf417_edges_hit(const struct pdf417_edges *e, int *i, struct pdf417_hit *hit)
{
	/* Both begin with a bar that is wider than the three elements beside it; few others are. */
	for (; *i + 1 < e->n; *i += 2) {
		const int bar = *i;
		const float *at = e->at + bar, width = at[1] - at[0];
		const bool forward = bar + 4 < e->n && width > at[4] - at[1],
			   backward = bar >= 3 && width > at[0] - at[-3];
		if ((forward && (seen(e, bar, PDF417_START, false, hit) ||
				    seen(e, bar, PDF417_STOP, false, hit))) ||
		    (backward && (seen(e, bar + 1, PDF417_START, true, hit) ||
				     seen(e, bar + 1, PDF417_STOP, true, hit)))) {
			*i += 2;
			return true;
		}
	}
	*i = e->n;
	return false;
}
