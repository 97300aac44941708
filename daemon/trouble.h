/*
 * What a courier says about trouble, cleaned and bounded, and what staff are told while it says nothing at all. Pure.
 */
#ifndef DAEMON_TROUBLE_H
#define DAEMON_TROUBLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum { TROUBLE_SILENT_MS = 3000 }; /* nobody is alarmed by less */

struct trouble {
	char class[TEXT_WORD_SZ]; /* "": none */
	char reason[TEXT_REASON_SZ], remedy[TEXT_REASON_SZ];
	bool blocks; /* nothing else can be done at this destination either */
	char mark[TEXT_WORD_SZ]; /* what the courier wants back with the job; "": says nothing */
};

/* class, reason, remedy, blocks and mark of a courier's answer. */
void trouble_take(struct trouble *t, const json_t *result);

/* A destination ("notify:mail") whose courier has been at one job for so long. */
void trouble_silent(struct trouble *t, const char *destination, int64_t ms);

/* A destination whose courier does not run; why: as it said itself, or "". */
void trouble_down(struct trouble *t, const char *destination, const char *why);

/* The same as a courier would have answered a check: json_decref. */
json_t *trouble_check(const struct trouble *t);

#endif
