/*
 * Keyboard layouts that scanners type in: which key under which level is which character. It hides the tables. Keys are the kernel's
 * (linux/input-event-codes.h); characters are UTF-8.
 *
 * Scanners are made for the layouts of Windows, which these follow where xkb-data differs: Caps Lock turns letters alone, AltGr has the characters that
 * are printed on the keys. A key that waits for the next one there (German ^ ´ `) gives its accent at once: keymap_dead says so.
 */
#ifndef SCAN_KEYMAP_H
#define SCAN_KEYMAP_H

#include <stdbool.h>

enum keymap { KEYMAP_US, KEYMAP_DE, KEYMAP_FR, KEYMAP_UK };
enum { KEYMAP_COUNT = 4, KEYMAP_CHAR_SZ = 4 };

struct keymap_level {
	bool shift, caps, altgr;
};

/* False: the key has no character there (and dst is empty). Space, Enter (CR), Tab, Backspace, Esc and the keypad are in every layout. */
bool keymap_char(char dst[KEYMAP_CHAR_SZ], enum keymap m, unsigned key, struct keymap_level level);
bool keymap_dead(enum keymap m, unsigned key, struct keymap_level level);

/* What Ctrl makes of a key: 01 … 1F, or 0. By the letter it has in the layout; else by its place on a US keyboard, as Windows and xterm have it (3 and
 * [ are ESC, 4 and \ FS, 5 and ] GS, 6 RS, 7 and - US); else by @[\]^_. */
char keymap_ctrl(enum keymap m, unsigned key, struct keymap_level level);

#endif
