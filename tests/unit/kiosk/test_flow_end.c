/* The end of a check-in: how long it stays, and for what. */
#include "kiosk/visitor/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/kiosk/house.h"

static void show(struct stage *s, enum api_badge badge, enum api_doors doors, enum api_host host)
{
	const struct api_progress p = {.badge = badge, .doors = doors, .host = host};
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_PROGRESS, .progress = &p});
}

static void flow__progress__stays_while_the_badge_is_printed(void **state)
{
	struct stage *s = *state;
	stage_to_progress(s);
	stage_wait(s, 14000);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	assert_int_equal(flow_clears_in_s(s->f, s->now), -1);
	show(s, API_BADGE_PRINTED, API_DOORS_OPEN, API_HOST_SENDING);
	stage_wait(s, 10000);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	show(s, API_BADGE_PRINTED, API_DOORS_OPEN, API_HOST_SENT);
	assert_int_equal(flow_clears_in_s(s->f, s->now), 8);
	show(s, API_BADGE_PRINTED, API_DOORS_OPEN, API_HOST_SENT); /* once more is nothing new */
	stage_wait(s, 7900);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	stage_wait(s, 200);
	stage_assert_forgotten(s);
}

static void flow__progress__waits_for_nothing_for_half_a_minute_at_most(void **state)
{
	struct stage *s = *state;
	stage_to_progress(s);
	stage_wait(s, 21900);
	assert_int_equal(flow_clears_in_s(s->f, s->now), -1);
	stage_wait(s, 200);
	assert_int_equal(flow_clears_in_s(s->f, s->now), 8);
	stage_wait(s, 7800);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	stage_wait(s, 200);
	stage_assert_forgotten(s);
}

static void flow__progress__trouble_is_shown_to_its_visitor(void **state)
{
	struct stage *s = *state;
	stage_to_progress(s);
	show(s, API_BADGE_PRINTING, API_DOORS_OPEN, API_HOST_SENT);
	stage_wait(s, 29000);
	show(s, API_BADGE_TROUBLE, API_DOORS_OPEN, API_HOST_SENT);
	stage_wait(s, 29000);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	stage_type(s, "x"); /* who has read it need not wait */
	stage_assert_forgotten(s);
	stage_to_progress(s);
	for (int i = 0; i < 59; i++) { /* a printer that does not know what it wants */
		show(s, i % 2 ? API_BADGE_TROUBLE : API_BADGE_PRINTING, API_DOORS_OPEN,
		    API_HOST_SENT);
		assert_int_equal(s->f->screen, FLOW_PROGRESS);
		stage_wait(s, 1000);
	}
	stage_wait(s, 1100);
	stage_assert_forgotten(s);
}

static void flow__progress__doors_that_nobody_has_are_not_waited_for(void **state)
{
	struct stage *s = *state;
	stage_to_progress(s);
	s->f->info->doors = false;
	show(s, API_BADGE_PRINTED, API_DOORS_PENDING, API_HOST_SENT);
	assert_int_equal(flow_clears_in_s(s->f, s->now), 8);
	show(s, API_BADGE_PRINTED, API_DOORS_TROUBLE, API_HOST_NONE);
	stage_wait(s, 8100);
	stage_assert_forgotten(s);
}

static void flow__progress__a_key_frees_it_but_not_at_once(void **state)
{
	struct stage *s = *state;
	stage_to_progress(s);
	stage_press(s, "Enter"); /* held too long */
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	stage_wait(s, 1000);
	stage_type(s, "x");
	stage_assert_forgotten(s);
}

#define STAGED(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    STAGED(flow__progress__stays_while_the_badge_is_printed),
	    STAGED(flow__progress__waits_for_nothing_for_half_a_minute_at_most),
	    STAGED(flow__progress__trouble_is_shown_to_its_visitor),
	    STAGED(flow__progress__doors_that_nobody_has_are_not_waited_for),
	    STAGED(flow__progress__a_key_frees_it_but_not_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
