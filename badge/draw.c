#include "badge/badge.h"

#include <cairo-pdf.h>
#include <cairo.h>
#include <librsvg/rsvg.h>
#include <libxml/globals.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "badge/outline.h"
#include "badge/template.h"
#include "badge/text.h"
#include "badge/units.h"
#include "pass/qr.h"

enum {
	QUIET = 4, /* ISO/IEC 18004: modules of nothing around a code */
	DOTS_MIN = 4,
	DPI_MIN = 36,
	DPI_MAX = 600,
};

/* Ghostscript, and so most of CUPS, inks every dot that a shape touches at all: modules drawn
 * edge to edge come out a dot too fat, and their gaps a dot too thin (seen: 7 and 5 for 6 and
 * 6). A quarter of a dot less on each side is 6 and 6 under that rule and under the usual one,
 * which inks the dots whose centre is inside. */
static const double inset = 0.25;

/* All dark modules as one path, on whole dots from (x, y): a label printer draws each module
 * equally wide. */
static void code_fill(cairo_t *cr, const struct qr *q, double x, double y, int dots)
{
	const double whole = (q->side + 2 * QUIET) * dots;
	cairo_save(cr);
	cairo_scale(cr, POINTS_PER_INCH / BADGE_DPI, POINTS_PER_INCH / BADGE_DPI);
	cairo_translate(cr, x, y);
	cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_rectangle(cr, 0, 0, whole, whole);
	cairo_fill(cr);
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_translate(cr, QUIET * dots, QUIET * dots);
	badge_outline(cr, q, dots, inset);
	cairo_fill(cr);
	cairo_restore(cr);
}

static enum err_code code_draw(cairo_t *cr, const struct badge_template *t, enum badge_slot s,
    const struct badge_place *p, const char *text, struct err *e)
{
	struct qr *q = mem_new(1, sizeof *q);
	struct err own;
	enum err_code code = qr_encode(q, text, QR_M, &own);
	if (code != ERR_OK) {
		code = err_set(e, ERR_CONFIG, "%s: slot-%s: %s", badge_template_name(t),
		    badge_slot_name(s), own.msg);
		goto out;
	}
	const int modules = q->side + 2 * QUIET;
	const double room = mm_to_dots(fmin(p->w, p->h), BADGE_DPI) + 0.001;
	const int dots = (int)(room / modules);
	if (dots < DOTS_MIN) {
		code = err_set(e, ERR_CONFIG,
		    "%s: slot-%s: %d modules with their quiet zone need %.1f mm, %d dots each",
		    badge_template_name(t), badge_slot_name(s), q->side,
		    modules * DOTS_MIN * MM_PER_INCH / BADGE_DPI, DOTS_MIN);
		goto out;
	}
	code_fill(cr, q, round(mm_to_dots(p->x + p->w / 2, BADGE_DPI) - modules * dots / 2.0),
	    round(mm_to_dots(p->y + p->h / 2, BADGE_DPI) - modules * dots / 2.0), dots);
out:
	explicit_bzero(q, sizeof *q); /* a door code */
	free(q);
	return code;
}

static enum err_code artwork_draw(
    cairo_t *cr, const struct badge_template *t, const struct badge *b, struct err *e)
{
	unsigned char *svg = NULL;
	size_t len = 0;
	double w, h;
	GError *why = NULL;
	badge_template_page(t, &w, &h);
	enum err_code code = badge_template_artwork(t, b, &svg, &len, e);
	if (code != ERR_OK)
		return code;
	/* No base address: librsvg then follows no reference to another file. */
	RsvgHandle *art = rsvg_handle_new_from_data(svg, len, &why);
	const RsvgRectangle page = {.width = mm_to_pt(w), .height = mm_to_pt(h)};
	if (art == NULL || !rsvg_handle_render_document(art, cr, &page, &why))
		code = err_set(e, ERR_CONFIG, "%s: %s", badge_template_name(t),
		    why != NULL ? why->message : "librsvg draws nothing");
	g_clear_error(&why);
	g_clear_object(&art);
	xmlFree(svg);
	return code;
}

/* Everything, on a context whose unit is the point. Codes come last: nothing may lie over them. */
static enum err_code page_draw(
    cairo_t *cr, const struct badge_template *t, const struct badge *b, struct err *e)
{
	badge_text_prepare();
	enum err_code code = artwork_draw(cr, t, b, e);
	for (int i = 0; i < BADGE_SLOTS && code == ERR_OK; i++) {
		const enum badge_slot s = (enum badge_slot)i;
		const struct badge_place *p = badge_template_place(t, b, s);
		if (p == NULL)
			continue;
		if (s == BADGE_PASS || s == BADGE_DOOR_CODE)
			code = code_draw(cr, t, s, p, badge_slot_text(b, s), e);
		else
			badge_text_draw(cr, p, badge_slot_text(b, s));
	}
	if (code == ERR_OK && cairo_status(cr) != CAIRO_STATUS_SUCCESS)
		code = err_set(e, ERR_CONFIG, "%s: %s", badge_template_name(t),
		    cairo_status_to_string(cairo_status(cr)));
	return code;
}

static cairo_status_t buf_write(void *buf, const unsigned char *data, unsigned n)
{
	return str_buf_add(buf, data, n) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static enum err_code surface_end(cairo_surface_t *own_s, enum err_code code, struct err *e)
{
	cairo_surface_finish(own_s);
	if (code == ERR_OK && cairo_surface_status(own_s) != CAIRO_STATUS_SUCCESS)
		code = err_set(e, ERR_NO_SPACE, "badge: %s",
		    cairo_status_to_string(cairo_surface_status(own_s)));
	cairo_surface_destroy(own_s);
	return code;
}

struct badge badge_example(void)
{
	struct badge b = {.number = "000042",
	    .name = "Zoë Müller-Østergård",
	    .company = "Example & Sons GmbH",
	    .host = "Anna Schmidt",
	    .type = "Guest",
	    .escort = "ESCORT",
	    .expiry = "2026-11-23 17:00",
	    .daymark = "MON 23",
	    .code = "8K3M 9QPT",
	    .door_code = "10058400"};
	memset(b.pass, 'A', sizeof b.pass - 1);
	return b;
}

enum err_code badge_pdf(struct str_buf *pdf, const struct badge_template *t, const struct badge *b,
    const struct clock *clock, struct err *e)
{
	double w, h;
	struct tm tm;
	char date[TEXT_WORD_SZ];
	const time_t now = (time_t)(clock_wall(clock) / CLOCK_SECOND);
	badge_template_page(t, &w, &h);
	(void)gmtime_r(&now, &tm);
	(void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &tm);
	cairo_surface_t *s =
	    cairo_pdf_surface_create_for_stream(buf_write, pdf, mm_to_pt(w), mm_to_pt(h));
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, b->number);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE, date);
	cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_MOD_DATE, date);
	cairo_t *cr = cairo_create(s);
	enum err_code code = page_draw(cr, t, b, e);
	cairo_destroy(cr);
	return surface_end(s, code, e);
}

enum err_code badge_png(struct str_buf *png, const struct badge_template *t, const struct badge *b,
    int dpi, struct err *e)
{
	double w, h;
	if (dpi < DPI_MIN || dpi > DPI_MAX)
		return err_set(
		    e, ERR_INPUT, "a badge is drawn at %d to %d dots an inch", DPI_MIN, DPI_MAX);
	badge_template_page(t, &w, &h);
	cairo_surface_t *s = cairo_image_surface_create(
	    CAIRO_FORMAT_RGB24, (int)lround(mm_to_dots(w, dpi)), (int)lround(mm_to_dots(h, dpi)));
	cairo_t *cr = cairo_create(s);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_scale(cr, dpi / POINTS_PER_INCH, dpi / POINTS_PER_INCH);
	enum err_code code = page_draw(cr, t, b, e);
	cairo_destroy(cr);
	if (code == ERR_OK &&
	    cairo_surface_write_to_png_stream(s, buf_write, png) != CAIRO_STATUS_SUCCESS)
		code = err_set(e, ERR_NO_SPACE, "badge: the picture cannot be written");
	return surface_end(s, code, e);
}
