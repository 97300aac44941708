#include "scan/qr_zbar.h"

#include <stdlib.h>

#include <zbar.h>

#include "base/log.h"
#include "base/str.h"
#include "scan/camera_wire.h"

enum { SIDE_MIN = 21 }; /* the modules of the smallest code there is (ISO/IEC 18004, version 1) */

struct qr_zbar {
	zbar_image_scanner_t *scanner;
	zbar_image_t *image;
};

static void set(zbar_image_scanner_t *s, zbar_symbol_type_t kind, zbar_config_t what, int value)
{
	if (zbar_image_scanner_set_config(s, kind, what, value) != 0)
		log_bug("ZBar does not know an option that foyer needs");
}

struct qr_zbar *qr_zbar_new(void)
{
	struct qr_zbar *r = mem_new(1, sizeof *r);
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

static struct code_box box_of(const zbar_symbol_t *s, const struct image *im)
{
	struct code_box b = {im->width - 1, im->height - 1, 0, 0};
	unsigned points = zbar_symbol_get_loc_size(s);
	for (unsigned i = 0; i < points; i++)
		code_box_add(&b, zbar_symbol_get_loc_x(s, i), zbar_symbol_get_loc_y(s, i), im);
	return points > 0 ? b : (struct code_box){0, 0, im->width - 1, im->height - 1};
}

int qr_zbar_read(struct qr_zbar *r, const struct image *im, struct code codes[CODES_MAX])
{
	int n = 0;
	if (im->width < SIDE_MIN || im->height < SIDE_MIN)
		return 0;
	zbar_image_set_size(r->image, (unsigned)im->width, (unsigned)im->height);
	zbar_image_set_data(
	    r->image, im->grey, (unsigned long)im->width * (unsigned long)im->height, NULL);
	if (zbar_scan_image(r->scanner, r->image) <= 0)
		return 0;
	const zbar_symbol_t *s = zbar_image_first_symbol(r->image);
	for (; s != NULL && n < CODES_MAX; s = zbar_symbol_next(s)) {
		size_t len = zbar_symbol_get_data_length(s);
		if (zbar_symbol_get_type(s) != ZBAR_QRCODE || len < 1 || len > CAMERA_CODE_MAX)
			continue;
		codes[n++] = (struct code){.kind = CODE_QR,
		    .bytes = (const uint8_t *)zbar_symbol_get_data(s),
		    .len = len,
		    .box = box_of(s, im)};
	}
	return n;
}

void qr_zbar_free(struct qr_zbar *own_r)
{
	if (own_r == NULL)
		return;
	zbar_image_destroy(own_r->image);
	zbar_image_scanner_destroy(own_r->scanner);
	free(own_r);
}
