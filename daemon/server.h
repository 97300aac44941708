/*
 * struct foyerd: everything that one running foyerd holds, handed to handlers, duties and couriers.
 * Handlers use conf, book, ring, clock, random, guard, progress and the wake-ups; an id is
 * book_new_id(d->book); the rest is the loop's.
 */
#ifndef DAEMON_SERVER_H
#define DAEMON_SERVER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/random.h"
#include "base/uuid.h"
#include "daemon/proc.h"
#include "pass/key.h"
#include "pass/layout.h"

struct book; /* db/book.h */
struct loop; /* daemon/loop.h */
struct guard; /* daemon/guard.h */
struct progress; /* daemon/progress.h */
struct jobs; /* daemon/jobs.h: the runner and its couriers */
struct duty; /* daemon/duty.h: the clock's work */
struct mend; /* daemon/mend.h: the book verified, and opened again after a failure */
struct http; /* daemon/http.h: sockets and libmicrohttpd */
struct documents; /* daemon/documents.h */
struct readers; /* daemon/reader.h: `foyerd --read` children */

/* What a kiosk last said about itself, in memory, for doctor. */
enum { KIOSK_READERS_SEEN = 4 };
struct kiosk_seen {
	char kiosk[TEXT_WORD_SZ];
	int64_t at_ms; /* 0: never */
	char camera[8], screen[8], size[12];
	struct {
		char name[TEXT_WORD_SZ];
		bool there;
	} readers[KIOSK_READERS_SEEN];
	int n_readers;
	bool has_layout;
	enum pass_layout layout; /* that its last good scan had to be undone from */
};

struct foyerd {
	struct conf *conf;
	unsigned conf_generation; /* raised by every reload */
	struct loop *loop;
	struct book *book;
	struct pass_ring *ring;
	struct pass_signer *head; /* signs the journal's head */
	struct documents *documents; /* NULL: no type asks for one */
	struct clock clock;
	struct random random;
	struct guard *guard;
	struct progress *progress;
	struct jobs *jobs;
	struct duty *duty;
	struct mend *mend;
	struct http *http;
	struct readers *readers;
	struct slow *slow; /* daemon/slow.h: writes that are being worked on */
	struct procs procs;
	bool
	    closed; /* the book is damaged or unreadable: no visitors until it is reopened and verified */
	const char *closed_why; /* while closed; for staff */
	bool stopping;
	char conf_path[PATH_MAX];
	gid_t kiosk_gid; /* whose the kiosks' sockets are; -1: foyerd's own group's */
	const char *keepers; /* keeper.h: DIR, with a folder of locks for each kind; NULL: none */
	struct kiosk_seen seen[CONF_KIOSKS];
};

/* max(wall clock, last committed time): what every decision calls now. */
int64_t foyerd_now(const struct foyerd *d);

/* A transaction of foyerd's own (clock, couriers): begin at foyerd_now; end commits where c is
 * ERR_OK, else rolls back, and returns what became of it. A book that was poisoned is closed:
 * foyerd takes no visitors until it was opened again and verified. */
enum err_code foyerd_begin(struct foyerd *d, struct err *e) MUST_USE;
enum err_code foyerd_end(struct foyerd *d, enum err_code c, struct err *e) MUST_USE;

/* Is the book still in its place, and ours alone? Else it is closed. */
void foyerd_look(struct foyerd *d);

/* After an error of the book: close it if it was poisoned, and begin to mend. */
void foyerd_check(struct foyerd *d);

/* A good scan at this kiosk came through this keyboard layout. */
void foyerd_layout_seen(struct foyerd *d, const char *kiosk, enum pass_layout l);
struct kiosk_seen *foyerd_kiosk_seen(struct foyerd *d, const char *kiosk);

/* Something was committed: look for ready jobs and for what is due next. The server says this
 * after every write itself. */
void foyerd_wake(struct foyerd *d);

#endif
