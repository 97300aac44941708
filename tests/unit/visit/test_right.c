/* Door rights as time profiles: midnight, several days, both nights of daylight saving. */
#include "visit/right.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static int64_t at(const char *s)
{
	int64_t ms = 0;
	struct err e;
	assert_int_equal(zone_parse(&ms, s, 0, &e), ERR_OK);
	return ms;
}

static void right__one_day__one_profile_up_to_the_quarter(void **state)
{
	(void)state;
	struct right r = right_of(at("2026-11-23 14:00"), at("2026-11-23 17:01"));
	assert_int_equal(r.n, 1);
	assert_string_equal(r.first, "2026-11-23");
	assert_string_equal(r.last, "2026-11-23");
	assert_string_equal(r.profiles[0].from, "00:00");
	assert_string_equal(r.profiles[0].to, "17:15");
	assert_int_equal(r.end_ms, at("2026-11-23 17:15"));
}

static void right__over_midnight__next_evening_stays_shut(void **state)
{
	(void)state;
	struct right r = right_of(at("2026-11-23 22:00"), at("2026-11-24 02:00"));
	assert_int_equal(r.n, 2);
	assert_string_equal(r.profiles[0].first, "2026-11-23");
	assert_string_equal(r.profiles[0].last, "2026-11-23");
	assert_string_equal(r.profiles[0].to, "23:59");
	assert_string_equal(r.profiles[1].first, "2026-11-24");
	assert_string_equal(r.profiles[1].last, "2026-11-24");
	assert_string_equal(r.profiles[1].to, "02:00");
	assert_string_equal(r.last, "2026-11-24");
}

static void right__ends_at_midnight__belongs_to_the_day_before(void **state)
{
	(void)state;
	struct right r = right_of(at("2026-11-23 22:00"), at("2026-11-23 23:50"));
	assert_int_equal(r.n, 1);
	assert_string_equal(r.last, "2026-11-23");
	assert_string_equal(r.profiles[0].to, "23:59");
	assert_int_equal(r.end_ms, at("2026-11-24"));
}

static void right__several_days(void **state)
{
	(void)state;
	struct right r = right_of(at("2026-11-23 08:00"), at("2026-11-27 18:00"));
	assert_int_equal(r.n, 2);
	assert_string_equal(r.profiles[0].first, "2026-11-23");
	assert_string_equal(r.profiles[0].last, "2026-11-26");
	assert_string_equal(r.profiles[1].first, "2026-11-27");
	assert_string_equal(r.profiles[1].to, "18:00");
}

static void right__daylight_saving__local_clock_counts(void **state)
{
	(void)state;
	struct right r = right_of(at("2026-10-24 22:00"), at("2026-10-25 04:00"));
	assert_string_equal(r.profiles[1].first, "2026-10-25");
	assert_string_equal(r.profiles[1].to, "04:00");
	r = right_of(at("2026-03-28 22:00"), at("2026-03-29 03:10"));
	assert_string_equal(r.profiles[1].to, "03:15");
}

int main(void)
{
	struct err e;
	if (zone_set("Europe/Berlin", &e) != ERR_OK)
		return 1;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(right__one_day__one_profile_up_to_the_quarter),
	    cmocka_unit_test(right__over_midnight__next_evening_stays_shut),
	    cmocka_unit_test(right__ends_at_midnight__belongs_to_the_day_before),
	    cmocka_unit_test(right__several_days),
	    cmocka_unit_test(right__daylight_saving__local_clock_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
