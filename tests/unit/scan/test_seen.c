#include "scan/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool look(struct seen *s, const char *code, int64_t now_ms)
{
	seen_next(s, now_ms);
	return code != NULL && seen_take(s, (const uint8_t *)code, strlen(code), now_ms);
}

static void seen__once__while_it_stays_in_view(void **state)
{
	struct seen s = {0};
	(void)state;
	assert_true(look(&s, "A", 1000));
	for (int64_t t = 1100; t < 60000; t += 100)
		assert_false(look(&s, "A", t));
	/* No picture came for long; it was there before and is there now. */
	assert_false(look(&s, "A", 600000));
}

static void seen__again__only_after_two_seconds_away(void **state)
{
	struct seen s = {0};
	(void)state;
	assert_true(look(&s, "A", 0));
	assert_false(look(&s, NULL, 100));
	assert_false(look(&s, "A", 100 + SEEN_GONE_MS - 1)); /* a shaking hand */
	assert_false(look(&s, NULL, 5000));
	assert_false(look(&s, NULL, 6000));
	assert_true(look(&s, "A", 5000 + SEEN_GONE_MS));
	assert_false(look(&s, "A", 5100 + SEEN_GONE_MS));
}

static void seen__codes__are_told_apart(void **state)
{
	struct seen s = {0};
	(void)state;
	assert_true(look(&s, "A", 0));
	assert_true(seen_take(&s, (const uint8_t *)"B", 1, 0));
	assert_true(seen_take(&s, (const uint8_t *)"A\0", 2, 0));
	assert_false(seen_take(&s, (const uint8_t *)"B", 1, 0)); /* twice in one picture */
	assert_false(look(&s, "B", 100));
	assert_false(seen_take(&s, (const uint8_t *)"A", 1, 100));
}

static void seen__crowd__forgets_the_oldest_first(void **state)
{
	struct seen s = {0};
	char code[] = "?";
	(void)state;
	for (int i = 0; i < 40; i++) {
		code[0] = (char)('0' + i);
		assert_true(look(&s, code, i));
	}
	code[0] = '0' + 39;
	assert_false(look(&s, code, 40));
	code[0] = '0' + 30;
	assert_false(look(&s, code, 41));
	code[0] = '0';
	assert_true(look(&s, code, 42));
	/* A picture with more codes than there are places loses some and nothing else. */
	seen_next(&s, 50000);
	for (int i = 0; i < SEEN_MAX + 5; i++) {
		code[0] = (char)('A' + i);
		assert_int_equal(seen_take(&s, (const uint8_t *)code, 1, 50000), i < SEEN_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(seen__once__while_it_stays_in_view),
	    cmocka_unit_test(seen__again__only_after_two_seconds_away),
	    cmocka_unit_test(seen__codes__are_told_apart),
	    cmocka_unit_test(seen__crowd__forgets_the_oldest_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
