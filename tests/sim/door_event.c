#include "tests/sim/door_event.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"

/* Offsets of the UT0311-L0x interface; an event stands in a get-event's reply and at the head of a status. */
enum {
	AT_INDEX = 8,
	AT_TYPE = 12,
	AT_GRANTED = 13,
	AT_DOOR = 14,
	AT_DIRECTION = 15,
	AT_CARD = 16,
	AT_TIME = 20,
	AT_REASON = 27,
	AT_CLOCK_TIME = 37,
	AT_RELAYS = 49,
	AT_CLOCK_DATE = 51,
	AT_MAGIC = 12,
	TYPE_SWIPE = 1,
	TYPE_DOOR = 2,
	TYPE_OVERWRITTEN = 0xff,
	DIRECTION_IN = 1,
	REASON_REMOTE = 0x2c,
	TIME_SZ = 32,
};
static const uint32_t magic = 0x55aaaa55, last_event = 0xffffffff;

static uint8_t reason_of(enum door_verdict v)
{
	switch (v) {
	case DOOR_GRANTED: return 0x01;
	case DOOR_NO_RIGHT: return 0x06;
	case DOOR_OUTSIDE_DATES: return 0x06; /* the boards have no reason of its own for it */
	case DOOR_OUTSIDE_PROFILE: return 0x0f;
	case DOOR_UNKNOWN_CARD: return 0x12;
	}
	return 0;
}

static void put_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint8_t bcd(int v)
{
	return (uint8_t)(v / 10 << 4 | v % 10);
}

void door_event_add(struct door_board *b, const struct door_event *v)
{
	b->events[b->n_events++ % DOOR_BOARD_EVENTS] = *v;
	b->changes++;
	if (v->verdict == DOOR_GRANTED && v->door >= 1 && v->door <= UHPPOTE_DOORS)
		b->unlocked_s[v->door - 1] = access_civil_s(&v->at);
}

static size_t oldest_kept(const struct door_board *b)
{
	return b->n_events > DOOR_BOARD_EVENTS ? b->n_events - DOOR_BOARD_EVENTS + 1 : 1;
}

/* Events count from 1. */
static const struct door_event *event_at(const struct door_board *b, size_t index)
{
	return &b->events[(index - 1) % DOOR_BOARD_EVENTS];
}

static void put_event(const struct door_board *b, size_t index, struct uhppote_frame *f)
{
	const struct door_event *v = event_at(b, index);
	put_u32(f->b + AT_INDEX, (uint32_t)index);
	if (index < oldest_kept(b)) {
		f->b[AT_TYPE] = TYPE_OVERWRITTEN;
		return;
	}
	f->b[AT_TYPE] = v->remote ? TYPE_DOOR : TYPE_SWIPE;
	f->b[AT_GRANTED] = v->verdict == DOOR_GRANTED;
	f->b[AT_DOOR] = (uint8_t)v->door;
	f->b[AT_DIRECTION] = DIRECTION_IN;
	put_u32(f->b + AT_CARD, v->card);
	const int t[] = {v->at.year / 100, v->at.year % 100, v->at.mon, v->at.day, v->at.hour,
	    v->at.min, v->at.sec};
	for (int i = 0; i < 7; i++)
		f->b[AT_TIME + i] = bcd(t[i]);
	f->b[AT_REASON] = v->remote ? REASON_REMOTE : reason_of(v->verdict);
}

static void status(const struct door_board *b, int64_t now_ms, struct uhppote_frame *f)
{
	enum { UNLOCKED_S = 5 };
	struct zone_time now = door_board_time(b, now_ms);
	int64_t now_s = access_civil_s(&now);
	if (b->n_events > 0)
		put_event(b, b->n_events, f);
	const int hms[] = {now.hour, now.min, now.sec}, ymd[] = {now.year % 100, now.mon, now.day};
	for (int i = 0; i < 3; i++) {
		f->b[AT_CLOCK_TIME + i] = bcd(hms[i]);
		f->b[AT_CLOCK_DATE + i] = bcd(ymd[i]);
	}
	for (int i = 0; i < UHPPOTE_DOORS; i++) {
		int64_t since = now_s - b->unlocked_s[i];
		if (b->unlocked_s[i] != 0 && since >= 0 && since < UNLOCKED_S)
			f->b[AT_RELAYS] |= (uint8_t)(1 << i);
	}
}

static bool open_door(struct door_board *b, int door, int64_t now_ms)
{
	struct door_event v = {.at = door_board_time(b, now_ms),
	    .door = door,
	    .verdict = DOOR_GRANTED,
	    .remote = true};
	if (door < 1 || door > UHPPOTE_DOORS)
		return false;
	door_event_add(b, &v);
	return true;
}

bool door_event_answer(struct door_board *b, const struct uhppote_frame *q, int64_t now_ms,
    struct uhppote_frame *reply)
{
	uint32_t number = uhppote_number_get(q);
	uint8_t word[4];
	switch (uhppote_frame_fn(q)) {
	case UHPPOTE_GET_STATUS: status(b, now_ms, reply); return true;
	case DOOR_OPEN:
		uhppote_ok_put(reply, true);
		return open_door(b, uhppote_byte_get(q), now_ms);
	case DOOR_GET_EVENT:
		if (number == 0)
			number = (uint32_t)oldest_kept(b);
		else if (number == last_event)
			number = (uint32_t)b->n_events;
		if (number >= 1 && number <= b->n_events)
			put_event(b, number, reply);
		return true;
	case DOOR_SET_EVENT_INDEX:
		put_u32(word, magic);
		if (memcmp(q->b + AT_MAGIC, word, sizeof word) != 0)
			return false;
		uhppote_ok_put(reply, b->event_index != number);
		b->event_index = number;
		return true;
	case DOOR_GET_EVENT_INDEX: uhppote_number_put(reply, b->event_index); return true;
	default: return false;
	}
}

json_t *door_event_list(const struct door_board *b, size_t most)
{
	json_t *all = json_array();
	for (size_t i = b->n_events; i >= oldest_kept(b) && json_array_size(all) < most; i--) {
		const struct door_event *v = event_at(b, i);
		char at[TIME_SZ];
		(void)str_print(at, sizeof at, "%04d-%02d-%02dT%02d:%02d:%02d", v->at.year,
		    v->at.mon, v->at.day, v->at.hour, v->at.min, v->at.sec);
		json_array_append_new(
		    all, json_pack("{s:I, s:s, s:s, s:I, s:i, s:s, s:i}", "index", (json_int_t)i,
			     "at", at, "type", v->remote ? "remote-open" : "swipe", "card",
			     (json_int_t)v->card, "door", v->door, "verdict",
			     door_verdict_name(v->verdict), "reason",
			     v->remote ? REASON_REMOTE : reason_of(v->verdict)));
	}
	return all;
}
