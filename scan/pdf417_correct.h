/*
 * Error and erasure correction of PDF417: a Reed–Solomon code over GF(929) (ISO/IEC 15438, 5.7, 5.10 and annex K). It hides the field.
 * Pure; the work is bounded by the square of the length.
 */
#ifndef SCAN_PDF417_CORRECT_H
#define SCAN_PDF417_CORRECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
	PDF417_LENGTH_MAX = 928, /* codewords of a symbol, 5.2.1 */
	PDF417_CHECK_MAX = 512, /* error correction codewords at level 8, 5.7.1 */
};

/* The n codewords of a symbol in their order, the last n_check of which (2 … 512, fewer than n) are for error correction. erased says which of
 * them nobody could read; what words holds there does not matter.
 *
 * ERR_OK: words is a codeword of the code, and *errors of those not erased were put right. ERR_CORRUPT: more is wrong than may be corrected,
 * and words is as it was. Erasures and twice the errors are n_check - 2 at most: two are always kept for detection (5.7.2). */
enum err_code pdf417_correct(
    uint16_t *words, int n, int n_check, const bool *erased, int *errors) MUST_USE;

#endif
