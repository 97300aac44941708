/*
 * What is this that somebody shows? A scan or a typed code becomes the visit it proves, or a refusal. It hides passes, badges and codes from each
 * other; it changes nothing.
 */
#ifndef DAEMON_DESK_SHOW_H
#define DAEMON_DESK_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "daemon/desk.h"
#include "daemon/request.h"
#include "daemon/server.h"
#include "db/stay.h"
#include "pass/layout.h"

struct desk_shown {
	struct uuid visit;
	bool badge; /* a badge; false: an invitation */
	bool withdrawn; /* a copy that another one replaced */
	enum db_how how;
	enum pass_layout layout;
};

/* *refusal: NULL, or the word of the API ("forged", "unknown-code", …). Times are not judged here: the book knows them better than the pass. */
enum err_code desk_show(struct foyerd *d, const char *text, int64_t now_ms, struct desk_shown *s,
    const char **refusal, struct err *e) MUST_USE;

/* The same at a kiosk, where guessing is counted (guard.h): after too many failures codes and what is no genuine pass are answered "try-reception"; a
 * genuine signature is never held up by somebody else's failures. */
enum err_code desk_show_at(struct request *rq, const char *text, struct desk_shown *s,
    const char **refusal, struct err *e) MUST_USE;

/* Why this proof is none for this visit now, whatever the rules say: "replaced" by a newer copy, "already-inside" for an invitation whose badge ends the stay.
 * NULL: it is good. */
const char *desk_show_stale(const struct desk_shown *s, const struct desk_case *c);

/* The HTTP status of a refusal at a kiosk. */
int desk_refusal_status(const char *word);

/* What a refusal says to staff. */
const char *desk_refusal_text(const char *word);

#endif
