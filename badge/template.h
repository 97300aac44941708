/*
 * A template as the drawing sees it: the page, where each slot lies and how it is written, and the
 * artwork without what must not show. For badge/ only; the reading itself is badge_template_load.
 */
#ifndef BADGE_TEMPLATE_H
#define BADGE_TEMPLATE_H

#include <stdbool.h>

#include "badge/badge.h"

enum badge_align { BADGE_START, BADGE_MIDDLE, BADGE_END };

struct badge_place {
	bool there; /* the template has it */
	double x, y, w, h; /* mm from the top left corner */
	char font[TEXT_FIELD_SZ]; /* family list as fontconfig takes it */
	int weight; /* 100..1000 */
	double size, min_size; /* em in mm; size is where shrinking starts */
	int lines;
	enum badge_align align, valign;
	double red, green, blue; /* 0..1 */
};

/* Where the slot goes on this badge; NULL where the template has none, its text is empty, or a
 * data-show-if around it is not met. */
const struct badge_place *badge_template_place(
    const struct badge_template *t, const struct badge *b, enum badge_slot s);
void badge_template_page(const struct badge_template *t, double *w_mm, double *h_mm);
const char *badge_template_name(const struct badge_template *t);

/* The artwork for this badge as SVG: no slots, and only such data-show-if elements as show.
 * *own_svg: xmlFree. */
enum err_code badge_template_artwork(const struct badge_template *t, const struct badge *b,
    unsigned char **own_svg, size_t *len, struct err *e) MUST_USE;

#endif
