/*
 * The one poll loop: descriptors and timers with a function each. It hides poll(2) and nothing
 * else; nobody else in foyerd waits.
 *
 * A source or timer is embedded in its owner, who keeps it alive while it is added. Functions may
 * add and remove anything, themselves included. Nothing called from here may block for more than 50
 * ms, the commit excepted.
 */
#ifndef DAEMON_LOOP_H
#define DAEMON_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

enum { LOOP_SOURCES = 512, LOOP_TIMERS = 1024 };

struct loop_source {
	int fd;
	short events; /* POLLIN, POLLOUT, 0 for errors alone; may be changed while added */
	void (*fn)(void *arg, short revents);
	void *arg;
	int slot; /* the loop's; 0 while not added */
};

struct loop_timer {
	int64_t due_ms; /* monotonic */
	void (*fn)(void *arg);
	void *arg;
	int slot; /* the loop's; 0 while not set */
};

struct loop {
	const struct clock *clock;
	struct loop_source *sources[LOOP_SOURCES];
	struct loop_timer *timers[LOOP_TIMERS];
	struct pollfd polls[LOOP_SOURCES];
	int n_sources, n_timers;
	int64_t round_ms; /* while timers fire: since when; else the least there is */
	bool stop;
	/* Asked before every wait: at most how long to wait (ms), -1 for ever. And called after
	 * every wait. */
	int (*before)(void *arg);
	void (*after)(void *arg);
	void *hook_arg;
};

void loop_init(struct loop *l, const struct clock *clock);

/* ERR_TOO_MANY when the table is full. */
enum err_code loop_add(struct loop *l, struct loop_source *s, struct err *e) MUST_USE;
void loop_remove(struct loop *l, struct loop_source *s); /* one that was not added is fine */

/* Call t->fn once, in_ms from now; setting it again moves it. Aborts when there are more timers
 * than the program can have. */
void loop_timer_set(struct loop *l, struct loop_timer *t, int64_t in_ms);
void loop_timer_clear(struct loop *l, struct loop_timer *t);

/* One wait (at most max_wait_ms, -1 for ever) and what follows from it. */
enum err_code loop_step(struct loop *l, int max_wait_ms, struct err *e) MUST_USE;

/* Until l->stop. */
enum err_code loop_run(struct loop *l, struct err *e) MUST_USE;

#endif
