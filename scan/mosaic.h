/*
 * The picture as a visitor sees it on the scan screen: a mosaic of half blocks, two fields a cell, in colour where the picture has colours
 * (image.tint), with a bright frame around every code that was read. It hides the scaling. The picture is never cut: proportions are kept (a terminal's cell is taken as twice as high as wide) and
 * the mosaic is as large as fits.
 */
#ifndef SCAN_MOSAIC_H
#define SCAN_MOSAIC_H

#include <stdbool.h>

#include "scan/camera_wire.h"
#include "scan/code.h"
#include "scan/image.h"

struct mosaic {
	int cols, rows; /* 0: nothing drawn yet */
	struct camera_cell cells[CAMERA_COLS_MAX * CAMERA_ROWS_MAX];
	uint8_t grey[2 * CAMERA_COLS_MAX *
		     CAMERA_ROWS_MAX]; /* what the picture itself is in each field */
};

struct mosaic_look {
	int cols, rows; /* room there is: 1 … CAMERA_COLS_MAX, 1 … CAMERA_ROWS_MAX */
	bool mirror; /* for somebody who looks at himself */
};

/* im is not empty. */
void mosaic_draw(struct mosaic *m, const struct image *im, const struct mosaic_look *look);
/* A frame around what was read in im, of which m was drawn in this look. */
void mosaic_mark(struct mosaic *m, const struct image *im, const struct mosaic_look *look,
    const struct code_box *box);
bool mosaic_same(const struct mosaic *a, const struct mosaic *b);
/* Nothing but a camera's noise lies between these two, boxes and colours aside: whatever is in view was so before. */
bool mosaic_still(const struct mosaic *a, const struct mosaic *b);

#endif
