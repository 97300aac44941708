/*
 * What time does, under a clock that a test sets; and the list of the erased.
 */
#include "tests/unit/daemon/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/zone.h"
#include "daemon/doctor.h"
#include "daemon/duty.h"
#include "daemon/erased.h"
#include "daemon/guard.h"
#include "db/agreement.h"
#include "db/idempotency.h"
#include "db/journal.h"
#include "db/visitor.h"
#include "db/visits.h"

static void go_on(struct fixture *f, int64_t ms)
{
	struct err e;
	/* In strides, so that timers which set others come to their turn. */
	for (int64_t gone = 0; gone < ms; gone += 30000) {
		f->time.wall_ms += 30000;
		f->time.mono_ms += 30000;
		for (int i = 0; i < 4; i++)
			assert_int_equal(loop_step(&f->loop, 0, &e), ERR_OK);
	}
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

static void journal_write(struct fixture *f)
{
	struct err e;
	struct db_journal_entry en = {.actor = "clock", .what = "test"};
	assert_int_equal(foyerd_begin(&f->d, &e), ERR_OK);
	assert_int_equal(
	    foyerd_end(&f->d, db_journal_append(f->d.book, &en, NULL, &e), &e), ERR_OK);
}

static void duty__signs_the_head_when_it_moved(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	struct db_journal_head h;
	int64_t at = 0, first;
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	go_on(f, 120000);
	assert_int_equal(
	    db_journal_head_signed(f->d.book, &h, &at, &e), ERR_NOT_FOUND); /* an empty journal */
	journal_write(f);
	go_on(f, 120000);
	assert_int_equal(db_journal_head_signed(f->d.book, &h, &first, &e), ERR_OK);
	assert_int_equal(h.seq, 1);
	go_on(f, 600000);
	assert_int_equal(db_journal_head_signed(f->d.book, &h, &at, &e), ERR_OK);
	assert_int_equal(at, first);
	journal_write(f);
	duty_stop(u);
	assert_int_equal(db_journal_head_signed(f->d.book, &h, &at, &e), ERR_OK);
	assert_int_equal(h.seq, 2);
	duty_free(u);
}

static void duty__a_clock_set_back_is_told(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	journal_write(f);
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	go_on(f, 60000);
	f->time.wall_ms -= 60000; /* a minute: no more than a correction */
	go_on(f, 60000);
	assert_int_equal(entries_of(f, "clock.back"), 0);
	assert_int_equal(clock_watch_ahead(&f->d), 0);
	f->time.wall_ms -= 3600000;
	go_on(f, 60000);
	assert_int_equal(entries_of(f, "clock.back"), 1);
	assert_int_equal(fixture_waits(f, "clock-back"), 1);
	assert_true(duty_clock(u)->back_ms > 3500000);
	/* Again, and yet again: a row of the journal each, and one thing to see to. */
	f->time.wall_ms -= 3600000;
	go_on(f, 60000);
	f->time.wall_ms -= 3600000;
	go_on(f, 60000);
	assert_int_equal(entries_of(f, "clock.back"), 3);
	assert_int_equal(fixture_waits(f, "clock-back"), 1);
	duty_free(u);
}

static void duty__a_clock_that_was_behind_at_the_start_is_told(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	journal_write(f);
	f->time.wall_ms -= 10 * 60000;
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	assert_int_equal(entries_of(f, "clock.back"), 1);
	assert_true(clock_watch_ahead(&f->d) >= 10 * 60000);
	duty_free(u);
	/* And at the next start; staff see to it once. */
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	assert_int_equal(entries_of(f, "clock.back"), 2);
	assert_int_equal(fixture_waits(f, "clock-back"), 1);
	duty_free(u);
}

static void duty__a_leap_ahead_is_told_and_forgets_nothing_for_a_day(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	struct uuid key = {{1}};
	char text[] = "{}";
	struct db_answer a = {.status = 200, .own_text = text, .len = 2};
	assert_int_equal(foyerd_begin(&f->d, &e), ERR_OK);
	assert_int_equal(
	    foyerd_end(&f->d, db_idempotency_put(f->d.book, "staff:x", &key, &a, &e), &e), ERR_OK);
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	go_on(f, 60000);
	f->time.wall_ms += 20 * 60000; /* as after a suspend: not told */
	go_on(f, 60000);
	assert_int_equal(entries_of(f, "clock.leap"), 0);
	f->time.wall_ms += 365 * (int64_t)CLOCK_DAY;
	go_on(f, 60000);
	assert_int_equal(entries_of(f, "clock.leap"), 1);
	assert_int_equal(fixture_waits(f, "clock-leap"), 1);
	/* The answer is a year old by this clock, and an hour by the one that counts; a restart does not change that. */
	go_on(f, 3 * 3600000);
	duty_free(u);
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	assert_true(duty_clock(u)->leap_ms > 364 * (int64_t)CLOCK_DAY);
	go_on(f, 3600000);
	assert_int_equal(db_idempotency_get(f->d.book, "staff:x", &key, &a, &e), ERR_OK);
	free(a.own_text);
	/* Nobody objected: it is right. */
	go_on(f, CLOCK_DAY);
	assert_int_equal(duty_clock(u)->leap_ms, 0);
	assert_int_equal(db_idempotency_get(f->d.book, "staff:x", &key, &a, &e), ERR_NOT_FOUND);
	assert_int_equal(entries_of(f, "clock.leap"), 1);
	duty_free(u);
}

/* Foyer's time waits for a clock that is right again; nothing is forgotten by the wrong time, whoever restarts foyerd. */
static void duty__a_leap_that_was_mended_forgets_nothing(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	journal_write(f);
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	go_on(f, 60000);
	f->time.wall_ms += 365 * (int64_t)CLOCK_DAY;
	go_on(f, 60000);
	f->time.wall_ms -= 365 * (int64_t)CLOCK_DAY;
	for (int i = 0; i < 3; i++) {
		duty_free(u);
		assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
		assert_true(clock_watch_keep_ms(duty_clock(u)) <= f->time.wall_ms);
		go_on(f, CLOCK_DAY);
		assert_true(clock_watch_keep_ms(duty_clock(u)) <= f->time.wall_ms);
	}
	duty_free(u);
}

static void duty__a_long_absence_is_told(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	journal_write(f);
	f->time.wall_ms += 6 * (int64_t)CLOCK_DAY;
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	assert_int_equal(entries_of(f, "clock.leap"), 0);
	duty_free(u);
	f->time.wall_ms += 2 * (int64_t)CLOCK_DAY;
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	assert_int_equal(entries_of(f, "clock.leap"), 1);
	assert_true(duty_clock(u)->away);
	assert_int_equal(
	    clock_watch_keep_ms(duty_clock(u)), FIXTURE_NOW_MS); /* what was due then is due now */
	duty_free(u);
}

static void duty__forgets_old_answers(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	struct uuid key = {{1}};
	char text[] = "{}";
	struct db_answer a = {.status = 200, .own_text = text, .len = 2};
	assert_int_equal(foyerd_begin(&f->d, &e), ERR_OK);
	assert_int_equal(
	    foyerd_end(&f->d, db_idempotency_put(f->d.book, "staff:x", &key, &a, &e), &e), ERR_OK);
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	go_on(f, 23 * 3600000);
	assert_int_equal(db_idempotency_get(f->d.book, "staff:x", &key, &a, &e), ERR_OK);
	free(a.own_text);
	go_on(f, 3 * 3600000);
	assert_int_equal(db_idempotency_get(f->d.book, "staff:x", &key, &a, &e), ERR_NOT_FOUND);
	duty_free(u);
}

static void step(struct fixture *f, int64_t ms)
{
	struct err e;
	f->time.wall_ms += ms;
	f->time.mono_ms += ms;
	assert_int_equal(loop_step(&f->loop, 0, &e), ERR_OK);
}

static void duty__folds_the_log_when_nobody_waits(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	assert_int_equal(duty_new(&u, &f->d, &(struct err){0}), ERR_OK);
	journal_write(f);
	go_on(f, 90000);
	for (int i = 0; i < DUTY_WAL_IDLE_PAGES; i++)
		journal_write(f);
	step(f, DUTY_IDLE_MS - 1);
	assert_true(book_wal_pages(f->d.book) >= DUTY_WAL_IDLE_PAGES);
	step(f, 1);
	assert_int_equal(book_wal_pages(f->d.book), 0);
	duty_free(u);
}

/* A log that is far too long does not wait for quiet, but it does wait for the answer to what was just committed. */
static void duty__folds_the_longest_log_after_the_answer(void **state)
{
	struct fixture *f = *state;
	struct duty *u;
	struct err e;
	char *text = mem_new(DB_AGREEMENT_MAX + 1, 1);
	memset(text, 'x', DB_AGREEMENT_MAX);
	assert_int_equal(duty_new(&u, &f->d, &e), ERR_OK);
	go_on(f, 90000);
	for (int i = 0; book_wal_pages(f->d.book) <= DUTY_WAL_MOST_PAGES; i++) {
		struct db_agreement a = {.name = "visitor", .lang = "en"};
		(void)str_print(a.hash, sizeof a.hash, "%d", i);
		assert_int_equal(foyerd_begin(&f->d, &e), ERR_OK);
		assert_int_equal(
		    foyerd_end(&f->d, db_agreement_put(f->d.book, &a, text, &e), &e), ERR_OK);
	}
	step(f, 0);
	assert_int_equal(book_wal_pages(f->d.book), 0);
	free(text);
	duty_free(u);
}

/* --- who was erased ---------------------------------------------------------------------- */

static struct uuid visitor_put(struct fixture *f, const char *name)
{
	struct err e;
	struct db_visitor v = {0};
	str_copy(v.name, sizeof v.name, name);
	assert_int_equal(foyerd_begin(&f->d, &e), ERR_OK);
	assert_int_equal(foyerd_end(&f->d, db_visitor_insert(f->d.book, &v, &e), &e), ERR_OK);
	return v.id;
}

static void visitor_erase(struct fixture *f, const struct uuid *id)
{
	struct err e;
	assert_int_equal(foyerd_begin(&f->d, &e), ERR_OK);
	assert_int_equal(foyerd_end(&f->d, db_visitor_erase(f->d.book, id, &e), &e), ERR_OK);
}

static int lines_of(struct fixture *f)
{
	char path[PATH_MAX], *text;
	size_t len;
	struct err e;
	int n = 0;
	assert_int_equal(path_join(path, f->d.conf->paths.backups, "erased.list", &e), ERR_OK);
	assert_int_equal(path_read(&text, &len, path, 1 << 20, &e), ERR_OK);
	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	free(text);
	return n;
}

static void erased__list_grows_by_what_is_new(void **state)
{
	struct fixture *f = *state;
	struct err e;
	struct uuid a = visitor_put(f, "A"), b = visitor_put(f, "B");
	assert_int_equal(erased_list_update(f->d.book, f->d.conf->paths.backups, &e), ERR_OK);
	assert_int_equal(lines_of(f), 0);
	visitor_erase(f, &a);
	assert_int_equal(erased_list_update(f->d.book, f->d.conf->paths.backups, &e), ERR_OK);
	assert_int_equal(erased_list_update(f->d.book, f->d.conf->paths.backups, &e), ERR_OK);
	assert_int_equal(lines_of(f), 1);
	f->time.wall_ms += 1000;
	visitor_erase(f, &b);
	/* A power cut left half a line: it is written again. */
	char path[PATH_MAX];
	assert_int_equal(path_join(path, f->d.conf->paths.backups, "erased.list", &e), ERR_OK);
	FILE *half = fopen(path, "a");
	assert_non_null(half);
	fputs("0190a1b2-0000-70", half);
	fclose(half);
	assert_int_equal(erased_list_update(f->d.book, f->d.conf->paths.backups, &e), ERR_OK);
	assert_int_equal(lines_of(f), 2);
}

static void erased__apply_erases_again(void **state)
{
	struct fixture *f = *state;
	struct err e;
	struct uuid a = visitor_put(f, "A"), b = visitor_put(f, "B"), keeps = visitor_put(f, "C");
	struct db_visit open = {.visitor = b,
	    .type = "guest",
	    .conf_hash = "x",
	    .from_ms = FIXTURE_NOW_MS,
	    .until_ms = FIXTURE_NOW_MS + 1000};
	char path[PATH_MAX], ta[UUID_TEXT_SZ], tb[UUID_TEXT_SZ], list[256];
	assert_int_equal(foyerd_begin(&f->d, &e), ERR_OK);
	assert_int_equal(foyerd_end(&f->d, db_visit_insert(f->d.book, &open, &e), &e), ERR_OK);
	str_print(list, sizeof list,
	    "%s 1795424400000\n%s 1795424400001\n0190a1b2-0000-7000-8000-000000000001 "
	    "1795424400002\n",
	    uuid_print(ta, &a), uuid_print(tb, &b));
	assert_int_equal(path_join(path, f->d.conf->paths.backups, "erased.list", &e), ERR_OK);
	assert_int_equal(path_write(path, list, strlen(list), 0600, &e), ERR_OK);
	int n, left;
	assert_int_equal(
	    erased_list_apply(f->d.book, f->d.conf->paths.backups, f->time.wall_ms, &n, &left, &e),
	    ERR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(left, 1); /* B's visit is open in this book */
	struct db_visitor v;
	assert_int_equal(db_visitor_get(f->d.book, &a, &v, &e), ERR_OK);
	assert_true(v.erased_ms != 0);
	assert_string_equal(v.name, "");
	assert_int_equal(db_visitor_get(f->d.book, &keeps, &v, &e), ERR_OK);
	assert_string_equal(v.name, "C");
	assert_int_equal(path_write(path, "nonsense\n", 9, 0600, &e), ERR_OK);
	assert_int_equal(
	    erased_list_apply(f->d.book, f->d.conf->paths.backups, f->time.wall_ms, &n, &left, &e),
	    ERR_CORRUPT);
	assert_int_equal(remove(path), 0);
	assert_int_equal(
	    erased_list_apply(f->d.book, f->d.conf->paths.backups, f->time.wall_ms, &n, &left, &e),
	    ERR_OK);
}

/* --- doctor ------------------------------------------------------------------------------ */

static const char *state_of(const json_t *checks, const char *name)
{
	size_t i;
	json_t *o;
	const char *worst = NULL;
	json_array_foreach(checks, i, o)
	{
		if (str_eq(json_string_value(json_object_get(o, "name")), name) &&
		    (!worst || !str_eq(worst, "fail")))
			worst = json_string_value(json_object_get(o, "state"));
	}
	return worst;
}

static void doctor__looks_at_the_house(void **state)
{
	struct fixture *f = *state;
	struct conf *c = f->d.conf;
	json_t *checks = json_array();
	doctor_house(&f->d, checks);
	assert_string_equal(state_of(checks, "configuration"), "ok");
	assert_string_equal(state_of(checks, "keys"), "ok");
	assert_string_equal(state_of(checks, "book"), "ok");
	assert_string_equal(state_of(checks, "backup"), "warn");
	assert_string_equal(state_of(checks, "kiosk lobby"), "warn");
	/* A house without anything. */
	assert_string_equal(state_of(checks, "badges"), "warn");
	assert_string_equal(state_of(checks, "doors"), "warn");
	assert_string_equal(state_of(checks, "mail"), "warn");
	assert_string_equal(state_of(checks, "hosts"), "warn");
	json_decref(checks);

	/* A type that authorises itself, and a risk that somebody took on. */
	c->site.door_right = CONF_DOOR_BADGE_CODE;
	c->types[0].approval = CONF_APPROVAL_NONE;
	str_copy(c->types[0].access_group, TEXT_WORD_SZ, "visitors");
	str_copy(
	    c->site.accept_no_disk_encryption, TEXT_FIELD_SZ, "A. Roth: the server room is locked");
	foyerd_kiosk_seen(&f->d, "lobby")->at_ms = FIXTURE_NOW_MS;
	foyerd_layout_seen(&f->d, "lobby", PASS_LAYOUT_DE);
	checks = json_array();
	doctor_house(&f->d, checks);
	assert_string_equal(state_of(checks, "configuration"), "warn");
	assert_string_not_equal(state_of(checks, "disk encryption"), "fail");
	assert_string_equal(state_of(checks, "kiosk lobby"), "ok");
	assert_null(state_of(checks, "doors"));
	json_decref(checks);

	for (int i = 0; i < GUARD_FAILURES; i++)
		guard_fail(f->d.guard, "lobby", f->time.mono_ms);
	checks = json_array();
	doctor_house(&f->d, checks);
	char until[ZONE_TEXT_SZ];
	zone_print(until, FIXTURE_NOW_MS + GUARD_WINDOW_MS, ZONE_HHMM);
	const char *text = json_string_value(
	    json_object_get(json_array_get(checks, json_array_size(checks) - 1), "text"));
	assert_non_null(strstr(text, until));
	json_decref(checks);

	f->d.closed = true;
	checks = json_array();
	doctor_house(&f->d, checks);
	assert_string_equal(state_of(checks, "book"), "fail");
	json_decref(checks);
	f->d.closed = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		duty__signs_the_head_when_it_moved, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		duty__a_clock_set_back_is_told, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		duty__a_clock_that_was_behind_at_the_start_is_told, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		duty__a_leap_ahead_is_told_and_forgets_nothing_for_a_day, fixture_new,
		fixture_free),
	    cmocka_unit_test_setup_teardown(
		duty__a_leap_that_was_mended_forgets_nothing, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		duty__a_long_absence_is_told, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(duty__forgets_old_answers, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		duty__folds_the_log_when_nobody_waits, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		duty__folds_the_longest_log_after_the_answer, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		erased__list_grows_by_what_is_new, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(erased__apply_erases_again, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(doctor__looks_at_the_house, fixture_new, fixture_free),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
