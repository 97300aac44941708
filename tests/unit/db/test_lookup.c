#include "rig.h"

#include <stdio.h>
#include <string.h>

#include "db/lookup.h"

static void add__folds_and_lists_once(void **state)
{
	(void)state;
	char words[LOOKUP_SZ] = "";
	lookup_add(words, "Zoë Müller-Lüdenscheid");
	lookup_add(words, "MÜLLER & Søn O'Brien");
	assert_string_equal(words, "zoe muller ludenscheid son o brien");
	lookup_add(words, "");
	lookup_add(words, "--- %_;=\"'");
	assert_string_equal(words, "zoe muller ludenscheid son o brien");
}

static void add__hostile__bounded(void **state)
{
	(void)state;
	char words[LOOKUP_SZ] = "", big[10001];
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	lookup_add(words, big); /* too long to fold: no word */
	lookup_add(words, "\xff\xfe");
	assert_string_equal(words, "");
	big[300] = '\0';
	lookup_add(words, big);
	assert_int_equal(strlen(words), LOOKUP_WORD_SZ - 1);
	for (int i = 0; i < 100; i++) {
		char w[32];
		(void)snprintf(w, sizeof w, "word%d", i);
		lookup_add(words, w);
	}
	assert_true(strlen(words) < LOOKUP_SZ);
	lookup_add(words, "\uFDFA\uFDFA\uFDFA"); /* 18 letters each once folded */
	assert_true(strlen(words) < LOOKUP_SZ);
}

static void match__each_word_begins_one(void **state)
{
	(void)state;
	assert_true(lookup_match("zoe muller acme", "mul"));
	assert_true(lookup_match("zoe muller acme", "acme zo"));
	assert_false(lookup_match("zoe muller acme", "uller"));
	assert_false(lookup_match("zoe muller acme", "zoe x"));
	assert_true(lookup_match("zoe", ""));
	assert_false(lookup_match("", "z"));
}

static void head__three_bytes_of_whole_characters(void **state)
{
	(void)state;
	assert_int_equal(lookup_head("muller"), 3);
	assert_int_equal(lookup_head("li"), 2);
	assert_int_equal(lookup_head(""), 0);
	assert_int_equal(lookup_head("王小明"), 3);
	assert_int_equal(lookup_head("иван"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(add__folds_and_lists_once),
	    cmocka_unit_test(add__hostile__bounded),
	    cmocka_unit_test(match__each_word_begins_one),
	    cmocka_unit_test(head__three_bytes_of_whole_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
