#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "access/when.h"

static void when__date__only_days_that_exist(void **state)
{
	(void)state;
	static const char *const good[] = {
	    "2026-11-23", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"};
	static const char *const bad[] = {"", "2026-11-23 ", " 2026-11-23", "2026-1-23",
	    "2026-02-29", "1900-02-29", "2026-00-10", "2026-13-01", "2026-04-31", "0000-00-00",
	    "26-11-23", "2026/11/23", "2026-11-23T00:00", "-026-11-23", "+026-11-23",
	    "\xd9\xa2\xd9\xa0-1-1", "2026-11-2\x1b",
	    "2026-11-\xe2\x80\xae"
	    "23"};
	struct access_date d;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(access_date_parse(&d, good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(access_date_parse(&d, bad[i]));
	assert_true(access_date_parse(&d, "2026-11-23"));
	assert_int_equal(d.year * 10000 + d.mon * 100 + d.day, 20261123);
}

static void when__minute__of_a_day(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "", "24:00", "23:60", "7:30", "07:3", "07:30:00", "0730", "07-30", "-1:30"};
	struct access_minute m;
	assert_true(access_minute_parse(&m, "00:00"));
	assert_true(access_minute_parse(&m, "23:59"));
	assert_int_equal(m.hour * 100 + m.min, 2359);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(access_minute_parse(&m, bad[i]));
}

static void when__cmp__orders(void **state)
{
	(void)state;
	struct access_date a = {2026, 11, 23}, b = {2026, 12, 1}, c = {2027, 1, 1};
	assert_true(
	    access_date_cmp(a, b) < 0 && access_date_cmp(b, c) < 0 && access_date_cmp(c, a) > 0);
	assert_int_equal(access_date_cmp(a, a), 0);
	struct access_minute x = {8, 59}, y = {9, 0};
	assert_true(access_minute_cmp(x, y) < 0 && access_minute_cmp(y, x) > 0);
	assert_int_equal(access_minute_cmp(x, x), 0);
}

static void when__civil__counts_seconds(void **state)
{
	(void)state;
	struct zone_time t = {.year = 1970, .mon = 1, .day = 1};
	assert_int_equal(access_civil_s(&t), 0);
	t = (struct zone_time){.year = 2026, .mon = 11, .day = 23, .hour = 14, .min = 5, .sec = 9};
	assert_int_equal(access_civil_s(&t), 1795442709);
	struct zone_time later = t;
	later.day++;
	assert_int_equal(access_civil_s(&later) - access_civil_s(&t), 86400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(when__date__only_days_that_exist),
	    cmocka_unit_test(when__minute__of_a_day),
	    cmocka_unit_test(when__cmp__orders),
	    cmocka_unit_test(when__civil__counts_seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
