/*
 * QR codes in a picture. It hides ZBar: only its decoder, only for QR, and told to leave the bytes as they are (by default it guesses a
 * charset and mangles UTF-8). Its other decoders misread, are slow and print; its video part crashes without a screen.
 */
#ifndef SCAN_CODE_H
#define SCAN_CODE_H

#include <stddef.h>
#include <stdint.h>

#include "scan/image.h"

enum { CODES_MAX = 8 };

/* Where it lies in the picture, both corners within. */
struct code_box {
	int left, top, right, bottom;
};

struct code {
	const uint8_t *
	    bytes; /* exactly what the code says, any bytes; lent until the next code_reader_read */
	size_t len; /* 1 … CAMERA_CODE_MAX; longer ones are passed over */
	struct code_box box;
};

struct code_reader;
struct code_reader *code_reader_new(void);
/* How many were found, CODES_MAX at most. A picture that is empty or too small for any code has none. */
int code_reader_read(struct code_reader *r, const struct image *im, struct code codes[CODES_MAX]);
void code_reader_free(struct code_reader *own_r);

#endif
