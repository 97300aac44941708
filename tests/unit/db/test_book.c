#include "rig.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "base/str.h"
#include "db/book_private.h"
#include "db/visitor.h"

static void open__missing__not_found_and_made_with_create(void **state)
{
	struct rig *r = *state;
	struct book *b;
	char path[PATH_MAX];
	ANSWERS(ERR_NOT_FOUND, book_open(&b, rig_path(r, path, "other"), BOOK_RW, &e));
	assert_null(b);
	ANSWERS(ERR_NOT_FOUND, book_open(&b, path, BOOK_RO, &e));
	GOOD(book_open(&b, path, BOOK_RW | BOOK_CREATE, &e));
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(book_node(b) > 0);
	assert_int_equal(book_version(b), BOOK_VERSION);
	book_close(b);
	book_close(NULL);
}

static void open__pragmas__as_the_house_wants(void **state)
{
	struct rig *r = *state;
	assert_int_equal(rig_number(r, "PRAGMA application_id"), BOOK_APPLICATION_ID);
	assert_int_equal(rig_number(r, "PRAGMA user_version"), BOOK_VERSION);
	assert_int_equal(
	    rig_number(r, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"),
	    1);
	assert_int_equal(
	    rig_number(r, "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND schema "
			  "= 'main' AND name NOT LIKE 'sqlite%' AND strict = 0"),
	    0);
}

static void write_file(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	assert_int_equal(close(fd), 0);
}

static void open__no_book__calm(void **state)
{
	struct rig *r = *state;
	struct book *b;
	char path[PATH_MAX], junk[8192];
	memset(junk, 'x', sizeof junk);
	write_file(rig_path(r, path, "junk"), junk, sizeof junk);
	ANSWERS(ERR_CORRUPT, book_open(&b, path, BOOK_RW, &e));
	ANSWERS(ERR_CORRUPT, book_open(&b, path, BOOK_RO, &e));
	write_file(path, "", 0);
	ANSWERS(ERR_CORRUPT,
	    book_open(&b, path, BOOK_RW, &e)); /* empty, and nobody asked to make one */
	ANSWERS(ERR_CORRUPT, book_open(&b, r->dir, BOOK_RW, &e));
	assert_int_equal(unlink(path), 0);
	struct rig other = {0};
	(void)str_copy(other.path, sizeof other.path, path);
	rig_meddle(&other, "CREATE TABLE visit (number INTEGER)");
	ANSWERS(ERR_CORRUPT,
	    book_open(&b, path, BOOK_RW | BOOK_CREATE, &e)); /* somebody else's database */
}

static void open__torn_file__calm(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	for (int i = 0; i < 300; i++)
		(void)rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED);
	rig_commit(r);
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	GOOD(book_verify(r->b, false, &e));
	book_close(r->b);
	r->b = NULL;
	/* A page in the middle is overwritten. */
	int fd = open(r->path, O_WRONLY);
	char junk[4096];
	memset(junk, 0xa5, sizeof junk);
	for (int page = 60; page < 90; page++)
		assert_int_equal(pwrite(fd, junk, sizeof junk, page * 4096L), (ssize_t)sizeof junk);
	assert_int_equal(close(fd), 0);
	struct err e;
	enum err_code code = book_open(&r->b, r->path, BOOK_RW, &e);
	if (code == ERR_OK)
		code = book_verify(r->b, true, &e);
	assert_int_equal(code, ERR_CORRUPT);
	assert_true(e.msg[0] != '\0');
	book_close(r->b);
	/* Half of the file is gone. */
	assert_int_equal(truncate(r->path, 40000), 0);
	code = book_open(&r->b, r->path, BOOK_RW, &e);
	if (code == ERR_OK)
		code = book_verify(r->b, false, &e);
	assert_int_equal(code, ERR_CORRUPT);
}

static void open__newer_book__refused(void **state)
{
	struct rig *r = *state;
	rig_meddle(r, "PRAGMA user_version = 99");
	struct book *b;
	ANSWERS(ERR_NEWER, book_open(&b, r->path, BOOK_RW, &e));
	ANSWERS(ERR_NEWER, book_open(&b, r->path, BOOK_RO, &e));
}

static void open__other_schema_under_our_version__corrupt(void **state)
{
	struct rig *r = *state;
	book_close(r->b);
	r->b = NULL;
	rig_meddle(r, "DROP TABLE tally");
	struct book *b;
	ANSWERS(ERR_CORRUPT, book_open(&b, r->path, BOOK_RW, &e));
}

static void open__flags__one_of_two(void **state)
{
	struct rig *r = *state;
	struct book *b;
	ANSWERS(ERR_BUG, book_open(&b, r->path, 0, &e));
	ANSWERS(ERR_BUG, book_open(&b, r->path, BOOK_RO | BOOK_RW, &e));
	ANSWERS(ERR_BUG, book_open(&b, r->path, BOOK_RO | BOOK_CREATE, &e));
}

static void write__outside_transaction__bug(void **state)
{
	struct rig *r = *state;
	struct db_visitor v = {.name = "A"};
	ANSWERS(ERR_BUG, db_visitor_insert(r->b, &v, &e));
	GOOD(book_begin_read(r->b, &e));
	ANSWERS(ERR_BUG, db_visitor_insert(r->b, &v, &e));
	ANSWERS(ERR_BUG, book_begin(r->b, RIG_MS, &e));
	book_rollback(r->b);
	ANSWERS(ERR_BUG, book_commit(r->b, &e));
	rig_begin(r);
	GOOD(db_visitor_insert(r->b, &v, &e));
	rig_commit(r);
}

static void clock__never_steps_back(void **state)
{
	struct rig *r = *state;
	assert_int_equal(db_clock_floor(r->b, RIG_MS), RIG_MS);
	rig_begin(r);
	assert_int_equal(book_now(r->b), RIG_MS);
	(void)rig_visitor(r, "A", "");
	rig_commit(r);
	r->wall_ms = RIG_MS - 5000000;
	assert_int_equal(db_clock_floor(r->b, r->wall_ms), RIG_MS);
	rig_begin(r);
	assert_int_equal(book_now(r->b), RIG_MS);
	struct uuid a = book_new_id(r->b), c = book_new_id(r->b);
	assert_true(memcmp(a.b, c.b, 16) < 0);
	assert_true(uuid_ms(&a) >= RIG_MS);
	book_rollback(r->b);
	rig_reopen(r, BOOK_RW);
	struct uuid d = book_new_id(r->b);
	assert_true(memcmp(a.b, d.b, 16) < 0);
	assert_int_equal(db_clock_floor(r->b, 5), RIG_MS);
}

static void commit__nothing_written__leaves_no_trace(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	rig_commit(r);
	assert_int_equal(db_clock_floor(r->b, 1), 1);
	rig_begin(r);
	(void)rig_visitor(r, "A", "");
	book_rollback(r->b);
	book_rollback(r->b);
	assert_false(book_in_tx(r->b));
	assert_int_equal(rig_number(r, "SELECT count(*) FROM visitor"), 0);
	assert_int_equal(rig_number(r, "SELECT value FROM meta WHERE name = 'rev'"), 0);
	assert_int_equal(rig_number(r, "SELECT value FROM meta WHERE name = 'last_ms'"), 0);
}

static void rows__carry_owner_and_rising_rev(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	(void)rig_visitor(r, "A", "");
	struct uuid b = rig_visitor(r, "B", "");
	rig_commit(r);
	rig_begin(r);
	GOOD(db_visitor_set_contact(r->b, &b, "b@example.org", "fr", &e));
	rig_commit(r);
	assert_int_equal(rig_number(r, "SELECT count(DISTINCT owner_node) FROM visitor"), 1);
	assert_int_equal(rig_number(r, "SELECT owner_node FROM visitor LIMIT 1"), book_node(r->b));
	assert_int_equal(rig_number(r, "SELECT rev FROM visitor WHERE name = 'A'"), 1);
	assert_int_equal(rig_number(r, "SELECT rev FROM visitor WHERE name = 'B'"), 3);
	assert_int_equal(rig_number(r, "SELECT value FROM meta WHERE name = 'rev'"), 3);
}

static void two_handles__reader_keeps_its_snapshot(void **state)
{
	struct rig *r = *state;
	struct book *ro;
	struct db_visitor v = {0};
	GOOD(book_open(&ro, r->path, BOOK_RO, &e));
	rig_begin(r);
	struct uuid a = rig_visitor(r, "A", "");
	rig_commit(r);
	GOOD(db_visitor_get(ro, &a, &v, &e));
	GOOD(book_begin_read(ro, &e));
	rig_begin(r);
	struct uuid b = rig_visitor(r, "B", "");
	rig_commit(r);
	ANSWERS(ERR_NOT_FOUND, db_visitor_get(ro, &b, &v, &e));
	ANSWERS(ERR_BUSY, book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	book_rollback(ro);
	GOOD(db_visitor_get(ro, &b, &v, &e));
	assert_string_equal(v.name, "B");
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	assert_int_equal(book_wal_pages(r->b), 0);
	ANSWERS(ERR_DENIED, book_begin(ro, RIG_MS, &e));
	book_close(ro);
}

static void two_writers__busy(void **state)
{
	struct rig *r = *state;
	struct book *other;
	GOOD(book_open(&other, r->path, BOOK_RW, &e));
	rig_begin(r);
	ANSWERS(ERR_BUSY, book_begin(other, RIG_MS, &e));
	assert_false(book_in_tx(other));
	assert_false(book_is_poisoned(other));
	(void)rig_visit(r, "A", DB_VISIT_EXPECTED);
	rig_commit(r);
	/* The other's counters are those of the book, not of its memory. */
	struct rig second = {.b = other, .wall_ms = RIG_MS};
	rig_begin(&second);
	struct db_visit v = rig_visit(&second, "B", DB_VISIT_EXPECTED);
	assert_int_equal(v.number, 2);
	rig_commit(&second);
	book_close(other);
}

static void wal_pages__counted(void **state)
{
	struct rig *r = *state;
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	rig_begin(r);
	(void)rig_visit(r, "A", DB_VISIT_EXPECTED);
	rig_commit(r);
	assert_true(book_wal_pages(r->b) > 0);
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_PASSIVE, &e));
	assert_int_equal(book_wal_pages(r->b), 0);
}

static void disk_full__no_space_and_usable_after(void **state)
{
	struct rig *r = *state;
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	/* The file size limit of the process stands for a full disk: EFBIG with SIGXFSZ ignored (setrlimit(2)). */
	(void)signal(SIGXFSZ, SIG_IGN);
	struct rlimit old, small;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 32768;
	rig_begin(r);
	for (int i = 0; i < 200; i++)
		(void)rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum err_code code = book_commit(r->b, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	/* SQLite tells EFBIG as an I/O error, ENOSPC as a full disk; both leave nothing behind. */
	assert_true(code == ERR_NO_SPACE || code == ERR_IO);
	assert_false(book_in_tx(r->b));
	assert_int_equal(book_is_poisoned(r->b), code == ERR_IO);
	if (code == ERR_IO) {
		ANSWERS(ERR_IO, book_begin(r->b, RIG_MS, &e));
		struct db_visitor v;
		struct uuid any = book_new_id(r->b);
		ANSWERS(ERR_IO, db_visitor_get(r->b, &any, &v, &e));
		rig_reopen(r, BOOK_RW);
	}
	GOOD(book_verify(r->b, false, &e));
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	assert_int_equal(v.number, 1);
	rig_commit(r);
}

static void book_full__no_space_and_usable_after(void **state)
{
	struct rig *r = *state;
	char sql[64];
	(void)str_print(sql, sizeof sql, "PRAGMA max_page_count = %d",
	    (int)rig_number(r, "PRAGMA page_count") + 2);
	assert_int_equal(sqlite3_exec(r->b->db, sql, NULL, NULL, NULL), SQLITE_OK);
	rig_begin(r);
	struct err e = {0};
	enum err_code code = ERR_OK;
	struct db_visitor v = {.name = "A"};
	for (int i = 0; code == ERR_OK && i < 5000; i++) {
		memset(&v.id, 0, sizeof v.id);
		code = db_visitor_insert(r->b, &v, &e);
	}
	assert_int_equal(code, ERR_NO_SPACE);
	assert_true(e.msg[0] != '\0');
	book_rollback(r->b);
	assert_false(book_is_poisoned(r->b));
	rig_begin(r);
	memset(&v.id, 0, sizeof v.id);
	assert_int_equal(db_visitor_insert(r->b, &v, NULL), ERR_OK);
	rig_commit(r);
	assert_int_equal(rig_number(r, "SELECT count(*) FROM visitor"), 1);
}

/* Whoever steps on a damaged page writes no more. */
static void damaged_page__poisons(void **state)
{
	struct rig *r = *state;
	static const char nothing[4096];
	struct db_visitor v = {.name = "A"};
	struct uuid any = book_new_id(r->b);
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	int64_t page = rig_number(r, "SELECT rootpage FROM sqlite_schema WHERE name = 'visitor'");
	rig_reopen(r, BOOK_RW);
	int fd = open(r->path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, nothing, sizeof nothing, (page - 1) * 4096), sizeof nothing);
	ANSWERS(ERR_CORRUPT, db_visitor_get(r->b, &any, &v, &e));
	assert_true(book_is_poisoned(r->b));
	ANSWERS(ERR_IO, book_begin(r->b, RIG_MS, &e));
	(void)close(fd);
}

/* A process that dies in the middle: what it committed is there, what it had not is not. */
static void crash__committed_stays_the_rest_goes(void **state)
{
	struct rig *r = *state;
	book_close(r->b);
	r->b = NULL;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rig c = {.wall_ms = RIG_MS};
		struct db_visitor v = {.name = "committed"}, w = {.name = "not"};
		if (book_open(&c.b, r->path, BOOK_RW, NULL) == ERR_OK &&
		    book_begin(c.b, RIG_MS, NULL) == ERR_OK &&
		    db_visitor_insert(c.b, &v, NULL) == ERR_OK &&
		    book_commit(c.b, NULL) == ERR_OK && book_begin(c.b, RIG_MS, NULL) == ERR_OK &&
		    db_visitor_insert(c.b, &w, NULL) == ERR_OK)
			(void)raise(SIGKILL);
		_exit(1);
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	rig_reopen(r, BOOK_RW);
	GOOD(book_verify(r->b, false, &e));
	assert_int_equal(rig_number(r, "SELECT count(*) FROM visitor"), 1);
	assert_int_equal(rig_number(r, "SELECT count(*) FROM visitor WHERE name = 'committed'"), 1);
	assert_int_equal(db_clock_floor(r->b, 0), RIG_MS);
}

static void backup__round_trip(void **state)
{
	struct rig *r = *state;
	char copy[PATH_MAX];
	rig_begin(r);
	for (int i = 0; i < 50; i++)
		(void)rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED);
	rig_commit(r);
	struct book *ro;
	int64_t bytes = 0;
	GOOD(book_open(&ro, r->path, BOOK_RO, &e));
	GOOD(book_backup(ro, rig_path(r, copy, "copy"), &bytes, &e));
	struct stat st;
	assert_int_equal(stat(copy, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, bytes);
	ANSWERS(ERR_CONFLICT, book_backup(ro, copy, NULL, &e));
	ANSWERS(ERR_IO, book_backup(ro, "/nonexistent-foyer/copy", NULL, &e));
	book_close(ro);
	char side[PATH_MAX];
	assert_int_not_equal(access(rig_path(r, side, "copy-wal"), F_OK), 0);
	assert_int_not_equal(access(rig_path(r, side, "copy.part"), F_OK), 0);
	/* The copy is a book of its own. */
	struct rig again = {.wall_ms = RIG_MS};
	GOOD(book_open(&again.b, copy, BOOK_RW, &e));
	GOOD(book_verify(again.b, false, &e));
	assert_int_equal(book_node(again.b), book_node(r->b));
	rig_begin(&again);
	struct db_visit v = rig_visit(&again, "B", DB_VISIT_EXPECTED);
	assert_int_equal(v.number, 51);
	rig_commit(&again);
	book_close(again.b);
}

static void meta__kept(void **state)
{
	struct rig *r = *state;
	char value[401];
	ANSWERS(ERR_NOT_FOUND, book_meta_get(r->b, "demo", value, sizeof value, &e));
	rig_begin(r);
	GOOD(book_meta_set(r->b, "demo", "yes", &e));
	GOOD(book_meta_set(r->b, "demo", "no", &e));
	char long_value[500];
	memset(long_value, 'x', sizeof long_value);
	long_value[sizeof long_value - 1] = '\0';
	ANSWERS(ERR_INPUT, book_meta_set(r->b, "demo", long_value, &e));
	ANSWERS(ERR_INPUT, book_meta_set(r->b, "", "x", &e));
	rig_commit(r);
	GOOD(book_meta_get(r->b, "demo", value, sizeof value, &e));
	assert_string_equal(value, "no");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(open__missing__not_found_and_made_with_create),
	    TEST(open__pragmas__as_the_house_wants),
	    TEST(open__no_book__calm),
	    TEST(open__torn_file__calm),
	    TEST(open__newer_book__refused),
	    TEST(open__other_schema_under_our_version__corrupt),
	    TEST(open__flags__one_of_two),
	    TEST(write__outside_transaction__bug),
	    TEST(clock__never_steps_back),
	    TEST(commit__nothing_written__leaves_no_trace),
	    TEST(rows__carry_owner_and_rising_rev),
	    TEST(two_handles__reader_keeps_its_snapshot),
	    TEST(two_writers__busy),
	    TEST(wal_pages__counted),
	    TEST(disk_full__no_space_and_usable_after),
	    TEST(book_full__no_space_and_usable_after),
	    TEST(damaged_page__poisons),
	    TEST(crash__committed_stays_the_rest_goes),
	    TEST(backup__round_trip),
	    TEST(meta__kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
