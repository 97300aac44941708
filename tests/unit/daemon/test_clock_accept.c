/* The clock was ahead, and is right again: what a manager's word gives back, and what it does not. */
#include "tests/unit/daemon/lobby.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "daemon/clock_watch.h"
#include "daemon/desk_clock.h"
#include "db/book.h"
#include "db/credential.h"
#include "db/journal.h"
#include "db/visits.h"

static const int leap = 300 * 24 * 60; /* minutes */

static json_t *accept(struct lobby *l, int status)
{
	return lobby_ask(l, LOBBY_STAFF, status, "POST /v1/clock/accept",
	    json_pack("{s:s}", "reason", "the time server was wrong"));
}

static void assert_state(struct lobby *l, int64_t number, enum db_visit_state want)
{
	struct db_visit v;
	struct err e;
	assert_int_equal(db_visit_by_number(l->d.book, number, &v, &e), ERR_OK);
	assert_int_equal(v.state, want);
}

/* In how many states are the credentials of a visit: live, in all. */
static int live_rights(struct lobby *l, int64_t number)
{
	struct db_credential c[8];
	struct db_visit v;
	struct err e;
	int n = 0, live = 0;
	assert_int_equal(db_visit_by_number(l->d.book, number, &v, &e), ERR_OK);
	assert_int_equal(db_credential_list(l->d.book, &v.id, c, 8, &n, &e), ERR_OK);
	for (int i = 0; i < n; i++)
		live += c[i].state == DB_CREDENTIAL_PENDING || c[i].state == DB_CREDENTIAL_GRANTED;
	return live;
}

static void assert_journal_holds(struct lobby *l)
{
	struct db_journal_report r;
	struct err e;
	assert_int_equal(
	    db_journal_verify(l->d.book, &(struct db_journal_check){0}, &r, &e), ERR_OK);
	assert_true(r.ok);
}

/* A visit that the leap does not end. */
static json_t *next_autumn(struct lobby *l)
{
	int64_t from = l->clock.wall_ms + 320 * (int64_t)CLOCK_DAY;
	return lobby_ask(l, LOBBY_STAFF, 201, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:I, s:I}", "host", "aroth", "name", "Nele Nächstes", "type",
		"guest", "from_ms", (json_int_t)from, "until_ms", (json_int_t)(from + CLOCK_HOUR)));
}

static void clock__far_ahead_for_a_minute(void **state)
{
	struct lobby *l = *state;
	json_t *inside = lobby_invite(l, 2), *expected = lobby_invite(l, 2);
	json_t *next = next_autumn(l);
	lobby_checkin(l, text_of(inside, "pass"));
	json_decref(lobby_courier(l, "access:main", "grant", NULL));

	lobby_later(l, leap);
	assert_state(l, 1, DB_VISIT_ENDED);
	assert_state(l, 2, DB_VISIT_ENDED);
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	json_t *made = lobby_invite(l, 2), *entered = lobby_invite(l, 2);
	lobby_checkin(l, text_of(entered, "pass"));

	/* The clock is right again, and foyer is not: nobody can be invited for today. */
	l->clock.wall_ms -= leap * (int64_t)CLOCK_MINUTE;
	assert_true(clock_watch_ahead(&l->d) > 299 * (int64_t)CLOCK_DAY);
	json_decref(lobby_ask(l, LOBBY_STAFF, 400, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:I}", "host", "aroth", "name", "Zoë Müller", "type",
		"guest", "until_ms", (json_int_t)(l->clock.wall_ms + 2 * CLOCK_HOUR))));
	json_decref(
	    lobby_ask(l, LOBBY_STAFF, 400, "POST /v1/clock/accept", json_object())); /* why? */
	json_t *done = accept(l, 200);
	assert_int_equal(json_integer_value(json_object_get(done, "ended")), 1);
	assert_int_equal(json_integer_value(json_object_get(done, "inside")), 1);
	assert_int_equal(foyerd_now(&l->d), l->clock.wall_ms);
	assert_int_equal(clock_watch_ahead(&l->d), 0);

	/* What had ended stays ended, what the wrong clock made ends; who came in by it is counted, and has no right. */
	assert_refused(l, text_of(inside, "pass"), "ended");
	assert_refused(l, text_of(expected, "pass"), "ended");
	assert_refused(l, text_of(made, "pass"), "ended");
	assert_state(l, 5, DB_VISIT_INSIDE);
	for (int number = 1; number <= 5; number++)
		assert_int_equal(live_rights(l, number), 0);
	assert_state(l, 3, DB_VISIT_EXPECTED);

	/* And life goes on: in, out, and the day's end. */
	json_t *today = lobby_invite(l, 2);
	lobby_checkin(l, text_of(today, "pass"));
	assert_int_equal(live_rights(l, 6), 1);
	lobby_later(l, 3 * 60);
	assert_int_equal(live_rights(l, 6), 0);
	lobby_later(l, 24 * 60);
	assert_state(l, 5, DB_VISIT_ENDED);
	assert_state(l, 6, DB_VISIT_ENDED);
	assert_state(l, 3, DB_VISIT_EXPECTED);
	assert_journal_holds(l);
	json_decref(accept(l, 409)); /* nothing to accept */
	json_decref(inside), json_decref(expected), json_decref(next), json_decref(made);
	json_decref(entered), json_decref(today), json_decref(done);
}

/* Three hours ahead, on the day itself. */
static void clock__some_hours_ahead(void **state)
{
	struct lobby *l = *state;
	json_t *inside = lobby_invite(l, 2), *late = lobby_invite(l, 2),
	       *long_one = lobby_invite(l, 8);
	lobby_checkin(l, text_of(inside, "pass"));
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	lobby_checkin(l, text_of(long_one, "pass"));
	lobby_later(l, 3 * 60);
	assert_int_equal(live_rights(l, 1), 0);
	assert_state(l, 1, DB_VISIT_INSIDE);
	l->clock.wall_ms -= 3 * (int64_t)CLOCK_HOUR;
	json_t *done = accept(l, 200);
	assert_int_equal(json_integer_value(json_object_get(done, "ended")), 1);
	assert_int_equal(json_integer_value(json_object_get(done, "inside")), 1);

	assert_refused(l, text_of(late, "pass"), "ended");
	assert_int_equal(live_rights(l, 3), 1); /* it had not ended */
	assert_state(l, 1, DB_VISIT_INSIDE); /* counted */
	assert_int_equal(live_rights(l, 1), 0);
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	assert_int_equal(json_array_size(json_object_get(w, "items")), 1);
	assert_string_equal(
	    text_of(json_array_get(json_object_get(w, "items"), 0), "reason"), "lapsed");

	/* A person may say yes anew. */
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/extend",
	    json_pack("{s:I}", "until_ms", (json_int_t)(l->clock.wall_ms + CLOCK_HOUR))));
	assert_int_equal(live_rights(l, 1), 1);
	lobby_later(l, 2 * 60);
	assert_int_equal(live_rights(l, 1), 0);
	assert_int_equal(live_rights(l, 3), 1);
	json_decref(inside), json_decref(late), json_decref(long_one), json_decref(done),
	    json_decref(w);
}

static void clock__lapsed_goes_out_and_not_in_again(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_print(l);
	lobby_later(l, 3 * 60);
	l->clock.wall_ms -= 3 * (int64_t)CLOCK_HOUR;
	json_decref(accept(l, 200));
	lobby_sign_out(l, text_of(json_object_get(badge, "slots"), "pass"), true);
	assert_state(l, 1, DB_VISIT_ENDED);
	assert_refused(l, text_of(inv, "pass"), "ended");
	json_decref(inv), json_decref(badge);
}

/* An empty battery is no clock that was set right. */
static void clock__before_the_book_was_made(void **state)
{
	struct lobby *l = *state;
	json_decref(lobby_invite(l, 2)); /* the book's first entry */
	int64_t now = l->clock.wall_ms;
	l->clock.wall_ms = 12345;
	json_t *no = accept(l, 409);
	assert_string_equal(text_of(no, "error"), "clock-wrong");
	assert_true(foyerd_now(&l->d) >= now);
	json_decref(no);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lobby_setup, lobby_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(clock__far_ahead_for_a_minute),
	    TEST(clock__some_hours_ahead),
	    TEST(clock__lapsed_goes_out_and_not_in_again),
	    TEST(clock__before_the_book_was_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
