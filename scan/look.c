#include "scan/look.h"

#include <string.h>
#include <strings.h>

#include "base/fault.h"
#include "scan/ocrb.h"

#define PASS_BEGINS "FOYER"

enum {
	SIDE_MAX = 2048, /* a photograph of many megapixels says nothing more, and takes a second */
	/* After several passes were in view, one that shows alone is believed to be alone: not every reading finds both. */
	MANY_GONE_MS = 700,
	ZONE_REST = 3, /* times what a zone's reading took, until the next */
	STILL_MAX = 4, /* pictures that may differ by noise alone before one is read all the same */
};

void look_init(struct look *l)
{
	l->reader = code_reader_new();
	outline_finder_init(&l->finder);
}

void look_fini(struct look *l)
{
	code_reader_free(l->reader);
	outline_finder_fini(&l->finder);
	explicit_bzero(l, sizeof *l);
}

void look_for_document(struct look *l, bool document)
{
	if (l->document == document)
		return;
	l->document = document;
	l->any = l->outline_shown = l->many = false;
	l->n = l->since = 0;
	l->zone_ms = 0; /* of a zone that nobody waits for any more */
	l->seen = (struct seen){0};
	explicit_bzero(&l->now, sizeof l->now);
	explicit_bzero(&l->read, sizeof l->read);
	explicit_bzero(&l->shown, sizeof l->shown);
}

void look_again(struct look *l)
{
	l->any = l->many = false;
	l->seen = (struct seen){0};
}

static enum err_code show_outline(struct look *l, struct out *out, struct err *e)
{
	bool said = false;
	if (!l->any ||
	    (l->outline_shown && memcmp(&l->outline, &l->shown_outline, sizeof l->outline) == 0))
		return ERR_OK;
	enum err_code code = out_outline(out, &l->outline, &said, e);
	if (said) {
		l->shown_outline = l->outline;
		l->outline_shown = true;
	}
	return code;
}

enum err_code look_show(struct look *l, struct out *out, struct err *e)
{
	bool said = false;
	if (l->document)
		return show_outline(l, out, e);
	if (!l->any || mosaic_same(&l->now, &l->shown))
		return ERR_OK;
	enum err_code code = out_preview(out, &l->now, &said, e);
	if (said)
		l->shown = l->now;
	return code;
}

/* As the kiosk tells them from other codes; whether it is one is foyerd's to say. */
static bool is_pass(const struct code *c)
{
	return c->kind == CODE_QR && c->len > strlen(PASS_BEGINS) &&
	       strncasecmp((const char *)c->bytes, PASS_BEGINS, strlen(PASS_BEGINS)) == 0;
}

/* Whether l->many, and say so when it begins. */
static enum err_code count_passes(
    struct look *l, const struct code *codes, struct out *out, int64_t now_ms, struct err *e)
{
	int n = 0;
	for (int i = 0; i < l->n; i++)
		n += is_pass(&codes[i]);
	if (n < 2) {
		l->many = l->many && now_ms - l->many_ms < MANY_GONE_MS;
		return ERR_OK;
	}
	const bool known = l->many;
	l->many = true;
	l->many_ms = now_ms;
	return known ? ERR_OK : out_many(out, e);
}

/* A document's machine-readable zone, as a code; its text is put into zone. */
static int read_zone(const struct image *im, struct code *code, char zone[OCRB_TEXT_SZ])
{
	struct err e;
	if (ocrb_read_where(im, zone, OCRB_TEXT_SZ, &code->box, &e) != ERR_OK)
		return 0;
	code->kind = CODE_MRZ;
	code->bytes = (const uint8_t *)zone;
	code->len = strlen(zone);
	return 1;
}

static bool zone_is_due(const struct look *l)
{
	return !l->live || clock_mono(&l->clock) >= l->zone_ms;
}

/* A camera's outline goes on meanwhile: three quarters of the time are its. */
static int read_zone_in_time(
    struct look *l, const struct image *im, struct code *code, char zone[OCRB_TEXT_SZ])
{
	if (!l->live)
		return read_zone(im, code, zone);
	const int64_t start_ms = clock_mono(&l->clock);
	const int n = read_zone(im, code, zone);
	const int64_t end_ms = clock_mono(&l->clock);
	l->zone_ms = end_ms + ZONE_REST * (end_ms - start_ms);
	return n;
}

static enum err_code tell_code(struct out *out, const struct code *c, struct err *e)
{
	switch (c->kind) {
	case CODE_QR: return out_code(out, c->bytes, c->len, e);
	case CODE_PDF417: return out_pdf417(out, c->bytes, c->len, e);
	case CODE_STRAY: return out_stray(out, c->bytes, c->len, e);
	case CODE_MRZ: return out_mrz(out, c->bytes, c->len, e);
	}
	return ERR_OK;
}

static void mark_codes(struct look *l, const struct image *im)
{
	for (int i = 0; i < l->n; i++)
		mosaic_mark(&l->now, im, &l->how, &l->boxes[i]);
}

/* The preview goes first: it shows the code that is told next. */
static enum err_code tell_codes(struct look *l, const struct image *im, const struct code *codes,
    struct out *out, int64_t now_ms, struct err *e)
{
	for (int i = 0; i < l->n; i++)
		l->boxes[i] = codes[i].box;
	mark_codes(l, im);
	enum err_code code = look_show(l, out, e);
	if (code == ERR_OK)
		code = count_passes(l, codes, out, now_ms, e);
	seen_next(&l->seen, now_ms);
	for (int i = 0; i < l->n && code == ERR_OK; i++)
		if (!(l->many && is_pass(&codes[i])) &&
		    seen_take(&l->seen, codes[i].bytes, codes[i].len, now_ms)) {
			FAULT("camera.code");
			code = tell_code(out, &codes[i], e);
		}
	return code;
}

enum err_code look_at(
    struct look *l, struct image *im, struct out *out, int64_t now_ms, struct err *e)
{
	struct code codes[CODES_MAX];
	char zone[OCRB_TEXT_SZ];
	const uint64_t hash = image_hash(im);
	if (l->any && hash == l->hash)
		return look_show(l, out, e);
	l->hash = hash;
	image_shrink(im, SIDE_MAX);
	mosaic_draw(&l->now, im, &l->how);
	if (l->document)
		outline_find(&l->finder, &l->outline, im, l->how.mirror);
	const bool same = l->any && mosaic_still(&l->now, &l->read);
	if (l->live && same && l->since < STILL_MAX && !code_reader_unsure(l->reader)) {
		l->since++;
		mark_codes(l, im);
		return look_show(l, out, e);
	}
	l->any = true;
	l->since = 0;
	l->read = l->now;
	l->n = l->live ? code_reader_read_live(l->reader, im, codes, &l->clock, same)
		       : code_reader_read(l->reader, im, codes);
	/* Who holds up a code holds up no page of a passport; and looking for one takes the time of several pictures. */
	if (l->n == 0 && (l->document || !l->live) && zone_is_due(l))
		l->n = read_zone_in_time(l, im, codes, zone);
	enum err_code code = tell_codes(l, im, codes, out, now_ms, e);
	explicit_bzero(zone, sizeof zone);
	return code;
}
