#include "base/zone.h"

#include "check.h"

#include "base/clock.h"

static char text[ZONE_TEXT_SZ];

static int64_t parse(const char *s, int64_t now)
{
	struct err e;
	int64_t ms = -1;
	assert_int_equal(zone_parse(&ms, s, now, &e), ERR_OK);
	return ms;
}

/* RFC 3339 in and out, whatever the zone. */
static int64_t at(const char *rfc)
{
	return parse(rfc, 0);
}
#define SHOWS(ms, style, want) assert_string_equal(zone_print(text, ms, style), want)

static void berlin(void)
{
	assert_int_equal(zone_set("Europe/Berlin", NULL), ERR_OK);
}

static void zone__set__refuses_what_leads_astray(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "/etc/passwd", "../../../etc/passwd",
	    "Europe/../../../etc/passwd", "Europe", "Mars/Olympus", "Europe/Berlin\n",
	    ":Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3", "zone.tab", "Europe/Berlin "};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err e;
		assert_int_equal(zone_set(bad[i], &e), ERR_CONFIG);
		assert_false(zone_known(bad[i]));
	}
	assert_true(zone_known("UTC"));
	assert_true(zone_known("America/Argentina/Buenos_Aires"));
	assert_true(zone_known("Etc/GMT+12"));
}

static void zone__local__plain_day(void **state)
{
	(void)state;
	berlin();
	struct zone_time t = zone_local(at("2026-11-23T13:05:06Z"));
	assert_int_equal(t.year, 2026);
	assert_int_equal(t.mon, 11);
	assert_int_equal(t.day, 23);
	assert_int_equal(t.hour, 14);
	assert_int_equal(t.min, 5);
	assert_int_equal(t.sec, 6);
	assert_int_equal(t.wday, 1); /* a Monday */
	assert_int_equal(zone_local(at("2026-11-22T12:00:00Z")).wday, 7);
	assert_true(zone_utc(t) == at("2026-11-23T13:05:06Z"));
}

static void zone__spring__night_loses_an_hour(void **state)
{
	(void)state;
	berlin(); /* 2026-03-29 02:00 becomes 03:00 */
	int64_t noon = at("2026-03-29T12:00:00+02:00");
	assert_true(zone_day_end(noon) - zone_day_start(noon) == 23 * CLOCK_HOUR);
	SHOWS(zone_day_start(noon), ZONE_RFC3339, "2026-03-29T00:00:00.000+01:00");
	SHOWS(zone_day_end(noon), ZONE_RFC3339, "2026-03-30T00:00:00.000+02:00");
	/* In the gap: forward by it. */
	SHOWS(parse("2026-03-29 02:30", 0), ZONE_RFC3339, "2026-03-29T03:30:00.000+02:00");
	SHOWS(parse("2026-03-29 02:00", 0), ZONE_RFC3339, "2026-03-29T03:00:00.000+02:00");
	SHOWS(parse("2026-03-29 01:59", 0), ZONE_RFC3339, "2026-03-29T01:59:00.000+01:00");
	SHOWS(parse("2026-03-29 03:00", 0), ZONE_RFC3339, "2026-03-29T03:00:00.000+02:00");
	/* The quarter after 01:50 is 03:00. */
	SHOWS(zone_quarter_up(at("2026-03-29T00:50:00Z")), ZONE_BOTH, "2026-03-29 03:00");
	/* A span counts real time over the gap. */
	SHOWS(parse("+2h", at("2026-03-29T01:30:00+01:00")), ZONE_BOTH, "2026-03-29 04:30");
}

static void zone__autumn__night_gains_an_hour(void **state)
{
	(void)state;
	berlin(); /* 2026-10-25 03:00 becomes 02:00 */
	int64_t noon = at("2026-10-25T12:00:00+01:00");
	assert_true(zone_day_end(noon) - zone_day_start(noon) == 25 * CLOCK_HOUR);
	/* Twice there: the first. */
	SHOWS(parse("2026-10-25 02:30", 0), ZONE_RFC3339, "2026-10-25T02:30:00.000+02:00");
	SHOWS(parse("2026-10-25 02:00", 0), ZONE_RFC3339, "2026-10-25T02:00:00.000+02:00");
	SHOWS(parse("2026-10-25 03:00", 0), ZONE_RFC3339, "2026-10-25T03:00:00.000+01:00");
	SHOWS(parse("2026-10-25 01:59", 0), ZONE_RFC3339, "2026-10-25T01:59:00.000+02:00");
	/* Both are told apart where the offset is written. */
	assert_true(
	    at("2026-10-25T02:30:00+01:00") - at("2026-10-25T02:30:00+02:00") == CLOCK_HOUR);
	SHOWS(at("2026-10-25T02:30:00+01:00"), ZONE_RFC3339, "2026-10-25T02:30:00.000+01:00");
	/* Every instant of both nights goes there and back, but for the second 02:xx. */
	for (int64_t ms = at("2026-10-24T20:00:00Z"); ms < at("2026-10-25T06:00:00Z");
	     ms += CLOCK_MINUTE) {
		int64_t back = zone_utc(zone_local(ms));
		bool second = ms >= at("2026-10-25T01:00:00Z") && ms < at("2026-10-25T02:00:00Z");
		assert_true(back == (second ? ms - CLOCK_HOUR : ms));
	}
	for (int64_t ms = at("2026-03-28T20:00:00Z"); ms < at("2026-03-29T06:00:00Z");
	     ms += CLOCK_MINUTE)
		assert_true(zone_utc(zone_local(ms)) == ms);
}

static void zone__kiritimati__a_day_ahead(void **state)
{
	(void)state;
	assert_int_equal(zone_set("Pacific/Kiritimati", NULL), ERR_OK); /* UTC+14 */
	int64_t ms = at("2026-11-23T10:30:00Z");
	SHOWS(ms, ZONE_BOTH, "2026-11-24 00:30");
	SHOWS(ms, ZONE_RFC3339, "2026-11-24T00:30:00.000+14:00");
	SHOWS(zone_day_start(ms), ZONE_BOTH, "2026-11-24 00:00");
	assert_true(zone_day_start(ms) == at("2026-11-23T10:00:00Z"));
	assert_true(parse("2026-11-24", 0) == at("2026-11-23T10:00:00Z"));
}

static void zone__odd_offsets(void **state)
{
	(void)state;
	assert_int_equal(zone_set("Asia/Kathmandu", NULL), ERR_OK); /* UTC+05:45 */
	SHOWS(at("2026-11-23T10:00:00Z"), ZONE_RFC3339, "2026-11-23T15:45:00.000+05:45");
	SHOWS(zone_quarter_up(at("2026-11-23T10:01:00Z")), ZONE_HHMM, "16:00");
	assert_int_equal(
	    zone_set("Australia/Lord_Howe", NULL), ERR_OK); /* half an hour of daylight saving */
	SHOWS(parse("2026-10-04 02:15", 0), ZONE_RFC3339, "2026-10-04T02:45:00.000+11:00");
	assert_int_equal(zone_set("America/St_Johns", NULL), ERR_OK);
	SHOWS(at("2026-11-23T10:00:00Z"), ZONE_RFC3339, "2026-11-23T06:30:00.000-03:30");
	assert_int_equal(zone_set("Africa/Cairo", NULL),
	    ERR_OK); /* the gap is at midnight: the day begins at 01:00 */
	int64_t noon = at("2026-04-24T12:00:00+03:00");
	SHOWS(zone_day_start(noon), ZONE_RFC3339, "2026-04-24T01:00:00.000+03:00");
	assert_true(zone_day_end(zone_day_start(noon) - 1) == zone_day_start(noon));
	assert_int_equal(zone_set("Pacific/Apia", NULL), ERR_OK); /* 2011-12-30 was left out */
	SHOWS(zone_day_end(at("2011-12-29T12:00:00-10:00")), ZONE_DATE, "2011-12-31");
}

static void zone__quarter_up__already_there_stays(void **state)
{
	(void)state;
	berlin();
	int64_t q = at("2026-11-23T14:15:00+01:00");
	assert_true(zone_quarter_up(q) == q);
	assert_true(zone_quarter_up(q + 1) == q + 15 * CLOCK_MINUTE);
	assert_true(zone_quarter_up(q - 1) == q);
	assert_true(zone_quarter_up(-1) == 0);
}

static void zone__print__before_1970_and_fractions(void **state)
{
	(void)state;
	assert_int_equal(zone_set("UTC", NULL), ERR_OK);
	SHOWS(-1, ZONE_RFC3339, "1969-12-31T23:59:59.999+00:00");
	SHOWS(-1000, ZONE_RFC3339, "1969-12-31T23:59:59.000+00:00");
	SHOWS(1234, ZONE_RFC3339, "1970-01-01T00:00:01.234+00:00");
	SHOWS(0, ZONE_DATE, "1970-01-01");
	assert_true(at("1970-01-01T00:00:01.234Z") == 1234);
	assert_non_null(zone_print(
	    text, INT64_MAX, ZONE_RFC3339)); /* beyond every calendar: something, bounded */
	assert_non_null(zone_print(text, -INT64_MAX, ZONE_RFC3339));
}

static void zone__parse__what_people_type(void **state)
{
	(void)state;
	berlin();
	int64_t now = at("2026-11-23T09:10:11+01:00");
	static const struct {
		const char *typed, *want;
	} v[] = {{"14:30", "2026-11-23 14:30"}, {"9:05", "2026-11-23 09:05"},
	    {"2026-12-24", "2026-12-24 00:00"}, {"2026-12-24 18:00", "2026-12-24 18:00"},
	    {"2026-12-24T18:00", "2026-12-24 18:00"}, {"today 8:00", "2026-11-23 08:00"},
	    {"tomorrow 14:30", "2026-11-24 14:30"}, {"tomorrow", "2026-11-24 00:00"},
	    {"+2h", "2026-11-23 11:10"}, {"+30m", "2026-11-23 09:40"}, {"now", "2026-11-23 09:10"},
	    {"2026-11-23T23:00:00-05:00", "2026-11-24 05:00"}, {"2028-02-29", "2028-02-29 00:00"},
	    {"2026-12-31T23:59:60Z", "2027-01-01 00:59"}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++)
		SHOWS(parse(v[i].typed, now), ZONE_BOTH, v[i].want);
	/* The last day of a month has a tomorrow. */
	SHOWS(parse("tomorrow 00:10", at("2026-12-31T23:50:00+01:00")), ZONE_BOTH,
	    "2027-01-01 00:10");
}

static void zone__parse__refuses_the_rest(void **state)
{
	(void)state;
	berlin();
	static const char *const bad[] = {"", " ", "24:00", "14:60", "14", "1430", "2026-02-30",
	    "2026-13-01", "2026-00-10", "2027-02-29", "1969-12-31", "26-11-23", "2026-11-23 ",
	    "2026-11-23 14:30 ", " 14:30", "2026-11-23  14:30", "yesterday", "today14:30", "+",
	    "+2", "+h", "+2w", "++2h", "+-2h", "-2h", "2026-11-23T14:30+1",
	    "2026-11-23T14:30+25:00", "2026-11-23T14:30.5", "２０２６-11-23", "14:30\n", "now;",
	    "2026-11-23T14:30:00.Z", "99999999999999999999"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err e;
		int64_t ms = 77;
		if (zone_parse(&ms, bad[i], 0, &e) != ERR_INPUT)
			fail_msg("\"%s\" was read as %lld", bad[i], (long long)ms);
		assert_int_equal(ms, 77);
	}
}

static void zone__parse_span__units_and_bounds(void **state)
{
	(void)state;
	int64_t ms;
	static const struct {
		const char *s;
		int64_t ms;
	} good[] = {{"0s", 0}, {"90s", 90000}, {"20m", 1200000}, {"10h", 36000000},
	    {"30d", INT64_C(2592000000)}, {"36500d", INT64_C(36500) * CLOCK_DAY}};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(zone_parse_span(&ms, good[i].s, NULL), ERR_OK);
		assert_true(ms == good[i].ms);
	}
	static const char *const bad[] = {"", "0", "5", "m", "010m", "5 m", " 5m", "5m ", "-5m",
	    "5w", "36501d", "9999999999d", "99999999999999999999s", "1.5h", "5mm", "0x5m"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err e;
		assert_int_equal(zone_parse_span(&ms, bad[i], &e), ERR_INPUT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zone__set__refuses_what_leads_astray),
	    cmocka_unit_test(zone__local__plain_day),
	    cmocka_unit_test(zone__spring__night_loses_an_hour),
	    cmocka_unit_test(zone__autumn__night_gains_an_hour),
	    cmocka_unit_test(zone__kiritimati__a_day_ahead),
	    cmocka_unit_test(zone__odd_offsets),
	    cmocka_unit_test(zone__quarter_up__already_there_stays),
	    cmocka_unit_test(zone__print__before_1970_and_fractions),
	    cmocka_unit_test(zone__parse__what_people_type),
	    cmocka_unit_test(zone__parse__refuses_the_rest),
	    cmocka_unit_test(zone__parse_span__units_and_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
