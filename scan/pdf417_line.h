/*
 * One straight line through a symbol, along its rows, as the grey levels of its modules. It hides the picture's pixels, and where modules lie under
 * perspective.
 */
#ifndef SCAN_PDF417_LINE_H
#define SCAN_PDF417_LINE_H

#include "scan/pdf417_find.h"
#include "scan/pdf417_match.h"

enum {
	PDF417_COLUMNS_MAX = 30,
	PDF417_CELLS_MAX = PDF417_COLUMNS_MAX + 2, /* with both row indicators */
	PDF417_PROFILE_MAX = 4096,
};

/* From module 0 to module width; bend is 0 where all modules are alike long in the picture, above 0 where they become shorter. */
struct pdf417_line {
	struct pdf417_xy from, to;
	float width, bend;
	float first; /* the module that the first character to be read begins with */
	int cells;
	/* What is known of the first character's beginning and of the last one's end: how far it lies off, in modules, and how much more so with each
	 * character that follows inwards. */
	struct pdf417_hold {
		bool known;
		float shift, rate;
	} hold[2];
};

/* A character as one line shows it. */
struct pdf417_cell {
	uint8_t levels[PDF417_MODULES];
	bool there; /* within the picture */
};

/* How far off each character begins, in modules; the last one is where the last character ends. */
struct pdf417_shifts {
	float at[PDF417_CELLS_MAX + 1];
};

/* What a line needs beside itself. */
struct pdf417_lens {
	const struct image *im;
	struct pdf417_eye eye;
	long work; /* what may still be done, about a nanosecond each; below 0 nothing is */
	/* The line that was looked at last: samples, edges among them. */
	float start; /* the module that sample 0 begins with */
	int per_module, n;
	uint8_t profile[PDF417_PROFILE_MAX];
	struct pdf417_edges edges;
};

struct pdf417_xy pdf417_line_at(const struct pdf417_line *l, float module);
/* What is known where the straight line through p, the inner edge of a guard of so many modules, crosses l. Sets bend where both are given; a line
 * of unknown width is given the one that suits them best. A NULL is not known. */
void pdf417_line_hold(struct pdf417_line *l, const struct pdf417_xy start_inner[2],
    const struct pdf417_xy stop_inner[2]);

/* False: there is no work left. */
bool pdf417_line_look(struct pdf417_lens *lens, const struct pdf417_line *l);
/* Of the line that was looked at last: follow its characters by their own edges. */
void pdf417_line_track(
    const struct pdf417_lens *lens, const struct pdf417_line *l, struct pdf417_shifts *shifts);
/* The characters, where they are thought to be; edges correct that by less than half a module. */
void pdf417_line_read(struct pdf417_lens *lens, const struct pdf417_line *l,
    const struct pdf417_shifts *shifts, struct pdf417_cell *cells);

#endif
