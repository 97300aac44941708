/*
 * One line of text being edited, grapheme by grapheme. Pure: no curses. It hides where graphemes end and what may be typed.
 *
 * The text is valid UTF-8 without control, format and unassigned characters at every moment; it becomes clean (text_clean) when the form is sent.
 */
#ifndef KIOSK_UI_FIELD_H
#define KIOSK_UI_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct ui_field {
	char text[TEXT_FIELD_SZ];
	size_t max; /* bytes with the NUL, at most sizeof text */
	size_t cursor; /* byte offset, at a grapheme boundary */
};

void ui_field_init(struct ui_field *f, size_t max);
void ui_field_clear(struct ui_field *f); /* the text, by explicit_bzero; max stays */
void ui_field_set(struct ui_field *f,
    const char *text); /* the cursor goes to the end; cut at a grapheme where too long */

/* All answer whether anything changed. */
bool ui_field_insert(struct ui_field *f, uint32_t code_point);
bool ui_field_backspace(struct ui_field *f);
bool ui_field_delete(struct ui_field *f);
bool ui_field_left(struct ui_field *f);
bool ui_field_right(struct ui_field *f);
bool ui_field_home(struct ui_field *f);
bool ui_field_end(struct ui_field *f);

/* The part to show in `columns` so that the cursor is in sight: *from is a byte offset, the answer the cursor's column within. */
int ui_field_view(const struct ui_field *f, int columns, size_t *from);

#endif
