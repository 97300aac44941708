/*
 * What is this that somebody shows? A scan or a typed code becomes the visit it proves, or a refusal. It hides passes, badges and codes from each
 * other; it changes nothing.
 */
#ifndef DAEMON_DESK_SHOW_H
#define DAEMON_DESK_SHOW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
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

/* A refusal that looks like guessing, and counts. */
bool desk_show_is_guess(const char *refusal);

/* What a refusal says to staff. */
const char *desk_refusal_text(const char *word);

#endif
