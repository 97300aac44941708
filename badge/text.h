/*
 * Text in a slot: shaped, wrapped, shrunk until it fits, and ended with "…" where it does not fit
 * at the least size. It hides pango. For badge/ only.
 */
#ifndef BADGE_TEXT_H
#define BADGE_TEXT_H

#include <cairo.h>

#include "badge/template.h"

/* The first time in a process: pango begins to look which fonts there are, in a thread of its own. Who has something to do meanwhile says so early;
 * drawing waits for it, and does without. */
void badge_text_prepare(void);

/* Draw clean text; cr's unit is the point. Direction follows the text: "start" is the right side
 * for Arabic. Nothing is drawn outside the slot but half a millimetre (accents, tails). */
void badge_text_draw(cairo_t *cr, const struct badge_place *p, const char *text);

/* What badge_text_draw chose, for tests. */
struct badge_text_fit {
	double size_mm;
	int lines;
	bool cut; /* ended with "…" */
};
struct badge_text_fit badge_text_measure(
    cairo_t *cr, const struct badge_place *p, const char *text);

#endif
