#include "scan/ocrb_blobs.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/str.h"

enum {
	REACH = 15, /* pixels: the light is taken from as many on every side */
	CONTRAST_LEAST = 10,
	PARTS_MAX = 1 << 18,
	DOTS_LEAST = 6,
};

/* A line of dark pixels in a row, and what it belongs to. */
struct run {
	int from, to, part;
};

struct part {
	int up; /* the part that it was found to be one with, or itself */
	int left, right, top, bottom, dots;
};

struct scan {
	const struct image *im;
	uint32_t *sum, *squares; /* a column's, over the rows within reach */
	struct run *runs, *before; /* of this row and the one above */
	int n, n_before;
	struct part *parts;
	int n_parts;
};

static const uint8_t *row_of(const struct image *im, int y)
{
	return im->grey + (size_t)y * (size_t)im->width;
}

static void columns_add(struct scan *s, int y)
{
	const uint8_t *row = row_of(s->im, y);
	for (int x = 0; x < s->im->width; x++) {
		s->sum[x] += row[x];
		s->squares[x] += (uint32_t)row[x] * row[x];
	}
}

static void columns_take(struct scan *s, int y)
{
	const uint8_t *row = row_of(s->im, y);
	for (int x = 0; x < s->im->width; x++) {
		s->sum[x] -= row[x];
		s->squares[x] -= (uint32_t)row[x] * row[x];
	}
}

/* --- parts ------------------------------------------------------------------------------------ */

static int top_of(struct part *parts, int i)
{
	while (parts[i].up != i)
		i = parts[i].up = parts[parts[i].up].up;
	return i;
}

static void join(struct part *parts, int a, int b)
{
	a = top_of(parts, a);
	b = top_of(parts, b);
	if (a == b)
		return;
	struct part *to = &parts[a], *from = &parts[b];
	from->up = a;
	to->left = from->left < to->left ? from->left : to->left;
	to->right = from->right > to->right ? from->right : to->right;
	to->top = from->top < to->top ? from->top : to->top;
	to->bottom = from->bottom > to->bottom ? from->bottom : to->bottom;
	to->dots += from->dots;
}

/* The part of a run: those of the row above that it touches, also at a corner, or a new one. -1: there are too many. */
static int part_of(struct scan *s, const struct run *r, int *first)
{
	int found = -1;
	while (*first < s->n_before && s->before[*first].to < r->from - 1)
		++*first;
	for (int i = *first; i < s->n_before && s->before[i].from <= r->to + 1; i++) {
		const int above = s->before[i].part;
		if (above >= 0 && found >= 0)
			join(s->parts, found, above);
		found = found < 0 ? above : found;
	}
	if (found < 0 && s->n_parts < PARTS_MAX) {
		found = s->n_parts++;
		s->parts[found] =
		    (struct part){.up = found, .left = r->from, .right = r->to, .top = INT16_MAX};
	}
	return found < 0 ? -1 : top_of(s->parts, found);
}

static void row_join(struct scan *s, int y)
{
	int first = 0;
	for (int i = 0; i < s->n; i++) {
		struct run *r = &s->runs[i];
		r->part = part_of(s, r, &first);
		if (r->part < 0)
			continue;
		struct part *p = &s->parts[r->part];
		p->left = r->from < p->left ? r->from : p->left;
		p->right = r->to > p->right ? r->to : p->right;
		p->top = y < p->top ? y : p->top;
		p->bottom = y;
		p->dots += r->to - r->from + 1;
	}
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Darker than the mean around it by half the standard deviation there: with a quarter of ink, half-way between ink and paper. */
static bool dark(uint32_t sum, uint32_t squares, int n, int level)
{
	const float below = (float)sum - (float)(n * level);
	if (below <= (float)(CONTRAST_LEAST * n))
		return false;
	const float spread = (float)n * (float)squares - (float)sum * (float)sum;
	return 4 * below * below > spread;
}

static void row_runs(struct scan *s, int y, int rows)
{
	const int w = s->im->width;
	const uint8_t *row = row_of(s->im, y);
	uint32_t sum = 0, squares = 0;
	int columns = 0;
	bool in = false;
	s->n = 0;
	for (int x = 0; x < REACH && x < w; x++, columns++) {
		sum += s->sum[x];
		squares += s->squares[x];
	}
	for (int x = 0; x < w; x++) {
		if (x + REACH < w) {
			sum += s->sum[x + REACH];
			squares += s->squares[x + REACH];
			columns++;
		}
		if (x > REACH) {
			sum -= s->sum[x - REACH - 1];
			squares -= s->squares[x - REACH - 1];
			columns--;
		}
		const bool is = dark(sum, squares, rows * columns, row[x]);
		if (is && !in)
			s->runs[s->n++].from = x;
		if (is)
			s->runs[s->n - 1].to = x;
		in = is;
	}
}

static void rows_scan(struct scan *s)
{
	const int h = s->im->height;
	int rows = 0;
	for (int y = 0; y < REACH && y < h; y++, rows++)
		columns_add(s, y);
	for (int y = 0; y < h; y++) {
		if (y + REACH < h) {
			columns_add(s, y + REACH);
			rows++;
		}
		if (y > REACH) {
			columns_take(s, y - REACH - 1);
			rows--;
		}
		row_runs(s, y, rows);
		row_join(s, y);
		struct run *const swap = s->before;
		s->before = s->runs;
		s->n_before = s->n;
		s->runs = swap;
	}
}

static void blob_take(struct ocrb_blobs *bs, const struct part *p)
{
	const int w = p->right - p->left + 1, h = p->bottom - p->top + 1;
	const int size = w > h ? w : h;
	if (size < OCRB_BLOB_LEAST || size > OCRB_BLOB_MOST || p->dots < DOTS_LEAST ||
	    bs->n == OCRB_BLOBS_MAX)
		return;
	bs->blob[bs->n++] = (struct ocrb_blob){
	    (float)(p->left + p->right) / 2, (float)(p->top + p->bottom) / 2, size};
}

void ocrb_blobs_find(struct ocrb_blobs *bs, const struct image *im)
{
	const size_t w = (size_t)im->width;
	struct scan s = {.im = im};
	bs->n = 0;
	if (im->width == 0)
		return;
	s.sum = mem_new(w, sizeof *s.sum);
	s.squares = mem_new(w, sizeof *s.squares);
	s.runs = mem_new(w, sizeof *s.runs);
	s.before = mem_new(w, sizeof *s.before);
	s.parts = mem_new(PARTS_MAX, sizeof *s.parts);
	rows_scan(&s);
	for (int i = 0; i < s.n_parts; i++)
		if (s.parts[i].up == i)
			blob_take(bs, &s.parts[i]);
	free(s.sum);
	free(s.squares);
	free(s.runs);
	free(s.before);
	free(s.parts);
}
