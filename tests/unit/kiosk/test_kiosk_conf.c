#include "kiosk/visitor/kiosk_conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/path.h"
#include "base/str.h"

static enum err_code load(struct kiosk_conf *c, const char *text, struct err *e)
{
	char path[PATH_MAX];
	const char *tmp = getenv("TMPDIR");
	str_print(path, sizeof path, "%s/kiosk-%d.conf", tmp != NULL ? tmp : "/tmp", (int)getpid());
	assert_int_equal(path_write(path, text, strlen(text), 0600, NULL), ERR_OK);
	enum err_code rc = kiosk_conf_load(c, path, e);
	unlink(path);
	return rc;
}

static void kiosk_conf__shipped_file__is_the_defaults(void **state)
{
	struct kiosk_conf shipped, empty;
	struct err e = {0};
	(void)state;
	if (kiosk_conf_load(&shipped, "etc/kiosk.conf", &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_int_equal(load(&empty, "", &e), ERR_OK);
	assert_memory_equal(&shipped, &empty, sizeof empty);
	assert_string_equal(empty.camera_program, "foyer-camera");
	assert_string_equal(empty.camera_device, "");
	assert_true(empty.mouse && empty.wedge.on);
	assert_int_equal(kiosk_conf_load(&empty, "/nonexistent/kiosk.conf", &e), ERR_NOT_FOUND);
	assert_memory_equal(&shipped, &empty, sizeof empty);
}

static void kiosk_conf__options__are_taken(void **state)
{
	struct kiosk_conf c;
	struct err e = {0};
	(void)state;
	assert_int_equal(
	    load(&c,
		"kiosk { socket = \"/run/k.sock\" colours = \"mono\" mouse = \"no\" }\n"
		"camera { device = \"/dev/video7\" columns = \"60\" rows = \"20\" }\n"
		"wedge { enabled = \"no\" gap-ms = \"50\" least = \"9\" prefix = \"~\" suffix = "
		"\"##\" }\n",
		&e),
	    ERR_OK);
	assert_string_equal(c.socket, "/run/k.sock");
	assert_int_equal(c.colours, KIOSK_COLOURS_MONO);
	assert_false(c.mouse);
	assert_int_equal(c.camera_columns, 60);
	assert_false(c.wedge.on);
	assert_int_equal(c.wedge.gap_ms, 50);
	assert_string_equal(c.wedge.suffix, "##");
}

static void kiosk_conf__mistakes__name_line_and_option(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
	    {"\nkiosk { colours = \"pink\" }", ":2: kiosk: colours: "},
	    {"kiosk { sokcet = \"/x\" }",
		":1: kiosk: sokcet: is not known here; allowed are socket, colours, mouse"},
	    {"kiosk { socket = \"relative\" }", ": socket: "},
	    {"printer { }", ":1: printer: is not known here"},
	    {"wedge { gap-ms = \"4\" }", ": gap-ms: "},
	    {"wedge { least = \"33\" }", ": least: "},
	    {"wedge { prefix = \"123456789\" }", ": prefix: "},
	    {"camera { rows = \"55\" }", ": rows: "},
	    {"camera { program = \"../../bin/sh\" }", ": program: "},
	    {"kiosk { socket = \"${HOME}\" }", ":1: "},
	    {"kiosk = \"x\"", ":1: "},
	    {"kiosk {", ":1: "},
	    {"kiosk { mouse = \"yes\" mouse = \"no\" }", ":1: "},
	    {"\x1b[2J", ":1: "},
	};
	struct kiosk_conf c;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err e = {0};
		assert_int_equal(load(&c, cases[i].text, &e), ERR_CONFIG);
		if (strstr(e.msg, cases[i].said) == NULL)
			fail_msg("%s: %s", cases[i].text, e.msg);
		assert_null(strchr(e.msg, '\x1b'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kiosk_conf__shipped_file__is_the_defaults),
	    cmocka_unit_test(kiosk_conf__options__are_taken),
	    cmocka_unit_test(kiosk_conf__mistakes__name_line_and_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
