/*
 * Sheets full of what looks like codes, for tests/soak/scan.c: they cost a reader more than any code does. A sheet goes on in all directions.
 */
#ifndef TESTS_SOAK_DENSE_H
#define TESTS_SOAK_DENSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DENSE_LABELS_MOST = 180, DENSE_LABEL_SIDE = 21 };

enum dense_kind {
	DENSE_FINDERS, /* the corners of QR codes (ISO/IEC 18004, 6.3.3), side by side */
	DENSE_LABELS, /* 180 small QR codes; the only ones that say something */
	DENSE_CHECKS,
	DENSE_STARTS, /* stripes of a PDF417 symbol's beginnings (ISO/IEC 15438, 5.3.1) */
	DENSE_TEXT, /* lines of letters */
};
enum { DENSE_KINDS = DENSE_TEXT + 1 };

struct dense {
	enum dense_kind kind;
	int step; /* modules between two patterns, or a check's side */
	uint8_t labels[DENSE_LABELS_MOST][DENSE_LABEL_SIDE * DENSE_LABEL_SIDE]; /* 1: dark */
};

/* False: a label could not be drawn. */
bool dense_make(struct dense *d, enum dense_kind kind, int step);
/* Whether this module is dark; any x and y. */
bool dense_dark(const struct dense *d, int x, int y);
/* Whether a label says so. */
bool dense_says(const struct dense *d, const uint8_t *text, size_t len);

#endif
