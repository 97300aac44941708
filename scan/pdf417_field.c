#include "scan/pdf417_field.h"

#include <string.h>

bool pdf417_field_possible(const struct pdf417_guard *start, const struct pdf417_guard *stop)
{
	const struct pdf417_xy left = pdf417_from_to(start->outer[0], start->outer[1]),
			       right = pdf417_from_to(stop->outer[0], stop->outer[1]),
			       across = pdf417_from_to(pdf417_between(start->outer, 0.5f),
				   pdf417_between(stop->outer, 0.5f));
	const float a = pdf417_length(left), b = pdf417_length(right);
	const float module = (a * start->module + b * stop->module) / (a + b);
	const float width = pdf417_cross(across, left) / a / module;
	return pdf417_dot(left, right) > 0.2f * a * b && start->module < 2.5f * stop->module &&
	       stop->module < 2.5f * start->module && width > 0.7f * PDF417_MODULES * 5 &&
	       width < 1.4f * PDF417_MODULES * (PDF417_COLUMNS_MAX + 4);
}

static struct pdf417_end end_of(const struct pdf417_guard *g, const struct pdf417_rows *rows)
{
	struct pdf417_end e = {.seen = true, .rows = *rows};
	memcpy(e.outer, g->outer, sizeof e.outer);
	memcpy(e.inner, g->inner, sizeof e.inner);
	return e;
}

/* --- both ends are seen ------------------------------------------------------------------------- */

bool pdf417_field_closed(struct pdf417_field *f, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, const struct pdf417_guard *start,
    const struct pdf417_guard *stop)
{
	struct pdf417_votes votes = {{0}, {0}, {0}};
	struct pdf417_rows left, right;
	const struct pdf417_aim to_stop = {.at = stop}, to_start = {.at = start};
	const bool has_left = pdf417_rows_read(lens, m, start, &to_stop, &left, &votes);
	const bool has_right = pdf417_rows_read(lens, m, stop, &to_start, &right, &votes);
	*f = (struct pdf417_field){.data = 1, .first = PDF417_GUARD_MODULES};
	if ((!has_left && !has_right) || !pdf417_votes_shape(&votes, &f->shape))
		return false;
	f->left = end_of(start, has_left ? &left : &right);
	f->right = end_of(stop, has_right ? &right : &left);
	f->cells = f->shape.columns + 2;
	f->width = (float)(f->cells * PDF417_MODULES + 2 * PDF417_GUARD_MODULES);
	return true;
}

/* --- one end alone: the other was cut off or covered, or the symbol is a compact one (5.12) -------------- */

/* The end that nobody sees is where the lines through the other one lead to: the same way on, and modules as long as there. */
static void guess_end(
    struct pdf417_field *f, const struct pdf417_guard *g, const struct pdf417_aim *aim)
{
	const bool start = g->kind == PDF417_START;
	const struct pdf417_end *seen = start ? &f->left : &f->right;
	struct pdf417_end *other = start ? &f->right : &f->left;
	const float rows = (float)f->shape.rows;
	*other = (struct pdf417_end){.rows = {.a = 1 / rows}};
	for (int i = 0; i < 2; i++) {
		const struct pdf417_line l =
		    pdf417_rows_line(g, aim, pdf417_rows_part(&seen->rows, i == 0 ? 0 : rows));
		const struct pdf417_xy way = pdf417_from_to(l.from, l.to);
		other->outer[i] = start ? pdf417_along(l.from, way, f->width / l.width)
					: pdf417_along(l.to, way, -f->width / l.width);
	}
}

/* What was read along the lines that run there. */
struct view {
	struct pdf417_aim aim;
	struct pdf417_rows rows;
	struct pdf417_votes votes;
};

/* The angle at which most row indicators can be read, or the first at which nearly all can. */
static struct view best_view(
    struct pdf417_lens *lens, const struct pdf417_matcher *m, const struct pdf417_guard *g)
{
	static const float angles[] = {0, -0.07f, 0.07f, -0.14f, 0.14f, -0.21f, 0.21f};
	struct view best = {.rows = {.readings = 0}};
	for (size_t i = 0; i < sizeof angles / sizeof *angles && !best.rows.clear; i++) {
		struct view v = {.aim = {.angle = angles[i]}};
		if (pdf417_rows_read(lens, m, g, &v.aim, &v.rows, &v.votes) &&
		    v.rows.readings > best.rows.readings)
			best = v;
	}
	return best;
}

bool pdf417_field_open(struct pdf417_field *f, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, const struct pdf417_guard *g)
{
	const struct view v = best_view(lens, m, g);
	const bool start = g->kind == PDF417_START;
	*f =
	    (struct pdf417_field){.data = start ? 1 : 0, .first = start ? PDF417_GUARD_MODULES : 0};
	if (v.rows.readings == 0 || !pdf417_votes_shape(&v.votes, &f->shape))
		return false;
	f->cells = f->shape.columns + 1;
	/* Behind the last character of a compact symbol there is one bar, of one module. */
	f->width = (float)(f->cells * PDF417_MODULES + PDF417_GUARD_MODULES);
	*(start ? &f->left : &f->right) = end_of(g, &v.rows);
	guess_end(f, g, &v.aim);
	return true;
}

bool pdf417_field_turn(struct pdf417_field *f, const float drift[2])
{
	const float little = 0.5f,
		    far = 1 + 0.5f / (float)f->cells; /* a character's middle is not the end yet */
	struct pdf417_end *other = f->left.seen ? &f->right : &f->left;
	if (other->seen || (fabsf(drift[0]) < little && fabsf(drift[1]) < little))
		return false;
	const float rows = (float)f->shape.rows;
	const struct pdf417_xy upper = pdf417_field_at(f, -drift[0] * far, f->left.seen),
			       lower = pdf417_field_at(f, rows - drift[1] * far, f->left.seen);
	other->outer[0] = upper;
	other->outer[1] = lower;
	return true;
}

/* --- lines ------------------------------------------------------------------------------------------ */

struct pdf417_xy pdf417_field_at(const struct pdf417_field *f, float row, bool right)
{
	const struct pdf417_end *end = right ? &f->right : &f->left;
	return pdf417_between(end->outer, pdf417_rows_part(&end->rows, row));
}

struct pdf417_line pdf417_field_line(const struct pdf417_field *f, float row)
{
	struct pdf417_line l = {.from = pdf417_field_at(f, row, false),
	    .to = pdf417_field_at(f, row, true),
	    .width = f->width,
	    .first = f->first,
	    .cells = f->cells};
	pdf417_line_hold(
	    &l, f->left.seen ? f->left.inner : NULL, f->right.seen ? f->right.inner : NULL);
	return l;
}
