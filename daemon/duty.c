#include "daemon/duty.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/bookmark.h"
#include "daemon/desk_clock.h"
#include "daemon/desk_jobs.h"
#include "daemon/erased.h"
#include "daemon/jobs.h"
#include "daemon/loop.h"
#include "db/journal.h"
#include "db/retention.h"

struct duty {
	struct foyerd *d;
	struct loop_source alarm;
	struct loop_timer due, minute, purge, checkpoint, late;
	struct clock_watch clock;
	int64_t next_purge_ms; /* monotonic */
	bool
	    squeeze; /* there was no room: what the log holds must go into the book, so that the log begins anew */
	bool truncate; /* something was erased: its old pages must leave the log */
	int64_t marked_rev; /* in the bookmark */
	struct desk_walk rights, days;
	bool failed; /* in this walk over them: what could not be ended is tried again later */
};

/* --- ends -------------------------------------------------------------------------------- */

typedef enum err_code (*batch_fn)(struct foyerd *d, struct desk_walk *w, int *n, struct err *e);

static void batch_run(struct duty *u, batch_fn fn, struct desk_walk *w, const char *what)
{
	struct foyerd *d = u->d;
	struct err e;
	int n = 0;
	if (fn(d, w, &n, &e)) {
		log_error("%s: %s", what, e.msg);
		u->failed = true;
	}
	if (n && d->jobs)
		jobs_wake(d->jobs);
}

static void alarm_arm(struct duty *u)
{
	struct err e;
	int64_t at;
	/* Without anything due the alarm still tells when somebody sets the clock. */
	if (desk_next_due(u->d, &at, &e))
		at = foyerd_now(u->d) + CLOCK_DAY;
	/* What could not be done yet must not make the loop spin. */
	if (at <= foyerd_now(u->d))
		at = foyerd_now(u->d) + CLOCK_SECOND;
	if (clock_alarm_arm(u->alarm.fd, at, &e))
		log_error("alarm: %s", e.msg);
}

static void ends_due(void *arg)
{
	struct duty *u = arg;
	struct err e;
	int64_t at;
	clock_watch_look(&u->clock);
	if (u->d->closed)
		return;
	bool walking = u->rights.more || u->days.more;
	if (walking || (!desk_next_due(u->d, &at, &e) && at <= foyerd_now(u->d))) {
		FAULT("clock.due");
		if (!walking || u->rights.more)
			batch_run(u, desk_right_end, &u->rights, "ending rights");
		if (!walking || u->days.more)
			batch_run(u, desk_day_end, &u->days, "ending days");
		if (u->rights.more || u->days.more) {
			loop_timer_set(u->d->loop, &u->due, 0);
			return;
		}
	}
	if (u->failed)
		loop_timer_set(u->d->loop, &u->due, DUTY_ENDS_AGAIN_MS);
	u->failed = false;
	alarm_arm(u);
}

void duty_wake(struct duty *u)
{
	if (!u->due.slot)
		loop_timer_set(u->d->loop, &u->due, 0);
}

static void alarm_ready(void *arg, short revents)
{
	(void)revents;
	struct duty *u = arg;
	switch (clock_alarm_read(u->alarm.fd)) {
	case CLOCK_ALARM_NONE: return;
	case CLOCK_ALARM_DUE: break;
	case CLOCK_ALARM_SET:
		if (u->d->jobs)
			jobs_wake(u->d->jobs);
		break;
	}
	duty_wake(u);
}

/* --- the journal's head ------------------------------------------------------------------ */

static enum err_code head_sign(struct foyerd *d, struct err *e)
{
	struct db_journal_head head, signed_head;
	uint8_t msg[DB_JOURNAL_MESSAGE], sig[DB_JOURNAL_SIG];
	int64_t at;
	enum err_code c = db_journal_head(d->book, &head, e);
	if (c || !head.seq)
		return c;
	c = db_journal_head_signed(d->book, &signed_head, &at, e);
	if (!c && signed_head.seq == head.seq)
		return ERR_OK;
	if (c && c != ERR_NOT_FOUND)
		return c;
	c = foyerd_begin(d, e);
	if (c)
		return c;
	pass_signer_sign(d->head, sig, msg, db_journal_head_message(msg, &head, book_now(d->book)));
	FAULT("journal.signed");
	c = foyerd_end(d, db_journal_head_sign(d->book, &head, sig, e), e);
	if (c)
		return c;
	char hex[2 * DB_JOURNAL_HASH + 1];
	for (int i = 0; i < DB_JOURNAL_HASH; i++)
		str_print(hex + 2 * i, 3, "%02x", head.hash[i]);
	log_info("journal head: node %lld, entry %lld, %s", (long long)head.node,
	    (long long)head.seq, hex);
	return ERR_OK;
}

static void mark(struct duty *u, enum bookmark_state s)
{
	struct err e;
	int64_t rev = book_mark(u->d->book).rev;
	if (s == BOOKMARK_SERVING && rev == u->marked_rev)
		return;
	if (bookmark_write(u->d->conf, u->d->book, s, &e))
		log_error("book.mark: %s", e.msg);
	else
		u->marked_rev = rev;
}

/* --- checkpoints ------------------------------------------------------------------------- */

static void checkpoint(struct duty *u, enum book_checkpoint how)
{
	struct err e;
	u->squeeze = false;
	enum err_code c = book_checkpoint(u->d->book, how, &e);
	FAULT("book.checkpointed");
	if (!c && how == BOOK_CHECKPOINT_TRUNCATE)
		u->truncate = false;
	if (c && c != ERR_BUSY)
		log_error("checkpoint: %s", e.msg);
	if (c)
		foyerd_check(u->d);
}

static void checkpoint_due(void *arg)
{
	struct duty *u = arg;
	if (u->d->closed)
		return;
	if (u->truncate)
		checkpoint(u, BOOK_CHECKPOINT_TRUNCATE);
	else if (u->squeeze || book_wal_pages(u->d->book) >= DUTY_WAL_IDLE_PAGES)
		checkpoint(u, BOOK_CHECKPOINT_PASSIVE);
}

void duty_no_space(struct duty *u)
{
	u->squeeze = true;
	if (!u->checkpoint.slot)
		loop_timer_set(u->d->loop, &u->checkpoint, DUTY_IDLE_MS);
}

/* Never here: somebody waits for what was just committed. Not even the longest log is folded before the loop has sent the answer. */
void duty_committed(struct duty *u)
{
	bool now = book_wal_pages(u->d->book) > DUTY_WAL_MOST_PAGES;
	loop_timer_set(u->d->loop, &u->checkpoint, now ? 0 : DUTY_IDLE_MS);
}

/* --- forgetting -------------------------------------------------------------------------- */

static void erased_write(struct duty *u)
{
	struct err e;
	if (erased_list_update(u->d->book, u->d->conf->paths.backups, &e))
		log_error("erased.list: %s", e.msg);
	u->truncate = true;
	loop_timer_set(u->d->loop, &u->checkpoint, DUTY_IDLE_MS);
}

/* After a restore: who was erased since the backup, and whose visit the old book still held
 * open, goes when that visit is over. */
static void erase_again(struct duty *u)
{
	struct foyerd *d = u->d;
	struct err e;
	char pending[4];
	int n = 0, left = 0;
	if (book_meta_get(d->book, ERASED_PENDING, pending, sizeof pending, &e) ||
	    !str_eq(pending, "1"))
		return;
	enum err_code c = erased_list_apply(
	    d->book, d->conf->paths.backups, clock_wall(&d->clock), &n, &left, &e);
	if (!c && !left)
		c = foyerd_begin(d, &e);
	if (!c && !left)
		c = foyerd_end(d, book_meta_set(d->book, ERASED_PENDING, "0", &e), &e);
	if (c)
		log_error("erasing again: %s", e.msg);
	u->truncate = u->truncate || n;
}

static enum err_code purge_batch(struct duty *u, int *n, struct err *e)
{
	struct foyerd *d = u->d;
	enum err_code c = foyerd_begin(d, e);
	if (c)
		return c;
	c = db_retention_purge(
	    d->book, &d->conf->retention, clock_watch_keep_ms(&u->clock), DUTY_PURGE_BATCH, n, e);
	return foyerd_end(d, c, e);
}

/* A batch a round, so that a long list of what is due holds nobody up. */
static void purge_due(void *arg)
{
	struct duty *u = arg;
	struct err e;
	int n = 0;
	if (u->d->closed)
		return;
	if (purge_batch(u, &n, &e)) {
		log_error("forgetting: %s", e.msg);
		return;
	}
	if (n >= DUTY_PURGE_BATCH) {
		u->truncate = true;
		loop_timer_set(u->d->loop, &u->purge, 1);
		return;
	}
	if (n || u->truncate)
		erased_write(u);
	erase_again(u);
}

static void minute_due(void *arg)
{
	struct duty *u = arg;
	struct err e;
	loop_timer_set(u->d->loop, &u->minute, DUTY_MINUTE_MS);
	foyerd_look(u->d);
	if (u->d->closed)
		return;
	if (head_sign(u->d, &e))
		log_error("signing the journal's head: %s", e.msg);
	mark(u, BOOKMARK_SERVING);
	if (clock_mono(&u->d->clock) >= u->next_purge_ms) {
		u->next_purge_ms = clock_mono(&u->d->clock) + DUTY_HOUR_MS;
		loop_timer_set(u->d->loop, &u->purge, 0);
	}
	if (u->truncate)
		loop_timer_set(u->d->loop, &u->checkpoint, DUTY_IDLE_MS);
	duty_wake(u);
}

/* Not by the couriers' answers: who waits behind another's trouble, or for a courier that is silent, gets none. */
static void late_due(void *arg)
{
	struct duty *u = arg;
	struct err e;
	loop_timer_set(u->d->loop, &u->late, DUTY_LATE_MS);
	if (!u->d->closed && desk_jobs_late(u->d, &e))
		log_error("what is late: %s", e.msg);
}

/* --- life -------------------------------------------------------------------------------- */

enum err_code duty_new(struct duty **own_u, struct foyerd *d, struct err *e)
{
	struct duty *u = mem_new(1, sizeof *u);
	u->d = d;
	u->due = (struct loop_timer){.fn = ends_due, .arg = u};
	u->minute = (struct loop_timer){.fn = minute_due, .arg = u};
	u->purge = (struct loop_timer){.fn = purge_due, .arg = u};
	u->late = (struct loop_timer){.fn = late_due, .arg = u};
	u->checkpoint = (struct loop_timer){.fn = checkpoint_due, .arg = u};
	u->alarm = (struct loop_source){
	    .fd = clock_alarm_new(), .events = POLLIN, .fn = alarm_ready, .arg = u};
	enum err_code c =
	    u->alarm.fd < 0 ? err_errno(e, ERR_IO, "timerfd") : loop_add(d->loop, &u->alarm, e);
	if (c) {
		duty_free(u);
		return c;
	}
	*own_u = u;
	d->duty = u;
	clock_watch_begin(&u->clock, d);
	u->marked_rev = -1;
	mark(u, BOOKMARK_SERVING); /* from here on the book may go ahead of it */
	loop_timer_set(d->loop, &u->minute, 0);
	loop_timer_set(d->loop, &u->late, DUTY_LATE_MS);
	duty_wake(u);
	return ERR_OK;
}

void duty_stop(struct duty *u)
{
	struct err e;
	if (u->d->closed)
		return;
	if (head_sign(u->d, &e))
		log_error("signing the journal's head: %s", e.msg);
	mark(u, BOOKMARK_CLOSED);
	checkpoint(u, BOOK_CHECKPOINT_TRUNCATE);
}

void duty_free(struct duty *own_u)
{
	if (!own_u)
		return;
	struct loop *l = own_u->d->loop;
	loop_remove(l, &own_u->alarm);
	loop_timer_clear(l, &own_u->due);
	loop_timer_clear(l, &own_u->minute);
	loop_timer_clear(l, &own_u->purge);
	loop_timer_clear(l, &own_u->checkpoint);
	loop_timer_clear(l, &own_u->late);
	if (own_u->alarm.fd >= 0)
		close(own_u->alarm.fd);
	own_u->d->duty = NULL;
	free(own_u);
}

const struct clock_watch *duty_clock(const struct duty *u)
{
	return &u->clock;
}
