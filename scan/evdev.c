#include "scan/evdev.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"
#include "scan/source.h"

enum { SHIFT_L = 1, SHIFT_R = 2, CTRL_L = 4, CTRL_R = 8, ALT = 16, ALTGR = 32 };
enum { SHIFT = SHIFT_L | SHIFT_R, CTRL = CTRL_L | CTRL_R };
enum { DIGITS_MOST = 4, UP = 0, DOWN = 1 };

void evdev_init(struct evdev *d, enum keymap map)
{
	*d = (struct evdev){.map = map};
}

void evdev_reset(struct evdev *d)
{
	evdev_init(d, d->map);
}

static uint8_t modifier(unsigned key)
{
	switch (key) {
	case KEY_LEFTSHIFT: return SHIFT_L;
	case KEY_RIGHTSHIFT: return SHIFT_R;
	case KEY_LEFTCTRL: return CTRL_L;
	case KEY_RIGHTCTRL: return CTRL_R;
	case KEY_LEFTALT: return ALT;
	case KEY_RIGHTALT: return ALTGR;
	default: return 0; /* any key of the kernel's */
	}
}

/* Windows: Alt and a number is a character of its code page, with a zero before it of Latin-1. Below 128 they are one; what is neither is U+FFFD, which
 * no pass and no document holds. */
static void number_put(char text[KEYMAP_CHAR_SZ], const struct evdev *d)
{
	const int c = d->number;
	if (c < 0x80 && c > 0) {
		text[0] = (char)c;
	} else if (c >= 0xa0 && c <= 0xff && d->digits == DIGITS_MOST) {
		text[0] = (char)(0xc0 | c >> 6);
		text[1] = (char)(0x80 | (c & 0x3f));
	} else if (c != 0) {
		(void)str_copy(text, KEYMAP_CHAR_SZ, "\xef\xbf\xbd");
	}
}

static void number_add(struct evdev *d, char digit)
{
	if (d->digits < DIGITS_MOST) {
		d->number = d->number * 10 + (digit - '0');
		d->digits++;
	}
}

static void pressed(struct evdev *d, unsigned key, struct evdev_said *said)
{
	const bool ctrl = (d->held & CTRL) != 0, alt = (d->held & ALT) != 0;
	const struct keymap_level level = {.shift = (d->held & SHIFT) != 0,
	    .caps = d->caps,
	    .altgr = (d->held & ALTGR) != 0 || (ctrl && alt)}; /* Windows takes these for AltGr */
	const bool after_accent = d->accent;
	char shows[KEYMAP_CHAR_SZ];
	d->accent = false;
	if (key == KEY_CAPSLOCK) {
		d->caps = !d->caps;
		return;
	}
	bool any = keymap_char(shows, d->map, key, level);
	if (alt && !ctrl) {
		if (any && key >= KEY_KP7 && key <= KEY_KP0 && shows[0] >= '0' && shows[0] <= '9')
			number_add(d, shows[0]);
		return; /* Alt and a letter is a command of a window */
	}
	if (ctrl && !alt) {
		said->text[0] = keymap_ctrl(d->map, key, level);
		return;
	}
	if (!any || (key == KEY_SPACE && after_accent)) /* ^ and a space are ^ */
		return;
	memcpy(said->text, shows, sizeof shows);
	d->accent = keymap_dead(d->map, key, level);
}

static void turned(struct evdev *d, uint8_t m, bool down, struct evdev_said *said)
{
	if (m == ALT && !down && d->digits > 0)
		number_put(said->text, d);
	if (m == ALT)
		d->digits = d->number = 0;
	d->held = (uint8_t)(down ? d->held | m : d->held & ~m);
}

/* event-codes.rst, SYN_DROPPED: the kernel's buffer was full. A key held down repeats itself as value 2, which no scanner means. */
struct evdev_said evdev_take(struct evdev *d, const struct input_event *ev)
{
	struct evdev_said said = {0};
	if (ev->type == EV_SYN && ev->code == SYN_DROPPED) {
		evdev_reset(d);
		said.lost = true;
	} else if (ev->type == EV_KEY && (ev->value == DOWN || ev->value == UP)) {
		const uint8_t m = modifier(ev->code);
		said.key = true;
		if (m != 0)
			turned(d, m, ev->value == DOWN, &said);
		else if (ev->value == DOWN)
			pressed(d, ev->code, &said);
	}
	return said;
}

/* --- the device -------------------------------------------------------------------------- */

static bool has_key(const uint8_t keys[KEY_MAX / 8 + 1], unsigned key)
{
	return (keys[key / 8] & 1u << key % 8) != 0;
}

static enum err_code grab(int fd, const char *path, struct err *e)
{
	uint8_t keys[KEY_MAX / 8 + 1] = {0}, none[KEY_MAX / 8 + 1] = {0};
	if (ioctl(fd, EVIOCGBIT(EV_KEY, sizeof keys), keys) < 0)
		return err_set(e, ERR_UNSUPPORTED, "%s: no input device", path);
	if (!has_key(keys, KEY_1) || !has_key(keys, KEY_ENTER))
		return err_set(e, ERR_UNSUPPORTED, "%s: no keyboard", path);
	/* Scan codes and lamps only fill the kernel's buffer, which holds some ten keys (drivers/input/evdev.c); a kernel without masks gives
	 * them, and they are passed over. */
	const uint16_t unwanted[] = {EV_MSC, EV_LED};
	for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
		struct input_mask mask = {.type = unwanted[i],
		    .codes_size = sizeof none,
		    .codes_ptr = (uint64_t)(uintptr_t)none};
		(void)ioctl(fd, EVIOCSMASK, &mask);
	}
	return ioctl(fd, EVIOCGRAB, 1UL) == 0 ? ERR_OK : source_errno(e, path);
}

enum err_code evdev_open(int *own_fd, const char *path, struct err *e)
{
	*own_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (*own_fd < 0)
		return source_errno(e, path);
	enum err_code rc = grab(*own_fd, path, e);
	if (rc != ERR_OK) {
		(void)close(*own_fd);
		*own_fd = -1;
	}
	return rc;
}
