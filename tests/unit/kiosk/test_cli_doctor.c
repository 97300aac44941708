#include "kiosk/cli/doctor_own.h"

#include "tests/unit/kiosk/cli_rig.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"

static const json_t *check_of(const json_t *checks, const char *name)
{
	const json_t *o;
	size_t i;
	json_array_foreach(checks, i, o)
	{
		if (str_eq(print_text(o, "name"), name))
			return o;
	}
	return NULL;
}

static void doctor__terminal__known_and_not(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    NULL, "", "no-such-terminal", "../../etc/passwd", "x\033[2J"};
	json_t *checks = json_array();
	doctor_terminal(checks, "xterm", false);
	assert_string_equal(print_text(check_of(checks, "terminal"), "state"), "ok");
	json_decref(checks);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		checks = json_array();
		doctor_terminal(checks, bad[i], true);
		assert_string_equal(print_text(check_of(checks, "terminal"), "state"), "fail");
		assert_true(print_text(check_of(checks, "terminal"), "remedy")[0] != '\0');
		assert_null(strchr(print_text(check_of(checks, "terminal"), "text"), '\033'));
		json_decref(checks);
	}
	checks = json_array(); /* a cron job */
	doctor_terminal(checks, NULL, false);
	assert_null(check_of(checks, "terminal"));
	json_decref(checks);
}

static void doctor__readers__there_and_not(void **state)
{
	static const char text[] =
	    "reader \"null\" { kind = \"serial\" device = \"/dev/null\" }\n"
	    "reader \"gone\" { kind = \"wedge\" device = \"/dev/input/by-id/no-such\" }\n"
	    "reader \"file\" { kind = \"wedge\" device = \"/etc/passwd\" }\n";
	char path[PATH_MAX];
	const char *tmp = getenv("TMPDIR");
	(void)state;
	str_print(path, sizeof path, "%s/kiosk-%d.conf", tmp != NULL ? tmp : "/tmp", (int)getpid());
	assert_int_equal(path_write(path, text, strlen(text), 0600, NULL), ERR_OK);
	json_t *checks = json_array();
	doctor_readers(checks, path);
	assert_int_equal(json_array_size(checks), 3);
	assert_string_equal(print_text(check_of(checks, "reader null"), "state"), "ok");
	assert_string_equal(print_text(check_of(checks, "reader gone"), "state"), "warn");
	assert_string_equal(print_text(check_of(checks, "reader file"), "state"), "fail");
	json_decref(checks);
	assert_int_equal(path_write(path, "reader { }", 10, 0600, NULL), ERR_OK);
	checks = json_array();
	doctor_readers(checks, path);
	assert_string_equal(print_text(check_of(checks, "kiosk.conf"), "state"), "fail");
	json_decref(checks);
	unlink(path);
	checks = json_array(); /* no kiosk here */
	doctor_readers(checks, path);
	assert_int_equal(json_array_size(checks), 0);
	json_decref(checks);
}

static void doctor__locale__utf8_or_fail(void **state)
{
	(void)state;
	static const struct {
		const char *lc_all, *state;
	} cases[] = {{"C.UTF-8", "ok"}, {"C", "fail"}, {"xx_XX.UTF-8", "fail"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *checks = json_array();
		(void)setenv("LC_ALL", cases[i].lc_all, 1);
		doctor_terminal(checks, "xterm", false);
		assert_string_equal(
		    print_text(check_of(checks, "locale"), "state"), cases[i].state);
		json_decref(checks);
	}
	(void)setenv("LC_ALL", "C.UTF-8", 1);
}

static void doctor__run__foyerd_checks_beside_ours(void **state)
{
	struct cli_rig *r = *state;
	(void)setenv("TERM", "xterm", 1);
	rig_serve(
	    r, (const char *const[]){RIG_LOOK,
		   "200 {\"checks\":[{\"name\":\"printer lobby\",\"state\":\"warn\",\"text\":\"out "
		   "of\\u001b labels\",\"remedy\":\"put some in\"},"
		   "{\"name\":\"book\",\"state\":\"ok\",\"text\":\"fine\",\"remedy\":\"never "
		   "shown\"}]}",
		   NULL});
	assert_int_equal(RUN(r, "doctor"), CLI_OK);
	assert_has(r->out, "ok    foyerd: answers on ");
	assert_has(r->out,
	    "warn  printer lobby: out of labels\n      \u2192 put some in\nok    book: fine\n");
	assert_has(r->out, "1 warn, 0 fail");
	assert_has_not(r->out, "never shown");
	(void)rig_asked(r);
}

static void doctor__run__a_failed_check_is_the_answer(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_LOOK,
			 "200 "
			 "{\"checks\":[{\"name\":\"book\",\"state\":\"fail\"},{\"name\":\"x\","
			 "\"state\":\"odd\"},7]}",
			 NULL});
	assert_int_equal(RUN(r, "doctor"), CLI_NO);
	assert_has(r->out, "fail  book\n");
	assert_has(r->out, "?     x\n");
	(void)rig_asked(r);
}

/* A monitor without a role must not be told that all is well. */
static void doctor__run__not_permitted(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){
			 RIG_LOOK, "403 {\"error\":\"denied\",\"message\":\"no role\"}", NULL});
	assert_int_equal(RUN(r, "doctor", "--json"), CLI_DENIED);
	assert_memory_equal(r->out, "{\"checks\":[", 11);
	(void)rig_asked(r);
}

static void doctor__run__foyerd_is_not_there(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, "doctor"), CLI_NO);
	assert_has(r->out, "fail  foyerd: it does not answer on ");
}

/* A configuration of the test's own folder. */
static void conf_write(struct cli_rig *r)
{
	char text[3 * PATH_MAX];
	assert_true(str_print(text, sizeof text,
	    "paths {\n state = \"%s/state\"\n run = \"%s/run\"\n}\n", r->dir, r->dir));
	rig_write(r, "foyer.conf", text, 0600);
}

static enum cli_exit doctor_run(struct cli_rig *r)
{
	char conf[PATH_MAX];
	return RUN(r, "-c", rig_path(r, "foyer.conf", conf), "doctor");
}

static void doctor__machine__folders_and_keys(void **state)
{
	struct cli_rig *r = *state;
	char path[PATH_MAX];
	conf_write(r);
	assert_int_equal(doctor_run(r), CLI_NO);
	assert_has(r->out, "ok    configuration: ");
	assert_has(r->out, "No such file or directory\n      \u2192 foyer init makes it\n");
	assert_int_equal(mkdir(rig_path(r, "state", path), 0700), 0);
	assert_int_equal(mkdir(rig_path(r, "state/keys", path), 0700), 0);
	assert_int_equal(mkdir(rig_path(r, "state/backups", path), 0700), 0);
	(void)doctor_run(r);
	assert_has(r->out, "fail  keys: ");
	assert_has(r->out, "holds none");
	rig_write(r, "state/keys/pass-001.key", "x", 0400);
	rig_write(r, "state/keys/pass-001.pub", "x", 0644);
	(void)doctor_run(r);
	assert_has(r->out, "ok    keys: 1 in ");
	assert_int_equal(chmod(rig_path(r, "state/keys/pass-001.key", path), 0440), 0);
	(void)doctor_run(r);
	assert_has(r->out, "mode 0440 lets others in");
	assert_has(r->out, "chmod 0400 it");
	assert_int_equal(chmod(rig_path(r, "state", path), 0755), 0);
	(void)doctor_run(r);
	assert_has(r->out, "fail  state folder: ");
	assert_has(r->out, "chmod 0700 it");
}

static void doctor__machine__a_wrong_configuration(void **state)
{
	struct cli_rig *r = *state;
	rig_write(r, "foyer.conf", "site {\n nonsense = \"x\"\n}\n", 0600);
	assert_int_equal(doctor_run(r), CLI_NO);
	assert_has(r->out, "fail  configuration: ");
	assert_has(r->out, "foyer.conf:2");
	rig_write(r, "foyer.conf", "site {\n \033[2J = \"\033[2J\"\n}\n", 0600);
	assert_int_equal(doctor_run(r), CLI_NO);
	assert_has(r->out, "fail  configuration: ");
	assert_has_not(r->out, "\033");
}

static void doctor__json__one_object(void **state)
{
	struct cli_rig *r = *state;
	conf_write(r);
	char conf[PATH_MAX];
	assert_int_equal(RUN(r, "--json", "-c", rig_path(r, "foyer.conf", conf), "doctor"), CLI_NO);
	json_t *o = json_loads(r->out, 0, NULL);
	assert_true(json_array_size(json_object_get(o, "checks")) > 3);
	assert_string_equal(
	    print_text(check_of(json_object_get(o, "checks"), "foyerd"), "state"), "fail");
	json_decref(o);
}

#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(doctor__terminal__known_and_not),
	    cmocka_unit_test(doctor__readers__there_and_not),
	    cmocka_unit_test(doctor__locale__utf8_or_fail),
	    T(doctor__run__foyerd_checks_beside_ours),
	    T(doctor__run__a_failed_check_is_the_answer),
	    T(doctor__run__not_permitted),
	    T(doctor__run__foyerd_is_not_there),
	    T(doctor__machine__folders_and_keys),
	    T(doctor__machine__a_wrong_configuration),
	    T(doctor__json__one_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
