#include "badge/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* Clockwise; y grows downwards. */
enum heading { EAST, SOUTH, WEST, NORTH };
static const int east[] = {1, 0, -1, 0}, south[] = {0, 1, 0, -1};

struct walk {
	const struct qr *q;
	uint8_t *seen; /* modules whose upper side was walked along */
	int x, y; /* the corner of modules where it stands */
	enum heading to;
};

static bool dark(const struct qr *q, int x, int y)
{
	return x >= 0 && y >= 0 && x < q->side && y < q->side && q->dark[y * q->side + x] != 0;
}

/* The module ahead, to the right of the heading or to its left. */
static bool dark_ahead(const struct walk *w, bool right)
{
	static const int right_x[] = {0, -1, -1, 0}, right_y[] = {0, 0, -1, -1};
	static const int left_x[] = {0, 0, -1, -1}, left_y[] = {-1, 0, 0, -1};
	return right ? dark(w->q, w->x + right_x[w->to], w->y + right_y[w->to])
		     : dark(w->q, w->x + left_x[w->to], w->y + left_y[w->to]);
}

/* One module on, with the dark to the right; then the heading for the next. Where two patches meet at a corner it stays with its own. */
static void step(struct walk *w)
{
	if (w->to == EAST)
		w->seen[w->y * w->q->side + w->x] = 1;
	w->x += east[w->to];
	w->y += south[w->to];
	if (!dark_ahead(w, true))
		w->to = (enum heading)((w->to + 1) % 4);
	else if (dark_ahead(w, false))
		w->to = (enum heading)((w->to + 3) % 4);
}

static void outline(cairo_t *cr, struct walk *w, int dots, double inset)
{
	const int from_x = w->x, from_y = w->y;
	bool begun = false;
	do {
		enum heading was = w->to;
		step(w);
		if (w->to == was)
			continue;
		/* Inwards is to the right of both headings. */
		double x = w->x * dots + inset * (east[(was + 1) % 4] + east[(w->to + 1) % 4]);
		double y = w->y * dots + inset * (south[(was + 1) % 4] + south[(w->to + 1) % 4]);
		if (begun)
			cairo_line_to(cr, x, y);
		else
			cairo_move_to(cr, x, y);
		begun = true;
	} while (w->x != from_x || w->y != from_y || w->to != EAST);
	cairo_close_path(cr);
}

void badge_outline(cairo_t *cr, const struct qr *q, int dots, double inset)
{
	struct walk w = {.q = q, .seen = mem_new((size_t)q->side * (size_t)q->side, 1)};
	for (int y = 0; y < q->side; y++) {
		for (int x = 0; x < q->side; x++) {
			if (!dark(q, x, y) || dark(q, x, y - 1) || w.seen[y * q->side + x])
				continue;
			w.x = x;
			w.y = y;
			w.to = EAST;
			outline(cr, &w, dots, inset);
		}
	}
	explicit_bzero(w.seen, (size_t)q->side * (size_t)q->side);
	free(w.seen);
}
