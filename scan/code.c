#include "scan/code.h"

#include <stdbool.h>
#include <stdlib.h>

#include <zbar.h>

#include "base/log.h"
#include "base/str.h"
#include "scan/camera_wire.h"

enum {
	SIDE_MIN = 21, /* the modules of the smallest code there is (ISO/IEC 18004, version 1) */
	/* A picture this wide or high is looked at in half its size first. That takes a fifth of the time, and a pass that is held before the
	 * camera is read so: it needs two pixels a module. What is smaller is found in the second, whole look. */
	HALF_FROM = 800,
};

struct code_reader {
	zbar_image_scanner_t *scanner;
	zbar_image_t *image;
	struct image half;
	bool by_half; /* the last picture was answered from its half */
};

static void set(zbar_image_scanner_t *s, zbar_symbol_type_t kind, zbar_config_t what, int value)
{
	if (zbar_image_scanner_set_config(s, kind, what, value) != 0)
		log_bug("ZBar does not know an option that foyer needs");
}

struct code_reader *code_reader_new(void)
{
	struct code_reader *r = mem_new(1, sizeof *r);
	r->scanner = zbar_image_scanner_create();
	r->image = zbar_image_create();
	if (r->scanner == NULL || r->image == NULL)
		log_bug("out of memory");
	set(r->scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	set(r->scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	set(r->scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
	zbar_image_set_format(r->image, zbar_fourcc('Y', '8', '0', '0'));
	return r;
}

static int within(int n, int end)
{
	return n < 0 ? 0 : n >= end ? end - 1 : n;
}

/* In im, of which the picture that was looked at is the scale-th part. */
static struct code_box box_of(const zbar_symbol_t *s, const struct image *im, int scale)
{
	struct code_box b = {im->width - 1, im->height - 1, 0, 0};
	unsigned points = zbar_symbol_get_loc_size(s);
	for (unsigned i = 0; i < points; i++) {
		int x = within(zbar_symbol_get_loc_x(s, i) * scale, im->width);
		int y = within(zbar_symbol_get_loc_y(s, i) * scale, im->height);
		b.left = x < b.left ? x : b.left;
		b.right = x > b.right ? x : b.right;
		b.top = y < b.top ? y : b.top;
		b.bottom = y > b.bottom ? y : b.bottom;
	}
	return points > 0 ? b : (struct code_box){0, 0, im->width - 1, im->height - 1};
}

/* What is in seen, which is im or its half. */
static int look(struct code_reader *r, const struct image *seen, const struct image *im,
    struct code codes[CODES_MAX])
{
	int n = 0, scale = seen == im ? 1 : 2;
	zbar_image_set_size(r->image, (unsigned)seen->width, (unsigned)seen->height);
	zbar_image_set_data(
	    r->image, seen->grey, (unsigned long)seen->width * (unsigned long)seen->height, NULL);
	if (zbar_scan_image(r->scanner, r->image) <= 0)
		return 0;
	const zbar_symbol_t *s = zbar_image_first_symbol(r->image);
	for (; s != NULL && n < CODES_MAX; s = zbar_symbol_next(s)) {
		size_t len = zbar_symbol_get_data_length(s);
		if (zbar_symbol_get_type(s) != ZBAR_QRCODE || len < 1 || len > CAMERA_CODE_MAX)
			continue;
		codes[n++] = (struct code){
		    (const uint8_t *)zbar_symbol_get_data(s), len, box_of(s, im, scale)};
	}
	return n;
}

int code_reader_read(struct code_reader *r, const struct image *im, struct code codes[CODES_MAX])
{
	if (im->width < SIDE_MIN || im->height < SIDE_MIN)
		return 0;
	if (im->width >= HALF_FROM || im->height >= HALF_FROM) {
		image_half(&r->half, im);
		int n = look(r, &r->half, im, codes);
		/* Not twice running: beside a code that shows in the half, a finer one may not. */
		r->by_half = n > 0 && !r->by_half;
		if (r->by_half)
			return n;
	}
	return look(r, im, im, codes);
}

void code_reader_free(struct code_reader *own_r)
{
	if (own_r == NULL)
		return;
	zbar_image_destroy(own_r->image);
	zbar_image_scanner_destroy(own_r->scanner);
	image_fini(&own_r->half);
	free(own_r);
}
