/*
 * What was seen of our jobs at CUPS, so that neither a server that keeps no history nor one that begins again makes us print a copy twice. It hides
 * how a job that began anew is told from one that goes on, and the mark: the little of it that the book keeps for the courier after this one
 * (foyer-courier(7)). Pure. For badge/ only.
 */
#ifndef BADGE_RECENT_H
#define BADGE_RECENT_H

#include "badge/cups.h"

enum { BADGE_RECENT = 16 };

struct badge_recent {
	struct badge_ticket ticket;
	bool history_stale; /* as badge_job_judge wants it */
	bool interrupted; /* CUPS ended while it printed, and began again */
	int64_t processing_s; /* since when it was printed, when last looked at; 0: not yet */
	unsigned connection; /* that has seen it being printed; 0: none of ours */
};

/* The last BADGE_RECENT of them. */
struct badge_recents {
	struct badge_recent slots[BADGE_RECENT];
	unsigned n; /* counts on */
};

/* NULL where there is none. Good until the next _add. */
struct badge_recent *badge_recent_find(struct badge_recents *all, const struct badge_ticket *t);
/* mark: what a courier before this one left ("" or anything else that is no mark: nothing). */
struct badge_recent *badge_recent_add(
    struct badge_recents *all, const struct badge_ticket *t, const char *mark);

/* One look at its job, over that connection (badge_cups_connection). */
void badge_recent_look(struct badge_recent *r, const struct badge_job *job, unsigned connection);

/* Never empty: that there is a mark says that CUPS has had the job. Returns dst. */
const char *badge_recent_mark(const struct badge_recent *r, char dst[TEXT_WORD_SZ]);

#endif
