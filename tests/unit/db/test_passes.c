/* Invitations, badges, agreements and signatures. */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/agreement.h"
#include "db/badge.h"
#include "db/host.h"
#include "db/invitation.h"
#include "db/visitor.h"

static struct db_invitation invite(struct rig *r, struct uuid visit, uint8_t n)
{
	struct db_invitation i = {.visit = visit,
	    .pass_id = {0, 0, 0, 0, n, 1},
	    .inviter = "host:x",
	    .expiry_ms = RIG_MS + 5};
	GOOD(db_invitation_insert(r->b, &i, &e));
	return i;
}

static void invitation__found_by_each_secret(void **state)
{
	struct rig *r = *state;
	struct db_invitation got;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED),
			w = rig_visit(r, "B", DB_VISIT_EXPECTED);
	struct db_invitation i = invite(r, v.id, 1);
	assert_string_equal(i.code, "00000001");
	GOOD(db_invitation_get(r->b, &i.id, &got, &e));
	assert_memory_equal(got.pass_id, i.pass_id, sizeof got.pass_id);
	assert_string_equal(got.code, "00000001");
	assert_int_equal(got.created_ms, RIG_MS);
	GOOD(db_invitation_by_visit(r->b, &v.id, &got, &e));
	GOOD(db_invitation_by_pass(r->b, i.pass_id, &got, &e));
	GOOD(db_invitation_by_code(r->b, "00000001", &got, &e));
	assert_true(uuid_eq(&got.id, &i.id));
	ANSWERS(ERR_NOT_FOUND, db_invitation_by_code(r->b, "", &got, &e));
	ANSWERS(ERR_NOT_FOUND, db_invitation_by_code(r->b, "0000000%", &got, &e));
	ANSWERS(ERR_NOT_FOUND, db_invitation_by_visit(r->b, &w.id, &got, &e));

	struct db_invitation j = {
	    .visit = w.id, .pass_id = {0, 0, 0, 0, 1, 0, 0, 9}, .inviter = "host:x"};
	ANSWERS(ERR_NOT_FOUND, db_invitation_by_pass(r->b, j.pass_id, &got, &e));
	ANSWERS(ERR_CONFLICT, db_invitation_insert(r->b, &j, &e)); /* another id, the same code */
	memcpy(j.pass_id, i.pass_id, sizeof j.pass_id);
	ANSWERS(ERR_CONFLICT, db_invitation_insert(r->b, &j, &e));
	j.pass_id[4] = 2;
	j.visit = v.id;
	ANSWERS(ERR_CONFLICT, db_invitation_insert(r->b, &j, &e)); /* the visit has one */
	j.visit = w.id;
	GOOD(db_invitation_insert(r->b, &j, &e));
	struct db_badge g = {.visit = v.id, .pass_id = {0, 0, 0, 0, 2, 5}};
	ANSWERS(ERR_CONFLICT, db_badge_issue(r->b, &g, &e)); /* one name space */
	rig_commit(r);
}

static void invitation__cancelled_once(void **state)
{
	struct rig *r = *state;
	struct db_invitation got;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_invitation i = invite(r, v.id, 1);
	GOOD(db_invitation_touch(r->b, &i.id, RIG_MS + 99, &e));
	GOOD(db_invitation_cancel(r->b, &i.id, &e));
	ANSWERS(ERR_CONFLICT, db_invitation_cancel(r->b, &i.id, &e));
	ANSWERS(ERR_CONFLICT, db_invitation_touch(r->b, &i.id, 1, &e));
	GOOD(db_invitation_get(r->b, &i.id, &got, &e));
	assert_int_equal(got.sequence, 2);
	assert_int_equal(got.expiry_ms, RIG_MS + 99);
	assert_int_equal(got.cancelled_ms, RIG_MS);
	ANSWERS(ERR_NOT_FOUND, db_invitation_cancel(r->b, &v.id, &e));
	rig_commit(r);
}

static int count(struct rig *r, struct uuid host, bool open)
{
	struct db_invitation list[2];
	struct db_invitation_query q = {.host = host, .open = open};
	int n, all = 0;
	do {
		GOOD(db_invitation_list(r->b, &q, list, 2, &n, &e));
		for (int i = 1; i < n; i++)
			assert_true(memcmp(list[i - 1].id.b, list[i].id.b, 16) > 0);
		all += n;
		if (n > 0)
			q.after = list[n - 1].id;
	} while (n > 0);
	return all;
}

static void invitation__lists(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct uuid host = rig_host(r, "h", "H"), none = {0};
	for (uint8_t k = 1; k <= 6; k++) {
		struct db_visit v = {.visitor = rig_visitor(r, "A", ""),
		    .type = "guest",
		    .from_ms = 1,
		    .until_ms = 2,
		    .host = k % 2 ? host : none};
		GOOD(db_visit_insert(r->b, &v, &e));
		struct db_invitation i = invite(r, v.id, k);
		if (k == 1)
			GOOD(db_invitation_cancel(r->b, &i.id, &e));
		if (k == 2) {
			v.state = DB_VISIT_ENDED;
			GOOD(db_visit_update(r->b, &v, &e));
		}
	}
	rig_commit(r);
	assert_int_equal(count(r, none, false), 6);
	assert_int_equal(count(r, none, true), 4);
	assert_int_equal(count(r, host, false), 3);
	assert_int_equal(count(r, host, true), 2);
}

static void badge__copies_printed_withdrawn(void **state)
{
	struct rig *r = *state;
	struct db_badge got, list[4];
	int n;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_INSIDE);
	for (uint8_t i = 1; i <= 3; i++) {
		struct db_badge g = {.visit = v.id,
		    .pass_id = {0, 0, 0, 0, i},
		    .printer = "lobby",
		    .daymark = "2026-11-23",
		    .escort = true};
		GOOD(db_badge_issue(r->b, &g, &e));
		assert_int_equal(g.copy, i);
	}
	struct db_badge same = {.visit = v.id, .pass_id = {0, 0, 0, 0, 1, 9}};
	ANSWERS(ERR_CONFLICT, db_badge_issue(r->b, &same, &e));
	GOOD(db_badge_set_printed(r->b, &v.id, 1, RIG_MS + 1, &e));
	ANSWERS(ERR_NOT_FOUND, db_badge_set_printed(r->b, &v.id, 8, RIG_MS, &e));
	GOOD(db_badge_withdraw(r->b, &v.id, 2, &n, &e));
	assert_int_equal(n, 1);
	GOOD(db_badge_withdraw(r->b, &v.id, DB_BADGE_UNPRINTED, &n, &e));
	assert_int_equal(n, 1);
	GOOD(db_badge_list(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].copy, 3);
	assert_true(
	    list[0].withdrawn_ms != 0 && list[1].withdrawn_ms != 0 && list[2].withdrawn_ms == 0);
	assert_true(list[2].escort);
	assert_string_equal(list[2].daymark, "2026-11-23");
	GOOD(db_badge_withdraw(r->b, &v.id, DB_BADGE_ALL, &n, &e));
	assert_int_equal(n, 1);
	GOOD(db_badge_by_code(r->b, "00000003", &got, &e));
	assert_int_equal(got.copy, 3);
	assert_string_equal(got.code, "00000003");
	ANSWERS(ERR_NOT_FOUND, db_badge_by_code(r->b, "0000000", &got, &e));
	uint8_t pass[PASS_ID_BYTES] = {0, 0, 0, 0, 2};
	GOOD(db_badge_by_pass(r->b, pass, &got, &e));
	assert_int_equal(got.copy, 2);
	pass[7] = 1;
	ANSWERS(ERR_NOT_FOUND, db_badge_by_pass(r->b, pass, &got, &e));
	GOOD(db_badge_get(r->b, &v.id, 1, &got, &e));
	assert_int_equal(got.printed_ms, RIG_MS + 1);
	rig_commit(r);
}

/* Told late that it came out: the newest copy of an open visit is good again, and no other. */
static void badge__printed_after_it_was_withdrawn(void **state)
{
	struct rig *r = *state;
	struct db_badge got, g = {.pass_id = {1}}, h = g;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_OUT);
	g.visit = h.visit = v.id;
	h.pass_id[0] = 2;
	GOOD(db_badge_issue(r->b, &g, &e));
	GOOD(db_badge_withdraw(r->b, &v.id, DB_BADGE_UNPRINTED, NULL, &e));
	GOOD(db_badge_set_printed(r->b, &v.id, 1, RIG_MS, &e));
	GOOD(db_badge_get(r->b, &v.id, 1, &got, &e));
	assert_true(got.printed_ms == RIG_MS && got.withdrawn_ms == 0);
	GOOD(db_badge_withdraw(r->b, &v.id, DB_BADGE_ALL, NULL, &e));
	GOOD(db_badge_issue(r->b, &h, &e));
	GOOD(db_badge_set_printed(r->b, &v.id, 1, RIG_MS, &e));
	GOOD(db_badge_get(r->b, &v.id, 1, &got, &e));
	assert_true(got.withdrawn_ms != 0);
	v.state = DB_VISIT_ENDED;
	GOOD(db_visit_update(r->b, &v, &e));
	GOOD(db_badge_set_printed(r->b, &v.id, 2, RIG_MS, &e));
	GOOD(db_badge_get(r->b, &v.id, 2, &got, &e));
	assert_true(got.printed_ms == RIG_MS && got.withdrawn_ms != 0);
	rig_commit(r);
}

static void agreement__kept_by_hash_and_signed(void **state)
{
	struct rig *r = *state;
	struct db_agreement a = {.name = "visitor", .lang = "de", .hash = "aa11"};
	char *text = NULL;
	struct db_signature got, list[2];
	int n;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	GOOD(db_agreement_put(r->b, &a, "Regeln\n…", &e));
	assert_int_equal(a.first_seen_ms, RIG_MS);
	GOOD(db_agreement_put(r->b, &a, "another text changes nothing", &e));
	GOOD(db_agreement_text(r->b, &a, &text, &e));
	assert_string_equal(text, "Regeln\n…");
	free(text);
	struct db_agreement b = a;
	(void)str_copy(b.hash, sizeof b.hash, "bb");
	ANSWERS(ERR_NOT_FOUND, db_agreement_text(r->b, &b, &text, &e));
	assert_null(text);
	char *big = mem_new(DB_AGREEMENT_MAX + 2, 1);
	memset(big, 'x', DB_AGREEMENT_MAX + 1);
	ANSWERS(ERR_TOO_LONG, db_agreement_put(r->b, &b, big, &e));
	free(big);

	struct db_signature s = {.visitor = v.visitor,
	    .visit = v.id,
	    .agreement = "visitor",
	    .hash = "aa11",
	    .lang = "de",
	    .name = "A",
	    .signed_ms = RIG_MS};
	GOOD(db_signature_insert(r->b, &s, &e));
	struct db_signature later = s;
	later.id = (struct uuid){0};
	later.signed_ms++;
	GOOD(db_signature_insert(r->b, &later, &e));
	struct db_signature other = later;
	other.id = (struct uuid){0};
	(void)str_copy(other.hash, sizeof other.hash, "never shown");
	ANSWERS(ERR_NOT_FOUND, db_signature_insert(r->b, &other, &e));
	GOOD(db_signature_newest(r->b, &v.visitor, "visitor", "aa11", &got, &e));
	assert_true(uuid_eq(&got.id, &later.id));
	GOOD(db_signature_newest(r->b, &v.visitor, "visitor", "", &got, &e));
	ANSWERS(ERR_NOT_FOUND, db_signature_newest(r->b, &v.visitor, "visitor", "bb", &got, &e));
	ANSWERS(ERR_NOT_FOUND, db_signature_newest(r->b, &v.id, "visitor", "aa11", &got, &e));
	/* A guardian's signature binds the child, and not the guardian. */
	struct db_visitor child = {.name = "Kim Müller"};
	GOOD(db_visitor_insert(r->b, &child, &e));
	struct db_signature for_child = s;
	for_child.id = (struct uuid){{0}};
	for_child.signed_for = child.id;
	for_child.signed_ms = later.signed_ms + 1;
	GOOD(db_signature_insert(r->b, &for_child, &e));
	GOOD(db_signature_newest(r->b, &child.id, "visitor", "", &got, &e));
	assert_true(uuid_eq(&got.signed_for, &child.id));
	GOOD(db_signature_newest(r->b, &v.visitor, "visitor", "", &got, &e));
	assert_int_equal(got.signed_ms, later.signed_ms);
	struct db_signature none[3];
	GOOD(db_signature_list(r->b, &v.id, none, 3, &n, &e));
	assert_int_equal(n, 3);
	GOOD(db_signature_list(r->b, &v.id, list, 2, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].name, "A");
	rig_commit(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(invitation__found_by_each_secret),
	    TEST(invitation__cancelled_once),
	    TEST(invitation__lists),
	    TEST(badge__copies_printed_withdrawn),
	    TEST(badge__printed_after_it_was_withdrawn),
	    TEST(agreement__kept_by_hash_and_signed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
