/* Credentials, card numbers, time profiles. */
#include "rig.h"

#include <string.h>

#include "base/str.h"
#include "db/card.h"
#include "db/credential.h"

static struct db_credential credential(
    struct rig *r, const struct db_visit *v, int64_t card, const char *controller, int64_t until_ms)
{
	struct db_credential c = {.visit = v->id, .card = card, .right_until_ms = until_ms};
	(void)str_copy(c.controller, sizeof c.controller, controller);
	GOOD(db_credential_insert(r->b, &c, &e));
	return c;
}

static void set(struct rig *r, struct db_credential *c, enum db_credential_state s)
{
	c->state = s;
	GOOD(db_credential_update(r->b, c, &e));
}

static void card__one_visit_at_a_time(void **state)
{
	struct rig *r = *state;
	struct db_visit v[5];
	int64_t n[5], again, taken;
	rig_begin(r);
	for (int i = 0; i < 5; i++)
		v[i] = rig_visit(r, "A", DB_VISIT_INSIDE);
	for (int i = 0; i < 3; i++) {
		GOOD(db_card_allocate(r->b, &v[i].id, 100, 102, &n[i], &e));
		assert_int_equal(n[i], 100 + i);
	}
	GOOD(db_card_allocate(r->b, &v[0].id, 100, 102, &again, &e));
	assert_int_equal(again, 100);
	ANSWERS(ERR_TOO_MANY, db_card_allocate(r->b, &v[3].id, 100, 102, &n[3], &e));
	ANSWERS(ERR_CONFLICT, db_card_allocate(r->b, &v[0].id, 500, 600, &again, &e));
	GOOD(db_card_count(r->b, 100, 102, &taken, &e));
	assert_int_equal(taken, 3);
	/* The one that is free longest comes first, whatever its number. */
	GOOD(db_card_free(r->b, &v[2].id, &e));
	rig_commit(r);
	r->wall_ms += 10;
	rig_begin(r);
	GOOD(db_card_free(r->b, &v[0].id, &e));
	ANSWERS(ERR_NOT_FOUND, db_card_free(r->b, &v[0].id, &e));
	ANSWERS(ERR_NOT_FOUND, db_card_of_visit(r->b, &v[0].id, &again, &e));
	GOOD(db_card_allocate(r->b, &v[3].id, 100, 102, &n[3], &e));
	assert_int_equal(n[3], 102);
	GOOD(db_card_allocate(r->b, &v[4].id, 100, 102, &n[4], &e));
	assert_int_equal(n[4], 100);
	/* The range is made wider below: what was never given goes before what was freed. */
	GOOD(db_card_free(r->b, &v[1].id, &e));
	GOOD(db_card_allocate(r->b, &v[0].id, 98, 102, &n[0], &e));
	assert_int_equal(n[0], 98);
	GOOD(db_card_allocate(r->b, &v[1].id, 98, 102, &n[1], &e));
	assert_int_equal(n[1], 99);
	rig_commit(r);
}

static void card__returnable(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_visit a = rig_visit(r, "A", DB_VISIT_INSIDE),
			b = rig_visit(r, "B", DB_VISIT_INSIDE);
	GOOD(db_card_take(r->b, &a.id, 7, &e));
	GOOD(db_card_take(r->b, &a.id, 7, &e));
	ANSWERS(ERR_CONFLICT, db_card_take(r->b, &b.id, 7, &e));
	ANSWERS(ERR_CONFLICT, db_card_take(r->b, &a.id, 8, &e));
	ANSWERS(ERR_NOT_FOUND, db_card_take(r->b, &(struct uuid){{1}}, 9, &e));
	GOOD(db_card_free(r->b, &a.id, &e));
	GOOD(db_card_take(r->b, &b.id, 7, &e));
	rig_commit(r);
}

static void card__set_aside(void **state)
{
	struct rig *r = *state;
	int64_t n, aside;
	rig_begin(r);
	struct db_visit a = rig_visit(r, "A", DB_VISIT_INSIDE),
			b = rig_visit(r, "B", DB_VISIT_INSIDE);
	GOOD(db_card_allocate(r->b, &a.id, 7, 7, &n, &e));
	struct db_credential c = credential(r, &a, 7, "north", 0);
	ANSWERS(ERR_CONFLICT, db_card_set_aside(r->b, &a.id, &e)); /* a right goes by it still */
	set(r, &c, DB_CREDENTIAL_REVOKED);
	GOOD(db_card_set_aside(r->b, &a.id, &e));
	ANSWERS(ERR_NOT_FOUND, db_card_set_aside(r->b, &a.id, &e));
	ANSWERS(ERR_NOT_FOUND, db_card_of_visit(r->b, &a.id, &n, &e));
	GOOD(db_card_count_aside(r->b, &aside, &e));
	assert_int_equal(aside, 1);
	ANSWERS(ERR_TOO_MANY, db_card_allocate(r->b, &b.id, 7, 7, &n, &e));
	for (int i = 0; i < 50; i++) { /* nor is it drawn where there is a choice */
		GOOD(db_card_allocate(r->b, &b.id, 6, 8, &n, &e));
		assert_int_not_equal(n, 7);
		GOOD(db_card_free(r->b, &b.id, &e));
	}
	GOOD(db_card_ours_again(r->b, 7, &e));
	GOOD(db_card_ours_again(r->b, 7, &e));
	GOOD(db_card_ours_again(r->b, 4711, &e));
	GOOD(db_card_count_aside(r->b, &aside, &e));
	assert_int_equal(aside, 0);
	GOOD(db_card_allocate(r->b, &b.id, 7, 7, &n, &e));
	assert_int_equal(n, 7);
	rig_commit(r);
}

static void credential__life_of_one(void **state)
{
	struct rig *r = *state;
	struct db_credential got, list[4];
	int n;
	int64_t card;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_INSIDE);
	struct db_credential c = {.visit = v.id, .controller = "north", .card = 100};
	ANSWERS(ERR_CONFLICT, db_credential_insert(r->b, &c, &e)); /* no number yet */
	GOOD(db_card_allocate(r->b, &v.id, 100, 109, &card, &e));
	c = credential(r, &v, card, "north", RIG_MS + 5);
	struct db_credential twin = {.visit = v.id, .controller = "north", .card = card};
	ANSWERS(ERR_CONFLICT, db_credential_insert(r->b, &twin, &e));
	struct db_credential south = credential(r, &v, card, "south", RIG_MS + 5);
	set(r, &south, DB_CREDENTIAL_REVOKED);
	c.profile = 42;
	c.granted_ms = c.read_back_ms = RIG_MS;
	set(r, &c, DB_CREDENTIAL_GRANTED);
	GOOD(db_credential_get(r->b, &v.id, &c.id, &got, &e));
	assert_int_equal(got.state, DB_CREDENTIAL_GRANTED);
	assert_int_equal(got.profile, 42);
	ANSWERS(ERR_CONFLICT, db_card_free(r->b, &v.id, &e));
	GOOD(db_credential_list_live(r->b, "north", 0, list, 4, &n, &e));
	assert_int_equal(n, 1);
	GOOD(db_credential_list_live(r->b, "north", card, list, 4, &n, &e));
	assert_int_equal(n, 0);
	set(r, &c, DB_CREDENTIAL_ACKNOWLEDGED);
	/* Nobody knows whether the controller still has it. */
	ANSWERS(ERR_CONFLICT, db_card_free(r->b, &v.id, &e));
	set(r, &c, DB_CREDENTIAL_REVOKED);
	c.state = DB_CREDENTIAL_GRANTED;
	ANSWERS(ERR_CONFLICT, db_credential_update(r->b, &c, &e));
	ANSWERS(ERR_NOT_FOUND, db_credential_update(r->b, &(struct db_credential){.id = v.id}, &e));
	GOOD(db_card_free(r->b, &v.id, &e));
	GOOD(db_credential_list(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_true(uuid_eq(&list[0].id, &c.id));
	rig_commit(r);
}

static void credential__due(void **state)
{
	struct rig *r = *state;
	struct db_credential list[4];
	int n;
	int64_t card, at;
	ANSWERS(ERR_NOT_FOUND, db_credential_next_due(r->b, &at, &e));
	rig_begin(r);
	for (int i = 0; i < 4; i++) {
		struct db_visit v = rig_visit(r, "A", DB_VISIT_INSIDE);
		GOOD(db_card_allocate(r->b, &v.id, 100, 109, &card, &e));
		struct db_credential c = credential(r, &v, card, "north", RIG_MS + 10 - i);
		if (i == 3)
			set(r, &c, DB_CREDENTIAL_REVOKING);
		if (i == 2)
			set(r, &c, DB_CREDENTIAL_GRANTED);
	}
	rig_commit(r);
	GOOD(db_credential_next_due(r->b, &at, &e));
	assert_int_equal(at, RIG_MS + 8);
	GOOD(db_credential_list_due(r->b, RIG_MS + 7, NULL, list, 4, &n, &e));
	assert_int_equal(n, 0);
	GOOD(db_credential_list_due(r->b, RIG_MS + 9, NULL, list, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].right_until_ms, RIG_MS + 8);
	GOOD(db_credential_list_due(r->b, RIG_MS + 99, NULL, list, 1, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].right_until_ms, RIG_MS + 8);
	struct db_credential first = list[0];
	GOOD(db_credential_list_due(r->b, RIG_MS + 9, &first, list, 4, &n, &e));
	assert_int_equal(n, 1);
	assert_false(uuid_eq(&list[0].id, &first.id));
	first = list[0];
	GOOD(db_credential_list_due(r->b, RIG_MS + 9, &first, list, 4, &n, &e));
	assert_int_equal(n, 0);
}

static void profile__shared_chained_freed(void **state)
{
	struct rig *r = *state;
	bool fresh;
	int n;
	int64_t card;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_INSIDE);
	struct db_profile tail = {.controller = "north", .key = "day two", .until_ms = RIG_MS},
			  head = {.controller = "north", .key = "day one"}, same;
	GOOD(db_profile_allocate(r->b, &tail, 10, 11, &fresh, &e));
	assert_true(fresh);
	assert_int_equal(tail.id, 10);
	head.linked = tail.id;
	GOOD(db_profile_allocate(r->b, &head, 10, 11, &fresh, &e));
	assert_int_equal(head.id, 11);
	same = head;
	same.id = 0;
	GOOD(db_profile_allocate(r->b, &same, 10, 11, &fresh, &e));
	assert_false(fresh);
	assert_int_equal(same.id, 11);
	struct db_profile third = {.controller = "north", .key = "else"};
	ANSWERS(ERR_TOO_MANY, db_profile_allocate(r->b, &third, 10, 11, &fresh,
				  &e)); /* those of this transaction are not taken away */
	GOOD(db_card_allocate(r->b, &v.id, 100, 109, &card, &e));
	struct db_credential c = credential(r, &v, card, "north", RIG_MS + 5);
	c.profile = head.id;
	set(r, &c, DB_CREDENTIAL_GRANTED);
	rig_commit(r);
	rig_begin(r);
	GOOD(db_profile_free_unused(r->b, "north", &n, &e));
	assert_int_equal(n, 0);
	set(r, &c, DB_CREDENTIAL_ACKNOWLEDGED);
	GOOD(db_profile_free_unused(r->b, "north", &n, &e));
	assert_int_equal(n, 0);
	set(r, &c, DB_CREDENTIAL_REVOKED);
	/* It frees by itself: the head and then its tail. */
	GOOD(db_profile_allocate(r->b, &third, 10, 11, &fresh, &e));
	assert_int_equal(third.id, 10);
	struct db_profile low = {.controller = "north", .key = "x"};
	ANSWERS(ERR_INPUT,
	    db_profile_allocate(r->b, &low, 1, 1, &fresh, &e)); /* 1 is the controller's own */
	rig_commit(r);
}

static void profile__spares_what_is_linked(void **state)
{
	struct rig *r = *state;
	bool fresh;
	struct db_profile tail = {.controller = "north", .key = "day two"},
			  other = {.controller = "north", .key = "else"},
			  head = {.controller = "north", .key = "day one"};
	rig_begin(r);
	GOOD(db_profile_allocate(r->b, &tail, 10, 11, &fresh, &e));
	GOOD(db_profile_allocate(r->b, &other, 10, 11, &fresh, &e));
	rig_commit(r);
	/* Nobody needs either; the one that the chain goes on with is not given away. */
	rig_begin(r);
	GOOD(db_profile_allocate(r->b, &tail, 10, 11, &fresh, &e));
	assert_false(fresh);
	head.linked = tail.id;
	GOOD(db_profile_allocate(r->b, &head, 10, 11, &fresh, &e));
	assert_true(fresh);
	assert_int_equal(head.id, other.id);
	GOOD(db_profile_allocate(r->b, &tail, 10, 11, &fresh, &e));
	assert_false(fresh);
	assert_int_equal(tail.id, head.linked);
	rig_commit(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(card__one_visit_at_a_time),
	    TEST(card__set_aside),
	    TEST(card__returnable),
	    TEST(credential__life_of_one),
	    TEST(credential__due),
	    TEST(profile__shared_chained_freed),
	    TEST(profile__spares_what_is_linked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
