/*
 * A picture as dark and light: a pixel is dark if it is below the level of its block, which is the mean of the block and of those around it. It hides
 * how the level is taken and how many pixels are compared at once: this is done with every picture of a camera's.
 */
#ifndef SCAN_CONTRAST_H
#define SCAN_CONTRAST_H

#include <stdbool.h>

#include "scan/image.h"

/* Its memory; zeroed is ready. */
struct contrast {
	struct image means, levels; /* a pixel for each block */
};

/* False: there is no memory for it. */
bool contrast_take(struct contrast *c, const struct image *im);

/* The level at this place of the picture taken last. */
uint8_t contrast_level(const struct contrast *c, int x, int y);

/* A row as runs of dark and of light: run i is from at[i] up to at[i + 1]. */
struct contrast_runs {
	int n; /* 1 or more */
	bool dark; /* the first one is; then they take turns */
	uint16_t at[IMAGE_SIDE_MAX + 1];
};
/* Row y of im, which is the picture taken last. */
void contrast_runs(
    const struct contrast *c, const struct image *im, int y, struct contrast_runs *runs);

void contrast_fini(struct contrast *c);

#endif
