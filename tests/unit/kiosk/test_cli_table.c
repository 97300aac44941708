#include "kiosk/cli/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

static const struct table_column columns[] = {
    {"N", 0, false}, {"NAME", 6, false}, {"COMPANY", 5, true}, {"STATE", 0, true}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static char *drawn(const char *const cells[][COLUMNS], size_t rows, struct print p)
{
	char *text = NULL;
	size_t len;
	struct table t;
	p.f = open_memstream(&text, &len);
	table_init(&t, columns, COLUMNS);
	for (size_t i = 0; i < rows * COLUMNS; i++)
		table_add(&t, PRINT_PLAIN, cells[i / COLUMNS][i % COLUMNS]);
	table_print(&t, &p);
	table_fini(&t);
	(void)fclose(p.f);
	return text;
}

static void table__print__as_wide_as_its_cells(void **state)
{
	(void)state;
	static const char *const cells[][COLUMNS] = {
	    {"1", "Zoë Müller", "Example", "inside"}, {"12", "山田太郎", "", "out"}};
	char *text = drawn(cells, 2, (struct print){0});
	assert_string_equal(text, "N   NAME        COMPANY  STATE\n"
				  "1   Zoë Müller  Example  inside\n"
				  "12  山田太郎             out\n");
	free(text);
}

static void table__print__nothing_without_rows(void **state)
{
	(void)state;
	char *text = drawn(NULL, 0, (struct print){.columns = 40});
	assert_string_equal(text, "");
	free(text);
}

static void table__print__an_empty_column_goes(void **state)
{
	(void)state;
	static const char *const cells[][COLUMNS] = {{"1", "Anna", "", ""}};
	char *text = drawn(cells, 1, (struct print){0});
	assert_string_equal(text, "N  NAME\n1  Anna\n");
	free(text);
}

/* Whatever the width, no line is wider, as long as the columns that must stay can be had. */
static void table__print__fits(void **state)
{
	(void)state;
	static const char *const cells[][COLUMNS] = {
	    {"000042", "Maximiliane Alexandra Freifrau von Hohenstein", "Société Générale",
		"expected"},
	    {"000043", "東京都千代田区丸の内一丁目株式会社", "山田電機株式会社", "inside"}};
	for (int room = 14; room < 90; room++) {
		char *text = drawn(cells, 2, (struct print){.columns = room});
		char *rest = text, *line;
		while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
			assert_true(text_width(line) <= room);
			assert_true(line[strlen(line) - 1] != ' ');
		}
		free(text);
	}
}

static void table__print__cut_from_the_widest(void **state)
{
	(void)state;
	static const char *const cells[][COLUMNS] = {
	    {"1", "Maximiliane Hohenstein", "Example", "inside"}};
	char *text = drawn(cells, 1, (struct print){.columns = 30});
	assert_string_equal(
	    text, "N  NAME        COMPANY  STATE\n1  Maximilia…  Example  inside\n");
	free(text);
}

static void table__print__drops_what_may_go(void **state)
{
	(void)state;
	static const char *const cells[][COLUMNS] = {{"1", "Maximiliane", "Example", "inside"}};
	char *text = drawn(cells, 1, (struct print){.columns = 12});
	assert_string_equal(text, "N  NAME\n1  Maximili…\n");
	free(text);
}

/* Escape sequences, bidi overrides, line ends, ten thousand characters: one clean line each. */
static void table__add__hostile(void **state)
{
	(void)state;
	char *huge = calloc(1, 10001);
	memset(huge, 'x', 10000);
	const char *const cells[][COLUMNS] = {
	    {"1", "\033[31mred\033]0;title\a", "a\u202eb", "x\r\ny"},
	    {"2", huge, "\xff\xfe",
		"\xc2\x9b"
		"2J"},
	    {"3", "\"quoted\" %s %n", "'; --", "z\u200b"}};
	char *text = drawn(cells, 3, (struct print){.columns = 80});
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++)
		assert_true(*p == '\n' || (*p >= ' ' && *p != 0x7f));
	assert_null(strstr(text, "\u202e"));
	assert_null(strstr(text, "\xc2\x9b"));
	assert_non_null(strstr(text, "[31mred]0;title"));
	assert_non_null(strstr(text, "\"quoted\" %s %n"));
	assert_non_null(strstr(text, "x y"));
	free(text);
	free(huge);
}

static void table__print__styles_only_in_colour(void **state)
{
	(void)state;
	char *text = NULL;
	size_t len;
	struct table t;
	for (int colour = 0; colour < 2; colour++) {
		struct print p = {.f = open_memstream(&text, &len), .colour = colour};
		table_init(&t, columns, 1);
		table_add(&t, PRINT_BAD, "failed");
		table_print(&t, &p);
		table_fini(&t);
		(void)fclose(p.f);
		assert_string_equal(
		    text, colour ? "\033[1mN\033[0m\n\033[1;31mfailed\033[0m\n" : "N\nfailed\n");
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table__print__as_wide_as_its_cells),
	    cmocka_unit_test(table__print__nothing_without_rows),
	    cmocka_unit_test(table__print__an_empty_column_goes),
	    cmocka_unit_test(table__print__fits),
	    cmocka_unit_test(table__print__cut_from_the_widest),
	    cmocka_unit_test(table__print__drops_what_may_go),
	    cmocka_unit_test(table__add__hostile),
	    cmocka_unit_test(table__print__styles_only_in_colour),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
