#include "kiosk/ui/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

static void ui_field__editing__moves_by_graphemes(void **state)
{
	struct ui_field f;
	(void)state;
	ui_field_init(&f, TEXT_NAME_SZ);
	/* "e" + combining acute, a family joined by ZWJ, a flag, a letter. */
	const uint32_t typed[] = {'e', 0x301, 0x1f469, 0x200d, 0x1f467, 0x1f1e9, 0x1f1ea, 'x'};
	for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++)
		assert_true(ui_field_insert(&f, typed[i]));
	assert_true(ui_field_backspace(&f));
	assert_true(ui_field_backspace(&f)); /* the flag, whole */
	assert_true(ui_field_backspace(&f)); /* the family, whole */
	assert_string_equal(f.text, "e\xcc\x81");
	assert_true(ui_field_backspace(&f));
	assert_string_equal(f.text, "");
	assert_false(ui_field_backspace(&f));
	assert_false(ui_field_delete(&f));
	assert_false(ui_field_left(&f));
	assert_false(ui_field_right(&f));
}

static void ui_field__in_the_middle__inserts_and_deletes(void **state)
{
	struct ui_field f;
	(void)state;
	ui_field_init(&f, TEXT_NAME_SZ);
	ui_field_set(&f, "M\xc3\xbcller");
	ui_field_home(&f);
	ui_field_right(&f);
	ui_field_delete(&f);
	ui_field_insert(&f, 'u');
	ui_field_insert(&f, 'e');
	assert_string_equal(f.text, "Mueller");
	assert_int_equal(f.cursor, 3);
	ui_field_left(&f);
	ui_field_insert(&f, 0x5c71);
	assert_string_equal(f.text, "Mu\xe5\xb1\xb1"
				    "eller");
	assert_true(ui_field_end(&f));
	assert_false(ui_field_end(&f));
	assert_int_equal(f.cursor, strlen(f.text));
}

static void ui_field_insert__what_is_no_text__is_refused(void **state)
{
	static const uint32_t bad[] = {0, 7, 27, '\n', '\t', 127, 0x85, 0x202e, 0x200b, 0x2066,
	    0xfeff, 0xd800, 0xe000, 0xffff, 0x2028, 0x10ffff, 0x110000, 0xffffffff};
	struct ui_field f;
	(void)state;
	ui_field_init(&f, TEXT_NAME_SZ);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(ui_field_insert(&f, bad[i]));
	assert_string_equal(f.text, "");
}

static void ui_field_insert__full__keeps_what_is_there(void **state)
{
	struct ui_field f;
	(void)state;
	ui_field_init(&f, 6);
	for (int i = 0; i < 10000; i++)
		ui_field_insert(&f, 'a');
	assert_string_equal(f.text, "aaaaa");
	ui_field_clear(&f);
	assert_true(ui_field_insert(&f, 0x1f469));
	assert_false(ui_field_insert(&f, 0xe9));
	assert_true(ui_field_insert(&f, 'a'));
	ui_field_set(&f, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9");
	assert_string_equal(f.text, "\xc3\xa9\xc3\xa9");
}

static void ui_field_view__long_text__keeps_the_cursor_in_sight(void **state)
{
	struct ui_field f;
	size_t from;
	(void)state;
	ui_field_init(&f, TEXT_NAME_SZ);
	for (int i = 0; i < 60; i++)
		ui_field_insert(&f, i % 2 ? 0x5c71 : 'a');
	int column = ui_field_view(&f, 20, &from);
	assert_true(column <= 19 && column >= 17);
	assert_true(from > 0);
	ui_field_home(&f);
	assert_int_equal(ui_field_view(&f, 20, &from), 0);
	assert_int_equal(from, 0);
}

static void ui_field__anything__stays_whole(void **state)
{
	struct random_fake seed = {7};
	struct random r = random_of_fake(&seed);
	struct ui_field f;
	char clean[TEXT_FIELD_SZ];
	(void)state;
	ui_field_init(&f, 40);
	for (int i = 0; i < 100000; i++) {
		static const uint32_t pool[] = {'a', 0x301, 0x200d, 0x1f469, 0x1f1e9, 0x5c71,
		    0x0e33, 0x1100, 0x1161, 0x202e, 0xfe0f};
		switch (random_below(&r, 8)) {
		case 0: ui_field_left(&f); break;
		case 1: ui_field_right(&f); break;
		case 2: ui_field_backspace(&f); break;
		case 3: ui_field_delete(&f); break;
		default:
			ui_field_insert(&f, random_below(&r, 3) ? pool[random_below(&r, 11)]
								: random_below(&r, 0x120000));
			break;
		}
		size_t from;
		assert_true(strlen(f.text) < 40 && f.cursor <= strlen(f.text));
		int column = ui_field_view(&f, 10, &from);
		assert_true(column < 10 && from <= f.cursor);
		assert_int_equal(
		    text_clean(clean, sizeof clean, f.text, strlen(f.text), TEXT_CUT, NULL),
		    ERR_OK);
		assert_null(strstr(f.text, "\xe2\x80\xae"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ui_field__editing__moves_by_graphemes),
	    cmocka_unit_test(ui_field__in_the_middle__inserts_and_deletes),
	    cmocka_unit_test(ui_field_insert__what_is_no_text__is_refused),
	    cmocka_unit_test(ui_field_insert__full__keeps_what_is_there),
	    cmocka_unit_test(ui_field_view__long_text__keeps_the_cursor_in_sight),
	    cmocka_unit_test(ui_field__anything__stays_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
