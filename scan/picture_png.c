#include "scan/picture.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* What a picture may carry beside its pixels. */
enum { CHUNKS_MAX = 16, CHUNK_BYTES_MAX = 1 << 20 };

struct job {
	struct image *im;
	const uint8_t *at;
	size_t left;
	uint8_t *
	    pixels; /* grey and opacity in turn, where there is opacity; or red, green, blue, opacity */
	size_t pixels_sz;
	uint8_t **rows;
	char why[80];
};

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

static void on_read(png_structp png, png_bytep dst, size_t n)
{
	struct job *j = png_get_io_ptr(png);
	if (n > j->left)
		png_error(png, "it breaks off");
	memcpy(dst, j->at, n);
	j->at += n;
	j->left -= n;
}

static void to_grey(png_structp png, png_infop info)
{
	png_set_expand(png);
	png_set_scale_16(png);
	if (png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR)
		png_set_rgb_to_gray_fixed(
		    png, PNG_ERROR_ACTION_NONE, PNG_RGB_TO_GRAY_DEFAULT, PNG_RGB_TO_GRAY_DEFAULT);
	(void)png_set_interlace_handling(png);
	png_read_update_info(png, info);
}

static void flatten(struct job *j)
{
	size_t n = (size_t)j->im->width * (size_t)j->im->height;
	for (size_t i = 0; i < n; i++) {
		unsigned grey = j->pixels[2 * i], seen = j->pixels[2 * i + 1];
		j->im->grey[i] = (uint8_t)((grey * seen + 255 * (255 - seen) + 127) / 255);
	}
}

static void read_head(png_structp png, png_infop info, struct job *j)
{
	png_set_read_fn(png, j, on_read);
	png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* image_resize judges */
	png_set_chunk_cache_max(png, CHUNKS_MAX);
	png_set_chunk_malloc_max(png, CHUNK_BYTES_MAX);
	png_read_info(png, info);
}

/* height rows of wide bytes each. */
static void pixels_new(struct job *j, size_t height, size_t wide)
{
	j->pixels_sz = height * wide;
	j->pixels = mem_new(height, wide);
}

static void read_rows(png_structp png, struct job *j, uint8_t *first, size_t height, size_t wide)
{
	j->rows = mem_new(height, sizeof *j->rows);
	for (size_t y = 0; y < height; y++)
		j->rows[y] = first + y * wide;
	png_read_image(png, j->rows);
}

static void read_grey(png_structp png, png_infop info, struct job *j)
{
	struct err e = {0};
	read_head(png, info, j);
	const size_t width = png_get_image_width(png, info),
		     height = png_get_image_height(png, info);
	if (image_resize(j->im, (int)width, (int)height, &e) != ERR_OK)
		png_error(png, e.msg);
	to_grey(png, info);
	const size_t wide = png_get_rowbytes(png, info);
	if (wide != width && wide != 2 * width)
		png_error(png, "its pixels are of no known kind");
	if (wide != width)
		pixels_new(j, height, wide);
	read_rows(png, j, wide == width ? j->im->grey : j->pixels, height, wide);
	if (wide != width)
		flatten(j);
}

/* Red, green, blue and opacity become two bytes that say nothing, Cb and Cr (ITU-T T.871, 7), on white. */
static void to_chrominance(uint8_t p[4])
{
	const int seen = p[3];
	const int r = p[0] * seen, g = p[1] * seen, b = p[2] * seen; /* what white adds is grey */
	p[2] = (uint8_t)(128 + (-169 * r - 331 * g + 500 * b) / (1000 * 255 + 1));
	p[3] = (uint8_t)(128 + (500 * r - 419 * g - 81 * b) / (1000 * 255 + 1));
}

/* After read_grey, so within its bounds. */
static void read_tint(png_structp png, png_infop info, struct job *j)
{
	read_head(png, info, j);
	const size_t width = png_get_image_width(png, info),
		     height = png_get_image_height(png, info), wide = 4 * width;
	if (!(png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR))
		return;
	png_set_expand(png);
	png_set_scale_16(png);
	png_set_add_alpha(png, UINT8_MAX, PNG_FILLER_AFTER);
	(void)png_set_interlace_handling(png);
	png_read_update_info(png, info);
	if (png_get_rowbytes(png, info) != wide)
		png_error(png, "its pixels are of no known kind");
	pixels_new(j, height, wide);
	read_rows(png, j, j->pixels, height, wide);
	for (size_t i = 0; i < j->pixels_sz; i += 4)
		to_chrominance(j->pixels + i);
	tint_take(j->im->tint, &(struct tint_samples){.cb = j->pixels + 2,
				   .cr = j->pixels + 3,
				   .width = (int)width,
				   .height = (int)height,
				   .step = 4,
				   .stride = wide});
}

typedef void reading(png_structp png, png_infop info, struct job *j);

/* Everything that lives across the jump is set before setjmp and only destroyed after it. */
static bool read_png(struct job *j, reading *read)
{
	volatile bool ok = false;
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, j, on_error, on_warning);
	if (png == NULL)
		return false;
	png_infop info = png_create_info_struct(png);
	if (info != NULL && setjmp(png_jmpbuf(png)) == 0) {
		read(png, info, j);
		ok = true;
	}
	png_destroy_read_struct(&png, &info, NULL);
	if (j->pixels != NULL)
		explicit_bzero(j->pixels, j->pixels_sz);
	free(j->pixels);
	free(j->rows);
	j->pixels = NULL;
	j->rows = NULL;
	return ok;
}

enum err_code picture_png(struct image *im, const uint8_t *bytes, size_t len, struct err *e)
{
	struct job j = {.im = im, .at = bytes, .left = len, .why = "no memory"};
	if (!read_png(&j, read_grey))
		return err_set(e, ERR_INPUT, "a PNG that cannot be read: %s", j.why);
	if (im->tint != NULL) {
		j.at = bytes;
		j.left = len;
		(void)read_png(&j, read_tint); /* or it is shown without colours */
	}
	return ERR_OK;
}
