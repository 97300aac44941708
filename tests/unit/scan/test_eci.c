#include "scan/eci.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static uint8_t utf8[64];

static void says(const char *want, const char *bytes, const struct eci_mark *marks, int n)
{
	size_t len = 99;
	const struct eci_bytes from = {(const uint8_t *)bytes, strlen(bytes), marks, n};
	memset(utf8, 0, sizeof utf8);
	assert_true(eci_to_utf8(&from, utf8, sizeof utf8 - 1, &len));
	assert_string_equal((char *)utf8, want);
	assert_int_equal(len, strlen(want));
}

static void refuses(const char *bytes, size_t n, int number, size_t room)
{
	size_t len = 99;
	const struct eci_mark mark = {0, number};
	const struct eci_bytes from = {(const uint8_t *)bytes, n, &mark, 1};
	memset(utf8, 0, sizeof utf8);
	assert_false(eci_to_utf8(&from, utf8, room, &len));
	assert_int_equal(len, 0);
	for (size_t i = 0; i < sizeof utf8; i++)
		assert_int_equal(utf8[i], 0);
}

static void to_utf8__each_charset__is_converted(void **state)
{
	static const struct {
		int number;
		const char *bytes, *want;
	} cases[] = {{0, "\x81", "ü"}, {1, "\xfc", "ü"}, {2, "\x81", "ü"}, {3, "\xfc", "ü"},
	    {4, "\xb1", "ą"}, {5, "\xa1", "Ħ"}, {6, "\xb3", "ŗ"}, {7, "\xb6", "Ж"},
	    {8, "\xc7", "ا"}, {9, "\xe1", "α"}, {10, "\xe0", "א"}, {11, "\xfd", "ı"},
	    {12, "\xbd", "―"}, {13, "\xa1", "ก"}, {15, "\xfb", "ū"}, {16, "\xa1", "Ḃ"},
	    {17, "\xa4", "€"}, {18, "\xaa", "Ș"}, {20, "\x93\x5f\xb1", "点ｱ"}, {21, "\x8a", "Š"},
	    {22, "\xc6", "Ж"}, {23, "\x80", "€"}, {24, "\xc7", "ا"}, {26, "Zoë", "Zoë"},
	    {27, "Zoe", "Zoe"}, {28, "\xa4\xa4", "中"}, {29, "\xd6\xd0", "中"},
	    {30, "\xc7\xd1", "한"}, {31, "\xd6\xd0", "中"}, {32, "\xd6\xd0", "中"},
	    {170, "Zoe", "Zoe"}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		says(cases[i].want, cases[i].bytes, &(struct eci_mark){0, cases[i].number}, 1);
}

static void to_utf8__wide_charsets__are_converted(void **state)
{
	static const struct {
		int number;
		size_t n;
		uint8_t bytes[8];
	} cases[] = {{25, 4, {0x4e, 0x2d, 0, 'a'}}, {33, 4, {0x2d, 0x4e, 'a', 0}},
	    {34, 8, {0, 0, 0x4e, 0x2d, 0, 0, 0, 'a'}}, {35, 8, {0x2d, 0x4e, 0, 0, 'a', 0, 0, 0}}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t len;
		const struct eci_mark mark = {0, cases[i].number};
		const struct eci_bytes from = {cases[i].bytes, cases[i].n, &mark, 1};
		assert_true(eci_to_utf8(&from, utf8, sizeof utf8, &len));
		assert_int_equal(len, 4);
		assert_memory_equal(utf8, "中a", 4);
	}
}

/* What stands before the first is ISO 8859-1; one that holds for nothing says nothing. */
static void to_utf8__several__hold_each_for_its_bytes(void **state)
{
	static const struct eci_mark marks[] = {{2, 20}, {4, 9}, {5, 811799}, {5, 21}, {6, 899}};
	(void)state;
	says("Aä点αŠ", "A\xe4\x93\x5f\xe1\x8a", marks, 5);
	says("ü", "\xfc", NULL, 0);
	says("", "", marks, 0);
}

static void to_utf8__what_nobody_can_tell__is_refused(void **state)
{
	(void)state;
	refuses("abc", 3, 899, sizeof utf8); /* bytes that are no text */
	refuses("abc", 3, 14, sizeof utf8); /* none: there is no ISO 8859-12 */
	refuses("abc", 3, ECI_NUMBER_MAX, sizeof utf8); /* somebody's own */
	refuses("a\xfc", 2, 26, sizeof utf8);
	refuses("a\xc3", 2, 26, sizeof utf8); /* ends within a character */
	refuses("a\xfc", 2, 27, sizeof utf8);
	refuses("a\x81", 2, 20, sizeof utf8);
	refuses("\0a\xd8", 3, 25, sizeof utf8);
	refuses("abcd", 4, 3, 3);
	refuses("ab\xfc", 3, 3, 3); /* not half a character either */
}

static void to_utf8__marks_that_cannot_be__are_refused(void **state)
{
	static const struct eci_mark beyond[] = {{9, 3}}, back[] = {{2, 3}, {1, 3}};
	const struct eci_bytes far = {(const uint8_t *)"abc", 3, beyond, 1},
			       crossed = {(const uint8_t *)"abc", 3, back, 2};
	size_t len;
	(void)state;
	assert_false(eci_to_utf8(&far, utf8, sizeof utf8, &len));
	assert_false(eci_to_utf8(&crossed, utf8, sizeof utf8, &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(to_utf8__each_charset__is_converted),
	    cmocka_unit_test(to_utf8__wide_charsets__are_converted),
	    cmocka_unit_test(to_utf8__several__hold_each_for_its_bytes),
	    cmocka_unit_test(to_utf8__what_nobody_can_tell__is_refused),
	    cmocka_unit_test(to_utf8__marks_that_cannot_be__are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
