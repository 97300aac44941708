/*
 * Work that grows with the book, in a `foyerd --read` child with a read-only handle of its own:
 * exports, backups, verification; and the names of people, for asking may block. It hides the child. What is asked goes in by its standard input
 * (names never stand in argv); what it finds comes out by its standard output, as one JSON object
 * or as lines.
 */
#ifndef DAEMON_READER_H
#define DAEMON_READER_H

#include <jansson.h>

#include "base/err.h"
#include "daemon/server.h"
#include "daemon/stream.h"

enum {
	READERS_MOST = 4, /* that read the book */
	/* Beside them, so that no export keeps anybody out: one that asks, one that was killed and
	 * has not ended yet. */
	READERS_NAMES = 2,
	READER_ANSWER_MOST = 256 * 1024,
};

struct readers *readers_new(struct foyerd *d);
/* Kills whoever reads the book. True: nobody does any more. */
bool readers_leave_book(struct readers *rs);
/* Kills what still runs; the loop goes on until readers_none, before readers_free. */
void readers_stop(struct readers *rs);
bool readers_none(const struct readers *rs);
void readers_free(struct readers *own_rs);

/* kind is a word of read.h; takes own_ask. done is called once: with the child's object, or with
 * an error. ERR_BUSY: too many at work. */
struct reader_done {
	void (*fn)(void *arg, const json_t *result, const struct err *why);
	void *arg;
};
enum err_code reader_ask(struct readers *rs, const char *kind, json_t *own_ask,
    const struct reader_done *done, struct err *e) MUST_USE;

/* Whatever was asked for this done.arg: its child is killed, and done is never called. */
void reader_forget(struct readers *rs, const void *arg);

/* The child's lines as a stream (application/x-ndjson); it breaks where the child fails. */
enum err_code reader_stream(struct readers *rs, const char *kind, json_t *own_ask,
    struct stream **own_s, struct err *e) MUST_USE;

#endif
