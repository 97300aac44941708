#include "visit/visit.h"

#include <string.h>

static const char *const states[] = {
    [VISIT_EXPECTED] = "expected",
    [VISIT_WAITING] = "waiting",
    [VISIT_INSIDE] = "inside",
    [VISIT_OUT] = "out",
    [VISIT_ENDED] = "ended",
    [VISIT_CANCELLED] = "cancelled",
    [VISIT_REFUSED] = "refused",
};

static const char *const events[] = {
    [VISIT_EV_ARRIVE] = "arrive",
    [VISIT_EV_LEAVE] = "leave",
    [VISIT_EV_APPROVE] = "approve",
    [VISIT_EV_REFUSE] = "refuse",
    [VISIT_EV_CHECKIN] = "checkin",
    [VISIT_EV_CHECKOUT] = "checkout",
    [VISIT_EV_EXTEND] = "extend",
    [VISIT_EV_CANCEL] = "cancel",
    [VISIT_EV_REPRINT] = "reprint",
    [VISIT_EV_RIGHT_END] = "right-end",
    [VISIT_EV_DAY_END] = "day-end",
    [VISIT_EV_LAPSE] = "lapse",
};

static const char *const refusals[] = {
    [VISIT_OK] = "ok",
    [VISIT_NO_TOO_EARLY] = "too-early",
    [VISIT_NO_EXPIRED] = "expired",
    [VISIT_NO_INSIDE] = "already-inside",
    [VISIT_NO_NOT_INSIDE] = "not-inside",
    [VISIT_NO_ENDED] = "ended",
    [VISIT_NO_CANCELLED] = "cancelled",
    [VISIT_NO_REFUSED] = "refused",
    [VISIT_NO_AGREEMENT] = "needs-agreement",
    [VISIT_NO_WAITING] = "waiting",
    [VISIT_NO_TOO_LONG] = "too-long",
    [VISIT_NO_BAD_TIME] = "bad-time",
    [VISIT_NO_ALREADY] = "already",
    [VISIT_NO_STATE] = "wrong-state",
    [VISIT_NO_DOCUMENT] = "no-document",
};

static const char *const waits[] = {
    [VISIT_WAIT_NONE] = "",
    [VISIT_WAIT_NOT_AGREED] = "not-agreed",
    [VISIT_WAIT_APPROVAL] = "needs-approval",
    [VISIT_WAIT_ID] = "id",
    [VISIT_WAIT_TYPE] = "type-gone",
    [VISIT_WAIT_SEE_OUT] = "see-out",
    [VISIT_WAIT_LAPSED] = "lapsed",
};

const char *visit_state_name(enum visit_state s)
{
	return states[s];
}

bool visit_state_parse(enum visit_state *s, const char *word)
{
	for (int i = 0; i < VISIT_STATES; i++) {
		if (strcmp(states[i], word) == 0) {
			*s = (enum visit_state)i;
			return true;
		}
	}
	return false;
}

const char *visit_event_name(enum visit_event ev)
{
	return events[ev];
}

const char *visit_refusal_name(enum visit_refusal r)
{
	return refusals[r];
}

const char *visit_wait_name(enum visit_wait w)
{
	return waits[w];
}
