/*
 * Where pictures come from: a camera, a picture in a file, a folder in which pictures appear. It hides which. A source is opened once and ends when
 * its device goes; whoever wants it back opens another.
 */
#ifndef SCAN_SOURCE_H
#define SCAN_SOURCE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "scan/image.h"

struct source_calls {
	/* poll(2) this for reading; -1: nothing to wait for but time. */
	int (*fd)(const void *self);
	/* Ask for a picture at this time even if fd is quiet; INT64_MAX: no need. */
	int64_t (*due_ms)(const void *self);
	/* The newest picture, if there is one that was not given before (*got). An error ends the source. */
	enum err_code (*picture)(
	    void *self, struct image *im, bool *got, int64_t now_ms, struct err *e);
	void (*free)(void *own_self);
};

struct source {
	const struct source_calls *calls; /* NULL: not open */
	void *self;
	bool live; /* a camera: no two pictures are alike, and people see themselves in it */
	char folder[PATH_MAX]; /* files below are still opened after source_open; "": none */
};

/*
 * Open what lies at path, reading no pixel yet: now_ms is monotonic. ERR_NOT_FOUND: there is nothing. ERR_DENIED. ERR_BUSY: another program
 * has the camera. ERR_UNSUPPORTED: neither a camera that gives pictures we can read, nor a file, nor a folder. ERR_INPUT, ERR_TOO_LONG: no such
 * file can hold a picture. ERR_IO. On failure *s is as if closed.
 */
enum err_code source_open(
    struct source *s, const char *path, int64_t now_ms, struct err *e) MUST_USE;
void source_close(struct source *s);

/* ERR_NOT_FOUND, ERR_DENIED, ERR_BUSY or ERR_IO from errno, with the message "WHAT: reason". */
enum err_code source_errno(struct err *e, const char *what);

#endif
