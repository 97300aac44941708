/*
 * A badge drawn: a visitor's facts and a template become one page, as PDF for the printer or PNG
 * for a screen. It hides libxml2, librsvg, pango and cairo.
 *
 * A template is an SVG file in millimetres: artwork, and slots that foyer fills. A slot is a <rect
 * id="slot-NAME"> at the top or in plain groups; it is taken out of the artwork before that is
 * drawn. Text slots take data-font, data-weight (100..1000), data-size and data-min-size (the
 * letter's em in mm), data-lines, data-align (start, middle, end), data-valign (top, middle,
 * bottom), data-colour (#rrggbb). An element with data-show-if="NAME" is drawn only while that slot
 * is not empty. etc/badge/README.md is the designer's page.
 */
#ifndef BADGE_BADGE_H
#define BADGE_BADGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "base/text.h"
#include "pass/token.h"

enum badge_slot {
	BADGE_NAME,
	BADGE_COMPANY,
	BADGE_HOST,
	BADGE_TYPE,
	BADGE_ESCORT,
	BADGE_EXPIRY,
	BADGE_DAYMARK,
	BADGE_PASS,
	BADGE_CODE,
	BADGE_DOOR_CODE,
};
enum { BADGE_SLOTS = 10, BADGE_DPI = 300, BADGE_FILE_MAX = 1024 * 1024 };

/* Clean text (text_clean), one line each; what is empty leaves nothing on the badge. */
struct badge {
	char number[TEXT_WORD_SZ]; /* "000042": the only fact that the PDF's title tells */
	char name[TEXT_NAME_SZ];
	char company[TEXT_NAME_SZ];
	char host[TEXT_NAME_SZ];
	char type[TEXT_FIELD_SZ];
	char escort[TEXT_FIELD_SZ]; /* the word in the band, "ESCORT"; empty: no band */
	char expiry[TEXT_WORD_SZ];
	/* Changes every day, so that yesterday's badge shows across a room. */
	char daymark[TEXT_WORD_SZ];
	char pass[PASS_TEXT_SZ]; /* drawn as a QR code */
	char code[TEXT_WORD_SZ]; /* typed where nothing can scan the pass: "8K3M 9QPT" */
	char door_code[TEXT_WORD_SZ]; /* a card number, digits: drawn as a second QR code */
};

/* A made-up visitor with something in every slot, for who draws or tries a template. The pass is as long as one, and none. */
struct badge badge_example(void);

const char *badge_slot_name(enum badge_slot s); /* "door_code" */
const char *badge_slot_text(const struct badge *b, enum badge_slot s);

struct badge_template; /* badge_template_free */

/* Read and check a template. ERR_CONFIG: "visitor-a6.svg:17: slot-name: …" for what a designer
 * must mend; ERR_NOT_FOUND, ERR_IO, ERR_TOO_LONG. */
enum err_code badge_template_load(
    struct badge_template **own_t, const char *path, struct err *e) MUST_USE;
/* The same from memory; name is what messages call it. */
enum err_code badge_template_read(struct badge_template **own_t, const char *name, const char *data,
    size_t len, struct err *e) MUST_USE;
void badge_template_free(struct badge_template *own_t);

/* One page of exactly the template's size, appended to *pdf. The clock dates it: the same clock,
 * the same bytes. ERR_CONFIG where the template cannot hold this badge (a code's modules would
 * be under 4 dots of 1/300 inch, artwork that cannot be drawn). */
enum err_code badge_pdf(struct str_buf *pdf, const struct badge_template *t, const struct badge *b,
    const struct clock *clock, struct err *e) MUST_USE;

/* The same drawing as an 8-bit RGB PNG of dpi (36..600) dots an inch, appended to *png. At
 * BADGE_DPI the codes stand on whole pixels. */
enum err_code badge_png(struct str_buf *png, const struct badge_template *t, const struct badge *b,
    int dpi, struct err *e) MUST_USE;

#endif
