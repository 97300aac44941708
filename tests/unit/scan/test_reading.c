#include "scan/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static struct reading r;
static char text[READING_TEXT_SZ];

static void start(const char *prefix, const char *suffix)
{
	struct reading_conf c = {.end_ms = 100};
	(void)str_copy(c.prefix, sizeof c.prefix, prefix);
	(void)str_copy(c.suffix, sizeof c.suffix, suffix);
	reading_init(&r, &c);
}

/* What these bytes come out as, in one piece and byte by byte. */
static const char *said(const char *bytes, size_t n)
{
	char whole[READING_TEXT_SZ];
	reading_add(&r, bytes, n, 1000);
	if (reading_next(&r, whole, 1100) != READING_TEXT)
		whole[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(reading_next(&r, text, 2000 + (int64_t)i), READING_NONE);
		reading_add(&r, bytes + i, 1, 2000 + (int64_t)i);
	}
	if (reading_next(&r, text, INT64_MAX) != READING_TEXT)
		text[0] = '\0';
	assert_string_equal(text, whole);
	return text;
}
#define SAID(s) said(s, sizeof(s) - 1)

static void reading__silence__ends_it_and_nothing_else(void **state)
{
	(void)state;
	start("", "");
	assert_true(reading_due_ms(&r) == INT64_MAX);
	assert_int_equal(reading_next(&r, text, INT64_MAX), READING_NONE);
	reading_add(&r, "FOYER", 5, 1000);
	assert_true(reading_due_ms(&r) == 1100);
	assert_int_equal(reading_next(&r, text, 1099), READING_NONE);
	reading_add(&r, "ABC\r", 4, 1099);
	assert_int_equal(reading_next(&r, text, 1198), READING_NONE);
	assert_int_equal(reading_next(&r, text, 1199), READING_TEXT);
	assert_string_equal(text, "FOYERABC");
	assert_int_equal(reading_next(&r, text, 9999), READING_NONE);
	assert_true(reading_due_ms(&r) == INT64_MAX);
}

static void reading__what_stands_around__is_cut_off(void **state)
{
	(void)state;
	start("", "");
	assert_string_equal(SAID("A1\r\n"), "A1");
	assert_string_equal(SAID("\x02"
				 "A1\x03"),
	    "A1");
	assert_string_equal(SAID("\x02"
				 "A1\r\n\x03\x04"),
	    "A1");
	assert_string_equal(SAID("]Q1FOYERX\r"), "FOYERX");
	assert_string_equal(SAID("\x02]L2@\n\x1e\rANSI \x03"), "@\n\x1e\rANSI ");
	assert_string_equal(SAID("]11"), "]11");
	assert_string_equal(SAID("@\n\x1e\rANSI 63"), "@\n\x1e\rANSI 63");
	assert_string_equal(SAID("P<UTO\rL898\r"), "P<UTO\rL898");
	assert_string_equal(SAID("\r\n"), "");
	assert_string_equal(SAID("\r\n\x02"
				 "A1"),
	    "A1");
	assert_string_equal(SAID("\x02\x03"), "");
	assert_string_equal(SAID("\0A\0B\0"), "AB");
	assert_string_equal(SAID("\x1b[21~\x9b\xff"), "\x1b[21~\x9b\xff");
	start("~~", "##");
	assert_string_equal(SAID("~~A1##"), "A1");
	assert_string_equal(SAID("~~]Q1A1\r##"), "A1");
	assert_string_equal(SAID("A1"), "A1");
	assert_string_equal(SAID("\x02~~A1##\x03\r"), "A1");
	assert_string_equal(SAID("~~\x02]Q1A1\x03##"), "A1");
	assert_string_equal(SAID("~~"), "");
	assert_string_equal(SAID("~"), "~");
}

static void reading__too_long__is_cut(void **state)
{
	static char long_one[3 * READING_TEXT_SZ];
	(void)state;
	start("", "");
	memset(long_one, 'A', sizeof long_one);
	assert_int_equal(strlen(said(long_one, READING_TEXT_SZ - 1)), READING_TEXT_SZ - 1);
	assert_int_equal(strlen(said(long_one, READING_TEXT_SZ)), READING_TEXT_SZ - 1);
	memcpy(long_one + sizeof long_one - 9, "FOYERABC\r", 9);
	assert_null(strstr(said(long_one, sizeof long_one), "FOYER"));
}

static void reading__spoilt__asks_again_and_keeps_nothing(void **state)
{
	(void)state;
	start("", "");
	reading_add(&r, "FOYER", 5, 1000);
	reading_spoil(&r, 1010);
	reading_add(&r, "ABC\r", 4, 1020);
	assert_int_equal(reading_next(&r, text, 1119), READING_NONE);
	assert_int_equal(reading_next(&r, text, 1120), READING_SPOILT);
	assert_string_equal(SAID("FOYERABC"), "FOYERABC");
	reading_add(&r, "FOYER", 5, 5000);
	reading_drop(&r);
	assert_true(reading_due_ms(&r) == INT64_MAX);
	assert_int_equal(reading_next(&r, text, INT64_MAX), READING_NONE);
	for (size_t i = 0; i < sizeof r.text; i++)
		assert_int_equal(r.text[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reading__silence__ends_it_and_nothing_else),
	    cmocka_unit_test(reading__what_stands_around__is_cut_off),
	    cmocka_unit_test(reading__too_long__is_cut),
	    cmocka_unit_test(reading__spoilt__asks_again_and_keeps_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
