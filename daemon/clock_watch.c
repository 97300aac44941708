#include "daemon/clock_watch.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/alarm.h"
#include "daemon/server.h"
#include "db/book.h"
#include "db/journal.h"

/* What staff are asked to see to. */
static const char *const reasons[] = {"clock-back", "clock-leap"};

/* The book remembers a leap in doubt over a restart of foyerd: by how much, and until which time of foyer's. */
static const char doubt_by[] = "clock-doubt-ms", doubt_until[] = "clock-doubt-until-ms";

static enum err_code number_set(struct foyerd *d, const char *name, int64_t n, struct err *e)
{
	char text[32];
	str_print(text, sizeof text, "%lld", (long long)n);
	return book_meta_set(d->book, name, text, e);
}

/* 0: it is not there. */
static int64_t number_get(struct foyerd *d, const char *name)
{
	char text[32];
	struct err e;
	enum err_code c = book_meta_get(d->book, name, text, sizeof text, &e);
	if (c && c != ERR_NOT_FOUND)
		log_error("%s: %s", name, e.msg);
	return c ? 0 : strtoll(text, NULL, 10);
}

static enum err_code doubt_write(struct foyerd *d, int64_t by_ms, int64_t until_ms, struct err *e)
{
	enum err_code c = number_set(d, doubt_by, by_ms, e);
	return c ? c : number_set(d, doubt_until, until_ms, e);
}

static void doubt_read(struct clock_watch *w)
{
	int64_t by = number_get(w->d, doubt_by), until = number_get(w->d, doubt_until);
	if (by <= 0 || until <= w->now_ms)
		return;
	int64_t left = until - w->now_ms;
	w->leap_ms = by;
	w->leap_at_ms = w->now_ms + left - CLOCK_WATCH_DOUBT_MS;
	w->trust_mono_ms = w->mono_ms + (left < CLOCK_WATCH_DOUBT_MS ? left : CLOCK_WATCH_DOUBT_MS);
}

static void tell(struct clock_watch *w, const char *what, const char *reason, int64_t by_ms)
{
	struct foyerd *d = w->d;
	char by[32];
	struct err e;
	str_print(by, sizeof by, "%lld", (long long)by_ms);
	struct db_journal_entry en = {
	    .actor = "clock", .what = what, .fields = {{"by_ms", by}}, .n_fields = 1};
	enum err_code c = foyerd_begin(d, &e);
	if (!c) {
		c = db_journal_append(d->book, &en, NULL, &e);
		if (!c)
			c = alarm_open(d, reason, &e);
		if (!c && w->leap_ms)
			c = doubt_write(d, w->leap_ms, w->now_ms + CLOCK_WATCH_DOUBT_MS, &e);
		c = foyerd_end(d, c, &e);
	}
	if (c)
		log_error("telling of the clock: %s", e.msg);
}

static void told_back(struct clock_watch *w, int64_t by_ms)
{
	w->back_ms = by_ms;
	log_error(
	    "the clock was set back by %lld s: nothing ends late, and nothing comes back to life",
	    (long long)by_ms / CLOCK_SECOND);
	tell(w, "clock.back", reasons[0], by_ms);
}

static void told_leap(struct clock_watch *w, int64_t by_ms, bool away)
{
	w->leap_ms = by_ms;
	w->leap_at_ms = w->now_ms;
	w->trust_mono_ms = w->mono_ms + CLOCK_WATCH_DOUBT_MS;
	w->away = away;
	log_error("the clock is %lld s ahead of what it was%s: whatever was to end by then ends",
	    (long long)by_ms / CLOCK_SECOND, away ? " when foyerd stopped" : "");
	tell(w, "clock.leap", reasons[1], by_ms);
}

static void take(struct clock_watch *w)
{
	w->wall_ms = clock_wall(&w->d->clock);
	w->mono_ms = clock_mono(&w->d->clock);
	w->now_ms = foyerd_now(w->d);
}

void clock_watch_begin(struct clock_watch *w, struct foyerd *d)
{
	*w = (struct clock_watch){.d = d};
	take(w);
	doubt_read(w);
	int64_t known = book_now(d->book), away = w->wall_ms - known;
	/* The book knows a later time than the clock: it was set back while foyerd was away. */
	if (clock_watch_ahead(d))
		told_back(w, clock_watch_ahead(d));
	else if (known && away > CLOCK_WATCH_AWAY_MS)
		told_leap(w, w->leap_ms + away, true);
}

void clock_watch_look(struct clock_watch *w)
{
	struct clock_watch before = *w;
	if (w->d->closed) /* there is no time to compare with: the next look is at all of the meanwhile */
		return;
	take(w);
	int64_t gone = w->mono_ms - before.mono_ms;
	int64_t back = gone - (w->wall_ms - before.wall_ms);
	int64_t leap = w->now_ms - before.now_ms - gone;
	/* The time fell back, or a day went by: no leap is in doubt any more. */
	if (w->now_ms < before.now_ms - CLOCK_WATCH_BACK_MS || w->mono_ms >= w->trust_mono_ms)
		w->leap_ms = 0;
	if (back > CLOCK_WATCH_BACK_MS)
		told_back(w, back);
	else if (leap > CLOCK_WATCH_LEAP_MS)
		told_leap(w, w->leap_ms + leap, false);
}

int64_t clock_watch_ahead(const struct foyerd *d)
{
	int64_t ahead = foyerd_now(d) - clock_wall(&d->clock);
	return ahead > CLOCK_WATCH_BACK_MS ? ahead : 0;
}

int64_t clock_watch_keep_ms(const struct clock_watch *w)
{
	int64_t now = foyerd_now(w->d) - w->leap_ms, wall = clock_wall(&w->d->clock);
	return clock_watch_ahead(w->d) && wall < now ? wall : now;
}

enum err_code clock_watch_settle(
    struct foyerd *d, const char *actor, const char *reason, struct err *e)
{
	enum err_code c = doubt_write(d, 0, 0, e);
	for (size_t i = 0; !c && i < sizeof reasons / sizeof reasons[0]; i++)
		c = alarm_resolve(d, reasons[i], actor, reason, e);
	return c;
}
