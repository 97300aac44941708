/*
 * Lines of characters at one pitch, at any angle, and how two or three of them are a machine-readable zone (ICAO Doc 9303-3, 4). It hides how lines
 * are followed from blob to blob, and how much work that may be.
 *
 * A line's characters have numbers; where a zone's first is, is not known yet: blobs may be missing or too many at its ends. All lines of a zone
 * count alike. Which end is the first is not known either: a zone may stand on its head.
 */
#ifndef SCAN_OCRB_LINES_H
#define SCAN_OCRB_LINES_H

#include "scan/ocrb_blobs.h"

enum { OCRB_LINES_MAX = 48, OCRB_ROWS_MAX = 3, OCRB_ZONES_MAX = 8 };

/* The middle of character i: x[0] + x[1] i + x[2] i², and y likewise. */
struct ocrb_line {
	double x[3], y[3];
	int first, last; /* that were seen */
	int n; /* how many were */
};
struct ocrb_point {
	double x, y;
};
struct ocrb_point ocrb_line_at(const struct ocrb_line *l, double i);

struct ocrb_lines {
	struct ocrb_line line[OCRB_LINES_MAX];
	int n;
};
void ocrb_lines_find(struct ocrb_lines *ls, const struct ocrb_blobs *bs);

struct ocrb_zone {
	struct ocrb_line row[OCRB_ROWS_MAX];
	int rows, width; /* 2 of 44 or 36, 3 of 30 */
	int first, last; /* that were seen in any row */
};
/* What may be zones, the likeliest first; how many. */
int ocrb_zones_find(struct ocrb_zone zones[OCRB_ZONES_MAX], const struct ocrb_lines *ls);

#endif
