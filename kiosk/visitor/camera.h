/*
 * foyer-camera as a child: started, listened to, and started again when it dies or says what no camera says. It hides the process. What comes
 * out was checked by scan/camera_wire.
 */
#ifndef KIOSK_VISITOR_CAMERA_H
#define KIOSK_VISITOR_CAMERA_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/text.h"
#include "kiosk/visitor/flow.h"
#include "scan/camera_wire.h"

struct camera {
	char program[TEXT_WORD_SZ], device[PATH_MAX];
	int columns, rows;
	pid_t pid; /* 0: none runs */
	pid_t ending; /* killed, not reaped yet; 0: none */
	int fd; /* its standard output; -1 */
	int orders; /* its standard input; -1 */
	bool document, told; /* document: one is wanted; told: what it was told last */
	bool again; /* camera_again, not told yet */
	int64_t again_ms, backoff_ms;
	struct camera_reader reader;
	struct preview preview;
	char state[CAMERA_WORD_SZ]; /* its last word; "" */
	int64_t stepped_ms,
	    silent_ms; /* the last step; how long it has said nothing, while we listened */
};

/* device "": a camera that is never started. */
void camera_init(struct camera *c, const char *program, const char *device);
void camera_fini(struct camera *c); /* ends the child, and reaps it where it is gone at once */

bool camera_configured(const struct camera *c);
/* Starts the child when it is time to, ends one that looked and has said nothing for three seconds, and reaps one that has ended. Never blocks. */
void camera_step(struct camera *c, int64_t now_ms);
int64_t camera_next_ms(const struct camera *c); /* when camera_step is wanted; INT64_MAX: not */
/* fd is readable: take what is there. Pictures land in c->preview, codes in on_code, without U+0000; NULL: several passes are in
 * view, which are not told, or (document) a symbol that is not for us. document: out of what documents bear (PDF417, a machine-readable zone), which holds no pass. */
typedef void camera_code(void *arg, const char *text, bool document);
void camera_read(struct camera *c, camera_code *on_code, void *arg, int64_t now_ms);
/* What it is to look for from now on. While a document is wanted, no picture of it comes here: outlines land in c->preview. */
void camera_want(struct camera *c, bool document);
/* Tell once more what is in view: nobody took it. */
void camera_again(struct camera *c);
/* For the heartbeat: "ok", "gone", "none". */
const char *camera_health(const struct camera *c);

#endif
