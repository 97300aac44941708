#include "base/text.h"

#include "check.h"

static const char *fold(const char *s)
{
	static char dst[TEXT_NAME_SZ];
	assert_int_equal(text_fold(dst, sizeof dst, s), ERR_OK);
	return dst;
}

static void text__fold__one_key_for_many_spellings(void **state)
{
	(void)state;
	static const struct {
		const char *s, *want;
	} v[] = {{"Zoë Müller-Lüdenscheid", "zoe muller ludenscheid"}, {"  STRASSE ", "strasse"},
	    {"Straße", "strasse"}, {"O'Brien", "o brien"}, {"Søren Ærø", "soren aero"},
	    {"Łódź", "lodz"}, {"Þórður", "thordur"}, {"İstanbul", "istanbul"},
	    {"ＦＵＬＬ　ｗｉｄｔｈ １２", "full width 12"}, {"ﬁne", "fine"}, {"Ελλάδα", "ελλαδα"},
	    {"ΣΊΣΥΦΟΣ", "σισυφοσ"}, {"Йод Ёлка", "иод елка"}, {"한국", "한국"},
	    {"ガラス", "ガラス"}, {"محمّد", "محمد"}, {"שָׁלוֹם", "שלום"}, {"हिन्दी", "हिन्दी"},
	    {"ไทยดี", "ไทยดี"}, {"a%b_c;d=e\"f", "a b c d e f"}, {"", ""}, {"!!! ...", ""},
	    {"12 345", "12 345"}, {"x²", "x2"}};
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		assert_string_equal(fold(v[i].s), v[i].want);
		char again[TEXT_NAME_SZ];
		assert_int_equal(text_fold(again, sizeof again, v[i].want), ERR_OK);
		assert_string_equal(again, v[i].want);
	}
}

static void text__fold__bounds_and_bad_input(void **state)
{
	(void)state;
	char dst[8];
	assert_int_equal(text_fold(dst, sizeof dst, "abcdefgh"), ERR_TOO_LONG);
	assert_string_equal(dst, "");
	assert_int_equal(text_fold(dst, sizeof dst, "abcdefg"), ERR_OK);
	assert_int_equal(text_fold(dst, sizeof dst, "\xff"), ERR_INPUT);
	assert_string_equal(dst, "");
}

static void text__next_word__walks(void **state)
{
	(void)state;
	const char *s = "  Zoë Müller-漢字, हिन्दी; 42!";
	static const char *const want[] = {"Zoë", "Müller", "漢字", "हिन्दी", "42"};
	char word[64];
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		assert_true(text_next_word(&s, word, sizeof word));
		assert_string_equal(word, want[i]);
	}
	assert_false(text_next_word(&s, word, sizeof word));
	assert_string_equal(word, "");
	assert_false(text_next_word(&s, word, sizeof word));
}

static void text__next_word__cuts_to_fit(void **state)
{
	(void)state;
	const char *s = "aéééé b";
	char word[5];
	assert_true(text_next_word(&s, word, sizeof word));
	assert_string_equal(word, "aé");
	assert_true(text_next_word(&s, word, sizeof word));
	assert_string_equal(word, "b");
	s = "\xff\xfe"
	    "a\xff"
	    "b";
	assert_true(text_next_word(&s, word, sizeof word));
	assert_string_equal(word, "a");
}

static void text__is_mail__rfc_5321_mailbox(void **state)
{
	(void)state;
	static const char *const good[] = {"a@b", "zoe@example.org",
	    "first.last+tag@sub.example.co.uk", "x_y-z!#$%&'*+/=?^`{|}~@a-b.c", "1@2.3",
	    "root@localhost"};
	static const char *const bad[] = {"", "@", "a@", "@b", "a", "a@b@c", "a b@c", ".a@b",
	    "a.@b", "a..b@c", "a@-b", "a@b-", "a@b..c", "a@.b", "a@b.", "a@[127.0.0.1]",
	    "\"a b\"@c", "zoë@example.org", "a@exämple.org", "a@b\r\nBcc: x@y", "a,b@c", "a@b,c@d",
	    "<a@b>", "a@b_c", "a@b ", " a@b", "a@b\n"};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(text_is_mail(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (text_is_mail(bad[i]))
			fail_msg("\"%s\" was taken", bad[i]);
	}
	char longer[400] = "";
	memset(longer, 'a', 65);
	memcpy(longer + 65, "@b", 3);
	assert_false(text_is_mail(longer));
	assert_true(text_is_mail(longer + 1));
	memcpy(longer, "a@", 2);
	memset(longer + 2, 'a', 64);
	longer[66] = '\0';
	assert_false(text_is_mail(longer));
	longer[65] = '\0';
	assert_true(text_is_mail(longer));
	for (int i = 2; i < 300; i++)
		longer[i] = i % 2 ? '.' : 'a';
	longer[299] = '\0';
	assert_false(text_is_mail(longer));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text__fold__one_key_for_many_spellings),
	    cmocka_unit_test(text__fold__bounds_and_bad_input),
	    cmocka_unit_test(text__next_word__walks),
	    cmocka_unit_test(text__next_word__cuts_to_fit),
	    cmocka_unit_test(text__is_mail__rfc_5321_mailbox),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
