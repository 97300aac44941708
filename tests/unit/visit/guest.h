/*
 * A visit to decide on. Times are minutes of one day: the visit is 10:00–12:00, the day ends at 24:00.
 */
#ifndef TESTS_UNIT_VISIT_GUEST_H
#define TESTS_UNIT_VISIT_GUEST_H

#include "visit/visit.h"

#define AT(h, m) ((int64_t)((h)*60 + (m)) * 60000)
enum { GRACE = 30 * 60000 };

/* Invited and authorised, of a type with a badge and a door right. */
struct visit_facts guest(enum visit_state s);
/* The same, neither invited nor authorised. */
struct visit_facts walk_in(enum visit_state s);

struct visit_decision decide(
    const struct visit_facts *f, enum visit_event ev, struct visit_input in, int64_t now);

#endif
