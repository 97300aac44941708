/* Every statement: it can be prepared, and its plan reads no whole table without saying why. */
#include "rig.h"

#include <sqlite3.h>
#include <string.h>

#include "db/statement.h"
#include "base/str.h"

static sqlite3 *connection(const struct rig *r)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open_v2(r->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	return db;
}

static bool scans(sqlite3 *db, const char *sql, char line[256])
{
	char explain[8192];
	bool found = false;
	sqlite3_stmt *st = NULL;
	assert_true(str_print(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql));
	if (sqlite3_prepare_v2(db, explain, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	while (sqlite3_step(st) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(st, 3);
		if (str_starts(detail, "SCAN ") && !str_starts(detail, "SCAN CONSTANT ROW")) {
			(void)str_copy(line, 256, detail);
			found = true;
		}
	}
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	return found;
}

static void plan__no_scan_without_a_reason(void **state)
{
	sqlite3 *db = connection(*state);
	int bad = 0;
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		char line[256] = "";
		bool found = scans(db, statement_sql(i), line);
		const char *reason = statement_scan_reason(i);
		if (found && (reason == NULL || reason[0] == '\0')) {
			print_error("%s: %s\n", statement_name(i), line);
			bad++;
		}
		if (!found && reason != NULL) {
			print_error("%s: has a reason to scan, and does not\n", statement_name(i));
			bad++;
		}
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(bad, 0);
}

static bool makes_a_table(sqlite3 *db, const char *sql)
{
	char explain[8192];
	bool found = false;
	sqlite3_stmt *st = NULL;
	assert_true(str_print(explain, sizeof explain, "EXPLAIN %s", sql));
	assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW)
		found |= strcmp((const char *)sqlite3_column_text(st, 1), "OpenEphemeral") == 0;
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	return found;
}

/* What a check-in writes is written without a table of SQLite's own beside it: an IN of three words in a CHECK or in a partial index costs
 * one, at every row. */
static void plan__a_row_is_written_alone(void **state)
{
	static const char *const rare[] = {
	    "ERASE_JOBS", "VISIT_UNHANG", "JOB_WAIT_BEHIND", "JOB_RESUME"};
	sqlite3 *db = connection(*state);
	int bad = 0, seen = 0;
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		const char *sql = statement_sql(i);
		bool known = false;
		for (size_t k = 0; k < sizeof rare / sizeof rare[0]; k++)
			known |= strcmp(statement_name(i), rare[k]) == 0;
		known |= str_starts(statement_name(i), "FALLBACK_");
		if (known || (!str_starts(sql, "INSERT ") && !str_starts(sql, "UPDATE ")))
			continue;
		seen++;
		if (makes_a_table(db, sql)) {
			print_error("%s makes a table\n", statement_name(i));
			bad++;
		}
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_true(seen > 40);
	assert_int_equal(bad, 0);
}

/* An index that no plan uses and that guards nothing only costs. */
static void plan__every_index_is_used(void **state)
{
	sqlite3 *db = connection(*state);
	sqlite3_stmt *names = NULL;
	assert_int_equal(sqlite3_prepare_v2(db,
			     "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT "
			     "NULL AND sql NOT LIKE 'CREATE UNIQUE%'",
			     -1, &names, NULL),
	    SQLITE_OK);
	int bad = 0, seen = 0;
	while (sqlite3_step(names) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(names, 0);
		bool used = false;
		for (int i = 0; !used && i < STATEMENT_COUNT; i++) {
			char explain[8192];
			sqlite3_stmt *st = NULL;
			(void)str_print(
			    explain, sizeof explain, "EXPLAIN QUERY PLAN %s", statement_sql(i));
			assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &st, NULL), SQLITE_OK);
			while (sqlite3_step(st) == SQLITE_ROW) {
				const char *at =
				    strstr((const char *)sqlite3_column_text(st, 3), name);
				if (at != NULL &&
				    (at[strlen(name)] == ' ' || at[strlen(name)] == '\0'))
					used = true;
			}
			assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
		}
		seen++;
		if (!used) {
			print_error("index %s is used by no statement\n", name);
			bad++;
		}
	}
	assert_int_equal(sqlite3_finalize(names), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_true(seen > 10);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(plan__no_scan_without_a_reason),
	    TEST(plan__a_row_is_written_alone), TEST(plan__every_index_is_used)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
