/*
 * What happens to one picture: codes are read from it, those that are new are told, and the mosaic is shown, or while a document is wanted its
 * outline alone. Of several passes in view none is told, but that they are several; nobody can know which one is meant. It hides the order of these, and
 * how little is done for a picture like the one before: reading is dear, and a lobby is empty most of the day.
 */
#ifndef SCAN_LOOK_H
#define SCAN_LOOK_H

#include "base/clock.h"
#include "scan/code.h"
#include "scan/image.h"
#include "scan/mosaic.h"
#include "scan/out.h"
#include "scan/outline.h"
#include "scan/seen.h"

struct look {
	struct mosaic_look how;
	/* A camera's pictures: one that differs by noise alone is read only now and then. */
	bool live;
	struct clock clock; /* where live: how long reading takes is measured by it */
	/* The rest is look_init's. */
	struct code_reader *reader;
	struct seen seen;
	bool many; /* several passes were in view, last at many_ms */
	int64_t many_ms;
	bool any; /* a picture was looked at, and all below holds */
	uint64_t hash; /* of the last picture */
	struct mosaic read; /* the last picture that was read, without boxes */
	int since; /* pictures since then */
	struct code_box boxes[CODES_MAX]; /* what was found in it */
	int n;
	struct mosaic now, shown;
	int64_t zone_ms; /* a machine-readable zone is looked for again */
	bool document; /* one is wanted: look_for_document */
	struct outline_finder finder;
	struct camera_outline outline, shown_outline;
	bool outline_shown;
};

/* Fill how, live and clock before or after. */
void look_init(struct look *l);
void look_fini(struct look *l);

/* What is wanted from now on. A change forgets the pictures before it, and what was told of them. */
void look_for_document(struct look *l, bool document);

/* What is in view is new, also what was told of already. */
void look_again(struct look *l);

/* Look at im, which is not empty and may be made smaller, at now_ms (monotonic). out_has_room(out) holds. Errors are out's. */
enum err_code look_at(
    struct look *l, struct image *im, struct out *out, int64_t now_ms, struct err *e) MUST_USE;
/* Show the mosaic, where it changed since it was shown and the pipe is free. look_at does this too; call it when the pipe may have
 * become free. */
enum err_code look_show(struct look *l, struct out *out, struct err *e) MUST_USE;

#endif
