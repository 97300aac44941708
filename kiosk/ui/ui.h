/*
 * The terminal through curses: opened, coloured by role, drawn frame by frame, and given back as it was. It hides curses' screens, colour pairs
 * and mouse.
 *
 * A frame is: ui_begin, draw, ui_end. Drawing registers hot spots (rectangle → action); ui_read turns a click on one into the same action
 * that a key has. Nothing is kept from one frame to the next.
 */
#ifndef KIOSK_UI_UI_H
#define KIOSK_UI_UI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "scan/wedge.h"

enum ui_role {
	UI_TEXT,
	UI_DIM,
	UI_HEADING,
	UI_KEY,
	UI_RULE,
	UI_TILE,
	UI_TILE_ON,
	UI_FIELD,
	UI_FIELD_ON,
	UI_GOOD,
	UI_TROUBLE,
	UI_CODE,
};
enum {
	UI_ROLES = 12,
	UI_SPOTS = 64,
	UI_PAIRS = 64, /* colour pairs at least, for the roles and for ui_cell */
	UI_DIRECT = 1 << 24, /* "colours": a colour is its red, green and blue */
};

struct ui_rect {
	int y, x, h, w;
};

struct ui_spot {
	struct ui_rect at;
	int action, arg;
};

struct ui {
	FILE *keys; /* ui_open's own; NULL where the caller gave one */
	void *screen; /* SCREEN * */
	int rows, cols;
	int colours; /* 0: monochrome, 8, 16, 256 or UI_DIRECT */
	struct ui_spot spots[UI_SPOTS];
	int n_spots;
	int cursor_y, cursor_x; /* where the text cursor stands; y -1: hidden */
};

struct ui_conf {
	const char *term; /* NULL: $TERM */
	FILE *in,
	    *out; /* NULL: the controlling terminal and standard output; anything else need be no terminal */
	bool mono, mouse;
	int rows, cols; /* 0: as large as the terminal is */
};
/* Raw mode: no key makes a signal, none stops the output. ERR_UNSUPPORTED: no such terminal type. ERR_IO: no controlling terminal. Then ui_close. */
enum err_code ui_open(struct ui *u, const struct ui_conf *conf, struct err *e) MUST_USE;
void ui_close(struct ui *u);

/* Take the terminal's size anew (SIGWINCH), and paint everything at the next ui_end. */
void ui_resize(struct ui *u, int rows, int cols);
bool ui_tty_size(int fd, int *rows, int *cols);

void ui_begin(struct ui *u);
void ui_end(struct ui *u);
void ui_beep(struct ui *u);

/* What a person did, if anything is there; never waits (but for the rest of an escape sequence, 25 ms). */
struct ui_input {
	enum { UI_NOTHING, UI_PRESS, UI_CLICK } kind;
	struct wedge_key key;
	int action, arg; /* UI_CLICK on a hot spot */
};
struct ui_input ui_read(struct ui *u);

/* The attributes and colour pair of a role, set for what is drawn next. */
void ui_role(struct ui *u, enum ui_role role);
/* A colour pair of two of xterm's 256 colours, also where the terminal's colours are direct. */
void ui_pair(struct ui *u, int pair, int fg, int bg);
/* One block element in a foreground and a background, each 3 bytes RGB, as near as the terminal comes (shade.c), its upper half and its lower: of
 * xterm's cube and greys where it has 256 colours or more, of all of 16, of 8 and what block elements make of them. Monochrome terminals draw none. */
void ui_cell(
    struct ui *u, struct ui_rect at, const char *ch, const uint8_t fg[3], const uint8_t bg[3]);

void ui_spot(struct ui *u, struct ui_rect at, int action, int arg);

#endif
