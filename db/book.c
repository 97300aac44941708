#include "db/book.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "db/query.h"

/* Which promise of the schema was kept: a row that is there already, one that is not there, or a
 * value out of bounds. */
static enum err_code constraint(int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_FOREIGNKEY: return ERR_NOT_FOUND;
	case SQLITE_CONSTRAINT_CHECK:
	case SQLITE_CONSTRAINT_NOTNULL:
	case SQLITE_CONSTRAINT_DATATYPE: return ERR_INPUT;
	default: return ERR_CONFLICT; /* an int from outside: UNIQUE, PRIMARYKEY, ROWID */
	}
}

enum err_code book_sqlite_error(sqlite3 *db, int rc, const char *doing, struct err *e)
{
	enum err_code code = ERR_BUG;
	switch (rc & 0xff) { /* the primary code: https://sqlite.org/rescode.html */
	case SQLITE_BUSY:
	case SQLITE_LOCKED: code = ERR_BUSY; break;
	case SQLITE_FULL:
	case SQLITE_NOMEM: code = ERR_NO_SPACE; break;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY: /* a disk that the kernel mounted read-only after an error */
	case SQLITE_PROTOCOL: code = ERR_IO; break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: code = ERR_CORRUPT; break;
	case SQLITE_CONSTRAINT: code = constraint(rc); break;
	case SQLITE_TOOBIG: code = ERR_TOO_LONG; break;
	case SQLITE_PERM:
	case SQLITE_AUTH: code = ERR_DENIED; break;
	default: break; /* an int from outside */
	}
	/* Only the sort of the error: sqlite3_errmsg of a constraint may quote values. */
	int ext = db != NULL && (sqlite3_errcode(db) & 0xff) == (rc & 0xff)
		      ? sqlite3_extended_errcode(db)
		      : rc;
	/* What the kernel said, where it was asked at all. */
	int why = code == ERR_IO && db != NULL ? sqlite3_system_errno(db) : 0;
	if (why == ENOSPC || why == EDQUOT)
		code = ERR_NO_SPACE;
	return err_set(e, code, "%s: %s (%d)%s%s", doing, sqlite3_errstr(rc), ext,
	    why != 0 ? ": " : "", why != 0 ? strerror(why) : "");
}

/* A failed write or fsync: what is on the disk is unknown, and trying again would not tell. Damage is no better for being written on. */
bool book_is_lost(int rc, bool writing)
{
	switch (rc & 0xff) {
	case SQLITE_IOERR:
	case SQLITE_READONLY: return writing;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return true;
	default: return false; /* an int from outside */
	}
}

enum err_code book_error(struct book *b, int rc, const char *doing, struct err *e)
{
	b->poisoned = b->poisoned || book_is_lost(rc, b->tx == BOOK_TX_WRITE);
	return book_sqlite_error(b->db, rc, doing, e);
}

/* BEGIN, COMMIT and ROLLBACK, which query_of would refuse outside a transaction. */
static enum err_code run_bare(struct book *b, enum statement s, const char *doing, struct err *e)
{
	int rc = sqlite3_step(b->st[s]);
	enum err_code code = rc == SQLITE_DONE ? ERR_OK : book_error(b, rc, doing, e);
	(void)sqlite3_reset(b->st[s]);
	return code;
}

/* SQLite rolls back by itself after some errors: https://sqlite.org/lang_transaction.html. What it cannot end, nobody may write on. */
static void end_in_vain(struct book *b)
{
	if (!sqlite3_get_autocommit(b->db))
		(void)run_bare(b, ST_ROLLBACK, "rolling back", NULL);
	b->poisoned = b->poisoned || !sqlite3_get_autocommit(b->db);
	b->tx = BOOK_TX_NONE;
	b->now = b->committed;
}

static enum err_code usable(const struct book *b, struct err *e)
{
	if (b->poisoned)
		return err_set(
		    e, ERR_IO, "the book is closed after a failed write; it must be opened again");
	if (b->tx != BOOK_TX_NONE)
		return err_set(e, ERR_BUG, "a transaction is open already");
	return ERR_OK;
}

enum err_code book_read_counters(struct book *b, struct err *e)
{
	struct query q = query_of(b, ST_COUNTERS);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		b->committed.rev = get_int(&q);
		b->committed.last_ms = get_int(&q);
		b->committed.next_number = get_int(&q);
		b->committed.id_ms = get_time(&q); /* most books have none */
		b->now = b->committed;
	}
	return query_end(&q, code, e);
}

enum err_code book_begin(struct book *b, int64_t wall_ms, struct err *e)
{
	enum err_code code = usable(b, e);
	if (code == ERR_OK && (b->flags & BOOK_RW) == 0)
		code = err_set(e, ERR_DENIED, "the book is open for reading only");
	if (code == ERR_OK)
		code = book_look(b, e);
	if (code != ERR_OK)
		return code;
	code = run_bare(b, ST_BEGIN_WRITE, "beginning a transaction", e);
	if (code != ERR_OK) {
		end_in_vain(b);
		return code;
	}
	b->tx = BOOK_TX_WRITE;
	b->changes = sqlite3_total_changes(b->db);
	code = book_read_counters(b, e);
	if (code != ERR_OK) {
		book_rollback(b);
		return code;
	}
	if (wall_ms > b->now.last_ms)
		b->now.last_ms = wall_ms;
	return ERR_OK;
}

enum err_code book_begin_read(struct book *b, struct err *e)
{
	enum err_code code = usable(b, e);
	if (code != ERR_OK)
		return code;
	code = run_bare(b, ST_BEGIN_READ, "beginning to read", e);
	if (code != ERR_OK) {
		end_in_vain(b);
		return code;
	}
	b->tx = BOOK_TX_READ;
	/* The snapshot is taken by the first read, so read at once. */
	code = book_read_counters(b, e);
	if (code != ERR_OK)
		book_rollback(b);
	return code;
}

static enum err_code set_counter(
    struct book *b, const char *name, int64_t now, int64_t before, struct err *e)
{
	if (now == before)
		return ERR_OK;
	struct query q = query_of(b, ST_COUNTER_SET);
	put_text(&q, name);
	put_int(&q, now);
	return query_run_one(&q, e);
}

/* Ids and marks give an order, which must hold over a restart also where they run ahead of the time. */
static enum err_code keep_order(struct book *b, struct err *e)
{
	if (b->ids.last_ms <= b->now.last_ms || b->ids.last_ms <= b->now.id_ms)
		return ERR_OK;
	b->now.id_ms = b->ids.last_ms;
	struct query q = query_of(b, ST_META_SET);
	put_text(&q, "id_ms");
	put_int(&q, b->now.id_ms);
	return query_run(&q, e);
}

enum err_code book_commit(struct book *b, struct err *e)
{
	if (b->tx == BOOK_TX_NONE)
		return err_set(e, ERR_BUG, "no transaction is open");
	enum err_code code = b->poisoned ? err_set(e, ERR_IO, "an earlier write failed") : ERR_OK;
	/* A transaction that wrote nothing leaves no trace, not even its time. */
	bool wrote = b->tx == BOOK_TX_WRITE && sqlite3_total_changes(b->db) != b->changes;
	if (wrote && code == ERR_OK)
		code = set_counter(b, "last_ms", b->now.last_ms, b->committed.last_ms, e);
	if (wrote && code == ERR_OK)
		code = set_counter(b, "rev", b->now.rev, b->committed.rev, e);
	if (wrote && code == ERR_OK)
		code =
		    set_counter(b, "next_number", b->now.next_number, b->committed.next_number, e);
	if (wrote && code == ERR_OK)
		code = keep_order(b, e);
	b->tried_rev = b->now.rev;
	if (code == ERR_OK)
		code = run_bare(b, ST_COMMIT, "committing", e);
	if (code != ERR_OK) {
		book_rollback(b);
		return code;
	}
	b->tx = BOOK_TX_NONE;
	if (wrote)
		b->committed = b->now;
	b->now = b->committed;
	return ERR_OK;
}

void book_rollback(struct book *b)
{
	if (b->tx != BOOK_TX_NONE)
		end_in_vain(b);
}

bool book_in_tx(const struct book *b)
{
	return b->tx != BOOK_TX_NONE;
}

bool book_is_poisoned(const struct book *b)
{
	return b->poisoned;
}

void book_poison(struct book *b)
{
	b->poisoned = true;
}

int64_t book_now(const struct book *b)
{
	return b->now.last_ms;
}

int64_t db_clock_floor(const struct book *b, int64_t wall_ms)
{
	return wall_ms > b->committed.last_ms ? wall_ms : b->committed.last_ms;
}

struct uuid book_new_id(struct book *b)
{
	return uuid_new(&b->ids, b->now.last_ms);
}

int64_t book_new_mark(struct book *b)
{
	b->ids.last_ms = b->now.last_ms > b->ids.last_ms ? b->now.last_ms : b->ids.last_ms + 1;
	b->ids.counter = 0;
	return b->ids.last_ms;
}

void book_set_random(struct book *b, struct random r)
{
	b->random = r;
	b->ids.random = r;
}

int64_t book_node(const struct book *b)
{
	return b->node;
}

int book_version(const struct book *b)
{
	(void)b;
	return BOOK_VERSION; /* book_open answers only for this one */
}

int book_wal_pages(const struct book *b)
{
	return b->wal_pages;
}

enum err_code book_checkpoint(struct book *b, enum book_checkpoint how, struct err *e)
{
	enum err_code code = usable(b, e);
	if (code != ERR_OK)
		return code;
	code = book_look(b, e);
	if (code != ERR_OK)
		return code;
	int rc = book_fold(b, how == BOOK_CHECKPOINT_TRUNCATE ? SQLITE_CHECKPOINT_TRUNCATE
							      : SQLITE_CHECKPOINT_PASSIVE);
	if (rc != SQLITE_OK)
		return book_sqlite_error(b->db, rc, "checkpoint", e);
	if (how == BOOK_CHECKPOINT_TRUNCATE && b->wal_frames > 0)
		return err_set(e, ERR_BUSY, "checkpoint: a reader still needs the log");
	return ERR_OK;
}

enum err_code book_meta_get(
    struct book *b, const char *name, char *dst, size_t dst_sz, struct err *e)
{
	struct query q = query_of(b, ST_META_GET);
	put_text(&q, name);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_text(&q, dst, dst_sz);
	return query_end(&q, code, e);
}

enum err_code book_meta_set(struct book *b, const char *name, const char *value, struct err *e)
{
	struct query q = query_of(b, ST_META_SET);
	put_text(&q, name);
	put_text(&q, value);
	return query_run(&q, e);
}
