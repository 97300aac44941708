#include "base/base32.h"

#include "check.h"

static void base32__encode__rfc_4648_vectors(void **state)
{
	(void)state;
	static const struct {
		const char *raw, *text; /* RFC 4648 §10 without the padding */
	} v[] = {{"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"},
	    {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		char text[32];
		uint8_t raw[16];
		size_t n = strlen(v[i].raw);
		base32_encode(text, (const uint8_t *)v[i].raw, n);
		assert_string_equal(text, v[i].text);
		assert_int_equal(strlen(text), BASE32_LEN(n));
		assert_true(base32_decode(raw, n, text, strlen(text)));
		assert_memory_equal(raw, v[i].raw, n);
	}
}

static void base32__decode__any_case_exact_length(void **state)
{
	(void)state;
	uint8_t raw[8];
	assert_true(base32_decode(raw, 6, "mzxw6ytboi", 10));
	assert_memory_equal(raw, "foobar", 6);
	assert_false(base32_decode(raw, 6, "MZXW6YTBO", 9));
	assert_false(base32_decode(raw, 6, "MZXW6YTBOI=", 11));
	assert_false(base32_decode(raw, 5, "MZXW6YTBOI", 10));
	assert_false(base32_decode(raw, 6, "MZXW6YTB0I", 10)); /* no 0 in this alphabet */
	assert_false(base32_decode(raw, 6, "MZXW6YTB I", 10));
	assert_false(base32_decode(raw, 6, "MZXW6\0TBOI", 10));
}

static void base32__decode__left_over_bits_must_be_zero(void **state)
{
	(void)state;
	uint8_t raw[1];
	assert_true(base32_decode(raw, 1, "MY", 2));
	assert_false(base32_decode(raw, 1, "MZ", 2)); /* else two texts would be one pass */
}

static void base32__code__prints_and_cleans(void **state)
{
	(void)state;
	char code[CODE_SZ], again[CODE_SZ];
	code_print(code, 0);
	assert_string_equal(code, "00000000");
	code_print(code, UINT64_C(0xffffffffff));
	assert_string_equal(code, "ZZZZZZZZ");
	code_print(code, UINT64_C(0x0123456789));
	assert_string_equal(code, "04HMASW9");
	assert_true(code_clean(again, " 04hm-asw9 "));
	assert_string_equal(again, code);
	assert_true(code_clean(again, "o4HM ASW9"));
	assert_string_equal(again, code);
	assert_true(code_clean(again, "iIlL-oO00"));
	assert_string_equal(again, "11110000");
}

static void base32__code__back_to_its_bits(void **state)
{
	(void)state;
	uint64_t bits = 1;
	static const char *const none[] = {"", "04HMASW", "04HMASW99", "04HMASWU", "04hmasw9"};
	assert_true(code_bits(&bits, "04HMASW9") && bits == UINT64_C(0x0123456789));
	assert_true(code_bits(&bits, "ZZZZZZZZ") && bits == UINT64_C(0xffffffffff));
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_true(!code_bits(&bits, none[i]) && bits == 0);
}

static void base32__code__refuses_what_is_none(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "04HMASW", "04HMASW99", "04HMASWU", "04HMAS\xc3\xa9",
	    "04HM\nASW9", "FOYER1ABCDEF", "--------", "04HMASW\xe2\x80\x8b"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char code[CODE_SZ] = "unclear";
		assert_false(code_clean(code, bad[i]));
		assert_memory_equal(code, "\0\0\0\0\0\0\0\0\0", CODE_SZ);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(base32__encode__rfc_4648_vectors),
	    cmocka_unit_test(base32__decode__any_case_exact_length),
	    cmocka_unit_test(base32__decode__left_over_bits_must_be_zero),
	    cmocka_unit_test(base32__code__prints_and_cleans),
	    cmocka_unit_test(base32__code__back_to_its_bits),
	    cmocka_unit_test(base32__code__refuses_what_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
