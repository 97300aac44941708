#include "pass/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

static QRecLevel ec_level(enum qr_level level)
{
	switch (level) {
	case QR_L: return QR_ECLEVEL_L;
	case QR_M: return QR_ECLEVEL_M;
	case QR_Q: return QR_ECLEVEL_Q;
	case QR_H: return QR_ECLEVEL_H;
	}
	return QR_ECLEVEL_M;
}

enum err_code qr_encode(struct qr *q, const char *text, enum qr_level level, struct err *e)
{
	q->side = 0;
	if (*text == '\0')
		return err_set(e, ERR_INPUT, "nothing to put in a QR code");
	/* Version 0: the least that holds it. Hint QR_MODE_8: no Kanji; numeric and alphanumeric runs are still found. */
	QRcode *code = QRcode_encodeString(text, 0, ec_level(level), QR_MODE_8, 1);
	if (code == NULL && errno == ERANGE)
		return err_set(e, ERR_TOO_LONG, "%zu bytes do not fit in a QR code", strlen(text));
	if (code == NULL)
		return err_errno(e, ERR_BUG, "QR code");
	if (code->width > QR_MAX_SIDE) {
		QRcode_free(code);
		return err_set(e, ERR_BUG, "QR code of unknown size");
	}
	q->side = code->width;
	/* qrencode.h: bit 0 is the colour, the others tell what the module is for. */
	for (int i = 0; i < q->side * q->side; i++)
		q->dark[i] = code->data[i] & 1;
	QRcode_free(code);
	return ERR_OK;
}

int qr_rows(const struct qr *q, int quiet)
{
	return (q->side + 2 * quiet + 1) / 2;
}

int qr_columns(const struct qr *q, int quiet)
{
	return q->side + 2 * quiet;
}

static unsigned is_dark(const struct qr *q, int x, int y)
{
	return x >= 0 && x < q->side && y >= 0 && y < q->side ? q->dark[y * q->side + x] : 0;
}

void qr_row(uint8_t *cells, const struct qr *q, int quiet, int row)
{
	int y = 2 * row - quiet;
	for (int i = 0; i < qr_columns(q, quiet); i++)
		cells[i] = (uint8_t)(is_dark(q, i - quiet, y) | is_dark(q, i - quiet, y + 1) << 1);
}

/* Colours 16 and 231 of the 256 are black and white under every theme, which the first sixteen are not. A wholly dark cell is a
 * space on black, not a full block: a font may leave gaps between blocks. */
#define ON_WHITE "\033[38;5;16;48;5;231m"
#define ON_BLACK "\033[38;5;231;48;5;16m"

enum err_code qr_ansi(struct str_buf *out, const struct qr *q, int quiet, struct err *e)
{
	static const char *const glyphs[4] = {" ", "▀", "▄", " "};
	uint8_t cells[QR_MAX_SIDE + 2 * QR_MAX_QUIET];
	if (q->side < 1 || q->side > QR_MAX_SIDE || quiet < 0 || quiet > QR_MAX_QUIET)
		return err_set(
		    e, ERR_INPUT, "QR code of %d modules, quiet zone %d", q->side, quiet);
	size_t start = out->len;
	bool ok = true;
	for (int row = 0; row < qr_rows(q, quiet); row++) {
		qr_row(cells, q, quiet, row);
		for (int i = 0; i < qr_columns(q, quiet); i++) {
			if (i == 0 || (cells[i] == 3) != (cells[i - 1] == 3))
				ok = ok &&
				     str_buf_print(out, "%s", cells[i] == 3 ? ON_BLACK : ON_WHITE);
			ok = ok && str_buf_print(out, "%s", glyphs[cells[i]]);
		}
		ok = ok && str_buf_print(out, "\033[0m\n");
	}
	if (ok)
		return ERR_OK;
	out->len = start;
	if (out->data != NULL)
		out->data[start] = '\0';
	return err_set(e, ERR_TOO_LONG, "QR code does not fit its buffer");
}
