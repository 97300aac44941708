#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "db/badge.h"
#include "db/field.h"
#include "db/stay.h"
#include "db/visitor.h"

static void insert__numbers_rise_and_survive_rollback(void **state)
{
	struct rig *r = *state;
	struct db_visit got = {0};
	rig_begin(r);
	struct db_visit a = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_visit b = rig_visit(r, "B", DB_VISIT_WAITING);
	rig_commit(r);
	assert_int_equal(a.number, 1);
	assert_int_equal(b.number, 2);
	rig_begin(r);
	(void)rig_visit(r, "C", DB_VISIT_EXPECTED);
	book_rollback(r->b);
	rig_reopen(r, BOOK_RW);
	rig_begin(r);
	struct db_visit d = rig_visit(r, "D", DB_VISIT_EXPECTED);
	rig_commit(r);
	assert_int_equal(d.number, 3);
	GOOD(db_visit_get(r->b, &b.id, &got, &e));
	assert_memory_equal(&got, &b, sizeof got);
	GOOD(db_visit_by_number(r->b, 1, &got, &e));
	assert_memory_equal(&got, &a, sizeof got);
	ANSWERS(ERR_NOT_FOUND, db_visit_by_number(r->b, 99, &got, &e));
	ANSWERS(ERR_NOT_FOUND, db_visit_get(r->b, &(struct uuid){{1}}, &got, &e));
}

static void insert__refuses_what_cannot_be(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_visit v = {
	    .visitor = book_new_id(r->b), .type = "guest", .from_ms = 1, .until_ms = 2};
	ANSWERS(ERR_NOT_FOUND, db_visit_insert(r->b, &v, &e)); /* no such visitor */
	v.visitor = rig_visitor(r, "A", "");
	v.host = book_new_id(r->b);
	ANSWERS(ERR_NOT_FOUND, db_visit_insert(r->b, &v, &e)); /* no such host */
	v.host = (struct uuid){0};
	v.until_ms = 0;
	ANSWERS(ERR_INPUT, db_visit_insert(r->b, &v, &e)); /* ends before it begins */
	v.until_ms = 2;
	v.authorised_kind = DB_AUTHORISED_INVITER;
	ANSWERS(ERR_INPUT, db_visit_insert(r->b, &v, &e)); /* by whom? */
	(void)str_copy(v.authorised_ref, sizeof v.authorised_ref, "host:1");
	v.type[0] = '\0';
	ANSWERS(ERR_INPUT, db_visit_insert(r->b, &v, &e));
	(void)str_copy(v.type, sizeof v.type, "guest");
	GOOD(db_visit_insert(r->b, &v, &e));
	v.number = 77;
	ANSWERS(ERR_CONFLICT, db_visit_insert(r->b, &v, &e)); /* the same id */
	rig_commit(r);
	assert_int_equal(rig_number(r, "SELECT count(*) FROM visit"), 1);
	assert_int_equal(rig_number(r, "SELECT value FROM meta WHERE name = 'next_number'"), 2);
}

static void update__writes_and_closes_for_good(void **state)
{
	struct rig *r = *state;
	struct db_visit got = {0};
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_field f = {.name = "phone", .value = "1", .keep_ms = 1000};
	GOOD(db_field_put(r->b, &v.id, &f, &e));
	struct db_badge g = {.visit = v.id, .pass_id = {1}};
	GOOD(db_badge_issue(r->b, &g, &e));
	v.state = DB_VISIT_INSIDE;
	v.until_ms += 60000;
	v.escort = v.late = true;
	v.host_told_ms = 5;
	v.authorised_kind = DB_AUTHORISED_APPROVER;
	(void)str_copy(v.authorised_ref, sizeof v.authorised_ref, "staff:x");
	GOOD(db_visit_update(r->b, &v, &e));
	GOOD(db_visit_get(r->b, &v.id, &got, &e));
	v.copies = 1;
	assert_memory_equal(&got, &v, sizeof got);
	v.state = DB_VISIT_ENDED;
	GOOD(db_visit_update(r->b, &v, &e));
	assert_int_equal(v.closed_ms, RIG_MS);
	GOOD(db_badge_get(r->b, &v.id, 1, &g, &e));
	assert_int_equal(g.withdrawn_ms, RIG_MS);
	v.late = false;
	GOOD(db_visit_update(r->b, &v, &e));
	v.state = DB_VISIT_EXPECTED;
	ANSWERS(ERR_CONFLICT, db_visit_update(r->b, &v, &e));
	v.id = book_new_id(r->b);
	ANSWERS(ERR_NOT_FOUND, db_visit_update(r->b, &v, &e));
	rig_commit(r);
	assert_int_equal(rig_number(r, "SELECT purge_ms FROM visit_field"), RIG_MS + 1000);
}

static void over_and_next_until__by_the_clock(void **state)
{
	struct rig *r = *state;
	struct db_visit_over over[8];
	int n;
	int64_t until;
	ANSWERS(ERR_NOT_FOUND, db_visit_next_until(r->b, &until, &e));
	rig_begin(r);
	struct db_visit v[3];
	for (int i = 0; i < 3; i++)
		v[i] = rig_visit(r, "A", (enum db_visit_state)i);
	v[1].until_ms -= 1000;
	GOOD(db_visit_update(r->b, &v[1], &e));
	struct db_visit closed = rig_visit(r, "B", DB_VISIT_CANCELLED);
	rig_commit(r);
	assert_true(closed.closed_ms != 0);
	GOOD(db_visit_next_until(r->b, &until, &e));
	assert_int_equal(until, v[1].until_ms);
	GOOD(db_visit_list_over(r->b, v[0].until_ms, NULL, over, 8, &n, &e));
	assert_int_equal(n, 1);
	assert_true(uuid_eq(&over[0].id, &v[1].id));
	GOOD(db_visit_list_over(r->b, v[0].until_ms + 1, NULL, over, 8, &n, &e));
	assert_int_equal(n, 3);
	GOOD(db_visit_list_over(r->b, v[0].until_ms + 1, NULL, over, 2, &n, &e));
	assert_int_equal(n, 2);
	struct db_visit_over last = over[1];
	GOOD(db_visit_list_over(r->b, v[0].until_ms + 1, &last, over, 8, &n, &e));
	assert_int_equal(n, 1); /* also behind one that ends in the same millisecond */
	assert_int_equal(over[0].until_ms, last.until_ms);
	last = over[0];
	GOOD(db_visit_list_over(r->b, v[0].until_ms + 1, &last, over, 8, &n, &e));
	assert_int_equal(n, 0);
}

static void with__those_who_hang_on_it(void **state)
{
	struct rig *r = *state;
	struct uuid ids[4];
	int n;
	rig_begin(r);
	struct db_visit a = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_visit v = {.visitor = rig_visitor(r, "B", ""),
	    .type = "guest",
	    .from_ms = 1,
	    .until_ms = 2,
	    .with_visit = a.id};
	GOOD(db_visit_insert(r->b, &v, &e));
	rig_commit(r);
	GOOD(db_visit_list_with(r->b, &a.id, ids, 4, &n, &e));
	assert_int_equal(n, 1);
	assert_true(uuid_eq(&ids[0], &v.id));
}

static void stay__one_open_at_a_time(void **state)
{
	struct rig *r = *state;
	struct db_stay got, list[4];
	int n;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_stay s = {
	    .visit = v.id, .in_ms = RIG_MS, .in_how = DB_HOW_PASS, .in_kiosk = "lobby"};
	ANSWERS(ERR_NOT_FOUND, db_stay_close(r->b, &v.id, RIG_MS, DB_HOW_DESK, &e));
	GOOD(db_stay_open(r->b, &s, &e));
	assert_int_equal(s.n, 1);
	ANSWERS(ERR_CONFLICT, db_stay_open(r->b, &s, &e));
	GOOD(db_stay_current(r->b, &v.id, &got, &e));
	assert_string_equal(got.in_kiosk, "lobby");
	assert_int_equal(got.in_how, DB_HOW_PASS);
	GOOD(db_stay_close(r->b, &v.id, RIG_MS + 5, DB_HOW_ASSUMED, &e));
	ANSWERS(ERR_NOT_FOUND, db_stay_current(r->b, &v.id, &got, &e));
	s.in_ms = RIG_MS + 10;
	s.in_how = DB_HOW_BADGE;
	GOOD(db_stay_open(r->b, &s, &e));
	assert_int_equal(s.n, 2);
	ANSWERS(ERR_INPUT, db_stay_close(r->b, &v.id, RIG_MS, DB_HOW_DESK, &e)); /* out before in */
	s.visit = book_new_id(r->b);
	ANSWERS(ERR_NOT_FOUND, db_stay_open(r->b, &s, &e));
	GOOD(db_stay_list(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].out_how, DB_HOW_ASSUMED);
	assert_int_equal(list[0].out_ms, RIG_MS + 5);
	assert_int_equal(list[1].out_ms, 0);
	GOOD(db_visit_get(r->b, &v.id, &v, &e));
	assert_int_equal(v.stays, 2);
	rig_commit(r);
}

static void field__set_replaced_deleted(void **state)
{
	struct rig *r = *state;
	struct db_field list[4], f = {.name = "phone", .value = "+49 170 1", .keep_ms = 5};
	int n;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_EXPECTED);
	GOOD(db_field_put(r->b, &v.id, &f, &e));
	(void)str_copy(f.value, sizeof f.value, "'; DROP TABLE visit; --");
	GOOD(db_field_put(r->b, &v.id, &f, &e));
	struct db_field plate = {.name = "car", .value = "B-XY 1", .keep_ms = 7};
	GOOD(db_field_put(r->b, &v.id, &plate, &e));
	GOOD(db_field_list(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(list[0].name, "car");
	assert_string_equal(list[1].value, "'; DROP TABLE visit; --");
	f.value[0] = '\0';
	GOOD(db_field_put(r->b, &v.id, &f, &e));
	GOOD(db_field_put(r->b, &v.id, &f, &e));
	GOOD(db_field_list(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 1);
	plate.keep_ms = -1;
	ANSWERS(ERR_INPUT, db_field_put(r->b, &v.id, &plate, &e));
	plate.keep_ms = 1;
	struct uuid nobody = book_new_id(r->b);
	ANSWERS(ERR_NOT_FOUND, db_field_put(r->b, &nobody, &plate, &e));
	rig_commit(r);
	assert_int_equal(
	    rig_number(
		r, "SELECT count(*) FROM tombstone WHERE tab = 'visit_field' AND part = 'phone'"),
	    1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(insert__numbers_rise_and_survive_rollback),
	    TEST(insert__refuses_what_cannot_be),
	    TEST(update__writes_and_closes_for_good),
	    TEST(over_and_next_until__by_the_clock),
	    TEST(with__those_who_hang_on_it),
	    TEST(stay__one_open_at_a_time),
	    TEST(field__set_replaced_deleted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
