/* Migrations, with lists that do not ship yet. */
#include "rig.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "db/migration.h"

static sqlite3 *connection(const struct rig *r)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open_v2(r->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	return db;
}

static struct migration_list two(const char *second)
{
	static const char *list[2];
	list[0] = migration_shipped().of[0];
	list[1] = second;
	return (struct migration_list){list, 2};
}

static void fill_and_close(struct rig *r)
{
	rig_begin(r);
	(void)rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED);
	rig_commit(r);
	book_close(r->b);
	r->b = NULL;
}

static void run__older_book__copied_then_migrated(void **state)
{
	struct rig *r = *state;
	char copy[PATH_MAX];
	fill_and_close(r);
	sqlite3 *db = connection(r);
	GOOD(migration_run(db, r->path,
	    two("CREATE TABLE watch (id INTEGER PRIMARY KEY) STRICT; INSERT INTO watch VALUES (1)"),
	    &e));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(rig_number(r, "PRAGMA user_version"), 2);
	assert_int_equal(rig_number(r, "SELECT count(*) FROM watch"), 1);
	/* The copy is the book as it was. */
	struct stat st;
	assert_int_equal(stat(rig_path(r, copy, "book.before-v2"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	struct book *old;
	GOOD(book_open(&old, copy, BOOK_RW, &e));
	GOOD(book_verify(old, false, &e));
	struct db_visit v;
	GOOD(db_visit_by_number(old, 1, &v, &e));
	book_close(old);
	/* And this foyer, which knows one version, refuses the new one. */
	ANSWERS(ERR_NEWER, book_open(&old, r->path, BOOK_RW, &e));
}

static void run__step_fails__nothing_happened(void **state)
{
	struct rig *r = *state;
	fill_and_close(r);
	sqlite3 *db = connection(r);
	ANSWERS(ERR_BUG,
	    migration_run(db, r->path,
		two("CREATE TABLE watch (id INTEGER PRIMARY KEY) STRICT; DROP TABLE nobody"), &e));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(rig_number(r, "PRAGMA user_version"), 1);
	assert_int_equal(
	    rig_number(r, "SELECT count(*) FROM sqlite_schema WHERE name = 'watch'"), 0);
	/* Tried again after the mistake is mended: the copy of the first attempt is replaced. */
	db = connection(r);
	GOOD(migration_run(
	    db, r->path, two("CREATE TABLE watch (id INTEGER PRIMARY KEY) STRICT"), &e));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	assert_int_equal(rig_number(r, "PRAGMA user_version"), 2);
	rig_meddle(r, "PRAGMA user_version = 1; DROP TABLE watch");
	rig_reopen(r, BOOK_RW);
}

static void run__read_only__unsupported(void **state)
{
	struct rig *r = *state;
	fill_and_close(r);
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open_v2(r->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	ANSWERS(ERR_UNSUPPORTED, migration_run(db, r->path, two("SELECT 1"), &e));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	char copy[PATH_MAX];
	assert_int_not_equal(access(rig_path(r, copy, "book.before-v2"), F_OK), 0);
	rig_meddle(r, "PRAGMA user_version = -3");
	db = connection(r);
	ANSWERS(ERR_CORRUPT, migration_run(db, r->path, two("SELECT 1"), &e));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(run__older_book__copied_then_migrated),
	    TEST(run__step_fails__nothing_happened),
	    TEST(run__read_only__unsupported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
