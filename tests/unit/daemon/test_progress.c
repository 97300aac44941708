#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "daemon/progress.h"

static const struct progress_state busy = {.badge = PROGRESS_BADGE_PRINTING,
    .doors = PROGRESS_DOORS_PENDING,
    .host = PROGRESS_HOST_SENDING,
    .until_ms = 5000};

static int setup(void **state)
{
	struct random r = random_system();
	*state = progress_new(&r);
	return 0;
}

static int teardown(void **state)
{
	progress_free(*state);
	return 0;
}

static void progress__opens_and_follows(void **state)
{
	struct progress *p = *state;
	struct uuid visit = {{1}};
	char token[PROGRESS_TOKEN_SZ];
	progress_open(p, &visit, &busy, 0, token);
	assert_int_equal(strspn(token, "0123456789abcdef"), 32);
	progress_set_badge(p, &visit, PROGRESS_BADGE_TROUBLE, "media-empty");
	const struct progress_state *s = progress_find(p, token, 10);
	assert_non_null(s);
	assert_string_equal(s->badge_reason, "media-empty");
	assert_false(progress_is_final(s));
	progress_set_badge(p, &visit, PROGRESS_BADGE_PRINTED, NULL);
	progress_set_doors(p, &visit, PROGRESS_DOORS_OPEN, 6000);
	progress_set_host(p, &visit, PROGRESS_HOST_SENT);
	s = progress_find(p, token, 10);
	assert_true(progress_is_final(s));
	assert_string_equal(s->badge_reason, "");
	json_t *o = progress_json(s);
	assert_string_equal(json_string_value(json_object_get(o, "doors")), "open");
	assert_int_equal(json_integer_value(json_object_get(o, "until_ms")), 6000);
	json_decref(o);
}

static void progress__ends_after_ten_minutes(void **state)
{
	struct progress *p = *state;
	struct uuid visit = {{1}};
	char token[PROGRESS_TOKEN_SZ];
	progress_open(p, &visit, &busy, 100, token);
	assert_non_null(progress_find(p, token, 100 + PROGRESS_LIFE_MS - 1));
	assert_null(progress_find(p, token, 100 + PROGRESS_LIFE_MS));
}

static void progress__refuses_other_tokens(void **state)
{
	struct progress *p = *state;
	struct uuid visit = {{1}};
	char token[PROGRESS_TOKEN_SZ];
	progress_open(p, &visit, &busy, 0, token);
	assert_null(progress_find(p, "", 0));
	assert_null(progress_find(p, "00000000000000000000000000000000", 0));
	token[31] = token[31] == '0' ? '1' : '0';
	assert_null(progress_find(p, token, 0));
	token[31] = 0;
	assert_null(progress_find(p, token, 0));
}

static void progress__is_bounded(void **state)
{
	struct progress *p = *state;
	char first[PROGRESS_TOKEN_SZ], token[PROGRESS_TOKEN_SZ];
	struct uuid visit = {{0}};
	progress_open(p, &visit, &busy, 0, first);
	for (int i = 1; i <= PROGRESS_MOST; i++) {
		memcpy(&visit, &i, sizeof i);
		progress_open(p, &visit, &busy, i, token);
	}
	assert_null(progress_find(p, first, 2000));
	assert_non_null(progress_find(p, token, 2000));
}

static void count(void *arg)
{
	++*(int *)arg;
}

static void progress__tells_who_listens_to_this_visit(void **state)
{
	struct progress *p = *state;
	struct uuid mine = {{1}}, other = {{2}};
	int told = 0;
	struct progress_listener l = {.changed = count, .arg = &told};
	char token[PROGRESS_TOKEN_SZ];
	progress_open(p, &other, &busy, 0, token);
	progress_open(p, &mine, &busy, 0, l.token);
	progress_listen(p, &l);
	progress_set_host(p, &other, PROGRESS_HOST_SENT);
	assert_int_equal(told, 0);
	progress_set_host(p, &mine, PROGRESS_HOST_SENT);
	progress_set_host(p, &mine, PROGRESS_HOST_SENT); /* the same again is no change */
	assert_int_equal(told, 1);
	progress_unlisten(p, &l);
	progress_set_host(p, &mine, PROGRESS_HOST_TROUBLE);
	assert_int_equal(told, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(progress__opens_and_follows, setup, teardown),
	    cmocka_unit_test_setup_teardown(progress__ends_after_ten_minutes, setup, teardown),
	    cmocka_unit_test_setup_teardown(progress__refuses_other_tokens, setup, teardown),
	    cmocka_unit_test_setup_teardown(progress__is_bounded, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		progress__tells_who_listens_to_this_visit, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
