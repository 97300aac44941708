#include "base/text.h"

#include "check.h"

#include <limits.h>
#include <locale.h>
#include <wchar.h>

static void text__width__counts_columns(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		int columns;
	} v[] = {{"", 0}, {"Zoë", 3}, {"漢字", 4}, {"q\xcc\xa3\xcc\x87", 1}, {"한국", 4},
	    {"ไทย", 3}, {"😀", 2}, {"ｆｕｌｌ", 8}, {"\u0645\u06cc\u200c\u062e", 3}, {"•…", 2},
	    {"का", 2}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++)
		assert_int_equal(text_width(v[i].s), v[i].columns);
}

/* curses lays out by wcwidth(3): over the letters that a name can hold, both must agree. */
static void text__width__agrees_with_curses(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	int differ = 0, seen = 0;
	for (wchar_t cp = 0x20; cp < 0x30000; cp++) {
		char src[MB_LEN_MAX + 1] = "", clean[16];
		if ((cp >= 0x3248 && cp <= 0x324f) || (cp >= 0x4dc0 && cp <= 0x4dff))
			continue; /* numbers on black squares and hexagrams: "ambiguous", and no part of a name */
		int n = wctomb(src, cp), want = wcwidth(cp);
		if (n <= 0 || want < 0 ||
		    text_clean(clean, sizeof clean, src, (size_t)n, TEXT_STRICT, NULL) != ERR_OK ||
		    strcmp(src, clean) != 0)
			continue;
		seen++;
		differ += text_width(src) != want;
	}
	assert_true(seen > 90000);
	assert_in_range(differ, 0,
	    4); /* U+302E, U+302F, U+16FF0, U+16FF1: tone marks that glibc counts as wide */
}

static void text__fit__cuts_with_an_ellipsis(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		int columns;
		const char *want;
		int used;
	} v[] = {{"Anna", 4, "Anna", 4}, {"Anna", 10, "Anna", 4}, {"Annabel", 4, "Ann…", 4},
	    {"漢字漢字", 5, "漢字…", 5}, {"漢字漢字", 4, "漢…", 3}, {"Anna", 1, "…", 1},
	    {"Anna", 0, "", 0}, {"Anna", -3, "", 0}, {"", 5, "", 0},
	    {"q\xcc\xa3\xcc\x87zz", 2, "q\xcc\xa3\xcc\x87…", 2}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		char dst[32];
		assert_int_equal(text_fit(dst, sizeof dst, v[i].s, v[i].columns), v[i].used);
		assert_string_equal(dst, v[i].want);
		assert_int_equal(text_width(dst), v[i].used);
	}
}

static void text__fit__small_buffers(void **state)
{
	(void)state;
	for (size_t sz = 0; sz < 12; sz++) {
		char dst[16];
		memset(dst, 'Q', sizeof dst);
		(void)text_fit(dst, sz, "éé漢字éé", 8);
		if (sz > 0)
			assert_true(strlen(dst) < sz && text_is_clean(dst, TEXT_LINE));
		assert_int_equal(dst[sz], 'Q');
	}
}

/* All lines of s, joined by "|". */
static const char *wrapped(const char *s, int columns)
{
	static char out[1000];
	out[0] = '\0';
	while (*s != '\0') {
		size_t n = text_wrap(s, columns);
		assert_true(n > 0);
		(void)strncat(out, s, n);
		s += n;
		while (*s == ' ' || *s == '\n')
			s++;
		if (*s != '\0')
			(void)strncat(out, "|", 2);
	}
	return out;
}

static void text__wrap__at_spaces_and_beside_ideographs(void **state)
{
	(void)state;
	assert_string_equal(wrapped("the quick brown fox", 9), "the quick|brown fox");
	assert_string_equal(wrapped("the quick brown fox", 10), "the quick|brown fox");
	assert_string_equal(wrapped("the", 9), "the");
	assert_string_equal(wrapped("Donaudampfschifffahrt", 8), "Donaudam|pfschiff|fahrt");
	assert_string_equal(wrapped("a Donaudampfschifffahrt", 8), "a|Donaudam|pfschiff|fahrt");
	assert_string_equal(wrapped("anna-maria muster", 8), "anna-|maria|muster");
	assert_string_equal(wrapped("漢字漢字漢字", 5), "漢字|漢字|漢字");
	assert_string_equal(
	    wrapped("日本語。日本", 6), "日本|語。日|本"); /* no line begins with a full stop */
	assert_string_equal(wrapped("日本「語」日本", 6),
	    "日本|「語」|日本"); /* nor ends with an opening bracket */
	assert_string_equal(wrapped("one\ntwo three", 20), "one|two three");
	assert_int_equal(text_wrap("", 10), 0);
	assert_int_equal(text_wrap("漢", 1), 3);
	assert_int_equal(text_wrap("abc", 0), 1);
	assert_int_equal(text_wrap("\nabc", 5), 1);
}

static void text__mask__shows_little(void **state)
{
	(void)state;
	static const struct {
		const char *s, *want;
	} v[] = {{"zoe@example.org", "z•••@example.org"}, {"z@x.org", "z•••@x.org"},
	    {"+49 170 1234567", "••• 67"}, {"(030) 12-34/56", "••• 56"}, {"12345", "••••"},
	    {"1990-12-31", "••••"}, {"31.12.1990", "••••"}, {"1/2/1990", "••••"},
	    {"1990-12-31-7", "••• 17"}, {"030-12-3456", "••• 56"}, {"Zoë", "••••"}, {"@x", "••••"},
	    {"a b@c", "••••"}, {"", ""}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		char dst[64];
		text_mask(dst, sizeof dst, v[i].s);
		assert_string_equal(dst, v[i].want);
	}
	char tiny[4];
	text_mask(tiny, sizeof tiny, "zoe@example.org");
	assert_true(strlen(tiny) < sizeof tiny);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text__width__counts_columns),
	    cmocka_unit_test(text__width__agrees_with_curses),
	    cmocka_unit_test(text__fit__cuts_with_an_ellipsis),
	    cmocka_unit_test(text__fit__small_buffers),
	    cmocka_unit_test(text__wrap__at_spaces_and_beside_ideographs),
	    cmocka_unit_test(text__mask__shows_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
