/*
 * A scanner that types, read as the kernel's input device (Documentation/input/input.rst, event-codes.rst): its keys never reach the terminal. It
 * hides modifiers, Caps Lock, Alt and a number on the keypad, and events that were lost.
 *
 * The decoder is pure: events in, characters out; any events. evdev_open is apart from it.
 */
#ifndef SCAN_EVDEV_H
#define SCAN_EVDEV_H

#include <linux/input.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "scan/keymap.h"

struct evdev {
	enum keymap map;
	uint8_t held; /* modifiers */
	bool caps, accent;
	int digits, number; /* typed on the keypad while Alt is held */
};

struct evdev_said {
	char text[KEYMAP_CHAR_SZ]; /* UTF-8, without U+0000; "": nothing */
	bool key; /* a key went down or up */
	bool lost; /* events were: what is said around it, until silence, was not sent so */
};

void evdev_init(struct evdev *d, enum keymap map);
/* Between two scans: no key is held, Caps Lock is off. */
void evdev_reset(struct evdev *d);
struct evdev_said evdev_take(struct evdev *d, const struct input_event *ev);

/*
 * Open to read, not blocking, and for us alone (EVIOCGRAB). Errors as source_open's; ERR_BUSY: another program has grabbed it. ERR_UNSUPPORTED: no
 * input device, or one without the keys of a keyboard.
 */
enum err_code evdev_open(int *own_fd, const char *path, struct err *e) MUST_USE;

#endif
