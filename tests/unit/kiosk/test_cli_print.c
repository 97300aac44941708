#include "kiosk/cli/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct cap {
	struct print p;
	char *text;
	size_t len;
};

static void cap_begin(struct cap *c, int columns)
{
	*c = (struct cap){.p = {.columns = columns}};
	c->p.f = open_memstream(&c->text, &c->len);
}

static const char *cap_end(struct cap *c)
{
	(void)fclose(c->p.f);
	return c->text;
}

static void print__line__clean_and_wrapped(void **state)
{
	(void)state;
	struct cap c;
	cap_begin(&c, 30);
	print_line(&c.p, 4, "%s", "one \033[2Jtwo three four five six\r\nseven\u202e");
	assert_string_equal(cap_end(&c), "    one [2Jtwo three four five\n    six seven\n");
	free(c.text);
	cap_begin(&c, 0);
	print_line(&c.p, 0, "%s", "");
	assert_string_equal(cap_end(&c), "\n");
	free(c.text);
}

static void print__pair__beside_its_label(void **state)
{
	(void)state;
	struct cap c;
	cap_begin(&c, 30);
	print_pair(&c.p, "host", "%s", "Maximiliane von Hohenstein");
	print_pair(&c.p, "nothing", "%s", "");
	print_pair(&c.p, "a label that is far too long", "%s", "x");
	assert_string_equal(cap_end(&c),
	    "  host          Maximiliane\n                von Hohenstein\n  a label that… x\n");
	free(c.text);
}

/* Ten thousand characters, and a cut in the middle of a character: still one clean line. */
static void print__line__huge(void **state)
{
	(void)state;
	struct cap c;
	char *huge = malloc(30001);
	for (int i = 0; i < 10000; i++)
		memcpy(huge + 3 * i, "\xe2\x82\xac", 3);
	huge[30000] = '\0';
	cap_begin(&c, 0);
	print_line(&c.p, 0, "%s", huge);
	(void)cap_end(&c);
	assert_true(c.len < PRINT_LINE_SZ + 2);
	assert_int_equal(c.text[c.len - 1], '\n');
	assert_ptr_equal(strchr(c.text, '\n'), c.text + c.len - 1);
	free(c.text);
	free(huge);
}

static void print__json__ascii_to_a_terminal(void **state)
{
	(void)state;
	struct cap c;
	json_t *v = json_pack("{s:s}", "name",
	    "Zo\u00eb\u202e\xc2\x9b"
	    "2J\033");
	cap_begin(&c, 0);
	print_json(&c.p, v);
	assert_string_equal(cap_end(&c), "{\"name\":\"Zo\u00eb\u202e\xc2\x9b"
					 "2J\\u001B\"}\n");
	free(c.text);
	cap_begin(&c, 0);
	c.p.tty = true;
	print_json(&c.p, v);
	assert_string_equal(cap_end(&c), "{\"name\":\"Zo\\u00EB\\u202E\\u009B2J\\u001B\"}\n");
	free(c.text);
	json_decref(v);
}

static void print__to__a_pipe_has_no_colour(void **state)
{
	(void)state;
	(void)setenv("TERM", "xterm", 1);
	(void)setenv("COLUMNS", "50", 1);
	FILE *f = tmpfile();
	struct print p = print_to(f);
	assert_false(p.tty);
	assert_false(p.colour);
	assert_int_equal(p.columns, 50);
	static const char *const odd[] = {"", "0", "-5", "abc", "99999999"};
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		(void)setenv("COLUMNS", odd[i], 1);
		assert_int_equal(print_to(f).columns, 0);
	}
	(void)unsetenv("COLUMNS");
	assert_int_equal(print_to(f).columns, 0);
	(void)fclose(f);
}

static void print__flush__a_full_disk_is_an_error(void **state)
{
	(void)state;
	FILE *f = fopen("/dev/full", "w");
	assert_non_null(f);
	struct print p = {.f = f};
	print_line(&p, 0, "x");
	assert_int_equal(print_flush(&p, NULL), ERR_IO);
	(void)fclose(f);
}

static void print__text__whatever_it_is(void **state)
{
	(void)state;
	json_t *o = json_pack("{s:i, s:n, s:[]}", "n", 5, "z", "a");
	assert_string_equal(print_text(o, "n"), "");
	assert_string_equal(print_text(o, "z"), "");
	assert_string_equal(print_text(o, "none"), "");
	assert_string_equal(print_text(NULL, "none"), "");
	assert_true(print_int(o, "n") == 5);
	assert_true(print_int(o, "a") == 0);
	assert_false(print_bool(o, "n"));
	json_decref(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(print__line__clean_and_wrapped),
	    cmocka_unit_test(print__pair__beside_its_label),
	    cmocka_unit_test(print__line__huge),
	    cmocka_unit_test(print__json__ascii_to_a_terminal),
	    cmocka_unit_test(print__to__a_pipe_has_no_colour),
	    cmocka_unit_test(print__flush__a_full_disk_is_an_error),
	    cmocka_unit_test(print__text__whatever_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
