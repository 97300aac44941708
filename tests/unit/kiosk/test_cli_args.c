#include "tests/unit/kiosk/cli_rig.h"

#include "base/str.h"

static void args__run__no_command(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, NULL), CLI_USAGE);
	assert_string_equal(r->out, "");
	assert_has(r->err, "visit checkout");
	assert_int_equal(RUN(r, "nope"), CLI_USAGE);
	assert_has(r->err, "there is no command nope");
	assert_int_equal(RUN(r, "visit"), CLI_USAGE);
	assert_has(r->err, "foyer help visit");
	assert_int_equal(RUN(r, "visit", "nope"), CLI_USAGE);
	assert_int_equal(RUN(r, ""), CLI_USAGE);
	assert_int_equal(RUN(r, "\033[2J\u202e"), CLI_USAGE);
	assert_has_not(r->err, "\033");
	assert_has_not(r->err, "\u202e");
}

static void args__run__help_and_version(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, "--version"), CLI_OK);
	assert_string_equal(r->out, "foyer " FOYER_VERSION "\n");
	assert_int_equal(RUN(r, "-V"), CLI_OK);
	assert_int_equal(RUN(r, "--help"), CLI_OK);
	assert_has(r->out, "journal verify");
	assert_int_equal(RUN(r, "visits", "-h"), CLI_OK);
	assert_has(r->out, "--inside");
	assert_int_equal(RUN(r, "help", "host"), CLI_OK);
	assert_has(r->out, "foyer host import");
	assert_int_equal(RUN(r, "help", "host", "set"), CLI_OK);
	assert_has(r->out, "--deputy UID");
	assert_has_not(r->out, "import");
	assert_int_equal(RUN(r, "help", "nope"), CLI_USAGE);
	/* Help even where words are missing. */
	assert_int_equal(RUN(r, "visit", "show", "--help"), CLI_OK);
}

/* Help of every command wraps within a narrow terminal. */
static void args__help__every_command(void **state)
{
	struct cli_rig *r = *state;
	for (const struct cli_command *cmd = cli_commands; cmd->name != NULL; cmd++) {
		char first[64], *second;
		assert_true(str_copy(first, sizeof first, cmd->name));
		second = strchr(first, ' ');
		if (second != NULL)
			*second++ = '\0';
		assert_int_equal(
		    rig_run_wide(r, 60, (const char *const[]){"help", first, second, NULL}),
		    CLI_OK);
		assert_has(r->out, cmd->name);
		const char *line = r->out;
		for (const char *lf; (lf = strchr(line, '\n')) != NULL; line = lf + 1)
			assert_true(lf - line <= 64); /* a long word alone may stand out */
	}
}

static void args__read__refusals(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, "visits", "--nope"), CLI_USAGE);
	assert_has(r->err, "unknown option: --nope");
	assert_int_equal(RUN(r, "visits", "-x"), CLI_USAGE);
	assert_int_equal(RUN(r, "visits", "--state"), CLI_USAGE);
	assert_has(r->err, "--state: needs a value");
	assert_int_equal(RUN(r, "visits", "--inside=3"), CLI_USAGE);
	assert_int_equal(RUN(r, "visit", "show"), CLI_USAGE);
	assert_has(r->err, "visit show needs VISIT");
	assert_int_equal(RUN(r, "visit", "show", "1", "2"), CLI_USAGE);
	assert_has(r->err, "one word too many: 2");
	assert_int_equal(RUN(r, "visits", "--limit", "0"), CLI_USAGE);
	assert_int_equal(RUN(r, "visits", "--limit", "1x"), CLI_USAGE);
	assert_int_equal(RUN(r, "visits", "--limit", "-1"), CLI_USAGE);
	assert_int_equal(RUN(r, "visits", "--limit", "99999999999999999999"), CLI_USAGE);
	assert_int_equal(RUN(r, "invite", "--list", "--show", "x"), CLI_USAGE);
	assert_int_equal(RUN(r, "invite"), CLI_USAGE);
	assert_int_equal(RUN(r, "visit", "refuse", "1"), CLI_USAGE);
	assert_int_equal(RUN(r, "visit", "cancel", "1"), CLI_USAGE);
	assert_int_equal(RUN(r, "visit", "extend", "1"), CLI_USAGE);
	assert_int_equal(RUN(r, "jobs", "drop", "1"), CLI_USAGE);
	assert_int_equal(RUN(r, "waiting", "resolve", "1"), CLI_USAGE);
	assert_int_equal(RUN(r, "host", "set", "anna"), CLI_USAGE);
	assert_int_equal(RUN(r, "host", "set", "anna", "--left", "--here"), CLI_USAGE);
	assert_int_equal(RUN(r, "host", "set", "anna", "--name", "\xff"), CLI_USAGE);
	assert_int_equal(
	    RUN(r, "-c", "/nonexistent/foyer.conf", "--socket", "", "visits"), CLI_USAGE);
}

static void args__read__too_many_options(void **state)
{
	struct cli_rig *r = *state;
	const char *words[60] = {"invite"};
	for (int i = 1; i < 59; i++)
		words[i] = "--field=a=b";
	assert_int_equal(rig_run_wide(r, 0, words), CLI_USAGE); /* no --name, but no crash either */
}

/* The table itself: names are one or two words, options are named once and help is a sentence. */
static void commands__table__is_well_formed(void **state)
{
	(void)state;
	for (const struct cli_command *cmd = cli_commands; cmd->name != NULL; cmd++) {
		assert_non_null(cmd->run);
		assert_true(cmd->summary[strlen(cmd->summary) - 1] == '.' ||
			    cmd->summary[strlen(cmd->summary) - 1] == '?');
		char first[64];
		int used;
		bool family;
		assert_true(str_copy(first, sizeof first, cmd->name));
		char *second = strchr(first, ' ');
		if (second != NULL)
			*second++ = '\0';
		char *words[] = {first, second};
		assert_ptr_equal(
		    cli_command_find(words, second != NULL ? 2 : 1, &used, &family), cmd);
		assert_int_equal(used, second != NULL ? 2 : 1);
		for (const struct cli_option *o = cmd->options; o != NULL && o->name != NULL; o++) {
			for (const struct cli_option *k = o + 1; k->name != NULL; k++) {
				assert_string_not_equal(o->name, k->name);
				assert_true(o->letter == 0 || o->letter != k->letter);
			}
			for (const struct cli_option *k = cli_options_common; k->name != NULL;
			     k++) {
				assert_string_not_equal(o->name, k->name);
				assert_true(o->letter == 0 || o->letter != k->letter);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(args__run__no_command, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(args__run__help_and_version, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(args__help__every_command, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(args__read__refusals, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(args__read__too_many_options, rig_setup, rig_teardown),
	    cmocka_unit_test(commands__table__is_well_formed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
