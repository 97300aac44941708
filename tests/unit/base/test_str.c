#include "base/str.h"

#include "check.h"

static void str__copy__fits(void **state)
{
	(void)state;
	char dst[6];
	assert_true(str_copy(dst, sizeof dst, "hello"));
	assert_string_equal(dst, "hello");
	assert_true(str_copy(dst, sizeof dst, ""));
	assert_string_equal(dst, "");
}

static void str__copy__never_splits_a_character(void **state)
{
	(void)state;
	char dst[16];
	const char *s = "aé€😀z"; /* 1 2 3 4 1 bytes */
	static const struct {
		size_t sz;
		const char *want;
	} cases[] = {{1, ""}, {2, "a"}, {3, "a"}, {4, "aé"}, {5, "aé"}, {6, "aé"}, {7, "aé€"},
	    {10, "aé€"}, {11, "aé€😀"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_false(str_copy(dst, cases[i].sz, s));
		assert_string_equal(dst, cases[i].want);
		assert_false(str_print(dst, cases[i].sz, "%s", s));
		assert_string_equal(dst, cases[i].want);
	}
	assert_true(str_copy(dst, 12, s));
	assert_true(str_print(dst, 12, "%s", s));
	assert_string_equal(dst, s);
}

static void str__copy__stray_continuations_do_not_hang_or_overrun(void **state)
{
	(void)state;
	char dst[5];
	assert_false(str_copy(dst, sizeof dst, "\x80\x80\x80\x80\x80\x80\x80"));
	assert_int_equal(strlen(dst), 4);
	assert_false(str_copy(dst, 0, "x"));
}

static void str__eq_and_starts(void **state)
{
	(void)state;
	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq(NULL, ""));
	assert_true(str_eq("a", "a"));
	assert_false(str_eq("a", "ab"));
	assert_true(str_starts("abc", ""));
	assert_true(str_starts("abc", "ab"));
	assert_false(str_starts("a", "ab"));
}

static void str__same_secret__compares_every_byte(void **state)
{
	(void)state;
	unsigned char a[32] = {0}, b[32] = {0};
	assert_true(str_same_secret(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		b[i] = 0x80;
		assert_false(str_same_secret(a, b, sizeof a));
		b[i] = 0;
	}
	assert_true(str_same_secret(a, "x", 0));
}

static void str__buf__grows_up_to_max_and_stays_whole(void **state)
{
	(void)state;
	struct str_buf b = {.max = 1000};
	for (int i = 0; i < 100; i++)
		assert_true(str_buf_add(&b, "0123456789", 10));
	assert_int_equal(b.len, 1000);
	assert_false(str_buf_add(&b, "x", 1));
	assert_false(str_buf_print(&b, "%d", 5));
	assert_int_equal(b.len, 1000);
	assert_int_equal(strlen(b.data), 1000);
	str_buf_fini(&b);
	assert_null(b.data);
}

static void str__buf__default_max_is_16_mib(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	static char mib[1024 * 1024];
	for (int i = 0; i < 16; i++)
		assert_true(str_buf_add(&b, mib, sizeof mib));
	assert_false(str_buf_add(&b, "x", 1));
	str_buf_fini(&b);
}

static void str__buf__shift_print_clear(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	str_buf_shift(&b, 5);
	str_buf_clear(&b);
	assert_true(str_buf_print(&b, "%s-%d", "line", 7));
	assert_string_equal(b.data, "line-7");
	str_buf_shift(&b, 5);
	assert_string_equal(b.data, "7");
	str_buf_shift(&b, 500);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.data, "");
	assert_true(str_buf_add(&b, "secret", 6));
	str_buf_clear(&b);
	assert_int_equal(b.len, 0);
	assert_memory_equal(b.data, "\0\0\0\0\0\0", 6);
	str_buf_fini(&b);
}

static void str__mem__zeroed_and_grown(void **state)
{
	(void)state;
	int *p = mem_new(10, sizeof *p);
	for (int i = 0; i < 10; i++)
		assert_int_equal(p[i], 0);
	p = mem_grow(p, 20, sizeof *p);
	p[19] = 1;
	free(p);
	char *s = mem_strdup("x");
	assert_string_equal(s, "x");
	free(s);
	void *none = mem_new(0, 8);
	assert_non_null(none);
	free(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(str__copy__fits),
	    cmocka_unit_test(str__copy__never_splits_a_character),
	    cmocka_unit_test(str__copy__stray_continuations_do_not_hang_or_overrun),
	    cmocka_unit_test(str__eq_and_starts),
	    cmocka_unit_test(str__same_secret__compares_every_byte),
	    cmocka_unit_test(str__buf__grows_up_to_max_and_stays_whole),
	    cmocka_unit_test(str__buf__default_max_is_16_mib),
	    cmocka_unit_test(str__buf__shift_print_clear),
	    cmocka_unit_test(str__mem__zeroed_and_grown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
