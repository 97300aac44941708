/*
 * The readers of kiosk.conf, all of them: polled, looked for, and what they said handed on. It hides how many there are.
 */
#ifndef KIOSK_VISITOR_READERS_H
#define KIOSK_VISITOR_READERS_H

#include <poll.h>
#include <stdint.h>

#include "kiosk/visitor/kiosk_conf.h"

struct readers {
	struct reader of[KIOSK_READERS];
	int n;
	char text[READING_TEXT_SZ]; /* as it is handed on */
};

void readers_init(struct readers *r, const struct kiosk_conf *conf);
void readers_fini(struct readers *r);

/* Fill fds[r->n]; one that is not there is passed over by poll(2). */
void readers_pollfds(const struct readers *r, struct pollfd *fds);
/* text: lent for the call; NULL: a scan was lost and should be made once more. */
typedef void readers_scan(void *arg, const char *text);
/* After poll(2): take what is there, open what is not. */
void readers_step(
    struct readers *r, const struct pollfd *fds, readers_scan *on_scan, void *arg, int64_t now_ms);
int64_t readers_due_ms(const struct readers *r); /* when readers_step is wanted; INT64_MAX: not */

#endif
