#include "base/zone.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"

#define ZONEINFO "/usr/share/zoneinfo"

/* A TZif file (RFC 8536) below zoneinfo; nothing that leads out of it. */
bool zone_known(const char *iana)
{
	char path[PATH_MAX], magic[4];
	size_t n =
	    strspn(iana, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");
	if (n == 0 || iana[n] != '\0' || iana[0] == '/' ||
	    !str_print(path, sizeof path, ZONEINFO "/%s", iana))
		return false;
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return false;
	bool ok = fread(magic, 1, sizeof magic, f) == sizeof magic && memcmp(magic, "TZif", 4) == 0;
	(void)fclose(f);
	return ok;
}

enum err_code zone_set(const char *iana, struct err *e)
{
	if (!zone_known(iana))
		return err_set(e, ERR_CONFIG,
		    "this machine knows no time zone of that name; allowed is a name like "
		    "Europe/Berlin");
	if (setenv("TZ", iana, 1) != 0)
		return err_errno(e, ERR_IO, "TZ");
	tzset();
	return ERR_OK;
}

static int64_t seconds_of(int64_t ms)
{
	return ms / CLOCK_SECOND - (ms % CLOCK_SECOND < 0);
}

/* Seconds east of Greenwich at that UTC second. */
static int64_t offset_at(int64_t utc_s)
{
	time_t t = (time_t)utc_s;
	struct tm tm;
	return localtime_r(&t, &tm) != NULL ? tm.tm_gmtoff : 0;
}

struct zone_time zone_local(int64_t ms)
{
	time_t t = (time_t)seconds_of(ms);
	struct tm tm;
	if (localtime_r(&t, &tm) == NULL)
		return (struct zone_time){.year = 1970, .mon = 1, .day = 1, .wday = 4};
	return (struct zone_time){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, tm.tm_wday == 0 ? 7 : tm.tm_wday};
}

/* mktime(3) leaves both nights to the C library's taste; here they are decided. The offsets a day before and a day after
 * frame any change; a reading of the clock is real if the offset that made it also holds at the second it names. */
int64_t zone_utc(struct zone_time t)
{
	struct tm tm = {.tm_year = t.year - 1900,
	    .tm_mon = t.mon - 1,
	    .tm_mday = t.day,
	    .tm_hour = t.hour,
	    .tm_min = t.min,
	    .tm_sec = t.sec};
	int64_t civil = timegm(&tm);
	int64_t before = offset_at(civil - 86400), after = offset_at(civil + 86400);
	int64_t first = civil - before, second = civil - after;
	if (before != after && offset_at(first) != before && offset_at(second) == after)
		return second * CLOCK_SECOND;
	return first * CLOCK_SECOND; /* the only, the first of two, or forward over the gap */
}

int64_t zone_day_start(int64_t ms)
{
	struct zone_time t = zone_local(ms);
	return zone_utc((struct zone_time){.year = t.year, .mon = t.mon, .day = t.day});
}

int64_t zone_day_end(int64_t ms)
{
	struct zone_time t = zone_local(ms);
	return zone_utc((struct zone_time){.year = t.year, .mon = t.mon, .day = t.day + 1});
}

int64_t zone_quarter_up(int64_t ms)
{
	const int64_t quarter = 15 * CLOCK_MINUTE;
	int64_t off = offset_at(seconds_of(ms)) * CLOCK_SECOND;
	int64_t over = (ms + off) % quarter;
	if (over < 0)
		over += quarter;
	return over == 0 ? ms : ms + quarter - over;
}

const char *zone_print(char dst[ZONE_TEXT_SZ], int64_t ms, enum zone_style style)
{
	struct zone_time t = zone_local(ms);
	int64_t s = seconds_of(ms);
	int off = (int)(offset_at(s) / 60);
	switch (style) {
	case ZONE_HHMM: (void)str_print(dst, ZONE_TEXT_SZ, "%02d:%02d", t.hour, t.min); break;
	case ZONE_DATE:
		(void)str_print(dst, ZONE_TEXT_SZ, "%04d-%02d-%02d", t.year, t.mon, t.day);
		break;
	case ZONE_BOTH:
		(void)str_print(dst, ZONE_TEXT_SZ, "%04d-%02d-%02d %02d:%02d", t.year, t.mon, t.day,
		    t.hour, t.min);
		break;
	case ZONE_RFC3339:
		(void)str_print(dst, ZONE_TEXT_SZ, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02d:%02d",
		    t.year, t.mon, t.day, t.hour, t.min, t.sec,
		    (int)((ms % CLOCK_SECOND + CLOCK_SECOND) % CLOCK_SECOND), off < 0 ? '-' : '+',
		    abs(off) / 60, abs(off) % 60);
		break;
	}
	return dst;
}

/* --- reading ----------------------------------------------------------------------------- */

/* Exactly n digits at *s. */
static bool digits(const char **s, int n, int *out)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		char c = (*s)[i];
		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*s += n;
	*out = v;
	return true;
}

static bool literal(const char **s, const char *word)
{
	if (!str_starts(*s, word))
		return false;
	*s += strlen(word);
	return true;
}

static int days_in(int year, int mon)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return mon == 2 && leap ? 29 : days[mon - 1];
}

static bool read_date(const char **s, struct zone_time *t)
{
	return digits(s, 4, &t->year) && literal(s, "-") && digits(s, 2, &t->mon) &&
	       literal(s, "-") && digits(s, 2, &t->day) && t->year >= 1970 && t->mon >= 1 &&
	       t->mon <= 12 && t->day >= 1 && t->day <= days_in(t->year, t->mon);
}

/* HH:MM, or H:MM as people type it; seconds and a fraction may follow (RFC 3339 §5.6; :60 reads as :59). */
static bool read_time(const char **s, struct zone_time *t, int *ms)
{
	if (!digits(s, 2, &t->hour) && !digits(s, 1, &t->hour))
		return false;
	if (!literal(s, ":") || !digits(s, 2, &t->min) || t->hour > 23 || t->min > 59)
		return false;
	if (!literal(s, ":"))
		return true;
	if (!digits(s, 2, &t->sec) || t->sec > 60)
		return false;
	if (t->sec == 60)
		t->sec = 59;
	if (!literal(s, "."))
		return true;
	int d, scale = 100, n = 0;
	for (; digits(s, 1, &d); n++, scale /= 10)
		*ms += d * scale;
	return n > 0 && n <= 9;
}

/* "Z" or "+01:00"; *off in seconds. */
static bool read_offset(const char **s, int64_t *off)
{
	int hour, min;
	*off = 0;
	if (literal(s, "Z") || literal(s, "z"))
		return true;
	bool west = **s == '-';
	if (!literal(s, "-") && !literal(s, "+"))
		return false;
	if (!digits(s, 2, &hour) || !literal(s, ":") || !digits(s, 2, &min) || hour > 23 ||
	    min > 59)
		return false;
	*off = (hour * 60 + min) * (west ? -60 : 60);
	return true;
}

/* A date and what may follow it. */
static bool read_moment(const char *s, int64_t *ms)
{
	struct zone_time t = {0};
	int frac = 0;
	int64_t off;
	if (!read_date(&s, &t))
		return false;
	if (*s != '\0') {
		if (!literal(&s, "T") && !literal(&s, "t") && !literal(&s, " "))
			return false;
		if (!read_time(&s, &t, &frac))
			return false;
	}
	if (*s == '\0') {
		*ms = zone_utc(t) + frac;
		return true;
	}
	if (!read_offset(&s, &off) || *s != '\0')
		return false;
	struct tm tm = {.tm_year = t.year - 1900,
	    .tm_mon = t.mon - 1,
	    .tm_mday = t.day,
	    .tm_hour = t.hour,
	    .tm_min = t.min,
	    .tm_sec = t.sec};
	*ms = ((int64_t)timegm(&tm) - off) * CLOCK_SECOND + frac;
	return true;
}

/* "today 14:30", "tomorrow", "14:30". */
static bool read_near(const char *s, int64_t now_ms, int64_t *ms)
{
	struct zone_time t = zone_local(now_ms), clock = {0};
	int frac = 0;
	bool named = literal(&s, "today");
	if (!named && literal(&s, "tomorrow")) {
		named = true;
		t.day++;
	}
	if (!named || *s != '\0') {
		if (named && !literal(&s, " "))
			return false;
		if (!read_time(&s, &clock, &frac) || *s != '\0')
			return false;
	}
	*ms = zone_utc(
		  (struct zone_time){t.year, t.mon, t.day, clock.hour, clock.min, clock.sec, 0}) +
	      frac;
	return true;
}

enum err_code zone_parse(int64_t *ms, const char *s, int64_t now_ms, struct err *e)
{
	int64_t span;
	if (str_eq(s, "now")) {
		*ms = now_ms;
		return ERR_OK;
	}
	if (s[0] == '+') {
		enum err_code code = zone_parse_span(&span, s + 1, e);
		if (code == ERR_OK)
			*ms = now_ms + span;
		return code;
	}
	if (read_moment(s, ms) || read_near(s, now_ms, ms))
		return ERR_OK;
	return err_set(e, ERR_INPUT,
	    "no time; allowed are 14:30, 2026-11-23, 2026-11-23 14:30, today 14:30, tomorrow "
	    "14:30, +2h, now");
}

enum err_code zone_parse_span(int64_t *ms, const char *s, struct err *e)
{
	static const char allowed[] = "no span of time; allowed is a number with s, m, h or d: "
				      "90s, 20m, 10h, 30d (at most 36500d)";
	int64_t n = 0, unit = 0;
	const char *p = s;
	for (; *p >= '0' && *p <= '9' && p - s < 10; p++)
		n = n * 10 + (*p - '0');
	if (p == s || (s[0] == '0' && p - s > 1) || *p == '\0' || p[1] != '\0')
		return err_set(e, ERR_INPUT, "%s", allowed);
	switch (*p) {
	case 's': unit = CLOCK_SECOND; break;
	case 'm': unit = CLOCK_MINUTE; break;
	case 'h': unit = CLOCK_HOUR; break;
	case 'd': unit = CLOCK_DAY; break;
	default: break;
	}
	if (unit == 0 || n > INT64_C(36500) * CLOCK_DAY / unit)
		return err_set(e, ERR_INPUT, "%s", allowed);
	*ms = n * unit;
	return ERR_OK;
}
