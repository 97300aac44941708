/* What is tried again and again: reception hears of it once, and is told no more when it goes well. */
#include "tests/unit/daemon/lobby.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "daemon/desk_jobs.h"
#include "db/job.h"
#include "db/waiting.h"

static json_t *answer(const char *result, const char *class)
{
	return json_pack("{s:s, s:s}", "result", result, "class", class);
}

static int waits(struct lobby *l, const char *reason)
{
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	const json_t *row;
	size_t i;
	int n = 0;
	json_array_foreach(json_object_get(w, "items"), i, row) n +=
	    str_eq(text_of(row, "reason"), reason);
	json_decref(w);
	return n;
}

static void look_after(struct lobby *l, int64_t ms)
{
	struct err e;
	l->clock.wall_ms += ms;
	l->clock.mono_ms += ms;
	assert_int_equal(desk_jobs_late(&l->d, &e), ERR_OK);
}

static void arrive(struct lobby *l)
{
	json_t *inv = lobby_invite(l, 2);
	json_decref(lobby_courier(l, "notify:mail", "mail", NULL)); /* the invitation */
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(inv);
}

static void late__a_badge__is_told_once_and_until_it_is_out(void **state)
{
	struct lobby *l = *state;
	arrive(l);
	json_decref(lobby_courier(l, "print:lobby", "print", answer("retry", "media-empty")));
	look_after(l, DESK_LATE_MS - 1);
	assert_int_equal(waits(l, "badge-late"), 0);
	look_after(l, 1);
	assert_int_equal(waits(l, "badge-late"), 1);
	look_after(l, DESK_LATE_MS);
	assert_int_equal(waits(l, "badge-late"), 1);
	json_decref(lobby_print(l));
	assert_int_equal(waits(l, "badge-late"), 0);
	look_after(l, DESK_LATE_MS);
	assert_int_equal(waits(l, "badge-late"), 0);
}

static void late__a_badge_that_is_printed_slowly__is_no_trouble(void **state)
{
	struct lobby *l = *state;
	arrive(l);
	json_decref(lobby_courier(l, "print:lobby", "print", answer("retry", "pending")));
	look_after(l, CLOCK_MINUTE);
	assert_int_equal(waits(l, "badge-late"), 0);
}

static void late__given_up__is_one_row_that_says_so(void **state)
{
	struct lobby *l = *state;
	struct db_job list[2];
	struct uuid next;
	struct err e;
	int n = 0;
	arrive(l);
	json_decref(lobby_courier(l, "print:lobby", "print", answer("retry", "media-empty")));
	look_after(l, DESK_LATE_MS);
	for (int i = 0; i < 2; i++) { /* the second time staff had it tried again */
		json_decref(lobby_courier(l, "print:lobby", "print", answer("failed", "canceled")));
		assert_int_equal(waits(l, "badge-late"), 0);
		assert_int_equal(waits(l, "badge-failed"), 1);
		const struct db_job_query q = {.state = DB_JOB_FAILED};
		assert_int_equal(db_job_list(l->d.book, &q, list, 2, &n, &next, &e), ERR_OK);
		assert_int_equal(n, 1);
		assert_int_equal(foyerd_begin(&l->d, &e), ERR_OK);
		assert_int_equal(
		    db_job_act(l->d.book, &list[0].id, DB_JOB_ACT_RETRY, NULL, &e), ERR_OK);
		assert_int_equal(foyerd_end(&l->d, ERR_OK, &e), ERR_OK);
	}
	look_after(l, DESK_LATE_MS);
	assert_int_equal(waits(l, "badge-late"), 0);
}

static void late__the_doors__are_told_until_they_open(void **state)
{
	struct lobby *l = *state;
	arrive(l);
	json_decref(lobby_courier(l, "access:main", "grant", answer("retry", "unreachable")));
	look_after(l, DESK_LATE_MS);
	assert_int_equal(waits(l, "doors-late"), 1);
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	assert_int_equal(waits(l, "doors-late"), 0);
}

static void late__a_right_that_stays__is_told_until_staff_or_the_door_say_so(void **state)
{
	struct lobby *l = *state;
	struct db_waiting rows[8];
	struct err e;
	int n = 0;
	arrive(l);
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/checkout", json_object()));
	json_decref(lobby_courier(l, "access:main", "revoke", answer("retry", "unreachable")));
	look_after(l, DESK_LATE_MS);
	assert_int_equal(waits(l, "right-stays"), 1);
	/* Who says that it is seen to is not told again, however long it lasts. */
	assert_int_equal(
	    db_waiting_list(l->d.book, true, &(struct uuid){0}, rows, 8, &n, &e), ERR_OK);
	assert_int_equal(foyerd_begin(&l->d, &e), ERR_OK);
	for (int i = 0; i < n; i++)
		assert_int_equal(
		    db_waiting_resolve(l->d.book, &rows[i].id, "staff", "taken off by hand", &e),
		    ERR_OK);
	assert_int_equal(foyerd_end(&l->d, ERR_OK, &e), ERR_OK);
	look_after(l, CLOCK_HOUR);
	assert_int_equal(waits(l, "right-stays"), 0);
}

/* Only the first one's mail was tried; what waits behind it is as late. */
static void late__a_host__of_everyone_who_waits_behind_the_same_trouble(void **state)
{
	struct lobby *l = *state;
	struct err e;
	json_t *inv[2] = {lobby_invite(l, 2), lobby_invite(l, 2)};
	for (int i = 0; i < 2; i++)
		json_decref(lobby_courier(l, "notify:mail", "mail", NULL));
	for (int i = 0; i < 2; i++) {
		lobby_checkin(l, text_of(inv[i], "pass"));
		json_decref(inv[i]);
	}
	json_decref(lobby_courier(l, "notify:mail", "mail", answer("retry", "unreachable")));
	const struct db_job_trouble t = {.class = "unreachable",
	    .reason = "the mail server does not answer",
	    .not_before_ms = l->clock.wall_ms + CLOCK_MINUTE};
	assert_int_equal(foyerd_begin(&l->d, &e), ERR_OK);
	assert_int_equal(db_job_wait_behind(l->d.book, "notify:mail", &t, &e), ERR_OK);
	assert_int_equal(foyerd_end(&l->d, ERR_OK, &e), ERR_OK);
	look_after(l, DESK_LATE_MS);
	assert_int_equal(waits(l, "host-not-told"), 2);
	l->clock.wall_ms += CLOCK_MINUTE;
	json_decref(lobby_courier(l, "notify:mail", "mail", NULL));
	assert_int_equal(waits(l, "host-not-told"), 1);
	json_decref(lobby_courier(l, "notify:mail", "mail", NULL));
	assert_int_equal(waits(l, "host-not-told"), 0);
}

/* An invitation keeps nobody waiting at reception. */
static void late__an_invitation__is_nobody_s_business(void **state)
{
	struct lobby *l = *state;
	json_decref(lobby_invite(l, 2));
	json_decref(lobby_courier(l, "notify:mail", "mail", answer("retry", "unreachable")));
	look_after(l, CLOCK_MINUTE);
	assert_int_equal(waits(l, "host-not-told"), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, lobby_setup, lobby_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(late__a_badge__is_told_once_and_until_it_is_out),
	    TEST(late__a_badge_that_is_printed_slowly__is_no_trouble),
	    TEST(late__given_up__is_one_row_that_says_so),
	    TEST(late__the_doors__are_told_until_they_open),
	    TEST(late__a_right_that_stays__is_told_until_staff_or_the_door_say_so),
	    TEST(late__a_host__of_everyone_who_waits_behind_the_same_trouble),
	    TEST(late__an_invitation__is_nobody_s_business),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
