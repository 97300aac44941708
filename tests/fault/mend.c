/*
 * After a failed fsync nothing is retried: foyerd takes no visitors, closes the book, opens it again, has a child verify it, and comes back by
 * itself; or stays shut, and says why. The book lies on a disk that fails (lib_vfs.h); the loop, the child and what a kiosk asks are real.
 */
#include "tests/unit/daemon/fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "daemon/doctor.h"
#include "daemon/duty.h"
#include "daemon/keeper.h"
#include "daemon/mend.h"
#include "daemon/open.h"
#include "daemon/reader.h"
#include "db/book.h"
#include "db/journal.h"
#include "tests/fault/lib_look.h"
#include "tests/fault/lib_vfs.h"

enum { STEPS_MOST = 2000, PAGE = 4096 };

static struct disk *the_disk(struct fixture *f)
{
	static struct disk disk; /* SQLite knows it by its address */
	(void)f;
	return &disk;
}

/* Readers are started by a keeper. */
static struct keeper *keeper;

static int setup(void **state)
{
	disk_fail(the_disk(NULL), NULL);
	the_disk(NULL)->read_only = false;
	int rc = fixture_new(state);
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	const struct keeper_new n = {.conf_path = f->d.conf_path};
	assert_int_equal(keeper_start(&keeper, &n, &e), ERR_OK);
	assert_int_equal(keeper_join(keeper, &f->loop, &f->d.procs, &e), ERR_OK);
	mend_new(&f->d);
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	return rc;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	mend_free(f->d.mend);
	duty_free(f->d.duty);
	int rc = fixture_free(state);
	keeper_free(keeper);
	return rc;
}

static void fail_all(struct fixture *f, unsigned calls, bool for_ever)
{
	const struct disk_fault fault = {.calls = calls, .at = 1, .for_ever = for_ever};
	disk_fail(the_disk(f), &fault);
}

static int put_host(struct fixture *f, const char *key)
{
	struct answer a =
	    fixture_ask(f, ROLE(DESK), "PUT", "/v1/hosts/ar", key, "{\"name\":\"Anna Roth\"}");
	int status = a.status;
	answer_fini(&a);
	return status;
}

static int scan(struct fixture *f)
{
	struct answer a = fixture_ask(f, ROLE(KIOSK), "POST", "/v1/scan", NULL,
	    "{\"text\":\"K7QM2V9X\",\"source\":\"typed\"}");
	int status = a.status;
	answer_fini(&a);
	return status;
}

/* Until the book is open again, or could not be opened for the n-th time. */
static void until(struct fixture *f, const char *why)
{
	struct err e;
	for (int i = 0; i < STEPS_MOST; i++) {
		if (why == NULL ? !f->d.closed : strstr(mend_why(f->d.mend), why) != NULL)
			return;
		int64_t ms = readers_none(f->d.readers) ? 200 : 1; /* a child takes its time */
		f->time.mono_ms += ms;
		f->time.wall_ms += ms;
		assert_int_equal(loop_step(&f->loop, 10, &e), ERR_OK);
	}
	fail_msg("the book is %s (%s)", f->d.closed ? "closed" : "open", mend_why(f->d.mend));
}

static bool says(struct fixture *f, const char *name, const char *state, const char *text)
{
	json_t *checks = json_array(), *o;
	size_t i;
	bool found = false;
	doctor_house(&f->d, checks);
	json_array_foreach(checks, i, o)
	{
		found =
		    found || (str_eq(json_string_value(json_object_get(o, "name")), name) &&
				 str_eq(json_string_value(json_object_get(o, "state")), state) &&
				 strstr(json_string_value(json_object_get(o, "text")), text));
	}
	json_decref(checks);
	return found;
}

static int entries_of(struct fixture *f, const char *what)
{
	struct db_journal_row *rows = mem_new(50, sizeof *rows);
	struct err e;
	int n, found = 0;
	assert_int_equal(db_journal_list(f->d.book, 0, rows, 50, &n, &e), ERR_OK);
	for (int i = 0; i < n; i++)
		found += str_eq(rows[i].what, what);
	free(rows);
	return found;
}

static void failed_sync__service_comes_back_by_itself(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ];
	struct err e;
	assert_int_equal(put_host(f, fixture_key(key)), 201);
	fail_all(f, DISK_SYNC, false);
	fixture_key(key);
	assert_int_equal(put_host(f, key), 503);
	assert_int_equal(the_disk(f)->failed, 1);
	assert_true(f->d.closed);
	assert_int_equal(scan(f), 503);
	assert_int_equal(put_host(f, key), 503);
	assert_true(says(f, "book", "fail", "could not be written"));
	until(f, NULL);
	assert_true(says(f, "book", "ok", ""));
	assert_int_not_equal(scan(f), 503);
	assert_int_equal(entries_of(f, "book.reopened"), 1);
	assert_int_equal(put_host(f, key), 200); /* it was not done; it is changed now, not made */
	assert_int_equal(put_host(f, key), 200);
	assert_int_equal(book_verify(f->d.book, false, &e), ERR_OK);
}

/* A checkpoint syncs the log first, then the book. */
static void failed_checkpoint__service_comes_back_by_itself(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ];
	for (int n = 1; n <= 2; n++) {
		struct err e;
		assert_true(put_host(f, fixture_key(key)) < 300);
		const struct disk_fault fault = {.calls = DISK_SYNC, .at = n};
		disk_fail(the_disk(f), &fault);
		assert_int_equal(book_checkpoint(f->d.book, BOOK_CHECKPOINT_TRUNCATE, &e), ERR_IO);
		foyerd_check(&f->d);
		assert_true(f->d.closed);
		until(f, NULL);
		assert_int_equal(entries_of(f, "book.reopened"), n);
		assert_true(put_host(f, fixture_key(key)) < 300);
	}
}

static void dead_disk__stays_shut_until_it_lives(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ];
	fail_all(f, DISK_ANY, true);
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	/* Reading fails, so nothing was lost by writing: foyerd asks the book each time. */
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	fail_all(f, DISK_CHANGES, true);
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	assert_true(f->d.closed);
	until(f, "disk I/O error");
	assert_true(says(f, "book", "fail", "disk I/O error"));
	disk_fail(the_disk(f), NULL);
	until(f, NULL);
	assert_int_equal(put_host(f, fixture_key(key)), 201);
}

static void read_only_disk__stays_shut(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ];
	fail_all(f, DISK_WRITE, false);
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	the_disk(f)->read_only = true; /* errors=remount-ro, mount(8) */
	until(f, "cannot be written");
	the_disk(f)->read_only = false;
	until(f, NULL);
	assert_int_equal(put_host(f, fixture_key(key)), 201);
}

static void full_disk__refuses_and_goes_on(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ];
	const struct disk_fault full = {
	    .calls = DISK_WRITE, .at = 1, .for_ever = true, .full = true};
	disk_fail(the_disk(f), &full);
	fixture_key(key);
	assert_int_equal(put_host(f, key), 503);
	assert_false(f->d.closed); /* nothing is lost: it was never taken */
	disk_fail(the_disk(f), NULL);
	assert_int_equal(put_host(f, key), 201);
}

/* n bytes of the book's file at an offset, swapped with buf. */
static void swap_bytes(struct fixture *f, int64_t at, char buf[PAGE])
{
	char path[PATH_MAX], old[PAGE];
	struct err e;
	assert_int_equal(open_book_path(path, f->d.conf, &e), ERR_OK);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	if (at < 0)
		at = lseek(fd, 0, SEEK_END) + at;
	assert_int_equal(pread(fd, old, PAGE, at), PAGE);
	assert_int_equal(pwrite(fd, buf, PAGE, at), PAGE);
	memcpy(buf, old, PAGE);
	close(fd);
}

static void damage__stays_shut_and_says_so(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ], page[PAGE] = {0};
	struct err e;
	assert_int_equal(put_host(f, fixture_key(key)), 201);
	assert_int_equal(book_checkpoint(f->d.book, BOOK_CHECKPOINT_TRUNCATE, &e), ERR_OK);
	fail_all(f, DISK_SYNC, false);
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	swap_bytes(f, -PAGE, page);
	until(f, "damaged");
	assert_true(says(f, "book", "fail", "damaged"));
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	assert_int_equal(scan(f), 503);
	swap_bytes(f, -PAGE, page); /* as if a backup had been put back */
	until(f, NULL);
	assert_int_equal(put_host(f, fixture_key(key)), 200);
}

/* Whoever steps on a damaged page: the book is closed, as after a failed write. */
static void damage_met__closes_the_book(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ], page[PAGE] = {0}, path[PATH_MAX];
	struct err e;
	assert_int_equal(put_host(f, fixture_key(key)), 201);
	assert_int_equal(open_book_path(path, f->d.conf, &e), ERR_OK);
	book_close(f->d.book);
	int64_t at =
	    PAGE *
	    (look_number(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'host'") - 1);
	swap_bytes(f, at, page);
	assert_int_equal(book_open(&f->d.book, path, BOOK_RW, &e), ERR_OK);
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	assert_true(f->d.closed);
	until(f, "damaged");
	swap_bytes(f, at, page);
	until(f, NULL);
	assert_int_equal(put_host(f, fixture_key(key)), 200);
}

struct asked {
	int answers;
};
static void answered(void *arg, const json_t *result, const struct err *why)
{
	(void)result;
	(void)why;
	((struct asked *)arg)->answers++;
}

/* Whoever reads meanwhile is told to end: its handle would keep what is believed of the log alive. */
static void readers__are_ended_first(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ];
	struct err e;
	struct asked asked = {0};
	struct reader_done done = {answered, &asked};
	for (int i = 0; i < READERS_MOST; i++)
		assert_int_equal(
		    reader_ask(f->d.readers, "verify", json_pack("{s:b}", "quick", 0), &done, &e),
		    ERR_OK);
	fail_all(f, DISK_SYNC, false);
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	until(f, NULL);
	assert_int_equal(asked.answers, READERS_MOST);
	assert_int_equal(put_host(f, fixture_key(key)), 201);
}

struct told {
	int named, failed;
};
static void named(void *arg, const json_t *result, const struct err *why)
{
	struct told *told = arg;
	told->named += !why && json_is_string(json_object_get(result, "user"));
	told->failed += why != NULL;
}

/* Who only asks for names has no handle of the book: nobody is kept out while the book is mended, nor while everybody reads it. */
static void names__are_asked_meanwhile(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ];
	struct err e;
	struct asked asked = {0};
	struct told told = {0};
	struct reader_done read = {answered, &asked}, done = {named, &told};
	for (int i = 0; i < READERS_MOST; i++)
		assert_int_equal(
		    reader_ask(f->d.readers, "verify", json_pack("{s:b}", "quick", 0), &read, &e),
		    ERR_OK);
	for (int i = 0; i < READERS_NAMES; i++)
		assert_int_equal(
		    reader_ask(f->d.readers, "who", json_pack("{s:i}", "uid", 0), &done, &e),
		    ERR_OK);
	assert_int_equal(
	    reader_ask(f->d.readers, "who", json_pack("{s:i}", "uid", 0), &done, &e), ERR_BUSY);
	fail_all(f, DISK_SYNC, false);
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	until(f, NULL);
	for (int i = 0; i < STEPS_MOST && told.named + told.failed < READERS_NAMES; i++)
		assert_int_equal(loop_step(&f->loop, 10, &e), ERR_OK);
	assert_int_equal(told.named, READERS_NAMES);
	assert_int_equal(told.failed, 0);
}

/* --- every day --------------------------------------------------------------------------- */

static void later(struct fixture *f, int64_t ms)
{
	f->time.mono_ms += ms;
	f->time.wall_ms += ms;
}

static bool verified_ever(struct fixture *f)
{
	char when[24];
	struct err e;
	return !f->d.closed && f->d.book &&
	       !book_meta_get(f->d.book, DOCTOR_META_VERIFIED, when, sizeof when, &e);
}

/* Until what was begun has been read to its end, whatever came of it. */
static void until_read(struct fixture *f)
{
	struct err e;
	int i = 0;
	do
		assert_int_equal(loop_step(&f->loop, 10, &e), ERR_OK);
	while (!readers_none(f->d.readers) && i++ < STEPS_MOST);
	assert_true(readers_none(f->d.readers));
}

/* What nobody stepped on is no better than what somebody did. */
static void daily_check__damage_closes_the_book(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ], page[PAGE] = {0};
	struct err e;
	assert_int_equal(put_host(f, fixture_key(key)), 201);
	assert_int_equal(book_checkpoint(f->d.book, BOOK_CHECKPOINT_TRUNCATE, &e), ERR_OK);
	swap_bytes(f, -PAGE, page);
	later(f, MEND_FIRST_MS);
	until(f, "damaged");
	assert_true(says(f, "book", "fail", "damaged"));
	assert_int_equal(put_host(f, fixture_key(key)), 503);
	assert_int_equal(scan(f), 503);
	swap_bytes(f, -PAGE, page);
	until(f, NULL);
	assert_int_equal(put_host(f, fixture_key(key)), 200);
}

/* A row that somebody changed is no broken book: visitors come in, and staff are told, once. */
static void daily_check__a_broken_journal_is_an_alarm(void **state)
{
	struct fixture *f = *state;
	char key[UUID_TEXT_SZ], path[PATH_MAX];
	struct err e;
	assert_int_equal(put_host(f, fixture_key(key)), 201);
	assert_int_equal(put_host(f, fixture_key(key)), 200);
	assert_int_equal(open_book_path(path, f->d.conf, &e), ERR_OK);
	book_close(f->d.book);
	look_meddle(path, "UPDATE journal SET actor = 'clock' WHERE seq = 1");
	assert_int_equal(book_open(&f->d.book, path, BOOK_RW, &e), ERR_OK);
	for (int day = 0; day < 3; day++) {
		later(f, day ? CLOCK_DAY : MEND_FIRST_MS);
		until_read(f);
		assert_false(f->d.closed);
		assert_false(verified_ever(f));
		assert_true(says(f, "book verified", "fail", "journal: entry 1"));
		assert_int_equal(fixture_waits(f, "journal-broken"), 1);
	}
	assert_int_equal(put_host(f, fixture_key(key)), 200);
}

static void daily_check__is_tried_again_soon(void **state)
{
	struct fixture *f = *state;
	struct err e;
	struct asked asked = {0};
	struct reader_done done = {answered, &asked};
	later(f, MEND_FIRST_MS);
	for (int i = 0; i < READERS_MOST; i++)
		assert_int_equal(
		    reader_ask(f->d.readers, "verify", json_pack("{s:b}", "quick", 0), &done, &e),
		    ERR_OK);
	until_read(f);
	assert_int_equal(asked.answers, READERS_MOST);
	assert_false(verified_ever(f));
	/* Begun, and its reader is killed. */
	later(f, MEND_DAILY_AGAIN_MS);
	assert_int_equal(loop_step(&f->loop, 0, &e), ERR_OK);
	assert_false(readers_none(f->d.readers));
	readers_stop(f->d.readers);
	until_read(f);
	assert_false(verified_ever(f));
	later(f, 2 * MEND_DAILY_AGAIN_MS);
	until_read(f);
	assert_true(verified_ever(f));
}

#define FAILS(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FAILS(failed_sync__service_comes_back_by_itself),
	    FAILS(failed_checkpoint__service_comes_back_by_itself),
	    FAILS(dead_disk__stays_shut_until_it_lives),
	    FAILS(read_only_disk__stays_shut),
	    FAILS(full_disk__refuses_and_goes_on),
	    FAILS(damage__stays_shut_and_says_so),
	    FAILS(damage_met__closes_the_book),
	    FAILS(readers__are_ended_first),
	    FAILS(names__are_asked_meanwhile),
	    FAILS(daily_check__damage_closes_the_book),
	    FAILS(daily_check__a_broken_journal_is_an_alarm),
	    FAILS(daily_check__is_tried_again_soon),
	};
	disk_install(the_disk(NULL));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
