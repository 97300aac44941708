/* The simulated controller: its rules must be the boards', or the tests that lean on it prove nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/sim/door_board.h"
#include "tests/sim/door_event.h"

enum { SERIAL = 405419896, CARD = 10058400, CAPACITY = 4 };

static struct uhppote_frame question(uint8_t fn)
{
	struct uhppote_frame q;
	uhppote_frame_init(&q, fn, SERIAL);
	return q;
}

static bool yes(struct door_board *b, const struct uhppote_frame *q)
{
	struct uhppote_frame a;
	bool ok = false;
	assert_true(door_board_answer(b, q, 0, &a));
	assert_int_equal(uhppote_ok_get(&a, &ok, NULL), ERR_OK);
	return ok;
}

static bool put(struct door_board *b, uint32_t number, uint8_t right)
{
	struct uhppote_card c = {
	    .number = number, .first = {2026, 11, 23}, .last = {2026, 11, 24}, .door = {right}};
	struct uhppote_frame q = question(UHPPOTE_PUT_CARD);
	assert_int_equal(uhppote_card_put(&q, &c, NULL), ERR_OK);
	return yes(b, &q);
}

static bool drop(struct door_board *b, uint32_t number)
{
	struct uhppote_frame q = question(UHPPOTE_DELETE_CARD);
	uhppote_number_put(&q, number);
	return yes(b, &q);
}

static uint32_t number_at(struct door_board *b, uint32_t index)
{
	struct uhppote_frame a, q = question(UHPPOTE_GET_CARD_AT);
	uhppote_number_put(&q, index);
	assert_true(door_board_answer(b, &q, 0, &a));
	return uhppote_number_get(&a);
}

static void profile(struct door_board *b, const struct uhppote_profile *p)
{
	struct uhppote_frame q = question(UHPPOTE_SET_PROFILE);
	assert_int_equal(uhppote_profile_put(&q, p, NULL), ERR_OK);
	assert_true(yes(b, &q));
}

/* A Monday. */
static struct zone_time monday(int hour, int min)
{
	return (struct zone_time){
	    .year = 2026, .mon = 11, .day = 23, .hour = hour, .min = min, .wday = 1};
}

static enum door_verdict swipe(struct door_board *b, struct zone_time at)
{
	return door_board_swipe(b, CARD, 1, &at);
}

static int setup(void **state)
{
	static struct door_board b;
	struct err e;
	assert_int_equal(zone_set("UTC", &e), ERR_OK);
	door_board_init(&b, SERIAL, CAPACITY, 0);
	*state = &b;
	return 0;
}

static int teardown(void **state)
{
	door_board_fini(*state);
	return 0;
}

static void board__cards__slots(void **state)
{
	struct door_board *b = *state;
	for (uint32_t i = 0; i < CAPACITY; i++)
		assert_true(put(b, CARD + i, 1));
	assert_false(put(b, CARD + CAPACITY, 1)); /* full */
	assert_true(put(b, CARD, 2)); /* but not for one that is there */
	assert_true(drop(b, CARD + 1));
	assert_false(drop(b, CARD + 1));
	assert_int_equal(number_at(b, 1), CARD);
	assert_int_equal(number_at(b, 2), UHPPOTE_CARD_DELETED);
	assert_int_equal(door_board_count(b), CAPACITY - 1);
	assert_true(put(b, CARD + CAPACITY, 1)); /* takes the slot */
	assert_int_equal(number_at(b, 2), CARD + CAPACITY);
	struct uhppote_frame a, q = question(UHPPOTE_GET_CARD_AT);
	uhppote_number_put(&q, CAPACITY + 1);
	assert_false(door_board_answer(b, &q, 0, &a)); /* past the end: silence */
}

static void board__silence(void **state)
{
	struct door_board *b = *state;
	struct uhppote_frame a, q;
	uhppote_frame_init(&q, UHPPOTE_GET_CARDS, SERIAL + 1);
	assert_false(door_board_answer(b, &q, 0, &a));
	uhppote_frame_init(&q, UHPPOTE_GET_CARDS, 0);
	assert_false(door_board_answer(b, &q, 0, &a));
	uhppote_frame_init(&q, UHPPOTE_GET_CONTROLLER, 0); /* "who is there?" */
	assert_true(door_board_answer(b, &q, 0, &a));
	assert_int_equal(uhppote_frame_serial(&a), SERIAL);
	for (int fn = 0; fn < 256; fn++) {
		q = question((uint8_t)fn);
		if (fn != 0x30 && fn != 0x32 && fn != 0x50 && fn != 0x52 && fn != 0x58 &&
		    fn != 0x5a && fn != 0x88 && fn != 0x94 && fn != 0x98 && fn != 0x20 &&
		    fn != 0xb0 && fn != 0xb4)
			assert_false(door_board_answer(b, &q, 0, &a));
	}
}

static void board__put_card__what_it_refuses(void **state)
{
	struct door_board *b = *state;
	struct uhppote_frame a, q = question(UHPPOTE_PUT_CARD);
	assert_false(yes(b, &q)); /* all zero */
	uhppote_number_put(&q, CARD);
	assert_false(yes(b, &q)); /* no dates */
	q.b[12] = 0x2a;
	assert_false(door_board_answer(b, &q, 0, &a)); /* not BCD */
	assert_int_equal(door_board_count(b), 0);
}

static void board__clock__shows_civil_time(void **state)
{
	struct door_board *b = *state;
	struct uhppote_frame a, q = question(UHPPOTE_SET_TIME);
	struct zone_time t = {.year = 2026, .mon = 11, .day = 23, .hour = 14}, got;
	assert_int_equal(uhppote_time_put(&q, &t, NULL), ERR_OK);
	assert_true(door_board_answer(b, &q, 1000000, &a));
	got = door_board_time(b, 1000000 + 90 * 60 * 1000);
	assert_int_equal(got.hour * 100 + got.min, 1530);
	assert_int_equal(got.wday, 1);
	b->clock_stuck = true;
	t.year = 2030;
	assert_int_equal(uhppote_time_put(&q, &t, NULL), ERR_OK);
	assert_true(door_board_answer(b, &q, 1000000, &a));
	assert_int_equal(door_board_time(b, 1000000).year, 2026);
}

static void swipe__dates_and_rights(void **state)
{
	struct door_board *b = *state;
	struct zone_time at = monday(12, 0);
	assert_int_equal(swipe(b, at), DOOR_UNKNOWN_CARD);
	assert_true(put(b, CARD, 1));
	assert_int_equal(swipe(b, at), DOOR_GRANTED);
	assert_int_equal(door_board_swipe(b, CARD, 2, &at), DOOR_NO_RIGHT);
	at.day = 22;
	assert_int_equal(swipe(b, at), DOOR_OUTSIDE_DATES);
	at.day = 24;
	at.hour = 23;
	at.min = 59;
	assert_int_equal(swipe(b, at), DOOR_GRANTED);
	at.day = 25;
	assert_int_equal(swipe(b, at), DOOR_OUTSIDE_DATES);
	assert_true(put(b, CARD, 255));
	assert_int_equal(swipe(b, monday(12, 0)), DOOR_NO_RIGHT);
	assert_int_equal(b->n_events, 7);
}

static void swipe__profile__segments_and_weekdays(void **state)
{
	struct door_board *b = *state;
	struct uhppote_profile p = {.id = 29,
	    .first = {2026, 1, 1},
	    .last = {2026, 12, 31},
	    .weekday = {true, true, true, true, true},
	    .segment = {{{8, 0}, {12, 0}}, {{13, 30}, {18, 0}}}};
	profile(b, &p);
	assert_true(put(b, CARD, 29));
	static const struct {
		int hour, min;
		enum door_verdict v;
	} cases[] = {
	    {0, 0, DOOR_OUTSIDE_PROFILE}, /* the third segment is none */
	    {7, 59, DOOR_OUTSIDE_PROFILE},
	    {8, 0, DOOR_GRANTED},
	    {12, 0, DOOR_GRANTED}, /* the last minute counts */
	    {12, 1, DOOR_OUTSIDE_PROFILE},
	    {13, 30, DOOR_GRANTED},
	    {18, 0, DOOR_GRANTED},
	    {18, 1, DOOR_OUTSIDE_PROFILE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(swipe(b, monday(cases[i].hour, cases[i].min)), cases[i].v);
	struct zone_time at = monday(9, 0);
	at.wday = 6;
	assert_int_equal(swipe(b, at), DOOR_OUTSIDE_PROFILE);
	p.last = (struct access_date){2026, 11, 22};
	profile(b, &p);
	assert_int_equal(swipe(b, monday(9, 0)), DOOR_OUTSIDE_PROFILE);
}

static void swipe__profile__linked(void **state)
{
	struct door_board *b = *state;
	struct uhppote_profile p = {.id = 100,
	    .first = {2026, 11, 23},
	    .last = {2026, 11, 23},
	    .weekday = {true, true, true, true, true, true, true},
	    .segment = {{{8, 0}, {9, 0}}},
	    .linked = 101};
	profile(b, &p);
	assert_true(put(b, CARD, 100));
	assert_int_equal(
	    swipe(b, monday(15, 0)), DOOR_GRANTED); /* 101 is not there: as on the boards */
	p = (struct uhppote_profile){.id = 101,
	    .first = p.first,
	    .last = p.last,
	    .weekday = {true},
	    .linked = 100,
	    .segment = {{{14, 0}, {16, 0}}}};
	profile(b, &p); /* and back to 100: a ring ends */
	assert_int_equal(swipe(b, monday(15, 0)), DOOR_GRANTED);
	assert_int_equal(swipe(b, monday(8, 30)), DOOR_GRANTED);
	assert_int_equal(swipe(b, monday(17, 0)), DOOR_OUTSIDE_PROFILE);
}

/* --- events ------------------------------------------------------------------------------ */

static struct uhppote_frame event_at(struct door_board *b, uint32_t index)
{
	struct uhppote_frame a, q = question(DOOR_GET_EVENT);
	uhppote_number_put(&q, index);
	assert_true(door_board_answer(b, &q, 0, &a));
	return a;
}

/* As captured from another simulator of these boards: a door opened over the wire, then get-event and get-status. */
static void event__bytes__as_captured(void **state)
{
	static const uint8_t event[] = {0x17, 0xb0, 0x00, 0x00, 0x78, 0x37, 0x2a, 0x18, 0x01, 0x00,
	    0x00, 0x00, 0x02, 0x01, 0x01, 0x01, 0xea, 0xac, 0xcd, 0xe9, 0x20, 0x26, 0x11, 0x23,
	    0x06, 0x09, 0x29, 0x2c};
	static const uint8_t clock_at_37[] = {0x06, 0x09, 0x30};
	struct door_board *b = *state;
	struct zone_time at = {2026, 11, 23, 6, 9, 29, 1};
	door_event_add(
	    b, &(struct door_event){.at = at, .card = 0xe9cdacea, .door = 1, .remote = true});
	struct uhppote_frame a = event_at(b, 0xffffffff);
	assert_memory_equal(a.b, event, sizeof event);
	for (size_t i = sizeof event; i < sizeof a.b; i++)
		assert_int_equal(a.b[i], 0);

	struct uhppote_frame q = question(UHPPOTE_GET_STATUS);
	at.sec++;
	assert_true(door_board_answer(b, &q, access_civil_s(&at) * 1000, &a));
	assert_int_equal(a.b[1], UHPPOTE_GET_STATUS);
	assert_memory_equal(a.b + 8, event + 8, sizeof event - 8);
	assert_memory_equal(a.b + 37, clock_at_37, sizeof clock_at_37);
	assert_int_equal(a.b[49], 1); /* door 1 is unlocked still */
	assert_memory_equal(a.b + 51, "\x26\x11\x23", 3);
	at.sec += 10;
	assert_true(door_board_answer(b, &q, access_civil_s(&at) * 1000, &a));
	assert_int_equal(a.b[49], 0);
}

static void event__swipes__are_all_there_until_overwritten(void **state)
{
	struct door_board *b = *state;
	struct uhppote_frame a = event_at(b, 0);
	assert_int_equal(uhppote_number_get(&a), 0); /* none yet */
	assert_true(put(b, CARD, 1));
	struct zone_time at = monday(12, 0);
	assert_int_equal(door_board_swipe(b, CARD, 1, &at), DOOR_GRANTED);
	assert_int_equal(door_board_swipe(b, CARD + 1, 4, &at), DOOR_UNKNOWN_CARD);
	a = event_at(b, 1);
	assert_int_equal(a.b[12], 1);
	assert_int_equal(a.b[13], 1);
	assert_int_equal(a.b[27], 0x01);
	a = event_at(b, 2);
	assert_int_equal(a.b[13], 0);
	assert_int_equal(a.b[14], 4);
	assert_int_equal(a.b[27], 0x12);
	a = event_at(b, 3);
	assert_int_equal(uhppote_number_get(&a), 0);
	for (int i = 0; i < DOOR_BOARD_EVENTS; i++)
		(void)door_board_swipe(b, CARD, 1, &at);
	a = event_at(b, 2);
	assert_int_equal(a.b[12], 0xff); /* overwritten */
	a = event_at(b, 0);
	assert_int_equal(uhppote_number_get(&a), 3);
	json_t *list = door_event_list(b, 5);
	assert_int_equal(json_array_size(list), 5);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "index")),
	    DOOR_BOARD_EVENTS + 2);
	json_decref(list);
}

static void event__index_and_open_door(void **state)
{
	struct door_board *b = *state;
	struct uhppote_frame a, q = question(DOOR_SET_EVENT_INDEX);
	uhppote_number_put(&q, 7);
	assert_false(door_board_answer(b, &q, 0, &a)); /* without the magic word: silence */
	memcpy(q.b + 12, "\x55\xaa\xaa\x55", 4);
	assert_true(yes(b, &q));
	assert_false(yes(b, &q)); /* nothing changed */
	q = question(DOOR_GET_EVENT_INDEX);
	assert_true(door_board_answer(b, &q, 0, &a));
	assert_int_equal(uhppote_number_get(&a), 7);
	q = question(DOOR_OPEN);
	uhppote_byte_put(&q, 5);
	assert_false(door_board_answer(b, &q, 0, &a));
	uhppote_byte_put(&q, 3);
	assert_true(yes(b, &q));
	assert_int_equal(event_at(b, 0xffffffff).b[12], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(board__cards__slots, setup, teardown),
	    cmocka_unit_test_setup_teardown(board__silence, setup, teardown),
	    cmocka_unit_test_setup_teardown(board__put_card__what_it_refuses, setup, teardown),
	    cmocka_unit_test_setup_teardown(board__clock__shows_civil_time, setup, teardown),
	    cmocka_unit_test_setup_teardown(swipe__dates_and_rights, setup, teardown),
	    cmocka_unit_test_setup_teardown(swipe__profile__segments_and_weekdays, setup, teardown),
	    cmocka_unit_test_setup_teardown(swipe__profile__linked, setup, teardown),
	    cmocka_unit_test_setup_teardown(event__bytes__as_captured, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		event__swipes__are_all_there_until_overwritten, setup, teardown),
	    cmocka_unit_test_setup_teardown(event__index_and_open_door, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
