/*
 * What foyerd can say about its own house without asking a courier: configuration, keys, book,
 * disk, clock, kiosks.
 */
#ifndef DAEMON_DOCTOR_H
#define DAEMON_DOCTOR_H

#include <jansson.h>

#include "daemon/server.h"

enum doctor_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

/* Append {"name","state","text","remedy"}. */
void doctor_say(
    json_t *checks, const char *name, enum doctor_state s, const char *text, const char *remedy);

void doctor_house(const struct foyerd *d, json_t *checks);

/* The book's name for when it was last verified (milliseconds). */
#define DOCTOR_META_VERIFIED "verified_ms"

#endif
