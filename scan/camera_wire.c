#include "scan/camera_wire.h"

#include <string.h>

enum {
	HEAD = 4,
	PREVIEW_HEAD = 4,
	CELL = 10,
	OUTLINE = 1 + 4 * 4,
	HELD_MAX = 2 * (HEAD + CAMERA_FRAME_MAX)
};

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static int le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static bool cell_char_ok(uint32_t ch)
{
	return ch == ' ' || (ch >= 0x2580 && ch <= 0x259f);
}

static bool word_ok(const char *s, size_t n)
{
	if (n == 0 || n >= CAMERA_WORD_SZ)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-'))
			return false;
	return true;
}

static bool zone_ok(const uint8_t *s, size_t n)
{
	if (n < 1 || n > CAMERA_MRZ_MAX || s[n - 1] != '\n')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '<' ||
			s[i] == '\n'))
			return false;
	return true;
}

static bool size_ok(int cols, int rows)
{
	return cols >= 1 && cols <= CAMERA_COLS_MAX && rows >= 1 && rows <= CAMERA_ROWS_MAX;
}

struct camera_cell camera_frame_cell(const struct camera_frame *f, int col, int row)
{
	const uint8_t *p = f->cells + (size_t)CELL * ((size_t)row * (size_t)f->cols + (size_t)col);
	return (struct camera_cell){
	    .ch = le32(p), .fg = {p[4], p[5], p[6]}, .bg = {p[7], p[8], p[9]}};
}

/* --- writing ----------------------------------------------------------------------------- */

static enum err_code put_head(
    struct str_buf *out, enum camera_kind kind, size_t payload, struct err *e)
{
	size_t len = payload + 1;
	uint8_t head[HEAD + 1] = {
	    (uint8_t)len, (uint8_t)(len >> 8), (uint8_t)(len >> 16), 0, (uint8_t)kind};
	if (!str_buf_add(out, head, sizeof head))
		return err_set(e, ERR_TOO_LONG, "no room for a frame");
	return ERR_OK;
}

static enum err_code put(struct str_buf *out, const void *bytes, size_t n, struct err *e)
{
	return str_buf_add(out, bytes, n) ? ERR_OK
					  : err_set(e, ERR_TOO_LONG, "no room for a frame");
}

static enum err_code put_code(
    struct str_buf *out, enum camera_kind kind, const void *code, size_t len, struct err *e)
{
	if (len < 1 || len > CAMERA_CODE_MAX)
		return err_set(e, ERR_INPUT, "a code of %zu bytes", len);
	enum err_code rc = put_head(out, kind, len, e);
	return rc != ERR_OK ? rc : put(out, code, len, e);
}

enum err_code camera_put_code(struct str_buf *out, const void *code, size_t len, struct err *e)
{
	return put_code(out, CAMERA_CODE, code, len, e);
}

enum err_code camera_put_pdf417(struct str_buf *out, const void *code, size_t len, struct err *e)
{
	return put_code(out, CAMERA_PDF417, code, len, e);
}

enum err_code camera_put_stray(struct str_buf *out, const void *code, size_t len, struct err *e)
{
	return put_code(out, CAMERA_STRAY, code, len, e);
}

enum err_code camera_put_many(struct str_buf *out, struct err *e)
{
	return put_head(out, CAMERA_MANY, 0, e);
}

enum err_code camera_put_mrz(struct str_buf *out, const char *text, size_t len, struct err *e)
{
	if (!zone_ok((const uint8_t *)text, len))
		return err_set(e, ERR_INPUT, "no lines of a machine-readable zone");
	return put_code(out, CAMERA_MRZ, text, len, e);
}

enum err_code camera_put_preview(
    struct str_buf *out, int cols, int rows, const struct camera_cell *cells, struct err *e)
{
	if (!size_ok(cols, rows))
		return err_set(e, ERR_INPUT, "a preview of %d by %d cells", cols, rows);
	size_t n = (size_t)cols * (size_t)rows;
	for (size_t i = 0; i < n; i++)
		if (!cell_char_ok(cells[i].ch))
			return err_set(
			    e, ERR_INPUT, "a preview cell with U+%04X", (unsigned)cells[i].ch);
	enum err_code rc = put_head(out, CAMERA_PREVIEW, PREVIEW_HEAD + CELL * n, e);
	uint8_t head[PREVIEW_HEAD] = {
	    (uint8_t)cols, (uint8_t)(cols >> 8), (uint8_t)rows, (uint8_t)(rows >> 8)};
	if (rc == ERR_OK)
		rc = put(out, head, sizeof head, e);
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		const struct camera_cell *c = &cells[i];
		uint8_t b[CELL] = {(uint8_t)c->ch, (uint8_t)(c->ch >> 8), (uint8_t)(c->ch >> 16),
		    (uint8_t)(c->ch >> 24), c->fg[0], c->fg[1], c->fg[2], c->bg[0], c->bg[1],
		    c->bg[2]};
		rc = put(out, b, sizeof b, e);
	}
	return rc;
}

enum err_code camera_put_outline(struct str_buf *out, const struct camera_outline *o, struct err *e)
{
	uint8_t b[OUTLINE] = {(uint8_t)o->state};
	for (int i = 0; i < 4 && o->state != CAMERA_NOTHING; i++) {
		const uint16_t x = o->corners[i].x, y = o->corners[i].y;
		const uint8_t at[4] = {
		    (uint8_t)x, (uint8_t)(x >> 8), (uint8_t)y, (uint8_t)(y >> 8)};
		memcpy(b + 1 + 4 * i, at, sizeof at);
	}
	enum err_code rc = put_head(out, CAMERA_OUTLINE, sizeof b, e);
	return rc != ERR_OK ? rc : put(out, b, sizeof b, e);
}

enum err_code camera_put_state(struct str_buf *out, const char *word, struct err *e)
{
	size_t n = strlen(word);
	if (!word_ok(word, n))
		return err_set(e, ERR_INPUT, "a state that is no word");
	enum err_code rc = put_head(out, CAMERA_STATE, n, e);
	return rc != ERR_OK ? rc : put(out, word, n, e);
}

/* --- reading ----------------------------------------------------------------------------- */

enum err_code camera_reader_feed(
    struct camera_reader *r, const void *bytes, size_t n, struct err *e)
{
	if (r->code != ERR_OK)
		return err_set(e, r->code, "the camera's frames broke off before");
	str_buf_shift(&r->in, r->taken);
	r->taken = 0;
	r->in.max = HELD_MAX;
	if (!str_buf_add(&r->in, bytes, n))
		return r->code = err_set(
			   e, ERR_PROTOCOL, "the camera sends faster than its frames are taken");
	return ERR_OK;
}

static enum err_code read_preview(struct camera_frame *f, const uint8_t *p, size_t n, struct err *e)
{
	if (n < PREVIEW_HEAD)
		return err_set(e, ERR_PROTOCOL, "a preview of %zu bytes", n);
	f->cols = le16(p);
	f->rows = le16(p + 2);
	if (!size_ok(f->cols, f->rows) ||
	    n != PREVIEW_HEAD + (size_t)CELL * (size_t)f->cols * (size_t)f->rows)
		return err_set(e, ERR_PROTOCOL, "a preview of %d by %d cells in %zu bytes", f->cols,
		    f->rows, n);
	f->cells = p + PREVIEW_HEAD;
	for (int row = 0; row < f->rows; row++)
		for (int col = 0; col < f->cols; col++)
			if (!cell_char_ok(camera_frame_cell(f, col, row).ch))
				return err_set(e, ERR_PROTOCOL,
				    "a preview cell with a character that is not allowed");
	return ERR_OK;
}

static enum err_code read_outline(
    struct camera_outline *o, const uint8_t *p, size_t n, struct err *e)
{
	bool good = n == OUTLINE && p[0] <= CAMERA_SHARP;
	for (size_t i = 1; good && p[0] == CAMERA_NOTHING && i < n; i++)
		good = p[i] == 0;
	if (!good)
		return err_set(e, ERR_PROTOCOL, "an outline that is none");
	o->state = (enum camera_sharpness)p[0];
	for (int i = 0; i < 4; i++) {
		o->corners[i].x = (uint16_t)le16(p + 1 + 4 * i);
		o->corners[i].y = (uint16_t)le16(p + 3 + 4 * i);
	}
	return ERR_OK;
}

static enum err_code read_frame(struct camera_frame *f, const uint8_t *p, size_t n, struct err *e)
{
	*f = (struct camera_frame){0};
	switch (p[0]) {
	case CAMERA_CODE:
	case CAMERA_PDF417:
	case CAMERA_STRAY:
		f->kind = (enum camera_kind)p[0];
		f->code = p + 1;
		f->code_len = n - 1;
		if (f->code_len < 1 || f->code_len > CAMERA_CODE_MAX)
			return err_set(e, ERR_PROTOCOL, "a code of %zu bytes", f->code_len);
		return ERR_OK;
	case CAMERA_MANY:
		f->kind = CAMERA_MANY;
		return n == 1 ? ERR_OK : err_set(e, ERR_PROTOCOL, "several passes with a text");
	case CAMERA_MRZ:
		f->kind = CAMERA_MRZ;
		f->code = p + 1;
		f->code_len = n - 1;
		if (!zone_ok(f->code, f->code_len))
			return err_set(e, ERR_PROTOCOL, "a machine-readable zone that is none");
		return ERR_OK;
	case CAMERA_PREVIEW: f->kind = CAMERA_PREVIEW; return read_preview(f, p + 1, n - 1, e);
	case CAMERA_OUTLINE:
		f->kind = CAMERA_OUTLINE;
		return read_outline(&f->outline, p + 1, n - 1, e);
	case CAMERA_STATE:
		f->kind = CAMERA_STATE;
		if (!word_ok((const char *)p + 1, n - 1))
			return err_set(e, ERR_PROTOCOL, "a state that is no word");
		memcpy(f->word, p + 1, n - 1);
		return ERR_OK;
	default: return err_set(e, ERR_PROTOCOL, "a frame of type %d", p[0]); /* from outside */
	}
}

int camera_reader_next(struct camera_reader *r, struct camera_frame *f, struct err *e)
{
	if (r->code != ERR_OK) {
		err_set(e, r->code, "the camera's frames broke off before");
		return -1;
	}
	str_buf_shift(&r->in, r->taken);
	r->taken = 0;
	if (r->in.len < HEAD)
		return 0;
	const uint8_t *p = (const uint8_t *)r->in.data;
	size_t len = le32(p);
	if (len < 1 || len > CAMERA_FRAME_MAX) {
		r->code = err_set(e, ERR_PROTOCOL, "a frame of %zu bytes", len);
		return -1;
	}
	if (r->in.len < HEAD + len)
		return 0;
	r->code = read_frame(f, p + HEAD, len, e);
	if (r->code != ERR_OK)
		return -1;
	r->taken = HEAD + len;
	return 1;
}

void camera_reader_fini(struct camera_reader *r)
{
	str_buf_fini(&r->in);
	*r = (struct camera_reader){0};
}
