/* The driver against a simulated board in another process: the order of its questions, the clock, and boards that misbehave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "access/uhppote.h"
#include "base/str.h"
#include "tests/sim/door_board.h"
#include "tests/unit/access/peer.h"

enum { CARD = 10058400, CAPACITY = 6, ASKED_MAX = 512, TIMEOUT_MS = 3000 };

/* What a test arranges before the board starts, and what the board tells. */
struct stage {
	int64_t clock_off_s;
	bool clock_stuck, cards_stuck;
	bool time_is_garbage; /* get-time shows no date until it is set */
	uint8_t twisted; /* a profile that reads back otherwise than written */
	uint8_t ok_is_garbage; /* the function whose yes or no is neither */
	uint32_t count_lies; /* get-cards says so many more */
	uint32_t pin; /* of the cards that are there */
	uint32_t cards[CAPACITY]; /* there from the start; UHPPOTE_CARD_DELETED leaves a mark */
	uint8_t asked[ASKED_MAX],
	    about[ASKED_MAX]; /* functions in order, the first byte of their bodies */
	volatile int n_asked;
};

static void furnish(struct door_board *b, const struct stage *s)
{
	struct clock clock = clock_system();
	door_board_init(b, PEER_SERIAL, CAPACITY, clock_wall(&clock));
	b->clock_s += s->clock_off_s;
	b->clock_stuck = s->clock_stuck;
	b->cards_stuck = s->cards_stuck;
	for (int i = 0; i < CAPACITY; i++)
		b->slots[i] = (struct uhppote_card){.number = s->cards[i],
		    .first = {2020, 1, 1},
		    .last = {2020, 1, 1},
		    .pin = s->pin};
}

/* The answer as this stage wants it. */
static void twist(struct stage *s, const struct uhppote_frame *q, struct uhppote_frame *a)
{
	uint8_t fn = uhppote_frame_fn(q);
	if (fn == UHPPOTE_SET_TIME)
		s->time_is_garbage = false;
	if (fn == UHPPOTE_GET_TIME && s->time_is_garbage)
		memset(a->b + 8, 0, 7);
	if (fn == UHPPOTE_GET_PROFILE && uhppote_byte_get(q) == s->twisted)
		a->b[24] = 0x05; /* from five o'clock on */
	if (fn == UHPPOTE_GET_CARDS)
		uhppote_number_put(a, uhppote_number_get(a) + s->count_lies);
	if (fn == s->ok_is_garbage)
		uhppote_byte_put(a, 7);
}

static void script_board(int fd, void *shared)
{
	struct stage *s = shared;
	struct clock clock = clock_system();
	struct door_board b;
	furnish(&b, s);
	for (;;) {
		struct uhppote_frame q, a;
		struct sockaddr_in from;
		peer_get(fd, &q, &from);
		PEER_CHECK(s->n_asked < ASKED_MAX);
		s->about[s->n_asked] = uhppote_byte_get(&q);
		s->asked[s->n_asked++] = uhppote_frame_fn(&q);
		if (!door_board_answer(&b, &q, clock_wall(&clock), &a))
			continue;
		twist(s, &q, &a);
		peer_put(fd, a.b, sizeof a.b, &from);
	}
}

struct scene {
	struct stage *stage;
	struct peer peer;
	void *board;
	struct clock_fake fake;
};

static struct access_conf conf_of(const char *address)
{
	struct access_conf conf = {.serial = PEER_SERIAL,
	    .card_first = CARD,
	    .card_last = CARD + 99,
	    .timeout_ms = TIMEOUT_MS};
	assert_true(str_copy(conf.address, sizeof conf.address, address));
	return conf;
}

static struct scene scene(const struct stage *wanted)
{
	struct scene s = {.stage = peer_shared(sizeof *s.stage)};
	struct err e;
	*s.stage = *wanted;
	assert_int_equal(zone_set("Europe/Berlin", &e), ERR_OK);
	peer_start(&s.peer, script_board, s.stage);
	struct access_conf conf = conf_of(s.peer.address);
	struct clock clock = clock_system();
	assert_int_equal(uhppote_driver.open(&s.board, &conf, &clock, &e), ERR_OK);
	return s;
}

static void scene_end(struct scene *s)
{
	uhppote_driver.close(s->board);
	peer_stop(&s->peer);
}

static struct access_grant three_days(void)
{
	return (struct access_grant){
	    .card = CARD,
	    .doors = {1, 3},
	    .n_doors = 2,
	    .first = {2026, 11, 23},
	    .last = {2026, 11, 25},
	    .profiles = {{.id = 101,
			     .first = {2026, 11, 23},
			     .last = {2026, 11, 23},
			     .from = {14, 0},
			     .to = {23, 59},
			     .linked = 102},
		{.id = 102,
		    .first = {2026, 11, 24},
		    .last = {2026, 11, 24},
		    .from = {0, 0},
		    .to = {23, 59},
		    .linked = 103},
		{.id = 103,
		    .first = {2026, 11, 25},
		    .last = {2026, 11, 25},
		    .from = {0, 0},
		    .to = {17, 30}}},
	    .n_profiles = 3,
	};
}

static int count_asked(const struct scene *s, uint8_t fn)
{
	int n = 0;
	for (int i = 0; i < s->stage->n_asked; i++)
		n += s->stage->asked[i] == fn;
	return n;
}

static void grant__chain__end_first_and_each_read_back(void **state)
{
	(void)state;
	static const uint8_t fns[] = {UHPPOTE_GET_TIME, UHPPOTE_SET_PROFILE, UHPPOTE_GET_PROFILE,
	    UHPPOTE_SET_PROFILE, UHPPOTE_GET_PROFILE, UHPPOTE_SET_PROFILE, UHPPOTE_GET_PROFILE,
	    UHPPOTE_PUT_CARD};
	static const uint8_t ids[] = {0, 103, 103, 102, 102, 101, 101};
	struct scene s = scene(&(struct stage){0});
	struct access_grant g = three_days();
	struct access_card card;
	struct err e = {0};
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_OK);
	assert_int_equal(s.stage->n_asked, (int)sizeof fns);
	assert_memory_equal(s.stage->asked, fns, sizeof fns);
	assert_memory_equal(s.stage->about, ids, sizeof ids);
	assert_int_equal(uhppote_driver.read_back(s.board, CARD, &card, &e), ERR_OK);
	assert_true(card.there && !card.odd);
	assert_int_equal(card.right[0], 101);
	assert_int_equal(card.right[1], 0);
	assert_int_equal(card.right[2], 101);
	assert_int_equal(card.last.day, 25);
	/* The clock was right a moment ago: the next grant does not look. */
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_OK);
	assert_int_equal(count_asked(&s, UHPPOTE_GET_TIME), 1);
	scene_end(&s);
}

static void grant__profile_that_does_not_stick__no_card(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){.twisted = 102});
	struct access_grant g = three_days();
	struct err e = {0};
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_REJECTED);
	assert_int_equal(count_asked(&s, UHPPOTE_PUT_CARD), 0);
	scene_end(&s);
}

static void grant__full(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){.cards = {11, 12, 13, 14, 15, 16}});
	struct access_grant g = three_days();
	struct access_health h;
	struct err e = {0};
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_NO_SPACE);
	assert_non_null(strstr(e.msg, "holds 6"));
	assert_int_equal(uhppote_driver.health(s.board, &h, &e), ERR_OK);
	assert_true(h.full);
	assert_int_equal(uhppote_driver.revoke(s.board, 13, &e), ERR_OK); /* room again */
	assert_int_equal(uhppote_driver.health(s.board, &h, &e), ERR_OK);
	assert_false(h.full);
	assert_int_equal(h.cards, 5);
	assert_string_equal(h.version, "8.92");
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_OK);
	scene_end(&s);
}

static void answers__neither_yes_nor_no(void **state)
{
	(void)state;
	static const uint8_t fns[] = {UHPPOTE_SET_PROFILE, UHPPOTE_PUT_CARD, UHPPOTE_DELETE_CARD};
	for (size_t i = 0; i < sizeof fns; i++) {
		struct scene s = scene(&(struct stage){.ok_is_garbage = fns[i]});
		struct access_grant g = three_days();
		struct err e = {0};
		enum err_code rc = fns[i] == UHPPOTE_DELETE_CARD
				       ? uhppote_driver.revoke(s.board, CARD, &e)
				       : uhppote_driver.grant(s.board, &g, &e);
		assert_int_equal(rc, ERR_PROTOCOL);
		scene_end(&s);
	}
}

static void clock__off__set_right(void **state)
{
	(void)state;
	static const int64_t off[] = {-3600, 7200, -5, 6, 300000000, -600000000};
	for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
		struct scene s = scene(&(struct stage){.clock_off_s = off[i]});
		struct access_health h;
		struct err e = {0};
		assert_int_equal(uhppote_driver.health(s.board, &h, &e), ERR_OK);
		assert_false(h.clock_off);
		assert_in_range(h.clock_offset_ms + 2000, 0, 4000);
		assert_int_equal(count_asked(&s, UHPPOTE_SET_TIME), 1);
		scene_end(&s);
	}
}

static void clock__right__left_alone(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){.clock_off_s = 1});
	struct access_health h;
	struct err e = {0};
	assert_int_equal(uhppote_driver.health(s.board, &h, &e), ERR_OK);
	assert_int_equal(count_asked(&s, UHPPOTE_SET_TIME), 0);
	scene_end(&s);
}

static void clock__stuck__no_right(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){.clock_off_s = 7200, .clock_stuck = true});
	struct access_grant g = three_days();
	struct access_health h;
	struct err e = {0};
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_REFUSED);
	assert_non_null(strstr(e.msg, " s off and stays so"));
	assert_int_equal(
	    count_asked(&s, UHPPOTE_SET_PROFILE) + count_asked(&s, UHPPOTE_PUT_CARD), 0);
	assert_int_equal(uhppote_driver.health(s.board, &h, &e), ERR_OK);
	assert_true(h.clock_off);
	assert_in_range(h.clock_offset_ms, 7198000, 7202000);
	/* A revoke does not wait for a clock. */
	assert_int_equal(uhppote_driver.revoke(s.board, CARD, &e), ERR_OK);
	scene_end(&s);
}

static void clock__shows_no_date__set(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){.time_is_garbage = true});
	struct access_health h;
	struct err e = {0};
	assert_int_equal(uhppote_driver.health(s.board, &h, &e), ERR_OK);
	assert_false(h.clock_off);
	assert_int_equal(count_asked(&s, UHPPOTE_SET_TIME), 1);
	scene_end(&s);
}

/* Ten minutes later a grant looks again. */
static void clock__old_look__looked_again(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){0});
	struct clock real = clock_system();
	struct access_conf conf = conf_of(s.peer.address);
	struct access_grant g = three_days();
	struct err e = {0};
	uhppote_driver.close(s.board);
	conf.timeout_ms =
	    60000; /* the fake's monotonic clock stands still while the driver waits */
	s.fake = (struct clock_fake){.wall_ms = clock_wall(&real), .mono_ms = 0};
	struct clock clock = clock_of_fake(&s.fake);
	assert_int_equal(uhppote_driver.open(&s.board, &conf, &clock, &e), ERR_OK);
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_OK);
	s.fake.mono_ms = 10 * CLOCK_MINUTE;
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_OK);
	assert_int_equal(count_asked(&s, UHPPOTE_GET_TIME), 1);
	s.fake.mono_ms += 1;
	assert_int_equal(uhppote_driver.grant(s.board, &g, &e), ERR_OK);
	assert_int_equal(count_asked(&s, UHPPOTE_GET_TIME), 2);
	scene_end(&s);
}

static void list__ours_by_index(void **state)
{
	(void)state;
	struct scene s =
	    scene(&(struct stage){.cards = {CARD + 5, UHPPOTE_CARD_DELETED, 77, CARD + 100, CARD}});
	struct access_list l;
	struct err e = {0};
	assert_int_equal(uhppote_driver.list(s.board, &l, &e), ERR_OK);
	assert_int_equal(l.count, 4);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.card[0], CARD + 5);
	assert_int_equal(l.card[1], CARD);
	scene_end(&s);
}

static void list__empty(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){0});
	struct access_list l;
	struct err e = {0};
	assert_int_equal(uhppote_driver.list(s.board, &l, &e), ERR_OK);
	assert_int_equal(l.n, 0);
	assert_int_equal(count_asked(&s, UHPPOTE_GET_CARD_AT), 0);
	scene_end(&s);
}

static void list__count_that_lies(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){.cards = {CARD}, .count_lies = 1});
	struct access_list l;
	struct err e = {0};
	assert_int_equal(uhppote_driver.list(s.board, &l, &e), ERR_PROTOCOL);
	scene_end(&s);
}

static void read_back__odd_cards(void **state)
{
	(void)state;
	struct scene s = scene(&(struct stage){.cards = {CARD}});
	struct access_card card;
	struct err e = {0};
	assert_int_equal(uhppote_driver.read_back(s.board, CARD, &card, &e), ERR_OK);
	assert_true(card.there && !card.odd);
	assert_int_equal(uhppote_driver.read_back(s.board, CARD + 1, &card, &e), ERR_OK);
	assert_false(card.there);
	scene_end(&s);
	s = scene(&(struct stage){.cards = {CARD}, .pin = 7531});
	assert_int_equal(uhppote_driver.read_back(s.board, CARD, &card, &e), ERR_OK);
	assert_true(card.there && card.odd);
	scene_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grant__chain__end_first_and_each_read_back),
	    cmocka_unit_test(grant__profile_that_does_not_stick__no_card),
	    cmocka_unit_test(grant__full),
	    cmocka_unit_test(answers__neither_yes_nor_no),
	    cmocka_unit_test(clock__off__set_right),
	    cmocka_unit_test(clock__right__left_alone),
	    cmocka_unit_test(clock__stuck__no_right),
	    cmocka_unit_test(clock__shows_no_date__set),
	    cmocka_unit_test(clock__old_look__looked_again),
	    cmocka_unit_test(list__ours_by_index),
	    cmocka_unit_test(list__empty),
	    cmocka_unit_test(list__count_that_lies),
	    cmocka_unit_test(read_back__odd_cards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
