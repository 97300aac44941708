/*
 * A screen as a struct of functions: it draws the model and edits its own fields; it calls nobody and goes nowhere (flow.c decides).
 */
#ifndef KIOSK_VISITOR_SCREEN_H
#define KIOSK_VISITOR_SCREEN_H

#include "base/zone.h"
#include "kiosk/ui/draw.h"
#include "kiosk/visitor/flow.h"

struct input {
	enum action action;
	int arg;
	struct wedge_key key;
};

struct screen {
	const char *name; /* as staff read it: "host" */
	bool typing; /* characters are text */
	int64_t idle_ms; /* clears after this without a key; 0: never */
	bool warns; /* asks 20 s before */
	void (*enter)(struct flow *f);
	void (*draw)(struct ui *u, const struct flow *f, int64_t now_ms);
	bool (*edit)(struct flow *f, const struct input *in); /* true: taken */
	void (*leave)(struct flow *f);
	const struct bind *binds;
};

/* enter, edit and leave are never NULL in what this answers. */
const struct screen *screen_of(enum flow_screen s);

extern const struct screen screen_welcome, screen_scan, screen_code, screen_type, screen_details,
    screen_document, screen_host, screen_you, screen_agreement, screen_progress, screen_signout,
    screen_goodbye, screen_sorry, screen_waiting, screen_notice, screen_offline;

/* --- parts that screens share (parts.c) -------------------------------------------------- */

void screen_nothing(struct flow *f);
bool screen_no_edit(struct flow *f, const struct input *in);
/* Up, Down, Left, Right, Tab, Shift-Tab move f->focus among n. */
bool focus_move(struct flow *f, enum action a, int n);
/* A scrolling text of `total` rows in a window of `page`. */
bool scroll_move(struct flow *f, enum action a, int total, int page);
/* A key goes into a field: text, erasing, moving. */
bool field_edit(struct ui_field *field, const struct input *in);

/* "17:30" today, "2026-11-24 17:30" on another day. */
const char *time_of(char dst[ZONE_TEXT_SZ], const struct flow *f, int64_t ms);

/* Where a screen may draw: a column of sensible width in the middle. A function of the size alone, so that edit and draw agree. */
struct ui_rect body_rect(const struct flow *f, int want_rows);
/* Draws heading and, dim, the text below it; answers what is left of r. */
struct ui_rect heading(struct ui *u, struct ui_rect r, const char *title, const char *text);
/* What this kiosk reads with, as a visitor sees it there: to be named. A scanner that types is named only where there is nothing else: it may not be there. */
enum eyes { EYES_NONE, EYES_SCANNER, EYES_READER, EYES_CAMERA, EYES_BOTH };
enum { EYES = 5 };
enum eyes eyes_of(const struct flow *f);
enum eyes eyes_at(const struct flow *f); /* never NONE: on a screen that something was held up to */
/* What is kept of an identity document (keeps.c): in a line, and as a paragraph of the privacy notice. False, and dst empty: none is asked for. */
enum { KEEPS_SZ = 3 * TEXT_FIELD_SZ };
bool keeps_line(char *dst, size_t dst_sz, const struct flow *f);
bool keeps_notice(char *dst, size_t dst_sz, const struct flow *f);
/* Where something is to be held, and what: a frame, as the camera's picture would be large. */
void hold_here(struct ui *u, struct ui_rect r, const char *text);
/* The whole frame: header, screen, message line, footer, "are you still there?". */
void frame_draw(struct ui *u, const struct flow *f, int64_t now_ms);

#endif
