/*
 * Civil dates and minutes of a day, as access controllers keep them: no zone, no seconds, nothing to convert.
 */
#ifndef ACCESS_WHEN_H
#define ACCESS_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/zone.h"

struct access_date {
	int year, mon, day; /* mon 1..12, day 1..31; all 0: none */
};
struct access_minute {
	int hour, min;
};

/* A day that exists (Gregorian), years 1 to 9999. */
bool access_date_valid(struct access_date d);
bool access_minute_valid(struct access_minute m);

/* "2026-11-23" and "17:30", nothing else. */
bool access_date_parse(struct access_date *d, const char *s);
bool access_minute_parse(struct access_minute *m, const char *s);

/* <0, 0, >0 as a is before, at or after b. */
int access_date_cmp(struct access_date a, struct access_date b);
int access_minute_cmp(struct access_minute a, struct access_minute b);

/* Seconds of a civil time since 1970-01-01 00:00 of the same wall clock: for the distance between two clocks that show civil time. Not
 * UTC: both meanings of a repeated hour in autumn are the same number, as they are on a controller. */
int64_t access_civil_s(const struct zone_time *t);

#endif
