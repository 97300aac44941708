#include "base/uuid.h"

#include "check.h"

static struct uuid_gen fresh(struct random_fake *f)
{
	f->state = 99;
	return (struct uuid_gen){.random = random_of_fake(f)};
}

static void uuid__new__version_variant_time(void **state)
{
	(void)state;
	struct random_fake f;
	struct uuid_gen g = fresh(&f);
	struct uuid u = uuid_new(&g, 1700000000123);
	assert_int_equal(u.b[6] >> 4, 7);
	assert_int_equal(u.b[8] >> 6, 2);
	assert_true(uuid_ms(&u) == 1700000000123);
	assert_false(uuid_is_nil(&u));
}

static void uuid__new__rises_within_a_millisecond(void **state)
{
	(void)state;
	struct random_fake f;
	struct uuid_gen g = fresh(&f);
	struct uuid last = uuid_new(&g, 1000);
	for (int i = 0; i < 20000; i++) { /* the counter runs over several times */
		struct uuid u = uuid_new(&g, 1000);
		assert_true(memcmp(u.b, last.b, 16) > 0);
		last = u;
	}
	assert_true(uuid_ms(&last) > 1000 && uuid_ms(&last) < 1020);
}

static void uuid__new__never_steps_back_with_the_clock(void **state)
{
	(void)state;
	struct random_fake f;
	struct uuid_gen g = fresh(&f);
	struct uuid last = uuid_new(&g, 5000000);
	static const int64_t clock[] = {4999999, 1, 0, -5, 5000000, 4000000, 5000001, 10};
	for (size_t i = 0; i < sizeof clock / sizeof clock[0]; i++) {
		struct uuid u = uuid_new(&g, clock[i]);
		assert_true(memcmp(u.b, last.b, 16) > 0);
		last = u;
	}
	assert_true(uuid_ms(&last) == 5000001);
}

static void uuid__new__seeded_from_the_newest(void **state)
{
	(void)state;
	struct random_fake f;
	struct uuid_gen g = fresh(&f), again = fresh(&f);
	struct uuid before = uuid_new(&g, 9000);
	again.last_ms = uuid_ms(&before) + 1;
	struct uuid after = uuid_new(&again, 10);
	assert_true(memcmp(after.b, before.b, 16) > 0);
}

static void uuid__parse__round_trip_any_case(void **state)
{
	(void)state;
	struct uuid u, v;
	char text[UUID_TEXT_SZ];
	assert_true(uuid_parse(&u, "018F6D2A-7b1c-7def-8123-456789abcdef"));
	assert_string_equal(uuid_print(text, &u), "018f6d2a-7b1c-7def-8123-456789abcdef");
	assert_true(uuid_parse(&v, text));
	assert_true(uuid_eq(&u, &v));
	assert_true(uuid_parse(&u, "00000000-0000-0000-0000-000000000000"));
	assert_true(uuid_is_nil(&u));
	assert_false(uuid_eq(&u, &v));
}

static void uuid__parse__refuses_anything_else(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "018f6d2a-7b1c-7def-8123-456789abcde",
	    "018f6d2a-7b1c-7def-8123-456789abcdef0", "018f6d2a7b1c7def8123456789abcdef",
	    "{018f6d2a-7b1c-7def-8123-456789abcde}", "018f6d2a-7b1c-7def-8123-456789abcdeg",
	    "018f6d2a_7b1c-7def-8123-456789abcdef", " 18f6d2a-7b1c-7def-8123-456789abcdef",
	    "018f6d2a-7b1c-7def-8123-456789abcdé", "-18f6d2a-7b1c-7def-8123-456789abcdef",
	    "urn:uuid:018f6d2a-7b1c-7def-8123-456789abcdef"};
	struct uuid u = {{1}};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(uuid_parse(&u, bad[i]));
	assert_int_equal(u.b[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(uuid__new__version_variant_time),
	    cmocka_unit_test(uuid__new__rises_within_a_millisecond),
	    cmocka_unit_test(uuid__new__never_steps_back_with_the_clock),
	    cmocka_unit_test(uuid__new__seeded_from_the_newest),
	    cmocka_unit_test(uuid__parse__round_trip_any_case),
	    cmocka_unit_test(uuid__parse__refuses_anything_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
