#include "scan/picture.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "base/str.h"

/* A progressive JPEG of a few kilobytes can ask for thousands of passes over all its pixels; real ones have about ten. */
enum { SCANS_MAX = 32 };

struct job {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf out;
	struct image *im;
	uint8_t *small; /* rows of Y, Cb, Cr in turn, an eighth of the picture's size */
	size_t small_sz;
	char why[JMSG_LENGTH_MAX];
};

static _Noreturn void on_error(j_common_ptr c)
{
	struct job *j = c->client_data;
	c->err->format_message(c, j->why);
	longjmp(j->out, 1);
}

/* Warnings are counted by libjpeg's own; ours must print nothing. */
static void on_message(j_common_ptr c, int level)
{
	(void)c;
	(void)level;
}

static void on_output(j_common_ptr c)
{
	(void)c;
}

static void on_progress(j_common_ptr c)
{
	const struct job *j = c->client_data;
	if (j->jpeg.input_scan_number > SCANS_MAX)
		ERREXIT(c, JERR_BAD_PROGRESSION);
}

static void read_grey(struct job *j, const uint8_t *bytes, size_t len)
{
	struct err e;
	struct jpeg_decompress_struct *d = &j->jpeg;
	jpeg_mem_src(d, bytes, len);
	(void)jpeg_read_header(d, TRUE);
	if (d->image_width > IMAGE_SIDE_MAX || d->image_height > IMAGE_SIDE_MAX ||
	    image_resize(j->im, (int)d->image_width, (int)d->image_height, &e) != ERR_OK)
		ERREXIT1(d, JERR_IMAGE_TOO_BIG, IMAGE_SIDE_MAX);
	d->out_color_space = JCS_GRAYSCALE;
	d->dct_method = JDCT_IFAST;
	(void)jpeg_start_decompress(d);
	while (d->output_scanline < d->output_height) {
		JSAMPROW row = j->im->grey + (size_t)d->output_scanline * (size_t)j->im->width;
		(void)jpeg_read_scanlines(d, &row, 1);
	}
}

/* After read_grey, so within its bounds. An eighth is the mean of each block, which needs no transform. */
static void read_tint(struct job *j, const uint8_t *bytes, size_t len)
{
	struct jpeg_decompress_struct *d = &j->jpeg;
	jpeg_mem_src(d, bytes, len);
	(void)jpeg_read_header(d, TRUE);
	if (d->jpeg_color_space != JCS_YCbCr)
		return;
	d->out_color_space = JCS_YCbCr;
	d->scale_num = 1;
	d->scale_denom = 8;
	(void)jpeg_start_decompress(d);
	const size_t wide = 3 * (size_t)d->output_width;
	j->small_sz = d->output_height * wide;
	j->small = mem_new(j->small_sz, 1);
	while (d->output_scanline < d->output_height) {
		JSAMPROW row = j->small + (size_t)d->output_scanline * wide;
		(void)jpeg_read_scanlines(d, &row, 1);
	}
	tint_take(j->im->tint, &(struct tint_samples){.cb = j->small + 1,
				   .cr = j->small + 2,
				   .width = (int)d->output_width,
				   .height = (int)d->output_height,
				   .step = 3,
				   .stride = wide});
}

typedef void reading(struct job *j, const uint8_t *bytes, size_t len);

/* Everything that lives across the jump is set before setjmp and only destroyed after it. */
static bool read_jpeg(struct job *j, reading *read, const uint8_t *bytes, size_t len)
{
	volatile bool ok = false;
	j->jpeg.err = jpeg_std_error(&j->errors);
	j->jpeg.client_data = j;
	j->errors.error_exit = on_error;
	j->errors.emit_message = on_message;
	j->errors.output_message = on_output;
	j->progress.progress_monitor = on_progress;
	if (setjmp(j->out) == 0) {
		jpeg_create_decompress(&j->jpeg); /* keeps err and client_data */
		j->jpeg.progress = &j->progress;
		read(j, bytes, len);
		ok = true;
	}
	jpeg_destroy_decompress(&j->jpeg);
	return ok;
}

enum err_code picture_jpeg(struct image *im, const uint8_t *bytes, size_t len, struct err *e)
{
	struct job j = {.im = im};
	if (len == 0)
		return err_set(e, ERR_INPUT, "a JPEG of no bytes");
	if (!read_jpeg(&j, read_grey, bytes, len))
		return err_set(e, ERR_INPUT, "a JPEG that cannot be read: %s", j.why);
	if (im->tint != NULL)
		(void)read_jpeg(&j, read_tint, bytes, len); /* or it is shown without colours */
	if (j.small != NULL)
		explicit_bzero(j.small, j.small_sz);
	free(j.small);
	return ERR_OK;
}
