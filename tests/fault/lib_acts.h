/*
 * What the desk does, one act at a time, in a house where everybody is in place for it: for tests that let the n-th call of something
 * fail in each. An act may be done again and again: it goes on until it is done, and then it stays as it is.
 */
#ifndef TESTS_FAULT_LIB_ACTS_H
#define TESTS_FAULT_LIB_ACTS_H

#include "tests/fault/lib_day.h"

enum act {
	ACT_INVITE,
	ACT_CHECK_IN, /* with an invitation */
	ACT_WALK_IN,
	ACT_SIGN_OUT,
	ACT_RETURN, /* with the badge */
	ACT_APPROVE, /* a walk-in, by staff: a right, and another badge */
	ACT_RIGHT_END, /* the clock's */
	ACT_DAY_END,
	ACT_PRINT, /* a courier takes a job, and answers */
	ACT_FOLD, /* the log into the book */
};
enum { ACTS = 10 };
const char *act_name(enum act act);

struct acts {
	struct lobby house; /* closed */
	struct told_request requests[ACTS]; /* of the acts that are requests */
};
void acts_new(struct acts *a);

/* Into a copy of the house. */
void acts_enter(struct lobby *l);

/* There. 2xx: it is done; 503: not now; anything else is wrong.
 * *own_text: a request's answer, else NULL. */
int act_do(const struct acts *a, struct lobby *l, enum act act, char **own_text);

/* Is it done, once and wholly? */
bool act_is_done(struct lobby *l, enum act act);

#endif
