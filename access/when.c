#include "access/when.h"

#include <stddef.h>
#include <time.h>

bool access_date_valid(struct access_date d)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (d.year < 1 || d.year > 9999 || d.mon < 1 || d.mon > 12)
		return false;
	bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);
	return d.day >= 1 && d.day <= days[d.mon - 1] + (d.mon == 2 && leap ? 1 : 0);
}

bool access_minute_valid(struct access_minute m)
{
	return m.hour >= 0 && m.hour <= 23 && m.min >= 0 && m.min <= 59;
}

/* Exactly n digits of *s into *v, then the character after (which may be the end). */
static bool digits(const char **s, int n, char after, int *v)
{
	*v = 0;
	for (int i = 0; i < n; i++) {
		if (**s < '0' || **s > '9')
			return false;
		*v = *v * 10 + (*(*s)++ - '0');
	}
	if (**s != after)
		return false;
	if (after != '\0')
		(*s)++;
	return true;
}

bool access_date_parse(struct access_date *d, const char *s)
{
	return digits(&s, 4, '-', &d->year) && digits(&s, 2, '-', &d->mon) &&
	       digits(&s, 2, '\0', &d->day) && access_date_valid(*d);
}

bool access_minute_parse(struct access_minute *m, const char *s)
{
	return digits(&s, 2, ':', &m->hour) && digits(&s, 2, '\0', &m->min) &&
	       access_minute_valid(*m);
}

int access_date_cmp(struct access_date a, struct access_date b)
{
	if (a.year != b.year)
		return a.year - b.year;
	return a.mon != b.mon ? a.mon - b.mon : a.day - b.day;
}

int access_minute_cmp(struct access_minute a, struct access_minute b)
{
	return a.hour != b.hour ? a.hour - b.hour : a.min - b.min;
}

int64_t access_civil_s(const struct zone_time *t)
{
	struct tm tm = {
	    .tm_year = t->year - 1900,
	    .tm_mon = t->mon - 1,
	    .tm_mday = t->day,
	    .tm_hour = t->hour,
	    .tm_min = t->min,
	    .tm_sec = t->sec,
	};
	return (int64_t)timegm(&tm);
}
