/*
 * What foyerd remembers about a kiosk that guesses or floods: failed scans, host searches, calls for
 * reception, walk-ins. In memory, bounded; a restart forgets, and so does time. mono_ms comes from the monotonic clock. It
 * cannot fail.
 */
#ifndef DAEMON_GUARD_H
#define DAEMON_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/uuid.h"

enum {
	GUARD_FAILURES = 5, /* in GUARD_WINDOW_MS: then the kiosk says "please see reception" */
	GUARD_WINDOW_MS = 10 * 60 * 1000,
	GUARD_SEARCHES = 10, /* a flow */
	GUARD_KIOSK_SEARCHES = 120, /* a kiosk in GUARD_WINDOW_MS: new flows are free to make up */
	GUARD_WAITINGS = 60, /* calls for reception of a kiosk in GUARD_WINDOW_MS */
	GUARD_WALK_INS = 60, /* walk-ins of a kiosk in GUARD_WINDOW_MS */
};

struct guard; /* guard_free */
struct guard *guard_new(void);
void guard_free(struct guard *own_g);

/* A code or pass that nobody knows was shown at this kiosk. */
void guard_fail(struct guard *g, const char *kiosk, int64_t mono_ms);
/* True while the last GUARD_FAILURES failures of this kiosk lie within the window: judge nothing
 * then, answer try-reception. */
bool guard_blocked(const struct guard *g, const char *kiosk, int64_t mono_ms);
/* For how long it will still be so; 0: it is not. */
int64_t guard_blocked_ms(const struct guard *g, const char *kiosk, int64_t mono_ms);
/* Count one call for reception, one walk-in. False when the kiosk has had its share: 429 then. */
bool guard_waiting(struct guard *g, const char *kiosk, int64_t mono_ms);
bool guard_walk_in(struct guard *g, const char *kiosk, int64_t mono_ms);
/* Count one host search. False when the flow or the kiosk has had its share. */
bool guard_host_search(
    struct guard *g, const char *kiosk, const struct uuid *flow, int64_t mono_ms);

#endif
