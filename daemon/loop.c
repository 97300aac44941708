#include "daemon/loop.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"

void loop_init(struct loop *l, const struct clock *clock)
{
	memset(l, 0, sizeof *l);
	l->clock = clock;
	l->round_ms = INT64_MIN;
}

enum err_code loop_add(struct loop *l, struct loop_source *s, struct err *e)
{
	if (s->slot)
		return ERR_OK;
	if (l->n_sources == LOOP_SOURCES)
		return err_set(
		    e, ERR_TOO_MANY, "the loop watches %d descriptors already", LOOP_SOURCES);
	l->sources[l->n_sources++] = s;
	s->slot = l->n_sources;
	return ERR_OK;
}

void loop_remove(struct loop *l, struct loop_source *s)
{
	if (!s->slot)
		return;
	int hole = s->slot - 1;
	int last = --l->n_sources;
	l->sources[hole] = l->sources[last];
	l->sources[hole]->slot = hole + 1;
	l->sources[last] = NULL;
	s->slot = 0;
}

void loop_timer_set(struct loop *l, struct loop_timer *t, int64_t in_ms)
{
	t->due_ms = clock_mono(l->clock) + (in_ms > 0 ? in_ms : 0);
	/* Set to "now" from a timer's function: the next round's. */
	if (t->due_ms <= l->round_ms)
		t->due_ms = l->round_ms + 1;
	if (t->slot)
		return;
	if (l->n_timers == LOOP_TIMERS)
		log_bug("more than %d timers", LOOP_TIMERS);
	l->timers[l->n_timers++] = t;
	t->slot = l->n_timers;
}

void loop_timer_clear(struct loop *l, struct loop_timer *t)
{
	if (!t->slot)
		return;
	int hole = t->slot - 1;
	int last = --l->n_timers;
	l->timers[hole] = l->timers[last];
	l->timers[hole]->slot = hole + 1;
	l->timers[last] = NULL;
	t->slot = 0;
}

/* Every timer that was due when this round began, once each. A function may free its timer. */
static void timers_fire(struct loop *l)
{
	int64_t now = l->round_ms = clock_mono(l->clock);
	for (;;) {
		struct loop_timer *due = NULL;
		for (int i = 0; i < l->n_timers; i++)
			if (l->timers[i]->due_ms <= now &&
			    (!due || l->timers[i]->due_ms < due->due_ms))
				due = l->timers[i];
		if (!due)
			break;
		loop_timer_clear(l, due);
		due->fn(due->arg);
	}
	l->round_ms = INT64_MIN;
}

static int wait_ms(const struct loop *l, int max_wait_ms)
{
	int64_t now = clock_mono(l->clock);
	int64_t wait = max_wait_ms;
	for (int i = 0; i < l->n_timers; i++) {
		int64_t left = l->timers[i]->due_ms - now;
		if (left < 0)
			left = 0;
		if (wait < 0 || left < wait)
			wait = left;
	}
	if (l->before) {
		int most = l->before(l->hook_arg);
		if (most >= 0 && (wait < 0 || most < wait))
			wait = most;
	}
	return wait > CLOCK_MINUTE ? CLOCK_MINUTE : (int)wait;
}

enum err_code loop_step(struct loop *l, int max_wait_ms, struct err *e)
{
	int wait = wait_ms(l, max_wait_ms);
	int n = l->n_sources;
	for (int i = 0; i < n; i++)
		l->polls[i] =
		    (struct pollfd){.fd = l->sources[i]->fd, .events = l->sources[i]->events};
	int ready = poll(l->polls, (nfds_t)n, wait);
	if (ready < 0 && errno != EINTR)
		return err_errno(e, ERR_IO, "poll");
	/* A function may remove any source, so each is looked up again by its descriptor before
	 * it is called. */
	for (int i = 0; ready > 0 && i < n; i++) {
		if (!l->polls[i].revents)
			continue;
		ready--;
		for (int k = 0; k < l->n_sources; k++) {
			struct loop_source *s = l->sources[k];
			if (s->fd == l->polls[i].fd) {
				s->fn(s->arg, l->polls[i].revents);
				break;
			}
		}
	}
	timers_fire(l);
	if (l->after)
		l->after(l->hook_arg);
	return ERR_OK;
}

enum err_code loop_run(struct loop *l, struct err *e)
{
	while (!l->stop) {
		enum err_code c = loop_step(l, -1, e);
		if (c)
			return c;
	}
	return ERR_OK;
}
