/* Is the book still where it was opened, and ours alone? */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "db/book_private.h"

void book_place_take(struct book *b)
{
	struct stat st;
	if (stat(b->path, &st) != 0)
		return; /* gone already: the next look says so */
	b->at = (struct book_at){
	    .dev = st.st_dev, .ino = st.st_ino, .size = st.st_size, .written = st.st_mtim};
}

enum err_code book_look(struct book *b, struct err *e)
{
	struct stat st;
	enum book_place found = BOOK_IN_PLACE;
	if (stat(b->path, &st) != 0)
		found = errno == ENOENT ? BOOK_MOVED : BOOK_IN_PLACE; /* else: not known to be */
	else if (st.st_dev != b->at.dev || st.st_ino != b->at.ino)
		found = BOOK_MOVED;
	else if ((b->flags & BOOK_RW) != 0 &&
		 (st.st_size != b->at.size || st.st_mtim.tv_sec != b->at.written.tv_sec ||
		     st.st_mtim.tv_nsec != b->at.written.tv_nsec))
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

enum book_place book_place(const struct book *b)
{
	return b->place;
}

struct book_mark book_mark(const struct book *b)
{
	return (struct book_mark){
	    .node = b->node, .rev = b->committed.rev, .tried_rev = b->tried_rev};
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
