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
	assert_int_equal(c.n_readers, 0);
}

static void kiosk_conf__readers__have_names(void **state)
{
	struct kiosk_conf c;
	struct err e = {0};
	(void)state;
	if (load(&c,
		"reader \"desk-1\" { kind = \"serial\" device = \"/dev/ttyACM0\" }\n"
		"reader \"desk-2\" { kind = \"serial\" device = \"/dev/ttyS1\" speed = \"19200\"\n"
		"framing = \"7E1\" end-ms = \"300\" prefix = \"~\" suffix = \"##\" }\n"
		"reader \"desk-3\" { kind = \"wedge\" device = \"/dev/input/by-id/x\" }\n"
		"reader \"desk-4\" { kind = \"wedge\" device = \"/dev/y\" layout = \"fr\" }\n",
		&e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_int_equal(c.n_readers, 4);
	const struct reader_conf *a = &c.readers[0], *b = &c.readers[1];
	assert_string_equal(a->name, "desk-1");
	assert_string_equal(a->device, "/dev/ttyACM0");
	assert_int_equal(a->kind, READER_SERIAL);
	assert_true(a->serial.speed == 9600 && a->serial.bits == 8 && a->serial.parity == 'N' &&
		    a->serial.stops == 1 && a->text.end_ms == 100 && a->text.prefix[0] == '\0');
	assert_true(b->serial.speed == 19200 && b->serial.bits == 7 && b->serial.parity == 'E' &&
		    b->serial.stops == 1 && b->text.end_ms == 300);
	assert_string_equal(b->text.prefix, "~");
	assert_string_equal(b->text.suffix, "##");
	assert_int_equal(c.readers[2].kind, READER_WEDGE);
	assert_int_equal(c.readers[2].layout, KEYMAP_US);
	assert_int_equal(c.readers[3].layout, KEYMAP_FR);
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
	    {"reader { kind = \"serial\" device = \"/dev/ttyS0\" }",
		":1: reader: must be a section with a name"},
	    {"reader = \"/dev/ttyS0\"", ":1: reader: must be a section with a name"},
	    {"reader \"a\" { kind = \"serial\" }", ":1: reader a: device: is missing"},
	    {"reader \"a\" { device = \"/dev/x\" }", ":1: reader a: kind: is missing"},
	    {"reader \"a\" { device = \"/dev/x\" kind = \"laser\" }", ": reader a: kind: "},
	    {"reader \"a\" { device = \"/dev/x\" kind = \"serial\" speed = \"9601\" }",
		": speed: not a speed; allowed are 1200, "},
	    {"reader \"a\" { device = \"/dev/x\" kind = \"serial\" framing = \"8X1\" }",
		": framing: not a framing; "},
	    {"reader \"a\" { device = \"/dev/x\" kind = \"wedge\" layout = \"gb\" }", ": layout: "},
	    {"reader \"a\" { device = \"/dev/x\" kind = \"serial\" baud = \"1\" }",
		": baud: is not "},
	    {"reader \"a\" { device = \"/dev/x\" kind = \"serial\" }\n"
	     "reader \"a\" { device = \"/dev/y\" kind = \"serial\" }",
		":2: "},
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
	    cmocka_unit_test(kiosk_conf__readers__have_names),
	    cmocka_unit_test(kiosk_conf__mistakes__name_line_and_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
