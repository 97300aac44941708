#include "rig.h"

#include <string.h>

#include "base/str.h"
#include "db/badge.h"
#include "db/card.h"
#include "db/credential.h"
#include "db/host.h"
#include "db/job.h"
#include "db/stay.h"
#include "db/visitor.h"

enum { PAGE = 3 };

/* Ten visits, an hour apart, the odd ones inside. */
static void ten(struct rig *r, struct uuid host)
{
	rig_begin(r);
	for (int i = 0; i < 10; i++) {
		char name[32];
		(void)str_print(name, sizeof name, "Visitor %c%c%cx", 'a' + i, 'a' + i, 'a' + i);
		struct db_visit v = {.visitor = rig_visitor(r, name, i % 2 ? "Müller AG" : "Meier"),
		    .type = "guest",
		    .from_ms = RIG_MS + i / 2 * 3600000,
		    .until_ms = RIG_MS + 90000000,
		    .state = i % 2 ? DB_VISIT_INSIDE : DB_VISIT_EXPECTED};
		if (i % 3 == 0)
			v.host = host;
		GOOD(db_visit_insert(r->b, &v, &e));
	}
	rig_commit(r);
}

/* Walk all pages of a query; the numbers in order. */
static int walk(struct rig *r, struct db_visit_query q, int64_t numbers[32])
{
	struct db_visit_item items[PAGE];
	struct db_visit_page page = {.items = items, .max = PAGE};
	int n = 0;
	for (int pages = 0; pages < 20; pages++) {
		GOOD(db_visit_list(r->b, &q, &page, &e));
		for (int i = 0; i < page.n && n < 32; i++)
			numbers[n++] = items[i].visit.number;
		if (!page.more)
			return n;
		char text[DB_CURSOR_SZ];
		db_visit_cursor_print(text, &page.next);
		q.has_after = true;
		assert_true(db_visit_cursor_parse(&q.after, text));
	}
	fail_msg("the pages do not end");
	return n;
}

static void list__by_state_host_and_time(void **state)
{
	struct rig *r = *state;
	int64_t n[32];
	struct uuid host = {0};
	rig_begin(r);
	host = rig_host(r, "h", "Host");
	rig_commit(r);
	ten(r, host);
	struct db_visit_query any = {.state = DB_VISIT_ANY};
	assert_int_equal(walk(r, any, n), 10);
	assert_int_equal(n[0], 10);
	assert_int_equal(n[9], 1);
	any.oldest_first = true;
	assert_int_equal(walk(r, any, n), 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(n[i], i + 1);
	any.from_ms = RIG_MS + 3600000;
	any.until_ms = RIG_MS + 2 * 3600000;
	assert_int_equal(walk(r, any, n), 2);
	assert_int_equal(n[0], 3);
	assert_int_equal(walk(r, (struct db_visit_query){.state = DB_VISIT_INSIDE}, n), 5);
	assert_int_equal(n[0], 10);
	assert_int_equal(n[4], 2);
	assert_int_equal(
	    walk(r, (struct db_visit_query){.state = DB_VISIT_INSIDE, .oldest_first = true}, n), 5);
	assert_int_equal(n[0], 2);
	assert_int_equal(walk(r, (struct db_visit_query){.state = DB_VISIT_ENDED}, n), 0);
	assert_int_equal(
	    walk(r, (struct db_visit_query){.state = DB_VISIT_ANY, .host = host}, n), 4);
	assert_int_equal(n[0], 10);
	assert_int_equal(walk(r,
			     (struct db_visit_query){
				 .state = DB_VISIT_INSIDE, .host = host, .oldest_first = true},
			     n),
	    2);
	assert_int_equal(n[0], 4);
	struct db_visit_page page = {.max = 0};
	ANSWERS(ERR_INPUT, db_visit_list(r->b, &(struct db_visit_query){.state = 7}, &page, &e));
	ANSWERS(ERR_INPUT, db_visit_list(r->b, &(struct db_visit_query){.state = -2}, &page, &e));
}

static void search__words_newest_first(void **state)
{
	struct rig *r = *state;
	int64_t n[32];
	struct uuid host = {0};
	rig_begin(r);
	host = rig_host(r, "h", "Host");
	rig_commit(r);
	ten(r, host);
	struct db_visit_query q = {.state = DB_VISIT_ANY, .words = "visitor"};
	assert_int_equal(walk(r, q, n), 10);
	assert_int_equal(n[0], 10);
	assert_int_equal(n[9], 1);
	q.words = "MÜL";
	assert_int_equal(walk(r, q, n), 5);
	q.words = "mullers";
	assert_int_equal(walk(r, q, n), 0);
	q.words = "cccx";
	assert_int_equal(walk(r, q, n), 1);
	assert_int_equal(n[0], 3);
	q.words = "muller vis bbb";
	assert_int_equal(walk(r, q, n), 1);
	assert_int_equal(n[0], 2);
	q.words = "AG"; /* shorter than a head: the whole word */
	assert_int_equal(walk(r, q, n), 5);
	q.words = "a";
	assert_int_equal(walk(r, q, n), 0);
	q.words = "visitor";
	q.state = DB_VISIT_EXPECTED;
	assert_int_equal(walk(r, q, n), 5);
	q.host = host;
	assert_int_equal(walk(r, q, n), 2);
	q = (struct db_visit_query){.state = DB_VISIT_ANY,
	    .words = "visitor",
	    .from_ms = RIG_MS + 3600000,
	    .until_ms = RIG_MS + 2 * 3600000};
	assert_int_equal(walk(r, q, n), 2);
	assert_int_equal(n[0], 4);
	const char *nobody[] = {
	    " ", "%", "_", "'; --", "\xff\xfe", "\x1b[2J", "\u202e", "\u200b", "visitor zzz"};
	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
		q = (struct db_visit_query){.state = DB_VISIT_ANY, .words = nobody[i]};
		assert_int_equal(walk(r, q, n), 0);
	}
}

static void search__two_words_begin_alike__found_once(void **state)
{
	struct rig *r = *state;
	int64_t n[32];
	rig_begin(r);
	(void)rig_visit(r, "Martin Martinez Marti", DB_VISIT_EXPECTED);
	(void)rig_visit(r, "Marta Martinowski", DB_VISIT_EXPECTED);
	(void)rig_visit(r, "王小明", DB_VISIT_EXPECTED);
	(void)rig_visit(r, "Li Wu", DB_VISIT_EXPECTED);
	rig_commit(r);
	assert_int_equal(
	    walk(r, (struct db_visit_query){.state = DB_VISIT_ANY, .words = "mart"}, n), 2);
	assert_int_equal(
	    walk(r, (struct db_visit_query){.state = DB_VISIT_ANY, .words = "martino"}, n), 1);
	assert_int_equal(n[0], 2);
	assert_int_equal(
	    walk(r, (struct db_visit_query){.state = DB_VISIT_ANY, .words = "martinez"}, n), 1);
	assert_int_equal(
	    walk(r, (struct db_visit_query){.state = DB_VISIT_ANY, .words = "王"}, n), 1);
	assert_int_equal(
	    walk(r, (struct db_visit_query){.state = DB_VISIT_ANY, .words = "王小"}, n), 1);
	assert_int_equal(
	    walk(r, (struct db_visit_query){.state = DB_VISIT_ANY, .words = "wu"}, n), 1);
}

static void cursor__parses_what_it_prints_and_nothing_else(void **state)
{
	(void)state;
	struct db_visit_cursor c = {1, 2};
	const char *bad[] = {"", ".", "1", "1.", ".1", "1.2.", "-1.2", "1.-2", " 1.2", "1.2 ",
	    "9999999999999999999999.1", "1.2x", "1,2", "%s.%n"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(db_visit_cursor_parse(&c, bad[i]));
	assert_int_equal(c.from_ms, 1);
	assert_true(db_visit_cursor_parse(&c, "1795000000000.42"));
	assert_int_equal(c.number, 42);
}

static void insert_job(struct rig *r, struct db_job *j, struct uuid visit, const char *kind)
{
	*j = (struct db_job){.visit = visit, .facts = "{}"};
	(void)str_copy(j->kind, sizeof j->kind, kind);
	(void)str_copy(j->destination, sizeof j->destination, kind);
	GOOD(db_job_insert(r->b, j, &e));
}

static void trouble(struct rig *r, struct db_job *j, const char *class)
{
	struct db_job leased;
	struct db_job_trouble t = {.class = class, .not_before_ms = RIG_MS};
	GOOD(db_job_lease(r->b, j->destination, RIG_MS + 1, &leased, &e));
	assert_true(uuid_eq(&leased.id, &j->id));
	GOOD(db_job_retry(r->b, &j->id, &t, &e));
}

static void item__doors_and_badge(void **state)
{
	struct rig *r = *state;
	struct db_visit_item item;
	struct db_job print, grant;
	int64_t card;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED);
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_string_equal(item.name, "Zoë Müller");
	assert_string_equal(item.company, "Acme Ltd");
	assert_string_equal(item.host_name, "");
	assert_int_equal(item.doors, DB_DOORS_NONE);
	assert_int_equal(item.badge, DB_PRINT_NONE);
	assert_int_equal(item.in_ms, 0);

	struct db_stay s = {.visit = v.id, .in_ms = RIG_MS, .in_how = DB_HOW_PASS};
	GOOD(db_stay_open(r->b, &s, &e));
	struct db_badge g = {.visit = v.id, .pass_id = {1}};
	GOOD(db_badge_issue(r->b, &g, &e));
	insert_job(r, &print, v.id, "print");
	r->wall_ms = RIG_MS;
	GOOD(db_card_allocate(r->b, &v.id, 100, 200, &card, &e));
	struct db_credential c = {
	    .visit = v.id, .controller = "north", .card = card, .right_until_ms = RIG_MS + 1};
	GOOD(db_credential_insert(r->b, &c, &e));
	insert_job(r, &grant, v.id, "grant");
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_int_equal(item.in_ms, RIG_MS);
	assert_int_equal(item.out_ms, 0);
	assert_int_equal(item.doors, DB_DOORS_PENDING);
	assert_int_equal(item.badge, DB_PRINT_PRINTING);

	trouble(r, &grant, "pending");
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_int_equal(item.doors, DB_DOORS_PENDING);
	trouble(r, &grant, "timeout");
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_int_equal(item.doors, DB_DOORS_TROUBLE);
	assert_int_equal(item.badge, DB_PRINT_PRINTING);
	/* While it is tried again it is still in trouble. */
	struct db_job leased;
	GOOD(db_job_lease(r->b, "grant", RIG_MS + 1, &leased, &e));
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_int_equal(item.doors, DB_DOORS_TROUBLE);
	GOOD(db_job_done(r->b, &grant.id, &e));
	c.state = DB_CREDENTIAL_GRANTED;
	GOOD(db_credential_update(r->b, &c, &e));
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_int_equal(item.doors, DB_DOORS_OPEN);
	c.state = DB_CREDENTIAL_REVOKING;
	GOOD(db_credential_update(r->b, &c, &e));
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_int_equal(item.doors, DB_DOORS_PENDING);
	c.state = DB_CREDENTIAL_REVOKED;
	GOOD(db_credential_update(r->b, &c, &e));
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_int_equal(item.doors, DB_DOORS_WITHDRAWN);

	GOOD(db_badge_set_printed(r->b, &v.id, 1, RIG_MS, &e));
	GOOD(db_visit_item(r->b, &v.id, &item, &e));
	assert_int_equal(item.badge, DB_PRINT_PRINTED);
	ANSWERS(ERR_NOT_FOUND, db_visit_item(r->b, &(struct uuid){{1}}, &item, &e));
	rig_commit(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(list__by_state_host_and_time),
	    TEST(search__words_newest_first),
	    TEST(search__two_words_begin_alike__found_once),
	    cmocka_unit_test(cursor__parses_what_it_prints_and_nothing_else),
	    TEST(item__doors_and_badge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
