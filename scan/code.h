/*
 * Codes in a picture: QR codes and PDF417 symbols. It hides which readers there are, in what order they are asked, and what is done to a picture that
 * seems to hold a code that none of them reads.
 *
 * libzxing is asked for QR codes first (scan/zxing.h); where it reads one and more of what looks like codes is in view, ZBar looks beside it (scan/qr_zbar.h).
 * Then, whether or not there is a QR code, our own reader of PDF417 (scan/pdf417.h), and libzxing's opinion on PDF417 where ours saw ends of a symbol and
 * read none. Only where nothing was read and something looks like a code, the picture is made easier to read (scan/enhance.h), way by way, for libzxing or
 * ZBar, until one reads something (the table in code.c); where nothing looks like one, those ways alone that bring out what does not.
 * A camera's picture gets less: beside a QR code PDF417 and others in one of four pictures each, without one a glance for PDF417 in every second, which goes
 * first where nothing looks like a QR code, and libzxing's opinion in every fourth, the ways of making it easier as there is time for them.
 * Of a picture crowded with finder patterns only the places where a code may lie are read (scan/crowd.h), a camera's some at a time.
 */
#ifndef SCAN_CODE_H
#define SCAN_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "scan/image.h"

enum { CODES_MAX = 8 };

/* Where it lies in the picture, both corners within. */
struct code_box {
	int left, top, right, bottom;
};
/* Grow it so that x, y lies in it, or what is nearest to that in the picture. Begin with {width - 1, height - 1, 0, 0}. */
void code_box_add(struct code_box *b, int x, int y, const struct image *im);

struct code {
	/* CODE_STRAY: PDF417 that is one of several, or meant to program a reader (ISO/IEC 15438, 5.13, 5.4.1.4). */
	enum code_kind { CODE_QR, CODE_PDF417, CODE_STRAY, CODE_MRZ } kind;
	/* Exactly what the code says, any bytes; in UTF-8 where it says what they are (scan/eci.h). Lent until the next call. */
	const uint8_t *bytes;
	size_t len; /* 1 … CAMERA_CODE_MAX; longer ones are passed over */
	struct code_box box;
};

struct code_reader;
struct code_reader *code_reader_new(void);
/* Clears what was read. */
void code_reader_free(struct code_reader *own_r);

/* How many were found, CODES_MAX at most, no two alike or one upon the other. A
 * picture that is empty or too small for any code has none. Everything that may help is tried, whatever
 * time it takes: tenths of a second for a large picture. */
int code_reader_read(struct code_reader *r, const struct image *im, struct code codes[CODES_MAX]);

/* The same for one of a camera's pictures, in about the time that a moving preview leaves. What there was no time for is tried on those that follow.
 * same: there is no more than noise between this picture and the last one. */
int code_reader_read_live(struct code_reader *r, const struct image *im,
    struct code codes[CODES_MAX], const struct clock *clock, bool same);
/* The last picture seems to hold a code that was not read, and not all was tried yet: the next one is worth a look, also if it is the same. */
bool code_reader_unsure(const struct code_reader *r);

#endif
