/*
 * What time alone does, where one visit cannot be ended: the others end all the same.
 */
#include "tests/unit/daemon/lobby.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/path.h"
#include "base/zone.h"
#include "daemon/desk_clock.h"
#include "daemon/desk_jobs.h"
#include "db/book.h"
#include "db/credential.h"
#include "db/job.h"
#include "db/visits.h"
#include "db/waiting.h"

enum { VISITS = 2 };

/* Two who came by invitation, whose doors opened. */
static void two_inside(struct lobby *l, struct uuid visits[VISITS])
{
	struct db_visit v;
	struct err e;
	for (int i = 0; i < VISITS; i++) {
		json_t *inv = lobby_invite(l, 2);
		json_t *in = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins",
		    lobby_agreed(l, text_of(inv, "pass")));
		assert_int_equal(db_visit_by_number(l->d.book, i + 1, &v, &e), ERR_OK);
		visits[i] = v.id;
		json_decref(lobby_courier(l, "access:main", "grant", NULL));
		json_decref(inv);
		json_decref(in);
	}
}

/* Beside foyer's back. */
static void book_do(struct lobby *l, const char *sql)
{
	char path[PATH_MAX], *why = NULL;
	struct err e;
	sqlite3 *db;
	assert_int_equal(path_join(path, l->dir, "book", &e), ERR_OK);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	assert_true(sqlite3_changes(db) > 0);
	sqlite3_close(db);
}

/* As a fault of foyer would: the oldest visit's visitor is nobody. */
static void spoil_first(struct lobby *l)
{
	book_do(l, "UPDATE visit SET visitor = zeroblob(16) WHERE number = 1");
}

static enum db_credential_state right_of(struct lobby *l, const struct uuid *visit)
{
	struct db_credential c;
	struct err e;
	int n = 0;
	assert_int_equal(db_credential_list(l->d.book, visit, &c, 1, &n, &e), ERR_OK);
	assert_int_equal(n, 1);
	return c.state;
}

static enum db_visit_state state_of(struct lobby *l, const struct uuid *visit)
{
	struct db_visit v;
	struct err e;
	assert_int_equal(db_visit_get(l->d.book, visit, &v, &e), ERR_OK);
	return v.state;
}

static void desk_clock__one_bad_visit_stops_no_other(void **state)
{
	(void)state;
	struct lobby l;
	struct uuid visits[VISITS];
	struct desk_walk w = {0};
	struct err e;
	int n = -1;
	lobby_open(&l, NULL);
	two_inside(&l, visits);
	spoil_first(&l); /* the older one stands first in every list */
	l.clock.wall_ms += 3 * (int64_t)CLOCK_HOUR;
	assert_int_equal(desk_right_end(&l.d, &w, &n, &e), ERR_NOT_FOUND);
	assert_int_equal(n, 1);
	assert_int_equal(right_of(&l, &visits[0]), DB_CREDENTIAL_GRANTED);
	assert_int_equal(right_of(&l, &visits[1]), DB_CREDENTIAL_REVOKING);
	assert_int_equal(desk_right_end(&l.d, &w, &n, &e), ERR_NOT_FOUND);
	assert_int_equal(n, 0); /* nothing succeeds: the round is over */

	l.clock.wall_ms += CLOCK_DAY;
	assert_int_equal(desk_day_end(&l.d, &w, &n, &e), ERR_NOT_FOUND);
	assert_int_equal(n, 1);
	assert_int_equal(state_of(&l, &visits[0]), DB_VISIT_INSIDE);
	assert_int_equal(state_of(&l, &visits[1]), DB_VISIT_ENDED);
	lobby_close(&l);
}

/* More visits than a batch has that nobody can end, and all of them stand before a good one, with a right each: the good one ends in its turn, and the
 * walk has an end. */
static void desk_clock__many_bad_visits_stop_no_other(void **state)
{
	(void)state;
	struct lobby l;
	struct uuid visits[VISITS];
	struct desk_walk rights = {0}, days = {0};
	struct err e;
	int n = -1, ended = 0, walked = 0;
	lobby_open(&l, NULL);
	two_inside(&l, visits);
	spoil_first(&l);
	book_do(&l, "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 250)"
		    " INSERT INTO visit (number, id, visitor, host, type, conf_hash, state, "
		    "from_ms, until_ms, authorised_kind, authorised_ref,"
		    " kiosk, lang, escort, late, created_ms, stays, owner_node, rev)"
		    " SELECT i, randomblob(16), visitor, host, type, conf_hash, state, from_ms, "
		    "until_ms - 1, authorised_kind, authorised_ref,"
		    " kiosk, lang, escort, late, created_ms, 0, owner_node, rev FROM visit, n "
		    "WHERE number = 1");
	book_do(&l, "INSERT INTO credential (id, visit, controller, card, state, right_until_ms, "
		    "created_ms, owner_node, rev)"
		    " SELECT randomblob(16), v.id, c.controller, 5000 + v.number, 'granted', "
		    "c.right_until_ms - 1, 0, 1, 1"
		    " FROM visit v, credential c WHERE v.number > 2 AND c.card = 1000");
	l.clock.wall_ms += 3 * (int64_t)CLOCK_HOUR;
	do {
		assert_int_equal(desk_right_end(&l.d, &rights, &n, &e), ERR_NOT_FOUND);
		ended += n;
	} while (rights.more && ++walked < 10);
	assert_false(rights.more);
	assert_int_equal(ended, 1);
	assert_int_equal(right_of(&l, &visits[1]), DB_CREDENTIAL_REVOKING);

	l.clock.wall_ms += CLOCK_DAY;
	ended = walked = 0;
	do {
		assert_int_equal(desk_day_end(&l.d, &days, &n, &e), ERR_NOT_FOUND);
		ended += n;
	} while (days.more && ++walked < 10);
	assert_false(days.more);
	assert_int_equal(ended, 1);
	assert_int_equal(state_of(&l, &visits[1]), DB_VISIT_ENDED);
	lobby_close(&l);
}

/* Three couriers died over a revoke: nobody knows whether the door still opens. */
static void desk_jobs__a_held_revoke_is_told(void **state)
{
	(void)state;
	struct lobby l;
	struct uuid visits[VISITS];
	struct db_waiting w[8];
	struct db_job job;
	struct err e;
	int n = 0, told = 0;
	lobby_open(&l, NULL);
	two_inside(&l, visits);
	lobby_later(&l, 3 * 60);
	for (int i = 0; i < DB_JOB_KILLS; i++) {
		assert_int_equal(foyerd_begin(&l.d, &e), ERR_OK);
		assert_int_equal(
		    db_job_lease(l.d.book, "access:main", book_now(l.d.book), &job, &e), ERR_OK);
		assert_string_equal(job.kind, "revoke");
		assert_int_equal(db_job_release(l.d.book, "access:main", true, NULL, &e), ERR_OK);
		assert_int_equal(db_job_get(l.d.book, &job.id, &job, &e), ERR_OK);
		if (job.state == DB_JOB_HELD)
			assert_int_equal(desk_job_held(&l.d, &job, &e), ERR_OK);
		assert_int_equal(foyerd_end(&l.d, ERR_OK, &e), ERR_OK);
	}
	assert_int_equal(job.state, DB_JOB_HELD);
	assert_int_equal(db_waiting_list_visit(l.d.book, &job.visit, w, 8, &n, &e), ERR_OK);
	for (int i = 0; i < n; i++)
		told += strcmp(w[i].reason, "right-stays") == 0;
	assert_int_equal(told, 1);
	lobby_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(desk_clock__one_bad_visit_stops_no_other),
	    cmocka_unit_test(desk_clock__many_bad_visits_stop_no_other),
	    cmocka_unit_test(desk_jobs__a_held_revoke_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
