/*
 * A picture full of finder patterns: a sheet of labels, a tiled floor, somebody's prank. The work of libzxing and of ZBar grows with the cube of their number
 * and has no bound, so they are not given the whole of such a picture, but the places in it where three patterns lie as a code's do. It
 * hides how they are counted and how the places are found, in work that is bounded.
 */
#ifndef SCAN_CROWD_H
#define SCAN_CROWD_H

#include "scan/finder.h"

enum {
	CROWD_PATTERNS_MAX = 1024,
	CROWD_PLACES_MAX = 256,
	/* Patterns that cost libzxing 25 ms; ZBar takes as long for so many that none is beside another of a code. */
	CROWD_FOR_ZXING = 100,
	CROWD_FOR_ZBAR = 40,
};

/* Its memory; zeroed is ready. */
struct crowd {
	struct finder_pattern patterns[CROWD_PATTERNS_MAX];
	int n;
};
struct crowd_places {
	struct code_box at[CROWD_PLACES_MAX]; /* with their quiet zones */
	int n;
};

/* About how many patterns there are in im, which are kept. */
int crowd_count(struct crowd *c, struct finder *f, const struct image *im);
/* Of those counted last, in im; the largest first: what is held up is nearer than what lies about. */
void crowd_find_places(const struct crowd *c, const struct image *im, struct crowd_places *places);

#endif
