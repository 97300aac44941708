/* The write-ahead log: folded into the book, and cut where a commit failed. https://sqlite.org/walformat.html */
#include "db/book_private.h"

enum { LOG_HEADER = 32, FRAME_HEADER = 24 };

int book_fold(struct book *b, int mode)
{
	int frames = -1, done = -1;
	int rc = sqlite3_wal_checkpoint_v2(b->db, "main", mode, &frames, &done);
	if (frames >= 0) {
		b->wal_frames = frames;
		/* TRUNCATE leaves no frame; PASSIVE leaves them, copied or not. */
		b->wal_pages = frames > done ? frames - done : 0;
	}
	if (rc == SQLITE_OK &&
	    frames == done) /* within a commit: the one before, now is not yet called committed */
		b->file_rev = b->committed.rev;
	b->poisoned = b->poisoned || book_is_lost(rc, true);
	book_place_take(b);
	return rc;
}

/* A commit that failed at its sync stands in the log all the same, to be read from the page cache, though it may never come to the disk. Whoever opened
 * the book would take it for committed, fold it in, and leave a book that half of it is in should the power go then. Where
 * all frames are in the book, the failed commit may have begun the log anew: then nothing of it counts. A log that cannot be cut stays. */
void book_log_cut(struct book *b)
{
	sqlite3_file *log = NULL;
	if (b->wal_frames < 0 ||
	    sqlite3_file_control(b->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK ||
	    log == NULL || log->pMethods == NULL)
		return;
	sqlite3_int64 keep = 0, size = 0;
	if (b->wal_pages > 0)
		keep = LOG_HEADER + b->wal_frames * (FRAME_HEADER + b->page_sz);
	if (log->pMethods->xFileSize(log, &size) == SQLITE_OK && size > keep)
		(void)log->pMethods->xTruncate(log, keep);
}
