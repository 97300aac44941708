#include "kiosk/visitor/action.h"

#include <curses.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/path.h"
#include "base/str.h"
#include "kiosk/visitor/screen.h"

static enum action of(uint32_t code, bool function, bool typing)
{
	int arg;
	return action_of_key((struct wedge_key){.code = code, .function = function}, typing, &arg);
}

static void action_of_key__table__is_what_counts(void **state)
{
	int arg;
	(void)state;
	assert_int_equal(of(KEY_F(1), true, true), ACT_HELP);
	assert_int_equal(of('?', false, false), ACT_HELP);
	assert_int_equal(of('?', false, true), ACT_NONE);
	assert_int_equal(of('\r', false, true), ACT_NEXT);
	assert_int_equal(of('\n', false, true), ACT_NEXT);
	assert_int_equal(of(27, false, true), ACT_BACK);
	assert_int_equal(of(127, false, true), ACT_ERASE);
	assert_int_equal(of(KEY_BACKSPACE, true, false), ACT_ERASE);
	assert_int_equal(of('7', false, true), ACT_NONE);
	assert_int_equal(action_of_key((struct wedge_key){.code = '7'}, false, &arg), ACT_CHOOSE);
	assert_int_equal(arg, 6);
	assert_int_equal(of('0', false, false), ACT_NONE);
}

static void action_of_key__all_that_leaves_elsewhere__does_nothing(void **state)
{
	(void)state;
	for (uint32_t c = 1; c < 27; c++) /* Ctrl-A … Ctrl-Z */
		if (c != 8 && c != '\t' && c != '\n' && c != '\r')
			assert_int_equal(of(c, false, false), ACT_NONE);
	assert_int_equal(of(28, false, false), ACT_NONE); /* Ctrl-\ */
	assert_int_equal(of(KEY_F(10), true, false), ACT_NONE);
	assert_int_equal(of(KEY_SUSPEND, true, false), ACT_NONE);
	assert_int_equal(of('q', false, false), ACT_NONE);
}

static void action_rows__no_key__has_two_meanings(void **state)
{
	int n;
	const struct action_row *rows = action_rows(&n);
	(void)state;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < rows[i].n_keys; k++)
			assert_int_equal(of(rows[i].keys[k].code, rows[i].keys[k].function, false),
			    rows[i].action);
}

static void screens__what_they_offer__has_a_key_and_a_word(void **state)
{
	(void)state;
	for (int s = 0; s < FLOW_SCREENS; s++)
		for (const struct bind *b = screen_of((enum flow_screen)s)->binds;
		     b->action != ACT_NONE; b++) {
			const struct action_row *row = action_row(b->action);
			assert_non_null(row);
			assert_true(b->label != NULL || row->label != NULL);
		}
}

/* The KEYS section of the manual page, as "key: sentence\n" lines. */
static void manual_keys(struct str_buf *out)
{
	char *page, *save = NULL;
	size_t len;
	bool in = false, first = true;
	assert_int_equal(path_read(&page, &len, "man/foyer-kiosk.1", 100000, NULL), ERR_OK);
	for (char *line = strtok_r(page, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save)) {
		if (str_starts(line, ".Sh"))
			in = str_eq(line, ".Sh KEYS");
		else if (in && str_starts(line, ".El"))
			break;
		else if (in && str_starts(line, ".It Ic ")) {
			str_buf_print(out, "%s%s:", first ? "" : "\n", line + 7);
			first = false;
		} else if (in && line[0] != '.')
			str_buf_print(out, " %s", line);
	}
	free(page);
}

static void manual__keys__are_the_tables(void **state)
{
	struct str_buf page = STR_BUF_INIT, table = STR_BUF_INIT;
	int n;
	const struct action_row *rows = action_rows(&n);
	(void)state;
	manual_keys(&page);
	for (int i = 0; i < n; i++)
		str_buf_print(&table, "%s%s: %s", i > 0 ? "\n" : "", rows[i].key_name, rows[i].doc);
	assert_string_equal(page.data, table.data);
	str_buf_fini(&page);
	str_buf_fini(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(action_of_key__table__is_what_counts),
	    cmocka_unit_test(action_of_key__all_that_leaves_elsewhere__does_nothing),
	    cmocka_unit_test(action_rows__no_key__has_two_meanings),
	    cmocka_unit_test(screens__what_they_offer__has_a_key_and_a_word),
	    cmocka_unit_test(manual__keys__are_the_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
