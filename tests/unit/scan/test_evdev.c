#include "scan/evdev.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"
#include "scan/document.h"
#include "scan/reader.h"

/* A scanner: a reader whose device is a socket, and the hand that presses its keys. */
struct bench {
	struct reader r;
	int far;
	int64_t now;
	char text[READING_TEXT_SZ];
};

static struct bench b;

static void start(enum keymap layout)
{
	struct reader_conf c = {
	    .name = "desk", .kind = READER_WEDGE, .layout = layout, .text = {.end_ms = 100}};
	int ends[2];
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	reader_init(&b.r, &c);
	b.r.fd = ends[0];
	b.far = ends[1];
	b.now = 1000;
}

static void stop(void)
{
	reader_fini(&b.r);
	close(b.far);
}

static void event(unsigned type, unsigned code, int value)
{
	struct input_event ev = {.type = (uint16_t)type, .code = (uint16_t)code, .value = value};
	assert_int_equal(write(b.far, &ev, sizeof ev), sizeof ev);
	reader_read(&b.r, b.now);
}

/* As the kernel tells it: the scan code, the key, the report. */
static void key(unsigned code, int value)
{
	event(EV_MSC, MSC_SCAN, 0x70004);
	event(EV_KEY, code, value);
	event(EV_SYN, SYN_REPORT, 0);
}

static void tap(unsigned code)
{
	key(code, 1);
	key(code, 0);
}

static void with(unsigned held, unsigned code)
{
	key(held, 1);
	tap(code);
	key(held, 0);
}

static void alt_number(const char *digits)
{
	static const unsigned keypad[] = {KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4, KEY_KP5,
	    KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9};
	key(KEY_LEFTALT, 1);
	for (; *digits != '\0'; digits++)
		tap(keypad[*digits - '0']);
	key(KEY_LEFTALT, 0);
}

static enum reading_end ended(void)
{
	assert_int_equal(reader_next(&b.r, b.text, b.now + 99), READING_NONE);
	b.now += 100;
	return reader_next(&b.r, b.text, b.now);
}

static void expect(const char *text)
{
	assert_int_equal(ended(), READING_TEXT);
	assert_string_equal(b.text, text);
}

/* A licence's header, as a scanner types it: LF is Ctrl and J, RS Ctrl and 6, CR Enter. */
static void evdev__licence__comes_as_it_was_printed(void **state)
{
	(void)state;
	start(KEYMAP_US);
	with(KEY_LEFTSHIFT, KEY_2);
	with(KEY_LEFTCTRL, KEY_J);
	key(KEY_LEFTCTRL, 1);
	with(KEY_LEFTSHIFT, KEY_6);
	key(KEY_LEFTCTRL, 0);
	tap(KEY_ENTER);
	key(KEY_RIGHTSHIFT, 1);
	tap(KEY_A);
	tap(KEY_N);
	key(KEY_RIGHTSHIFT, 0);
	tap(KEY_SPACE);
	tap(KEY_6);
	tap(KEY_KP3);
	with(KEY_RIGHTCTRL, KEY_RIGHTBRACE);
	tap(KEY_Z);
	with(KEY_LEFTCTRL, KEY_D);
	tap(KEY_ENTER);
	expect("@\n\x1e\rAN 63\x1dz");
	stop();
}

/* The key of a character, plain or with Shift, as the keymap has it. */
static void type(enum keymap map, const char *text)
{
	for (; *text != '\0'; text++) {
		const char want[2] = {*text == '\n' ? '\r' : *text, '\0'};
		char is[KEYMAP_CHAR_SZ];
		unsigned at = 0;
		bool shifted = false;
		for (unsigned k = 2; k <= KEY_102ND && at == 0; k++) /* 1 is Esc */
			for (int shift = 0; shift < 2 && at == 0; shift++)
				if (keymap_char(
					is, map, k, (struct keymap_level){.shift = shift != 0}) &&
				    str_eq(is, want)) {
					at = k;
					shifted = shift != 0;
				}
		assert_true(at != 0);
		if (shifted)
			with(KEY_LEFTSHIFT, at);
		else
			tap(at);
	}
}

static void evdev__passport__is_a_document(void **state)
{
	static const char *const zones[] = {
	    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
	    "L898902C36UTO7408122F1204159ZE184226B<<<<<10\n",
	    "MRZ P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
	    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
	    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\n"
	    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	};
	const struct document_date today = {2026, 11, 23};
	struct document d;
	struct err e;
	(void)state;
	for (int m = 0; m < KEYMAP_COUNT; m++)
		for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
			start((enum keymap)m);
			type((enum keymap)m, zones[i]);
			assert_int_equal(ended(), READING_TEXT);
			assert_int_equal(
			    document_read(&d, b.text, strlen(b.text), &today, &e), ERR_OK);
			assert_string_equal(d.family, "Eriksson");
			assert_int_equal(d.confidence, 100);
			stop();
		}
}

static void evdev__layouts__give_the_same_text(void **state)
{
	(void)state;
	start(KEYMAP_DE);
	with(KEY_LEFTSHIFT, KEY_Z); /* Y */
	with(KEY_RIGHTALT, KEY_Q);
	with(KEY_RIGHTALT, KEY_MINUS);
	tap(KEY_102ND);
	key(KEY_LEFTCTRL, 1); /* as Windows takes it for AltGr */
	with(KEY_LEFTALT, KEY_8);
	key(KEY_LEFTCTRL, 0);
	expect("Y@\\<[");
	stop();
	start(KEYMAP_FR);
	tap(KEY_Q);
	with(KEY_LEFTSHIFT, KEY_1);
	tap(KEY_1);
	with(KEY_RIGHTALT, KEY_0);
	tap(KEY_SEMICOLON);
	expect("a1&@m");
	stop();
	start(KEYMAP_UK);
	with(KEY_LEFTSHIFT, KEY_3);
	with(KEY_LEFTSHIFT, KEY_APOSTROPHE);
	expect("£@");
	stop();
}

static void evdev__dead_keys__are_their_accents(void **state)
{
	(void)state;
	start(KEYMAP_DE);
	tap(KEY_GRAVE);
	tap(KEY_SPACE); /* what a scanner types for ^ */
	tap(KEY_SPACE);
	with(KEY_LEFTSHIFT, KEY_EQUAL);
	tap(KEY_A);
	tap(KEY_SPACE);
	tap(KEY_GRAVE);
	expect("^ `a ^");
	tap(KEY_SPACE); /* of the next scan */
	tap(KEY_B);
	expect(" b");
	stop();
}

static void evdev__caps_lock__turns_letters_until_the_end(void **state)
{
	(void)state;
	start(KEYMAP_US);
	tap(KEY_CAPSLOCK);
	tap(KEY_F);
	tap(KEY_1);
	with(KEY_LEFTSHIFT, KEY_F);
	tap(KEY_CAPSLOCK);
	tap(KEY_F);
	tap(KEY_CAPSLOCK);
	expect("F1ff");
	tap(KEY_F);
	expect("f");
	stop();
}

static void evdev__alt_and_a_number__is_a_character(void **state)
{
	(void)state;
	start(KEYMAP_FR);
	alt_number("070");
	alt_number("79");
	alt_number("0030");
	alt_number("0252");
	tap(KEY_KP5);
	alt_number("0");
	alt_number("");
	alt_number("252"); /* of one of many code pages */
	alt_number("0130");
	alt_number("99999999999999999999");
	with(KEY_LEFTALT, KEY_F4);
	with(KEY_LEFTALT, KEY_TAB);
	expect("FO\x1eü5\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	stop();
}

static void evdev__noise__is_no_text(void **state)
{
	(void)state;
	start(KEYMAP_US);
	event(EV_REL, REL_X, 5);
	event(EV_LED, LED_CAPSL, 1);
	event(EV_KEY, 0xffff, 1);
	event(EV_SYN, 0xffff, -1);
	event(0xffff, KEY_A, 1);
	tap(KEY_F10);
	tap(KEY_UP);
	tap(KEY_POWER);
	with(KEY_LEFTCTRL, KEY_2); /* NUL */
	key(KEY_A, 0); /* up only */
	key(KEY_A, 2); /* held down */
	key(KEY_A, -1);
	assert_int_equal(ended(), READING_NONE);
	tap(KEY_A);
	expect("a");
	stop();
}

static void evdev__events_lost__the_scan_is_asked_for_again(void **state)
{
	(void)state;
	start(KEYMAP_US);
	tap(KEY_F);
	key(KEY_LEFTSHIFT, 1);
	event(EV_SYN, SYN_DROPPED, 0);
	event(EV_KEY, KEY_X, 1); /* what is left of those lost */
	event(EV_SYN, SYN_REPORT, 0);
	tap(KEY_Y);
	assert_int_equal(ended(), READING_SPOILT);
	assert_null(strpbrk(b.r.reading.text, "fFxXyY"));
	/* Whose Shift went up among them does not matter. */
	tap(KEY_F);
	tap(KEY_O);
	expect("fo");
	stop();
}

static void evdev__shift_that_stuck__ends_with_its_scan(void **state)
{
	(void)state;
	start(KEYMAP_US);
	key(KEY_LEFTSHIFT, 1);
	key(KEY_LEFTSHIFT, 2); /* held down for long */
	tap(KEY_A);
	expect("A");
	tap(KEY_A);
	expect("a");
	stop();
}

static void evdev__longer_than_any_code__is_cut(void **state)
{
	(void)state;
	start(KEYMAP_DE);
	for (int i = 0; i < 2 * READING_TEXT_SZ; i++)
		event(EV_KEY, KEY_LEFTBRACE, 1); /* ü: two bytes */
	assert_int_equal(ended(), READING_TEXT);
	assert_int_equal(strlen(b.text), READING_TEXT_SZ - 1);
	stop();
}

static void evdev__unplugged__is_gone(void **state)
{
	(void)state;
	start(KEYMAP_US);
	tap(KEY_A);
	close(b.far);
	b.far = -1;
	reader_read(&b.r, b.now);
	assert_int_equal(b.r.fd, -1);
	b.now += 100;
	assert_int_equal(reader_next(&b.r, b.text, b.now), READING_NONE);
	stop();
}

static void evdev__no_keyboard__is_told(void **state)
{
	struct err e;
	int fd;
	(void)state;
	assert_int_equal(evdev_open(&fd, "/dev/input/by-id/no-such", &e), ERR_NOT_FOUND);
	assert_int_equal(evdev_open(&fd, "/dev/null", &e), ERR_UNSUPPORTED);
	assert_string_equal(e.msg, "/dev/null: no input device");
	assert_int_equal(fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(evdev__licence__comes_as_it_was_printed),
	    cmocka_unit_test(evdev__passport__is_a_document),
	    cmocka_unit_test(evdev__layouts__give_the_same_text),
	    cmocka_unit_test(evdev__dead_keys__are_their_accents),
	    cmocka_unit_test(evdev__caps_lock__turns_letters_until_the_end),
	    cmocka_unit_test(evdev__alt_and_a_number__is_a_character),
	    cmocka_unit_test(evdev__noise__is_no_text),
	    cmocka_unit_test(evdev__events_lost__the_scan_is_asked_for_again),
	    cmocka_unit_test(evdev__shift_that_stuck__ends_with_its_scan),
	    cmocka_unit_test(evdev__longer_than_any_code__is_cut),
	    cmocka_unit_test(evdev__unplugged__is_gone),
	    cmocka_unit_test(evdev__no_keyboard__is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
