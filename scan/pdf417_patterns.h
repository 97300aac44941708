/*
 * The symbol characters of PDF417: which 17 modules stand for which codeword in which cluster (ISO/IEC 15438, 5.3.1, 5.11.1 and annex A). It hides
 * the table and its way back. Row r of a symbol is written in cluster r mod 3, which the standard calls 0, 3 and 6.
 */
#ifndef SCAN_PDF417_PATTERNS_H
#define SCAN_PDF417_PATTERNS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PDF417_CLUSTERS = 3,
	PDF417_WORDS = 929, /* codewords 0 … 928 */
	PDF417_MODULES = 17, /* of a symbol character: four bars and four spaces of 1 … 6 modules */
};

/* The lower 16 of 17 modules, the first one highest, 1 for dark. The first module is always dark, the last one always light. */
extern const uint16_t pdf417_patterns[PDF417_CLUSTERS][PDF417_WORDS];

/* From modules to codewords. */
struct pdf417_index {
	uint16_t place[1 << 15];
};
void pdf417_index_init(struct pdf417_index *x);
/* All 17 modules of pattern, exactly. False: no symbol character looks like this. */
bool pdf417_index_find(const struct pdf417_index *x, uint32_t pattern, int *cluster, int *word);

#endif
