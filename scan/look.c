#include "scan/look.h"

#include "base/fault.h"

enum {
	SIDE_MAX = 2048, /* a photograph of many megapixels says nothing more, and takes a second */
	STILL_MAX = 4, /* pictures that may differ by noise alone before one is read all the same */
};

void look_init(struct look *l)
{
	l->reader = code_reader_new();
	l->pdf417 = pdf417_reader_new();
}

void look_fini(struct look *l)
{
	code_reader_free(l->reader);
	pdf417_reader_free(l->pdf417);
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

static int within(float n, int end)
{
	return n > 0 ? (n < (float)(end - 1) ? (int)n : end - 1) : 0;
}

static struct code_box box_of(const struct pdf417_symbol *s, const struct image *im)
{
	struct code_box b = {im->width - 1, im->height - 1, 0, 0};
	for (int i = 0; i < 4; i++) {
		const int x = within(s->corners[i].x, im->width),
			  y = within(s->corners[i].y, im->height);
		b.left = x < b.left ? x : b.left;
		b.right = x > b.right ? x : b.right;
		b.top = y < b.top ? y : b.top;
		b.bottom = y > b.bottom ? y : b.bottom;
	}
	return b;
}

_Static_assert((int)PDF417_BYTES_MAX <= (int)CAMERA_CODE_MAX, "a symbol fits into a frame");

/* PDF417 symbols that say something to us, as codes; most at most. */
static int read_pdf417(struct look *l, const struct image *im, struct code *codes, int most)
{
	const struct pdf417_symbol *s;
	const int found = pdf417_reader_read(l->pdf417, im, &s);
	int n = 0;
	for (int i = 0; i < found && n < most; i++)
		if (s[i].code == ERR_OK && s[i].text.len > 0 && !s[i].text.reader_init)
			codes[n++] =
			    (struct code){s[i].text.bytes, s[i].text.len, box_of(&s[i], im)};
	return n;
}

/* The preview goes first: it shows the code that is told next. */
static enum err_code read_codes(
    struct look *l, const struct image *im, struct out *out, int64_t now_ms, struct err *e)
{
	struct code codes[CODES_MAX];
	const int qr = code_reader_read(l->reader, im, codes);
	l->n = qr + read_pdf417(l, im, codes + qr, CODES_MAX - qr);
	for (int i = 0; i < l->n; i++)
		l->boxes[i] = codes[i].box;
	mosaic_draw(&l->now, im, &l->how, l->boxes, l->n);
	enum err_code code = look_show(l, out, e);
	seen_next(&l->seen, now_ms);
	for (int i = 0; i < l->n && code == ERR_OK; i++)
		if (seen_take(&l->seen, codes[i].bytes, codes[i].len, now_ms)) {
			FAULT("camera.code");
			code =
			    (i < qr ? out_code : out_pdf417)(out, codes[i].bytes, codes[i].len, e);
		}
	return code;
}

enum err_code look_at(
    struct look *l, struct image *im, struct out *out, int64_t now_ms, struct err *e)
{
	const uint64_t hash = image_hash(im);
	if (l->any && hash == l->hash)
		return look_show(l, out, e);
	l->hash = hash;
	image_shrink(im, SIDE_MAX);
	mosaic_draw(&l->now, im, &l->how, NULL, 0);
	if (l->live && l->any && l->since < STILL_MAX && mosaic_still(&l->now, &l->read)) {
		l->since++;
		mosaic_draw(&l->now, im, &l->how, l->boxes, l->n);
		return look_show(l, out, e);
	}
	l->any = true;
	l->since = 0;
	l->read = l->now;
	return read_codes(l, im, out, now_ms, e);
}
