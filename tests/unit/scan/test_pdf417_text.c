#include "scan/pdf417_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WORDS(...)                                                                                 \
	((const uint16_t[]){__VA_ARGS__}), (int)(sizeof((const uint16_t[]){__VA_ARGS__}) / 2)

static struct pdf417_text text;

static void says(const char *want, size_t len, const uint16_t *words, int n)
{
	assert_int_equal(pdf417_text(&text, words, n), ERR_OK);
	assert_int_equal(text.len, len);
	assert_memory_equal(text.bytes, want, len);
}

#define assert_says(want, ...) says(want, sizeof(want) - 1, WORDS(__VA_ARGS__))

static void refuses(enum err_code code, const uint16_t *words, int n)
{
	assert_int_equal(pdf417_text(&text, words, n), code);
}

#define assert_refuses(code, ...) refuses(code, WORDS(__VA_ARGS__))

/* Text compaction packs two values of 0 … 29 into a codeword. */
#define T(a, b) ((a)*30 + (b))

static void text__example_of_the_standard__is_read(void **state)
{
	(void)state;
	assert_says("PDF417", 453, 178, 121, 239); /* annex Q */
}

static void text__submodes__latch_and_shift(void **state)
{
	(void)state;
	assert_says("ABC XYZ", T(0, 1), T(2, 26), T(23, 24), T(25, 29));
	assert_says("Abc D ef", T(0, 27), T(1, 2), T(26, 27), T(3, 26), T(4, 5)); /* ll, as */
	assert_says("a;b", T(27, 0), T(29, 0), T(1, 29)); /* ps and back to lower */
	assert_says("0&\r\t,:#-.$/+%*=^ a", T(28, 0), T(10, 11), T(12, 13), T(14, 15), T(16, 17),
	    T(18, 19), T(20, 21), T(22, 23), T(24, 26), T(27, 0)); /* ml, ll */
	assert_says(";<>@[\\]_`~!\r\t,:\n-.$/\"|*()?{}'A", T(28, 25), T(0, 1), T(2, 3), T(4, 5),
	    T(6, 7), T(8, 9), T(10, 11), T(12, 13), T(14, 15), T(16, 17), T(18, 19), T(20, 21),
	    T(22, 23), T(24, 25), T(26, 27), T(28, 29), T(0, 29)); /* pl, al */
	assert_says("1A", T(28, 1), T(28, 0)); /* ml, al */
	assert_says("a1;2", T(27, 0), T(28, 1), T(29, 0), T(2, 29)); /* a shift from mixed */
	assert_says(
	    "A", T(29, 29), T(0, 29)); /* a latch to alpha where a character was to be shifted */
	assert_says("", T(29, 29));
}

static void text__byte_shift__keeps_the_submode(void **state)
{
	(void)state;
	assert_says("a\xff"
		    "b",
	    T(27, 0), 913, 255, T(1, 29));
	/* A shift before it was a pad. */
	assert_says("a \1"
		    "b",
	    T(27, 0), T(26, 29), 913, 1, T(1, 29));
	/* Latching text compaction anew begins with alpha. */
	assert_says("aB", T(27, 0), 900, T(1, 29));
	assert_refuses(ERR_PROTOCOL, 913);
	assert_refuses(ERR_PROTOCOL, 913, 900);
	assert_refuses(ERR_PROTOCOL, 913, 256);
	assert_refuses(ERR_PROTOCOL, 901, 1, 913, 2);
	assert_refuses(ERR_PROTOCOL, 902, 1, 913, 2);
}

/* Annex C: bytes 1 … 6 are 1, 620, 89, 74, 846. */
static void text__byte_compaction__in_groups_and_alone(void **state)
{
	(void)state;
	assert_says("\1\2\3\4\5\6", 924, 1, 620, 89, 74, 846);
	assert_says("\1\2\3\4\5\6\1\2\3\4\5\6", 924, 1, 620, 89, 74, 846, 1, 620, 89, 74, 846);
	assert_says("\1\2\3\4\5\6\0\377", 901, 1, 620, 89, 74, 846, 0, 255);
	assert_says("\1\2\3\4\5", 901, 1, 2, 3, 4, 5); /* no group: not six bytes */
	assert_says("\1\2\3\4\5\6\1\2\3\4\5", 901, 1, 620, 89, 74, 846, 1, 2, 3, 4, 5);
	assert_says("\1\2\3\4\5\6AB", 924, 1, 620, 89, 74, 846, 900, T(0, 1));
	assert_says("\1\2\3\4\5AB", 901, 1, 2, 3, 4, 5, 900, T(0, 1));
	assert_says("\1\2", 901, 1, 924, 2);
	assert_says("", 901);
	assert_refuses(ERR_PROTOCOL, 901, 256);
	assert_refuses(ERR_PROTOCOL, 924, 899, 899, 899, 899, 899); /* more than six bytes hold */
}

/* Annex D: 000213298174000 is 1, 624, 434, 632, 282, 200. */
static void text__numeric_compaction__keeps_zeros(void **state)
{
	(void)state;
	assert_says("000213298174000", 902, 1, 624, 434, 632, 282, 200);
	assert_says("000213298174000000213298174000", 902, 1, 624, 434, 632, 282, 200, 902, 1, 624,
	    434, 632, 282, 200);
	assert_says("0", 902, 10);
	assert_says("99999999999999999999999999999999999999999999", 902, 874, 223, 532, 264, 888,
	    236, 358, 185, 93, 795, 72, 289, 146, 822, 199);
	assert_refuses(ERR_PROTOCOL, 902, 1); /* no digit behind the 1 */
	assert_refuses(ERR_PROTOCOL, 902, 0);
	assert_refuses(ERR_PROTOCOL, 902, 3, 3); /* begins with another digit */
}

static void text__modes__follow_each_other(void **state)
{
	(void)state;
	assert_says("A000213298174000B\1\2C", T(0, 29), 902, 1, 624, 434, 632, 282, 200, 900,
	    T(1, 29), 901, 1, 2, 900, T(2, 29), 900, 900);
}

static void text__eci__is_told_and_ends_no_mode(void **state)
{
	(void)state;
	assert_says("A\xc3\xa4"
		    "B",
	    927, 26, T(0, 29), 913, 0xc3, 913, 0xa4, 927, 3, T(1, 29));
	assert_int_equal(text.n_eci, 2);
	assert_int_equal(text.eci[0].at, 0);
	assert_int_equal(text.eci[0].number, 26);
	assert_int_equal(text.eci[1].at, 3);
	assert_int_equal(text.eci[1].number, 3);
	assert_says("x", 926, 0, 0, 925, 0, 926, 899, 899, T(27, 23));
	assert_int_equal(text.n_eci, 3);
	assert_int_equal(text.eci[0].number, 900);
	assert_int_equal(text.eci[1].number, 810900);
	assert_int_equal(text.eci[2].number, 810899);
	/* In byte compaction; the first group is one, for bytes follow the ECI. */
	assert_says("\1\2\3\4\5\6\7", 901, 1, 620, 89, 74, 846, 927, 26, 7);
	assert_says("\1\2\3\4\5", 901, 1, 2, 3, 4, 5, 927, 26);
	assert_says("0000", 902, 10, 927, 26, 12 - 2, 902, 10, 902, 10);
	assert_refuses(ERR_PROTOCOL, 927);
	assert_refuses(ERR_PROTOCOL, 926, 1);
	assert_refuses(ERR_PROTOCOL, 927, 900);
	uint16_t many[2 * ECI_MARKS_MAX + 2];
	for (int i = 0; i < 2 * ECI_MARKS_MAX + 2; i++)
		many[i] = i % 2 == 0 ? 927 : 26;
	refuses(ERR_OK, many, 2 * ECI_MARKS_MAX);
	refuses(ERR_TOO_LONG, many, 2 * ECI_MARKS_MAX + 2);
}

static void text__macro__is_refused_politely(void **state)
{
	(void)state;
	assert_refuses(ERR_UNSUPPORTED, T(0, 1), 928, 111, 100, 17);
	assert_int_equal(text.len, 2);
	assert_memory_equal(text.bytes, "AB", 2);
	assert_refuses(ERR_UNSUPPORTED, 902, 10, 928, 111, 100, 17, 923, 1, 111, 922);
	assert_refuses(ERR_UNSUPPORTED, 922);
	assert_refuses(ERR_UNSUPPORTED, 923);
}

/* First and last: nothing is missing. */
static void text__macro_alone__is_read(void **state)
{
	(void)state;
	assert_says("AB", T(0, 1), 928, 111, 100, 17, 922);
	assert_says("AB", T(0, 1), 928, 111, 100, 17, 18, 923, 0, 3, 923, 1, 111, 101, 922);
	assert_refuses(ERR_UNSUPPORTED, T(0, 1), 928, 111, 101, 17, 922); /* the second one */
	assert_refuses(
	    ERR_UNSUPPORTED, T(0, 1), 928, 111, 100, 17, 923, 1, 111, 102, 922); /* of two */
	assert_refuses(ERR_UNSUPPORTED, T(0, 1), 928, 111, 100, 17, 923, 1, 111, 101);
	assert_refuses(ERR_UNSUPPORTED, T(0, 1), 928, 111, 100, 17, 922, 900);
	assert_refuses(ERR_UNSUPPORTED, T(0, 1), 928, 111);
	assert_refuses(ERR_UNSUPPORTED, T(0, 1), 928);
	assert_refuses(ERR_UNSUPPORTED, T(0, 1), 928, 111, 100, 17, 923);
}

static void text__reader_initialisation__is_told(void **state)
{
	(void)state;
	assert_says("AB", 921, T(0, 1));
	assert_true(text.reader_init);
	assert_says("AB", T(0, 1));
	assert_false(text.reader_init);
	assert_refuses(ERR_PROTOCOL, T(0, 1), 921);
}

static void text__reserved_codewords__are_refused(void **state)
{
	(void)state;
	for (uint16_t w = 903; w < 929; w++) {
		const uint16_t words[] = {T(0, 1), w, 10, 10, 10};
		const bool known = w == 913 || w >= 921;
		if (!known) {
			refuses(ERR_PROTOCOL, words, 5);
			assert_int_equal(text.len, 0);
		}
	}
}

static void text__nothing__says_nothing(void **state)
{
	(void)state;
	refuses(ERR_OK, NULL, 0);
	assert_int_equal(text.len, 0);
	assert_says("", 900, 900, 900);
}

/* The longest of each mode: what a symbol with the fewest check codewords holds (5.1.1). */
static void text__fullest_symbols__fit(void **state)
{
	static const uint16_t nines[] = {
	    874, 223, 532, 264, 888, 236, 358, 185, 93, 795, 72, 289, 146, 822, 199};
	static uint16_t words[925];
	(void)state;
	words[0] = 902;
	for (int i = 0; i < 61 * 15; i++)
		words[1 + i] = nines[i % 15];
	refuses(ERR_OK, words, 916);
	assert_int_equal(text.len, 61 * 44);
	for (size_t i = 0; i < text.len; i++)
		assert_int_equal(text.bytes[i], '9');
	words[0] = 900;
	refuses(ERR_OK, words, 925);
	words[0] = 924;
	for (int i = 1; i < 925; i++)
		words[i] = 9;
	refuses(ERR_OK, words, 925);
	assert_int_equal(text.len, 184 * 6 + 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text__example_of_the_standard__is_read),
	    cmocka_unit_test(text__submodes__latch_and_shift),
	    cmocka_unit_test(text__byte_shift__keeps_the_submode),
	    cmocka_unit_test(text__byte_compaction__in_groups_and_alone),
	    cmocka_unit_test(text__numeric_compaction__keeps_zeros),
	    cmocka_unit_test(text__modes__follow_each_other),
	    cmocka_unit_test(text__eci__is_told_and_ends_no_mode),
	    cmocka_unit_test(text__macro__is_refused_politely),
	    cmocka_unit_test(text__macro_alone__is_read),
	    cmocka_unit_test(text__reader_initialisation__is_told),
	    cmocka_unit_test(text__reserved_codewords__are_refused),
	    cmocka_unit_test(text__nothing__says_nothing),
	    cmocka_unit_test(text__fullest_symbols__fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
