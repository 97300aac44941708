/* Waiting rows, answers kept, numbers for the first screen. */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#include "db/host.h"
#include "db/idempotency.h"
#include "db/stats.h"
#include "db/waiting.h"

static struct db_waiting help(struct rig *r, struct uuid visit)
{
	struct db_waiting w = {
	    .visit = visit, .kiosk = "lobby", .reason = "help", .screen = "host"};
	GOOD(db_waiting_insert(r->b, &w, &e));
	return w;
}

static void waiting__taken_and_resolved_once(void **state)
{
	struct rig *r = *state;
	struct db_waiting got, list[4];
	int n;
	rig_begin(r);
	struct db_visit v = rig_visit(r, "A", DB_VISIT_WAITING);
	struct db_waiting a = help(r, (struct uuid){0}), b = help(r, v.id), c = help(r, v.id);
	GOOD(db_waiting_take(r->b, &a.id, "staff:1", &e));
	GOOD(db_waiting_take(r->b, &a.id, "staff:1", &e));
	ANSWERS(ERR_CONFLICT, db_waiting_take(r->b, &a.id, "staff:2", &e));
	GOOD(db_waiting_resolve(
	    r->b, &a.id, "staff:2", "went home", &e)); /* another may finish it */
	ANSWERS(ERR_CONFLICT, db_waiting_resolve(r->b, &a.id, "staff:1", "", &e));
	ANSWERS(ERR_CONFLICT, db_waiting_take(r->b, &a.id, "staff:1", &e));
	ANSWERS(ERR_NOT_FOUND, db_waiting_take(r->b, &v.id, "staff:1", &e));
	ANSWERS(ERR_NOT_FOUND, db_waiting_resolve(r->b, &v.id, "staff:1", "", &e));
	GOOD(db_waiting_get(r->b, &a.id, &got, &e));
	assert_string_equal(got.taken_by, "staff:2");
	assert_string_equal(got.resolution, "went home");
	GOOD(db_waiting_list(r->b, true, NULL, list, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_true(uuid_eq(&list[0].id, &b.id));
	GOOD(db_waiting_list(r->b, true, &b.id, list, 4, &n, &e));
	assert_int_equal(n, 1);
	GOOD(db_waiting_list(r->b, false, NULL, list, 2, &n, &e));
	assert_int_equal(n, 2);
	assert_true(uuid_eq(&list[0].id, &c.id));
	GOOD(db_waiting_list(r->b, false, &list[1].id, list, 2, &n, &e));
	assert_int_equal(n, 1);
	GOOD(db_waiting_resolve_visit(r->b, &v.id, "clock", "", &n, &e));
	assert_int_equal(n, 2);
	GOOD(db_waiting_resolve_visit(r->b, &v.id, "clock", "", NULL, &e));
	GOOD(db_waiting_list_visit(r->b, &v.id, list, 4, &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(list[1].resolved_ms, RIG_MS);
	struct db_waiting bad = {.kiosk = "lobby"};
	ANSWERS(ERR_INPUT, db_waiting_insert(r->b, &bad, &e)); /* no reason */
	rig_commit(r);
}

static void answer__kept_for_its_actor(void **state)
{
	struct rig *r = *state;
	char text[] = "{\"name\":\"Zoë\"}";
	struct db_answer a = {.status = 201,
			     .own_text = text,
			     .len = sizeof text - 1,
			     .hash = {1, 2, 3}},
			 got;
	struct uuid key = {{1}}, other = {{2}};
	int n;
	rig_begin(r);
	ANSWERS(ERR_NOT_FOUND, db_idempotency_get(r->b, "kiosk:lobby", &key, &got, &e));
	GOOD(db_idempotency_put(r->b, "kiosk:lobby", &key, &a, &e));
	ANSWERS(ERR_CONFLICT, db_idempotency_put(r->b, "kiosk:lobby", &key, &a, &e));
	GOOD(db_idempotency_put(r->b, "kiosk:gate", &key, &a, &e));
	GOOD(db_idempotency_get(r->b, "kiosk:lobby", &key, &got, &e));
	assert_int_equal(got.status, 201);
	assert_string_equal(got.own_text, text);
	assert_int_equal(got.len, a.len);
	assert_memory_equal(got.hash, a.hash, sizeof got.hash);
	free(got.own_text);
	ANSWERS(ERR_NOT_FOUND, db_idempotency_get(r->b, "kiosk:lobby", &other, &got, &e));
	assert_null(got.own_text);
	a.len = DB_ANSWER_MAX + 1;
	ANSWERS(ERR_TOO_LONG, db_idempotency_put(r->b, "kiosk:lobby", &other, &a, &e));
	a.len = 0;
	a.own_text = NULL;
	a.status = 204;
	GOOD(db_idempotency_put(r->b, "kiosk:lobby", &other, &a, &e));
	GOOD(db_idempotency_get(r->b, "kiosk:lobby", &other, &got, &e));
	assert_string_equal(got.own_text, "");
	free(got.own_text);
	GOOD(db_idempotency_purge(r->b, RIG_MS, 100, &n, &e));
	assert_int_equal(n, 0);
	GOOD(db_idempotency_purge(r->b, RIG_MS + 1, 2, &n, &e));
	assert_int_equal(n, 2);
	GOOD(db_idempotency_purge(r->b, RIG_MS + 1, 2, NULL, &e));
	rig_commit(r);
	assert_int_equal(rig_number(r, "SELECT count(*) FROM idempotency"), 0);
}

static void answer__found_by_words_that_stand_in_it(void **state)
{
	struct rig *r = *state;
	char first[] = "{\"progress\":\"aa\"}", second[] = "{\"progress\":\"bb\"}";
	struct db_answer a = {.status = 201, .own_text = first, .len = sizeof first - 1}, got;
	struct uuid one = {{1}}, two = {{2}};
	struct db_answer_query q = {.actor = "kiosk:lobby", .words = "\"aa\"", .since_ms = RIG_MS};
	int64_t at = 0;
	rig_begin(r);
	GOOD(db_idempotency_put(r->b, "kiosk:lobby", &one, &a, &e));
	a.own_text = second;
	GOOD(db_idempotency_put(r->b, "kiosk:lobby", &two, &a, &e));
	rig_commit(r);
	GOOD(db_idempotency_find(r->b, &q, &got, &at, &e));
	assert_string_equal(got.own_text, first);
	assert_int_equal(at, RIG_MS);
	free(got.own_text);
	q.actor = "kiosk:gate"; /* what another kiosk was told is no business of this one */
	ANSWERS(ERR_NOT_FOUND, db_idempotency_find(r->b, &q, &got, &at, &e));
	q.actor = "kiosk:lobby";
	q.words = "\"cc\"";
	ANSWERS(ERR_NOT_FOUND, db_idempotency_find(r->b, &q, &got, &at, &e));
	q.words = "\"aa\"";
	q.since_ms = RIG_MS + 1;
	ANSWERS(ERR_NOT_FOUND, db_idempotency_find(r->b, &q, &got, &at, &e));
	assert_null(got.own_text);
}

static void stats__counts(void **state)
{
	struct rig *r = *state;
	struct db_stats s;
	rig_begin(r);
	(void)rig_visit(r, "A", DB_VISIT_EXPECTED);
	struct db_visit v = rig_visit(r, "B", DB_VISIT_INSIDE);
	(void)rig_visit(r, "C", DB_VISIT_ENDED);
	(void)help(r, v.id);
	struct uuid left = rig_host(r, "a", "A");
	(void)rig_host(r, "b", "B");
	GOOD(db_host_set_left(r->b, &left, 1, &e));
	struct db_job j = {.kind = "mail", .destination = "notify:mail", .facts = "{}"};
	GOOD(db_job_insert(r->b, &j, &e));
	rig_commit(r);
	GOOD(db_stats(r->b, &s, &e));
	assert_int_equal(s.visits[DB_VISIT_EXPECTED], 1);
	assert_int_equal(s.visits[DB_VISIT_INSIDE], 1);
	assert_int_equal(s.visits[DB_VISIT_ENDED], 0);
	assert_int_equal(s.waiting_open, 1);
	assert_int_equal(s.hosts, 1);
	assert_int_equal(s.jobs[DB_JOB_READY], 1);
	assert_int_equal(s.credentials_revoking, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(waiting__taken_and_resolved_once),
	    TEST(answer__kept_for_its_actor), TEST(answer__found_by_words_that_stand_in_it),
	    TEST(stats__counts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
