/*
 * A picture made easier to read: what helps a reader of codes that has failed on the picture as it is. It hides the arithmetic. Each of these makes
 * dst of src, two pictures; src is not empty. Sizes stay within the bounds of an image: where one would not, dst is a copy.
 */
#ifndef SCAN_ENHANCE_H
#define SCAN_ENHANCE_H

#include "scan/image.h"

/* Back from dst to src: x' = a·x + b·y + c, y' = d·x + e·y + f. */
struct enhance_back {
	float a, b, c, d, e, f;
};

enum enhance_way {
	ENHANCE_INVERT, /* light on dark, as some screens show codes */
	ENHANCE_STRETCH, /* faint: the darkest and the lightest of each part become black and white */
	ENHANCE_SHARPEN,
	ENHANCE_BLUR, /* grain */
	ENHANCE_HALF,
	ENHANCE_QUARTER, /* of the side: modules drawn as rings or dots */
	ENHANCE_SMALLER, /* by 0.7 */
	ENHANCE_DOUBLE,
	ENHANCE_DARK, /* the half of the side, and of it what is dark from black to white: a dim screen in a bright room */
	ENHANCE_TURN, /* by 22°: edges that run along the pixels' rows run across them */
};

void enhance(
    struct image *dst, const struct image *src, enum enhance_way way, struct enhance_back *back);

#endif
