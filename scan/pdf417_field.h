/*
 * The place of a symbol: a quadrangle between its start and its stop character, or what can be known of one where only one of them is seen. It hides
 * how such a place is found: which ends belong together, where rows lie along them, which way rows run where nobody sees their other end.
 */
#ifndef SCAN_PDF417_FIELD_H
#define SCAN_PDF417_FIELD_H

#include "scan/pdf417_rows.h"

struct pdf417_field {
	struct pdf417_shape shape;
	/* One end of the rows: a straight line, and where rows lie along it. */
	struct pdf417_end {
		struct pdf417_xy outer[2], inner[2];
		bool seen; /* else there is no inner, and outer is where it is thought to be */
		struct pdf417_rows rows;
	} left, right;
	float width, first; /* as in struct pdf417_line */
	int cells, data; /* of a row, and which of them is the first with data */
};

/* These two may be the ends of one symbol. */
bool pdf417_field_possible(const struct pdf417_guard *start, const struct pdf417_guard *stop);

/* Read the row indicators at both ends, at one. False: nobody would find a symbol there. */
bool pdf417_field_closed(struct pdf417_field *f, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, const struct pdf417_guard *start,
    const struct pdf417_guard *stop);
bool pdf417_field_open(struct pdf417_field *f, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, const struct pdf417_guard *g);

/* Of an open field: what was read at its far end lies by drift rows, at the upper and at the lower end, below where it was expected. False: too
 * little to turn it. */
bool pdf417_field_turn(struct pdf417_field *f, const float drift[2]);

/* Row counts from the upper edge of the first one. */
struct pdf417_xy pdf417_field_at(const struct pdf417_field *f, float row, bool right);
struct pdf417_line pdf417_field_line(const struct pdf417_field *f, float row);

#endif
