/*
 * The shape of a door right: which time profiles say "from this day until that quarter of an hour", for controllers whose cards
 * know only days (../access speaks to them). It hides the cut at midnight.
 *
 * A right from now until `until`: the last day is open from 00:00 to the quarter hour at or after `until`; days before it, if there are any, are open whole
 * and linked to the last. So a stay over midnight does not open the next evening, and every right of one first day and one end shares the
 * same profiles. Times are the site's own (base/zone).
 */
#ifndef VISIT_RIGHT_H
#define VISIT_RIGHT_H

#include <stdint.h>

#include "base/zone.h"

enum { RIGHT_DATE_SZ = 11, RIGHT_HHMM_SZ = 6, RIGHT_PROFILES = 2 };

struct right_profile {
	char first[RIGHT_DATE_SZ], last[RIGHT_DATE_SZ]; /* 2026-11-23 */
	char from[RIGHT_HHMM_SZ], to[RIGHT_HHMM_SZ]; /* 00:00, 23:59 */
};

struct right {
	char first[RIGHT_DATE_SZ], last[RIGHT_DATE_SZ]; /* the card's own days */
	/* profiles[0] is the card's, each links to the next; a controller must learn the last one first. */
	struct right_profile profiles[RIGHT_PROFILES];
	int n;
	int64_t end_ms; /* when the destination itself stops honouring it */
};

struct right right_of(int64_t from_ms, int64_t until_ms);

#endif
