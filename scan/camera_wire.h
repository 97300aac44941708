/*
 * What foyer-camera says to the kiosk over a pipe: length-prefixed frames, written by a process that looks at hostile pixels and
 * read by one that trusts none of it. It hides the byte layout and every bound.
 *
 *   u32 little-endian  length of what follows, 1 … 65536
 *   u8                 type: 'C' CODE, 'D' PDF417, 'Y' STRAY, 'Z' MRZ, 'M' MANY, 'P' PREVIEW, 'O' OUTLINE, 'S' STATE
 *   CODE     1 … 4096 bytes, what a QR code said, exactly; in UTF-8 where the code itself says in which character set it is (an ECI)
 *   PDF417   the same of a PDF417 symbol, as on the back of a driving licence: never a pass
 *   STRAY    the same of a symbol that is not for us: one of several that belong together (Macro PDF417), or one that would program a reader
 *   MRZ      1 … 135 characters A-Z, 0-9, "<" and LF: the lines of a machine-readable zone, each ended by LF
 *   MANY     nothing: several passes are in view at once, and none of them is told
 *   PREVIEW  u16 LE columns, u16 LE rows, then columns × rows cells, row by row: u32 LE code point, 3 bytes foreground RGB, 3 bytes background RGB
 *   OUTLINE  of what is held up, in a preview's place while a document is wanted: u8 0 nothing, 1 blurred, 2 sharp; then four corners one after the
 *            other around it, each u16 LE x, u16 LE y, in 65,535ths of the picture's width and height, all zero where it is nothing
 *   STATE    a word of 1 … 32 characters a-z, 0-9 and "-": "ok", "none", "busy", …; "ok" again each second as long as it looks
 *
 * The other way, on its standard input, foyer-camera is told in lines what is wanted: "code" (as it begins), or "document". Until the next such
 * line no picture leaves it then: no PREVIEW, only OUTLINE. What was in view before is told anew; so it is after "again", which changes nothing else.
 *
 * Anything else is ERR_PROTOCOL for good: the reader's owner ends the camera process and starts another.
 */
#ifndef SCAN_CAMERA_WIRE_H
#define SCAN_CAMERA_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
	CAMERA_FRAME_MAX = 64 * 1024,
	CAMERA_CODE_MAX = 4096,
	CAMERA_MRZ_MAX = 135, /* three lines of 44 */
	CAMERA_WORD_SZ = 33,
	CAMERA_COLS_MAX = 120,
	CAMERA_ROWS_MAX = 54, /* 120 × 54 cells of ten bytes are 64,800 */
};

struct camera_cell {
	uint32_t ch; /* U+0020 or U+2580 … U+259F (block elements), nothing else */
	uint8_t fg[3], bg[3];
};

struct camera_outline {
	enum camera_sharpness { CAMERA_NOTHING, CAMERA_BLURRED, CAMERA_SHARP } state;
	struct {
		uint16_t x, y;
	} corners[4];
};

struct camera_frame {
	enum camera_kind {
		CAMERA_CODE = 'C',
		CAMERA_PDF417 = 'D',
		CAMERA_STRAY = 'Y',
		CAMERA_MRZ = 'Z',
		CAMERA_MANY = 'M',
		CAMERA_PREVIEW = 'P',
		CAMERA_OUTLINE = 'O',
		CAMERA_STATE = 'S'
	} kind;
	const uint8_t *code; /* CODE, PDF417, STRAY, MRZ; borrowed until the next call */
	size_t code_len;
	int cols, rows; /* PREVIEW; cells by camera_frame_cell */
	const uint8_t *cells;
	struct camera_outline outline; /* OUTLINE */
	char word[CAMERA_WORD_SZ]; /* STATE */
};
/* A cell of a PREVIEW frame that camera_reader_next gave: already checked. */
struct camera_cell camera_frame_cell(const struct camera_frame *f, int col, int row);

/* The camera's side: append one whole frame to *out. ERR_INPUT for what no reader would take. */
enum err_code camera_put_code(
    struct str_buf *out, const void *code, size_t len, struct err *e) MUST_USE;
enum err_code camera_put_pdf417(
    struct str_buf *out, const void *code, size_t len, struct err *e) MUST_USE;
enum err_code camera_put_stray(
    struct str_buf *out, const void *code, size_t len, struct err *e) MUST_USE;
enum err_code camera_put_many(struct str_buf *out, struct err *e) MUST_USE;
enum err_code camera_put_mrz(
    struct str_buf *out, const char *text, size_t len, struct err *e) MUST_USE;
enum err_code camera_put_preview(struct str_buf *out, int cols, int rows,
    const struct camera_cell *cells, struct err *e) MUST_USE;
enum err_code camera_put_outline(
    struct str_buf *out, const struct camera_outline *o, struct err *e) MUST_USE;
enum err_code camera_put_state(struct str_buf *out, const char *word, struct err *e) MUST_USE;

/* The kiosk's side. Zeroed is ready. camera_reader_fini clears and frees; the struct may be used anew after it. */
struct camera_reader {
	struct str_buf in;
	size_t taken; /* bytes of the frame that was given last */
	enum err_code code;
};
/* Bytes as they came. ERR_PROTOCOL sticks. */
enum err_code camera_reader_feed(
    struct camera_reader *r, const void *bytes, size_t n, struct err *e) MUST_USE;
/* 1: *f is a whole, checked frame. 0: more bytes are needed. -1: ERR_PROTOCOL in *e. */
int camera_reader_next(struct camera_reader *r, struct camera_frame *f, struct err *e);
void camera_reader_fini(struct camera_reader *r);

#endif
