#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/str.h"
#include "daemon/guard.h"

static void guard__five_failures_in_ten_minutes_block(void **state)
{
	(void)state;
	struct guard *g = guard_new();
	for (int i = 0; i < GUARD_FAILURES; i++) {
		assert_false(guard_blocked(g, "lobby", i * 1000));
		guard_fail(g, "lobby", i * 1000);
	}
	assert_true(guard_blocked(g, "lobby", 5000));
	assert_false(guard_blocked(g, "gate", 5000));
	assert_true(guard_blocked(g, "lobby", GUARD_WINDOW_MS - 1));
	assert_false(guard_blocked(g, "lobby", GUARD_WINDOW_MS));
	guard_free(g);
}

static void guard__slow_failures_do_not_block(void **state)
{
	(void)state;
	struct guard *g = guard_new();
	for (int i = 0; i < 50; i++) {
		guard_fail(g, "lobby", (int64_t)i * GUARD_WINDOW_MS / 4);
		assert_false(guard_blocked(g, "lobby", (int64_t)i * GUARD_WINDOW_MS / 4));
	}
	guard_free(g);
}

static void guard__ten_searches_a_flow(void **state)
{
	(void)state;
	struct guard *g = guard_new();
	struct uuid a = {{1}}, b = {{2}};
	for (int i = 0; i < GUARD_SEARCHES; i++)
		assert_true(guard_host_search(g, "lobby", &a, i));
	assert_false(guard_host_search(g, "lobby", &a, 20));
	assert_true(guard_host_search(g, "lobby", &b, 21));
	guard_free(g);
}

/* Flows cost nothing to make up: the kiosk itself has a share. */
static void guard__new_flows_do_not_help(void **state)
{
	(void)state;
	struct guard *g = guard_new();
	struct random_fake seed = {.state = 7};
	struct random r = random_of_fake(&seed);
	int allowed = 0;
	for (int i = 0; i < 1000; i++) {
		struct uuid flow;
		random_fill(&r, &flow, sizeof flow);
		allowed += guard_host_search(g, "lobby", &flow, i);
	}
	assert_int_equal(allowed, GUARD_KIOSK_SEARCHES);
	struct uuid flow = {{9}};
	assert_true(guard_host_search(g, "lobby", &flow, GUARD_WINDOW_MS + 1000));
	guard_free(g);
}

/* Each has a share of its own, and so has each kiosk. */
static void guard__a_kiosk_cannot_flood(void **state)
{
	(void)state;
	struct guard *g = guard_new();
	int waitings = 0, walk_ins = 0;
	for (int i = 0; i < 1000; i++) {
		waitings += guard_waiting(g, "lobby", 5000 + i);
		walk_ins += guard_walk_in(g, "lobby", 5000 + i);
	}
	assert_int_equal(waitings, GUARD_WAITINGS);
	assert_int_equal(walk_ins, GUARD_WALK_INS);
	assert_true(guard_waiting(g, "gate", 6000));
	assert_true(guard_walk_in(g, "gate", 6000));
	assert_false(guard_waiting(g, "lobby", 5000 + GUARD_WINDOW_MS - 1));
	assert_true(guard_waiting(g, "lobby", 5000 + GUARD_WINDOW_MS));
	assert_true(guard_walk_in(g, "lobby", 5000 + GUARD_WINDOW_MS));
	guard_free(g);
}

static void guard__tells_until_when(void **state)
{
	(void)state;
	struct guard *g = guard_new();
	assert_int_equal(guard_blocked_ms(g, "lobby", 0), 0);
	for (int i = 0; i < GUARD_FAILURES; i++)
		guard_fail(g, "lobby", 1000 + i);
	assert_int_equal(guard_blocked_ms(g, "lobby", 1000), GUARD_WINDOW_MS);
	assert_int_equal(guard_blocked_ms(g, "lobby", 1000 + GUARD_WINDOW_MS - 1), 1);
	assert_int_equal(guard_blocked_ms(g, "lobby", 1000 + GUARD_WINDOW_MS), 0);
	guard_free(g);
}

static void guard__more_kiosks_than_it_holds(void **state)
{
	(void)state;
	struct guard *g = guard_new();
	char name[16];
	for (int i = 0; i < 200; i++) {
		str_print(name, sizeof name, "k%d", i);
		guard_fail(g, name, i);
	}
	/* The ones without a slot share the first. */
	assert_true(guard_blocked(g, "k0", 200));
	assert_false(guard_blocked(g, "k1", 200));
	guard_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(guard__five_failures_in_ten_minutes_block),
	    cmocka_unit_test(guard__slow_failures_do_not_block),
	    cmocka_unit_test(guard__ten_searches_a_flow),
	    cmocka_unit_test(guard__new_flows_do_not_help),
	    cmocka_unit_test(guard__a_kiosk_cannot_flood),
	    cmocka_unit_test(guard__tells_until_when),
	    cmocka_unit_test(guard__more_kiosks_than_it_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
