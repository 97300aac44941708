/*
 * The loop of foyer-camera: pictures from a source to the pipe, at a bounded rate, with one poll(2) for all. It hides the waiting.
 */
#ifndef SCAN_WATCH_H
#define SCAN_WATCH_H

#include "base/clock.h"
#include "scan/look.h"
#include "scan/out.h"
#include "scan/source.h"

/* What the kiosk wants, line by line (camera_wire.h). */
struct orders {
	int fd; /* -1: nobody says any more */
	char line[16];
	size_t n;
};

/* All borrowed for the call. */
struct watch {
	struct source *source;
	struct look *look;
	struct out *out;
	struct clock clock;
	int every_ms; /* at most one picture in this time */
	bool once; /* until a picture in which codes are, or the only one there is */
	struct orders *orders; /* NULL: none come */
};

enum { WATCH_ALIVE_MS = 1000 };

/* While it runs it says "ok" each WATCH_ALIVE_MS. Until nobody reads, or once it is done (ERR_OK), or the source ends (its error), or the pipe cannot be written (ERR_IO). */
enum err_code watch_run(const struct watch *w, struct err *e) MUST_USE;

/* Wait this long, or until nobody reads any more; for who has no source yet. False: nobody reads. */
bool watch_pause(struct out *out, int ms);

#endif
