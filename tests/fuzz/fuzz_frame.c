// rooms: scan pass base
/*
 * Pixels from anybody. The first byte says how the rest is read: as a picture in a file, as the JPEG frame of a camera, as raw luma of a width from the
 * second byte. What comes of it is within its bounds, and is looked at as foyer-camera does, with all that is tried on a picture that seems to hold a code: codes, boxes,
 * mosaic, and frames that a reader takes back as they were. Then it is a camera's, three times; then it is made easier to read in every way there is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scan/camera_wire.h"
#include "scan/code.h"
#include "scan/enhance.h"
#include "scan/image.h"
#include "scan/mosaic.h"
#include "scan/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HOW_FILE, HOW_JPEG, HOW_GREY, HOW_YUYV, HOW_COUNT };

static void must(bool holds)
{
	if (!holds)
		abort();
}

static enum err_code take(struct image *im, const uint8_t *data, size_t len)
{
	struct err e;
	const int how = data[0] % HOW_COUNT;
	switch (how) {
	case HOW_FILE: return picture_decode(im, data + 1, len - 1, &e);
	case HOW_JPEG: return picture_jpeg(im, data + 1, len - 1, &e);
	default: break;
	}
	if (len < 3)
		return ERR_INPUT;
	const int step = how == HOW_YUYV ? 2 : 1, width = data[1] + 1;
	const size_t stride = (size_t)(width * step);
	const struct image_luma luma = {
	    .width = width, .height = (int)((len - 2) / stride), .step = step, .stride = stride};
	return image_take_luma(im, data + 2, len - 2, &luma, &e);
}

static void check_code(const struct code *c, const struct image *im)
{
	struct camera_reader reader = {0};
	struct camera_frame f;
	struct str_buf b = STR_BUF_INIT;
	struct err e;
	must(c->box.left >= 0 && c->box.left <= c->box.right && c->box.right < im->width);
	must(c->box.top >= 0 && c->box.top <= c->box.bottom && c->box.bottom < im->height);
	must((c->kind == CODE_QR         ? camera_put_code
		 : c->kind == CODE_STRAY ? camera_put_stray
					 : camera_put_pdf417)(&b, c->bytes, c->len, &e) == ERR_OK);
	must(camera_reader_feed(&reader, b.data, b.len, &e) == ERR_OK);
	must(camera_reader_next(&reader, &f, &e) == 1 &&
	     f.kind == (c->kind == CODE_QR         ? CAMERA_CODE
			   : c->kind == CODE_STRAY ? CAMERA_STRAY
						   : CAMERA_PDF417));
	must(f.code_len == c->len && memcmp(f.code, c->bytes, c->len) == 0);
	camera_reader_fini(&reader);
	str_buf_fini(&b);
}

static void check_mosaic(
    const struct image *im, const struct mosaic_look *look, const struct code_box *boxes, int n)
{
	static struct mosaic m;
	struct camera_reader reader = {0};
	struct camera_frame f;
	struct str_buf b = STR_BUF_INIT;
	struct err e;
	mosaic_draw(&m, im, look);
	for (int i = 0; i < n; i++)
		mosaic_mark(&m, im, look, &boxes[i]);
	must(m.cols <= look->cols && m.rows <= look->rows);
	must(camera_put_preview(&b, m.cols, m.rows, m.cells, &e) == ERR_OK);
	must(camera_reader_feed(&reader, b.data, b.len, &e) == ERR_OK);
	must(camera_reader_next(&reader, &f, &e) == 1 && f.kind == CAMERA_PREVIEW);
	must(f.cols == m.cols && f.rows == m.rows);
	camera_reader_fini(&reader);
	str_buf_fini(&b);
}

/* Time stands still, so that nothing is left for later pictures; and then it is over before anything was tried. */
static void check_live(struct code_reader *reader, const struct image *im)
{
	struct clock_fake now = {.mono_ms = 0};
	const struct clock clock = clock_of_fake(&now);
	struct code codes[CODES_MAX];
	for (int i = 0; i < 3; i++) {
		const int n = code_reader_read_live(reader, im, codes, &clock, i > 0);
		for (int k = 0; k < n; k++)
			check_code(&codes[k], im);
		now.mono_ms += 1000;
	}
}

static void check_enhanced(const struct image *im)
{
	for (enum enhance_way way = ENHANCE_INVERT; way <= ENHANCE_TURN; way++) {
		struct image better = {0};
		struct enhance_back back;
		enhance(&better, im, way, &back);
		must(better.width >= 1 && better.height >= 1 && better.width <= IMAGE_SIDE_MAX &&
		     better.height <= IMAGE_SIDE_MAX);
		const float x = back.a * (float)(better.width / 2) +
				back.b * (float)(better.height / 2) + back.c;
		must(x > -2 && x < (float)im->width + 2); /* the middle stays within */
		image_fini(&better);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct code_reader *reader;
	static struct tint tint;
	struct image im = {.tint = &tint};
	struct code codes[CODES_MAX];
	struct code_box boxes[CODES_MAX];
	if (reader == NULL)
		reader = code_reader_new();
	if (len >= 2 && take(&im, data, len) == ERR_OK) {
		must(im.width >= 1 && im.height >= 1 && im.width <= IMAGE_SIDE_MAX &&
		     im.height <= IMAGE_SIDE_MAX);
		image_shrink(&im, 512);
		int n = code_reader_read(reader, &im, codes);
		for (int i = 0; i < n; i++) {
			check_code(&codes[i], &im);
			boxes[i] = codes[i].box;
		}
		check_live(reader, &im);
		check_enhanced(&im);
		check_mosaic(&im, &(struct mosaic_look){44, 11, true}, boxes, n);
		check_mosaic(
		    &im, &(struct mosaic_look){CAMERA_COLS_MAX, CAMERA_ROWS_MAX, false}, boxes, n);
	}
	image_fini(&im);
	return 0;
}
