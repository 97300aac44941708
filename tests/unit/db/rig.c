#include "rig.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <dirent.h>

#include "base/str.h"
#include "db/host.h"
#include "db/visitor.h"

static void open_book(struct rig *r, unsigned flags)
{
	GOOD(book_open(&r->b, r->path, flags, &e));
	r->seed.state++;
	book_set_random(r->b, random_of_fake(&r->seed));
}

int rig_setup(void **state)
{
	struct rig *r = mem_new(1, sizeof *r);
	const char *tmp = getenv("TMPDIR");
	(void)str_print(r->dir, sizeof r->dir, "%s/db.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(r->dir) == NULL)
		return -1;
	(void)rig_path(r, r->path, "book");
	r->seed.state = 7;
	r->wall_ms = RIG_MS;
	open_book(r, BOOK_RW | BOOK_CREATE);
	*state = r;
	return 0;
}

int rig_teardown(void **state)
{
	struct rig *r = *state;
	book_close(r->b);
	DIR *d = opendir(r->dir);
	for (struct dirent *de; d != NULL && (de = readdir(d)) != NULL;) {
		char path[PATH_MAX];
		if (de->d_name[0] != '.')
			(void)unlink(rig_path(r, path, de->d_name));
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(r->dir);
	free(r);
	return 0;
}

void rig_reopen(struct rig *r, unsigned flags)
{
	book_close(r->b);
	r->b = NULL;
	open_book(r, flags);
}

const char *rig_path(const struct rig *r, char dst[PATH_MAX], const char *name)
{
	assert_true(str_print(dst, PATH_MAX, "%.3000s/%.255s", r->dir, name));
	return dst;
}

void rig_begin(struct rig *r)
{
	GOOD(book_begin(r->b, r->wall_ms, &e));
}

void rig_commit(struct rig *r)
{
	GOOD(book_commit(r->b, &e));
}

struct uuid rig_visitor(struct rig *r, const char *name, const char *company)
{
	struct db_visitor v = {.lang = "de", .mail = "somebody@example.org"};
	(void)str_copy(v.name, sizeof v.name, name);
	(void)str_copy(v.company, sizeof v.company, company);
	GOOD(db_visitor_insert(r->b, &v, &e));
	return v.id;
}

struct uuid rig_host(struct rig *r, const char *uid, const char *name)
{
	struct db_host h = {.lang = "en", .department = "Works"};
	enum db_host_put what;
	(void)str_copy(h.uid, sizeof h.uid, uid);
	(void)str_copy(h.name, sizeof h.name, name);
	(void)str_print(h.mail, sizeof h.mail, "%.60s@example.com", uid);
	GOOD(db_host_put(r->b, &h, &what, &e));
	return h.id;
}

struct db_visit rig_visit(struct rig *r, const char *name, enum db_visit_state state)
{
	struct db_visit v = {.visitor = rig_visitor(r, name, "Acme Ltd"),
	    .type = "guest",
	    .conf_hash = "c0ffee",
	    .state = state,
	    .from_ms = r->wall_ms,
	    .until_ms = r->wall_ms + 3600000,
	    .lang = "de"};
	GOOD(db_visit_insert(r->b, &v, &e));
	return v;
}

static sqlite3 *own_connection(const struct rig *r)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(r->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_busy_timeout(db, 2000), SQLITE_OK);
	assert_int_equal(sqlite3_wal_autocheckpoint(db, 0), SQLITE_OK); /* the book minds */
	return db;
}

void rig_meddle(const struct rig *r, const char *sql)
{
	sqlite3 *db = own_connection(r);
	char *msg = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &msg) != SQLITE_OK)
		fail_msg("%s: %s", sql, msg);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

int64_t rig_number(const struct rig *r, const char *sql)
{
	sqlite3 *db = own_connection(r);
	sqlite3_stmt *st = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(st, 0);
	assert_int_equal(sqlite3_finalize(st), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return n;
}
