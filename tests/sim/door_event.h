/*
 * What the simulated controller remembers of its doors, and how it tells: get-status, open-door, get-event, the event index. It hides an event's
 * bytes, which foyer's own driver never reads. Pure but for the board.
 */
#ifndef TESTS_SIM_DOOR_EVENT_H
#define TESTS_SIM_DOOR_EVENT_H

#include <jansson.h>

#include "tests/sim/door_board.h"

enum door_event_fn { /* request body → reply body */
	DOOR_OPEN = 0x40, /* byte (door 1..4; any other: silence) → ok */
	DOOR_GET_EVENT =
	    0xb0, /* number (0: the oldest kept, 0xffffffff: the last) → event (number 0: none) */
	DOOR_SET_EVENT_INDEX = 0xb2, /* number, then the magic word → ok (changed) */
	DOOR_GET_EVENT_INDEX = 0xb4, /* none → number */
	/* and UHPPOTE_GET_STATUS: none → the last event, the clock, which doors are unlocked */
};

void door_event_add(struct door_board *b, const struct door_event *v);

/* False: silence, or another function. */
bool door_event_answer(struct door_board *b, const struct uhppote_frame *request, int64_t now_ms,
    struct uhppote_frame *reply);

/* [{"index", "at", "type": "swipe" | "remote-open", "card", "door", "verdict", "reason"}], the newest first, at most so many: json_decref. */
json_t *door_event_list(const struct door_board *b, size_t most);

#endif
