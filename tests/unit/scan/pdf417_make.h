/*
 * PDF417 symbols for the tests of scan/, encoded by libzint, which shares no line with us, and pictures of them as cameras see them: turned, tilted,
 * blurred, noisy. All from fixed seeds. Any failure fails the test.
 */
#ifndef TESTS_UNIT_SCAN_PDF417_MAKE_H
#define TESTS_UNIT_SCAN_PDF417_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan/image.h"

struct make_random {
	uint32_t state;
};
uint32_t make_random(struct make_random *r);
int make_between(struct make_random *r, int low, int high); /* both included */

enum make_payload { MAKE_LICENCE, MAKE_DIGITS, MAKE_BINARY, MAKE_TEXT, MAKE_MIXED, MAKE_PAYLOADS };
/* At most most bytes (1,000 or less), at least one; how many. */
size_t make_payload(struct make_random *r, enum make_payload kind, uint8_t *bytes, size_t most);

enum { MAKE_MODULES_MAX = 17 * 34 + 1, MAKE_ROWS_MAX = 90 };

struct make_symbol {
	int rows, width; /* width in modules, 0 and 1 in dark */
	uint8_t dark[MAKE_ROWS_MAX][MAKE_MODULES_MAX];
};

struct make_how {
	int level; /* of error correction */
	int columns; /* 0: as many as libzint thinks good */
	bool compact, reader_init;
	int macro_index, macro_count; /* 0: no Macro PDF417 */
	int eci; /* 0: none */
};
/* False: libzint finds no room for so much. */
bool make_symbol(struct make_symbol *s, const uint8_t *bytes, size_t n, const struct make_how *how);

struct make_view {
	int width, height; /* of the picture, its middle is the symbol's middle */
	double module; /* pixels */
	double row; /* height of a row in modules */
	double angle; /* degrees, clockwise */
	double
	    tilt; /* modules are by this part longer at one end of the symbol than at the other */
	double tilt_angle; /* degrees: in which direction */
	double ink; /* modules by which bars are wider at either side; below 0: narrower */
	double blur; /* sigma in pixels */
	int black, white; /* grey levels; both 0: 30 and 220 */
	int noise; /* grey levels at most */
	bool mirrored;
};
void make_view(struct image *im, const struct make_symbol *s, const struct make_view *v);
/* The smallest picture in which the whole symbol and its quiet zone are. */
void make_view_fit(struct make_view *v, const struct make_symbol *s);

/* Glare: white from the middle to radius, and fading beyond. */
void make_glare(struct image *im, int x, int y, int radius);

#endif
