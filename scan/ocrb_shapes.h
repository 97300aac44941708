/*
 * The glyphs of OCR-B as a camera shows them: of some height for their width, since documents are tilted, and through a lens. It hides the drawing.
 */
#ifndef SCAN_OCRB_SHAPES_H
#define SCAN_OCRB_SHAPES_H

#include "scan/ocrb_glyphs.h"

enum {
	OCRB_SHAPE_WIDTH = OCRB_GLYPH_WIDTH, /* a pitch */
	OCRB_SHAPE_HEIGHT = 30, /* any glyph in its tallest form; its middle is in the middle */
	OCRB_SHAPE_PIXELS = OCRB_SHAPE_WIDTH * OCRB_SHAPE_HEIGHT,
	OCRB_SHAPE_LENGTH = 2048,
	OCRB_SEEN_HEIGHT = OCRB_GLYPH_HEIGHT + 12,
};

struct ocrb_shapes {
	/* As vectors: of mean 0, of that length. */
	int16_t vector[OCRB_GLYPHS][OCRB_SHAPE_PIXELS];
};

/* What all of one blur have in common. */
struct ocrb_seen {
	float ink[OCRB_GLYPHS][OCRB_SEEN_HEIGHT][OCRB_SHAPE_WIDTH];
};
/* blur: sigma in these pixels, 0.3 … 4. */
void ocrb_seen_make(struct ocrb_seen *s, double blur);

/* height: 0.7 … 1.3 of what it is to somebody who looks straight at it. */
void ocrb_shapes_make(struct ocrb_shapes *s, const struct ocrb_seen *seen, double height);

/* The product of two vectors. */
int ocrb_shape_product(const int16_t a[OCRB_SHAPE_PIXELS], const int16_t b[OCRB_SHAPE_PIXELS]);

#endif
