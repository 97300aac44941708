/*
 * The colours of a picture for who is shown it: a small grid of chrominance over the whole of it, beside the grey pixels that codes are read from
 * (image.h). It hides that of every field only a few samples are asked, and what Cb and Cr are.
 *
 * Who wants colours sets image.tint; the source then fills it with each picture, where its format has any. image_resize empties it: the colours of
 * another picture are never shown.
 */
#ifndef SCAN_TINT_H
#define SCAN_TINT_H

#include <stddef.h>
#include <stdint.h>

/* About as many fields as a preview has; TINT_ASKED² samples a field keep a cheap camera's noise down. */
enum { TINT_COLS_MAX = 64, TINT_ROWS_MAX = 48, TINT_ASKED = 3 };

struct tint {
	int cols, rows; /* 0: no colours */
	uint8_t cb[TINT_COLS_MAX * TINT_ROWS_MAX],
	    cr[TINT_COLS_MAX * TINT_ROWS_MAX]; /* 128: none */
};

/* Where a picture holds them: width × height samples, which lie in memory; either may be 0, and then there are none. */
struct tint_samples {
	const uint8_t *cb, *cr; /* the first of each */
	int width, height;
	size_t step, stride; /* bytes to the next, and to the next row */
};
void tint_take(struct tint *t, const struct tint_samples *s);

/* Field x, y of a picture that is cut into w × h: what is grey there, in colour. t may be NULL. */
struct tint_field {
	int x, y, w, h;
	uint8_t grey;
};
void tint_paint(uint8_t rgb[3], const struct tint *t, const struct tint_field *f);

#endif
