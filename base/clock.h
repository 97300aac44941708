/*
 * Time as a parameter. Everything in foyer counts integer milliseconds UTC since 1970; a struct clock tells where they come
 * from, so that a test can hold it still. Nothing but this file and zone.c reads a clock.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#include "base/err.h"

enum {
	CLOCK_SECOND = 1000,
	CLOCK_MINUTE = 60 * 1000,
	CLOCK_HOUR = 3600 * 1000,
	CLOCK_DAY = 24 * 3600 * 1000
};

struct clock {
	int64_t (*wall_ms)(void *arg); /* CLOCK_REALTIME */
	int64_t (*mono_ms)(
	    void *arg); /* CLOCK_BOOTTIME: counts on, also while the machine is suspended */
	void *arg;
};

/* The machine's clocks. */
struct clock clock_system(void);

/* A clock that stands still until it is set. */
struct clock_fake {
	int64_t wall_ms, mono_ms;
};
struct clock clock_of_fake(struct clock_fake *f);

int64_t clock_wall(const struct clock *c);
int64_t clock_mono(const struct clock *c);

/* A descriptor for poll() that becomes readable when the wall clock reaches wall_ms, and at once when somebody sets the
 * clock (timerfd with TFD_TIMER_CANCEL_ON_SET, timerfd_create(2)). -1 and errno on failure. */
int clock_alarm_new(void);
enum err_code clock_alarm_arm(int fd, int64_t wall_ms, struct err *e) MUST_USE;
enum clock_alarm { CLOCK_ALARM_NONE, CLOCK_ALARM_DUE, CLOCK_ALARM_SET };
enum clock_alarm clock_alarm_read(int fd);

#endif
