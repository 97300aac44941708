#include "mrz_make.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cairo.h>
#include <cmocka.h>

#include "base/str.h"

/* --- zones ------------------------------------------------------------------------------------ */

struct writer {
	char *line;
	int n, width;
};

static void put(struct writer *w, const char *s)
{
	for (; *s != '\0' && w->n < w->width; s++)
		w->line[w->n++] = *s;
}

static void put_some(struct writer *w, struct make_random *r, int n, const char *of)
{
	for (int i = 0; i < n; i++)
		put(w, (const char[]){of[make_between(r, 0, (int)strlen(of) - 1)], '\0'});
}

static void put_check(struct writer *w, int from)
{
	put(w, (const char[]){mrz_check_digit(w->line + from, (size_t)(w->n - from)), '\0'});
}

static void fill(struct writer *w, int to)
{
	while (w->n < to)
		w->line[w->n++] = '<';
}

static void put_date(struct writer *w, struct make_random *r, int year_low, int year_high)
{
	char date[16];
	const int from = w->n;
	assert_true(str_print(date, sizeof date, "%02d%02d%02d",
	    make_between(r, year_low, year_high), make_between(r, 1, 12), make_between(r, 1, 28)));
	put(w, date);
	put_check(w, from);
}

static const char digits[] = "0123456789", any[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char *const states[] = {"D<<", "FRA", "ESP", "UTO", "CHE", "AUT", "ITA", "USA"};

static void put_names(struct writer *w, struct make_random *r, int to)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZAEIOUAEIOURSTLN";
	put_some(w, r, make_between(r, 2, 10), letters);
	if (make_between(r, 0, 3) == 0) {
		put(w, "<");
		put_some(w, r, make_between(r, 2, 6), letters);
	}
	put(w, "<<");
	put_some(w, r, make_between(r, 2, 8), letters);
	fill(w, to);
}

static void put_number(struct writer *w, struct make_random *r)
{
	const int from = w->n;
	put_some(w, r, 1, "CXYLPD0123456789");
	put_some(w, r, make_between(r, 5, 8), make_between(r, 0, 1) == 0 ? any : digits);
	fill(w, from + 9);
	put_check(w, from);
}

static void put_person(struct writer *w, struct make_random *r)
{
	put_date(w, r, 30, 99);
	put_some(w, r, 1, "MFX<");
	put_date(w, r, 26, 36);
}

static void put_optional(struct writer *w, struct make_random *r, int to)
{
	if (make_between(r, 0, 1) == 0)
		put_some(w, r, make_between(r, 1, to - w->n - 1), any);
	fill(w, to);
}

/* The composite's check digit is over these parts of the lines, all of which stand in one line here (9303-4, 4.2.2.2). */
static char composite(const char *a, int na, const char *b, int nb, const char *c, int nc)
{
	char all[MRZ_LINES * MRZ_WIDTH];
	memcpy(all, a, (size_t)na);
	memcpy(all + na, b, (size_t)nb);
	memcpy(all + na + nb, c, (size_t)nc);
	return mrz_check_digit(all, (size_t)(na + nb + nc));
}

static void make_two_lines(
    char line[2][MRZ_WIDTH], struct make_random *r, const char *code, int width)
{
	struct writer w = {.line = line[0], .width = width};
	const char *state = states[make_between(r, 0, 7)];
	put(&w, code);
	put(&w, state);
	put_names(&w, r, width);
	w = (struct writer){.line = line[1], .width = width};
	put_number(&w, r);
	put(&w, state);
	put_person(&w, r);
	const int optional = w.n;
	if (code[0] == 'V') {
		put_optional(&w, r, width);
		return;
	}
	put_optional(&w, r, width == 44 ? 42 : 35);
	if (width == 44)
		put_check(&w, optional);
	line[1][width - 1] = composite(line[1], 10, line[1] + 13, 7, line[1] + 21, width - 22);
}

static void make_card(char line[3][MRZ_WIDTH], struct make_random *r)
{
	struct writer w = {.line = line[0], .width = 30};
	const char *state = states[make_between(r, 0, 7)];
	char rest[32];
	put(&w, make_between(r, 0, 1) == 0 ? "ID" : "I<");
	put(&w, state);
	put_number(&w, r);
	put_optional(&w, r, 30);
	w = (struct writer){.line = line[1], .width = 30};
	put_person(&w, r);
	put(&w, state);
	put_optional(&w, r, 29);
	memcpy(rest, line[1] + 8, 7);
	memcpy(rest + 7, line[1] + 18, 11);
	line[1][29] = composite(line[0] + 5, 25, line[1], 7, rest, 18);
	w = (struct writer){.line = line[2], .width = 30};
	put_names(&w, r, 30);
}

static void make_french(char line[2][MRZ_WIDTH], struct make_random *r)
{
	struct writer w = {.line = line[0], .width = 36};
	put(&w, "IDFRA");
	put_some(&w, r, make_between(r, 3, 12), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	fill(&w, 30);
	put_some(&w, r, 6, digits);
	w = (struct writer){.line = line[1], .width = 36};
	put_some(&w, r, 12, digits);
	put_check(&w, 0);
	put_some(&w, r, make_between(r, 3, 9), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	fill(&w, 27);
	put_date(&w, r, 30, 90);
	put_some(&w, r, 1, "MF");
	line[1][35] = composite(line[0], 36, line[1], 35, "", 0);
}

void make_zone(char text[MAKE_ZONE_SZ], struct make_random *r, enum mrz_format format)
{
	char line[3][MRZ_WIDTH];
	int lines = 2, width = 36;
	switch (format) {
	case MRZ_TD1:
		lines = 3;
		width = 30;
		make_card(line, r);
		break;
	case MRZ_TD2: make_two_lines(line, r, "I<", width); break;
	case MRZ_MRV_B: make_two_lines(line, r, "V<", width); break;
	case MRZ_TD3: make_two_lines(line, r, "P<", width = 44); break;
	case MRZ_MRV_A: make_two_lines(line, r, "V<", width = 44); break;
	case MRZ_FRENCH: make_french(line, r); break;
	}
	text[0] = '\0';
	for (int i = 0; i < lines; i++) {
		const size_t n = strlen(text);
		assert_true(str_print(text + n, MAKE_ZONE_SZ - n, "%.*s\n", width, line[i]));
	}
}

/* --- pictures --------------------------------------------------------------------------------- */

enum { DRAWN_DPI = 450 };

/* 9303-3, 4.5; 9303-4: ten characters an inch, lines a quarter of an inch apart. */
static const double pitch = 2.54, gap = 6.35, margin = 6, page_height = 62, advance = 0.723;

struct paper {
	double width, height; /* millimetres */
	cairo_surface_t *surface;
};

static void draw_page(cairo_t *c, double width, struct make_random *r)
{
	cairo_set_source_rgb(c, 0.6, 0.6, 0.6);
	cairo_rectangle(c, 4, 6, 32, 42);
	cairo_fill(c);
	cairo_set_source_rgb(c, 0.35, 0.35, 0.35);
	cairo_arc(c, 20, 22, 9, 0, 6.3);
	cairo_fill(c);
	cairo_rectangle(c, 8, 32, 24, 16);
	cairo_fill(c);
	cairo_set_source_rgb(c, 0.1, 0.1, 0.1);
	cairo_select_font_face(c, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	for (int i = 0; i < 9; i++) {
		char words[48];
		struct writer w = {.line = words, .width = make_between(r, 6, 40)};
		put_some(&w, r, w.width, "abcdefghijklmno prstuvwxyzABCDE");
		words[w.n] = '\0';
		cairo_set_font_size(c, i % 2 == 0 ? 1.9 : 3);
		cairo_move_to(c, 42, 10 + 5.0 * i);
		cairo_show_text(c, words);
	}
	cairo_set_source_rgb(c, 0.75, 0.75, 0.75);
	cairo_set_line_width(c, 0.1);
	for (int i = 0; i < 30; i++) { /* fine waves, as banknotes have */
		cairo_move_to(c, 0, 2.0 * i);
		for (double x = 0; x < width; x += 1)
			cairo_line_to(c, x, 2.0 * i + sin(x / 5 + i));
		cairo_stroke(c);
	}
}

static void draw_zone(cairo_t *c, const char *text, double top, double stroke)
{
	double x = margin, y = top;
	cairo_select_font_face(c, "OCR B", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(c, pitch / advance);
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			x = margin;
			y += gap;
			continue;
		}
		cairo_move_to(c, x, y);
		cairo_text_path(c, (const char[]){*text, '\0'});
		x += pitch;
		cairo_set_source_rgb(c, 0, 0, 0);
		cairo_fill_preserve(c);
		if (stroke < 0)
			cairo_set_source_rgb(c, 1, 1, 1);
		cairo_set_line_width(c, fabs(stroke));
		if (stroke != 0)
			cairo_stroke(c);
		cairo_new_path(c);
	}
}

static void assert_font(cairo_t *c)
{
	cairo_text_extents_t i, w;
	cairo_select_font_face(c, "OCR B", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(c, 100);
	cairo_text_extents(c, "i", &i);
	cairo_text_extents(c, "W", &w);
	assert_true(fabs(i.x_advance - 100 * advance) < 1 && fabs(w.x_advance - 100 * advance) < 1);
}

static struct paper draw(const char *text, const struct make_sheet *how)
{
	int lines = 0;
	for (const char *s = text; *s != '\0'; s++)
		lines += *s == '\n';
	const int width = (int)(strchr(text, '\n') - text);
	const double above = how->page ? page_height : margin;
	struct paper p = {
	    2 * margin + width * pitch, above + (lines - 1) * gap + pitch + margin, NULL};
	const double scale = DRAWN_DPI / 25.4;
	p.surface = cairo_image_surface_create(
	    CAIRO_FORMAT_RGB24, (int)(p.width * scale), (int)(p.height * scale));
	cairo_t *c = cairo_create(p.surface);
	struct make_random r = {77};
	assert_font(c);
	cairo_set_source_rgb(c, 1, 1, 1);
	cairo_paint(c);
	cairo_scale(c, scale, scale);
	if (how->page)
		draw_page(c, p.width, &r);
	draw_zone(c, text, above + pitch, how->stroke);
	cairo_destroy(c);
	cairo_surface_flush(p.surface);
	assert_int_equal(cairo_surface_status(p.surface), CAIRO_STATUS_SUCCESS);
	return p;
}

struct pixels {
	const uint8_t *first;
	int width, height, stride;
	double scale; /* to a millimetre */
};

/* How white the paper is there, in millimetres from its middle; beyond it: a table. */
static int paper_at(const struct pixels *p, double x, double y)
{
	const int px = (int)(x * p->scale + p->width / 2.0),
		  py = (int)(y * p->scale + p->height / 2.0);
	return px < 0 || py < 0 || px >= p->width || py >= p->height
		   ? 128
		   : p->first[py * p->stride + px * 4];
}

static void photograph(struct image *im, const struct paper *p, const struct make_sheet *how)
{
	enum { SUB = 2 };
	const double turn = how->angle * M_PI / 180, far = how->tilt_angle * M_PI / 180,
		     c = cos(turn), s = sin(turn), fx = cos(far), fy = sin(far),
		     mm = 25.4 / how->dpi, reach = hypot(p->width, p->height);
	const int black = how->black + how->white > 0 ? how->black : 40,
		  white = how->black + how->white > 0 ? how->white : 225;
	const struct pixels from = {cairo_image_surface_get_data(p->surface),
	    cairo_image_surface_get_width(p->surface), cairo_image_surface_get_height(p->surface),
	    cairo_image_surface_get_stride(p->surface), DRAWN_DPI / 25.4};
	for (int i = 0; i < im->width * im->height; i++) {
		const int px = i % im->width, py = i / im->width;
		int all = 0;
		for (int k = 0; k < SUB * SUB; k++) {
			const double x = (px + (k % SUB + 0.5) / SUB - im->width / 2.0) * mm,
				     y = (py + (k / SUB + 0.5) / SUB - im->height / 2.0) * mm;
			const double larger = 1 / (1 - how->tilt * (x * fx + y * fy) / reach);
			all += paper_at(&from, (x * c + y * s) * larger, (y * c - x * s) * larger);
		}
		const double lit =
		    1 - how->light * ((double)px / im->width + (double)py / im->height) / 2;
		im->grey[i] =
		    (uint8_t)((black + (white - black) * all / (SUB * SUB * 255.0)) * lit);
	}
}

/* Along rows, or down columns. */
static void blur_way(struct image *im, double sigma, bool down)
{
	enum { REACH = 12 };
	const int w = im->width, h = im->height,
		  reach = sigma * 3 < REACH ? (int)ceil(sigma * 3) : REACH;
	const int step = down ? w : 1, length = down ? h : w;
	float weight[2 * REACH + 1], sum = 0;
	uint8_t *from = malloc((size_t)w * (size_t)h);
	assert_non_null(from);
	memcpy(from, im->grey, (size_t)w * (size_t)h);
	for (int i = -reach; i <= reach; i++)
		sum += weight[i + reach] = expf((float)(-i * i / (2 * sigma * sigma)));
	for (int i = 0; i < w * h; i++) {
		const int at = down ? i / w : i % w;
		float all = 0;
		for (int d = -reach; d <= reach; d++) {
			const int k = at + d < 0 ? -at : at + d < length ? d : length - 1 - at;
			all += weight[d + reach] * from[i + k * step];
		}
		im->grey[i] = (uint8_t)lrintf(all / sum);
	}
	free(from);
}

void make_sheet(struct image *im, const char *text, const struct make_sheet *how)
{
	struct err e;
	struct paper p = draw(text, how);
	const double turn = how->angle * M_PI / 180, c = fabs(cos(turn)), s = fabs(sin(turn)),
		     larger = (1 + how->tilt) * how->dpi / 25.4;
	assert_int_equal(image_resize(im, (int)((p.width * c + p.height * s) * larger) + 8,
			     (int)((p.width * s + p.height * c) * larger) + 8, &e),
	    ERR_OK);
	photograph(im, &p, how);
	cairo_surface_destroy(p.surface);
	if (how->blur > 0) {
		blur_way(im, how->blur, false);
		blur_way(im, how->blur, true);
	}
	struct make_random r = {99};
	for (int i = 0; i < im->width * im->height && how->noise > 0; i++) {
		const int level = im->grey[i] + make_between(&r, -how->noise, how->noise);
		im->grey[i] = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
	}
}
