/*
 * What screens are made of: lines, paragraphs, big choices, buttons of equal size, fields, rules, a QR code. It hides columns, cutting and
 * wrapping; everything stays inside the rectangle it is given, whatever the text. Draws into the frame that ui_begin began.
 */
#ifndef KIOSK_UI_DRAW_H
#define KIOSK_UI_DRAW_H

#include "kiosk/ui/field.h"
#include "kiosk/ui/ui.h"
#include "pass/qr.h"

enum ui_align { UI_LEFT, UI_CENTRE, UI_RIGHT };

/* One line at r.y, cut with "…". Answers the columns used. */
int ui_line(
    struct ui *u, struct ui_rect r, enum ui_role role, enum ui_align align, const char *text);

/* Wrapped at words; LF begins a line. Skips the first `top` rows, fills at most r.h. Answers all the rows the text has. */
int ui_para(struct ui *u, struct ui_rect r, enum ui_role role, int top, const char *text);
/* Rows that it would take. */
int ui_para_rows(const char *text, int columns);

void ui_rule(struct ui *u, struct ui_rect r);
void ui_box(struct ui *u, struct ui_rect r, enum ui_role role);
void ui_fill(struct ui *u, struct ui_rect r, enum ui_role role);

/* A big choice: three rows with a frame, or one without where r.h < 3. The whole of it is its hot spot. */
struct ui_choice {
	int number; /* the key beside it; 0: none */
	const char *label, *note; /* note stands at the right, dim; may be NULL */
	bool on; /* has the focus */
	int action, arg;
};
void ui_choice(struct ui *u, struct ui_rect r, const struct ui_choice *c);

/* Side by side, all of one size. `on` is the one with the focus, or -1. Args are 0, 1, … */
struct ui_buttons {
	const char *label[3];
	int action[3];
	int n, on;
};
void ui_buttons(struct ui *u, struct ui_rect r, const struct ui_buttons *b);

enum ui_field_flags { UI_FIELD_FOCUS = 1, UI_FIELD_MASKED = 2 };
/* `hint` stands dim in an empty field without focus; may be NULL. The text cursor goes to a field with the focus. */
void ui_field_draw(
    struct ui *u, struct ui_rect r, const struct ui_field *f, int flags, const char *hint);

/* Half blocks, black on white painted in every cell. Nothing is drawn where it does not fit r. */
bool ui_qr(struct ui *u, struct ui_rect r, const struct qr *q, int quiet);

#endif
