#include "rig.h"

#include <string.h>

#include "base/str.h"
#include "db/card.h"
#include "db/credential.h"
#include "db/job.h"

struct work {
	struct db_visit v;
	struct db_credential c;
};

static struct work work(struct rig *r)
{
	struct work w = {.v = rig_visit(r, "A", DB_VISIT_INSIDE)};
	int64_t card;
	GOOD(db_card_allocate(r->b, &w.v.id, 100, 999, &card, &e));
	w.c = (struct db_credential){
	    .visit = w.v.id, .controller = "north", .card = card, .right_until_ms = RIG_MS};
	GOOD(db_credential_insert(r->b, &w.c, &e));
	return w;
}

static struct db_job add(
    struct rig *r, const char *kind, const char *destination, const struct work *w)
{
	struct db_job j = {.facts = "{\"card\":1}"};
	(void)str_copy(j.kind, sizeof j.kind, kind);
	(void)str_copy(j.destination, sizeof j.destination, destination);
	if (w != NULL) {
		j.visit = w->v.id;
		if (strcmp(kind, "grant") == 0 || strcmp(kind, "revoke") == 0)
			j.credential = w->c.id;
	}
	GOOD(db_job_insert(r->b, &j, &e));
	return j;
}

static struct db_job lease(struct rig *r, const char *destination)
{
	struct db_job j = {0};
	GOOD(db_job_lease(r->b, destination, r->wall_ms, &j, &e));
	return j;
}

static void idle(struct rig *r, const char *destination)
{
	struct db_job j;
	ANSWERS(ERR_NOT_FOUND, db_job_lease(r->b, destination, r->wall_ms, &j, &e));
}

static struct db_job look(struct rig *r, const struct db_job *j)
{
	struct db_job got;
	GOOD(db_job_get(r->b, &j->id, &got, &e));
	return got;
}

static void lease__oldest_first_then_done(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct work w = work(r);
	struct db_job a = add(r, "mail", "notify:mail", &w), b = add(r, "mail", "notify:mail", &w),
		      p = add(r, "print", "print:lobby", NULL);
	struct db_job j = lease(r, "notify:mail");
	assert_true(uuid_eq(&j.id, &a.id));
	assert_int_equal(j.state, DB_JOB_LEASED);
	assert_int_equal(j.attempts, 1);
	assert_int_equal(j.visit_number, w.v.number);
	assert_string_equal(j.facts, "{\"card\":1}");
	j = lease(r, "notify:mail");
	assert_true(uuid_eq(&j.id, &b.id));
	idle(r, "notify:mail");
	j = lease(r, "print:lobby");
	assert_true(uuid_eq(&j.id, &p.id));
	assert_int_equal(j.visit_number, 0);
	GOOD(db_job_done(r->b, &a.id, &e));
	ANSWERS(ERR_CONFLICT, db_job_done(r->b, &a.id, &e));
	struct db_job_trouble t = {.class = "x"};
	ANSWERS(ERR_CONFLICT, db_job_retry(r->b, &a.id, &t, &e));
	ANSWERS(ERR_CONFLICT, db_job_fail(r->b, &a.id, &t, &e));
	ANSWERS(ERR_NOT_FOUND, db_job_done(r->b, &w.v.id, &e));
	assert_int_equal(look(r, &a).state, DB_JOB_DONE);
	rig_commit(r);
}

static void say(struct rig *r, const struct db_job *a, const char *mark)
{
	const struct db_job_trouble t = {
	    .class = "pending", .uncounted = true, .not_before_ms = 1, .mark = mark};
	assert_string_equal(lease(r, "print:lobby").mark, look(r, a).mark);
	GOOD(db_job_retry(r->b, &a->id, &t, &e));
}

static void mark__stays_whatever_becomes_of_the_courier(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_job a = add(r, "print", "print:lobby", NULL);
	assert_string_equal(look(r, &a).mark, "");
	say(r, &a, "seen");
	assert_string_equal(look(r, &a).mark, "seen");
	say(r, &a, NULL);
	say(r, &a, "");
	assert_string_equal(look(r, &a).mark, "seen");
	(void)lease(r, "print:lobby");
	GOOD(db_job_release(r->b, "print:lobby", true, NULL, &e));
	assert_string_equal(lease(r, "print:lobby").mark, "seen");
	GOOD(db_job_fail(r->b, &a.id, &(struct db_job_trouble){.class = "gone"}, &e));
	GOOD(db_job_act(r->b, &a.id, DB_JOB_ACT_RETRY, "", &e));
	say(r, &a, "seen again");
	assert_string_equal(look(r, &a).mark, "seen again");
	rig_commit(r);
}

static void retry__waits_and_keeps_the_age_of_the_trouble(void **state)
{
	struct rig *r = *state;
	int64_t next;
	rig_begin(r);
	struct db_job a = add(r, "mail", "notify:mail", NULL);
	rig_commit(r);
	for (int i = 0; i < 3; i++) {
		r->wall_ms += 60000;
		rig_begin(r);
		(void)lease(r, "notify:mail");
		struct db_job_trouble t = {.class = "timeout",
		    .reason = "no answer",
		    .remedy = "look at the network",
		    .not_before_ms = r->wall_ms + 5000};
		GOOD(db_job_retry(r->b, &a.id, &t, &e));
		idle(r, "notify:mail");
		rig_commit(r);
	}
	struct db_job j = look(r, &a);
	assert_int_equal(j.state, DB_JOB_WAITING);
	assert_int_equal(j.attempts, 3);
	assert_string_equal(j.class, "timeout");
	assert_string_equal(j.remedy, "look at the network");
	assert_int_equal(j.since_ms, RIG_MS + 60000);
	GOOD(db_job_next(r->b, "notify:mail", r->wall_ms, &next, &e));
	assert_int_equal(next, r->wall_ms + 5000);
	r->wall_ms += 5000;
	rig_begin(r);
	(void)lease(r, "notify:mail");
	GOOD(db_job_retry(r->b, &a.id,
	    &(struct db_job_trouble){.class = "pending", .uncounted = true, .not_before_ms = 1},
	    &e));
	assert_int_equal(look(r, &a).attempts, 3);
	assert_int_equal(look(r, &a).since_ms, r->wall_ms);
	(void)lease(r, "notify:mail");
	GOOD(db_job_fail(r->b, &a.id, &(struct db_job_trouble){.class = "rejected"}, &e));
	j = look(r, &a);
	assert_int_equal(j.state, DB_JOB_FAILED);
	assert_string_equal(j.reason, "");
	ANSWERS(ERR_NOT_FOUND, db_job_next(r->b, "notify:mail", r->wall_ms, &next, &e));
	rig_commit(r);
}

static void order__holds_within_a_credential(void **state)
{
	struct rig *r = *state;
	int64_t next;
	rig_begin(r);
	struct work w = work(r), x = work(r);
	struct db_job g = add(r, "grant", "access:north", &w),
		      v = add(r, "revoke", "access:north", &w),
		      other = add(r, "grant", "access:north", &x);
	struct db_job south = add(r, "revoke", "access:south", &w);
	(void)lease(r, "access:north");
	GOOD(db_job_retry(r->b, &g.id,
	    &(struct db_job_trouble){.class = "timeout", .not_before_ms = r->wall_ms + 9999}, &e));
	/* The revoke stands behind its grant, another credential does not. */
	struct db_job j = lease(r, "access:north");
	assert_true(uuid_eq(&j.id, &other.id));
	idle(r, "access:north");
	GOOD(db_job_next(r->b, "access:north", r->wall_ms, &next, &e));
	assert_int_equal(next, r->wall_ms + 9999);
	j = lease(r, "access:south");
	assert_true(uuid_eq(&j.id, &south.id));
	int n;
	GOOD(db_job_supersede(r->b, &w.c, "grant", &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(look(r, &g).state, DB_JOB_DROPPED);
	assert_string_equal(look(r, &g).class, "superseded");
	j = lease(r, "access:north");
	assert_true(uuid_eq(&j.id, &v.id));
	assert_int_equal(look(r, &other).state, DB_JOB_LEASED);
	ANSWERS(ERR_BUG, db_job_supersede(r->b, &w.c, "revoke", &n, &e));
	rig_commit(r);
}

static void supersede__leased_is_dropped_when_it_comes_back(void **state)
{
	struct rig *r = *state;
	int n;
	rig_begin(r);
	struct work w = work(r);
	struct db_job g = add(r, "grant", "access:north", &w);
	(void)lease(r, "access:north");
	GOOD(db_job_supersede(r->b, &w.c, "grant", &n, &e));
	assert_int_equal(n, 1);
	GOOD(db_job_supersede(r->b, &w.c, "grant", &n, &e));
	assert_int_equal(n, 0);
	struct db_job v = add(r, "revoke", "access:north", &w);
	idle(r, "access:north"); /* not before the grant has come back */
	GOOD(db_job_retry(r->b, &g.id, &(struct db_job_trouble){.class = "timeout"}, &e));
	assert_int_equal(look(r, &g).state, DB_JOB_DROPPED);
	struct db_job j = lease(r, "access:north");
	assert_true(uuid_eq(&j.id, &v.id));
	/* The same for prints of a visit. */
	struct db_job p = add(r, "print", "print:lobby", &w),
		      p2 = add(r, "print", "print:lobby", &w);
	(void)lease(r, "print:lobby");
	GOOD(db_job_cancel_visit(r->b, &w.v.id, "print", &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(look(r, &p).state, DB_JOB_LEASED);
	assert_int_equal(look(r, &p2).state, DB_JOB_DROPPED);
	GOOD(db_job_done(r->b, &p.id, &e)); /* it was printed all the same */
	assert_int_equal(look(r, &p).state, DB_JOB_DONE);
	rig_commit(r);
}

static void release__three_kills_hold_it(void **state)
{
	struct rig *r = *state;
	int n;
	rig_begin(r);
	struct db_job a = add(r, "print", "print:lobby", NULL),
		      b = add(r, "mail", "notify:mail", NULL);
	(void)lease(r, "notify:mail");
	for (int i = 0; i < DB_JOB_KILLS; i++) {
		(void)lease(r, "print:lobby");
		GOOD(db_job_release(r->b, "print:lobby", true, &n, &e));
		assert_int_equal(n, 1);
	}
	struct db_job j = look(r, &a);
	assert_int_equal(j.state, DB_JOB_HELD);
	assert_string_equal(j.class, "courier-died");
	idle(r, "print:lobby");
	assert_int_equal(look(r, &b).state, DB_JOB_LEASED);
	GOOD(db_job_release(r->b, NULL, false, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(look(r, &b).state, DB_JOB_READY);
	assert_int_equal(look(r, &b).kills, 0);
	GOOD(db_job_act(r->b, &a.id, DB_JOB_ACT_RETRY, NULL, &e));
	assert_int_equal(look(r, &a).kills, 0);
	(void)lease(r, "print:lobby");
	/* A courier that lives long enough to answer has forgiven it. */
	GOOD(db_job_release(r->b, "print:lobby", true, NULL, &e));
	(void)lease(r, "print:lobby");
	GOOD(db_job_retry(r->b, &a.id, &(struct db_job_trouble){.class = "media-empty"}, &e));
	assert_int_equal(look(r, &a).kills, 0);
	rig_commit(r);
}

static void act__only_where_allowed(void **state)
{
	struct rig *r = *state;
	static const char *const kinds[] = {"mail", "revoke"};
	/* [kind][act]: the states, as bits, from which it is allowed */
	static const unsigned allowed[2][4] = {
	    {1 << DB_JOB_WAITING | 1 << DB_JOB_HELD | 1 << DB_JOB_FAILED | 1 << DB_JOB_ACKNOWLEDGED,
		1 << DB_JOB_READY | 1 << DB_JOB_WAITING,
		1 << DB_JOB_READY | 1 << DB_JOB_WAITING | 1 << DB_JOB_HELD | 1 << DB_JOB_FAILED,
		1 << DB_JOB_HELD | 1 << DB_JOB_FAILED},
	    {1 << DB_JOB_WAITING | 1 << DB_JOB_HELD | 1 << DB_JOB_FAILED | 1 << DB_JOB_ACKNOWLEDGED,
		1 << DB_JOB_READY | 1 << DB_JOB_WAITING, 0,
		1 << DB_JOB_HELD | 1 << DB_JOB_FAILED | 1 << DB_JOB_WAITING},
	};
	static const enum db_job_state to[] = {
	    DB_JOB_READY, DB_JOB_HELD, DB_JOB_DROPPED, DB_JOB_ACKNOWLEDGED};
	for (int k = 0; k < 2; k++) {
		for (int act = 0; act < 4; act++) {
			for (int s = 0; s < DB_JOB_STATES; s++) {
				rig_begin(r);
				struct work w = work(r);
				struct db_job j = add(r, kinds[k], "x:y", &w);
				rig_commit(r);
				char sql[128], id[UUID_TEXT_SZ];
				(void)uuid_print(id, &j.id);
				(void)str_print(sql, sizeof sql, "UPDATE job SET state = '%s'",
				    db_job_state_name((enum db_job_state)s));
				rig_meddle(r, sql);
				rig_begin(r);
				struct err e = {0};
				enum err_code code =
				    db_job_act(r->b, &j.id, (enum db_job_act)act, "because", &e);
				bool may = (allowed[k][act] & 1U << s) != 0;
				assert_int_equal(code, may ? ERR_OK : ERR_CONFLICT);
				assert_int_equal(
				    look(r, &j).state, may ? to[act] : (enum db_job_state)s);
				if (may && act != DB_JOB_ACT_RETRY)
					assert_string_equal(look(r, &j).reason, "because");
				rig_commit(r);
			}
		}
	}
}

static void list__by_state_and_kind(void **state)
{
	struct rig *r = *state;
	struct db_job jobs[4];
	struct uuid next;
	int n, all = 0;
	rig_begin(r);
	struct work w = work(r);
	for (int i = 0; i < 10; i++)
		(void)add(r, i % 2 ? "mail" : "print", "a:b", i == 3 ? &w : NULL);
	struct db_job j = lease(r, "a:b");
	rig_commit(r);
	struct db_job_query q = {.state = DB_JOB_ANY};
	do {
		GOOD(db_job_list(r->b, &q, jobs, 4, &n, &next, &e));
		all += n;
		q.after = next;
	} while (!uuid_is_nil(&next));
	assert_int_equal(all, 10);
	q = (struct db_job_query){.state = DB_JOB_READY, .kind = "mail"};
	GOOD(db_job_list(r->b, &q, jobs, 4, &n, &next, &e));
	assert_int_equal(n, 4);
	q.after = next;
	GOOD(db_job_list(r->b, &q, jobs, 4, &n, &next, &e));
	assert_int_equal(n, 1);
	assert_true(uuid_is_nil(&next));
	q = (struct db_job_query){.state = DB_JOB_LEASED};
	GOOD(db_job_list(r->b, &q, jobs, 4, &n, &next, &e));
	assert_int_equal(n, 1);
	assert_true(uuid_eq(&jobs[0].id, &j.id));
	ANSWERS(ERR_INPUT,
	    db_job_list(r->b, &(struct db_job_query){.state = 8}, jobs, 4, &n, &next, &e));
	GOOD(db_job_list_visit(r->b, &w.v.id, jobs, 4, &n, &e));
	assert_int_equal(n, 1);
	int64_t counts[DB_JOB_STATES];
	GOOD(db_job_count(r->b, "a:b", counts, &e));
	assert_int_equal(counts[DB_JOB_READY], 9);
	assert_int_equal(counts[DB_JOB_LEASED], 1);
	GOOD(db_job_count(r->b, "c:d", counts, &e));
	assert_int_equal(counts[DB_JOB_READY], 0);
	enum db_job_state s;
	assert_true(db_job_state_parse(&s, "held") && s == DB_JOB_HELD);
	assert_false(db_job_state_parse(&s, "Held"));
}

/* What failed has an index of its own, what is over is walked past. */
static void list__failed_and_history(void **state)
{
	struct rig *r = *state;
	struct db_job jobs[4];
	struct uuid next;
	int n;
	rig_begin(r);
	for (int i = 0; i < 6; i++)
		(void)add(r, "mail", "a:b", NULL);
	for (int i = 0; i < 2; i++) {
		struct db_job j = lease(r, "a:b");
		GOOD(db_job_done(r->b, &j.id, &e));
	}
	struct db_job bad = lease(r, "a:b");
	GOOD(db_job_fail(r->b, &bad.id, &(struct db_job_trouble){.class = "no"}, &e));
	rig_commit(r);
	static const struct {
		enum db_job_state state;
		int n;
	} want[] = {{DB_JOB_DONE, 2}, {DB_JOB_FAILED, 1}, {DB_JOB_READY, 3}, {DB_JOB_DROPPED, 0}};
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		struct db_job_query q = {.state = want[i].state};
		GOOD(db_job_list(r->b, &q, jobs, 4, &n, &next, &e));
		assert_int_equal(n, want[i].n);
		for (int k = 0; k < n; k++)
			assert_int_equal(jobs[k].state, want[i].state);
	}
	int64_t counts[DB_JOB_STATES];
	GOOD(db_job_count(r->b, NULL, counts, &e));
	assert_int_equal(counts[DB_JOB_FAILED], 1);
	assert_int_equal(counts[DB_JOB_READY], 3);
	GOOD(db_job_count(r->b, "c:d", counts, &e));
	assert_int_equal(counts[DB_JOB_FAILED], 0);
}

static void insert__later_waits(void **state)
{
	struct rig *r = *state;
	rig_begin(r);
	struct db_job j = {.kind = "mail",
			  .destination = "a:b",
			  .facts = "{}",
			  .not_before_ms = RIG_MS + 10},
		      got;
	GOOD(db_job_insert(r->b, &j, &e));
	assert_int_equal(j.state, DB_JOB_WAITING);
	idle(r, "a:b");
	GOOD(db_job_lease(r->b, "a:b", RIG_MS + 10, &got, &e));
	struct db_job bad = {.kind = "grant", .destination = "a:b", .credential = {{1}}};
	ANSWERS(ERR_INPUT, db_job_insert(r->b, &bad, &e)); /* a credential without its visit */
	rig_commit(r);
}

static void next_is(struct rig *r, const struct db_job *want)
{
	struct db_job j = lease(r, "notify:mail");
	assert_true(uuid_eq(&j.id, &want->id));
}

/* A destination where nothing can be done: all wait behind its trouble, and then have their turn in order. */
static void wait_behind__until_the_destination_answers(void **state)
{
	struct rig *r = *state;
	const struct db_job_trouble down = {.class = "unreachable",
	    .reason = "nobody listens",
	    .remedy = "look at the network",
	    .not_before_ms = RIG_MS + 5000};
	rig_begin(r);
	struct db_job a = add(r, "mail", "notify:mail", NULL),
		      b = add(r, "mail", "notify:mail", NULL),
		      grey = add(r, "mail", "notify:mail", NULL),
		      other = add(r, "print", "print:lobby", NULL), j;
	(void)lease(r, "notify:mail");
	GOOD(db_job_retry(r->b, &a.id, &down, &e));
	(void)lease(r, "notify:mail");
	GOOD(db_job_retry(r->b, &b.id, &down, &e));
	(void)lease(r, "notify:mail");
	GOOD(db_job_retry(r->b, &grey.id,
	    &(struct db_job_trouble){.class = "greylisted", .not_before_ms = RIG_MS + 90000}, &e));
	struct db_job late = add(r, "mail", "notify:mail", NULL);
	GOOD(db_job_wait_behind(r->b, "notify:mail", &down, &e));
	idle(r, "notify:mail");
	j = look(r, &late);
	assert_int_equal(j.state, DB_JOB_WAITING);
	assert_int_equal(j.attempts, 0);
	assert_string_equal(j.class, "unreachable");
	assert_string_equal(j.reason, "nobody listens");
	assert_string_equal(j.remedy, "look at the network");
	assert_int_equal(look(r, &b).attempts, 1);
	/* What waits longer for a reason of its own, and other destinations, are left alone. */
	assert_string_equal(look(r, &grey).class, "greylisted");
	assert_int_equal(look(r, &other).state, DB_JOB_READY);

	GOOD(db_job_resume(r->b, "notify:mail", down.not_before_ms, &e));
	next_is(r, &a);
	GOOD(db_job_done(r->b, &a.id, &e));
	next_is(r, &b);
	next_is(r, &late);
	idle(r, "notify:mail");
	GOOD(db_job_resume(
	    r->b, "notify:mail", 0, &e)); /* a courier that was just started tries all */
	next_is(r, &grey);
	rig_commit(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(lease__oldest_first_then_done),
	    TEST(mark__stays_whatever_becomes_of_the_courier),
	    TEST(retry__waits_and_keeps_the_age_of_the_trouble),
	    TEST(order__holds_within_a_credential),
	    TEST(supersede__leased_is_dropped_when_it_comes_back),
	    TEST(release__three_kills_hold_it),
	    TEST(act__only_where_allowed),
	    TEST(list__by_state_and_kind),
	    TEST(list__failed_and_history),
	    TEST(insert__later_waits),
	    TEST(wait_behind__until_the_destination_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
