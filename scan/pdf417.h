/*
 * PDF417 symbols in a grey picture (ISO/IEC 15438:2015), as on the back of North American driving licences. It hides all of the reading: where
 * symbols are, at any angle and under perspective, their rows, codewords, error correction and compaction. Nothing is read from or written to
 * anywhere else, and the work that any picture can cause is bounded.
 *
 * What is told was proved: the symbol's codewords are a codeword of the error correction with two check symbols to spare (5.7.2), their number is
 * what the symbol says it is, and rows, columns and level are those of the row indicators.
 *
 * A symbol without a stop character is read too, be it compact (5.12) or hidden at its end, and so is one without a start character. A mirrored
 * symbol is read as any other: the standard reads rows one by one and by their indicators, which knows no up and down (annex J).
 */
#ifndef SCAN_PDF417_H
#define SCAN_PDF417_H

#include "scan/image.h"
#include "scan/pdf417_text.h"

enum { PDF417_SYMBOLS_MAX = 4 };

struct pdf417_symbol {
	/* ERR_OK; ERR_UNSUPPORTED: one of several that belong together (Macro PDF417), and text is its part; ERR_PROTOCOL, ERR_TOO_LONG: its codewords mean
	 * nothing, and text holds nothing. */
	enum err_code code;
	struct pdf417_text text;
	/* Upper left, upper right, lower right, lower left to somebody who reads it; of what was seen of it, and they may lie outside the picture. */
	struct {
		float x, y;
	} corners[4];
	int rows, columns, level; /* of error correction: 0 … 8 */
	int erased, corrected; /* codewords that could not be read, that were read wrongly */
	bool mirrored;
};

struct pdf417_reader;
struct pdf417_reader *pdf417_reader_new(void);
/* How many were found. They are lent until the next call. */
int pdf417_reader_read(
    struct pdf417_reader *r, const struct image *im, const struct pdf417_symbol **symbols);
/* The same in half the time, where one is enough: others that lie otherwise may be passed over, and corners lie some pixels off. */
int pdf417_reader_glance(
    struct pdf417_reader *r, const struct image *im, const struct pdf417_symbol **symbols);
/* The last picture seems to show ends of a symbol or a few, of which none was read. Not a sheet of ends: over one of those somebody else's decoder sits
 * for seconds. */
bool pdf417_reader_unsure(const struct pdf417_reader *r);
/* Clears what was read. */
void pdf417_reader_free(struct pdf417_reader *own_r);

#endif
