/*
 * From the data codewords of a PDF417 symbol to the bytes it says (ISO/IEC 15438, 5.4, 5.5, annexes C and D). It hides the compaction modes. Pure.
 *
 * Bytes come out as they were put in: what character set they are in, an ECI says (scan/eci.h). Without one it is ISO 8859-1 (5.5.2), on paper.
 */
#ifndef SCAN_PDF417_TEXT_H
#define SCAN_PDF417_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "scan/eci.h"

enum { PDF417_BYTES_MAX = 4096 }; /* 2,710 digits are the most that a symbol holds (5.1.1) */

struct pdf417_text {
	size_t len;
	uint8_t bytes[PDF417_BYTES_MAX];
	struct eci_mark eci[ECI_MARKS_MAX];
	int n_eci;
	bool reader_init; /* meant to program a reader, not to be told (5.4.1.4) */
};

/* The n codewords after the symbol length descriptor, pads included. ERR_UNSUPPORTED: one of several symbols that belong together (Macro PDF417,
 * 5.13), which this house does not put together; *t is its part of the whole. One alone is as any other. ERR_PROTOCOL: no codewords that mean
 * anything; ERR_TOO_LONG: more than ECI_MARKS_MAX ECIs. Then *t holds nothing. */
enum err_code pdf417_text(struct pdf417_text *t, const uint16_t *words, int n) MUST_USE;

#endif
