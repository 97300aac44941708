/* foyer's rules for a right, over a driver that only remembers: nothing but the rules is under test here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "access/right.h"

enum { CARD = 10058400 };

/* One card, and what the next verb is to say. */
struct memory {
	struct access_card card;
	int grants, revokes, looks;
	enum err_code grant_says, revoke_says, look_says;
	bool ignores; /* says yes and does nothing */
	bool twists; /* writes something else */
};

static struct access_card card_of(const struct access_grant *g)
{
	struct access_card c = {.there = true, .first = g->first, .last = g->last};
	for (int i = 0; i < g->n_doors; i++)
		c.right[g->doors[i] - 1] = g->profiles[0].id;
	return c;
}

static enum err_code memory_grant(void *state, const struct access_grant *g, struct err *e)
{
	struct memory *m = state;
	m->grants++;
	if (m->grant_says != ERR_OK)
		return err_set(e, m->grant_says, "no grant");
	if (!m->ignores)
		m->card = card_of(g);
	if (m->twists)
		m->card.right[3] = ACCESS_ALWAYS;
	return ERR_OK;
}

static enum err_code memory_revoke(void *state, uint32_t card, struct err *e)
{
	struct memory *m = state;
	assert_int_equal(card, CARD);
	m->revokes++;
	if (m->revoke_says != ERR_OK)
		return err_set(e, m->revoke_says, "no revoke");
	if (!m->ignores)
		m->card.there = false;
	return ERR_OK;
}

static enum err_code memory_read_back(
    void *state, uint32_t card, struct access_card *out, struct err *e)
{
	struct memory *m = state;
	assert_int_equal(card, CARD);
	m->looks++;
	if (m->look_says != ERR_OK)
		return err_set(e, m->look_says, "no look");
	*out = m->card;
	return ERR_OK;
}

static const struct access_driver memory_driver = {
    .name = "memory",
    .grant = memory_grant,
    .revoke = memory_revoke,
    .read_back = memory_read_back,
};

static struct access_controller controller(struct memory *m)
{
	return (struct access_controller){
	    .driver = &memory_driver,
	    .state = m,
	    .conf = {.card_first = CARD,
		.card_last = CARD + 99,
		.profile_first = 100,
		.profile_last = 150},
	};
}

static struct access_grant afternoon(void)
{
	return (struct access_grant){
	    .card = CARD,
	    .doors = {1, 3},
	    .n_doors = 2,
	    .first = {2026, 11, 23},
	    .last = {2026, 11, 24},
	    .fresh = true,
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
		    .to = {17, 30}}},
	    .n_profiles = 2,
	};
}

static void grant__fresh__written_and_read_back(void **state)
{
	(void)state;
	struct memory m = {0};
	struct access_controller c = controller(&m);
	struct access_grant g = afternoon();
	assert_int_equal(access_right_grant(&c, &g, NULL), ERR_OK);
	assert_int_equal(m.grants, 1);
	assert_int_equal(m.looks, 2); /* before and after */
	assert_int_equal(m.card.right[0], 101);
	assert_int_equal(m.card.right[1], 0);
	assert_int_equal(m.card.right[2], 101);
}

static void grant__fresh__repeated(void **state)
{
	(void)state;
	struct access_grant g = afternoon();
	struct memory m = {.card = card_of(&g)};
	struct access_controller c = controller(&m);
	assert_int_equal(access_right_grant(&c, &g, NULL), ERR_OK);
}

static void grant__foreign_card__stays(void **state)
{
	(void)state;
	struct access_grant g = afternoon();
	struct access_card cards[7];
	for (size_t i = 0; i < 7; i++)
		cards[i] = card_of(&g);
	cards[0].right[0] = ACCESS_ALWAYS;
	cards[1].right[1] = 101;
	cards[2].right[2] = 0;
	cards[3].first.day--;
	cards[4].last.year++;
	cards[5].odd = true;
	cards[6] = (struct access_card){.there = true};
	for (size_t i = 0; i < 7; i++) {
		struct memory m = {.card = cards[i]};
		struct access_controller c = controller(&m);
		struct err e = {0};
		assert_int_equal(access_right_grant(&c, &g, &e), ERR_CONFLICT);
		assert_int_equal(m.grants, 0);
		assert_memory_equal(&m.card, &cards[i], sizeof m.card);
	}
}

static void grant__not_fresh__written_over(void **state)
{
	(void)state;
	struct access_grant g = afternoon();
	struct memory m = {.card = card_of(&g)};
	struct access_controller c = controller(&m);
	g.last.day = 25;
	g.fresh = false;
	assert_int_equal(access_right_grant(&c, &g, NULL), ERR_OK);
	assert_int_equal(m.card.last.day, 25);
}

static void grant__never_done_without_read_back(void **state)
{
	(void)state;
	struct access_grant g = afternoon();
	struct err e = {0};
	struct memory m = {.ignores = true};
	struct access_controller c = controller(&m);
	assert_int_equal(access_right_grant(&c, &g, &e), ERR_PROTOCOL);
	m = (struct memory){.twists = true};
	assert_int_equal(access_right_grant(&c, &g, &e), ERR_PROTOCOL);
	m = (struct memory){.grant_says = ERR_NO_SPACE};
	assert_int_equal(access_right_grant(&c, &g, &e), ERR_NO_SPACE);
	m = (struct memory){.look_says = ERR_TIMEOUT};
	assert_int_equal(access_right_grant(&c, &g, &e), ERR_TIMEOUT);
	assert_int_equal(m.grants, 0); /* not known to be free: not written */
	g.fresh = false;
	g.issued = true;
	assert_int_equal(access_right_grant(&c, &g, &e), ERR_TIMEOUT);
	assert_int_equal(m.grants, 1);
}

/* Each change makes the grant one that may not reach the controller. */
static void spoil(struct access_grant *g, int how)
{
	switch (how) {
	case 0: g->card = CARD - 1; break;
	case 1: g->card = CARD + 100; break;
	case 2: g->card = 0; break;
	case 3: g->n_doors = 0; break;
	case 4: g->doors[1] = 5; break;
	case 5: g->doors[0] = 0; break;
	case 6: g->last.day = 22; break;
	case 7: g->first.mon = 13; break;
	case 8: g->n_profiles = 0; break;
	case 9: g->profiles[0].id = 99; break;
	case 10: g->profiles[1].id = g->profiles[0].linked = 151; break;
	case 11: g->profiles[0].linked = 103; break;
	case 12: g->profiles[1].linked = 101; break;
	case 13: g->profiles[1].id = g->profiles[0].linked = 101; break;
	case 14: g->profiles[0].to = g->profiles[0].from; break;
	case 15: g->profiles[0].to.hour = 24; break;
	case 16: g->profiles[1].last.day = 23; break;
	case 17: g->profiles[1].first = (struct access_date){0}; break;
	case 18: g->profiles[0].linked = 0; break;
	case 19: g->n_profiles = ACCESS_PROFILES + 1; break;
	default: break;
	}
}

static void grant__out_of_range__nothing_asked(void **state)
{
	(void)state;
	for (int how = 0; how < 20; how++) {
		struct memory m = {0};
		struct access_controller c = controller(&m);
		struct access_grant g = afternoon();
		struct err e = {0};
		spoil(&g, how);
		assert_int_equal(access_right_grant(&c, &g, &e), ERR_INPUT);
		assert_true(e.msg[0] != '\0');
		assert_int_equal(m.looks + m.grants, 0);
	}
}

static void revoke__done_only_when_gone(void **state)
{
	(void)state;
	struct err e = {0};
	struct memory m = {.card = {.there = true}};
	struct access_controller c = controller(&m);
	assert_int_equal(access_right_revoke(&c, CARD, true, &e), ERR_OK);
	assert_int_equal(access_right_revoke(&c, CARD, true, &e), ERR_OK); /* and again */
	m = (struct memory){.card = {.there = true}, .ignores = true};
	assert_int_equal(access_right_revoke(&c, CARD, true, &e), ERR_PROTOCOL);
	m = (struct memory){.card = {.there = true}, .revoke_says = ERR_TIMEOUT};
	assert_int_equal(access_right_revoke(&c, CARD, true, &e), ERR_TIMEOUT);
	m = (struct memory){.look_says = ERR_UNREACHABLE};
	assert_int_equal(access_right_revoke(&c, CARD, true, &e), ERR_UNREACHABLE);
}

/* A grant that may never have been applied: only what one of ours could have written goes. */
static void revoke__not_issued__foreign_card_stays(void **state)
{
	(void)state;
	struct access_grant g = afternoon();
	struct err e = {0};
	struct memory m = {.card = card_of(&g)};
	struct access_controller c = controller(&m);
	assert_int_equal(access_right_revoke(&c, CARD, false, &e), ERR_OK);
	assert_false(m.card.there);
	struct access_card foreign[3] = {card_of(&g), card_of(&g), card_of(&g)};
	foreign[0].right[0] = ACCESS_ALWAYS;
	foreign[1].right[3] = 2; /* a profile outside our range */
	foreign[2].odd = true;
	for (int i = 0; i < 3; i++) {
		m = (struct memory){.card = foreign[i]};
		assert_int_equal(access_right_revoke(&c, CARD, false, &e), ERR_CONFLICT);
		assert_int_equal(m.revokes, 0);
		g.fresh = false;
		assert_int_equal(access_right_grant(&c, &g, &e), ERR_CONFLICT);
		assert_int_equal(m.grants, 0);
		assert_int_equal(access_right_revoke(&c, CARD, true, &e), ERR_OK);
	}
}

static void revoke__only_our_numbers(void **state)
{
	(void)state;
	static const uint32_t numbers[] = {0, 1, CARD - 1, CARD + 100, 0xffffffff};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct memory m = {.card = {.there = true}};
		struct access_controller c = controller(&m);
		struct err e = {0};
		assert_int_equal(access_right_revoke(&c, numbers[i], true, &e), ERR_INPUT);
		assert_int_equal(m.revokes + m.looks, 0);
	}
}

static void driver__by_name(void **state)
{
	(void)state;
	struct access_controller c;
	struct access_conf conf = {.driver = "wiegand"};
	struct clock clock = clock_system();
	struct err e = {0};
	assert_non_null(access_driver_find("uhppote"));
	assert_null(access_driver_find("UHPPOTE"));
	assert_null(access_driver_find(""));
	assert_int_equal(access_controller_open(&c, &conf, &clock, &e), ERR_CONFIG);
	access_controller_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grant__fresh__written_and_read_back),
	    cmocka_unit_test(grant__fresh__repeated),
	    cmocka_unit_test(grant__foreign_card__stays),
	    cmocka_unit_test(grant__not_fresh__written_over),
	    cmocka_unit_test(grant__never_done_without_read_back),
	    cmocka_unit_test(grant__out_of_range__nothing_asked),
	    cmocka_unit_test(revoke__done_only_when_gone),
	    cmocka_unit_test(revoke__not_issued__foreign_card_stays),
	    cmocka_unit_test(revoke__only_our_numbers),
	    cmocka_unit_test(driver__by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
