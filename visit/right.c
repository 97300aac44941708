#include "visit/right.h"

#include "base/str.h"

static void date(char dst[RIGHT_DATE_SZ], int64_t ms)
{
	struct zone_time t = zone_local(ms);
	(void)str_print(
	    dst, RIGHT_DATE_SZ, "%04d-%02d-%02d", t.year % 10000, t.mon % 100, t.day % 100);
}

struct right right_of(int64_t from_ms, int64_t until_ms)
{
	struct right r = {.end_ms = zone_quarter_up(until_ms)};
	/* An end at midnight belongs to the day before: there the last minute is 23:59. */
	int64_t last_ms = r.end_ms - 1;
	struct zone_time end = zone_local(r.end_ms);
	bool midnight = r.end_ms == zone_day_start(r.end_ms);
	date(r.first, from_ms);
	date(r.last, last_ms);

	int64_t last_day = zone_day_start(last_ms);
	if (zone_day_start(from_ms) < last_day) {
		struct right_profile *whole = &r.profiles[r.n++];
		(void)str_copy(whole->first, sizeof whole->first, r.first);
		date(whole->last, last_day - 1);
		(void)str_copy(whole->from, sizeof whole->from, "00:00");
		(void)str_copy(whole->to, sizeof whole->to, "23:59");
	}
	struct right_profile *p = &r.profiles[r.n++];
	(void)str_copy(p->first, sizeof p->first, r.last);
	(void)str_copy(p->last, sizeof p->last, r.last);
	(void)str_copy(p->from, sizeof p->from, "00:00");
	if (midnight)
		(void)str_copy(p->to, sizeof p->to, "23:59");
	else
		(void)str_print(p->to, sizeof p->to, "%02d:%02d", end.hour, end.min);
	return r;
}
