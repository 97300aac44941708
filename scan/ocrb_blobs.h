/*
 * What is dark and about as large as a character, in a grey picture. It hides the threshold, which follows the light, and how pixels are joined.
 * What it costs is bounded by the picture's size.
 */
#ifndef SCAN_OCRB_BLOBS_H
#define SCAN_OCRB_BLOBS_H

#include "scan/image.h"

enum { OCRB_BLOBS_MAX = 8192, OCRB_BLOB_LEAST = 5, OCRB_BLOB_MOST = 110 };

struct ocrb_blob {
	float x, y; /* the middle of the rectangle around it */
	int size; /* that rectangle's longer side */
};

struct ocrb_blobs {
	struct ocrb_blob blob[OCRB_BLOBS_MAX];
	int n; /* those beyond the most are left out */
};

void ocrb_blobs_find(struct ocrb_blobs *bs, const struct image *im);

#endif
