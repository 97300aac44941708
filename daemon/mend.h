/*
 * The book looked after: verified every day with its journal, and after a failed write or a damage that was met closed, opened again and verified,
 * all of it in a child. It hides timers, tries and what was found. Nothing that failed is tried again on the old handle. A journal that does not
 * hold is no damage: nobody can mend it, so service goes on, and it is logged, told to staff as something that waits, and to doctor.
 */
#ifndef DAEMON_MEND_H
#define DAEMON_MEND_H

#include "daemon/server.h"

enum {
	MEND_FIRST_MS = 10 * 60 * 1000, /* until the first check, then a day */
	MEND_DAILY_AGAIN_MS = 60 * 1000, /* a check that came to no end: twice as long each time */
	MEND_DAILY_AGAIN_MOST_MS = 60 * 60 * 1000,
	MEND_AGAIN_MS = 5 * 1000, /* a book that cannot be opened: twice as long each time */
	MEND_AGAIN_MOST_MS = 5 * 60 * 1000,
	MEND_READERS_MS = 50, /* for readers that were told to end */
	MEND_WHY_SZ = 160,
};

struct mend *mend_new(struct foyerd *d);
void mend_free(struct mend *own_m);

/* d->closed was just set. It is cleared when the book is open again, verifies, and takes a write (the journal's "book.reopened");
 * while any of that fails the book stays closed. */
void mend_begin(struct mend *m);

/* For doctor: why the book could not be opened again ("": not tried yet); how the journal is broken ("": it is not, as far as is known). */
const char *mend_why(const struct mend *m);
const char *mend_journal(const struct mend *m);

#endif
