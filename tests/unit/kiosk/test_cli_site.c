#include "tests/unit/kiosk/cli_rig.h"

#include "base/zone.h"

#define NOON INT64_C(1795431600000) /* 2026-11-23 12:00 in Berlin */

static struct cli site(void)
{
	assert_int_equal(zone_set("Europe/Berlin", NULL), ERR_OK);
	return (struct cli){.now_ms = NOON, .out = {.f = stdout}, .err = {.f = stderr}};
}

static int64_t when(const char *text, bool is_end, int64_t from_ms)
{
	struct cli c = site();
	int64_t ms = -1;
	assert_int_equal(cli_when(&c, "--until", text, is_end, from_ms, &ms), CLI_OK);
	return ms;
}

static void site__when__a_beginning(void **state)
{
	(void)state;
	assert_true(when("now", false, 0) == NOON);
	assert_true(when("+2h", false, 0) == NOON + 2 * CLOCK_HOUR);
	assert_true(when("14:30", false, 0) == NOON + 150 * CLOCK_MINUTE);
	assert_true(when("tomorrow", false, 0) == NOON + 12 * CLOCK_HOUR);
	assert_true(when("2026-11-24 09:00", false, 0) == NOON + 21 * CLOCK_HOUR);
}

/* An end counts from the beginning, and a bare day is whole. */
static void site__when__an_end(void **state)
{
	(void)state;
	const int64_t tomorrow_nine = NOON + 21 * CLOCK_HOUR;
	assert_true(when("+2h", true, tomorrow_nine) == tomorrow_nine + 2 * CLOCK_HOUR);
	assert_true(when("17:00", true, tomorrow_nine) == tomorrow_nine + 8 * CLOCK_HOUR);
	assert_true(when("2026-11-24", true, tomorrow_nine) ==
		    tomorrow_nine + 15 * CLOCK_HOUR - CLOCK_MINUTE);
	assert_true(when("today 17:00", true, tomorrow_nine) == NOON + 5 * CLOCK_HOUR);
	assert_true(when("tomorrow", true, NOON) == NOON + 36 * CLOCK_HOUR - CLOCK_MINUTE);
	assert_true(when("now", true, tomorrow_nine) == NOON);
	/* The night the clocks go back has 25 hours. */
	int64_t sunday = when("2026-10-25", false, 0);
	assert_true(when("2026-10-25", true, sunday) == sunday + 25 * CLOCK_HOUR - CLOCK_MINUTE);
}

static void site__when__refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "", "soon", "25:00", "2026-13-01", "+", "+1y", "14:30;", "\033[2J", "14:30\n"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct cli c = site();
		int64_t ms;
		char *text = NULL;
		size_t len;
		c.err.f = open_memstream(&text, &len);
		assert_int_equal(cli_when(&c, "--until", bad[i], true, 0, &ms), CLI_USAGE);
		(void)fclose(c.err.f);
		assert_has(text, "--until: ");
		free(text);
	}
}

static void site__time__short_and_full(void **state)
{
	(void)state;
	struct cli c = site();
	char text[CLI_TIME_SZ];
	assert_string_equal(cli_time_short(&c, text, NOON), "12:00");
	assert_string_equal(cli_time_short(&c, text, NOON + CLOCK_DAY), "2026-11-24 12:00");
	assert_string_equal(cli_time_short(&c, text, 0), "");
	assert_string_equal(cli_time_full(text, NOON), "2026-11-23 12:00");
	assert_string_equal(cli_time_full(text, 0), "");
}

static void site__span__reads_well(void **state)
{
	(void)state;
	char text[CLI_TIME_SZ];
	assert_string_equal(cli_span(text, -5), "0 s");
	assert_string_equal(cli_span(text, 35 * CLOCK_SECOND), "35 s");
	assert_string_equal(cli_span(text, CLOCK_HOUR), "1 h");
	assert_string_equal(cli_span(text, 90 * CLOCK_MINUTE), "90 min");
	assert_string_equal(cli_span(text, 10 * CLOCK_HOUR), "10 h");
	assert_string_equal(cli_span(text, 5 * (int64_t)CLOCK_DAY), "5 d");
}

static void site__site__unknown_zone(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(
	    r, (const char *const[]){"200 {\"timezone\":\"../../etc/passwd\",\"now_ms\":1}", NULL});
	assert_int_equal(RUN(r, "visits"), CLI_NO);
	assert_has(r->err, "time zone");
	(void)rig_asked(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(site__when__a_beginning),
	    cmocka_unit_test(site__when__an_end),
	    cmocka_unit_test(site__when__refused),
	    cmocka_unit_test(site__time__short_and_full),
	    cmocka_unit_test(site__span__reads_well),
	    cmocka_unit_test_setup_teardown(site__site__unknown_zone, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
