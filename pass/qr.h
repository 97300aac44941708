/*
 * QR codes drawn: modules by libqrencode, a PNG by libpng, half blocks for a terminal. It hides both libraries. A struct qr is 31 kB,
 * plain and copied; one that shows a pass is as secret as the pass.
 */
#ifndef PASS_QR_H
#define PASS_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum { QR_MAX_SIDE = 177, QR_MAX_QUIET = 16 };
struct qr {
	int side; /* modules, without quiet zone; 0 after a failure */
	uint8_t dark[QR_MAX_SIDE * QR_MAX_SIDE]; /* row by row, 1 = dark */
};

enum qr_level { QR_L, QR_M, QR_Q, QR_H };

/* Upper-case letters, digits and " $%*+-./:" go in alphanumeric mode, runs of digits in numeric mode, anything else in bytes; the
 * smallest version that holds it. ERR_INPUT for no text, ERR_TOO_LONG beyond version 40. */
enum err_code qr_encode(
    struct qr *q, const char *text, enum qr_level level, struct err *e) MUST_USE;

/* 8-bit grey PNG, scale pixels a module, quiet zone in modules. Appended to *png, which is left as it was on failure: ERR_INPUT for no
 * code, a quiet zone beyond QR_MAX_QUIET or a picture over 16384 pixels wide, ERR_TOO_LONG where *png may not grow so far. */
enum err_code qr_png(
    struct str_buf *png, const struct qr *q, int scale, int quiet, struct err *e) MUST_USE;

/* One text row of a QR in half blocks: two module rows a row, side + 2·quiet columns. cells[i]: bit 0 upper dark, bit 1 lower dark.
 * Rows are 0 … qr_rows-1; where the modules' rows are odd in number the last row's lower half is light. The one who draws paints
 * foreground and background in every cell. */
int qr_rows(const struct qr *q, int quiet);
int qr_columns(const struct qr *q, int quiet);
void qr_row(uint8_t *cells, const struct qr *q, int quiet, int row);

/* The same as text with ANSI colours (black on white painted in every cell), lines ended by LF, for a command line. Appended to *out.
 * ERR_INPUT for no code or a quiet zone beyond QR_MAX_QUIET, ERR_TOO_LONG where *out may not grow so far. */
enum err_code qr_ansi(struct str_buf *out, const struct qr *q, int quiet, struct err *e) MUST_USE;

#endif
