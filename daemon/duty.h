/*
 * What time asks of foyerd: rights and days that end, forgetting what is due, signing the journal's
 * head, checkpoints of the write-ahead log, and watching the clock itself. It hides timers and the
 * alarm descriptor.
 */
#ifndef DAEMON_DUTY_H
#define DAEMON_DUTY_H

#include "base/err.h"
#include "daemon/clock_watch.h"
#include "daemon/server.h"

enum {
	DUTY_MINUTE_MS = 60 * 1000,
	DUTY_LATE_MS = 5 * 1000, /* between two looks at what reception must hear of */
	DUTY_HOUR_MS = 3600 * 1000,
	DUTY_IDLE_MS = 200, /* no commit for so long: a checkpoint disturbs nobody */
	DUTY_WAL_IDLE_PAGES = 64, /* worth a checkpoint when idle */
	/* A checkpoint even when not; it takes some 20 ms then, so a crowd comes first. */
	DUTY_WAL_MOST_PAGES = 16000,
	DUTY_PURGE_BATCH = 100,
	DUTY_ENDS_AGAIN_MS = 10 * 1000, /* a visit could not be ended: not at once again */
};

/* Does what fell due while foyerd was away, soon. */
enum err_code duty_new(struct duty **own_u, struct foyerd *d, struct err *e) MUST_USE;
/* Signs the head and checkpoints: the last things before the book is closed. */
void duty_stop(struct duty *u);
void duty_free(struct duty *own_u);

/* The book changed: when is the next end? */
void duty_wake(struct duty *u);
/* A transaction was committed: the log grew. */
void duty_committed(struct duty *u);
/* A transaction found no room on the disk. */
void duty_no_space(struct duty *u);

/* For doctor. */
const struct clock_watch *duty_clock(const struct duty *u);

#endif
