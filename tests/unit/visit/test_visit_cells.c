/* The house rules, every state with every event: what holds whatever the facts. */
#include "visit/visit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "tests/unit/visit/guest.h"

/* Whatever the facts: nobody gets a right who is not authorised, is escorted, or is not let in by this very event; a refusal does nothing; a
 * stay opens only on the way in and closes only on the way out. */
static void visit__every_cell__invariants(void **state)
{
	(void)state;
	static const int64_t times[] = {
	    AT(9, 0), AT(10, 0), AT(11, 0), AT(12, 10), AT(13, 0), AT(25, 0)};
	for (unsigned bits = 0; bits < 1u << 15; bits++) {
		struct visit_facts f = guest(VISIT_EXPECTED);
		f.invited = bits & 1, f.authorised = bits & 2, f.escort = bits & 4,
		f.has_right = bits & 8;
		f.badge_today = bits & 16, f.policy.needs_agreement = bits & 32,
		f.policy.needs_approval = bits & 64;
		f.policy.escort_until_approved = bits & 128, f.policy.escort_always = bits & 256;
		f.policy.door_right = bits & 512, f.policy.type_gone = bits & 16384;
		struct visit_input in = {.agreed = bits & 1024,
		    .disagreed = bits & 2048,
		    .coming_back = bits & 4096,
		    .until_ms = bits & 8192 ? AT(12, 30) : 0};
		for (int s = 0; s < VISIT_STATES; s++)
			for (int ev = 0; ev < VISIT_EVENTS; ev++) {
				f.state = (enum visit_state)s;
				int64_t now = times[(bits + (unsigned)ev) % 6];
				struct visit_decision d =
				    visit_decide(&f, (enum visit_event)ev, &in, now);
				if (d.refusal != VISIT_OK) {
					assert_true(d.state == f.state && !d.stay_open &&
						    !d.stay_close && !d.print && !d.grant &&
						    !d.revoke && !d.authorise && !d.sign);
					continue;
				}
				if (d.grant) {
					assert_true(f.policy.door_right && !d.escort &&
						    (f.authorised || d.authorise));
					assert_int_equal(d.state, VISIT_INSIDE);
					assert_true(d.right_until_ms > now && d.until_ms > now);
					assert_false(d.revoke);
				}
				assert_true(
				    !d.stay_open || !f.policy.type_gone || ev != VISIT_EV_ARRIVE);
				assert_true(!d.stay_open ||
					    (f.state != VISIT_INSIDE && d.state == VISIT_INSIDE));
				assert_true(!d.stay_close ||
					    (f.state == VISIT_INSIDE && d.state != VISIT_INSIDE));
				assert_true(f.state != VISIT_INSIDE || d.state == VISIT_INSIDE ||
					    d.stay_close);
				assert_true(d.state != VISIT_INSIDE || f.state == VISIT_INSIDE ||
					    d.stay_open);
				assert_true((d.state == VISIT_INSIDE && !d.escort) ||
					    !f.has_right || d.revoke);
				assert_true(!d.sign || in.agreed);
			}
	}
}

static bool same(const struct visit_decision *a, const struct visit_decision *b)
{
	return a->refusal == b->refusal && a->state == b->state && a->stay_open == b->stay_open &&
	       a->stay_close == b->stay_close && a->late == b->late && a->escort == b->escort &&
	       a->unauthorise == b->unauthorise && a->authorise == b->authorise &&
	       a->sign == b->sign && a->print == b->print && a->cancel_prints == b->cancel_prints &&
	       a->grant == b->grant && a->revoke == b->revoke && a->tell_host == b->tell_host &&
	       a->ask_host == b->ask_host &&
	       a->tell_visitor_cancelled == b->tell_visitor_cancelled && a->wait == b->wait &&
	       a->settle_wait == b->settle_wait && a->until_ms == b->until_ms &&
	       a->right_until_ms == b->right_until_ms;
}

/* Every cell with every document: nobody comes in unseen where one is asked for; where none is lacking, the answer is that of a type without. */
static void visit__every_cell__document(void **state)
{
	(void)state;
	int no_document = 0, waits = 0;
	for (unsigned bits = 0; bits < 1u << 11; bits++) {
		struct visit_facts f = guest(VISIT_EXPECTED);
		f.authorised = bits & 1, f.escort = bits & 2, f.has_right = bits & 4;
		f.policy.needs_agreement = bits & 8, f.policy.needs_approval = bits & 16;
		f.policy.escort_until_approved = bits & 32;
		f.policy.needs_id = bits & 64, f.id_seen = bits & 128;
		struct visit_input in = {
		    .agreed = bits & 256, .disagreed = bits & 512, .keep_escort = bits & 1024};
		struct visit_facts plain = f;
		plain.policy.needs_id = plain.id_seen = false;
		bool lacks = f.policy.needs_id && !f.id_seen;
		for (int id = VISIT_ID_ABSENT; id <= VISIT_ID_DOUBT; id++)
			for (int s = 0; s < VISIT_STATES; s++)
				for (int e = 0; e < VISIT_EVENTS; e++) {
					enum visit_event ev = (enum visit_event)e;
					f.state = plain.state = (enum visit_state)s;
					in.id = (enum visit_id)id;
					struct visit_decision d = visit_decide(
								  &f, ev, &in, AT(11, 0)),
							      without = visit_decide(
								  &plain, ev, &in, AT(11, 0));
					if (!lacks ||
					    (ev == VISIT_EV_ARRIVE && id == VISIT_ID_GOOD)) {
						assert_true(same(&d, &without));
						continue;
					}
					assert_false(d.stay_open);
					if (d.refusal == VISIT_NO_DOCUMENT) {
						no_document++;
						assert_true(without.stay_open &&
							    (ev == VISIT_EV_APPROVE ||
								ev == VISIT_EV_CHECKIN));
					} else if (d.wait == VISIT_WAIT_ID) {
						waits++;
						assert_true(ev == VISIT_EV_ARRIVE &&
							    d.state == VISIT_WAITING);
					} else {
						assert_true(same(&d, &without));
					}
				}
	}
	assert_true(no_document > 0 && waits > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(visit__every_cell__invariants),
	    cmocka_unit_test(visit__every_cell__document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
