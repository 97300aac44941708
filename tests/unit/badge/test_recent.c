/* Was it printed from its beginning again? */
#include "badge/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those four before it */
#include <cmocka.h>

static const struct badge_ticket ticket = {"000042-1", "1795420800000"};

static void look(struct badge_recent *r, enum badge_job_state state, int64_t s, unsigned connection)
{
	const struct badge_job job = {.id = 7, .state = state, .created_s = 90, .processing_s = s};
	badge_recent_look(r, &job, connection);
}

static void look__same_server_or_same_time__goes_on(void **state)
{
	(void)state;
	struct badge_recents all = {0};
	struct badge_recent *r = badge_recent_add(&all, &ticket, "");
	look(r, BADGE_JOB_PENDING, 0, 1);
	look(r, BADGE_JOB_PROCESSING, 100, 1);
	look(r, BADGE_JOB_PROCESSING, 100, 2); /* an idle connection was made anew */
	look(r, BADGE_JOB_PENDING, 100, 2); /* the printer was off, */
	look(r, BADGE_JOB_PROCESSING, 130, 2); /* and CUPS tries again */
	look(r, BADGE_JOB_COMPLETED, 130, 2);
	assert_false(r->interrupted);
}

static void look__another_server_and_another_time__is_an_interruption(void **state)
{
	(void)state;
	static const struct {
		const char *what;
		enum badge_job_state before, then;
		int64_t s;
	} rows[] = {
	    {"at the printer again", BADGE_JOB_PROCESSING, BADGE_JOB_PROCESSING, 130},
	    {"out again before we looked", BADGE_JOB_PROCESSING, BADGE_JOB_COMPLETED, 130},
	    {"a clock that was put back", BADGE_JOB_PROCESSING, BADGE_JOB_PROCESSING, 40},
	    {"seen while it waited for its turn", BADGE_JOB_PENDING, BADGE_JOB_PROCESSING, 130},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct badge_recents all = {0};
		struct badge_recent *r = badge_recent_add(&all, &ticket, "");
		look(r, BADGE_JOB_PROCESSING, 100, 1);
		if (rows[i].before == BADGE_JOB_PENDING) {
			look(r, BADGE_JOB_PENDING, 0,
			    2); /* its control file was older than its printing */
			look(r, BADGE_JOB_PENDING, 100, 2);
		}
		look(r, rows[i].then, rows[i].s, 2);
		if (!r->interrupted)
			fail_msg("%s: not seen", rows[i].what);
		look(r, BADGE_JOB_CANCELED, rows[i].s, 2);
		assert_true(r->interrupted);
	}
}

/* Another courier, and in between cupsd was there, or not. */
static void mark__tells_the_next_courier_what_this_one_saw(void **state)
{
	(void)state;
	char mark[TEXT_WORD_SZ];
	struct badge_recents all = {0}, next = {0};
	struct badge_recent *r = badge_recent_add(&all, &ticket, "");
	assert_string_equal(badge_recent_mark(r, mark), "0");
	r->history_stale = true;
	look(r, BADGE_JOB_PROCESSING, 100, 3);
	r = badge_recent_add(&next, &ticket, badge_recent_mark(r, mark));
	assert_true(r->history_stale);
	look(r, BADGE_JOB_PROCESSING, 100, 1);
	assert_false(r->interrupted);

	r = badge_recent_add(&next, &ticket, mark);
	look(r, BADGE_JOB_COMPLETED, 130, 1);
	assert_true(r->interrupted);
	/* Whoever comes after that finds the same. */
	r = badge_recent_add(&next, &ticket, badge_recent_mark(r, mark));
	look(r, BADGE_JOB_CANCELED, 130, 1);
	assert_true(r->interrupted);

	r = badge_recent_add(&next, &ticket, "0");
	look(r, BADGE_JOB_PROCESSING, 130, 1);
	assert_false(r->interrupted || r->history_stale);
}

static void mark__that_is_none__says_nothing(void **state)
{
	(void)state;
	static const char *const marks[] = {
	    "", "x", " stale", "-7", "99999999999999999999999999 x", "7 stale and more"};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct badge_recents all = {0};
		const struct badge_recent *r = badge_recent_add(&all, &ticket, marks[i]);
		assert_true(r->processing_s >= 0);
		assert_false(r->history_stale || r->interrupted);
	}
}

static void find__by_title_and_stamp__the_last_ones(void **state)
{
	(void)state;
	struct badge_recents all = {0};
	struct badge_ticket t = ticket;
	struct badge_recent *first = badge_recent_add(&all, &t, "5");
	assert_ptr_equal(badge_recent_find(&all, &ticket), first);
	for (int i = 1; i < BADGE_RECENT; i++) {
		(void)str_print(t.stamp, sizeof t.stamp, "%d", i);
		assert_null(badge_recent_find(&all, &t));
		(void)badge_recent_add(&all, &t, "");
	}
	assert_ptr_equal(badge_recent_find(&all, &ticket), first);
	(void)str_copy(t.stamp, sizeof t.stamp, "x");
	(void)badge_recent_add(&all, &t, "");
	assert_null(badge_recent_find(&all, &ticket));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(look__same_server_or_same_time__goes_on),
	    cmocka_unit_test(look__another_server_and_another_time__is_an_interruption),
	    cmocka_unit_test(mark__tells_the_next_courier_what_this_one_saw),
	    cmocka_unit_test(mark__that_is_none__says_nothing),
	    cmocka_unit_test(find__by_title_and_stamp__the_last_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
