/*
 * A simulated UT0311-L04 door controller: what it remembers, how it answers, whom it lets in. It hides slots and the rules of a swipe.
 *
 * For tests and demos. It shares the codec (access/uhppote_wire.h) with the driver that it is tested against, so the two agree on the wire even
 * where both are wrong: that the codec is right is shown by captured vectors (tests/unit/access) and by an independent client (make
 * interop). Pure but for memory: time is a parameter, sockets are the program's.
 *
 * As on the boards: no authentication; a malformed or foreign request gets silence; success is one bool; a deleted card leaves a marked
 * slot; the clock shows civil time and knows no daylight saving; a time profile that is not there lets in at any hour. Unlike the open
 * simulator this one enforces a card's dates, as the boards do.
 */
#ifndef TESTS_SIM_DOOR_BOARD_H
#define TESTS_SIM_DOOR_BOARD_H

#include <stddef.h>
#include <stdint.h>

#include "access/uhppote_wire.h"

enum { DOOR_BOARD_EVENTS = 1024, DOOR_BOARD_CAPACITY_MAX = 100000 };

enum door_verdict {
	DOOR_GRANTED,
	DOOR_NO_RIGHT,
	DOOR_OUTSIDE_DATES,
	DOOR_OUTSIDE_PROFILE,
	DOOR_UNKNOWN_CARD,
};
const char *door_verdict_name(enum door_verdict v); /* "granted", "unknown-card", … */

struct door_event {
	struct zone_time at;
	uint32_t card;
	int door;
	enum door_verdict verdict;
	bool remote; /* opened over the wire: no card */
};

struct door_board {
	uint32_t serial;
	struct uhppote_card *slots; /* number 0: never used; UHPPOTE_CARD_DELETED */
	size_t n_slots; /* the capacity */
	size_t limit; /* new cards are refused from this many on: the capacity, or less */
	struct uhppote_profile profiles[256]; /* id 0: not there */
	int64_t clock_s; /* shown civil time minus UTC, in seconds */
	bool clock_stuck; /* acknowledges a set-time and does not do it */
	bool cards_stuck; /* acknowledges a delete-card and does not do it */
	struct door_event events[DOOR_BOARD_EVENTS]; /* ring */
	size_t n_events; /* ever */
	uint32_t event_index; /* kept for a client that reads events */
	int64_t
	    unlocked_s[UHPPOTE_DOORS]; /* civil seconds when last opened to somebody; 0: never */
	unsigned changes; /* raised with everything that is remembered */
};

/* now_ms: the true UTC; the board's clock starts right in the process's zone. */
void door_board_init(struct door_board *b, uint32_t serial, size_t capacity, int64_t now_ms);
void door_board_fini(struct door_board *b);

/* Do as the request says. False: the board keeps silent. */
bool door_board_answer(struct door_board *b, const struct uhppote_frame *request, int64_t now_ms,
    struct uhppote_frame *reply);

/* A card before the reader of door 1..4, at the civil time shown; recorded as an event. */
enum door_verdict door_board_swipe(
    struct door_board *b, uint32_t card, int door, const struct zone_time *at);

/* What the board's clock shows. */
struct zone_time door_board_time(const struct door_board *b, int64_t now_ms);
void door_board_clock_right(struct door_board *b, int64_t now_ms);

size_t door_board_count(const struct door_board *b);

#endif
