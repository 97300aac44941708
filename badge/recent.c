#include "badge/recent.h"

#include <stdlib.h>

/* "1795458099", or "1795458099 stale" */
static const char stale[] = " stale";

struct badge_recent *badge_recent_find(struct badge_recents *all, const struct badge_ticket *t)
{
	for (unsigned i = 0; i < BADGE_RECENT; i++) {
		if (str_eq(all->slots[i].ticket.title, t->title) &&
		    str_eq(all->slots[i].ticket.stamp, t->stamp))
			return &all->slots[i];
	}
	return NULL;
}

struct badge_recent *badge_recent_add(
    struct badge_recents *all, const struct badge_ticket *t, const char *mark)
{
	struct badge_recent *r = &all->slots[all->n++ % BADGE_RECENT];
	char *rest = NULL;
	*r = (struct badge_recent){.ticket = *t};
	long long s = strtoll(mark, &rest, 10);
	if (rest != mark && s > 0)
		r->processing_s = s;
	r->history_stale = rest != mark && str_eq(rest, stale);
	return r;
}

/* A cupsd that is killed or restarted prints its jobs from the beginning, also one that was at the printer already. Its processing began anew, and it
 * was not there in between: the one without the other is a printer that was off, or a connection that was idle. A job that waits is of no time yet, or
 * of the time before: only one that is being printed, or was, shows that this server is the one that began it. */
void badge_recent_look(struct badge_recent *r, const struct badge_job *job, unsigned connection)
{
	if (r->interrupted || job->processing_s == 0)
		return;
	if (r->processing_s != 0 && job->processing_s != r->processing_s &&
	    connection != r->connection) {
		r->interrupted = true; /* the mark stays: whoever comes next finds the same */
		return;
	}
	r->processing_s = job->processing_s;
	if (job->state == BADGE_JOB_PROCESSING || !badge_job_alive(job))
		r->connection = connection;
}

const char *badge_recent_mark(const struct badge_recent *r, char dst[TEXT_WORD_SZ])
{
	(void)str_print(
	    dst, TEXT_WORD_SZ, "%lld%s", (long long)r->processing_s, r->history_stale ? stale : "");
	return dst;
}
