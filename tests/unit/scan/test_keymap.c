#include "scan/keymap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/input-event-codes.h>
#include <xkbcommon/xkbcommon.h>

#include "base/str.h"

enum { XKB_OFFSET = 8 }; /* evdev's codes and X's */

static const char *const xkb_names[KEYMAP_COUNT] = {"us", "de", "fr", "gb"};
static struct xkb_context *xkb;
static struct xkb_keymap *xkb_maps[KEYMAP_COUNT];

static int open_xkb(void **state)
{
	(void)state;
	xkb = xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES);
	for (int m = 0; xkb != NULL && m < KEYMAP_COUNT; m++) {
		struct xkb_rule_names names = {
		    .rules = "evdev", .model = "pc105", .layout = xkb_names[m]};
		xkb_maps[m] = xkb_keymap_new_from_names(xkb, &names, XKB_KEYMAP_COMPILE_NO_FLAGS);
		if (xkb_maps[m] == NULL)
			return -1;
	}
	return xkb != NULL ? 0 : -1;
}

static int close_xkb(void **state)
{
	(void)state;
	for (int m = 0; m < KEYMAP_COUNT; m++)
		xkb_keymap_unref(xkb_maps[m]);
	xkb_context_unref(xkb);
	return 0;
}

/* What xkb-data has there: a character, or the accent of a dead key. */
static bool xkb_char(char dst[8], int m, unsigned key, struct keymap_level level, bool *dead)
{
	static const struct {
		xkb_keysym_t sym;
		const char *accent;
	} accents[] = {{XKB_KEY_dead_circumflex, "^"}, {XKB_KEY_dead_acute, "´"},
	    {XKB_KEY_dead_grave, "`"}, {XKB_KEY_dead_diaeresis, "¨"}};
	struct xkb_state *s = xkb_state_new(xkb_maps[m]);
	if (level.caps) {
		xkb_state_update_key(s, KEY_CAPSLOCK + XKB_OFFSET, XKB_KEY_DOWN);
		xkb_state_update_key(s, KEY_CAPSLOCK + XKB_OFFSET, XKB_KEY_UP);
	}
	if (level.shift)
		xkb_state_update_key(s, KEY_LEFTSHIFT + XKB_OFFSET, XKB_KEY_DOWN);
	if (level.altgr)
		xkb_state_update_key(s, KEY_RIGHTALT + XKB_OFFSET, XKB_KEY_DOWN);
	xkb_keysym_t sym = xkb_state_key_get_one_sym(s, key + XKB_OFFSET);
	int n = xkb_state_key_get_utf8(s, key + XKB_OFFSET, dst, 8);
	*dead = false;
	for (size_t i = 0; i < sizeof accents / sizeof accents[0]; i++)
		if (accents[i].sym == sym) {
			*dead = true;
			n = (int)strlen(accents[i].accent);
			memcpy(dst, accents[i].accent, (size_t)n + 1);
		}
	xkb_state_unref(s);
	return n > 0;
}

static const struct keymap_level plain, shift = {.shift = true}, altgr = {.altgr = true};

/* Every key of the four rows; 102ND is the last. */
static bool next_key(unsigned *key)
{
	static const unsigned last_of[][2] = {{KEY_EQUAL, KEY_Q}, {KEY_RIGHTBRACE, KEY_A},
	    {KEY_GRAVE, KEY_BACKSLASH}, {KEY_SLASH, KEY_102ND}};
	if (*key == KEY_102ND)
		return false;
	for (size_t i = 0; i < sizeof last_of / sizeof last_of[0]; i++)
		if (*key == last_of[i][0]) {
			*key = last_of[i][1];
			return true;
		}
	++*key;
	return true;
}

static void same_as_xkb(int m, unsigned key, struct keymap_level level)
{
	char is[KEYMAP_CHAR_SZ], should[8];
	bool dead;
	if (!xkb_char(should, m, key, level, &dead))
		should[0] = '\0';
	assert_true(keymap_char(is, (enum keymap)m, key, level));
	if (!str_eq(is, should) || keymap_dead((enum keymap)m, key, level) != dead)
		fail_msg("%s: key %u shift %d caps %d: %s, xkb has %s", xkb_names[m], key,
		    level.shift, level.caps, is, should);
}

static void keymap__plain_and_shift__are_those_of_xkb(void **state)
{
	int n = 0;
	(void)state;
	for (int m = 0; m < KEYMAP_COUNT; m++) {
		unsigned key = KEY_1;
		do {
			/* a US keyboard has no such key; xkb gives it < and > */
			if (m == KEYMAP_US && key == KEY_102ND)
				continue;
			same_as_xkb(m, key, plain);
			same_as_xkb(m, key, shift);
			n++;
		} while (next_key(&key));
	}
	assert_int_equal(n, 4 * 48 - 1);
}

/* xkb makes capitals of é, ß and µ, too; Windows, which scanners are made for, does not. */
static bool windows_differs(int m, unsigned key)
{
	if (m == KEYMAP_DE)
		return key == KEY_MINUS;
	return m == KEYMAP_FR && (key == KEY_2 || key == KEY_7 || key == KEY_9 || key == KEY_0 ||
				     key == KEY_APOSTROPHE || key == KEY_BACKSLASH);
}

static void keymap__caps_lock__turns_letters(void **state)
{
	static const struct keymap_level caps = {.caps = true},
					 both = {.caps = true, .shift = true};
	(void)state;
	for (int m = 0; m < KEYMAP_COUNT; m++) {
		unsigned key = KEY_1;
		do {
			if (windows_differs(m, key) || (m == KEYMAP_US && key == KEY_102ND))
				continue;
			same_as_xkb(m, key, caps);
			same_as_xkb(m, key, both);
		} while (next_key(&key));
	}
}

static bool on_a_key(int m, const char *c)
{
	unsigned key = KEY_1;
	do {
		char p[KEYMAP_CHAR_SZ], s[KEYMAP_CHAR_SZ], a[KEYMAP_CHAR_SZ];
		(void)keymap_char(p, (enum keymap)m, key, plain);
		(void)keymap_char(s, (enum keymap)m, key, shift);
		(void)keymap_char(a, (enum keymap)m, key, altgr);
		if (str_eq(p, c) || str_eq(s, c) || str_eq(a, c))
			return true;
	} while (next_key(&key));
	return false;
}

static void keymap__altgr__is_that_of_xkb(void **state)
{
	(void)state;
	for (int m = 0; m < KEYMAP_COUNT; m++) {
		unsigned key = KEY_1;
		do {
			char is[KEYMAP_CHAR_SZ], should[8];
			bool dead, has = keymap_char(is, (enum keymap)m, key, altgr);
			assert_false(keymap_dead((enum keymap)m, key, altgr));
			if (!xkb_char(should, m, key, altgr, &dead))
				should[0] = '\0';
			if (has && !str_eq(is, should))
				fail_msg("%s: AltGr and key %u: %s, xkb has %s", xkb_names[m], key,
				    is, should);
			if (should[0] > ' ' && should[0] < 0x7f && !dead && !on_a_key(m, should))
				fail_msg("%s: no key for %s", xkb_names[m], should);
		} while (next_key(&key));
	}
}

static void keymap__every_printable_character__is_on_a_key(void **state)
{
	(void)state;
	for (int m = 0; m < KEYMAP_COUNT; m++)
		for (char c = '!'; c <= '~'; c++) {
			const char s[2] = {c, '\0'};
			if (!on_a_key(m, s))
				fail_msg("%s: no key for %s", xkb_names[m], s);
		}
}

static void keymap__keys_of_all_layouts(void **state)
{
	char c[KEYMAP_CHAR_SZ];
	(void)state;
	assert_true(keymap_char(c, KEYMAP_FR, KEY_KP7, shift));
	assert_string_equal(c, "7");
	assert_true(keymap_char(c, KEYMAP_FR, KEY_ENTER, plain));
	assert_string_equal(c, "\r");
	assert_true(keymap_char(c, KEYMAP_DE, KEY_KPENTER, altgr));
	assert_string_equal(c, "\r");
	static const unsigned none[] = {
	    KEY_F1, KEY_UP, KEY_POWER, KEY_SYSRQ, KEY_DELETE, KEY_RESERVED, KEY_MAX, 100000};
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
		assert_false(keymap_char(c, KEYMAP_US, none[i], plain));
		assert_string_equal(c, "");
		assert_int_equal(keymap_ctrl(KEYMAP_US, none[i], plain), 0);
	}
}

static void keymap__ctrl__makes_every_control_character(void **state)
{
	(void)state;
	static const struct keymap_level both = {.shift = true, .altgr = true};
	for (int m = 0; m < KEYMAP_COUNT; m++) {
		/* xkb agrees about the letters. */
		unsigned key = KEY_1;
		do {
			char is[KEYMAP_CHAR_SZ];
			assert_true(keymap_char(is, (enum keymap)m, key, plain));
			if (is[0] >= 'a' && is[0] <= 'z')
				assert_int_equal(
				    keymap_ctrl((enum keymap)m, key, plain), is[0] & 0x1f);
		} while (next_key(&key));
		static const struct {
			unsigned key;
			bool shift;
			char is;
		} cases[] = {{KEY_LEFTBRACE, 0, 0x1b}, {KEY_BACKSLASH, 0, 0x1c},
		    {KEY_RIGHTBRACE, 0, 0x1d}, {KEY_6, 1, 0x1e}, {KEY_6, 0, 0x1e},
		    {KEY_MINUS, 1, 0x1f}, {KEY_MINUS, 0, 0x1f}, {KEY_5, 0, 0x1d}, {KEY_2, 1, 0}};
		for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
			assert_int_equal(keymap_ctrl((enum keymap)m, cases[i].key,
					     cases[i].shift ? shift : plain),
			    cases[i].is);
		assert_int_equal(keymap_ctrl((enum keymap)m, KEY_D, plain), 0x04); /* EOT */
		assert_int_equal(keymap_ctrl((enum keymap)m, KEY_J, shift), '\n');
		assert_int_equal(keymap_ctrl((enum keymap)m, KEY_F2, both), 0);
	}
	assert_int_equal(keymap_ctrl(KEYMAP_DE, KEY_MINUS, altgr), 0x1c); /* Ctrl and \ */
	assert_int_equal(keymap_ctrl(KEYMAP_FR, KEY_5, altgr), 0x1b);
	assert_int_equal(keymap_ctrl(KEYMAP_DE, KEY_SLASH, shift), 0x1f);
	assert_int_equal(keymap_ctrl(KEYMAP_UK, KEY_102ND, plain), 0x1c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keymap__plain_and_shift__are_those_of_xkb),
	    cmocka_unit_test(keymap__caps_lock__turns_letters),
	    cmocka_unit_test(keymap__altgr__is_that_of_xkb),
	    cmocka_unit_test(keymap__every_printable_character__is_on_a_key),
	    cmocka_unit_test(keymap__keys_of_all_layouts),
	    cmocka_unit_test(keymap__ctrl__makes_every_control_character),
	};
	return cmocka_run_group_tests(tests, open_xkb, close_xkb);
}
