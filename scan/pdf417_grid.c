#include "scan/pdf417_grid.h"

#include <stdlib.h>

enum {
	TURNS_MAX = 4,
	TRACKS_MAX = 15,
};
/* Of a row, to either side of its middle: what is read there is this row's. */
static const float near_middle = 0.36f;

/* --- where characters begin ------------------------------------------------------------------------ */

/* A straight line over the rows. */
struct slope {
	float at, by; /* at row 0, and from one row to the next */
};

/* So many lines, along the middle of a row each, and where characters begin on them. */
struct tracks {
	int n;
	float row[TRACKS_MAX];
	struct pdf417_shifts shifts[TRACKS_MAX];
};

static int by_value(const void *a, const void *b)
{
	const float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static float median(float *v, int n)
{
	qsort(v, (size_t)n, sizeof *v, by_value);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* Theil and Sen: as long as fewer than a third of the lines have lost their way, they do not matter. */
static struct slope steady(const struct tracks *t, int cell)
{
	float v[TRACKS_MAX * (TRACKS_MAX - 1) / 2];
	struct slope s = {0, 0};
	int n = 0;
	for (int i = 0; i < t->n; i++)
		for (int k = 0; k < i; k++)
			v[n++] = (t->shifts[i].at[cell] - t->shifts[k].at[cell]) /
				 (t->row[i] - t->row[k]);
	if (n > 0)
		s.by = median(v, n);
	for (int i = 0; i < t->n; i++)
		v[i] = t->shifts[i].at[cell] - s.by * t->row[i];
	if (t->n > 0)
		s.at = median(v, t->n);
	return s;
}

static void track(struct pdf417_lens *lens, const struct pdf417_field *f,
    struct slope slopes[PDF417_CELLS_MAX + 1])
{
	struct tracks t = {.n = 0};
	const int most = f->shape.rows < TRACKS_MAX ? f->shape.rows : TRACKS_MAX;
	for (int i = 0; i < most; i++) {
		t.row[t.n] = (float)(i * f->shape.rows / most) + 0.5f;
		const struct pdf417_line line = pdf417_field_line(f, t.row[t.n]);
		if (!pdf417_line_look(lens, &line))
			break;
		pdf417_line_track(lens, &line, &t.shifts[t.n++]);
	}
	for (int k = 0; k <= f->cells; k++)
		slopes[k] = steady(&t, k);
}

static void read_line(struct pdf417_grid *g, int l, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, const struct pdf417_field *f, const struct slope *slopes)
{
	struct pdf417_cell cells[PDF417_CELLS_MAX] = {{.there = false}};
	struct pdf417_shifts shifts;
	struct pdf417_match match;
	const struct pdf417_line line = pdf417_field_line(f, g->row[l]);
	for (int k = 0; k <= f->cells; k++)
		shifts.at[k] = slopes[k].at + slopes[k].by * g->row[l];
	if (pdf417_line_look(lens, &line))
		pdf417_line_read(lens, &line, &shifts, cells);
	for (int k = 0; k < f->cells; k++) {
		struct pdf417_seen *s = &g->seen[l][k];
		*s = (struct pdf417_seen){.cell = cells[k], .cluster = -1};
		if (cells[k].there && pdf417_match_sharp(m, cells[k].levels, &match)) {
			s->cluster = (int8_t)match.cluster;
			s->word = (int16_t)match.word;
		}
	}
}

static void read_lines(struct pdf417_grid *g, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, const struct pdf417_field *f)
{
	struct slope slopes[PDF417_CELLS_MAX + 1];
	track(lens, f, slopes);
	g->lines = f->shape.rows * PDF417_LINES_A_ROW;
	for (int l = 0; l < g->lines; l++) {
		g->row[l] = ((float)l + 0.5f) / PDF417_LINES_A_ROW;
		read_line(g, l, lens, m, f, slopes);
	}
}

/* --- drift ---------------------------------------------------------------------------------------- */

/*
 * A threshold reader that finds a character of cluster k at row v says: v should be k + 0.5, give or take a multiple of three. The mean of these
 * differences, on a circle of three rows, is the drift of a column; wrong readings point everywhere and cancel.
 */
struct circle {
	float x[2], y[2]; /* weighed towards the upper and the lower end */
	int n;
};

static void add(struct circle *c, float row, int cluster, float rows)
{
	const float angle = ((float)cluster + 0.5f - row) * (float)(2 * M_PI / PDF417_CLUSTERS);
	const float low = row / rows, x = cosf(angle), y = sinf(angle);
	c->x[0] += (1 - low) * x;
	c->y[0] += (1 - low) * y;
	c->x[1] += low * x;
	c->y[1] += low * y;
	c->n++;
}

/* The value of the circle next to near. False: it points nowhere. */
static bool point(const struct circle *c, int end, float near, float *drift)
{
	const float strong = hypotf(c->x[end], c->y[end]);
	if (c->n < 6 || strong < 0.25f * (float)c->n / 2)
		return false;
	const float d = atan2f(c->y[end], c->x[end]) * (float)(PDF417_CLUSTERS / (2 * M_PI));
	*drift = d + PDF417_CLUSTERS * rintf((near - d) / PDF417_CLUSTERS);
	return true;
}

static void follow(struct pdf417_grid *g, const struct pdf417_field *f)
{
	float last[2] = {0, 0}, rate[2] = {0, 0};
	for (int i = 0; i < f->cells; i++) {
		const int k = f->left.seen ? i : f->cells - 1 - i;
		struct circle c = {{0}, {0}, 0};
		for (int l = 0; l < g->lines; l++)
			if (g->seen[l][k].cluster >= 0)
				add(&c, g->row[l], g->seen[l][k].cluster, (float)f->shape.rows);
		for (int end = 0; end < 2; end++) {
			const float expected = last[end] + rate[end];
			float d = expected;
			if (point(&c, end, expected, &d))
				rate[end] += 0.3f * (d - expected);
			g->drift[k][end] = last[end] = d;
		}
	}
}

/* --- words --------------------------------------------------------------------------------------------- */

/* What the lines of one row say at one place. */
struct voices {
	/* Threshold readings of the right cluster; by how many more of them say word than do not. */
	int sharp, agree, word;
	int lines;
	int32_t sum[PDF417_MODULES];
};

static void hear(struct voices *v, const struct pdf417_seen *s, int cluster)
{
	struct pdf417_vector vector;
	if (!s->cell.there || !pdf417_vector_of(&vector, s->cell.levels))
		return;
	v->lines++;
	for (int i = 0; i < PDF417_MODULES; i++)
		v->sum[i] += vector.at[i];
	if (s->cluster != cluster)
		return;
	v->sharp++;
	if (v->agree == 0)
		v->word = s->word;
	v->agree += s->word == v->word ? 1 : -1;
}

/* How much it is to be trusted. */
static float speak(const struct voices *v, struct pdf417_lens *lens, const struct pdf417_matcher *m,
    int cluster, uint16_t *word)
{
	struct pdf417_vector vector;
	*word = 0;
	if (v->sharp >= 2 && v->agree == v->sharp && v->agree * 2 > v->lines) {
		*word = (uint16_t)v->word;
		return 1;
	}
	if (v->lines == 0 || lens->work < 0 || !pdf417_vector_sum(&vector, v->sum))
		return -1;
	lens->work -= PDF417_MATCH_WORK;
	const struct pdf417_match match = pdf417_match_best(m, &vector, cluster);
	*word = (uint16_t)match.word;
	return match.lead * match.likeness;
}

static void read_words(struct pdf417_grid *g, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, const struct pdf417_field *f)
{
	const int n = f->shape.rows * f->shape.columns;
	for (int i = 0; i < n; i++) {
		const int r = i / f->shape.columns, k = f->data + i % f->shape.columns;
		struct voices v = {.sum = {0}};
		for (int l = 0; l < g->lines; l++) {
			const float low = g->row[l] / (float)f->shape.rows;
			const float row =
			    g->row[l] + g->drift[k][0] * (1 - low) + g->drift[k][1] * low;
			if (fabsf(row - (float)r - 0.5f) <= near_middle)
				hear(&v, &g->seen[l][k], r % PDF417_CLUSTERS);
		}
		g->trust[i] = speak(&v, lens, m, r % PDF417_CLUSTERS, &g->words[i]);
	}
}

void pdf417_grid_read(struct pdf417_grid *g, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, struct pdf417_field *f)
{
	for (int i = 0; i < TURNS_MAX; i++) {
		read_lines(g, lens, m, f);
		follow(g, f);
		if (!pdf417_field_turn(f, g->drift[f->left.seen ? f->cells - 1 : 0]))
			break;
	}
	read_words(g, lens, m, f);
}
