/*
 * A progress token that foyerd does not know any more, because it was started again: found in the answer that it was
 * given out in, and told what the book knows of the visit by now. It hides where that stands.
 */
#ifndef DAEMON_DESK_PROGRESS_H
#define DAEMON_DESK_PROGRESS_H

#include "base/err.h"
#include "daemon/server.h"

/* The token counts again for what is left of its ten minutes. actor: who asks; a token is good for the one who was given it.
 * ERR_NOT_FOUND: nobody was, or the visit has a newer one. */
enum err_code desk_progress_restore(
    struct foyerd *d, const char *actor, const char *token, struct err *e) MUST_USE;

#endif
