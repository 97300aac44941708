#include "base/random.h"

#include "check.h"

static void random__system__fills_all_of_it(void **state)
{
	(void)state;
	struct random r = random_system();
	static uint8_t a[100000], b[sizeof a];
	random_fill(&r, a, sizeof a);
	random_fill(&r, b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	unsigned zeros = 0;
	for (size_t i = 0; i < sizeof a; i++)
		zeros += a[i] == 0;
	assert_in_range(zeros, 200, 600); /* 390 expected, ten sigma either way */
	random_fill(&r, a, 0);
}

static void random__fake__repeats(void **state)
{
	(void)state;
	struct random_fake f = {.state = 1}, g = {.state = 1};
	struct random a = random_of_fake(&f), b = random_of_fake(&g);
	uint8_t x[37], y[37];
	random_fill(&a, x, sizeof x);
	random_fill(&b, y, sizeof y);
	assert_memory_equal(x, y, sizeof x);
	random_fill(&a, x, sizeof x);
	assert_memory_not_equal(x, y, sizeof x);
	/* splitmix64's published first value from seed 0: e220a8397b1dcdaf. */
	struct random_fake zero = {.state = 0};
	struct random z = random_of_fake(&zero);
	uint64_t first;
	random_fill(&z, &first, sizeof first);
	assert_true(first == UINT64_C(0xe220a8397b1dcdaf));
}

static void random__below__stays_below_and_reaches_all(void **state)
{
	(void)state;
	struct random_fake f = {.state = 42};
	struct random r = random_of_fake(&f);
	unsigned seen[7] = {0};
	for (int i = 0; i < 7000; i++) {
		uint32_t x = random_below(&r, 7);
		assert_true(x < 7);
		seen[x]++;
	}
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 850, 1150);
	assert_int_equal(random_below(&r, 0), 0);
	assert_int_equal(random_below(&r, 1), 0);
	assert_true(random_below(&r, 0xffffffff) < 0xffffffff);
}

/* A source that gives low numbers first: they are the ones a plain remainder would favour. */
static int calls;
static void low_then_high(void *arg, void *dst, size_t n)
{
	(void)arg;
	uint32_t x = calls++ < 3 ? 0 : 0xfffffff0;
	memcpy(dst, &x, n);
}

static void random__below__throws_the_biased_away(void **state)
{
	(void)state;
	struct random r = {low_then_high, NULL};
	assert_int_equal(random_below(&r, 3), 0xfffffff0 % 3);
	assert_int_equal(calls, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random__system__fills_all_of_it),
	    cmocka_unit_test(random__fake__repeats),
	    cmocka_unit_test(random__below__stays_below_and_reaches_all),
	    cmocka_unit_test(random__below__throws_the_biased_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
