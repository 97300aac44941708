#include "scan/pdf417_rows.h"

enum {
	LINES_MIN = 24,
	LINES_MAX = 160,
	GUESSES = 96,
	READINGS_MIN = 3,
};

struct reading {
	float part;
	int cluster, word, row;
};

struct readings {
	int n, on_guard; /* all; lines within what was seen of the guard */
	struct reading at[LINES_MAX];
	/* What a threshold reads nothing in. */
	int n_blurred;
	struct blurred {
		float part;
		struct pdf417_cell cell;
	} blurred[LINES_MAX];
};

/* --- lines over the indicators --------------------------------------------------------------- */

/* To the square, turned by an angle: a guard runs down, and reading runs a quarter turn anticlockwise of that. */
static struct pdf417_line line_at_angle(const struct pdf417_guard *g, float angle, float part)
{
	const bool start = g->kind == PDF417_START;
	const struct pdf417_xy outer = pdf417_between(g->outer, part),
			       down = pdf417_from_to(g->outer[0], g->outer[1]);
	const float cosine = cosf(angle), sine = sinf(angle);
	const struct pdf417_xy way = {
	    down.y * cosine + down.x * sine, down.y * sine - down.x * cosine};
	const int modules = PDF417_GUARD_MODULES + PDF417_MODULES;
	const float length =
	    fabsf(pdf417_crossing(outer, way, g->inner)) * (float)modules / PDF417_GUARD_MODULES;
	struct pdf417_line l = {.from = start ? outer : pdf417_along(outer, way, -length),
	    .to = start ? pdf417_along(outer, way, length) : outer,
	    .width = (float)modules,
	    .first = start ? PDF417_GUARD_MODULES : 0,
	    .cells = 1};
	l.hold[start ? 0 : 1].known = true;
	return l;
}

struct pdf417_line pdf417_rows_line(
    const struct pdf417_guard *g, const struct pdf417_aim *aim, float part)
{
	if (aim->at == NULL)
		return line_at_angle(g, aim->angle, part);
	const bool start = g->kind == PDF417_START;
	const struct pdf417_guard *left = start ? g : aim->at, *right = start ? aim->at : g;
	struct pdf417_line l = {.from = pdf417_between(left->outer, part),
	    .to = pdf417_between(right->outer, part),
	    .width = aim->width,
	    .cells = 1};
	pdf417_line_hold(&l, left->inner, right->inner);
	l.hold[start ? 1 : 0].known = false;
	l.first = start ? PDF417_GUARD_MODULES : l.width - PDF417_GUARD_MODULES - PDF417_MODULES;
	return l;
}

static void add(struct readings *r, float part, const struct pdf417_match *match)
{
	const int row = match->word / 30 * 3 + match->cluster;
	if (match->word < 900 && row < PDF417_ROWS_MAX)
		r->at[r->n++] = (struct reading){part, match->cluster, match->word, row};
}

/* What they are most like. It takes a hundred times as long as a threshold. */
static void read_blurred(
    struct readings *r, struct pdf417_lens *lens, const struct pdf417_matcher *m)
{
	for (int i = 0; i < r->n_blurred; i++) {
		struct pdf417_match best = {.likeness = 0};
		struct pdf417_vector v;
		if (!pdf417_vector_of(&v, r->blurred[i].cell.levels))
			continue;
		lens->work -= PDF417_CLUSTERS * PDF417_MATCH_WORK;
		for (int k = 0; k < PDF417_CLUSTERS; k++) {
			const struct pdf417_match match = pdf417_match_best(m, &v, k);
			if (match.likeness > best.likeness)
				best = match;
		}
		if (best.likeness > 0.8f)
			add(r, r->blurred[i].part, &best);
	}
	r->n_blurred = 0;
}

static float length_of(const struct pdf417_guard *g)
{
	return pdf417_length(pdf417_from_to(g->outer[0], g->outer[1]));
}

static void read_sharp(struct pdf417_lens *lens, const struct pdf417_matcher *m,
    const struct pdf417_guard *g, const struct pdf417_aim *to, struct readings *r)
{
	/* It goes on beyond where it was seen: a line that crosses it aslant leaves it before it has seen the whole of it. */
	const float seen = length_of(g) / g->module, more = seen * 0.2f > 8 ? seen * 0.2f : 8;
	const float beyond = more / seen, share = 1 + 2 * beyond;
	int lines = (int)(seen * share * 1.5f);
	struct pdf417_aim aim = *to;
	lines = lines < LINES_MIN ? LINES_MIN : lines > LINES_MAX ? LINES_MAX : lines;
	aim.width = pdf417_rows_line(g, to, 0.5f).width;
	r->n = r->n_blurred = 0;
	r->on_guard = (int)((float)lines / share);
	for (int i = 0; i < lines; i++) {
		const float part = share * ((float)i + 0.5f) / (float)lines - beyond;
		const struct pdf417_line l = pdf417_rows_line(g, &aim, part);
		struct pdf417_shifts shifts;
		struct pdf417_cell cell;
		struct pdf417_match match;
		if (!pdf417_line_look(lens, &l))
			return;
		pdf417_line_track(lens, &l, &shifts);
		pdf417_line_read(lens, &l, &shifts, &cell);
		if (!cell.there)
			continue;
		if (pdf417_match_sharp(m, cell.levels, &match))
			add(r, part, &match);
		else
			r->blurred[r->n_blurred++] = (struct blurred){part, cell};
	}
}

/* --- from readings to rows -------------------------------------------------------------------- */

/* Row at part p: (p - b) / (a - c p). */
static float row_at(const struct pdf417_rows *r, float part)
{
	const float below = r->a - r->c * part;
	return below != 0 ? (part - r->b) / below : -1;
}

float pdf417_rows_part(const struct pdf417_rows *r, float row)
{
	return (r->a * row + r->b) / (1 + r->c * row);
}

/* By less than so many rows. */
static const float agreement = 0.8f, first_agreement = 2;

static bool agrees(const struct pdf417_rows *rows, const struct reading *r, float off)
{
	return fabsf(row_at(rows, r->part) - (float)r->row - 0.5f) < off;
}

static int count(const struct pdf417_rows *rows, const struct readings *r)
{
	int n = 0;
	for (int i = 0; i < r->n; i++)
		n += agrees(rows, &r->at[i], agreement);
	return n;
}

/* A straight line through two readings, so that most others lie near it. */
static struct pdf417_rows guess(const struct readings *r)
{
	struct pdf417_rows best = {0};
	uint32_t random = 1;
	for (int i = 0; i < GUESSES && r->n >= READINGS_MIN; i++) {
		random = random * 1664525 + 1013904223;
		const struct reading *p = &r->at[(random >> 16) % (unsigned)r->n];
		random = random * 1664525 + 1013904223;
		const struct reading *q = &r->at[(random >> 16) % (unsigned)r->n];
		if (p->row == q->row)
			continue;
		struct pdf417_rows rows = {.a = (q->part - p->part) / (float)(q->row - p->row)};
		rows.b = p->part - rows.a * ((float)p->row + 0.5f);
		if (rows.a == 0)
			continue;
		rows.readings = count(&rows, r);
		if (rows.readings > best.readings)
			best = rows;
	}
	return best;
}

/* Least squares over those that agree: part = a v + b - c v part. Without perspective c is 0, and where few rows were read it is not asked for. */
static void fit(struct pdf417_rows *rows, const struct readings *r, float off, bool perspective)
{
	double m[3][4] = {{0}};
	for (int i = 0; i < r->n; i++) {
		if (!agrees(rows, &r->at[i], off))
			continue;
		const double v = r->at[i].row + 0.5, p = r->at[i].part;
		const double x[3] = {v, 1, -v * p};
		for (int j = 0; j < 3; j++) {
			for (int k = 0; k < 3; k++)
				m[j][k] += x[j] * x[k];
			m[j][3] += x[j] * p;
		}
	}
	const int n = perspective ? 3 : 2;
	for (int j = 0; j < n; j++) {
		if (m[j][j] < 1e-9)
			return;
		for (int i = 0; i < n; i++) {
			const double f = m[i][j] / m[j][j];
			for (int k = 0; i != j && k < 4; k++)
				m[i][k] -= f * m[j][k];
		}
	}
	rows->a = (float)(m[0][3] / m[0][0]);
	rows->b = (float)(m[1][3] / m[1][1]);
	rows->c = perspective ? (float)(m[2][3] / m[2][2]) : 0;
}

static void refine(struct pdf417_rows *rows, const struct readings *r)
{
	struct pdf417_rows straight = *rows, bent;
	int low = PDF417_ROWS_MAX, high = 0;
	for (int i = 0; i < r->n; i++)
		if (agrees(rows, &r->at[i], agreement)) {
			low = r->at[i].row < low ? r->at[i].row : low;
			high = r->at[i].row > high ? r->at[i].row : high;
		}
	fit(&straight, r, agreement, false);
	straight.readings = count(&straight, r);
	bent = straight;
	if (high - low >= 8) {
		for (int i = 0; i < 4; i++)
			fit(&bent, r, i < 2 ? first_agreement : agreement, true);
		bent.readings = count(&bent, r);
	}
	if (straight.readings >= rows->readings)
		*rows = straight;
	if (bent.readings >= rows->readings && fabsf(bent.c) * (float)(high + 1) < 1)
		*rows = bent;
	rows->most = high;
}

/* Two rows at least, and rows as high as rows are. */
static bool sound(
    const struct pdf417_rows *rows, const struct readings *r, const struct pdf417_guard *g)
{
	const float height = fabsf(rows->a) * length_of(g) / g->module;
	return rows->readings >= READINGS_MIN && 2 * rows->readings >= r->n / 2 && height > 0.8f &&
	       height < 60;
}

static void vote(struct pdf417_votes *v, const struct reading *r, enum pdf417_guard_kind kind)
{
	int *const of[2][PDF417_CLUSTERS] = {
	    [PDF417_START] = {v->third, v->level_rest, v->columns},
	    [PDF417_STOP] = {v->columns, v->third, v->level_rest},
	};
	of[kind][r->cluster][r->word % 30]++;
}

static bool fit_rows(
    struct pdf417_rows *rows, const struct readings *r, const struct pdf417_guard *g)
{
	*rows = guess(r);
	if (rows->readings < READINGS_MIN)
		return false;
	refine(rows, r);
	return sound(rows, r, g);
}

bool pdf417_rows_read(struct pdf417_lens *lens, const struct pdf417_matcher *m,
    const struct pdf417_guard *g, const struct pdf417_aim *aim, struct pdf417_rows *rows,
    struct pdf417_votes *votes)
{
	struct readings r;
	read_sharp(lens, m, g, aim, &r);
	/* Where the other end tells the angle there is no other view that might be clearer. */
	bool enough = aim->at != NULL && fit_rows(rows, &r, g) && rows->readings * 2 > r.on_guard;
	if (!enough) {
		read_blurred(&r, lens, m);
		enough = fit_rows(rows, &r, g);
	}
	if (!enough)
		return false;
	rows->clear = rows->readings * 5 > r.on_guard * 4;
	for (int i = 0; i < r.n; i++)
		if (agrees(rows, &r.at[i], agreement))
			vote(votes, &r.at[i], g->kind);
	return true;
}

/* --- the whole symbol ------------------------------------------------------------------------------- */

/* The value said most often; -1 where nothing was said. */
static int most(const int count_of[30])
{
	int best = 0;
	for (int i = 1; i < 30; i++)
		best = count_of[i] > count_of[best] ? i : best;
	return count_of[best] > 0 ? best : -1;
}

bool pdf417_votes_shape(const struct pdf417_votes *v, struct pdf417_shape *shape)
{
	const int third = most(v->third), level_rest = most(v->level_rest),
		  columns = most(v->columns);
	if (third < 0 || level_rest < 0 || columns < 0)
		return false;
	*shape = (struct pdf417_shape){.rows = third * 3 + level_rest % 3 + 1,
	    .columns = columns + 1,
	    .level = level_rest / 3};
	return shape->rows >= PDF417_ROWS_MIN && shape->rows <= PDF417_ROWS_MAX &&
	       shape->level <= PDF417_LEVEL_MAX && shape->rows * shape->columns <= 928 &&
	       (2 << shape->level) < shape->rows * shape->columns;
}
