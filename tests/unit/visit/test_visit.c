/* The house rules, event by event. Times are minutes of one day: the visit is 10:00–12:00, the day ends at 24:00. */
#include "visit/visit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/unit/visit/guest.h"

static void visit__arrive__invited_gets_everything(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_EXPECTED);
	f.policy.needs_agreement = true;
	struct visit_decision d =
	    decide(&f, VISIT_EV_ARRIVE, (struct visit_input){.agreed = true}, AT(10, 5));
	assert_int_equal(d.refusal, VISIT_OK);
	assert_int_equal(d.state, VISIT_INSIDE);
	assert_true(d.stay_open && d.sign && d.print && d.grant && d.tell_host);
	assert_false(d.escort || d.late || d.ask_host || d.revoke);
	assert_int_equal(d.wait, VISIT_WAIT_NONE);
	assert_int_equal(d.until_ms, AT(12, 0));
	assert_int_equal(d.right_until_ms, AT(12, 30));
}

static void visit__arrive__time_window(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_EXPECTED);
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(9, 29)).refusal,
	    VISIT_NO_TOO_EARLY);
	assert_int_equal(
	    decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(9, 30)).refusal, VISIT_OK);
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(24, 0)).refusal,
	    VISIT_NO_EXPIRED);

	struct visit_decision late =
	    decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(13, 0));
	assert_int_equal(late.refusal, VISIT_OK);
	assert_true(late.late);
	assert_int_equal(late.until_ms, AT(15, 0)); /* keeps its two hours */
	late = decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(23, 0));
	assert_int_equal(late.until_ms, AT(24, 0)); /* never beyond the day */
}

static void visit__arrive__agreement(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_EXPECTED);
	f.policy.needs_agreement = true;
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(10, 0)).refusal,
	    VISIT_NO_AGREEMENT);

	struct visit_decision no =
	    decide(&f, VISIT_EV_ARRIVE, (struct visit_input){.disagreed = true}, AT(10, 0));
	assert_int_equal(no.refusal, VISIT_OK);
	assert_int_equal(no.state, VISIT_WAITING);
	assert_int_equal(no.wait, VISIT_WAIT_NOT_AGREED);
	assert_false(no.stay_open || no.print || no.grant || no.sign || no.tell_host);
}

static void visit__arrive__document(void **state)
{
	(void)state;
	static const struct visit_input none = {0}, good = {.id = VISIT_ID_GOOD},
					doubt = {.id = VISIT_ID_DOUBT};
	struct visit_facts f = guest(VISIT_EXPECTED);
	f.policy.needs_id = true;
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, good, AT(10, 0)).state, VISIT_INSIDE);
	for (int i = 0; i < 2; i++) {
		struct visit_decision d =
		    decide(&f, VISIT_EV_ARRIVE, i == 0 ? none : doubt, AT(10, 0));
		assert_int_equal(d.refusal, VISIT_OK);
		assert_int_equal(d.state, VISIT_WAITING);
		assert_int_equal(d.wait, VISIT_WAIT_ID);
		assert_false(d.stay_open || d.print || d.grant || d.tell_host || d.ask_host);
	}
	/* Once seen, for all of the visit. */
	f.id_seen = true;
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, none, AT(10, 0)).state, VISIT_INSIDE);
	f.state = VISIT_OUT;
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, none, AT(11, 0)).state, VISIT_INSIDE);
	/* What comes before it: the time, the agreement and saying no to it. What was signed stands. */
	f = guest(VISIT_EXPECTED);
	f.policy.needs_id = f.policy.needs_agreement = true;
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, none, AT(9, 0)).refusal, VISIT_NO_TOO_EARLY);
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, good, AT(10, 0)).refusal, VISIT_NO_AGREEMENT);
	assert_int_equal(
	    decide(&f, VISIT_EV_ARRIVE,
		(struct visit_input){.disagreed = true, .id = VISIT_ID_DOUBT}, AT(10, 0))
		.wait,
	    VISIT_WAIT_NOT_AGREED);
	assert_true(
	    decide(&f, VISIT_EV_ARRIVE, (struct visit_input){.agreed = true}, AT(10, 0)).sign);
	/* A good one does not let in whom nobody authorised; a doubtful one is seen to first, and the host is asked meanwhile. */
	f = walk_in(VISIT_EXPECTED);
	f.policy.needs_id = true;
	f.policy.escort_until_approved = false;
	assert_int_equal(decide(&f, VISIT_EV_ARRIVE, good, AT(10, 0)).wait, VISIT_WAIT_APPROVAL);
	struct visit_decision d = decide(&f, VISIT_EV_ARRIVE, doubt, AT(10, 0));
	assert_int_equal(d.wait, VISIT_WAIT_ID);
	assert_true(d.ask_host);
}

static void visit__staff__need_a_look_at_the_document(void **state)
{
	(void)state;
	static const struct visit_input none = {0};
	static const enum visit_event in[] = {VISIT_EV_APPROVE, VISIT_EV_CHECKIN};
	struct visit_facts f = guest(VISIT_WAITING);
	f.policy.needs_id = true;
	for (int i = 0; i < 2; i++) {
		f.id_seen = false;
		assert_int_equal(decide(&f, in[i], none, AT(10, 0)).refusal, VISIT_NO_DOCUMENT);
		f.id_seen = true;
		struct visit_decision d = decide(&f, in[i], none, AT(10, 0));
		assert_int_equal(d.state, VISIT_INSIDE);
		assert_true(d.settle_wait && d.grant);
	}
	f.id_seen = false;
	assert_int_equal(decide(&f, VISIT_EV_REFUSE, none, AT(10, 0)).state, VISIT_REFUSED);
	/* Nobody comes in by an approval ahead of time, nor by one that sends them back to the kiosk. */
	f.policy.needs_agreement = true;
	assert_int_equal(decide(&f, VISIT_EV_APPROVE, none, AT(10, 0)).state, VISIT_EXPECTED);
	f = walk_in(VISIT_EXPECTED);
	f.policy.needs_id = true;
	assert_int_equal(decide(&f, VISIT_EV_APPROVE, none, AT(10, 0)).state, VISIT_EXPECTED);
	assert_int_equal(decide(&f, VISIT_EV_CHECKIN, none, AT(10, 0)).refusal, VISIT_NO_DOCUMENT);
	f.state = VISIT_INSIDE;
	assert_int_equal(decide(&f, VISIT_EV_APPROVE, none, AT(10, 0)).refusal, VISIT_OK);
}

/* Whatever that type asked for is not known any more: each time a person decides, whoever else has authorised them. */
static void visit__type_gone__a_person_lets_in(void **state)
{
	(void)state;
	static const struct visit_input none = {0}, good = {.agreed = true, .id = VISIT_ID_GOOD};
	static const enum visit_event in[] = {VISIT_EV_APPROVE, VISIT_EV_CHECKIN};
	static const enum visit_state from[] = {VISIT_EXPECTED, VISIT_OUT};
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 2; k++) {
			struct visit_facts f = k == 0 ? guest(from[i]) : walk_in(from[i]);
			f.policy.type_gone = true;
			struct visit_decision d = decide(&f, VISIT_EV_ARRIVE, good, AT(10, 0));
			assert_int_equal(d.refusal, VISIT_OK);
			assert_int_equal(d.state, VISIT_WAITING);
			assert_int_equal(d.wait, VISIT_WAIT_TYPE);
			assert_false(d.stay_open || d.print || d.grant || d.tell_host || d.sign);
			assert_true(d.ask_host == !f.authorised);
			assert_int_equal(decide(&f, VISIT_EV_ARRIVE, good, AT(9, 0)).refusal,
			    VISIT_NO_TOO_EARLY);
			assert_int_equal(
			    decide(&f, VISIT_EV_CHECKIN, none, AT(10, 0)).state, VISIT_INSIDE);
		}
	struct visit_facts f = guest(VISIT_WAITING);
	f.policy.type_gone = true;
	for (int i = 0; i < 2; i++) {
		struct visit_decision d = decide(&f, in[i], none, AT(10, 0));
		assert_int_equal(d.state, VISIT_INSIDE);
		assert_true(d.settle_wait);
	}
	assert_int_equal(decide(&f, VISIT_EV_REFUSE, none, AT(10, 0)).state, VISIT_REFUSED);
}

static void visit__arrive__walk_in_is_escorted(void **state)
{
	(void)state;
	struct visit_facts f = walk_in(VISIT_EXPECTED);
	struct visit_decision d =
	    decide(&f, VISIT_EV_ARRIVE, (struct visit_input){.agreed = true}, AT(10, 0));
	assert_int_equal(d.state, VISIT_INSIDE);
	assert_true(d.escort && d.print && d.ask_host);
	assert_false(d.grant || d.tell_host);
	assert_int_equal(d.wait, VISIT_WAIT_APPROVAL);

	/* Where nobody may be escorted, an unauthorised walk-in waits outside. */
	f.policy.escort_until_approved = false;
	d = decide(&f, VISIT_EV_ARRIVE, (struct visit_input){.agreed = true}, AT(10, 0));
	assert_int_equal(d.state, VISIT_WAITING);
	assert_false(d.stay_open || d.grant || d.print);
	assert_true(d.ask_host);
}

static void visit__arrive__escort_always_never_opens_doors(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_EXPECTED);
	f.policy.escort_always = true;
	struct visit_decision d = decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(10, 0));
	assert_true(d.escort);
	assert_false(d.grant);
	d = decide(&f, VISIT_EV_APPROVE, (struct visit_input){0}, AT(10, 0));
	assert_false(d.grant);
}

static void visit__return__signs_nothing_prints_nothing(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_OUT);
	f.badge_today = f.host_told = true;
	struct visit_decision d = decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(11, 0));
	assert_int_equal(d.state, VISIT_INSIDE);
	assert_true(d.stay_open && d.grant);
	assert_false(d.print || d.sign || d.tell_host);
	f.badge_today = false; /* another day mark */
	assert_true(decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(11, 0)).print);
}

static void visit__leave__ends_or_stays_good(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_INSIDE);
	f.has_right = true;
	struct visit_decision d = decide(&f, VISIT_EV_LEAVE, (struct visit_input){0}, AT(11, 0));
	assert_int_equal(d.state, VISIT_ENDED);
	assert_true(d.stay_close && d.revoke && d.cancel_prints);
	d = decide(&f, VISIT_EV_LEAVE, (struct visit_input){.coming_back = true}, AT(11, 0));
	assert_int_equal(d.state, VISIT_OUT);
	assert_true(d.revoke);
	/* After the end there is no coming back. */
	d = decide(&f, VISIT_EV_LEAVE, (struct visit_input){.coming_back = true}, AT(12, 1));
	assert_int_equal(d.state, VISIT_ENDED);
	/* A permission for tomorrow too stays good without asking. */
	f.until_ms = AT(36, 0), f.day_end_ms = AT(48, 0);
	assert_int_equal(
	    decide(&f, VISIT_EV_LEAVE, (struct visit_input){0}, AT(11, 0)).state, VISIT_OUT);
}

static void visit__approve__inside_changes_badge_and_grants(void **state)
{
	(void)state;
	struct visit_facts f = walk_in(VISIT_INSIDE);
	f.escort = f.badge_today = true;
	struct visit_decision d = decide(&f, VISIT_EV_APPROVE, (struct visit_input){0}, AT(11, 0));
	assert_int_equal(d.refusal, VISIT_OK);
	assert_int_equal(d.state, VISIT_INSIDE);
	assert_true(d.authorise && d.print && d.grant && d.settle_wait);
	assert_false(d.escort);
	d = decide(&f, VISIT_EV_APPROVE, (struct visit_input){.keep_escort = true}, AT(11, 0));
	assert_true(d.authorise && d.escort);
	assert_false(d.print || d.grant);
	f.authorised = true, f.escort = false;
	assert_int_equal(decide(&f, VISIT_EV_APPROVE, (struct visit_input){0}, AT(11, 0)).refusal,
	    VISIT_NO_ALREADY);
}

static void visit__approve__waiting(void **state)
{
	(void)state;
	struct visit_facts f = walk_in(VISIT_WAITING);
	struct visit_decision d = decide(&f, VISIT_EV_APPROVE, (struct visit_input){0}, AT(10, 0));
	assert_int_equal(d.state, VISIT_INSIDE);
	assert_true(d.stay_open && d.grant && d.print && d.settle_wait && d.authorise);
	/* What was not signed is still to sign: back to the kiosk. */
	f.policy.needs_agreement = true;
	d = decide(&f, VISIT_EV_APPROVE, (struct visit_input){0}, AT(10, 0));
	assert_int_equal(d.state, VISIT_EXPECTED);
	assert_false(d.stay_open || d.grant);
}

static void visit__refuse_and_cancel(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_EXPECTED);
	struct visit_decision d = decide(&f, VISIT_EV_CANCEL, (struct visit_input){0}, AT(8, 0));
	assert_int_equal(d.state, VISIT_CANCELLED);
	assert_true(d.tell_visitor_cancelled);
	assert_int_equal(
	    decide(&f, VISIT_EV_REFUSE, (struct visit_input){0}, AT(8, 0)).state, VISIT_REFUSED);

	f = guest(VISIT_INSIDE), f.has_right = true;
	for (int i = 0; i < 2; i++) {
		d = decide(&f, i == 0 ? VISIT_EV_CANCEL : VISIT_EV_REFUSE, (struct visit_input){0},
		    AT(11, 0));
		assert_int_equal(d.state, VISIT_INSIDE); /* the muster still counts them */
		assert_true(d.revoke);
		assert_int_equal(d.wait, VISIT_WAIT_SEE_OUT);
		assert_int_equal(d.until_ms, AT(11, 0));
		/* … and once out, they stay out. */
		struct visit_facts g = f;
		g.until_ms = d.until_ms;
		assert_int_equal(
		    decide(&g, VISIT_EV_LEAVE, (struct visit_input){.coming_back = true}, AT(11, 5))
			.state,
		    VISIT_ENDED);
	}
}

static void visit__extend__bounds(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_INSIDE);
	assert_int_equal(decide(&f, VISIT_EV_EXTEND, (struct visit_input){0}, AT(11, 0)).refusal,
	    VISIT_NO_BAD_TIME);
	assert_int_equal(
	    decide(&f, VISIT_EV_EXTEND, (struct visit_input){.until_ms = AT(10, 30)}, AT(11, 0))
		.refusal,
	    VISIT_NO_BAD_TIME);
	assert_int_equal(
	    decide(&f, VISIT_EV_EXTEND, (struct visit_input){.until_ms = AT(20, 1)}, AT(11, 0))
		.refusal,
	    VISIT_NO_TOO_LONG);
	struct visit_decision d =
	    decide(&f, VISIT_EV_EXTEND, (struct visit_input){.until_ms = AT(14, 0)}, AT(11, 0));
	assert_int_equal(d.refusal, VISIT_OK);
	assert_true(d.grant && d.print);
	assert_int_equal(d.right_until_ms, AT(14, 30));
}

static void visit__clock__right_end_and_day_end(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_INSIDE);
	f.has_right = true;
	assert_int_equal(
	    decide(&f, VISIT_EV_RIGHT_END, (struct visit_input){0}, AT(12, 29)).refusal,
	    VISIT_NO_TOO_EARLY);
	struct visit_decision d =
	    decide(&f, VISIT_EV_RIGHT_END, (struct visit_input){0}, AT(12, 30));
	assert_true(d.revoke);
	assert_int_equal(d.state, VISIT_INSIDE);
	d = decide(&f, VISIT_EV_DAY_END, (struct visit_input){0}, AT(24, 0));
	assert_true(d.stay_close);
	assert_int_equal(d.state, VISIT_ENDED);
	assert_int_equal(decide(&f, VISIT_EV_DAY_END, (struct visit_input){0}, AT(23, 59)).refusal,
	    VISIT_NO_TOO_EARLY);
}

static void visit__lapse__over_for_good(void **state)
{
	(void)state;
	static const enum visit_state open[] = {VISIT_EXPECTED, VISIT_WAITING, VISIT_OUT};
	for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
		struct visit_facts f = guest(open[i]);
		struct visit_decision d =
		    decide(&f, VISIT_EV_LAPSE, (struct visit_input){0}, AT(9, 0));
		assert_int_equal(d.state, VISIT_ENDED);
		assert_false(d.stay_close || d.wait != VISIT_WAIT_NONE);
	}
	/* Inside: counted, without a right, and without one after going out. A person's new end gives it back. */
	struct visit_facts f = guest(VISIT_INSIDE);
	f.has_right = true;
	struct visit_decision d = decide(&f, VISIT_EV_LAPSE, (struct visit_input){0}, AT(11, 0));
	assert_int_equal(d.state, VISIT_INSIDE);
	assert_true(d.revoke && !d.stay_close && !d.grant);
	assert_int_equal(d.wait, VISIT_WAIT_LAPSED);
	assert_int_equal(d.until_ms, AT(11, 0));
	f.has_right = false;
	f.until_ms = d.until_ms;
	d = decide(&f, VISIT_EV_LEAVE, (struct visit_input){.coming_back = true}, AT(11, 1));
	assert_int_equal(d.state, VISIT_ENDED);
	d = decide(&f, VISIT_EV_EXTEND, (struct visit_input){.until_ms = AT(12, 0)}, AT(11, 1));
	assert_true(d.grant);
	/* Beyond the wrong clock's end already: that stays. */
	f = guest(VISIT_INSIDE);
	d = decide(&f, VISIT_EV_LAPSE, (struct visit_input){0}, AT(13, 0));
	assert_int_equal(d.until_ms, AT(12, 0));
	static const enum visit_state closed[] = {VISIT_ENDED, VISIT_CANCELLED, VISIT_REFUSED};
	for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
		f = guest(closed[i]);
		d = decide(&f, VISIT_EV_LAPSE, (struct visit_input){0}, AT(9, 0));
		assert_int_not_equal(d.refusal, VISIT_OK);
	}
}

/* Authorised, but with an escort: that holds for every return, and takes the right of who had one. */
static void visit__approve__with_an_escort_stays_so(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_OUT);
	f.escort = true;
	struct visit_decision d = decide(&f, VISIT_EV_ARRIVE, (struct visit_input){0}, AT(11, 0));
	assert_true(d.escort);
	assert_false(d.grant);
	d = decide(&f, VISIT_EV_CHECKIN, (struct visit_input){0}, AT(11, 0));
	assert_true(d.escort && !d.grant);
	f.authorised = false; /* a walk-in's mark goes when staff let them in */
	d = decide(&f, VISIT_EV_CHECKIN, (struct visit_input){0}, AT(11, 0));
	assert_true(!d.escort && d.grant);

	f = guest(VISIT_INSIDE);
	f.has_right = true;
	d = decide(&f, VISIT_EV_APPROVE, (struct visit_input){.keep_escort = true}, AT(11, 0));
	assert_true(d.escort && d.revoke && d.print);
	assert_false(d.grant);
}

/* A badge that brings what could not be given at check-in, and nothing that was not due. */
static void visit__reprint__brings_the_right_that_is_missing(void **state)
{
	(void)state;
	struct visit_facts f = guest(VISIT_INSIDE);
	struct visit_decision d = decide(&f, VISIT_EV_REPRINT, (struct visit_input){0}, AT(11, 0));
	assert_true(d.print && d.cancel_prints && d.grant);
	assert_int_equal(d.right_until_ms, AT(12, 30));
	f.has_right = true;
	d = decide(&f, VISIT_EV_REPRINT, (struct visit_input){0}, AT(11, 0));
	assert_true(d.print);
	assert_false(d.grant || d.revoke);
	f = walk_in(VISIT_INSIDE);
	f.escort = true;
	d = decide(&f, VISIT_EV_REPRINT, (struct visit_input){0}, AT(11, 0));
	assert_true(d.print && d.escort);
	assert_false(d.grant);
	f = guest(VISIT_INSIDE);
	f.policy.door_right = false;
	assert_false(decide(&f, VISIT_EV_REPRINT, (struct visit_input){0}, AT(11, 0)).grant);
}

static void visit__words__parse_back(void **state)
{
	(void)state;
	for (int i = 0; i < VISIT_STATES; i++) {
		enum visit_state s;
		assert_true(visit_state_parse(&s, visit_state_name((enum visit_state)i)));
		assert_int_equal(s, i);
	}
	enum visit_state s;
	assert_false(visit_state_parse(&s, ""));
	assert_false(visit_state_parse(&s, "INSIDE"));
	for (int i = 0; i < VISIT_EVENTS; i++)
		assert_non_null(visit_event_name((enum visit_event)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(visit__arrive__invited_gets_everything),
	    cmocka_unit_test(visit__arrive__time_window),
	    cmocka_unit_test(visit__arrive__agreement),
	    cmocka_unit_test(visit__arrive__document),
	    cmocka_unit_test(visit__staff__need_a_look_at_the_document),
	    cmocka_unit_test(visit__type_gone__a_person_lets_in),
	    cmocka_unit_test(visit__arrive__walk_in_is_escorted),
	    cmocka_unit_test(visit__arrive__escort_always_never_opens_doors),
	    cmocka_unit_test(visit__return__signs_nothing_prints_nothing),
	    cmocka_unit_test(visit__leave__ends_or_stays_good),
	    cmocka_unit_test(visit__approve__inside_changes_badge_and_grants),
	    cmocka_unit_test(visit__approve__waiting),
	    cmocka_unit_test(visit__approve__with_an_escort_stays_so),
	    cmocka_unit_test(visit__refuse_and_cancel),
	    cmocka_unit_test(visit__extend__bounds),
	    cmocka_unit_test(visit__clock__right_end_and_day_end),
	    cmocka_unit_test(visit__lapse__over_for_good),
	    cmocka_unit_test(visit__reprint__brings_the_right_that_is_missing),
	    cmocka_unit_test(visit__words__parse_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
