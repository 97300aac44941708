#include "tests/unit/visit/guest.h"

struct visit_facts guest(enum visit_state s)
{
	return (struct visit_facts){
	    .state = s,
	    .invited = true,
	    .authorised = true,
	    .from_ms = AT(10, 0),
	    .until_ms = AT(12, 0),
	    .day_end_ms = AT(24, 0),
	    .today_end_ms = AT(24, 0),
	    .policy = {.badge = true,
		.door_right = true,
		.needs_approval = true,
		.escort_until_approved = true,
		.notify_host = true,
		.longest_stay_ms = AT(10, 0),
		.early_ms = AT(0, 30),
		.exit_grace_ms = GRACE},
	};
}

struct visit_facts walk_in(enum visit_state s)
{
	struct visit_facts f = guest(s);
	f.invited = f.authorised = false;
	return f;
}

struct visit_decision decide(
    const struct visit_facts *f, enum visit_event ev, struct visit_input in, int64_t now)
{
	return visit_decide(f, ev, &in, now);
}
