/*
 * The book: one SQLite file that holds everything foyer knows. It hides SQLite: the connection, the
 * statements, the migrations, the transaction and the decision clock. The aggregates (host.h,
 * visits.h, job.h, …) are the verbs on it.
 *
 * One handle belongs to one thread of one process; foyerd holds the only BOOK_RW handle. Every verb
 * that writes needs an open transaction of book_begin, else ERR_BUG. A verb that answers an error
 * of another class than USER leaves a transaction that the caller rolls back.
 *
 * Errors: ERR_BUSY (another writer), ERR_NO_SPACE, ERR_IO, ERR_CORRUPT, ERR_NEWER, ERR_DENIED
 * (read-only), ERR_CONFLICT (it is there already), ERR_NOT_FOUND (it names a row that is not
 * there), ERR_INPUT (a value beyond its bound); the last three are results, never logged. After a
 * failed write or fsync, and where the file is damaged, the handle is poisoned: it answers ERR_IO
 * until it is closed and opened again. ERR_NO_SPACE also stands for SQLite's want of memory. Ids that
 * are nil stand for "none"; times that are 0 stand for "never".
 */
#ifndef DB_BOOK_H
#define DB_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"
#include "base/random.h"
#include "base/uuid.h"

enum {
	BOOK_VERSION = 1, /* the schema this build knows: PRAGMA user_version */
	BOOK_APPLICATION_ID = 0x666f7972, /* "foyr" */
	/* "staff:UUID", "host:UUID", "kiosk:NAME", "courier:NAME", "clock", "rule:NAME" */
	DB_ACTOR_SZ = 81,
	DB_DESTINATION_SZ = 81, /* "print:lobby", "access:north", "notify:mail" */
	DB_HASH_SZ = 65, /* hex digits of a hash, with NUL */
};

enum book_flags {
	BOOK_RO = 1 << 0, /* read only: no migration, no writing verb */
	BOOK_RW = 1 << 1,
	BOOK_CREATE = 1 << 2, /* with BOOK_RW: make it (mode 0600) if it is not there */
};

struct book; /* book_close */

/* Open, check, migrate (a backup PATH.before-vN is made first), prepare every statement.
 * ERR_NOT_FOUND without BOOK_CREATE; ERR_NEWER; ERR_CORRUPT for a file that is no book;
 * ERR_UNSUPPORTED for an older book opened read-only. */
enum err_code book_open(
    struct book **own_book, const char *path, unsigned flags, struct err *e) MUST_USE;
/* Rolls back what is open, and folds the log into the book unless the handle is poisoned or another
 * one is open. NULL is allowed. */
void book_close(struct book *own_book);

/* Random bytes for ids and salts (default: the kernel's). For tests. */
void book_set_random(struct book *b, struct random r);

/* BEGIN IMMEDIATE. The transaction's decision time is the later of wall_ms and the newest time
 * ever committed: book_now. */
enum err_code book_begin(struct book *b, int64_t wall_ms, struct err *e) MUST_USE;
enum err_code book_begin_read(struct book *b,
    struct err *e) MUST_USE; /* one snapshot for several reads; end it with either of the two */
enum err_code book_commit(struct book *b,
    struct err *e) MUST_USE; /* on error nothing was committed, and the transaction is over */
void book_rollback(struct book *b); /* nothing open: does nothing */
bool book_in_tx(const struct book *b);
int64_t book_now(
    const struct book *b); /* of the open write transaction; else the newest committed time */
bool book_is_poisoned(const struct book *b);
void book_poison(
    struct book *b); /* somebody else found damage in the file that this handle did not step on */

/* What a transaction at wall_ms would call now: max(wall_ms, newest committed time). */
int64_t db_clock_floor(const struct book *b, int64_t wall_ms);

/* A new id, later than every id that this handle gave out and than the newest committed time. */
struct uuid book_new_id(struct book *b);
/* A time that is later than every mark and id before it, and never earlier than now: for what is listed in the order in which
 * it happened. It may run ahead of the time. */
int64_t book_new_mark(struct book *b);

/* Pages in the write-ahead log since the last checkpoint. TRUNCATE waits for no reader: ERR_BUSY,
 * and is done later. */
int book_wal_pages(const struct book *b);
enum book_checkpoint { BOOK_CHECKPOINT_PASSIVE, BOOK_CHECKPOINT_TRUNCATE };
enum err_code book_checkpoint(struct book *b, enum book_checkpoint how, struct err *e) MUST_USE;

/* quick: PRAGMA quick_check, else integrity_check; then foreign_key_check. ERR_CORRUPT says the
 * first thing found. */
enum err_code book_verify(struct book *b, bool quick, struct err *e) MUST_USE;

/* Copy one snapshot to path (mode 0600, must not be there yet: ERR_CONFLICT), verify the copy,
 * sync it. Whole or not at all. *bytes may be NULL. */
enum err_code book_backup(struct book *b, const char *path, int64_t *bytes, struct err *e) MUST_USE;

/* foyerd holds the book for hours: is the file at its path still the one that was opened, and did nobody but this handle write
 * to it? ERR_IO says what was found, and the handle is poisoned. book_begin looks by itself. */
enum err_code book_look(struct book *b, struct err *e) MUST_USE;
enum book_place { BOOK_IN_PLACE, BOOK_MOVED, BOOK_WRITTEN };
enum book_place book_place(const struct book *b);

/* Which book it is and how far, to be compared when it is opened again. A commit that failed may have reached the disk all the same. */
struct book_mark {
	int64_t node, rev, tried_rev;
	int64_t file_rev; /* the file alone, without its log, is at least so far; 0: not known */
	struct book_at { /* the file, when its handle last wrote to it */
		dev_t dev;
		ino_t ino;
		off_t size;
		struct timespec written;
	} at;
	enum book_place place;
};
struct book_mark book_mark(const struct book *b);
/* Before anything is opened: does the very file lie there that this handle had? In the place of another one the log that stays beside it would
 * be taken for that one's. ERR_CONFLICT. */
enum err_code book_mark_file(const struct book_mark *m, const char *path, struct err *e) MUST_USE;
/* Node and rev of a file alone, without the log that lies beside it. Nothing is opened for writing, locked or recovered. ERR_NOT_FOUND where they
 * cannot be read. */
enum err_code book_mark_alone(struct book_mark *m, const char *path, struct err *e) MUST_USE;
/* NULL: it is the book of that mark; else what it is. */
const char *book_mark_differs(const struct book *b, const struct book_mark *m);

int64_t book_node(
    const struct book *b); /* this book's owner_node: a random number from its making */
int book_version(const struct book *b); /* user_version of the file */

/* Small facts about the book itself ("demo", "accepted…"), no personal data: name ≤ 64, value ≤
 * 400 bytes. ERR_NOT_FOUND. */
enum err_code book_meta_get(
    struct book *b, const char *name, char *dst, size_t dst_sz, struct err *e) MUST_USE;
enum err_code book_meta_set(
    struct book *b, const char *name, const char *value, struct err *e) MUST_USE;

#endif
