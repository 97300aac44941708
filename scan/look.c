#include "scan/look.h"

#include "base/fault.h"

enum {
	SIDE_MAX = 2048, /* a photograph of many megapixels says nothing more, and takes a second */
	STILL_MAX = 4, /* pictures that may differ by noise alone before one is read all the same */
};

void look_init(struct look *l)
{
	l->reader = code_reader_new();
}

void look_fini(struct look *l)
{
	code_reader_free(l->reader);
	*l = (struct look){0};
}

enum err_code look_show(struct look *l, struct out *out, struct err *e)
{
	bool said = false;
	if (!l->any || mosaic_same(&l->now, &l->shown))
		return ERR_OK;
	enum err_code code = out_preview(out, &l->now, &said, e);
	if (said)
		l->shown = l->now;
	return code;
}

/* The preview goes first: it shows the code that is told next. */
static enum err_code tell_codes(struct look *l, const struct image *im, const struct code *codes,
    struct out *out, int64_t now_ms, struct err *e)
{
	for (int i = 0; i < l->n; i++)
		l->boxes[i] = codes[i].box;
	mosaic_draw(&l->now, im, &l->how, l->boxes, l->n);
	enum err_code code = look_show(l, out, e);
	seen_next(&l->seen, now_ms);
	for (int i = 0; i < l->n && code == ERR_OK; i++)
		if (seen_take(&l->seen, codes[i].bytes, codes[i].len, now_ms)) {
			FAULT("camera.code");
			code = (codes[i].kind == CODE_QR ? out_code : out_pdf417)(
			    out, codes[i].bytes, codes[i].len, e);
		}
	return code;
}

enum err_code look_at(
    struct look *l, struct image *im, struct out *out, int64_t now_ms, struct err *e)
{
	struct code codes[CODES_MAX];
	const uint64_t hash = image_hash(im);
	if (l->any && hash == l->hash)
		return look_show(l, out, e);
	l->hash = hash;
	image_shrink(im, SIDE_MAX);
	mosaic_draw(&l->now, im, &l->how, NULL, 0);
	const bool same = l->any && mosaic_still(&l->now, &l->read);
	if (l->live && same && l->since < STILL_MAX && !code_reader_unsure(l->reader)) {
		l->since++;
		mosaic_draw(&l->now, im, &l->how, l->boxes, l->n);
		return look_show(l, out, e);
	}
	l->any = true;
	l->since = 0;
	l->read = l->now;
	l->n = l->live ? code_reader_read_live(l->reader, im, codes, &l->clock, same)
		       : code_reader_read(l->reader, im, codes);
	return tell_codes(l, im, codes, out, now_ms, e);
}
