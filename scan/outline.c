#include "scan/outline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	FLAT =
	    24, /* a slope that any lighting makes (Sobel: eight times the step between two pixels, a quarter of it here) */
	SPREAD = 3, /* angles beside its own that an edge votes for */
	APART_ANGLES = 5, /* two lines nearer to each other than this, and ... */
	APART_PIXELS = 3, /* ... this, are one */
	VOTES_LEAST = 12,
	SAMPLES = 32, /* along a side */
	NOISE = 12, /* grey levels between two pixels that say nothing */
	TAPS = 9,
	LEAST =
	    4, /* grey levels that neighbours differ by in the mean, where anything can be told */
	ROWS_EACH = 4,
	COLUMNS_EACH = 8,
};

static const float BESIDE = 0.26f; /* the sine of 15 degrees: parallel sides under perspective */
static const float SIDE_HELD = 0.5f, ALL_HELD = 0.7f; /* parts of one side, of all, that are edge */
static const float AREA_LEAST = 0.05f, AREA_MOST = 0.92f; /* of the picture */
static const float LONG_MOST =
    2.2f; /* an identity card is 1.59 to 1, a passport's page 1.42 (ISO/IEC 7810) */
static const float BLUR_MOST = 0.42f;

struct point {
	float x, y;
};

void outline_finder_init(struct outline_finder *f)
{
	*f = (struct outline_finder){0};
	for (int i = 0; i < OUTLINE_ANGLES; i++) {
		const double a = i * M_PI / OUTLINE_ANGLES;
		f->sine[i] = (float)sin(a);
		f->cosine[i] = (float)cos(a);
	}
}

void outline_finder_fini(struct outline_finder *f)
{
	explicit_bzero(f, sizeof *f);
}

/* --- slopes ---------------------------------------------------------------------------------------- */

static int at_least_one(int n)
{
	return n < 1 ? 1 : n;
}

static void shrink(struct outline_finder *f, const struct image *im)
{
	const int longer = im->width > im->height ? im->width : im->height;
	const int side = longer < OUTLINE_SIDE ? longer : OUTLINE_SIDE;
	f->w = at_least_one(im->width * side / longer);
	f->h = at_least_one(im->height * side / longer);
	for (int y = 0; y < f->h; y++) {
		const int top = y * im->height / f->h, end = (y + 1) * im->height / f->h;
		for (int x = 0; x < f->w; x++) {
			const int left = x * im->width / f->w, right = (x + 1) * im->width / f->w;
			uint32_t sum = 0;
			for (int v = top; v < end; v++)
				for (int u = left; u < right; u++)
					sum += im->grey[(size_t)v * (size_t)im->width + (size_t)u];
			f->grey[y * f->w + x] =
			    (uint8_t)(sum / (uint32_t)((end - top) * (right - left)));
		}
	}
}

/* Sobel's, a quarter as large. An edge is twice as steep as the picture is in the mean, and no less than FLAT. */
static void slopes(struct outline_finder *f)
{
	const int w = f->w;
	int64_t sum = 0;
	memset(f->across, 0, sizeof f->across);
	memset(f->down, 0, sizeof f->down);
	for (int y = 1; y < f->h - 1; y++) {
		for (int x = 1; x < w - 1; x++) {
			const uint8_t *p = f->grey + y * w + x;
			const int ne = p[-w + 1], nw = p[-w - 1], se = p[w + 1], sw = p[w - 1];
			f->across[y * w + x] =
			    (int16_t)((ne + 2 * p[1] + se - nw - 2 * p[-1] - sw) / 4);
			f->down[y * w + x] =
			    (int16_t)((sw + 2 * p[w] + se - nw - 2 * p[-w] - ne) / 4);
			sum += abs(f->across[y * w + x]) + abs(f->down[y * w + x]);
		}
	}
	f->edge = 2 * (int)(sum / (w * f->h));
	if (f->edge < FLAT)
		f->edge = FLAT;
}

/* --- lines (Hough): every edge votes for the lines that it may be part of ---------------------------- */

static void vote(struct outline_finder *f, int x, int y)
{
	const int i = y * f->w + x;
	const float angle = atan2f(f->down[i], f->across[i]) * (float)(OUTLINE_ANGLES / M_PI);
	const int own = (int)lroundf(angle) + 2 * OUTLINE_ANGLES;
	for (int k = own - SPREAD; k <= own + SPREAD; k++) {
		const int a = k % OUTLINE_ANGLES;
		const float d = ((float)x - (float)f->w / 2) * f->cosine[a] +
				((float)y - (float)f->h / 2) * f->sine[a];
		f->votes[a * OUTLINE_DISTANCES + (int)lroundf(d) + OUTLINE_SIDE]++;
	}
}

static void votes(struct outline_finder *f)
{
	memset(f->votes, 0, sizeof f->votes);
	for (int y = 1; y < f->h - 1; y++)
		for (int x = 1; x < f->w - 1; x++)
			if (abs(f->across[y * f->w + x]) + abs(f->down[y * f->w + x]) >= f->edge)
				vote(f, x, y);
}

/* Its neighbours are no lines of their own. Behind the last angle comes the first, turned round. */
static void blot(struct outline_finder *f, int angle, int distance)
{
	for (int k = angle - APART_ANGLES; k <= angle + APART_ANGLES; k++) {
		const bool turned = k < 0 || k >= OUTLINE_ANGLES;
		const int a = (k + OUTLINE_ANGLES) % OUTLINE_ANGLES;
		const int middle = turned ? 2 * OUTLINE_SIDE - distance : distance;
		for (int d = middle - APART_PIXELS; d <= middle + APART_PIXELS; d++)
			if (d >= 0 && d < OUTLINE_DISTANCES)
				f->votes[a * OUTLINE_DISTANCES + d] = 0;
	}
}

static void lines(struct outline_finder *f)
{
	for (f->n = 0; f->n < OUTLINE_LINES; f->n++) {
		int best = 0;
		for (int i = 1; i < OUTLINE_ANGLES * OUTLINE_DISTANCES; i++)
			if (f->votes[i] > f->votes[best])
				best = i;
		if (f->votes[best] < VOTES_LEAST)
			return;
		const int a = best / OUTLINE_DISTANCES, d = best % OUTLINE_DISTANCES;
		f->lines[f->n] = (struct outline_line){
		    f->cosine[a], f->sine[a], (float)(d - OUTLINE_SIDE), f->votes[best]};
		blot(f, a, d);
	}
}

/* --- four of them ------------------------------------------------------------------------------------ */

static float cross(const struct outline_line *a, const struct outline_line *b)
{
	return a->x * b->y - a->y * b->x;
}

/* From the picture's upper left corner. The lines are not parallel. */
static struct point meet(
    const struct outline_finder *f, const struct outline_line *a, const struct outline_line *b)
{
	const float by = cross(a, b);
	return (struct point){(float)f->w / 2 + (a->distance * b->y - b->distance * a->y) / by,
	    (float)f->h / 2 + (b->distance * a->x - a->distance * b->x) / by};
}

/* An edge lies here, or beside it, and runs as the line does. */
static bool held_at(const struct outline_finder *f, struct point p, const struct outline_line *l)
{
	for (int step = -2; step <= 2; step++) {
		const int x = (int)lroundf(p.x + (float)step * l->x),
			  y = (int)lroundf(p.y + (float)step * l->y);
		if (x < 1 || y < 1 || x >= f->w - 1 || y >= f->h - 1)
			continue;
		const float u = f->across[y * f->w + x], v = f->down[y * f->w + x];
		const float along = fabsf(u * l->y - v * l->x), over = fabsf(u * l->x + v * l->y);
		if (fabsf(u) + fabsf(v) >= (float)f->edge && along < over / 2)
			return true;
	}
	return false;
}

static float held(
    const struct outline_finder *f, struct point a, struct point b, const struct outline_line *l)
{
	int n = 0;
	for (int i = 0; i < SAMPLES; i++) {
		const float part = ((float)i + 0.5f) / SAMPLES;
		const struct point p = {a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part};
		n += held_at(f, p, l);
	}
	return (float)n / SAMPLES;
}

static float length(struct point a, struct point b)
{
	return hypotf(b.x - a.x, b.y - a.y);
}

static bool inside(const struct outline_finder *f, struct point p)
{
	const float beyond = 3;
	return p.x > -beyond && p.y > -beyond && p.x < (float)f->w + beyond &&
	       p.y < (float)f->h + beyond;
}

/* How good they are as the sides of one thing, 0: not at all. Sides 0 and 2 face each other, 1 and 3 do. */
static float worth(
    const struct outline_finder *f, const struct outline_line *side[4], struct point corner[4])
{
	float area = 0, all = 0;
	for (int i = 0; i < 4; i++) {
		corner[i] = meet(f, side[i], side[(i + 3) % 4]);
		if (!inside(f, corner[i]))
			return 0;
	}
	for (int i = 0; i < 4; i++) {
		const struct point a = corner[i], b = corner[(i + 1) % 4];
		area += (a.x * b.y - b.x * a.y) / 2;
	}
	area = fabsf(area) / (float)(f->w * f->h);
	const float one = length(corner[0], corner[1]) + length(corner[2], corner[3]),
		    two = length(corner[1], corner[2]) + length(corner[3], corner[0]);
	if (area < AREA_LEAST || area > AREA_MOST || one > two * LONG_MOST || two > one * LONG_MOST)
		return 0;
	for (int i = 0; i < 4; i++) {
		const float part = held(f, corner[i], corner[(i + 1) % 4], side[i]);
		if (part < SIDE_HELD)
			return 0;
		all += part / 4;
	}
	return all < ALL_HELD ? 0 : all + area / 4;
}

static bool face(const struct outline_line *a, const struct outline_line *b)
{
	return fabsf(cross(a, b)) < BESIDE;
}

static bool across(const struct outline_line *a, const struct outline_line *b)
{
	return fabsf(a->x * b->x + a->y * b->y) < 2 * BESIDE;
}

/* Corners of the best four lines. */
static bool four(const struct outline_finder *f, struct point best[4])
{
	const struct outline_line *l = f->lines;
	float most = 0;
	for (int a = 0; a < f->n; a++)
		for (int c = a + 1; c < f->n; c++)
			for (int b = 0; b < f->n && face(&l[a], &l[c]); b++)
				for (int d = b + 1; d < f->n && across(&l[a], &l[b]); d++) {
					const struct outline_line *side[4] = {
					    &l[a], &l[b], &l[c], &l[d]};
					struct point corner[4];
					if (!face(&l[b], &l[d]) || !across(&l[c], &l[d]))
						continue;
					const float now = worth(f, side, corner);
					if (now <= most)
						continue;
					most = now;
					memcpy(best, corner, sizeof corner);
				}
	return most > 0;
}

/* --- is it sharp? ------------------------------------------------------------------------------------ */

struct blur {
	uint64_t pixels, all,
	    kept; /* all: differences between neighbours; what a blur on top leaves of them */
};

/* One row or column, whose pixels lie `step` apart (Crete, Dolmiere, Ladret, Nicolas: The blur effect, 2007): blurring takes much from a sharp
 * picture, and little from one that is blurred. */
static void blur_add(struct blur *b, const uint8_t *p, size_t step, int n)
{
	int sum = 0, before;
	if (n <= TAPS)
		return;
	for (int i = 0; i < TAPS; i++)
		sum += p[(size_t)i * step];
	before = sum;
	b->pixels += (uint64_t)(n - TAPS);
	for (int i = TAPS; i < n; i++) {
		sum += p[(size_t)i * step] - p[(size_t)(i - TAPS) * step];
		const size_t middle = (size_t)(i - TAPS / 2) * step;
		const int own = abs(p[middle] - p[middle - step]), after = abs(sum - before) / TAPS;
		before = sum;
		if (own <= NOISE)
			continue;
		b->all += (uint64_t)own;
		b->kept += (uint64_t)(own < after ? own : after);
	}
}

/* Of the middle of what lies between these corners: its edge may be sharp against a wall behind. Where little stands out, it is not known to be. */
static bool sharp(const struct outline_finder *f, const struct image *im, const struct point c[4])
{
	float left = c[0].x, right = c[0].x, top = c[0].y, bottom = c[0].y;
	struct blur rows = {0}, columns = {0};
	for (int i = 1; i < 4; i++) {
		left = fminf(left, c[i].x);
		right = fmaxf(right, c[i].x);
		top = fminf(top, c[i].y);
		bottom = fmaxf(bottom, c[i].y);
	}
	const float in_x = (right - left) / 6, in_y = (bottom - top) / 6;
	const float wide = (float)im->width / (float)f->w, high = (float)im->height / (float)f->h;
	const int x0 = (int)fmaxf(0, (left + in_x) * wide), y0 = (int)fmaxf(0, (top + in_y) * high);
	const int x1 = (int)fminf((float)im->width, (right - in_x) * wide),
		  y1 = (int)fminf((float)im->height, (bottom - in_y) * high);
	const size_t w = (size_t)im->width;
	for (int y = y0; y < y1; y += ROWS_EACH)
		blur_add(&rows, im->grey + (size_t)y * w + (size_t)x0, 1, x1 - x0);
	for (int x = x0; x < x1; x += COLUMNS_EACH)
		blur_add(&columns, im->grey + (size_t)y0 * w + (size_t)x, w, y1 - y0);
	const struct blur *b = rows.all > columns.all ? &rows : &columns;
	return b->all > LEAST * b->pixels && (float)b->kept < BLUR_MOST * (float)b->all;
}

static uint16_t part_of(float n, int of)
{
	const float part = n / (float)of * 65535;
	return (uint16_t)(part < 0 ? 0 : part > 65535 ? 65535 : part);
}

void outline_find(
    struct outline_finder *f, struct camera_outline *o, const struct image *im, bool mirror)
{
	struct point c[4];
	*o = (struct camera_outline){.state = CAMERA_NOTHING};
	shrink(f, im);
	slopes(f);
	votes(f);
	lines(f);
	if (!four(f, c))
		return;
	o->state = sharp(f, im, c) ? CAMERA_SHARP : CAMERA_BLURRED;
	for (int i = 0; i < 4; i++) {
		o->corners[i].x = part_of(mirror ? (float)f->w - c[i].x : c[i].x, f->w);
		o->corners[i].y = part_of(c[i].y, f->h);
	}
}
