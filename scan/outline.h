/*
 * The rectangular thing that somebody holds up: where its four corners are, and whether it is sharp. It hides how that is found, and is all that
 * leaves foyer-camera of a picture of an identity document (beside what the barcode on it says).
 *
 * Bounded work on a small copy of the picture; outline_finder_fini clears it.
 */
#ifndef SCAN_OUTLINE_H
#define SCAN_OUTLINE_H

#include "scan/camera_wire.h"
#include "scan/image.h"

enum {
	OUTLINE_SIDE = 96, /* pixels of the small copy's longer side */
	OUTLINE_ANGLES = 90, /* of two degrees */
	OUTLINE_DISTANCES = 2 * OUTLINE_SIDE, /* from the middle, of one pixel */
	OUTLINE_LINES = 14,
};

struct outline_line {
	float x, y,
	    distance; /* the normal, of length one, and how far along it from the picture's middle */
	int votes;
};

struct outline_finder {
	int w, h;
	uint8_t grey[OUTLINE_SIDE * OUTLINE_SIDE];
	int16_t across[OUTLINE_SIDE * OUTLINE_SIDE], down[OUTLINE_SIDE * OUTLINE_SIDE]; /* slopes */
	int edge; /* a slope as steep as this is an edge */
	uint16_t votes[OUTLINE_ANGLES * OUTLINE_DISTANCES];
	float sine[OUTLINE_ANGLES], cosine[OUTLINE_ANGLES];
	struct outline_line lines[OUTLINE_LINES];
	int n;
};

void outline_finder_init(struct outline_finder *f);
/* im is not empty. mirror: corners as somebody sees them who looks at himself. */
void outline_find(
    struct outline_finder *f, struct camera_outline *o, const struct image *im, bool mirror);
void outline_finder_fini(struct outline_finder *f);

#endif
