#include "scan/ocrb_match.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "scan/ocrb_shapes.h"

enum {
	W = OCRB_SHAPE_WIDTH, /* pixels of a strip in a pitch */
	H = OCRB_SHAPE_HEIGHT,
	PIXELS = OCRB_SHAPE_PIXELS,
	ASIDE = 3, /* pixels that a glyph may be off sideways */
	UPDOWN = 4, /* and up or down */
	STRIP_H = H + 2 * UPDOWN,
	STRIP_W = OCRB_PLACES_MAX * W + 2 * ASIDE,
	TRIED = 12, /* places of a row by which height, blur and orientation are found */
	SAMPLES_MOST = 4, /* each way, for a pixel of the strip */
	WAYS = 2, /* upright, and on its head */
	HEIGHTS = 8,
	DOWN = 2, /* pixels that a row may be lower or higher than it seemed to be */
};

/* How much taller than it is wide a document may look. */
static const double heights[HEIGHTS] = {0.72, 0.79, 0.86, 0.93, 1, 1.07, 1.15, 1.24};
/* A zero is by so little taller than an O: these are tried of the best of them. */
static const double finer[] = {0.967, 1, 1.033};
static const double blurs[] = {0.5, 0.9, 1.4, 2, 2.7, 3.5}, blur_first = 0.9;
/* What places of a zone are like characters at the least, before height and blur are known well. Patterns are up to 0.6. */
static const double like_least = 0.5;

struct strip {
	uint8_t ink[STRIP_H][STRIP_W]; /* 0 white */
};

struct ocrb_matcher {
	struct ocrb_shapes first[HEIGHTS]; /* of blur_first; the same for every zone */
	struct strip strip[WAYS][OCRB_ROWS_MAX];
	struct ocrb_seen seen;
	struct ocrb_shapes shapes;
	int rows, places;
};

/* How the rows stand in their strips. */
struct stance {
	int way;
	double height, blur;
	int down[OCRB_ROWS_MAX];
	double worth;
};

/* --- strips ----------------------------------------------------------------------------------- */

static double grey_at(const struct image *im, double x, double y)
{
	const double w = im->width - 1.001, h = im->height - 1.001;
	x = x > 0 ? (x < w ? x : w) : 0;
	y = y > 0 ? (y < h ? y : h) : 0;
	const int ix = (int)x, iy = (int)y;
	const double fx = x - ix, fy = y - iy;
	const uint8_t *p = im->grey + (size_t)iy * (size_t)im->width + (size_t)ix;
	const uint8_t *q = p + im->width;
	return (1 - fy) * ((1 - fx) * p[0] + fx * p[1]) + fy * ((1 - fx) * q[0] + fx * q[1]);
}

/* The zone's own axes at a character: along the row, and down to the next one, both a pitch long. */
struct axes {
	struct ocrb_point along, down;
};

static struct axes axes_at(const struct ocrb_zone *z, int row, double i)
{
	const struct ocrb_point top = ocrb_line_at(&z->row[0], i),
				bottom = ocrb_line_at(&z->row[z->rows - 1], i),
				before = ocrb_line_at(&z->row[row], i - 0.5),
				after = ocrb_line_at(&z->row[row], i + 0.5);
	const struct ocrb_point along = {after.x - before.x, after.y - before.y},
				down = {bottom.x - top.x, bottom.y - top.y};
	const double by = sqrt(
	    (along.x * along.x + along.y * along.y) / (down.x * down.x + down.y * down.y + 1e-6));
	return (struct axes){along, {down.x * by, down.y * by}};
}

static double pixel_at(
    const struct image *im, struct ocrb_point at, const struct axes *a, int samples)
{
	double all = 0;
	for (int k = 0; k < samples * samples; k++) {
		const double u = ((k % samples + 0.5) / samples - 0.5) / W,
			     v = ((k / samples + 0.5) / samples - 0.5) / W;
		all += grey_at(im, at.x + u * a->along.x + v * a->down.x,
		    at.y + u * a->along.y + v * a->down.y);
	}
	return all / (samples * samples);
}

static void strip_fill(struct strip *s, const struct image *im, const struct ocrb_zone *z, int row,
    int first, int places)
{
	memset(s, 0, sizeof *s);
	for (int x = 0; x < places * W + 2 * ASIDE; x++) {
		const double i = first + (x - ASIDE + 0.5) / W - 0.5;
		const struct axes a = axes_at(z, row, i);
		const struct ocrb_point at = ocrb_line_at(&z->row[row], i);
		const double pitch = sqrt(a.along.x * a.along.x + a.along.y * a.along.y);
		int samples = (int)(pitch / W + 0.5);
		samples = samples < 1 ? 1 : samples < SAMPLES_MOST ? samples : SAMPLES_MOST;
		for (int y = 0; y < STRIP_H; y++) {
			const double v = (y + 0.5 - STRIP_H / 2.0) / W;
			const struct ocrb_point p = {at.x + v * a.down.x, at.y + v * a.down.y};
			s->ink[y][x] = (uint8_t)(255 - (int)pixel_at(im, p, &a, samples));
		}
	}
}

/* On its head: every row's end is its beginning. */
static void strip_turn(struct strip *to, const struct strip *from, int width)
{
	for (int y = 0; y < STRIP_H; y++)
		for (int x = 0; x < width; x++)
			to->ink[y][x] = from->ink[STRIP_H - 1 - y][width - 1 - x];
}

/* --- comparing -------------------------------------------------------------------------------- */

/* What is at this place, dx and dy aside; its length as a vector without its mean, 0 where nothing is. */
static float window_take(int16_t window[PIXELS], const struct strip *s, int place, int dx, int dy)
{
	int64_t sum = 0, square = 0;
	for (int y = 0; y < H; y++) {
		const uint8_t *row = &s->ink[UPDOWN + dy + y][place * W + ASIDE + dx];
		for (int x = 0; x < W; x++) {
			window[y * W + x] = row[x];
			sum += row[x];
			square += row[x] * row[x];
		}
	}
	const float spread = (float)square - (float)sum * (float)sum / PIXELS;
	const float least = 4.0F * 4 * PIXELS; /* a paper's grain */
	return spread > least ? sqrtf(spread) : 0;
}

/* The better of what was known and what this window says. */
static void window_score(
    float score[OCRB_GLYPHS], const struct ocrb_shapes *g, const int16_t *window, float length)
{
	for (int i = 0; i < OCRB_GLYPHS && length > 0; i++) {
		const float is =
		    (float)ocrb_shape_product(g->vector[i], window) / (OCRB_SHAPE_LENGTH * length);
		score[i] = is > score[i] ? is : score[i];
	}
}

static float best_of(const float score[OCRB_GLYPHS])
{
	float best = 0;
	for (int i = 0; i < OCRB_GLYPHS; i++)
		best = score[i] > best ? score[i] : best;
	return best;
}

/* Some places of a row, from end to end. */
static int tried_place(const struct ocrb_matcher *m, int i)
{
	return (m->places - 1) * (i + 1) / (TRIED + 1);
}

static double window_worth(const struct ocrb_shapes *g, const int16_t *window, float length)
{
	float score[OCRB_GLYPHS] = {0};
	window_score(score, g, window, length);
	return best_of(score);
}

/* How high the zone is and which way up: one look at each window, through all of first. */
static struct stance height_find(const struct ocrb_matcher *m)
{
	struct stance best = {.worth = -1, .blur = blur_first};
	for (int way = 0; way < WAYS; way++) {
		double worth[HEIGHTS] = {0};
		for (int row = 0; row < m->rows; row++) {
			double most[HEIGHTS] = {0};
			for (int down = -DOWN; down <= DOWN; down += 2) {
				double all[HEIGHTS] = {0};
				for (int i = 0; i < TRIED; i++) {
					int16_t window[PIXELS];
					const float length = window_take(window,
					    &m->strip[way][row], tried_place(m, i), 0, down);
					for (int h = 0; h < HEIGHTS; h++)
						all[h] +=
						    window_worth(&m->first[h], window, length);
				}
				for (int h = 0; h < HEIGHTS; h++)
					most[h] = all[h] > most[h] ? all[h] : most[h];
			}
			for (int h = 0; h < HEIGHTS; h++)
				worth[h] += most[h];
		}
		for (int h = 0; h < HEIGHTS; h++)
			if (worth[h] > best.worth) {
				best.worth = worth[h];
				best.way = way;
				best.height = heights[h];
			}
	}
	return best;
}

/* How well some places of a row look like characters, so far down. */
static double row_worth(const struct ocrb_matcher *m, int way, int row, int down)
{
	int16_t window[PIXELS];
	double all = 0;
	for (int i = 0; i < TRIED; i++) {
		const float length =
		    window_take(window, &m->strip[way][row], tried_place(m, i), 0, down);
		all += window_worth(&m->shapes, window, length);
	}
	return all;
}

static void stance_try(struct stance *best, const struct ocrb_matcher *m, struct stance s)
{
	s.worth = 0;
	for (int row = 0; row < m->rows; row++) {
		double most = -1;
		for (int down = -DOWN; down <= DOWN; down++) {
			const double worth = row_worth(m, s.way, row, down);
			if (worth > most) {
				most = worth;
				s.down[row] = down;
			}
		}
		s.worth += most;
	}
	if (s.worth > best->worth)
		*best = s;
}

/* The blur, and the height once more; shapes are then those that fit best. */
static struct stance stance_find(struct ocrb_matcher *m, struct stance s)
{
	struct stance best = s;
	best.worth = -1;
	for (size_t b = 0; b < sizeof blurs / sizeof blurs[0]; b++) {
		s.blur = blurs[b];
		ocrb_seen_make(&m->seen, s.blur);
		ocrb_shapes_make(&m->shapes, &m->seen, s.height);
		stance_try(&best, m, s);
	}
	ocrb_seen_make(&m->seen, best.blur);
	s = best;
	for (size_t f = 0; f < sizeof finer / sizeof finer[0]; f++) {
		struct stance other = s;
		other.height *= finer[f];
		ocrb_shapes_make(&m->shapes, &m->seen, other.height);
		stance_try(&best, m, other);
	}
	ocrb_shapes_make(&m->shapes, &m->seen, best.height);
	return best;
}

static void place_score(const struct ocrb_matcher *m, int row, int place, const struct stance *how,
    float score[OCRB_GLYPHS])
{
	int16_t window[PIXELS];
	for (int i = 0; i < OCRB_GLYPHS; i++)
		score[i] = -1;
	for (int dy = -1; dy <= 1; dy++)
		for (int dx = -ASIDE; dx <= ASIDE; dx++) {
			const float length = window_take(
			    window, &m->strip[how->way][row], place, dx, how->down[row] + dy);
			window_score(score, &m->shapes, window, length);
		}
}

struct ocrb_matcher *ocrb_matcher_new(void)
{
	struct ocrb_matcher *m = mem_new(1, sizeof *m);
	ocrb_seen_make(&m->seen, blur_first);
	for (int h = 0; h < HEIGHTS; h++)
		ocrb_shapes_make(&m->first[h], &m->seen, heights[h]);
	return m;
}

void ocrb_matcher_free(struct ocrb_matcher *own_m)
{
	explicit_bzero(own_m, sizeof *own_m);
	free(own_m);
}

bool ocrb_match(struct ocrb_scores *s, struct ocrb_matcher *m, const struct image *im,
    const struct ocrb_zone *z)
{
	const int missing = z->width - (z->last - z->first + 1),
		  aside = (missing > 0 ? missing : 0) + 1;
	m->rows = z->rows;
	m->places = z->last - z->first + 1 + 2 * aside;
	for (int row = 0; row < m->rows; row++) {
		strip_fill(&m->strip[0][row], im, z, row, z->first - aside, m->places);
		strip_turn(
		    &m->strip[1][m->rows - 1 - row], &m->strip[0][row], m->places * W + 2 * ASIDE);
	}
	struct stance how = height_find(m);
	if (how.worth < like_least * TRIED * m->rows)
		return false;
	how = stance_find(m, how);
	s->rows = m->rows;
	s->places = m->places;
	for (int row = 0; row < s->rows; row++)
		for (int place = 0; place < s->places; place++)
			place_score(m, row, place, &how, s->score[row][place]);
	return true;
}
