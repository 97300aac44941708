#include "tests/sim/door_board.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "tests/sim/door_event.h"

const char *door_verdict_name(enum door_verdict v)
{
	switch (v) {
	case DOOR_GRANTED: return "granted";
	case DOOR_NO_RIGHT: return "no-right";
	case DOOR_OUTSIDE_DATES: return "outside-dates";
	case DOOR_OUTSIDE_PROFILE: return "outside-profile";
	case DOOR_UNKNOWN_CARD: return "unknown-card";
	}
	return "?";
}

void door_board_init(struct door_board *b, uint32_t serial, size_t capacity, int64_t now_ms)
{
	*b = (struct door_board){
	    .serial = serial,
	    .slots = mem_new(capacity, sizeof *b->slots),
	    .n_slots = capacity,
	    .limit = capacity,
	};
	door_board_clock_right(b, now_ms);
}

void door_board_fini(struct door_board *b)
{
	free(b->slots);
	b->slots = NULL;
}

/* --- the clock: seconds since boot in a real one, an offset here --------------------------------------- */

struct zone_time door_board_time(const struct door_board *b, int64_t now_ms)
{
	time_t t = (time_t)(now_ms / CLOCK_SECOND + b->clock_s);
	struct tm tm;
	if (gmtime_r(&t, &tm) == NULL)
		return (struct zone_time){.year = 2000, .mon = 1, .day = 1, .wday = 6};
	return (struct zone_time){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, tm.tm_wday == 0 ? 7 : tm.tm_wday};
}

static void clock_set(struct door_board *b, const struct zone_time *t, int64_t now_ms)
{
	b->clock_s = access_civil_s(t) - now_ms / CLOCK_SECOND;
}

void door_board_clock_right(struct door_board *b, int64_t now_ms)
{
	struct zone_time now = zone_local(now_ms);
	clock_set(b, &now, now_ms);
}

/* --- cards ------------------------------------------------------------------------------- */

static bool slot_free(const struct uhppote_card *c)
{
	return c->number == 0 || c->number == UHPPOTE_CARD_DELETED;
}

size_t door_board_count(const struct door_board *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n_slots; i++)
		n += !slot_free(&b->slots[i]);
	return n;
}

static struct uhppote_card *card_find(const struct door_board *b, uint32_t number)
{
	if (!uhppote_card_number_valid(number))
		return NULL;
	for (size_t i = 0; i < b->n_slots; i++) {
		if (b->slots[i].number == number)
			return &b->slots[i];
	}
	return NULL;
}

static bool card_put(struct door_board *b, const struct uhppote_card *c)
{
	if (!uhppote_card_number_valid(c->number) || !access_date_valid(c->first) ||
	    !access_date_valid(c->last))
		return false;
	struct uhppote_card *slot = card_find(b, c->number);
	bool room = door_board_count(b) < b->limit;
	for (size_t i = 0; slot == NULL && room && i < b->n_slots; i++) {
		if (slot_free(&b->slots[i]))
			slot = &b->slots[i];
	}
	if (slot == NULL)
		return false;
	*slot = *c;
	if (slot->pin > UHPPOTE_PIN_MAX)
		slot->pin = 0;
	b->changes++;
	return true;
}

static bool card_delete(struct door_board *b, uint32_t number)
{
	struct uhppote_card *c = card_find(b, number);
	if (c == NULL)
		return false;
	if (!b->cards_stuck)
		*c = (struct uhppote_card){.number = UHPPOTE_CARD_DELETED};
	b->changes++;
	return true;
}

/* --- answers ----------------------------------------------------------------------------- */

/* A card, or nothing where there is none: number 0 and all else 0. */
static bool reply_card(struct uhppote_frame *reply, const struct uhppote_card *c)
{
	if (c != NULL && slot_free(c)) {
		uhppote_number_put(reply, c->number);
		return true;
	}
	return c == NULL || uhppote_card_put(reply, c, NULL) == ERR_OK;
}

static bool answer_card(
    struct door_board *b, const struct uhppote_frame *q, struct uhppote_frame *reply)
{
	struct uhppote_card c;
	uint32_t number = uhppote_number_get(q);
	switch (uhppote_frame_fn(q)) {
	case UHPPOTE_PUT_CARD:
		if (uhppote_card_get(q, &c, NULL) != ERR_OK)
			return false;
		uhppote_ok_put(reply, card_put(b, &c));
		return true;
	case UHPPOTE_GET_CARD: return reply_card(reply, card_find(b, number));
	case UHPPOTE_GET_CARD_AT:
		return number >= 1 && number <= b->n_slots &&
		       reply_card(reply, &b->slots[number - 1]);
	case UHPPOTE_DELETE_CARD: uhppote_ok_put(reply, card_delete(b, number)); return true;
	case UHPPOTE_GET_CARDS:
		uhppote_number_put(reply, (uint32_t)door_board_count(b));
		return true;
	default: return false;
	}
}

static bool answer_profile(
    struct door_board *b, const struct uhppote_frame *q, struct uhppote_frame *reply)
{
	struct uhppote_profile p;
	if (uhppote_frame_fn(q) == UHPPOTE_GET_PROFILE) {
		const struct uhppote_profile *mine = &b->profiles[uhppote_byte_get(q)];
		return mine->id == 0 || uhppote_profile_put(reply, mine, NULL) == ERR_OK;
	}
	if (uhppote_profile_get(q, &p, NULL) != ERR_OK)
		return false;
	bool ok = p.id >= UHPPOTE_PROFILE_FIRST && p.id <= UHPPOTE_PROFILE_LAST &&
		  access_date_valid(p.first) && access_date_valid(p.last);
	if (ok) {
		b->profiles[p.id] = p;
		b->changes++;
	}
	uhppote_ok_put(reply, ok);
	return true;
}

static bool answer_time(struct door_board *b, const struct uhppote_frame *q, int64_t now_ms,
    struct uhppote_frame *reply)
{
	struct zone_time t = door_board_time(b, now_ms);
	if (uhppote_frame_fn(q) == UHPPOTE_SET_TIME) {
		if (uhppote_time_get(q, &t, NULL) != ERR_OK)
			return false;
		if (!b->clock_stuck) {
			clock_set(b, &t, now_ms);
			b->changes++;
		}
	}
	return uhppote_time_put(reply, &t, NULL) == ERR_OK;
}

bool door_board_answer(struct door_board *b, const struct uhppote_frame *request, int64_t now_ms,
    struct uhppote_frame *reply)
{
	static const struct uhppote_firmware firmware = {
	    .version = 0x0892, .released = {2018, 11, 5}};
	uint8_t fn = uhppote_frame_fn(request);
	uint32_t serial = uhppote_frame_serial(request);
	if (serial != b->serial && !(serial == 0 && fn == UHPPOTE_GET_CONTROLLER))
		return false;
	uhppote_frame_init(reply, fn, b->serial);
	switch (fn) {
	case UHPPOTE_GET_CONTROLLER: return uhppote_firmware_put(reply, &firmware, NULL) == ERR_OK;
	case UHPPOTE_GET_TIME:
	case UHPPOTE_SET_TIME: return answer_time(b, request, now_ms, reply);
	case UHPPOTE_GET_PROFILE:
	case UHPPOTE_SET_PROFILE: return answer_profile(b, request, reply);
	case UHPPOTE_PUT_CARD:
	case UHPPOTE_GET_CARD:
	case UHPPOTE_GET_CARD_AT:
	case UHPPOTE_DELETE_CARD:
	case UHPPOTE_GET_CARDS: return answer_card(b, request, reply);
	default: return door_event_answer(b, request, now_ms, reply);
	}
}

/* --- a swipe ----------------------------------------------------------------------------- */

static bool profile_allows(const struct uhppote_profile *p, const struct zone_time *at)
{
	struct access_date day = {at->year, at->mon, at->day};
	struct access_minute now = {at->hour, at->min};
	if (access_date_cmp(day, p->first) < 0 || access_date_cmp(day, p->last) > 0 ||
	    !p->weekday[at->wday - 1])
		return false;
	for (int i = 0; i < UHPPOTE_SEGMENTS; i++) {
		struct access_minute none = {0, 0}, from = p->segment[i].from,
				     to = p->segment[i].to;
		if (access_minute_cmp(from, none) == 0 && access_minute_cmp(to, none) == 0)
			continue;
		if (access_minute_cmp(now, from) >= 0 && access_minute_cmp(now, to) <= 0)
			return true;
	}
	return false;
}

/* Any profile of the chain lets in; so does one that is not there, as on the boards. A ring ends where it closes. */
static bool chain_allows(const struct door_board *b, uint8_t id, const struct zone_time *at)
{
	bool seen[256] = {false};
	while (id >= UHPPOTE_PROFILE_FIRST && id <= UHPPOTE_PROFILE_LAST && !seen[id]) {
		seen[id] = true;
		if (b->profiles[id].id == 0 || profile_allows(&b->profiles[id], at))
			return true;
		id = b->profiles[id].linked;
	}
	return false;
}

static enum door_verdict judge(
    const struct door_board *b, uint32_t number, int door, const struct zone_time *at)
{
	struct access_date day = {at->year, at->mon, at->day};
	const struct uhppote_card *c = card_find(b, number);
	if (c == NULL)
		return DOOR_UNKNOWN_CARD;
	uint8_t right = door >= 1 && door <= UHPPOTE_DOORS ? c->door[door - 1] : 0;
	if (right == 0 || right > UHPPOTE_PROFILE_LAST)
		return DOOR_NO_RIGHT;
	if (access_date_cmp(day, c->first) < 0 || access_date_cmp(day, c->last) > 0)
		return DOOR_OUTSIDE_DATES;
	return right == UHPPOTE_ALWAYS || chain_allows(b, right, at) ? DOOR_GRANTED
								     : DOOR_OUTSIDE_PROFILE;
}

enum door_verdict door_board_swipe(
    struct door_board *b, uint32_t card, int door, const struct zone_time *at)
{
	enum door_verdict v = judge(b, card, door, at);
	door_event_add(
	    b, &(struct door_event){.at = *at, .card = card, .door = door, .verdict = v});
	return v;
}
