#include "badge/text.h"

#include <pango/pangocairo.h>

#include "badge/units.h"

enum { HALVINGS = 8 };
static const double margin_mm = 0.5;
static const double slack = 0.001; /* pango counts in 1024ths of a point */

void badge_text_prepare(void)
{
	(void)pango_cairo_font_map_get_default(); /* the thread's own, and it keeps it */
}

static PangoLayout *layout_new(cairo_t *cr, const struct badge_place *p, const char *text)
{
	PangoLayout *l = pango_cairo_create_layout(cr);
	PangoContext *ctx = pango_layout_get_context(l);
	/* A page, not a screen: widths must not depend on the resolution that it is drawn at. */
	cairo_font_options_t *o = cairo_font_options_create();
	cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(ctx, o);
	cairo_font_options_destroy(o);
	pango_cairo_context_set_resolution(ctx, POINTS_PER_INCH);
	pango_context_set_round_glyph_positions(ctx, FALSE);
	pango_layout_context_changed(l);

	static const PangoAlignment across[] = {
	    PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
	pango_layout_set_single_paragraph_mode(l, TRUE);
	pango_layout_set_alignment(l, across[p->align]);
	pango_layout_set_width(l, pango_units_from_double(mm_to_pt(p->w)));
	pango_layout_set_text(l, text, -1);
	return l;
}

static void size_set(PangoLayout *l, const struct badge_place *p, double size_mm)
{
	PangoFontDescription *f = pango_font_description_new();
	pango_font_description_set_family(f, p->font);
	pango_font_description_set_weight(f, (PangoWeight)p->weight);
	pango_font_description_set_absolute_size(f, mm_to_pt(size_mm) * PANGO_SCALE);
	pango_layout_set_font_description(l, f);
	pango_font_description_free(f);
}

/* Whether it would fit at size_mm, asked of the font at p->size: without hints type scales, so in a box larger by as much the lines break alike. A font of
 * every size that is tried would be worse: for each, pango looks through all fonts of the system, in two threads of its own. */
static bool fits(PangoLayout *l, const struct badge_place *p, double size_mm)
{
	PangoRectangle r;
	const double larger = size_mm < p->size ? p->size / size_mm * (1 - slack) : 1;
	const int w = pango_units_from_double(mm_to_pt(p->w) * larger);
	pango_layout_set_width(l, w);
	pango_layout_get_extents(l, NULL, &r);
	return pango_layout_get_line_count(l) <= p->lines && r.width <= w &&
	       r.height <= pango_units_from_double(mm_to_pt(p->h) * larger);
}

/* The largest size that fits without breaking a word; at the least size words break, and what is
 * still too much is cut. */
static struct badge_text_fit fit(PangoLayout *l, const struct badge_place *p)
{
	struct badge_text_fit f = {.size_mm = p->size};
	pango_layout_set_wrap(l, PANGO_WRAP_WORD);
	size_set(l, p, p->size);
	if (fits(l, p, p->size))
		goto out;
	if (!fits(l, p, p->min_size)) {
		f.size_mm = p->min_size;
		pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
		pango_layout_set_ellipsize(l, PANGO_ELLIPSIZE_END);
		pango_layout_set_height(l, -p->lines);
	} else {
		double low = p->min_size, high = p->size;
		for (int i = 0; i < HALVINGS; i++) {
			double half = (low + high) / 2;
			*(fits(l, p, half) ? &low : &high) = half;
		}
		f.size_mm = low;
	}
	pango_layout_set_width(l, pango_units_from_double(mm_to_pt(p->w)));
	size_set(l, p, f.size_mm);
out:
	f.lines = pango_layout_get_line_count(l);
	f.cut = pango_layout_is_ellipsized(l);
	return f;
}

void badge_text_draw(cairo_t *cr, const struct badge_place *p, const char *text)
{
	PangoLayout *l = layout_new(cr, p, text);
	(void)fit(l, p);
	PangoRectangle r;
	pango_layout_get_extents(l, NULL, &r);
	double spare = mm_to_pt(p->h) - pango_units_to_double(r.height), down = 0;
	switch (p->valign) {
	case BADGE_START: break;
	case BADGE_MIDDLE: down = spare / 2; break;
	case BADGE_END: down = spare; break;
	}
	cairo_save(cr);
	/* A name piled high with accents stays off its neighbours. */
	cairo_rectangle(cr, mm_to_pt(p->x - margin_mm), mm_to_pt(p->y - margin_mm),
	    mm_to_pt(p->w + 2 * margin_mm), mm_to_pt(p->h + 2 * margin_mm));
	cairo_clip(cr);
	cairo_set_source_rgb(cr, p->red, p->green, p->blue);
	cairo_move_to(cr, mm_to_pt(p->x), mm_to_pt(p->y) + down);
	pango_cairo_show_layout(cr, l);
	cairo_restore(cr);
	g_object_unref(l);
}

struct badge_text_fit badge_text_measure(cairo_t *cr, const struct badge_place *p, const char *text)
{
	PangoLayout *l = layout_new(cr, p, text);
	struct badge_text_fit f = fit(l, p);
	g_object_unref(l);
	return f;
}
