/*
 * The desk: where an event meets a visit. It reads the facts, asks the house rules (visit/visit.h), and writes what they decide: rows,
 * journal, jobs. It hides how a decision becomes rows. Every way in (kiosk, staff, clock) goes through desk_act.
 *
 * All verbs run inside the caller's write transaction; desk_case_load also runs without one.
 */
#ifndef DAEMON_DESK_H
#define DAEMON_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"
#include "daemon/request.h"
#include "daemon/server.h"
#include "db/badge.h"
#include "db/credential.h"
#include "db/host.h"
#include "db/invitation.h"
#include "db/job.h"
#include "db/stay.h"
#include "db/visitor.h"
#include "db/visits.h"
#include "db/waiting.h"
#include "visit/visit.h"

/* The rules that may stand as authorised_by where no person does (kind RULE). */
#define DESK_RULE_ESCORTED "rule:escorted-walk-in" /* gives no door right */
#define DESK_RULE_SELF "rule:self-authorised" /* the type says so: approval = "none" */

/* One visit with everything the rules ask about. */
struct desk_case {
	struct db_visit visit;
	struct db_visitor visitor;
	bool has_host;
	struct db_host host;
	bool has_invitation;
	struct db_invitation invitation;
	bool has_badge; /* any copy that was not withdrawn */
	struct db_badge badge;
	const struct conf_type *type; /* NULL: the configuration knows it no more */
	char agreement[TEXT_WORD_SZ]; /* still to be signed; "" none */
	const char *printer; /* where a copy would be printed; "" nowhere */
	struct visit_facts facts;
};

/* kiosk: where the person stands, NULL for staff and the clock. ERR_NOT_FOUND. */
enum err_code desk_case_load(struct foyerd *d, const struct uuid *visit,
    const struct conf_kiosk *kiosk, int64_t now_ms, struct desk_case *c, struct err *e) MUST_USE;

/* Who does what, and how it is known. Strings are borrowed. */
struct desk_event {
	enum visit_event ev;
	struct visit_input in;
	char actor[DB_ACTOR_SZ];
	enum db_how how;
	const struct conf_kiosk *kiosk; /* NULL: not at a kiosk */
	const char *reason; /* of staff; NULL none */
	const char *lang; /* the visitor's language; NULL unknown */
	const char *id_reason; /* with in.id: what reception hears of it; NULL none */
	struct { /* what was signed, with in.agreed */
		char name[TEXT_WORD_SZ], hash[DB_HASH_SZ], lang[TEXT_LANG_SZ];
	} signature;
};

/* What was done. */
struct desk_result {
	struct visit_decision decision;
	bool printing; /* a copy is on its way */
	bool opening; /* a right is on its way */
	bool telling; /* the host is being told or asked */
	bool doors_full; /* a right was due, and there was no number or profile left */
};

/* Decide and write. A refusal of the rules is a result (decision.refusal), not an error. c is brought up to date. */
enum err_code desk_act(struct foyerd *d, struct desk_case *c, const struct desk_event *ev,
    int64_t now_ms, struct desk_result *r, struct err *e) MUST_USE;

/* --- the parts of a decision, a file each ------------------------------------------------ */

/* desk_doors.c */
enum err_code desk_grant(struct foyerd *d, const struct desk_case *c, int64_t now_ms,
    int64_t right_until_ms, bool *full, struct err *e) MUST_USE;
enum err_code desk_revoke(struct foyerd *d, const struct uuid *visit, struct err *e) MUST_USE;
/* Every right that the visit's type has doors for stands on its controller; none of them is left there. */
enum err_code desk_doors_all(
    struct foyerd *d, const struct uuid *visit, bool *granted, bool *gone, struct err *e) MUST_USE;

/* desk_card.c: the number that the rights of a visit go by. Where the site's doors read returnable cards (door-right = "card"), reception hands out the
 * card of that number, and the number is free again when reception says that the card is back. */
enum err_code desk_card_hand_out(struct foyerd *d, const struct desk_case *c,
    const struct conf_kiosk *k, struct err *e) MUST_USE;
enum err_code desk_card_ask_back(
    struct foyerd *d, const struct desk_case *c, struct err *e) MUST_USE;
/* Give the number back, once every right of the visit is confirmed gone and no card is out; not yet is fine. */
enum err_code desk_card_free(struct foyerd *d, const struct uuid *visit, struct err *e) MUST_USE;
/* A controller holds somebody else's card under the number of this right: nobody gets that number any more. */
#define DESK_FOREIGN_CARD "foreign-card" /* the class of the failure */
enum err_code desk_card_foreign(
    struct foyerd *d, const struct db_credential *c, struct err *e) MUST_USE;
/* Staff say that the number is free there now: it is ours again, and where the visitor should have the right, it is asked for. */
enum err_code desk_card_ours_again(
    struct foyerd *d, const struct db_credential *c, struct err *e) MUST_USE;
/* A waiting row was resolved: was it the card? */
enum err_code desk_card_resolved(
    struct foyerd *d, const struct db_waiting *w, struct err *e) MUST_USE;

/* desk_badge.c */
enum err_code desk_print(
    struct foyerd *d, struct desk_case *c, int64_t now_ms, struct err *e) MUST_USE;
enum err_code desk_print_cancel(
    struct foyerd *d, const struct desk_case *c, struct err *e) MUST_USE;
/* A print job of a copy met trouble for the n-th time: after a few, the kiosk's other printer gets it, once the first has confirmed that it will not come
 * out there. */
enum err_code desk_print_trouble(
    struct foyerd *d, const struct db_job *job, struct err *e) MUST_USE;
/* A print-cancel is confirmed; printed: it came out after all. *moved: the other printer has it now. */
enum err_code desk_print_cancelled(
    struct foyerd *d, const struct db_job *job, bool printed, bool *moved, struct err *e) MUST_USE;
/* A signed badge pass for a copy, as it is printed. */
enum err_code desk_badge_pass(struct foyerd *d, const struct db_visit *v, const struct db_badge *g,
    char dst[PASS_TEXT_SZ], struct err *e) MUST_USE;
enum err_code desk_invitation_pass(struct foyerd *d, const struct db_visit *v,
    const struct db_invitation *i, char dst[PASS_TEXT_SZ], struct err *e) MUST_USE;
/* A fresh secret for a badge or an invitation: a pass id, and with it the code to type. The caller draws again where the book knows it. */
void desk_draw(struct foyerd *d, uint8_t pass_id[PASS_ID_BYTES]);
/* "000042" and "000042-1". */
enum { DESK_NUMBER_SZ = 24 };
const char *desk_number(char dst[DESK_NUMBER_SZ], int64_t number);
const char *desk_title(char dst[DESK_NUMBER_SZ], int64_t number, int copy);

/* desk_notice.c: *queued says whether anybody can be told. */
enum desk_notice {
	DESK_HOST_ARRIVAL,
	DESK_HOST_APPROVAL,
	DESK_HOST_MISSED, /* an arrival that could not be told in time: the guest has left again */
	DESK_INVITATION,
	DESK_INVITATION_CANCELLED
};
enum err_code desk_tell(struct foyerd *d, const struct desk_case *c, enum desk_notice what,
    int64_t now_ms, bool *queued, struct err *e) MUST_USE;
const char *desk_notice_template(enum desk_notice what);

/* desk_wait.c: somebody has to see reception. */
enum err_code desk_wait(struct foyerd *d, const struct desk_case *c, const struct conf_kiosk *k,
    const char *reason, struct err *e) MUST_USE;

#endif
