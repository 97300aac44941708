/*
 * Which row lies where along a start or stop character: read from the row indicators beside it (ISO/IEC 15438, 5.11.3). It hides how readings that
 * contradict each other are weighed, and perspective. What they say about the whole symbol is counted, for both ends together.
 */
#ifndef SCAN_PDF417_ROWS_H
#define SCAN_PDF417_ROWS_H

#include "scan/pdf417_line.h"

enum { PDF417_ROWS_MAX = 90, PDF417_ROWS_MIN = 3, PDF417_LEVEL_MAX = 8 };

/* How often row indicators said what. */
struct pdf417_votes {
	int third[30]; /* (rows - 1) div 3 */
	int level_rest[30]; /* three times the error correction level and (rows - 1) mod 3 */
	int columns[30]; /* less one */
};

struct pdf417_shape {
	int rows, columns, level;
};
/* False: something was never said, or no symbol is like this (5.2.1). */
bool pdf417_votes_shape(const struct pdf417_votes *v, struct pdf417_shape *shape);

/* Row v, counted from the upper edge of the first one, lies at part (a v + b) / (1 + c v) of the guard's outer edge. */
struct pdf417_rows {
	float a, b, c;
	int readings; /* that agree */
	bool clear; /* and nearly all lines through the guard gave one: the angle suits */
	int most; /* the highest row that was read */
};
float pdf417_rows_part(const struct pdf417_rows *r, float row);

/* Where lines through a guard run to: another guard, or at an angle (radians, clockwise) to the square. */
struct pdf417_aim {
	const struct pdf417_guard *at;
	float angle;
	float width; /* modules from one guard to the other; 0: not known */
};
/* The line through part of a guard's outer edge over the row indicator beside it: one cell. */
struct pdf417_line pdf417_rows_line(
    const struct pdf417_guard *g, const struct pdf417_aim *aim, float part);

/* Read the indicators beside a guard and add to the votes. False: nothing that agrees; the votes are as they were. */
bool pdf417_rows_read(struct pdf417_lens *lens, const struct pdf417_matcher *m,
    const struct pdf417_guard *g, const struct pdf417_aim *aim, struct pdf417_rows *rows,
    struct pdf417_votes *votes);

#endif
