/* What staff are told of trouble: a courier's words, cleaned; or its silence. */
#include "daemon/trouble.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void take__any_answer__is_clean_and_bounded(void **state)
{
	(void)state;
	struct trouble t;
	char longest[10001];
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	json_t *said = json_pack("{s:s, s:s, s:s, s:b, s:s}", "class", "tls", "reason",
	    "a\x1b[31m line\nand another\u202e", "remedy", longest, "blocks", 1, "mark", longest);
	trouble_take(&t, said);
	assert_string_equal(t.class, "tls");
	assert_null(strpbrk(t.reason, "\x1b\n"));
	assert_null(strstr(t.reason, "\u202e"));
	assert_int_equal(strlen(t.remedy), sizeof t.remedy - 1);
	assert_true(t.blocks);
	assert_int_equal(strlen(t.mark), sizeof t.mark - 1);
	json_decref(said);
	said = json_pack("{s:i, s:s}", "class", 7, "blocks", "yes");
	trouble_take(&t, said);
	assert_string_equal(t.class, "unknown");
	assert_string_equal(t.reason, "");
	assert_string_equal(t.mark, "");
	assert_false(t.blocks);
	json_decref(said);
}

static void silent__each_destination__is_named_with_a_remedy(void **state)
{
	(void)state;
	struct trouble t;
	trouble_silent(&t, "notify:mail", 7900);
	assert_string_equal(t.class, "no-answer-yet");
	assert_string_equal(t.reason, "the mail server has not answered for 7 s");
	trouble_silent(&t, "access:main", 3000);
	assert_string_equal(t.reason, "the door controller has not answered for 3 s");
	trouble_silent(&t, "print:lobby", 60000);
	assert_string_equal(t.reason, "the printer has not answered for 60 s");
	trouble_silent(&t, "fax:old", 60000);
	assert_string_equal(t.reason, "the courier has not answered for 60 s");
	assert_true(t.remedy[0] != '\0');
	json_t *check = trouble_check(&t);
	assert_true(json_is_false(json_object_get(check, "ok")));
	assert_string_equal(json_string_value(json_object_get(check, "state")), "no-answer-yet");
	json_decref(check);
}

static void down__is_told_with_what_it_said_itself(void **state)
{
	(void)state;
	struct trouble t;
	trouble_down(&t, "print:lobby", "queue: no such queue");
	assert_string_equal(t.class, "courier-down");
	assert_string_equal(
	    t.reason, "the courier of print:lobby does not run: queue: no such queue");
	trouble_down(&t, "print:lobby", "");
	assert_string_equal(t.reason, "the courier of print:lobby does not run");
	assert_true(t.remedy[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(take__any_answer__is_clean_and_bounded),
	    cmocka_unit_test(silent__each_destination__is_named_with_a_remedy),
	    cmocka_unit_test(down__is_told_with_what_it_said_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
