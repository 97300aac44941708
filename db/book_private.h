/*
 * What struct book is made of, for db/ alone.
 */
#ifndef DB_BOOK_PRIVATE_H
#define DB_BOOK_PRIVATE_H

#include <limits.h>
#include <sqlite3.h>

#include "db/book.h"
#include "db/statement.h"

enum book_tx { BOOK_TX_NONE, BOOK_TX_READ, BOOK_TX_WRITE };

/* The three counters of meta, which a transaction changes in memory and its commit writes down. */
struct book_counters {
	int64_t rev; /* raised on each row written */
	int64_t last_ms; /* decision clock */
	int64_t next_number; /* of the next visit */
	int64_t id_ms; /* newest time of an id or a mark, where that ran ahead of last_ms */
};

struct book {
	sqlite3 *db;
	sqlite3_stmt *st[STATEMENT_COUNT];
	char path[PATH_MAX];
	unsigned flags;
	enum book_tx tx;
	bool poisoned;
	int wal_pages; /* in the log, and not in the book yet */
	int64_t wal_frames; /* in the log; -1: not known yet */
	int64_t page_sz;
	int changes; /* sqlite3_total_changes when the transaction began */
	int64_t node;
	struct book_counters now, committed;
	int64_t tried_rev; /* of the last commit, whatever became of it */
	int64_t file_rev; /* what the last whole checkpoint brought into the file */
	struct book_at at;
	enum book_place place;
	struct random random;
	struct uuid_gen ids;
};

/* Turn an SQLite result into an error; poisons the handle where a write failed in a way that must
 * not be tried again. */
enum err_code book_error(struct book *b, int rc, const char *doing, struct err *e);
bool book_is_lost(int rc, bool writing);
/* After every write to the file itself: the opening, and each checkpoint. */
void book_place_take(struct book *b);
/* sqlite3_wal_checkpoint_v2, whose answer it is; knows afterwards what is in the log, and whether the handle must not be used any more. */
int book_fold(struct book *b, int mode);
/* A poisoned handle, before it is closed: what was not committed goes from the log. */
void book_log_cut(struct book *b);
/* The counters as they are committed. */
enum err_code book_read_counters(struct book *b, struct err *e) MUST_USE;
/* book_error without a handle. */
enum err_code book_sqlite_error(sqlite3 *db, int rc, const char *doing, struct err *e);

/* Connection settings that every handle of ours gets. */
enum err_code book_harden(sqlite3 *db, struct err *e) MUST_USE;

#endif
