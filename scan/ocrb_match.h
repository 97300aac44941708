/*
 * How well each character would explain each place of a zone. It hides how the zone is brought upright and to one size, and the comparing: normalised
 * correlation with the glyphs of OCR-B, which neither light nor contrast changes.
 */
#ifndef SCAN_OCRB_MATCH_H
#define SCAN_OCRB_MATCH_H

#include <stdbool.h>

#include "scan/ocrb_glyphs.h"
#include "scan/ocrb_lines.h"

enum { OCRB_PLACES_MAX = 64 };

struct ocrb_scores {
	int rows,
	    places; /* as somebody reads it who holds it upright; some places before and after the zone are in it too */
	float score[OCRB_ROWS_MAX][OCRB_PLACES_MAX][OCRB_GLYPHS]; /* -1 … 1 */
};
struct ocrb_matcher;
struct ocrb_matcher *ocrb_matcher_new(void);
/* False: no characters, as some places of it show. */
bool ocrb_match(struct ocrb_scores *s, struct ocrb_matcher *m, const struct image *im,
    const struct ocrb_zone *z);
/* Clears what was seen. */
void ocrb_matcher_free(struct ocrb_matcher *own_m);

#endif
