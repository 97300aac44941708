/*
 * From the place of a symbol to its codewords. It hides how every row is read along several lines, how rows that do not run where they should are
 * followed by the clusters of what is read (ISO/IEC 15438, 5.11.1: neighbours in a column are never of the same one), and how the lines of a row
 * speak with one voice.
 */
#ifndef SCAN_PDF417_GRID_H
#define SCAN_PDF417_GRID_H

#include "scan/pdf417_correct.h"
#include "scan/pdf417_field.h"

enum { PDF417_LINES_A_ROW = 3, PDF417_LINES_MAX = PDF417_LINES_A_ROW * PDF417_ROWS_MAX };

struct pdf417_grid {
	int lines;
	float row[PDF417_LINES_MAX];
	struct pdf417_seen {
		struct pdf417_cell cell;
		int8_t cluster; /* by threshold; -1: none */
		int16_t word;
	} seen[PDF417_LINES_MAX][PDF417_CELLS_MAX];
	/* By how many rows what is read lies below where it was expected, in each column: at the upper and at the lower end. */
	float drift[PDF417_CELLS_MAX][2];
	uint16_t words[PDF417_LENGTH_MAX];
	float trust[PDF417_LENGTH_MAX]; /* below 0: not read; 1: sure */
};

/* Read every row, turn an open field to where its rows run, and fill words and trust. */
void pdf417_grid_read(struct pdf417_grid *g, struct pdf417_lens *lens,
    const struct pdf417_matcher *m, struct pdf417_field *f);

#endif
