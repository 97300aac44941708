#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "db/query.h"

enum { STEP_PAGES = 1024 };

/* integrity_check also finds pages that could not be read just then, and says with which error. */
static int unread(const char *finding)
{
	static const char words[] = "unable to get the page. error code=";
	const char *at = strstr(finding, words);
	return at == NULL ? SQLITE_OK : (int)strtol(at + sizeof words - 1, NULL, 10);
}

/* One finding of a check: integrity_check answers "ok" or what is wrong, foreign_key_check a row
 * for each orphan. */
static enum err_code check(sqlite3 *db, const char *sql, bool says_ok, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	enum err_code code = ERR_OK;
	if (rc == SQLITE_ROW) {
		const char *s = (const char *)sqlite3_column_text(st, 0);
		const char *line =
		    s == NULL ? NULL : strchr(s, '\n'); /* the first names the file */
		if (s == NULL)
			code = book_sqlite_error(db, SQLITE_NOMEM, "verifying the book", e);
		else if (!says_ok)
			code =
			    err_set(e, ERR_CORRUPT, "table %.64s names a row that is not there", s);
		else if (unread(s) != SQLITE_OK)
			code = book_sqlite_error(db, unread(s), "verifying the book", e);
		else if (strcmp(s, "ok") != 0)
			code = err_set(e, ERR_CORRUPT, "the book is damaged: %.180s",
			    line == NULL ? s : line + 1);
	} else if (rc != SQLITE_DONE) {
		code = book_sqlite_error(db, rc, "verifying the book", e);
	}
	(void)sqlite3_finalize(st);
	return code;
}

static enum err_code verify(sqlite3 *db, bool quick, struct err *e)
{
	/* One message is enough: a damaged book is restored, not mended. */
	enum err_code code =
	    check(db, quick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)", true, e);
	return code == ERR_OK ? check(db, "PRAGMA foreign_key_check", false, e) : code;
}

enum err_code book_verify(struct book *b, bool quick, struct err *e)
{
	return verify(b->db, quick, e);
}

/* A read transaction of our own keeps the snapshot, so that a writer never makes the copy start
 * again (https://sqlite.org/c3ref/backup_finish.html: a restart follows a change seen by the
 * source connection). */
static enum err_code copy_pages(struct book *b, sqlite3 *to, struct err *e)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", b->db, "main");
	if (copy == NULL)
		return book_sqlite_error(to, sqlite3_errcode(to), "copying the book", e);
	int rc;
	do
		rc = sqlite3_backup_step(copy, STEP_PAGES);
	while (rc == SQLITE_OK);
	(void)sqlite3_backup_finish(copy);
	return rc == SQLITE_DONE ? ERR_OK : book_sqlite_error(to, rc, "copying the book", e);
}

static enum err_code fill(struct book *b, const char *path, struct err *e)
{
	sqlite3 *to = NULL;
	int rc = sqlite3_open_v2(
	    path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
	enum err_code code =
	    rc == SQLITE_OK ? book_harden(to, e) : book_sqlite_error(to, rc, "copying the book", e);
	if (code == ERR_OK)
		code = copy_pages(b, to, e);
	/* The copy is one file: no log beside it. */
	if (code == ERR_OK &&
	    (rc = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL)) != SQLITE_OK)
		code = book_sqlite_error(to, rc, "copying the book", e);
	if (code == ERR_OK)
		code = verify(to, false, e);
	rc = sqlite3_close(to);
	if (code == ERR_OK && rc != SQLITE_OK)
		code = err_set(e, ERR_IO, "closing the copy: %s", sqlite3_errstr(rc));
	return code;
}

static enum err_code sync_dir(const char *path, struct err *e)
{
	char dir[PATH_MAX];
	if (!str_copy(dir, sizeof dir, path))
		return err_set(e, ERR_TOO_LONG, "the path of the copy is too long");
	char *slash = strrchr(dir, '/');
	if (slash == NULL)
		(void)str_copy(dir, sizeof dir, ".");
	else
		slash[slash == dir ? 1 : 0] = '\0';
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open %s", dir);
	enum err_code code = fsync(fd) == 0 ? ERR_OK : err_errno(e, ERR_IO, "cannot sync %s", dir);
	(void)close(fd);
	return code;
}

/* link(2) instead of rename(2): it never replaces a file that came to be there meanwhile. */
static enum err_code settle(
    const char *part, const char *path, int fd, int64_t *bytes, struct err *e)
{
	struct stat st;
	if (fsync(fd) != 0 || fstat(fd, &st) != 0)
		return err_errno(e, ERR_IO, "cannot sync the copy");
	if (link(part, path) != 0)
		return err_errno(
		    e, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "cannot name the copy %s", path);
	if (bytes != NULL)
		*bytes = (int64_t)st.st_size;
	enum err_code code = sync_dir(path, e);
	if (code !=
	    ERR_OK) /* it may be gone after a power cut: then it shall not look as if it were made */
		(void)unlink(path);
	return code;
}

enum err_code book_backup(struct book *b, const char *path, int64_t *bytes, struct err *e)
{
	char part[PATH_MAX];
	if (!str_print(part, sizeof part, "%s.part", path))
		return err_set(e, ERR_TOO_LONG, "the path of the copy is too long");
	if (access(path, F_OK) == 0)
		return err_set(e, ERR_CONFLICT, "%s is there already", path);
	(void)unlink(part); /* of a backup that was interrupted */
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot make %s", part);
	bool own_tx = !book_in_tx(b);
	enum err_code code = own_tx ? book_begin_read(b, e) : ERR_OK;
	if (code == ERR_OK) {
		code = fill(b, part, e);
		if (own_tx)
			book_rollback(b);
	}
	if (code == ERR_OK)
		code = settle(part, path, fd, bytes, e);
	(void)close(fd);
	(void)unlink(part);
	return code;
}
