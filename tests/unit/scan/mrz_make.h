/*
 * Machine-readable zones for the tests of scan/, and pictures of documents with them as scanners and cameras see them, drawn with Debian's font OCR B:
 * turned, tilted, blurred, noisy, in uneven light. All from fixed seeds. Any failure fails the test.
 */
#ifndef TESTS_UNIT_SCAN_MRZ_MAKE_H
#define TESTS_UNIT_SCAN_MRZ_MAKE_H

#include "pdf417_make.h"
#include "scan/image.h"
#include "scan/mrz.h"

enum { MAKE_ZONE_SZ = MRZ_LINES * (MRZ_WIDTH + 1) + 1 };

/* Somebody's, each line ended by '\n', every check digit right. */
void make_zone(char text[MAKE_ZONE_SZ], struct make_random *r, enum mrz_format format);

struct make_sheet {
	int dpi;
	double angle; /* degrees, clockwise */
	double tilt; /* so much smaller is the far end than the near one */
	double tilt_angle; /* degrees: in which direction the far end is */
	double blur; /* sigma in pixels */
	int noise; /* grey levels at most */
	int black, white; /* grey levels; both 0: 40 and 225 */
	double light; /* so much darker is the lower right corner than the upper left one */
	double stroke; /* millimetres that are added to the strokes' width, or taken away */
	bool
	    page; /* a passport's page above the zone, with a face and lines of text; else the zone alone */
};
void make_sheet(struct image *im, const char *text, const struct make_sheet *how);

#endif
