// rooms: badge pass base
/*
 * badge TEMPLATE foyer|bare COUNT: a badge of 62 by 100 mm to PDF, COUNT times in one process; the first of them, which loads the fonts, is told
 * apart. foyer: as foyer-print draws it, template and all. bare: the same words and the same two codes by cairo and pango alone, at places
 * that stand in this file.
 */
#include <cairo-pdf.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "badge/badge.h"
#include "pass/qr.h"
#include "tests/bench/lib_bench.h"

static struct badge made_up(int64_t i)
{
	struct badge b = {.company = "Brückner & Söhne GmbH",
	    .host = "Anna Roth",
	    .type = "Guest",
	    .expiry = "2026-11-23 18:00",
	    .daymark = "MON 23",
	    .pass = "FOYERAEAQCB7VSDOZL34YMOJWWBBPNJVQJH7LGOO7ECUOHMHVGNLFHC3HWWT53VSSCF2RHKGQFFKZH"
		    "LN7REVH"
		    "OLE7XZ57VLA4IJR2XSCZTTBTLQ5T5AOZCONPLDWEXHVRC6JX7SKZGBY",
	    .code = "8K3M 9QPT",
	    .door_code = "10058400"};
	static const char *const names[] = {"Zoë Müller", "Maximiliane Freifrau von Hohenstein",
	    "Søren Kjær", "Ines García Fernández"};
	(void)str_print(b.number, sizeof b.number, "%06d", (int)i);
	(void)str_copy(b.name, sizeof b.name, names[i % 4]);
	return b;
}

/* --- cairo and pango alone ---------------------------------------------------------------- */

static cairo_status_t keep(void *buf, const unsigned char *data, unsigned n)
{
	return str_buf_add(buf, data, n) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static void words(cairo_t *cr, const char *text, double y, double size)
{
	PangoLayout *l = pango_cairo_create_layout(cr);
	PangoFontDescription *f = pango_font_description_from_string("Lato");
	pango_font_description_set_absolute_size(f, size * PANGO_SCALE);
	pango_layout_set_font_description(l, f);
	pango_layout_set_text(l, text, -1);
	cairo_move_to(cr, 12, y);
	pango_cairo_show_layout(cr, l);
	pango_font_description_free(f);
	g_object_unref(l);
}

static void code(cairo_t *cr, const char *text, double x, double y, double side)
{
	struct qr *q = mem_new(1, sizeof *q);
	struct err e = {0};
	bench_must(qr_encode(q, text, QR_M, &e), &e);
	double module = side / q->side;
	for (int row = 0; row < q->side; row++) {
		for (int col = 0; col < q->side; col++) {
			if (q->dark[row * q->side + col])
				cairo_rectangle(
				    cr, x + col * module, y + row * module, module, module);
		}
	}
	cairo_fill(cr);
	free(q);
}

static void draw_bare(struct str_buf *pdf, const struct badge *b)
{
	cairo_surface_t *s = cairo_pdf_surface_create_for_stream(keep, pdf, 176, 283);
	cairo_t *cr = cairo_create(s);
	words(cr, b->name, 20, 18);
	words(cr, b->company, 60, 10);
	words(cr, b->host, 80, 10);
	words(cr, b->type, 100, 10);
	words(cr, b->expiry, 120, 9);
	words(cr, b->daymark, 140, 14);
	words(cr, b->code, 160, 9);
	code(cr, b->pass, 12, 180, 90);
	code(cr, b->door_code, 120, 200, 40);
	cairo_destroy(cr);
	cairo_surface_finish(s);
	if (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS)
		bench_die("cairo: %s", cairo_status_to_string(cairo_surface_status(s)));
	cairo_surface_destroy(s);
}

/* --- foyer -------------------------------------------------------------------------------- */

static void draw_foyer(struct str_buf *pdf, const struct badge *b, const char *path)
{
	struct badge_template *t = NULL;
	struct clock clock = clock_system();
	struct err e = {0};
	bench_must(badge_template_load(&t, path, &e), &e);
	bench_must(badge_pdf(pdf, t, b, &clock, &e), &e);
	badge_template_free(t);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		bench_die("badge TEMPLATE foyer|bare COUNT");
	struct bench_times first = {0}, warm = {0};
	bool bare = strcmp(argv[2], "bare") == 0;
	for (int64_t i = 0, n = bench_number(argv[3]); i < n; i++) {
		struct badge b = made_up(i);
		struct str_buf pdf = STR_BUF_INIT;
		int64_t start = bench_ns();
		if (bare)
			draw_bare(&pdf, &b);
		else
			draw_foyer(&pdf, &b, argv[1]);
		bench_add(i == 0 ? &first : &warm, bench_ns() - start);
		if (pdf.len < 1000 || strncmp(pdf.data, "%PDF", 4) != 0)
			bench_die("that is no PDF");
		str_buf_fini(&pdf);
	}
	bench_say(argv[2], &first, json_pack("{s:s}", "what", "first"));
	bench_say(argv[2], &warm, json_pack("{s:s}", "what", "warm"));
	return 0;
}
