#include "daemon/backoff.h"

#include "base/clock.h"
#include "base/str.h"

/* A visitor stands before a printer, and the print server is at hand: a look costs little there. */
static const struct schedule {
	const char *kind; /* NULL: all others, which are the doors */
	int64_t first_ms, base_ms, cap_ms;
} schedules[] = {
    {"print", 1 * CLOCK_SECOND, 1 * CLOCK_SECOND, 3 * CLOCK_SECOND},
    {"print-cancel", 1 * CLOCK_SECOND, 1 * CLOCK_SECOND, 3 * CLOCK_SECOND},
    {"mail", 10 * CLOCK_SECOND, 10 * CLOCK_SECOND, 30 * CLOCK_MINUTE},
    {NULL, 1 * CLOCK_SECOND, 1 * CLOCK_SECOND, 60 * CLOCK_SECOND},
};

int64_t backoff_ms(const char *kind, int attempts, int64_t hint_ms, const struct random *r)
{
	const struct schedule *s = schedules;
	while (s->kind && !str_eq(s->kind, kind))
		s++;
	int64_t step = attempts > 1 ? attempts - 1 : 0;
	if (step > 1000)
		step = 1000;
	int64_t ms = s->first_ms + s->base_ms * step * step;
	if (ms < hint_ms)
		ms = hint_ms;
	if (ms > s->cap_ms)
		ms = s->cap_ms;
	return ms - ms / 20 + random_below(r, (uint32_t)(ms / 10) + 1);
}

bool backoff_is_over(const char *kind, int64_t created_ms, int64_t now_ms)
{
	return str_eq(kind, "mail") &&
	       now_ms - created_ms >= (int64_t)BACKOFF_MAIL_GIVES_UP_DAYS * CLOCK_DAY;
}
