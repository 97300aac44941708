#include "daemon/mend.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/alarm.h"
#include "daemon/bookmark.h"
#include "daemon/doctor.h"
#include "daemon/duty.h"
#include "daemon/jobs.h"
#include "daemon/loop.h"
#include "daemon/open.h"
#include "daemon/reader.h"
#include "db/journal.h"

struct mend {
	struct foyerd *d;
	struct loop_timer again, daily;
	bool verifying; /* a child verifies a book that was opened again */
	struct book_mark mark; /* of the book that was closed */
	int tries; /* in vain, since it was closed */
	int daily_tries; /* in vain, since a daily check came to an end */
	char why[MEND_WHY_SZ], journal[MEND_WHY_SZ];
};

/* Why it is not whole, or why nobody knows. */
static const char *verified_why(const json_t *result, const struct err *why)
{
	const char *found = json_string_value(json_object_get(result, "why"));
	return why ? why->msg : found ? found : "it does not verify";
}

static bool is_whole(const json_t *result, const struct err *why)
{
	return !why && json_is_true(json_object_get(result, "ok"));
}

/* Twice as long each time. */
static int64_t wait_of(int tries, int64_t first_ms, int64_t most_ms)
{
	int64_t wait = first_ms;
	for (int i = 0; i < tries && wait < most_ms; i++)
		wait *= 2;
	return wait < most_ms ? wait : most_ms;
}

/* --- every day --------------------------------------------------------------------------- */

/* Nobody knows: there was no reader free, it ended, or the disk did not answer. */
static void daily_later(struct mend *m, const char *why)
{
	int64_t wait = wait_of(m->daily_tries++, MEND_DAILY_AGAIN_MS, MEND_DAILY_AGAIN_MOST_MS);
	log_warn("verifying the book: %s; it is tried again", why);
	loop_timer_set(m->d->loop, &m->daily, wait);
}

static void daily_whole(struct mend *m)
{
	struct foyerd *d = m->d;
	struct err e;
	char now[24];
	m->journal[0] = 0;
	enum err_code c = foyerd_begin(d, &e);
	if (!c) {
		str_print(now, sizeof now, "%lld", (long long)book_now(d->book));
		c = foyerd_end(d, book_meta_set(d->book, DOCTOR_META_VERIFIED, now, &e), &e);
	}
	if (c)
		daily_later(m, e.msg);
	else
		m->daily_tries = 0;
}

/* The same finding is told once, however often it is found; in a new foyerd's life again. */
static void journal_broken(struct mend *m, const json_t *result)
{
	struct foyerd *d = m->d;
	struct err e;
	char now[MEND_WHY_SZ];
	str_print(now, sizeof now, "journal: entry %lld: %s",
	    (long long)json_integer_value(json_object_get(result, "first_bad")),
	    verified_why(result, NULL));
	m->daily_tries = 0;
	log_error("verifying the book: %s", now);
	if (str_eq(now, m->journal))
		return;
	enum err_code c = foyerd_begin(d, &e);
	if (!c)
		c = foyerd_end(d, alarm_open(d, "journal-broken", &e), &e);
	if (c)
		daily_later(m, e.msg);
	else
		str_copy(m->journal, sizeof m->journal, now);
}

static void journal_verified(void *arg, const json_t *result, const struct err *why)
{
	struct mend *m = arg;
	if (why)
		daily_later(m, why->msg);
	else if (is_whole(result, why))
		daily_whole(m);
	else
		journal_broken(m, result);
}

static void daily_verified(void *arg, const json_t *result, const struct err *why)
{
	struct mend *m = arg;
	struct foyerd *d = m->d;
	struct err e;
	if (d->closed) { /* it is being mended, and nobody knows which book that was */
		daily_later(m, "the book is closed");
	} else if (is_whole(result, why)) {
		struct reader_done done = {journal_verified, m};
		if (reader_ask(d->readers, "journal", json_object(), &done, &e))
			daily_later(m, e.msg);
	} else if (why && why->code != ERR_CORRUPT) {
		daily_later(m, why->msg);
	} else {
		m->daily_tries = 0;
		log_error("verifying the book: %s", verified_why(result, why));
		book_poison(d->book);
		foyerd_check(d);
	}
}

static void daily_due(void *arg)
{
	struct mend *m = arg;
	struct err e;
	struct reader_done done = {daily_verified, m};
	loop_timer_set(m->d->loop, &m->daily, CLOCK_DAY);
	if (m->d->closed)
		daily_later(m, "the book is closed");
	else if (reader_ask(m->d->readers, "verify", json_pack("{s:b}", "quick", 1), &done, &e))
		daily_later(m, e.msg);
}

/* --- after a failure --------------------------------------------------------------------- */

/* What has failed twice may fail for long: it is tried less and less often. */
static void try_later(struct mend *m, const char *why)
{
	int64_t wait = wait_of(m->tries++, MEND_AGAIN_MS, MEND_AGAIN_MOST_MS);
	m->verifying = false;
	book_close(m->d->book);
	m->d->book = NULL;
	m->d->closed = true;
	str_copy(m->why, sizeof m->why, why);
	log_error("the book is still closed: %s", why);
	loop_timer_set(m->d->loop, &m->again, wait);
}

/* Whoever reads the journal sees that there was a gap; and a disk that takes this takes visitors. */
static enum err_code reopened_write(struct foyerd *d, struct err *e)
{
	struct db_journal_entry en = {.actor = "rule:mend", .what = "book.reopened"};
	enum err_code c = foyerd_begin(d, e);
	return c ? c : foyerd_end(d, db_journal_append(d->book, &en, NULL, e), e);
}

static void reopened_verified(void *arg, const json_t *result, const struct err *why)
{
	struct mend *m = arg;
	struct foyerd *d = m->d;
	struct err e;
	if (!is_whole(result, why)) {
		try_later(m, verified_why(result, why));
		return;
	}
	d->closed = false;
	d->closed_why = NULL;
	if (reopened_write(d, &e)) {
		try_later(m, e.msg);
		return;
	}
	m->verifying = false;
	m->tries = 0;
	m->why[0] = 0;
	log_warn("the book is open again");
	if (d->jobs)
		jobs_reopened(d->jobs);
	if (d->duty)
		duty_wake(d->duty);
}

/* The failed handle is closed. False: what is in the file now and what is in the log do not belong together, and it stays so. */
static bool leave(struct mend *m)
{
	struct foyerd *d = m->d;
	struct err e;
	if (!d->book)
		return true;
	m->mark = book_mark(d->book);
	if (book_place(d->book) == BOOK_WRITTEN) {
		if (bookmark_write(d->conf, d->book, BOOKMARK_SPOILT, &e))
			log_error("book.mark: %s", e.msg);
		return false;
	}
	book_close(d->book);
	d->book = NULL;
	return true;
}

/* Looked at for reading first: another book is not to be touched. */
static enum err_code reopen(struct mend *m, struct err *e)
{
	struct foyerd *d = m->d;
	struct book *b = NULL;
	char path[PATH_MAX];
	enum err_code c = open_book_path(path, d->conf, e);
	if (!c)
		c = book_mark_file(&m->mark, path, e);
	if (!c)
		c = book_open(&b, path, BOOK_RO, e);
	const char *differs = c ? NULL : book_mark_differs(b, &m->mark);
	book_close(b);
	if (differs)
		c = err_set(e, ERR_CONFLICT, "%s", differs);
	return c ? c : book_open(&d->book, path, BOOK_RW, e);
}

/* All of it is verified, for a page that was lost may be whole and old. Every handle of the book goes first, the readers' too: they keep the
 * shared memory alive that says how much of the log is in the book already, and after a failed sync that may not be so. */
static void again_due(void *arg)
{
	struct mend *m = arg;
	struct foyerd *d = m->d;
	struct err e;
	if (m->verifying || !d->closed || d->stopping || !leave(m))
		return;
	if (!readers_leave_book(d->readers)) {
		loop_timer_set(d->loop, &m->again, MEND_READERS_MS);
		return;
	}
	struct reader_done done = {reopened_verified, m};
	m->verifying = true; /* the answer may come before reader_ask returns */
	enum err_code c = reopen(m, &e);
	if (!c)
		c = reader_ask(d->readers, "verify", json_pack("{s:b}", "quick", 0), &done, &e);
	if (c)
		try_later(m, e.msg);
}

void mend_begin(struct mend *m)
{
	loop_timer_set(m->d->loop, &m->again, 0);
}

/* --- life -------------------------------------------------------------------------------- */

struct mend *mend_new(struct foyerd *d)
{
	struct mend *m = mem_new(1, sizeof *m);
	m->d = d;
	m->again = (struct loop_timer){.fn = again_due, .arg = m};
	m->daily = (struct loop_timer){.fn = daily_due, .arg = m};
	loop_timer_set(d->loop, &m->daily, MEND_FIRST_MS);
	d->mend = m;
	return m;
}

void mend_free(struct mend *own_m)
{
	if (!own_m)
		return;
	loop_timer_clear(own_m->d->loop, &own_m->again);
	loop_timer_clear(own_m->d->loop, &own_m->daily);
	own_m->d->mend = NULL;
	free(own_m);
}

const char *mend_why(const struct mend *m)
{
	return m->why;
}

const char *mend_journal(const struct mend *m)
{
	return m->journal;
}
