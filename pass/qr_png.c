#include "pass/qr.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { PIXELS_MAX = 16384 }; /* a side; keeps every product below far from overflow */

struct job {
	struct str_buf *out;
	const struct qr *q;
	uint8_t *row; /* side pixels */
	int scale, quiet, side;
	char why[80];
};

/* libpng's own handlers print to standard error. */
static PNG_NORETURN void on_error(png_structp png, png_const_charp what)
{
	struct job *j = png_get_error_ptr(png);
	(void)str_copy(j->why, sizeof j->why, what);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp what)
{
	(void)png;
	(void)what;
}

static void on_write(png_structp png, png_bytep bytes, size_t n)
{
	struct job *j = png_get_io_ptr(png);
	if (!str_buf_add(j->out, bytes, n))
		png_error(png, "buffer full");
}

static void on_flush(png_structp png)
{
	(void)png;
}

static void draw_row(struct job *j, int y)
{
	const int side = j->q->side;
	memset(j->row, 0xff, (size_t)j->side);
	for (int x = 0; y >= 0 && y < side && x < side; x++) {
		if (j->q->dark[y * side + x])
			memset(j->row + (size_t)(x + j->quiet) * (size_t)j->scale, 0,
			    (size_t)j->scale);
	}
}

static void draw(png_structp png, png_infop info, struct job *j)
{
	png_set_write_fn(png, j, on_write, on_flush);
	png_set_IHDR(png, info, (png_uint_32)j->side, (png_uint_32)j->side, 8, PNG_COLOR_TYPE_GRAY,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (int y = -j->quiet; y < j->q->side + j->quiet; y++) {
		draw_row(j, y);
		for (int i = 0; i < j->scale; i++)
			png_write_row(png, j->row);
	}
	png_write_end(png, NULL);
}

/* Everything that lives across the jump is set before setjmp and only destroyed after it. */
static bool write_png(struct job *j)
{
	volatile bool ok = false;
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, j, on_error, on_warning);
	if (png == NULL)
		return false;
	png_infop info = png_create_info_struct(png);
	if (info != NULL && setjmp(png_jmpbuf(png)) == 0) {
		draw(png, info, j);
		ok = true;
	}
	png_destroy_write_struct(&png, &info);
	return ok;
}

enum err_code qr_png(struct str_buf *png, const struct qr *q, int scale, int quiet, struct err *e)
{
	if (q->side < 1 || q->side > QR_MAX_SIDE || quiet < 0 || quiet > QR_MAX_QUIET ||
	    scale < 1 || scale > PIXELS_MAX / qr_columns(q, quiet))
		return err_set(e, ERR_INPUT, "QR picture of %d modules, scale %d, quiet zone %d",
		    q->side, scale, quiet);
	struct job j = {.out = png, .q = q, .scale = scale, .quiet = quiet, .why = "out of memory"};
	size_t start = png->len;
	j.side = qr_columns(q, quiet) * scale;
	j.row = mem_new((size_t)j.side, 1);
	bool ok = write_png(&j);
	free(j.row);
	if (ok)
		return ERR_OK;
	png->len = start;
	if (png->data != NULL)
		png->data[start] = '\0';
	return err_set(e, ERR_TOO_LONG, "PNG of a QR code: %s", j.why);
}
