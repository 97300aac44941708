#include "rig.h"

#include <string.h>

#include "base/str.h"
#include "db/host.h"
#include "db/staff.h"

static void put__adds_changes_and_says_same(void **state)
{
	struct rig *r = *state;
	struct db_host h = {.uid = "zoe",
			   .name = "Zoë Müller",
			   .mail = "Zoe@Example.com",
			   .phone = "+49 170 1"},
		       got;
	enum db_host_put what;
	rig_begin(r);
	GOOD(db_host_put(r->b, &h, &what, &e));
	assert_int_equal(what, DB_HOST_ADDED);
	struct uuid id = h.id;
	memset(&h.id, 0, sizeof h.id);
	GOOD(db_host_put(r->b, &h, &what, &e));
	assert_int_equal(what, DB_HOST_SAME);
	assert_true(uuid_eq(&h.id, &id));
	(void)str_copy(h.name, sizeof h.name, "Zoë Weber");
	h.away_from_ms = 5;
	h.away_until_ms = 6;
	GOOD(db_host_put(r->b, &h, &what, &e));
	assert_int_equal(what, DB_HOST_CHANGED);
	GOOD(db_host_get(r->b, &id, &got, &e));
	assert_string_equal(got.name, "Zoë Weber");
	assert_int_equal(got.away_until_ms, 6);
	GOOD(db_host_by_uid(r->b, "zoe", &got, &e));
	ANSWERS(ERR_NOT_FOUND, db_host_by_uid(r->b, "Zoe", &got, &e));
	int n;
	GOOD(db_host_search(r->b, "muller", false, &got, 1, &n, &e));
	assert_int_equal(n, 0); /* the old name is not kept in the look-up */
	rig_commit(r);
}

static void put__out_of_bounds__refused(void **state)
{
	struct rig *r = *state;
	struct db_host h = {.uid = "", .name = "A"};
	enum db_host_put what;
	rig_begin(r);
	ANSWERS(ERR_INPUT, db_host_put(r->b, &h, &what, &e));
	(void)str_copy(h.uid, sizeof h.uid, "a");
	h.name[0] = '\0';
	ANSWERS(ERR_INPUT, db_host_put(r->b, &h, &what, &e));
	(void)str_copy(h.name, sizeof h.name, "A");
	h.deputy = book_new_id(r->b);
	ANSWERS(ERR_NOT_FOUND, db_host_put(r->b, &h, &what, &e));
	rig_commit(r);
}

static void by_mail__any_case_one_only(void **state)
{
	struct rig *r = *state;
	struct db_host h;
	rig_begin(r);
	struct uuid a = rig_host(r, "a", "A");
	GOOD(db_host_by_mail(r->b, "A@EXAMPLE.COM", &h, &e));
	assert_true(uuid_eq(&h.id, &a));
	ANSWERS(ERR_NOT_FOUND, db_host_by_mail(r->b, "", &h, &e));
	ANSWERS(ERR_NOT_FOUND, db_host_by_mail(r->b, "%", &h, &e));
	struct db_host b = {.uid = "b", .name = "B", .mail = "a@example.com"};
	enum db_host_put what;
	GOOD(db_host_put(r->b, &b, &what, &e));
	ANSWERS(ERR_CONFLICT, db_host_by_mail(r->b, "a@example.com", &h, &e));
	GOOD(db_host_set_left(r->b, &a, RIG_MS, &e));
	GOOD(db_host_by_mail(r->b, "a@example.com", &h, &e));
	assert_true(uuid_eq(&h.id, &b.id));
	ANSWERS(ERR_NOT_FOUND, db_host_set_left(r->b, &(struct uuid){{1}}, RIG_MS, &e));
	rig_commit(r);
}

static void search__words_in_order_of_names(void **state)
{
	struct rig *r = *state;
	struct db_host h[8];
	int n;
	rig_begin(r);
	(void)rig_host(r, "wm", "Wolfgang Müller");
	(void)rig_host(r, "am", "Anna Müller");
	struct uuid left = rig_host(r, "lm", "Lea Mulligan");
	(void)rig_host(r, "xy", "Xenia Meier");
	GOOD(db_host_set_left(r->b, &left, RIG_MS, &e));
	rig_commit(r);
	GOOD(db_host_search(r->b, "MÜL", false, h, 8, &n, &e));
	assert_int_equal(n, 2);
	assert_string_equal(h[0].name, "Anna Müller");
	assert_string_equal(h[1].name, "Wolfgang Müller");
	GOOD(db_host_search(r->b, "mul", true, h, 8, &n, &e));
	assert_int_equal(n, 3);
	GOOD(db_host_search(r->b, "mul", true, h, 2, &n, &e));
	assert_int_equal(n, 2);
	GOOD(db_host_search(r->b, "mu wo", false, h, 8, &n, &e));
	assert_int_equal(n, 1);
	GOOD(db_host_search(r->b, "xy", false, h, 8, &n, &e)); /* by uid */
	assert_int_equal(n, 1);
	const char *nobody[] = {"", "   ", "%", "_", "'; DROP TABLE host; --", "\xff",
	    "\x1b]0;x\x07", "mul zzz", "\u202e"};
	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
		GOOD(db_host_search(r->b, nobody[i], true, h, 8, &n, &e));
		assert_int_equal(n, 0);
	}
}

static void list__pages_by_id(void **state)
{
	struct rig *r = *state;
	struct db_host h[4];
	struct uuid after = {0};
	int n, seen = 0;
	rig_begin(r);
	for (int i = 0; i < 10; i++) {
		char uid[16];
		(void)str_print(uid, sizeof uid, "u%d", i);
		struct uuid id = rig_host(r, uid, "Somebody");
		if (i == 3)
			GOOD(db_host_set_left(r->b, &id, 9, &e));
	}
	rig_commit(r);
	do {
		GOOD(db_host_list(r->b, &after, false, h, 4, &n, &e));
		seen += n;
		if (n > 0)
			after = h[n - 1].id;
	} while (n > 0);
	assert_int_equal(seen, 9);
	GOOD(db_host_list(r->b, NULL, true, h, 4, &n, &e));
	assert_int_equal(n, 4);
}

static void staff__one_id_a_user(void **state)
{
	struct rig *r = *state;
	struct db_staff a, b;
	ANSWERS(ERR_BUG, db_staff_of(r->b, "anna", 1000, &a, &e)); /* new, and no transaction */
	rig_begin(r);
	GOOD(db_staff_of(r->b, "anna", 1000, &a, &e));
	GOOD(db_staff_of(r->b, "anna", 1000, &b, &e));
	assert_true(uuid_eq(&a.id, &b.id));
	GOOD(db_staff_of(r->b, "anna", 1001, &b, &e));
	assert_true(uuid_eq(&a.id, &b.id));
	ANSWERS(ERR_INPUT, db_staff_of(r->b, "", 1, &b, &e));
	rig_commit(r);
	GOOD(db_staff_of(r->b, "anna", 1001, &b, &e));
	GOOD(db_staff_get(r->b, &a.id, &b, &e));
	assert_string_equal(b.user, "anna");
	assert_int_equal(b.uid, 1001);
	ANSWERS(ERR_NOT_FOUND, db_staff_get(r->b, &(struct uuid){{9}}, &b, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(put__adds_changes_and_says_same),
	    TEST(put__out_of_bounds__refused),
	    TEST(by_mail__any_case_one_only),
	    TEST(search__words_in_order_of_names),
	    TEST(list__pages_by_id),
	    TEST(staff__one_id_a_user),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
