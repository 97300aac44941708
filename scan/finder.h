/*
 * Whether a picture may show a QR code that no reader has read: whether, beside those that were read, something in it has the proportions of a finder pattern (ISO/IEC 18004, 6.3.3),
 * 1:1:3:1:1 across and down, dark on light or light on dark. Far quicker than any reader, and it hides how. It is wrong both ways now and then: it
 * says where more work may be worth it, nothing else.
 */
#ifndef SCAN_FINDER_H
#define SCAN_FINDER_H

#include <stdbool.h>

#include "scan/code.h"
#include "scan/contrast.h"
#include "scan/image.h"

/* Its memory; zeroed is ready. */
struct finder {
	struct contrast contrast;
	struct image half;
};

/* The n codes were read in im. */
bool finder_likely(struct finder *f, const struct image *im, const struct code *codes, int n);

/* What may be one, in the whole picture, small ones too. */
struct finder_pattern {
	int x, y, width, rows; /* its middle; rows: of the picture that show it */
};
/* The first of them from the top, max at most. */
int finder_patterns(
    struct finder *f, const struct image *im, struct finder_pattern *patterns, int max);
/* Whether two, seen from the third, are where a code has them. */
bool finder_is_corner(
    const struct finder_pattern *a, const struct finder_pattern *b, const struct finder_pattern *c);
void finder_fini(struct finder *f);

#endif
