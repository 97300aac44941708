/*
 * Which symbol character is it? Seventeen grey levels, one for each module, against all characters of a cluster as blur would show them. It hides
 * the comparison: correlation, which needs neither black nor white, so that shadow, glare and faint print do not matter as long as they change
 * little within a character. A reader by threshold is exact where print and picture are good and is asked first; this one is for all others.
 */
#ifndef SCAN_PDF417_MATCH_H
#define SCAN_PDF417_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "scan/pdf417_patterns.h"

enum {
	/* The length of a normalised vector, which rounding may make longer by half the root of 17: the product of two, and any part of its sum, still
	 * fits into 16 bits, for (178 + 2.1)² is below 32,767. */
	PDF417_UNIT = 178,
	PDF417_LANES = 8, /* characters compared at a time */
	PDF417_BLOCKS = (PDF417_WORDS + PDF417_LANES - 1) / PDF417_LANES,
	PDF417_MATCH_WORK = 1000, /* of one pdf417_match_best, about, in nanoseconds */
};

/* Seventeen levels less their mean, of length PDF417_UNIT. */
struct pdf417_vector {
	int16_t at[PDF417_MODULES];
};

typedef int16_t pdf417_lanes __attribute__((vector_size(2 * PDF417_LANES)));

struct pdf417_matcher {
	struct pdf417_index index;
	pdf417_lanes like[PDF417_CLUSTERS][PDF417_BLOCKS][PDF417_MODULES];
};

struct pdf417_match {
	int cluster, word;
	/* How alike it is and how much more than the next one of its cluster is: -1 … 1 and 0 … 2. */
	float likeness, lead;
};

void pdf417_matcher_init(struct pdf417_matcher *m);

/* False: no contrast to speak of, and nothing in *v. */
bool pdf417_vector_of(struct pdf417_vector *v, const uint8_t levels[PDF417_MODULES]);
/* The sum of several, normalised. */
bool pdf417_vector_sum(struct pdf417_vector *v, const int32_t sum[PDF417_MODULES]);

/* By threshold. False: no symbol character. */
bool pdf417_match_sharp(const struct pdf417_matcher *m, const uint8_t levels[PDF417_MODULES],
    struct pdf417_match *match);
/* The best of one cluster; there always is one. */
struct pdf417_match pdf417_match_best(
    const struct pdf417_matcher *m, const struct pdf417_vector *v, int cluster);

#endif
