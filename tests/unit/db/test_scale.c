/* Twenty thousand visits: lists and look-ups answer from an index, whatever the book's size. The
 * bounds are wide (a busy machine, a sanitizer); what they catch is work that grows with the book. */
#include "rig.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "db/badge.h"
#include "db/card.h"
#include "db/credential.h"
#include "db/idempotency.h"
#include "db/job.h"
#include "db/journal.h"
#include "db/stay.h"
#include "db/visitor.h"

enum { VISITS = 20000, BATCH = 2000, PAGE = 50, ROUNDS = 20 };

static const char *const first[] = {"Anna", "Bela", "Chloé", "Dmitri", "Emre", "Fatima", "Günther",
    "Hana", "Ines", "Jürgen", "Zoë"};
static const char *const last[] = {"Müller", "Meier", "Martin", "Marković", "Nowak", "O'Brien",
    "Pérez", "Quist", "Rossi", "Schmidt", "Schneider", "Tanaka", "Ueda"};

static int big_setup(void **state)
{
	if (rig_setup(state) != 0)
		return -1;
	struct rig *r = *state;
	for (int i = 0; i < VISITS; i++) {
		if (i % BATCH == 0)
			rig_begin(r);
		char name[64];
		(void)str_print(name, sizeof name, "%s %s", first[i % 11], last[i % 13]);
		r->wall_ms = RIG_MS + (int64_t)i * 60000;
		struct db_visit v = {
		    .visitor = rig_visitor(r, name, i % 7 ? "Acme GmbH" : "Beta SA"),
		    .type = "guest",
		    .conf_hash = "c0ffee",
		    .from_ms = r->wall_ms,
		    .until_ms = r->wall_ms + 3600000,
		    .state = i < VISITS - 200 ? DB_VISIT_ENDED
			     : i % 2          ? DB_VISIT_INSIDE
					      : DB_VISIT_EXPECTED};
		GOOD(db_visit_insert(r->b, &v, &e));
		if (i % BATCH == BATCH - 1)
			rig_commit(r);
	}
	return 0;
}

static int64_t now_us(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t list_us(struct rig *r, const struct db_visit_query *q, int want)
{
	static struct db_visit_item items[PAGE];
	struct db_visit_page page = {.items = items, .max = PAGE};
	int64_t best = INT64_MAX;
	for (int i = 0; i < ROUNDS; i++) {
		int64_t start = now_us();
		GOOD(db_visit_list(r->b, q, &page, &e));
		int64_t took = now_us() - start;
		best = took < best ? took : best;
	}
	assert_int_equal(page.n, want);
	return best;
}

static void lists__from_an_index(void **state)
{
	struct rig *r = *state;
	static const struct {
		struct db_visit_query q;
		int want;
		const char *what;
	} asked[] = {
	    {{.state = DB_VISIT_ANY}, PAGE, "newest"},
	    {{.state = DB_VISIT_INSIDE}, PAGE, "inside"},
	    {{.state = DB_VISIT_EXPECTED, .oldest_first = true}, PAGE, "expected"},
	    {{.state = DB_VISIT_REFUSED}, 0, "refused"},
	    {{.state = DB_VISIT_ANY, .words = "mar"}, PAGE, "search mar"},
	    {{.state = DB_VISIT_ANY, .words = "marti"}, PAGE, "search marti"},
	    {{.state = DB_VISIT_ANY, .words = "zoe tan"}, PAGE, "search zoe tan"},
	    {{.state = DB_VISIT_ANY, .words = "xyzzy"}, 0, "search nobody"},
	    {{.state = DB_VISIT_ANY, .words = "acme"}, PAGE, "search acme"},
	};
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		int64_t us = list_us(r, &asked[i].q, asked[i].want);
		print_message(
		    "%s: %d rows in %lld us\n", asked[i].what, asked[i].want, (long long)us);
		assert_in_range(us, 0, 20000);
	}
}

static void search__all_pages_find_all(void **state)
{
	struct rig *r = *state;
	static struct db_visit_item items[200];
	struct db_visit_page page = {.items = items, .max = 200};
	struct db_visit_query q = {.state = DB_VISIT_ANY, .words = "martin"};
	int64_t found = 0, before = INT64_MAX;
	do {
		GOOD(db_visit_list(r->b, &q, &page, &e));
		for (int i = 0; i < page.n; i++) {
			assert_true(items[i].visit.from_ms < before);
			before = items[i].visit.from_ms;
			assert_non_null(strstr(items[i].name, "Martin"));
		}
		found += page.n;
		q.has_after = true;
		q.after = page.next;
	} while (page.more);
	assert_int_equal(found, (VISITS + 10) / 13);
	/* A rare pair of words at the far end is found by going on. */
	q = (struct db_visit_query){.state = DB_VISIT_ENDED, .words = "anna muller"};
	found = 0;
	do {
		GOOD(db_visit_list(r->b, &q, &page, &e));
		found += page.n;
		q.has_after = true;
		q.after = page.next;
	} while (page.more);
	assert_true(found > 100);
}

/* One arrival, as the daemon writes it. */
static void arrival(struct rig *r, struct db_visit v, int k)
{
	int64_t card;
	struct db_stay s = {.visit = v.id, .in_ms = r->wall_ms, .in_how = DB_HOW_PASS};
	GOOD(db_stay_open(r->b, &s, &e));
	v.state = DB_VISIT_INSIDE;
	GOOD(db_visit_update(r->b, &v, &e));
	struct db_badge g = {
	    .visit = v.id, .pass_id = {(uint8_t)k, (uint8_t)(k >> 8), 9}, .daymark = "2026-11-23"};
	GOOD(db_badge_issue(r->b, &g, &e));
	GOOD(db_card_allocate(r->b, &v.id, 1000, 9999, &card, &e));
	struct db_credential c = {
	    .visit = v.id, .controller = "north", .card = card, .right_until_ms = v.until_ms};
	GOOD(db_credential_insert(r->b, &c, &e));
	static const char *const kinds[] = {"print", "grant", "mail"};
	for (int i = 0; i < 3; i++) {
		struct db_job j = {.visit = v.id, .facts = "{}", .destination = "a:b"};
		(void)str_copy(j.kind, sizeof j.kind, kinds[i]);
		if (i == 1)
			j.credential = c.id;
		GOOD(db_job_insert(r->b, &j, &e));
	}
	struct db_journal_entry en = {.actor = "kiosk:lobby",
	    .what = "visit.arrive",
	    .subject = v.id,
	    .n_fields = 1,
	    .fields = {{"name", "Zoë"}}};
	GOOD(db_journal_append(r->b, &en, NULL, &e));
	struct uuid key = book_new_id(r->b);
	struct db_answer a = {.status = 201, .own_text = (char[]){"{}"}, .len = 2};
	GOOD(db_idempotency_put(r->b, "kiosk:lobby", &key, &a, &e));
}

/* The most pages that one transaction of fifty writes. */
static int most_pages(struct rig *r, bool invited)
{
	GOOD(book_checkpoint(r->b, BOOK_CHECKPOINT_TRUNCATE, &e));
	int most = 0, before = 0;
	for (int k = 1; k <= 50; k++) {
		struct db_visit v;
		r->wall_ms += 60000;
		rig_begin(r);
		if (invited)
			GOOD(db_visit_by_number(r->b, VISITS - 100 + 2 * k - 1, &v, &e));
		else
			v = rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED);
		arrival(r, v, invited ? k : 100 + k);
		rig_commit(r);
		int pages = book_wal_pages(r->b) - before;
		before = book_wal_pages(r->b);
		most = pages > most ? pages : most;
	}
	return most;
}

static void arrival__few_pages(void **state)
{
	struct rig *r = *state;
	int invited = most_pages(r, true), walk_in = most_pages(r, false);
	print_message("an arrival writes at most %d pages, a walk-in %d\n", invited, walk_in);
	assert_in_range(invited, 1, 28);
	assert_in_range(walk_in, 1, 46);
}

static void queue__long_one_still_leases_fast(void **state)
{
	struct rig *r = *state;
	struct db_job j;
	rig_begin(r);
	for (int k = 1; k <= 1000; k++)
		arrival(r, rig_visit(r, "Zoë Müller", DB_VISIT_EXPECTED), 1000 + k);
	rig_commit(r);
	int64_t start = now_us();
	rig_begin(r);
	for (int k = 0; k < 100; k++) {
		GOOD(db_job_lease(r->b, "a:b", r->wall_ms, &j, &e));
		GOOD(db_job_retry(r->b, &j.id,
		    &(struct db_job_trouble){
			.class = "timeout", .not_before_ms = r->wall_ms + 999999},
		    &e));
	}
	rig_commit(r);
	int64_t took = (now_us() - start) / 100;
	print_message("lease and retry in a queue of 3000: %lld us\n", (long long)took);
	assert_in_range(took, 0, 20000);
}

static void open__in_time(void **state)
{
	struct rig *r = *state;
	int64_t best = INT64_MAX;
	for (int i = 0; i < 5; i++) {
		int64_t start = now_us();
		rig_reopen(r, BOOK_RW);
		int64_t took = now_us() - start;
		best = took < best ? took : best;
	}
	print_message("opening the book: %lld us\n", (long long)best);
	assert_in_range(best, 0, 500000);
	GOOD(book_verify(r->b, true, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists__from_an_index),
	    cmocka_unit_test(search__all_pages_find_all),
	    cmocka_unit_test(arrival__few_pages),
	    cmocka_unit_test(queue__long_one_still_leases_fast),
	    cmocka_unit_test(open__in_time),
	};
	return cmocka_run_group_tests(tests, big_setup, rig_teardown);
}
