/* The decision time falls back after a clock that was ahead: what is kept in order, and which times go with it. */
#include "rig.h"

#include <sqlite3.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "db/fallback.h"
#include "db/job.h"
#include "db/journal.h"
#include "db/retention.h"
#include "db/statement.h"
#include "db/stay.h"
#include "db/visitor.h"
#include "db/waiting.h"

static const int64_t year = 365 * (int64_t)CLOCK_DAY;

/* Times that are plans, order or evidence, and stay. */
static const char *const stays[] = {
    "credential.right_until_ms", "document_sealed.keep_ms", /* a span */
    "host.away_from_ms", "host.away_until_ms", "invitation.expiry_ms", "journal.at_ms",
    "journal_head.at_ms", "time_profile.until_ms", "tombstone.at_ms", "visit.from_ms",
    "visit.until_ms", "visit_field.keep_ms", /* a span */
    "visit_word.from_ms", "visitor.erased_ms", /* a mark */
};

static bool stands(const char *table, const char *column)
{
	char name[128];
	assert_true(str_print(name, sizeof name, "%s.%s", table, column));
	for (size_t i = 0; i < sizeof stays / sizeof stays[0]; i++)
		if (strcmp(stays[i], name) == 0)
			return true;
	return false;
}

static bool falls(const char *table, const char *column)
{
	char begin[128], set[128];
	assert_true(str_print(begin, sizeof begin, "UPDATE %s SET ", table));
	assert_true(str_print(set, sizeof set, "%s = ", column));
	for (int i = 0; i < STATEMENT_COUNT; i++)
		if (str_starts(statement_name(i), "FALLBACK_") &&
		    str_starts(statement_sql(i), begin) && strstr(statement_sql(i), set) != NULL)
			return true;
	return false;
}

static void columns__every_time_falls_or_says_why_not(void **state)
{
	struct rig *r = *state;
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	size_t stay = 0;
	int seen = 0, bad = 0;
	assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(db,
		"SELECT t.name, c.name FROM pragma_table_list t, pragma_table_xinfo(t.name) c"
		" WHERE t.schema = 'main' AND substr(c.name, -3) = '_ms'",
		-1, &st, NULL),
	    SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *table = (const char *)sqlite3_column_text(st, 0),
			   *column = (const char *)sqlite3_column_text(st, 1);
		seen++;
		stay += stands(table, column);
		if (stands(table, column) == falls(table, column)) {
			print_error("%s.%s must fall back, or stand in this list\n", table, column);
			bad++;
		}
	}
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_true(seen > 20);
	assert_int_equal(stay, sizeof stays / sizeof stays[0]);
	assert_int_equal(bad, 0);
}

static void fall_back(struct rig *r, int64_t to_ms)
{
	r->wall_ms = to_ms;
	rig_begin(r);
	GOOD(db_fallback_begin(r->b, to_ms, &e));
	GOOD(db_fallback_end(r->b, &e));
	rig_commit(r);
}

static void time__falls_back_and_order_stays(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	ANSWERS(ERR_INPUT, db_fallback_begin(r->b, RIG_MS, &e)); /* it does not fall */
	book_rollback(r->b);
	ANSWERS(ERR_BUG, db_fallback_begin(r->b, 1, &e));

	r->wall_ms = RIG_MS + year;
	rig_begin(r);
	struct uuid old = book_new_id(r->b);
	(void)rig_visitor(r, "A", "");
	rig_commit(r);
	fall_back(r, RIG_MS);
	assert_int_equal(db_clock_floor(r->b, RIG_MS), RIG_MS);
	assert_int_equal(db_clock_floor(r->b, RIG_MS + 5), RIG_MS + 5);

	/* Ids and marks go on behind, over as many restarts as there are. */
	for (int i = 0; i < 3; i++) {
		rig_begin(r);
		assert_int_equal(book_now(r->b), RIG_MS);
		struct uuid id = book_new_id(r->b);
		assert_true(memcmp(old.b, id.b, sizeof old.b) < 0);
		old = id;
		(void)rig_visitor(r, "B", "");
		rig_commit(r);
		int64_t mark = 0;
		for (int k = 0; k < 3; k++) {
			rig_begin(r);
			int64_t next = book_new_mark(r->b);
			assert_true(next > mark && next > RIG_MS + year);
			mark = next;
			(void)rig_visitor(r, "C", "");
			rig_commit(r);
		}
		rig_reopen(r, BOOK_RW);
		assert_true(book_new_mark(r->b) > mark);
	}
	GOOD(book_verify(r->b, false, &e));
}

static void rows__happened_by_now(void **state)
{
	struct rig *r = *state;
	struct db_stay s;
	struct db_job j;
	int64_t at;
	r->wall_ms = RIG_MS + year;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_INSIDE);
	struct db_stay in = {.visit = v.id, .in_ms = r->wall_ms, .in_how = DB_HOW_DESK};
	GOOD(db_stay_open(r->b, &in, &e));
	struct db_job late = {.kind = "mail",
	    .destination = "notify:mail",
	    .facts = "{}",
	    .not_before_ms = r->wall_ms + 1000};
	GOOD(db_job_insert(r->b, &late, &e));
	rig_commit(r);
	GOOD(db_job_next(r->b, "notify:mail", r->wall_ms, &at, &e));
	assert_true(at > RIG_MS + year);
	fall_back(r, RIG_MS);
	GOOD(db_job_next(r->b, "notify:mail", RIG_MS, &at, &e));
	assert_int_equal(at, 0);
	rig_begin(r);
	GOOD(db_job_lease(r->b, "notify:mail", RIG_MS, &j, &e));
	assert_int_equal(j.created_ms, RIG_MS);
	/* And who came in by the wrong clock can leave by the right one. */
	GOOD(db_stay_current(r->b, &v.id, &s, &e));
	assert_int_equal(s.in_ms, RIG_MS);
	GOOD(db_stay_close(r->b, &v.id, RIG_MS, DB_HOW_DESK, &e));
	rig_commit(r);
}

static void list__what_the_wrong_clock_ended_or_made(void **state)
{
	struct rig *r = *state;
	struct uuid ids[8];
	int n;
	rig_begin(r);
	struct db_visit over = rig_visit(r, "Over", DB_VISIT_EXPECTED);
	struct db_visit entered = rig_visit(r, "Entered", DB_VISIT_INSIDE);
	struct db_visit later = rig_visit(r, "Later", DB_VISIT_EXPECTED);
	struct db_visit closed = rig_visit(r, "Closed", DB_VISIT_CANCELLED);
	entered.until_ms = later.until_ms = RIG_MS + 2 * year;
	GOOD(db_visit_update(r->b, &entered, &e));
	GOOD(db_visit_update(r->b, &later, &e));
	rig_commit(r);
	(void)closed;
	r->wall_ms = RIG_MS + year;
	rig_begin(r);
	struct db_stay in = {.visit = entered.id, .in_ms = r->wall_ms, .in_how = DB_HOW_DESK};
	GOOD(db_stay_open(r->b, &in, &e));
	struct db_visit made = rig_visit(r, "Made", DB_VISIT_EXPECTED);
	rig_commit(r);
	rig_begin(r);
	struct db_fallback f = {.from_ms = RIG_MS + year, .to_ms = RIG_MS};
	GOOD(db_fallback_list(r->b, &f, ids, 2, &n, &e));
	assert_int_equal(n, 2);
	assert_true(uuid_eq(&ids[0], &over.id));
	assert_true(uuid_eq(&ids[1], &entered.id));
	GOOD(db_fallback_list(r->b, &f, ids, 2, &n, &e));
	assert_int_equal(n, 1);
	assert_true(uuid_eq(&ids[0], &made.id));
	GOOD(db_fallback_list(r->b, &f, ids, 2, &n, &e));
	assert_int_equal(n, 0);
	book_rollback(r->b);
}

/* What was written at the wrong time is forgotten when its time has come by the right one. */
static void retention__counts_from_the_right_clock(void **state)
{
	struct rig *r = *state;
	static const struct conf_retention keep = {.visitor_ms = CLOCK_DAY,
	    .visit_ms = CLOCK_DAY,
	    .signature_ms = CLOCK_DAY,
	    .invitation_ms = CLOCK_DAY,
	    .job_ms = CLOCK_DAY,
	    .journal_ms = CLOCK_DAY};
	int n;
	r->wall_ms = RIG_MS + year;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "Xaverine", DB_VISIT_CANCELLED);
	struct db_waiting w = {.reason = "help"};
	GOOD(db_waiting_insert(r->b, &w, &e));
	GOOD(db_waiting_resolve(r->b, &w.id, "staff:1", "Xaverine", &e));
	struct db_job j = {.kind = "mail", .destination = "notify:mail", .facts = "{}"};
	GOOD(db_job_insert(r->b, &j, &e));
	GOOD(db_job_act(r->b, &j.id, DB_JOB_ACT_DROP, "moot", &e));
	struct db_journal_entry en = {.actor = "clock",
	    .what = "test",
	    .subject = v.id,
	    .n_fields = 1,
	    .fields = {{"name", "Xaverine"}}};
	GOOD(db_journal_append(r->b, &en, NULL, &e));
	rig_commit(r);
	fall_back(r, RIG_MS);
	/* And what comes now has ids that say too late a time. */
	rig_begin(r);
	struct db_job now = {.kind = "mail", .destination = "notify:mail", .facts = "{}"};
	GOOD(db_job_insert(r->b, &now, &e));
	GOOD(db_job_act(r->b, &now.id, DB_JOB_ACT_DROP, "moot", &e));
	rig_commit(r);

	r->wall_ms = RIG_MS + CLOCK_DAY - 1;
	rig_begin(r);
	GOOD(db_retention_purge(r->b, &keep, r->wall_ms, 100, &n, &e));
	assert_int_equal(n, 0);
	rig_commit(r);
	r->wall_ms = RIG_MS + CLOCK_DAY + 1;
	rig_begin(r);
	GOOD(db_retention_purge(r->b, &keep, r->wall_ms, 100, &n, &e));
	rig_commit(r);
	static const char *const empty[] = {"job", "visit", "visitor", "waiting", "journal_detail"};
	for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
		char sql[64];
		assert_true(str_print(sql, sizeof sql, "SELECT count(*) FROM %s", empty[i]));
		if (rig_number(r, sql) != 0)
			fail_msg("%s: something is still there", empty[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(columns__every_time_falls_or_says_why_not),
	    TEST(time__falls_back_and_order_stays),
	    TEST(rows__happened_by_now),
	    TEST(list__what_the_wrong_clock_ended_or_made),
	    TEST(retention__counts_from_the_right_clock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
