#include "db/migration.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "db/book_private.h"

/* The text of a file of this folder, in the read-only data, with a NUL behind it. */
#define EMBED(name, file)                                                                          \
	__asm__(".pushsection .rodata\n"                                                           \
		".hidden " #name "\n"                                                              \
		".global " #name "\n" #name ":\n"                                                  \
		".incbin \"" file "\"\n"                                                           \
		".byte 0\n"                                                                        \
		".popsection\n");                                                                  \
	extern const char name[] __attribute__((visibility("hidden")))

EMBED(migration_0001, "db/migrations/0001.sql");

static const char *const shipped[] = {migration_0001};
_Static_assert(
    sizeof shipped / sizeof shipped[0] == BOOK_VERSION, "BOOK_VERSION counts the migrations");

struct migration_list migration_shipped(void)
{
	return (struct migration_list){.of = shipped, .n = BOOK_VERSION};
}

static enum err_code pragma_number(sqlite3 *db, const char *sql, int *v, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(st);
		if (rc == SQLITE_ROW) {
			*v = sqlite3_column_int(st, 0);
			rc = SQLITE_OK;
		}
	}
	enum err_code code =
	    rc == SQLITE_OK ? ERR_OK : book_sqlite_error(db, rc, "opening the book", e);
	(void)sqlite3_finalize(st);
	return code;
}

/* Copy the whole book as it is; VACUUM INTO takes its own snapshot and syncs nothing, so the file
 * is synced here. */
static enum err_code keep_copy(sqlite3 *db, const char *path, int version, struct err *e)
{
	char copy[PATH_MAX];
	if (!str_print(copy, sizeof copy, "%s.before-v%d", path, version))
		return err_set(e, ERR_TOO_LONG, "the path of the book is too long");
	/* A copy that is there already is from a migration that failed: the book is still the same. */
	(void)unlink(copy);
	int fd = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot make %s", copy);
	enum err_code code = ERR_OK;
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, "VACUUM INTO ?1", -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 1, copy, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	(void)sqlite3_finalize(st);
	if (rc != SQLITE_DONE)
		code = book_sqlite_error(db, rc, "copying the book before its migration", e);
	else if (fsync(fd) != 0)
		code = err_errno(e, ERR_IO, "cannot sync %s", copy);
	if (close(fd) != 0 && code == ERR_OK)
		code = err_errno(e, ERR_IO, "cannot close %s", copy);
	if (code != ERR_OK)
		(void)unlink(copy);
	return code;
}

static enum err_code step(sqlite3 *db, const char *sql, int to, struct err *e)
{
	char version[64];
	(void)str_print(version, sizeof version, "PRAGMA user_version = %d", to);
	int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, version, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return ERR_OK;
	enum err_code code = book_sqlite_error(db, rc, "migrating the book", e);
	(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return code;
}

enum err_code migration_run(
    sqlite3 *db, const char *path, struct migration_list list, struct err *e)
{
	int version = 0;
	enum err_code code = pragma_number(db, "PRAGMA user_version", &version, e);
	if (code != ERR_OK)
		return code;
	if (version > list.n)
		return err_set(e, ERR_NEWER,
		    "the book has version %d, this foyer knows %d: install the newer foyer",
		    version, list.n);
	if (version < 0)
		return err_set(e, ERR_CORRUPT, "the book has the version %d", version);
	if (version == list.n)
		return ERR_OK;
	if (sqlite3_db_readonly(db, "main") == 1)
		return err_set(e, ERR_UNSUPPORTED,
		    "the book has version %d and waits for its migration to %d: start foyerd first",
		    version, list.n);
	if (version > 0)
		code = keep_copy(db, path, list.n, e);
	for (int v = version; code == ERR_OK && v < list.n; v++)
		code = step(db, list.of[v], v + 1, e);
	return code;
}
