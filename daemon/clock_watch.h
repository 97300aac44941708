/*
 * Looks after the machine's clock, against the one that only counts: a jump back, a leap ahead, and
 * a book whose time is ahead of the clock (foyer's time then stands still until the clock has caught
 * up, or a manager accepts the clock: h_clock.c). Each is written into the journal and becomes
 * something for staff to see to. It hides both clocks' last readings.
 */
#ifndef DAEMON_CLOCK_WATCH_H
#define DAEMON_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct foyerd;

enum {
	CLOCK_WATCH_BACK_MS = 2 * CLOCK_MINUTE, /* back by more: told */
	CLOCK_WATCH_LEAP_MS = CLOCK_HOUR, /* ahead by more while foyerd runs: told */
	CLOCK_WATCH_AWAY_MS = 7 * CLOCK_DAY, /* the same over its absence */
	CLOCK_WATCH_DOUBT_MS = CLOCK_DAY, /* so long a leap is in doubt */
};

struct clock_watch {
	struct foyerd *d;
	int64_t wall_ms, mono_ms, now_ms; /* at the last look */
	int64_t back_ms; /* the last jump back; 0: none */
	int64_t leap_ms, leap_at_ms, trust_mono_ms; /* the leap that is in doubt; 0: none */
	bool away; /* it fell into foyerd's absence */
};

/* The first look. Writes, so no transaction is open. */
void clock_watch_begin(struct clock_watch *w, struct foyerd *d);
/* Another one; the same. */
void clock_watch_look(struct clock_watch *w);

/* By how much foyer's time is ahead of the machine's clock; 0 for what is a mere correction. */
int64_t clock_watch_ahead(const struct foyerd *d);

/* What retention may call now: a leap in doubt ends rights at once, but what is forgotten is gone,
 * so that has a day for somebody to look, also over a restart; and nothing is forgotten by a time
 * that the machine's clock does not say any more. */
int64_t clock_watch_keep_ms(const struct clock_watch *w);

/* In a transaction: what staff were asked to see to is settled. */
enum err_code clock_watch_settle(
    struct foyerd *d, const char *actor, const char *reason, struct err *e) MUST_USE;

#endif
