/* Is the book still where it was opened, and ours alone? */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "db/book_private.h"

static bool same_file(const struct book_at *at, const struct stat *st)
{
	return st->st_dev == at->dev && st->st_ino == at->ino;
}

static bool same_content(const struct book_at *at, const struct stat *st)
{
	return st->st_size == at->size && st->st_mtim.tv_sec == at->written.tv_sec &&
	       st->st_mtim.tv_nsec == at->written.tv_nsec;
}

void book_place_take(struct book *b)
{
	struct stat st;
	if (stat(b->path, &st) != 0)
		return; /* gone already: the next look says so */
	b->at = (struct book_at){
	    .dev = st.st_dev, .ino = st.st_ino, .size = st.st_size, .written = st.st_mtim};
}

enum book_place book_place(const struct book *b)
{
	return b->place;
}

struct book_mark book_mark(const struct book *b)
{
	return (struct book_mark){.node = b->node,
	    .rev = b->committed.rev,
	    .tried_rev = b->tried_rev,
	    .file_rev = b->file_rev,
	    .at = b->at,
	    .place = b->place};
}

enum err_code book_mark_file(const struct book_mark *m, const char *path, struct err *e)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return err_errno(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "the book %s", path);
	/* A write of our own that failed may have changed it. */
	if (!same_file(&m->at, &st) || (m->place != BOOK_IN_PLACE && !same_content(&m->at, &st)))
		return err_set(e, ERR_CONFLICT, "another file lies in its place");
	return ERR_OK;
}

/* https://sqlite.org/uri.html: immutable, so that neither log nor lock is looked at. */
static bool uri_of(struct str_buf *uri, const char *path)
{
	bool ok = str_buf_print(uri, "file:");
	for (const char *p = path; ok && *p != '\0'; p++)
		ok = strchr("%?#", *p) != NULL ? str_buf_print(uri, "%%%02X", (unsigned)*p)
					       : str_buf_add(uri, p, 1);
	return ok && str_buf_print(uri, "?immutable=1");
}

static int number(sqlite3 *db, enum statement s, int64_t *v)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, statement_sql(s), -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*v = sqlite3_column_int64(st, 0);
	(void)sqlite3_finalize(st);
	return rc;
}

enum err_code book_mark_alone(struct book_mark *m, const char *path, struct err *e)
{
	struct str_buf uri = STR_BUF_INIT;
	sqlite3 *db = NULL;
	*m = (struct book_mark){0};
	int rc = uri_of(&uri, path)
		     ? sqlite3_open_v2(uri.data, &db,
			   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL)
		     : SQLITE_NOMEM;
	bool read = rc == SQLITE_OK && number(db, ST_NODE, &m->node) == SQLITE_ROW &&
		    number(db, ST_COUNTERS, &m->rev) == SQLITE_ROW; /* rev comes first */
	(void)sqlite3_close(db);
	str_buf_fini(&uri);
	m->tried_rev = m->file_rev = m->rev;
	return read ? ERR_OK : err_set(e, ERR_NOT_FOUND, "%s: says not how far it is", path);
}

/* The file was touched, by somebody who sets times, or a file system that is late with them: does it say what our last checkpoint wrote? */
static bool is_ours(struct book *b)
{
	struct book_mark alone;
	if (book_mark_alone(&alone, b->path, NULL) != ERR_OK || alone.node != b->node ||
	    alone.rev < b->file_rev || alone.rev > b->committed.rev)
		return false;
	book_place_take(b);
	return true;
}

enum err_code book_look(struct book *b, struct err *e)
{
	struct stat st;
	enum book_place found = BOOK_IN_PLACE;
	if (stat(b->path, &st) != 0)
		found = errno == ENOENT ? BOOK_MOVED : BOOK_IN_PLACE; /* else: not known to be */
	else if (!same_file(&b->at, &st))
		found = BOOK_MOVED;
	else if ((b->flags & BOOK_RW) != 0 && !same_content(&b->at, &st) && !is_ours(b))
		found = BOOK_WRITTEN;
	if (found != BOOK_IN_PLACE && b->place == BOOK_IN_PLACE) {
		b->place = found;
		b->poisoned = true;
		/* Closing must not copy the log into a file that it does not belong to. */
		(void)sqlite3_db_config(b->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
	}
	switch (b->place) {
	case BOOK_IN_PLACE: break;
	case BOOK_MOVED:
		return err_set(
		    e, ERR_IO, "the book was moved away or replaced while it was in use");
	case BOOK_WRITTEN:
		return err_set(e, ERR_IO, "somebody else wrote to the book while it was in use");
	}
	return ERR_OK;
}

const char *book_mark_differs(const struct book *b, const struct book_mark *m)
{
	if (b->node != m->node)
		return "it is another book";
	if (b->committed.rev == m->rev || b->committed.rev == m->tried_rev)
		return NULL;
	return b->committed.rev < m->rev ? "it is an older copy"
					 : "somebody went on with it elsewhere";
}
