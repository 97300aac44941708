#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/str.h"
#include "daemon/csv.h"
#include "daemon/host_csv.h"

/* All records as "a|b;c|d;" with "!LINE" for a bad one. */
static void flat(char *dst, size_t sz, const char *text, size_t len)
{
	struct csv c;
	struct csv_record r;
	const char *why;
	size_t at = 0;
	dst[0] = 0;
	csv_init(&c, text, len);
	for (;;) {
		enum csv_got got = csv_next(&c, &r, &why);
		if (got == CSV_END)
			return;
		if (got == CSV_BAD) {
			str_print(dst + at, sz - at, "!%d;", r.line);
			at = strlen(dst);
			continue;
		}
		for (int i = 0; i < r.n; i++) {
			str_print(dst + at, sz - at, "%s%s", i ? "|" : "", r.field[i]);
			at = strlen(dst);
		}
		str_print(dst + at, sz - at, ";");
		at = strlen(dst);
	}
}

static void reads(const char *text, const char *want)
{
	char got[4096];
	flat(got, sizeof got, text, strlen(text));
	assert_string_equal(got, want);
}

static void csv__plain(void **state)
{
	(void)state;
	reads("", "");
	reads("\n\r\n\n", "");
	reads("a,b\nc,d\n", "a|b;c|d;");
	reads("a,b\r\nc,d", "a|b;c|d;");
	reads("a,,b,\n,\n", "a||b|;|;");
	reads("\xef\xbb\xbfuid\n", "uid;");
	reads("a\rb,c\n", "a\rb|c;"); /* a lone CR is no line's end */
}

static void csv__quoted(void **state)
{
	(void)state;
	reads("\"a\",\"b\"\n", "a|b;");
	reads("\"a,b\",\"say \"\"hi\"\"\"\n", "a,b|say \"hi\";");
	reads("\"two\nlines\",x\n\"\",y\n", "two\nlines|x;|y;");
}

static void csv__bad_records_are_told_and_passed(void **state)
{
	(void)state;
	reads("a\"b,c\nd,e\n", "!1;d|e;");
	reads("\"a\"b,c\nd\n", "!1;d;");
	reads("x\n\"never closed,\ny\n", "x;!2;");
}

static void csv__nul_and_length(void **state)
{
	(void)state;
	char got[256], big[20000];
	flat(got, sizeof got, "a\0b,c\nd\n", 8);
	assert_string_equal(got, "!1;d;");
	memset(big, 'x', sizeof big);
	big[sizeof big - 3] = '\n';
	big[sizeof big - 2] = 'z';
	big[sizeof big - 1] = 0;
	reads(big, "!1;z;");
	memset(big, ',', 40);
	str_copy(big + 40, 8, "\nq\n");
	reads(big, "!1;q;");
}

static void open_good(struct host_csv *h, const char *text)
{
	struct err e = {0};
	if (host_csv_open(h, text, strlen(text), &e))
		fail_msg("%s", e.msg);
}

static void host_csv__header(void **state)
{
	(void)state;
	struct host_csv h;
	struct err e;
	static const char *const bad[] = {
	    "", "\n", "name,mail\n", "uid\n", "uid,name,uid\n", "uid,\"name\n", "uid,name,\n"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(host_csv_open(&h, bad[i], strlen(bad[i]), &e), ERR_INPUT);
	static const char unknown[] = "uid,name,\x1b]0;t\x07Room\n",
			  semicolons[] = "uid;name\nx;X\n", nul[] = "uid,na\0me\n";
	assert_int_equal(host_csv_open(&h, unknown, strlen(unknown), &e), ERR_INPUT);
	assert_non_null(strstr(e.msg, "Room\" is no column"));
	assert_null(strchr(e.msg, 0x1b));
	assert_int_equal(host_csv_open(&h, semicolons, strlen(semicolons), &e), ERR_INPUT);
	assert_non_null(strstr(e.msg, "commas"));
	assert_int_equal(host_csv_open(&h, nul, sizeof nul - 1, &e), ERR_INPUT);
	assert_string_equal(e.msg, "csv: line 1: a NUL byte");
	open_good(&h, "name,uid\n");
	assert_int_equal(h.at[HOST_UID], 1);
	assert_int_equal(h.at[HOST_NAME], 0);
	assert_int_equal(h.at[HOST_MAIL], -1);
}

static void host_csv__rows(void **state)
{
	(void)state;
	struct host_csv h;
	struct host_row row;
	open_good(&h, "uid,name,mail,deputy\nzm,  Zo\xc3\xab   M\xc3\xbcller "
		      ",zm@example.org,ar\nx\nar,Anna,not an address,\nme,Me,,me\n"
		      "e s,No,,\nev,\"\x1b]0;t\x07"
		      "Eve\xe2\x80\xae\",,\n");
	assert_true(host_csv_next(&h, &row));
	assert_false(row.bad);
	assert_string_equal(row.host.name, "Zo\xc3\xab M\xc3\xbcller");
	assert_string_equal(row.deputy, "ar");
	for (int line = 3; line <= 6; line++) {
		assert_true(host_csv_next(&h, &row));
		assert_true(row.bad);
		assert_int_equal(row.line, line);
	}
	assert_true(host_csv_next(&h, &row));
	assert_false(row.bad);
	assert_null(strchr(row.host.name, 0x1b));
	assert_null(strstr(row.host.name, "\xe2\x80\xae"));
	assert_false(host_csv_next(&h, &row));
}

static void host_csv__diff_and_merge(void **state)
{
	(void)state;
	struct host_csv h;
	struct host_row row;
	struct db_host book = {.uid = "zm",
	    .name = "Zoe",
	    .mail = "old@example.org",
	    .department = "Sales",
	    .phone = "1"};
	open_good(&h, "uid,name,mail\nzm,Zoe,new@example.org\n");
	assert_true(host_csv_next(&h, &row));
	assert_int_equal(host_csv_diff(&h, &book, &row.host), 1u << HOST_MAIL);
	host_csv_merge(&h, &book, &row.host);
	assert_string_equal(book.mail, "new@example.org");
	assert_string_equal(book.department, "Sales"); /* the file has no such column */
	assert_int_equal(host_csv_diff(&h, &book, &row.host), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(csv__plain),
	    cmocka_unit_test(csv__quoted),
	    cmocka_unit_test(csv__bad_records_are_told_and_passed),
	    cmocka_unit_test(csv__nul_and_length),
	    cmocka_unit_test(host_csv__header),
	    cmocka_unit_test(host_csv__rows),
	    cmocka_unit_test(host_csv__diff_and_merge),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
