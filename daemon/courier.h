/*
 * One courier: a long-lived child for one destination, that takes one job line at a time and
 * answers one line. It hides pipes, lines, deadlines, death and restart. foyer-courier(7) describes
 * the lines.
 *
 *   down → starting (its first line was sent) → idle ⇄ busy
 *   any → ending (killed, not reaped yet) → down
 *
 * A courier that dies, answers nonsense or takes too long is killed; only when it was reaped,
 * `died` is called, and it is started again after a backoff (1 s, doubled up to a minute; a "ready"
 * resets it).
 */
#ifndef DAEMON_COURIER_H
#define DAEMON_COURIER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "base/text.h"
#include "base/uuid.h"
#include "daemon/loop.h"
#include "daemon/proc.h"
#include "db/book.h"

enum {
	COURIER_LINE_MOST = 64 * 1024,
	COURIER_LINE_NOTIFY = 256 * 1024,
	/* From its start to "ready", and for a job, unless its destination asks for more. */
	COURIER_READY_MS = 30 * 1000,
	COURIER_JOB_MS = 60 * 1000,
	COURIER_BACKOFF_MS = 1000,
	COURIER_BACKOFF_MOST_MS = 60 * 1000,
};

enum courier_state { COURIER_DOWN, COURIER_STARTING, COURIER_IDLE, COURIER_BUSY, COURIER_ENDING };

struct courier;

struct courier_owner {
	void (*idle)(void *arg, struct courier *c);
	/* The answer to the line that was sent. Borrowed. */
	void (*answer)(void *arg, struct courier *c, const json_t *result);
	/* Reaped. busy: it had a line and did not answer it. asked: somebody had told it to end. */
	void (*died)(void *arg, struct courier *c, bool busy, bool asked);
	void *arg;
};

struct courier {
	enum courier_kind kind;
	char name[TEXT_WORD_SZ];
	char destination[DB_DESTINATION_SZ]; /* "print:lobby" */
	enum courier_state state;
	bool wanted; /* started again when it ended; false: it is being taken away */
	char reason[TEXT_REASON_SZ]; /* why it is down, as it said; "" */
	int64_t down_ms; /* monotonic: since when it takes no line; 0: it does, or has one */
	struct uuid job; /* of the line it has; nil for a check */
	/* inside */
	struct loop *loop;
	struct procs *procs;
	struct courier_owner owner;
	json_t *own_conf;
	char *own_hello; /* its first line */
	int64_t ready_ms, job_ms;
	struct proc proc;
	struct loop_source in, out, err;
	struct loop_timer deadline, restart;
	struct str_buf to, from, log;
	int64_t backoff_ms;
	bool ended_asked; /* we told it to end */
	bool refused; /* it said that it is not ready */
	bool dying; /* reaped; its last words are being read */
};

struct courier_new {
	struct loop *loop;
	struct procs *procs;
	enum courier_kind kind;
	const char *name;
	json_t *own_conf; /* its section */
	/* After so long without being ready, without an answer to a line, it is killed. */
	int64_t ready_ms, job_ms;
	const char *run; /* folder for its lock */
	struct courier_owner owner;
};
/* Not started yet. */
struct courier *courier_new(const struct courier_new *n);
void courier_start(struct courier *c);
/* Whether its section is this one. */
bool courier_has_conf(const struct courier *c, const json_t *conf);

/* One line to an idle courier; takes own_line, which gets "job" from id. ERR_TOO_LONG. */
enum err_code courier_send(
    struct courier *c, const struct uuid *id, json_t *own_line, struct err *e) MUST_USE;

/* EOF: finish and exit. It is not started again. */
void courier_finish(struct courier *c);
void courier_kill(struct courier *c);
bool courier_ended(const struct courier *c);

/* Only when it ended. */
void courier_free(struct courier *own_c);

#endif
