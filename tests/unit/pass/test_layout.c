#include "pass/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "help.h"

static bool undo(char *dst, size_t dst_sz, const char *src, enum pass_layout l)
{
	return pass_layout_undo(dst, dst_sz, src, strlen(src), l);
}

static void layout__undo__every_printable_key(void **state)
{
	(void)state;
	static const char *const dead[PASS_LAYOUT_COUNT] = {"", "`=+", "[{", ""};
	for (int l = 0; l < PASS_LAYOUT_COUNT; l++) {
		for (char c = ' '; c <= '~'; c++) {
			const char sent[2] = {c, '\0'};
			char shown[8], back[8];
			bool typed = help_type(shown, sizeof shown, sent, (enum pass_layout)l);
			assert_int_equal(typed, strchr(dead[l], c) == NULL);
			if (!typed)
				continue;
			assert_true(undo(back, sizeof back, shown, (enum pass_layout)l));
			assert_string_equal(back, sent);
		}
	}
}

static void layout__undo__no_two_keys_show_the_same(void **state)
{
	(void)state;
	for (int l = 0; l < PASS_LAYOUT_COUNT; l++) {
		for (char a = '!'; a <= '~'; a++) {
			for (char b = '!'; b < a; b++) {
				const char sa[2] = {a, '\0'}, sb[2] = {b, '\0'};
				char ta[8], tb[8];
				if (help_type(ta, sizeof ta, sa, (enum pass_layout)l) &&
				    help_type(tb, sizeof tb, sb, (enum pass_layout)l))
					assert_string_not_equal(ta, tb);
			}
		}
	}
}

static void layout__undo__whole_lines(void **state)
{
	(void)state;
	char out[128];
	assert_true(undo(out, sizeof out, "FOZER", PASS_LAYOUT_DE));
	assert_string_equal(out, "FOYER");
	assert_true(undo(out, sizeof out, "&é\"'(-è_çà qwert? ;:!", PASS_LAYOUT_FR));
	assert_string_equal(out, "1234567890 azertM ,./");
	assert_true(undo(out, sizeof out, "\"£#~@¬", PASS_LAYOUT_UK));
	assert_string_equal(out, "@#\\|\"~");
	assert_true(undo(out, sizeof out, "@\n\x1e\rANSI 636014\t\x1c\x1d\x1f", PASS_LAYOUT_US));
	assert_string_equal(out, "@\n\x1e\rANSI 636014\t\x1c\x1d\x1f");
	assert_true(undo(out, sizeof out, "\"\n\x1e\rANSI -_", PASS_LAYOUT_DE));
	assert_string_equal(out, "@\n\x1e\rANSI /?");
}

static void layout__undo__caps_lock_capitals(void **state)
{
	(void)state;
	char out[32];
	assert_true(undo(out, sizeof out, "ÉÈÇÀÙ", PASS_LAYOUT_FR));
	assert_string_equal(out, "2790'");
	assert_true(undo(out, sizeof out, "ẞ", PASS_LAYOUT_DE));
	assert_string_equal(out, "-");
	assert_false(undo(out, sizeof out, "É", PASS_LAYOUT_DE));
	assert_false(undo(out, sizeof out, "ẞ", PASS_LAYOUT_FR));
}

static void layout__undo__refuses_what_is_on_no_key(void **state)
{
	(void)state;
	static const char *const never[] = {"\x1b", "\x01", "\x7f", "a\x1b]0;x\x07", "☒", "\xff",
	    "\xc3", "\xc3(", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xf0\x9f\x98\x80",
	    "\xe2\x80\xae", "\xe2\x80\x8b", "\xef\xbf\xbd", "€"};
	char out[64];
	for (int l = 0; l < PASS_LAYOUT_COUNT; l++) {
		for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
			out[0] = 'x';
			assert_false(undo(out, sizeof out, never[i], (enum pass_layout)l));
			assert_int_equal(out[0], '\0');
		}
		assert_false(pass_layout_undo(out, sizeof out, "a\0b", 3, (enum pass_layout)l));
	}
	static const char *const dead_de[] = {"^", "´", "`"}, *const dead_fr[] = {"^", "¨", "`"};
	for (size_t i = 0; i < 3; i++) {
		assert_false(undo(out, sizeof out, dead_de[i], PASS_LAYOUT_DE));
		assert_false(undo(out, sizeof out, dead_fr[i], PASS_LAYOUT_FR));
	}
	/* The key that a US keyboard has not. */
	assert_false(undo(out, sizeof out, "<", PASS_LAYOUT_DE));
	assert_false(undo(out, sizeof out, "<", PASS_LAYOUT_FR));
	assert_false(undo(out, sizeof out, "\\", PASS_LAYOUT_UK));
	assert_false(undo(out, sizeof out, "é", PASS_LAYOUT_US));
	assert_false(undo(out, sizeof out, "a", (enum pass_layout)PASS_LAYOUT_COUNT));
}

static void layout__undo__sizes(void **state)
{
	(void)state;
	char out[8];
	assert_true(undo(out, sizeof out, "", PASS_LAYOUT_FR));
	assert_string_equal(out, "");
	assert_true(pass_layout_undo(out, sizeof out, NULL, 0, PASS_LAYOUT_FR));
	assert_true(undo(out, sizeof out, "ééééééé", PASS_LAYOUT_FR));
	assert_string_equal(out, "2222222");
	assert_false(undo(out, sizeof out, "éééééééé", PASS_LAYOUT_FR));
	assert_false(undo(out, 1, "a", PASS_LAYOUT_US));
	assert_true(undo(out, 1, "", PASS_LAYOUT_US));
	assert_false(undo(out, 0, "", PASS_LAYOUT_US));

	enum { LONG = 10000 };
	char *text = malloc(LONG), *back = malloc(LONG + 1);
	assert_non_null(text);
	assert_non_null(back);
	memset(text, 'q', LONG);
	assert_false(pass_layout_undo(out, sizeof out, text, LONG, PASS_LAYOUT_FR));
	assert_true(pass_layout_undo(back, LONG + 1, text, LONG, PASS_LAYOUT_FR));
	assert_int_equal(strspn(back, "a"), LONG);
	free(text);
	free(back);
}

static void layout__name__all(void **state)
{
	(void)state;
	assert_string_equal(pass_layout_name(PASS_LAYOUT_US), "us");
	assert_string_equal(pass_layout_name(PASS_LAYOUT_DE), "de");
	assert_string_equal(pass_layout_name(PASS_LAYOUT_FR), "fr");
	assert_string_equal(pass_layout_name(PASS_LAYOUT_UK), "uk");
	assert_string_equal(pass_layout_name((enum pass_layout)PASS_LAYOUT_COUNT), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(layout__undo__every_printable_key),
	    cmocka_unit_test(layout__undo__no_two_keys_show_the_same),
	    cmocka_unit_test(layout__undo__whole_lines),
	    cmocka_unit_test(layout__undo__caps_lock_capitals),
	    cmocka_unit_test(layout__undo__refuses_what_is_on_no_key),
	    cmocka_unit_test(layout__undo__sizes),
	    cmocka_unit_test(layout__name__all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
