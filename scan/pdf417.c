#include "scan/pdf417.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "scan/pdf417_grid.h"

enum {
	SIDE_MIN = 8, /* pixels: no symbol is smaller */
	UNSURE_MOST = 8, /* ends of so many may be one on paper that is not flat */
	WORK_MAX = 20 * 1000 * 1000, /* nanoseconds, about, beside the search for guards */
};

struct pdf417_reader {
	struct pdf417_finder finder;
	struct pdf417_matcher matcher;
	struct pdf417_lens lens;
	struct pdf417_grid grid;
	struct image half;
	struct pdf417_tone tone;
	bool glance; /* no further than where something is read */
	int n_guards, most_guards; /* seen in the picture: in this way, in whatever way */
	struct pdf417_guard guards[PDF417_GUARDS_MAX];
	bool done[PDF417_GUARDS_MAX];
	int n;
	struct pdf417_symbol symbols[PDF417_SYMBOLS_MAX];
};

struct pdf417_reader *pdf417_reader_new(void)
{
	struct pdf417_reader *r = mem_new(1, sizeof *r);
	pdf417_matcher_init(&r->matcher);
	return r;
}

void pdf417_reader_free(struct pdf417_reader *own_r)
{
	if (own_r == NULL)
		return;
	image_fini(&own_r->half);
	explicit_bzero(own_r, sizeof *own_r);
	free(own_r);
}

/* --- from codewords to a symbol ------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

/* One answer: all that is trusted less than this is an erasure. */
static bool correct_below(
    struct pdf417_reader *r, struct pdf417_symbol *s, float trust, uint16_t *words)
{
	const int n = s->rows * s->columns, n_check = 2 << s->level;
	bool erased[PDF417_LENGTH_MAX];
	s->erased = 0;
	for (int i = 0; i < n; i++) {
		erased[i] = r->grid.trust[i] < trust;
		s->erased += erased[i];
	}
	memcpy(words, r->grid.words, sizeof *words * (size_t)n);
	r->lens.work -= 8L * n_check * n;
	return pdf417_correct(words, n, n_check, erased, &s->corrected) == ERR_OK &&
	       words[0] == n - n_check; /* the symbol length descriptor (5.4.1) */
}

/*
 * Which codewords are worth less than nothing is not known, so several answers are tried: those that look doubtful are erasures, which cost half
 * of what an error costs (5.7.2), then ever more of those least trusted.
 */
static bool correct(struct pdf417_reader *r, struct pdf417_symbol *s, uint16_t *words)
{
	static const float share[] = {0, 0.25f, 0.5f, 0.75f, 1};
	const float doubtful = 0.1f;
	const int n = s->rows * s->columns, room = (2 << s->level) - 2;
	float sorted[PDF417_LENGTH_MAX], last = -1;
	memcpy(sorted, r->grid.trust, sizeof *sorted * (size_t)n);
	qsort(sorted, (size_t)n, sizeof *sorted, by_value);
	if (room < n && sorted[room] >= doubtful && correct_below(r, s, doubtful, words))
		return true;
	for (size_t i = 0; i < sizeof share / sizeof *share && r->lens.work >= 0; i++) {
		const float trust = sorted[(int)((float)room * share[i])];
		const float below = trust > 0 ? trust : 0; /* what was not read at all */
		if (below == last)
			continue;
		last = below;
		if (correct_below(r, s, below, words))
			return true;
	}
	return false;
}

static void put_corners(struct pdf417_symbol *s, const struct pdf417_field *f)
{
	const float end = (float)f->shape.rows, whole = 1 + PDF417_LAST_BAR_MODULES / f->width;
	struct pdf417_xy c[4] = {pdf417_field_at(f, 0, false), pdf417_field_at(f, 0, true),
	    pdf417_field_at(f, end, true), pdf417_field_at(f, end, false)};
	c[1] = pdf417_along(c[0], pdf417_from_to(c[0], c[1]), whole);
	c[2] = pdf417_along(c[3], pdf417_from_to(c[3], c[2]), whole);
	for (int i = 0; i < 4; i++) {
		s->corners[i].x = c[i].x;
		s->corners[i].y = c[i].y;
	}
	s->mirrored = pdf417_cross(pdf417_from_to(c[0], c[1]), pdf417_from_to(c[0], c[3])) < 0;
}

/* Both ends of one symbol may be read each for itself. */
static bool known(const struct pdf417_reader *r, const struct pdf417_symbol *s)
{
	for (int i = 0; i < r->n; i++) {
		const struct pdf417_symbol *k = &r->symbols[i];
		if (k != s && k->rows == s->rows && k->columns == s->columns &&
		    k->text.len == s->text.len &&
		    memcmp(k->text.bytes, s->text.bytes, s->text.len) == 0)
			return true;
	}
	return false;
}

static bool decode(struct pdf417_reader *r, struct pdf417_field *f)
{
	uint16_t words[PDF417_LENGTH_MAX];
	struct pdf417_symbol *s = &r->symbols[r->n];
	s->rows = f->shape.rows;
	s->columns = f->shape.columns;
	s->level = f->shape.level;
	pdf417_grid_read(&r->grid, &r->lens, &r->matcher, f);
	const bool ok = correct(r, s, words);
	if (ok) {
		s->code = pdf417_text(&s->text, words + 1, words[0] - 1);
		put_corners(s, f);
	}
	explicit_bzero(words, sizeof words);
	return ok;
}

/* --- all symbols of a picture ------------------------------------------------------------------------- */

/* Whether a guard's middle lies between the corners. */
static bool within(const struct pdf417_symbol *s, const struct pdf417_guard *g)
{
	const struct pdf417_xy outer = pdf417_between(g->outer, 0.5f),
			       inner = pdf417_between(g->inner, 0.5f);
	const struct pdf417_xy p = {(outer.x + inner.x) / 2, (outer.y + inner.y) / 2};
	int left = 0, right = 0;
	for (int k = 0; k < 4; k++) {
		const struct pdf417_xy a = {s->corners[k].x, s->corners[k].y},
				       b = {s->corners[(k + 1) % 4].x, s->corners[(k + 1) % 4].y};
		const float turn = pdf417_cross(pdf417_from_to(a, b), pdf417_from_to(a, p));
		left += turn <= 0;
		right += turn >= 0;
	}
	return left == 4 || right == 4;
}

/* A symbol was read: what lies within it leads nowhere else. */
static void settle(struct pdf417_reader *r)
{
	const struct pdf417_symbol *s = &r->symbols[r->n];
	for (int i = 0; i < r->n_guards; i++)
		r->done[i] = r->done[i] || within(s, &r->guards[i]);
	r->n += known(r, s) ? 0 : 1;
}

static void read_closed(struct pdf417_reader *r, int start, int stop)
{
	const struct pdf417_guard *a = &r->guards[start], *b = &r->guards[stop];
	struct pdf417_field f;
	if (r->n == PDF417_SYMBOLS_MAX || r->done[start] || r->done[stop] ||
	    !pdf417_field_possible(a, b) || !pdf417_field_closed(&f, &r->lens, &r->matcher, a, b) ||
	    !decode(r, &f))
		return;
	r->done[start] = r->done[stop] = true;
	settle(r);
}

static void read_open(struct pdf417_reader *r, int i)
{
	struct pdf417_field f;
	if (r->n < PDF417_SYMBOLS_MAX && !r->done[i] &&
	    pdf417_field_open(&f, &r->lens, &r->matcher, &r->guards[i]) && decode(r, &f))
		settle(r);
}

static void read_pairs(struct pdf417_reader *r)
{
	memset(r->done, 0, sizeof r->done);
	for (int i = 0; i < r->n_guards; i++)
		for (int k = 0; k < r->n_guards; k++)
			if (r->guards[i].kind == PDF417_START && r->guards[k].kind == PDF417_STOP)
				read_closed(r, i, k);
}

/* Half as large, and noise half as strong. */
static const struct image *half_of(struct pdf417_reader *r, const struct image *im)
{
	struct err e;
	const int side = im->width > im->height ? im->width : im->height;
	if (image_resize(&r->half, im->width, im->height, &e) != ERR_OK)
		return im;
	memcpy(r->half.grey, im->grey, (size_t)im->width * (size_t)im->height);
	image_shrink(&r->half, side / 2);
	return &r->half;
}

static void back_from_half(struct pdf417_reader *r)
{
	for (int i = 0; i < r->n; i++)
		for (int k = 0; k < 4; k++) {
			r->symbols[i].corners[k].x = r->symbols[i].corners[k].x * 2 + 0.5f;
			r->symbols[i].corners[k].y = r->symbols[i].corners[k].y * 2 + 0.5f;
		}
}

/* Every pair of ends, then every end that is left. */
static void attempt(struct pdf417_reader *r, struct pdf417_way how)
{
	const struct pdf417_search s = {r->lens.im, r->tone, how};
	bool more;
	r->n_guards = 0;
	for (int d = 0; d < PDF417_DIRECTIONS; d++) {
		r->n_guards = pdf417_find(&r->finder, &s, d, r->guards, r->n_guards, &more);
		r->lens.eye = r->finder.eye;
		if (r->glance && more)
			read_pairs(r);
		if (r->n > 0)
			return;
	}
	r->most_guards = r->n_guards > r->most_guards ? r->n_guards : r->most_guards;
	if (!r->glance)
		read_pairs(r);
	for (int i = 0; i < r->n_guards; i++)
		read_open(r, i);
}

static int read_in(struct pdf417_reader *r, const struct image *im)
{
	r->n = 0;
	r->most_guards = 0;
	r->lens.work = WORK_MAX;
	if (im->width < SIDE_MIN || im->height < SIDE_MIN)
		return 0;
	r->tone = pdf417_tone_of(im);
	r->lens.im = im;
	attempt(r, (struct pdf417_way){.share = 6});
	if (r->n > 0 || (r->n_guards == 0 && !r->tone.noisy))
		return r->n;
	attempt(r, (struct pdf417_way){.share = 5, .smooth = true});
	if (r->n == 0) {
		r->lens.im = half_of(r, im);
		attempt(r, (struct pdf417_way){.share = 5});
		back_from_half(r);
	}
	return r->n;
}

int pdf417_reader_read(
    struct pdf417_reader *r, const struct image *im, const struct pdf417_symbol **symbols)
{
	*symbols = r->symbols;
	r->glance = false;
	return read_in(r, im);
}

int pdf417_reader_glance(
    struct pdf417_reader *r, const struct image *im, const struct pdf417_symbol **symbols)
{
	*symbols = r->symbols;
	r->glance = true;
	return read_in(r, im);
}

bool pdf417_reader_unsure(const struct pdf417_reader *r)
{
	return r->n == 0 && r->most_guards > 0 && r->most_guards <= UNSURE_MOST;
}
