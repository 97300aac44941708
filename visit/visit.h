/*
 * The house rules: who may come in, until when, and what follows from it. Pure: no clock, no book, no I/O. It hides the transition table.
 *
 * The caller (daemon/) reads the facts in one transaction, asks visit_decide, and writes what it says in the same transaction. A
 * refusal changes nothing but what the decision's effects name.
 *
 * A visit is a permission, a stay is a presence: a visit has many stays, at most one open.
 */
#ifndef VISIT_VISIT_H
#define VISIT_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum visit_state {
	VISIT_EXPECTED, /* permitted, nobody came yet */
	VISIT_WAITING, /* somebody stands at reception: a person must decide */
	VISIT_INSIDE, /* a stay is open */
	VISIT_OUT, /* left, may come back within validity */
	VISIT_ENDED, /* over */
	VISIT_CANCELLED, /* taken back before or during */
	VISIT_REFUSED, /* a person said no */
};
enum { VISIT_STATES = 7 };
const char *visit_state_name(enum visit_state s); /* "expected" … */
bool visit_state_parse(enum visit_state *s, const char *word);

enum visit_event {
	VISIT_EV_ARRIVE, /* checks in: with an invitation, a badge, a code, or as a walk-in just recorded */
	VISIT_EV_LEAVE, /* signs out at the kiosk */
	VISIT_EV_APPROVE, /* host or staff authorise */
	VISIT_EV_REFUSE, /* host or staff say no */
	VISIT_EV_CHECKIN, /* staff let in by hand */
	VISIT_EV_CHECKOUT, /* staff sign out by hand */
	VISIT_EV_EXTEND, /* staff or host move the end */
	VISIT_EV_CANCEL, /* inviter or staff take it back */
	VISIT_EV_REPRINT, /* staff ask for another copy of the badge */
	VISIT_EV_RIGHT_END, /* clock: until + grace has passed */
	VISIT_EV_DAY_END, /* clock: the site's day of `until` has passed */
	VISIT_EV_LAPSE, /* the clock was ahead, and by its time this visit was over, or was made: it is over for good */
};
enum { VISIT_EVENTS = 12 };
const char *visit_event_name(enum visit_event ev);

/* What the type's configuration says (a copy of the few facts that matter here). */
struct visit_policy {
	bool badge; /* a badge is printed */
	bool door_right; /* type has an access group, and the site grants rights */
	bool needs_approval; /* a walk-in gets no door right until a person authorises it */
	bool escort_until_approved, escort_always;
	bool notify_host;
	bool needs_agreement; /* an agreement is named, and nothing valid is signed yet */
	bool needs_id; /* nobody comes in before an identity document was looked at */
	bool type_gone; /* the configuration knows the type no more, nor what it asked for */
	int64_t longest_stay_ms;
	int64_t early_ms; /* an arrival this long before `from` is good */
	int64_t exit_grace_ms; /* a door right outlives `until` by this */
};

struct visit_facts {
	enum visit_state state;
	bool invited; /* somebody of the house invited; false: a walk-in */
	bool authorised; /* by inviter, approver or a rule that gives a door right */
	bool escort; /* marked ESCORT at present */
	bool has_right; /* a credential is pending or granted and not being revoked */
	bool badge_today; /* a badge with today's day mark and the present escort mark was issued */
	bool host_told; /* of this visit's arrival */
	bool
	    id_seen; /* a document was good, or somebody of the house saw one or vouched; for all of this visit */
	int64_t from_ms, until_ms;
	int64_t day_end_ms; /* end of the site's day in which `until` lies (zone_day_end) */
	int64_t today_end_ms; /* end of the site's present day */
	struct visit_policy policy;
};

/* What a document that was shown is worth. */
enum visit_id {
	VISIT_ID_ABSENT,
	VISIT_ID_GOOD, /* read, theirs, valid */
	VISIT_ID_DOUBT, /* anything else: a person looks at it */
};

/* What came with the event; only the members of that event count. */
struct visit_input {
	bool agreed; /* ARRIVE: accepted the current agreement now */
	bool disagreed; /* ARRIVE: said "I do not agree" */
	enum visit_id id; /* ARRIVE */
	bool coming_back; /* LEAVE, CHECKOUT */
	bool keep_escort; /* APPROVE: authorise, but keep the escort mark */
	int64_t until_ms; /* EXTEND: the new end; APPROVE, CHECKIN: 0 or a new end */
};

/* Why not. USER-class words; the same words travel in the API. */
enum visit_refusal {
	VISIT_OK,
	VISIT_NO_TOO_EARLY,
	VISIT_NO_EXPIRED, /* after the site's day of `until` */
	VISIT_NO_INSIDE, /* arrive while inside: the pass is in use */
	VISIT_NO_NOT_INSIDE, /* leave while not inside */
	VISIT_NO_ENDED,
	VISIT_NO_CANCELLED,
	VISIT_NO_REFUSED,
	VISIT_NO_AGREEMENT, /* it must be signed first */
	VISIT_NO_WAITING, /* reception is deciding */
	VISIT_NO_TOO_LONG, /* the new end is beyond the longest stay */
	VISIT_NO_BAD_TIME, /* the new end lies in the past or before the beginning */
	VISIT_NO_ALREADY, /* approve what is authorised and not escorted, … */
	VISIT_NO_STATE, /* not in this state */
	VISIT_NO_DOCUMENT, /* staff let in whose document nobody has looked at */
};
const char *visit_refusal_name(enum visit_refusal r); /* "too-early" … */

enum visit_wait { /* why reception is asked */
	VISIT_WAIT_NONE,
	VISIT_WAIT_NOT_AGREED,
	VISIT_WAIT_APPROVAL,
	VISIT_WAIT_ID, /* no document, or one that a person must look at */
	VISIT_WAIT_TYPE, /* of a type that is configured no more */
	VISIT_WAIT_SEE_OUT, /* permission was taken back while the visitor is inside */
	VISIT_WAIT_LAPSED, /* permission ended by a clock that was wrong, and the visitor is inside */
};
const char *visit_wait_name(enum visit_wait w);

struct visit_decision {
	enum visit_refusal refusal; /* VISIT_OK: all below counts; else nothing below */
	enum visit_state state; /* new state */
	bool stay_open, stay_close;
	bool late; /* arrival after `until` on its day: marked */
	bool escort; /* new escort mark */
	bool unauthorise; /* nobody stands behind it any more: escorted, and no door right */
	bool authorise; /* the event's actor becomes authorised_by */
	bool sign; /* record the signature */
	bool print; /* issue a badge copy */
	bool cancel_prints; /* unprinted copies are withdrawn */
	bool grant; /* issue or re-issue the door right, until right_until_ms */
	bool revoke;
	bool tell_host; /* arrival notice */
	bool ask_host; /* approval notice */
	bool tell_visitor_cancelled;
	enum visit_wait wait; /* a waiting row for staff */
	bool settle_wait; /* open waiting rows of this visit are resolved */
	int64_t until_ms; /* the visit's end after this */
	int64_t right_until_ms; /* until + exit grace; 0 without grant */
};

/* The rules. Total: every state and event has an answer. */
struct visit_decision visit_decide(
    const struct visit_facts *f, enum visit_event ev, const struct visit_input *in, int64_t now_ms);

#endif
