/*
 * When to try again: t0 + base·step², capped, with a tenth of jitter (OpenSMTPD's way). Pure but
 * for the random tenth.
 */
#ifndef DAEMON_BACKOFF_H
#define DAEMON_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

enum { BACKOFF_MAIL_GIVES_UP_DAYS = 3 };

/* Milliseconds to wait after attempt number `attempts` of a job of this kind. hint_ms: what the
 * courier proposed, 0 none: at least that, within the cap. */
int64_t backoff_ms(const char *kind, int attempts, int64_t hint_ms, const struct random *r);

/* A mail that could not be delivered in three days will not be. Prints and doors never give up. */
bool backoff_is_over(const char *kind, int64_t created_ms, int64_t now_ms);

#endif
