#include "base/text.h"

#include "check.h"

#include <stdio.h>
#include <time.h>

static char out[40000];

static void cleans_n(const void *src, size_t n, unsigned flags, const char *want)
{
	struct err e = {0};
	if (text_clean(out, sizeof out, src, n, flags, &e) != ERR_OK)
		fail_msg("refused: %s", e.msg);
	assert_string_equal(out, want);
	assert_true(text_is_clean(out, flags));
}

static void cleans(const char *src, unsigned flags, const char *want)
{
	cleans_n(src, strlen(src), flags, want);
}

static void text__clean__plain(void **state)
{
	(void)state;
	cleans("", TEXT_LINE, "");
	cleans("Anna", TEXT_LINE, "Anna");
	cleans("O'Brien; DROP TABLE \"x\" % _ =", TEXT_LINE, "O'Brien; DROP TABLE \"x\" % _ =");
	cleans("Zoë Müller 漢字 Ελλάδα ไทย 한국", TEXT_LINE, "Zoë Müller 漢字 Ελλάδα ไทย 한국");
}

static void text__clean__white_space_folds(void **state)
{
	(void)state;
	cleans("  a \t b\r\nc\xc2\xa0\xe3\x80\x80 d ", TEXT_LINE, "a b c d");
	cleans(" \t\r\n\xe2\x80\xa8", TEXT_LINE, "");
	cleans("a\r\nb\rc\nd\xe2\x80\xa9"
	       "e\xc2\x85"
	       "f",
	    TEXT_LINES, "a\nb\nc\nd\ne\nf");
	cleans("\n\n a \n\n\n\n b \n", TEXT_LINES, "a\n\nb");
}

static void text__clean__drops_what_has_no_place(void **state)
{
	(void)state;
	cleans("a\x1b[2Jb\x1b]0;x\x07", TEXT_LINE, "a[2Jb]0;x"); /* ESC, OSC, BEL */
	cleans_n("a\0b", 3, TEXT_LINE, "ab"); /* NUL */
	cleans("a\xc2\x9b"
	       "b\x7f"
	       "c",
	    TEXT_LINE, "abc"); /* C1 CSI, DEL */
	cleans("user\xe2\x80\xae"
	       "gpj.exe",
	    TEXT_LINE, "usergpj.exe"); /* U+202E */
	cleans("\xe2\x81\xa6x\xe2\x81\xa9", TEXT_LINE, "x"); /* isolates */
	cleans("a\xe2\x80\x8b"
	       "b\xe2\x81\xa0"
	       "c\xef\xbb\xbf"
	       "d\xc2\xad"
	       "e",
	    TEXT_LINE, "abcde"); /* zero width, BOM, soft hyphen */
	cleans("\xee\x80\x80x\xf3\xb0\x80\x80", TEXT_LINE, "x"); /* private use */
	cleans("\xef\xb7\x90x\xef\xbf\xbf\xcd\xb8", TEXT_LINE, "x"); /* noncharacters, unassigned */
	cleans("\xe3\x85\xa4\xef\xbe\xa0\xe1\x85\x9f", TEXT_LINE, ""); /* letters without ink */
	cleans("\xf3\xa0\x81\x81x", TEXT_LINE, "x"); /* tag characters */
	cleans("\xcc\x81"
	       "abc",
	    TEXT_LINE, "abc"); /* a mark that stands on nothing */
	cleans("  \xcc\x81\xcc\x82 x", TEXT_LINE, "x");
}

static void text__clean__invalid_bytes_become_fffd(void **state)
{
	(void)state;
	cleans("a\xff"
	       "b",
	    TEXT_LINE,
	    "a\uFFFD"
	    "b");
	cleans("\xc3", TEXT_LINE, "\uFFFD");
	cleans("\xc3(", TEXT_LINE, "\uFFFD(");
	cleans("\xed\xa0\x80x", TEXT_LINE, "\uFFFDx"); /* a surrogate */
	cleans("\xc0\xafx", TEXT_LINE, "\uFFFDx"); /* overlong slash never becomes one */
	cleans("\xf4\x90\x80\x80x", TEXT_LINE, "\uFFFDx"); /* beyond U+10FFFF */
	cleans("\xe2\x82", TEXT_LINE, "\uFFFD");
	cleans("\xe2\x82\"", TEXT_LINE, "\uFFFD\""); /* never swallows the ASCII after it */
}

static void text__clean__composes(void **state)
{
	(void)state;
	cleans("Zoe\xcc\x88", TEXT_LINE, "Zoë");
	cleans("a\xe2\x80\x8b\xcc\x81", TEXT_LINE, "á"); /* also what dropping brought together */
	cleans("\xe2\x84\xab", TEXT_LINE, "Å");
	cleans("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", TEXT_LINE, "한");
	cleans("q\xcc\x87\xcc\xa3", TEXT_LINE, "q\xcc\xa3\xcc\x87"); /* canonical order */
	cleans("\xe0\xa4\xa9", TEXT_LINE, "\xe0\xa4\xa9");
}

static void text__clean__joiners_by_rfc_5892(void **state)
{
	(void)state;
	/* Persian mi-khaham: ZWNJ between two joining letters stays (A.1), also with a mark between. */
	cleans("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", TEXT_LINE,
	    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645");
	cleans("\u0628\u064e\u200c\u064e\u0628", TEXT_LINE, "\u0628\u064e\u200c\u064e\u0628");
	/* After a letter that does not join forward, before one that does not join back, between Latin, at an end: it goes. */
	cleans("\u0627\u200c\u0628", TEXT_LINE, "\u0627\u0628");
	cleans("\u0628\u200c\u0621", TEXT_LINE, "\u0628\u0621");
	cleans("a\u200cb", TEXT_LINE, "ab");
	cleans("\u0628\u200c", TEXT_LINE, "\u0628");
	cleans("\u200c\u0628", TEXT_LINE, "\u0628");
	cleans("\u0628 \u200c\u0628", TEXT_LINE, "\u0628 \u0628");
	/* After a virama both stay (A.1, A.2): Devanagari ksha, Malayalam chillu. */
	cleans("\u0915\u094d\u200d\u0937", TEXT_LINE, "\u0915\u094d\u200d\u0937");
	cleans("\u0915\u094d\u200c\u0937", TEXT_LINE, "\u0915\u094d\u200c\u0937");
	cleans("\u0928\u094d\u200d", TEXT_LINE, "\u0928\u094d\u200d");
	/* ZWJ elsewhere goes; so does it in an emoji sequence. */
	cleans("\u0628\u200d\u0628", TEXT_LINE, "\u0628\u0628");
	cleans("👩\u200d🔬", TEXT_LINE, "👩🔬");
	cleans("\u0628\u200c\u200c\u0628", TEXT_LINE, "\u0628\u200c\u0628");
	/* A virama that stands on nothing goes, and its joiner with it. */
	cleans("\u094d\u200d\u0937", TEXT_LINE, "\u0937");
	/* Two that lean on each other. */
	cleans("\u0915\u094d\u200d\u200d\u200d", TEXT_LINE, "\u0915\u094d\u200d");
	/* Dropping one brings marks into another order, and then the other has no virama before it either. */
	cleans("a\u0316\u200c\u094d\u200dx", TEXT_LINE, "a\u094d\u0316x");
}

static void text__clean__bounds_marks(void **state)
{
	(void)state;
	char zalgo[2 + 2 * 500];
	zalgo[0] = 'o';
	for (int i = 0; i < 500; i++)
		memcpy(zalgo + 1 + 2 * i, i % 2 ? "\xcc\xb6" : "\xcc\x80", 2);
	zalgo[1 + 2 * 500] = '\0';
	struct err e;
	assert_int_equal(text_clean(out, sizeof out, zalgo, strlen(zalgo), TEXT_LINE, &e), ERR_OK);
	assert_in_range(strlen(out), 10, 64);
	assert_true(text_is_clean(out, TEXT_LINE));
	assert_int_equal(
	    text_clean(out, sizeof out, zalgo, strlen(zalgo), TEXT_STRICT, &e), ERR_INPUT);
}

static void text__clean__hostile_marks_stay_fast(void **state)
{
	(void)state;
	static char many[200001];
	for (size_t i = 0; i + 2 < sizeof many; i += 2)
		memcpy(many + i, i % 4 ? "\xcc\xa3" : "\xcc\x81", 2);
	struct timespec a, b;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	assert_int_equal(text_clean(out, sizeof out, many, strlen(many), TEXT_CUT, NULL), ERR_OK);
	for (size_t i = 0; i + 3 < sizeof many; i += 3)
		memcpy(many + i, "\u200c", 3);
	assert_int_equal(text_clean(out, sizeof out, many, strlen(many), TEXT_CUT, NULL), ERR_OK);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	assert_true(
	    b.tv_sec - a.tv_sec < 5); /* sorting 100,000 marks in one run would take far longer */
}

static void text__strict__refuses_what_would_change(void **state)
{
	(void)state;
	static const char *const bad[] = {"a\x1b"
					  "b",
	    "\xff", "\xe2\x80\xae", "a\u200cb", "\u200b", "\xee\x80\x80", "\xcc\x81x"};
	struct err e;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(
		    text_clean(out, sizeof out, bad[i], strlen(bad[i]), TEXT_STRICT, &e),
		    ERR_INPUT);
		assert_string_equal(out, "");
	}
	assert_int_equal(text_clean(out, sizeof out, "a\0b", 3, TEXT_STRICT, &e), ERR_INPUT);
	/* White space and composition are no offence; nor is a U+FFFD that was written. */
	cleans("  Zoe\xcc\x88 \n x", TEXT_STRICT, "Zoë x");
	cleans("\xef\xbf\xbd", TEXT_STRICT, "\xef\xbf\xbd");
	cleans("\u0645\u06cc\u200c\u062e", TEXT_STRICT, "\u0645\u06cc\u200c\u062e");
}

static void text__clean__too_long(void **state)
{
	(void)state;
	char longer[10001], dst[TEXT_NAME_SZ];
	memset(longer, 'x', 10000);
	longer[10000] = '\0';
	struct err e;
	assert_int_equal(text_clean(dst, sizeof dst, longer, 10000, TEXT_LINE, &e), ERR_TOO_LONG);
	assert_string_equal(dst, "");
	assert_string_equal(e.msg, "is too long; at most 200 bytes");
	assert_int_equal(text_clean(dst, sizeof dst, longer, 200, TEXT_LINE, &e), ERR_OK);
	assert_int_equal(text_clean(dst, sizeof dst, longer, 201, TEXT_LINE, &e), ERR_TOO_LONG);
	assert_int_equal(text_clean(dst, sizeof dst, longer, 10000, TEXT_CUT, &e), ERR_OK);
	assert_int_equal(strlen(dst), 200);
	/* What shrinks below the bound fits. */
	memset(longer, ' ', 10000);
	assert_int_equal(text_clean(dst, sizeof dst, longer, 10000, TEXT_LINE, &e), ERR_OK);
	assert_string_equal(dst, "");
	assert_int_equal(text_clean(dst, 1, "x", 1, TEXT_CUT, &e), ERR_OK);
	assert_string_equal(dst, "");
}

static void text__cut__at_a_grapheme(void **state)
{
	(void)state;
	char dst[8];
	static const struct {
		const char *s;
		size_t sz;
		const char *want;
	} v[] = {{"abcdefgh", 8, "abcdefg"}, {"ééééé", 8, "ééé"},
	    {"abcdq\xcc\xa3\xcc\x87", 8, "abcd"}, {"aaaaaa bb", 8, "aaaaaa"}, {"😀😀", 8, "😀"},
	    {"😀", 4, ""}, {"\u0628\u0628\u200c\u0628", 8, "\u0628\u0628"}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		assert_int_equal(
		    text_clean(dst, v[i].sz, v[i].s, strlen(v[i].s), TEXT_CUT, NULL), ERR_OK);
		assert_string_equal(dst, v[i].want);
		assert_true(text_is_clean(dst, TEXT_LINE));
	}
}

static void text__is_clean__knows_the_difference(void **state)
{
	(void)state;
	assert_true(text_is_clean("", TEXT_LINE));
	assert_true(text_is_clean("a b", TEXT_LINE));
	assert_true(text_is_clean("a\nb", TEXT_LINES));
	static const char *const bad[] = {
	    " a", "a ", "a  b", "a\nb", "Zoe\xcc\x88", "\xff", "a\x1b"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(text_is_clean(bad[i], TEXT_LINE));
}

/* Every code point alone and between two letters: clean stays clean, nothing with a control in it comes out. */
static void text__clean__every_code_point(void **state)
{
	(void)state;
	char src[16];
	for (uint32_t cp = 1; cp < 0x110000; cp++) {
		if (cp >= 0xd800 && cp < 0xe000)
			continue;
		int n = 0;
		src[n++] = 'a';
		if (cp < 0x80) {
			src[n++] = (char)cp;
		} else if (cp < 0x800) {
			src[n++] = (char)(0xc0 | cp >> 6);
			src[n++] = (char)(0x80 | (cp & 63));
		} else if (cp < 0x10000) {
			src[n++] = (char)(0xe0 | cp >> 12);
			src[n++] = (char)(0x80 | (cp >> 6 & 63));
			src[n++] = (char)(0x80 | (cp & 63));
		} else {
			src[n++] = (char)(0xf0 | cp >> 18);
			src[n++] = (char)(0x80 | (cp >> 12 & 63));
			src[n++] = (char)(0x80 | (cp >> 6 & 63));
			src[n++] = (char)(0x80 | (cp & 63));
		}
		src[n++] = 'b';
		char once[64], twice[64];
		if (text_clean(once, sizeof once, src, (size_t)n, TEXT_LINE, NULL) != ERR_OK)
			fail_msg("U+%04X", cp);
		if (text_clean(twice, sizeof twice, once, strlen(once), TEXT_STRICT, NULL) !=
			ERR_OK ||
		    strcmp(once, twice) != 0)
			fail_msg("U+%04X is not stable", cp);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text__clean__plain),
	    cmocka_unit_test(text__clean__white_space_folds),
	    cmocka_unit_test(text__clean__drops_what_has_no_place),
	    cmocka_unit_test(text__clean__invalid_bytes_become_fffd),
	    cmocka_unit_test(text__clean__composes),
	    cmocka_unit_test(text__clean__joiners_by_rfc_5892),
	    cmocka_unit_test(text__clean__bounds_marks),
	    cmocka_unit_test(text__clean__hostile_marks_stay_fast),
	    cmocka_unit_test(text__strict__refuses_what_would_change),
	    cmocka_unit_test(text__clean__too_long),
	    cmocka_unit_test(text__cut__at_a_grapheme),
	    cmocka_unit_test(text__is_clean__knows_the_difference),
	    cmocka_unit_test(text__clean__every_code_point),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
