/*
 * How the characters of a machine-readable zone look: OCR-B (ISO 1073-2), size 1, of which ICAO Doc 9303-3, 4.5 allows the letters, the digits
 * and "<". A glyph is as wide as the pitch; its middle is the middle between the highest and the lowest point of any.
 */
#ifndef SCAN_OCRB_GLYPHS_H
#define SCAN_OCRB_GLYPHS_H

#include <stdint.h>

enum { OCRB_GLYPHS = 37, OCRB_GLYPH_WIDTH = 20, OCRB_GLYPH_HEIGHT = 24 };

extern const char ocrb_characters[OCRB_GLYPHS + 1];
extern const char ocrb_glyphs[OCRB_GLYPHS][OCRB_GLYPH_WIDTH * OCRB_GLYPH_HEIGHT + 1];

#endif
