#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "db/migration.h"
#include "db/shm.h"
#include "db/query.h"

enum {
	OPEN_WAIT_MS = 2000, /* another process may be recovering the log */
	WORK_WAIT_MS = 40, /* a loop waits no longer */
	/* pages: checkpoint at a commit, though the daemon found no idle moment */
	WAL_TOO_LONG = 32768,
};

static int on_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	struct book *b = arg;
	b->wal_frames = b->wal_pages = pages;
	if (pages >= WAL_TOO_LONG)
		(void)book_fold(b, SQLITE_CHECKPOINT_PASSIVE);
	return SQLITE_OK; /* the transaction is committed, whatever became of the checkpoint */
}

enum err_code book_harden(sqlite3 *db, struct err *e)
{
	/* https://sqlite.org/security.html: a book from elsewhere may not make us run what it says. */
	static const struct {
		int op, on;
	} config[] = {
	    {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
	    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
	    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	    {SQLITE_DBCONFIG_DQS_DDL, 0},
	    {SQLITE_DBCONFIG_DQS_DML, 0},
	    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	};
	int rc = SQLITE_OK;
	for (size_t i = 0; rc == SQLITE_OK && i < sizeof config / sizeof config[0]; i++)
		rc = sqlite3_db_config(db, config[i].op, config[i].on, (int *)NULL);
	(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024);
	/* The cache fills up and stays so: it is most of what foyerd holds. 7.5 MiB have room for about the inner pages of all indexes of a million visits
	 * and the newest leaves; two more would spare a check-in one read of ten, out of the kernel's memory. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db,
		    "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA secure_delete = ON;"
		    "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = "
		    "-7680",
		    NULL, NULL, NULL);
	return rc == SQLITE_OK ? ERR_OK : book_sqlite_error(db, rc, "opening the book", e);
}

static enum err_code make_file(const char *path, struct err *e)
{
	/* SQLite gives the log and the shared memory the mode of the book. */
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EEXIST ? ERR_OK
				       : err_errno(e, ERR_IO, "cannot make the book %s", path);
	(void)close(fd);
	return ERR_OK;
}

static int number_of(sqlite3 *db, const char *sql, int64_t *v)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		*v = sqlite3_column_int64(st, 0);
		rc = SQLITE_OK;
	}
	(void)sqlite3_finalize(st);
	return rc;
}

/* An empty file becomes a book; anything else must be one. */
static enum err_code identify(sqlite3 *db, unsigned flags, struct err *e)
{
	int64_t id = 0, pages = 0;
	int rc = number_of(db, "PRAGMA application_id", &id);
	if (rc == SQLITE_OK)
		rc = number_of(db, "PRAGMA page_count", &pages);
	if (rc == SQLITE_OK && pages == 0 && (flags & BOOK_CREATE) != 0) {
		char sql[64];
		(void)str_print(sql, sizeof sql, "PRAGMA application_id = %d", BOOK_APPLICATION_ID);
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
		id = BOOK_APPLICATION_ID;
	}
	if (rc != SQLITE_OK)
		return book_sqlite_error(db, rc, "opening the book", e);
	if (id != BOOK_APPLICATION_ID)
		return err_set(e, ERR_CORRUPT, "this file is no book of foyer");
	if ((flags & BOOK_RW) != 0)
		rc = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
	return rc == SQLITE_OK ? ERR_OK : book_sqlite_error(db, rc, "opening the book", e);
}

static enum err_code prepare_all(struct book *b, struct err *e)
{
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		int rc = sqlite3_prepare_v3(
		    b->db, statement_sql(i), -1, SQLITE_PREPARE_PERSISTENT, &b->st[i], NULL);
		if (rc != SQLITE_OK) {
			char doing[96];
			(void)str_print(doing, sizeof doing, "statement %s", statement_name(i));
			/* The file says that it has our schema, and it has not. */
			enum err_code code = book_sqlite_error(b->db, rc, doing, e);
			return (rc & 0xff) == SQLITE_ERROR ? err_set(e, ERR_CORRUPT, "%s: %.150s",
								 doing, sqlite3_errmsg(b->db))
							   : code;
		}
	}
	return ERR_OK;
}

/* First opening of a new book: its node and its counters. */
static enum err_code found(struct book *b, struct err *e)
{
	struct query q = query_of(b, ST_NODE);
	enum err_code code = query_number(&q, &b->node, e);
	if (code != ERR_NOT_FOUND)
		return code;
	if ((b->flags & BOOK_RW) == 0)
		return err_set(e, ERR_CORRUPT, "the book has no node");
	uint32_t r;
	random_fill(&b->random, &r, sizeof r);
	b->node = (int64_t)(r % 0x7fffffffU) + 1;
	static const char *const names[] = {"node", "rev", "last_ms", "next_number"};
	const int64_t values[] = {b->node, 0, 0, 1};
	int rc = sqlite3_exec(b->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return book_sqlite_error(b->db, rc, "founding the book", e);
	b->tx = BOOK_TX_WRITE;
	code = ERR_OK;
	for (int i = 0; code == ERR_OK && i < 4; i++) {
		q = query_of(b, ST_META_SET);
		put_text(&q, names[i]);
		put_int(&q, values[i]);
		code = query_run(&q, e);
	}
	if (code == ERR_OK && (rc = sqlite3_exec(b->db, "COMMIT", NULL, NULL, NULL)) != SQLITE_OK)
		code = book_error(b, rc, "founding the book", e);
	if (code != ERR_OK)
		(void)sqlite3_exec(b->db, "ROLLBACK", NULL, NULL, NULL);
	b->tx = BOOK_TX_NONE;
	return code;
}

static enum err_code connect(struct book *b, const char *path, struct err *e)
{
	bool rw = (b->flags & BOOK_RW) != 0;
	struct stat st;
	if (stat(path, &st) != 0) {
		if (errno != ENOENT || (b->flags & BOOK_CREATE) == 0)
			return err_errno(
			    e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "the book %s", path);
		enum err_code code = make_file(path, e);
		if (code != ERR_OK)
			return code;
	} else if (!S_ISREG(st.st_mode)) {
		return err_set(e, ERR_CORRUPT, "the book %s is no file", path);
	}
	shm_allocate_first();
	int flags = (rw ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_EXRESCODE;
	int rc = sqlite3_open_v2(path, &b->db, flags, NULL);
	if (rc != SQLITE_OK)
		return book_sqlite_error(b->db, rc, "opening the book", e);
	/* SQLite takes a file that it may only read for reading, and says nothing. */
	if (rw && sqlite3_db_readonly(b->db, "main") != 0)
		return err_set(e, ERR_IO, "the book %s cannot be written", path);
	(void)sqlite3_busy_timeout(b->db, OPEN_WAIT_MS);
	enum err_code code = book_harden(b->db, e);
	if (code == ERR_OK)
		code = identify(b->db, b->flags, e);
	if (code == ERR_OK)
		code = migration_run(b->db, path, migration_shipped(), e);
	if (code == ERR_OK && (rc = number_of(b->db, "PRAGMA page_size", &b->page_sz)) != SQLITE_OK)
		code = book_sqlite_error(b->db, rc, "opening the book", e);
	return code;
}

enum err_code book_open(struct book **own_book, const char *path, unsigned flags, struct err *e)
{
	*own_book = NULL;
	bool rw = (flags & BOOK_RW) != 0, ro = (flags & BOOK_RO) != 0;
	if (rw == ro || (ro && (flags & BOOK_CREATE) != 0))
		return err_set(e, ERR_BUG, "a book is opened for reading or for writing");
	struct book *b = mem_new(1, sizeof *b);
	b->flags = flags;
	b->wal_frames = -1;
	book_set_random(b, random_system());
	struct book_mark alone = {0};
	enum err_code code = str_copy(b->path, sizeof b->path, path)
				 ? ERR_OK
				 : err_set(e, ERR_TOO_LONG, "the path of the book is too long");
	if (code == ERR_OK && rw && book_mark_alone(&alone, path, NULL) == ERR_OK)
		b->file_rev = alone.rev;
	if (code == ERR_OK)
		code = connect(b, path, e);
	if (code == ERR_OK)
		code = prepare_all(b, e);
	if (code == ERR_OK)
		code = found(b, e);
	if (code == ERR_OK)
		code = book_read_counters(b, e);
	if (code != ERR_OK) {
		book_close(b);
		return code;
	}
	/* As if that millisecond were full: the next id is later than any that it got before. */
	b->ids.last_ms =
	    b->committed.last_ms > b->committed.id_ms ? b->committed.last_ms : b->committed.id_ms;
	b->ids.counter = 0xfff;
	(void)sqlite3_limit(b->db, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_busy_timeout(b->db, WORK_WAIT_MS);
	(void)sqlite3_wal_hook(b->db, on_commit, b);
	b->tried_rev = b->committed.rev;
	book_place_take(b);
	/* What a process that died left in the log, so that it begins anew: on a full disk it cannot grow. Somebody else may be at it, or no room be left
	 * for it: then it stays. */
	int rc = rw ? book_fold(b, SQLITE_CHECKPOINT_PASSIVE) : SQLITE_OK;
	if (rc != SQLITE_OK && b->poisoned) {
		code = book_sqlite_error(b->db, rc, "folding the log into the book", e);
		book_close(b);
		return code;
	}
	*own_book = b;
	return ERR_OK;
}

void book_close(struct book *own_book)
{
	if (own_book == NULL)
		return;
	for (int i = 0; i < STATEMENT_COUNT; i++)
		(void)sqlite3_finalize(own_book->st[i]);
	/* The last one to close folds the log into the book and syncs again; after a failed write nobody may believe that. */
	if (own_book->poisoned) {
		book_log_cut(own_book);
		(void)sqlite3_db_config(
		    own_book->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
	}
	(void)sqlite3_close(own_book->db); /* rolls back */
	free(own_book);
}
