/*
 * The site's local time: days, quarter hours and how times read. One process has one time zone, set once at start; everything here
 * converts between it and milliseconds UTC through libc, so both nights of daylight saving are right.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Does this machine know that IANA name? Nothing that leads out of the zone folder. */
bool zone_known(const char *iana);

/* Take an IANA name ("Europe/Berlin"); ERR_CONFIG if the machine does not know it. */
enum err_code zone_set(const char *iana, struct err *e) MUST_USE;

/* Civil local time. mon 1..12, day 1..31, wday 1 Monday .. 7 Sunday. */
struct zone_time {
	int year, mon, day, hour, min, sec, wday;
};
struct zone_time zone_local(int64_t ms);

/* Back to UTC; a time inside the spring gap moves forward by it, an ambiguous one is the first. */
int64_t zone_utc(struct zone_time t);

/* First millisecond of ms's local day, and of the next one. */
int64_t zone_day_start(int64_t ms);
int64_t zone_day_end(int64_t ms);

/* The next local quarter hour at or after ms. */
int64_t zone_quarter_up(int64_t ms);

enum zone_style {
	ZONE_HHMM, /* 14:05 */
	ZONE_DATE, /* 2026-11-23 */
	ZONE_BOTH, /* 2026-11-23 14:05 */
	ZONE_RFC3339, /* 2026-11-23T14:05:00.000+01:00 */
};
enum { ZONE_TEXT_SZ = 40 };
const char *zone_print(char dst[ZONE_TEXT_SZ], int64_t ms, enum zone_style style);

/* What people type: "14:30", "2026-11-23", "2026-11-23 14:30", "2026-11-23T14:30", RFC 3339, "today|tomorrow 14:30", "+2h", "+30m", "now".
 * A bare date is its first millisecond. ERR_INPUT says what is allowed. */
enum err_code zone_parse(int64_t *ms, const char *s, int64_t now_ms, struct err *e) MUST_USE;

/* "90s", "20m", "10h", "30d" → milliseconds. */
enum err_code zone_parse_span(int64_t *ms, const char *s, struct err *e) MUST_USE;

#endif
