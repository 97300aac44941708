/* What foyer makes and changes: invitations, hosts, lists, exports. */
#include "tests/unit/kiosk/cli_rig.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"

#define TYPES                                                                                      \
	RIG_ITEMS("{\"name\":\"guest\",\"longest_stay_ms\":36000000},{\"name\":\"delivery\","      \
		  "\"longest_stay_ms\":3600000}")
#define TO_BRING(mail)                                                                             \
	"201 "                                                                                     \
	"{\"id\":\"i1\",\"number\":\"000042\",\"name\":\"Z\",\"code\":\"8K3M9QPT\",\"document\":"  \
	"true,\"mail\":\"" mail "\"}"
#define INVITATION                                                                                 \
	"201 "                                                                                     \
	"{\"id\":\"i1\",\"number\":\"000042\",\"name\":\"Zo\u00eb\",\"company\":\"\",\"host\":"    \
	"\"Anna\",\"type\":\"guest\",\"state\":\"expected\",\"pass\":\"FOYERABC234\","             \
	"\"code\":\"8K3M9QPT\",\"from_ms\":1795420800000,\"until_ms\":1795431600000,\"cancelled_"  \
	"ms\":0,\"mail\":\"queued\"}"

static void invite__make__body_and_picture(void **state)
{
	struct cli_rig *r = *state;
	char png[PATH_MAX], *data = NULL;
	size_t len;
	struct stat st;
	rig_path(r, "zoe.png", png);
	rig_serve(r, (const char *const[]){RIG_ME, INVITATION, NULL});
	assert_int_equal(RUN(r, "invite", "--host", "anna", "--name", "Zo\u00eb \033[2J", "--until",
			     "+3h", "--field", "a=b=c", "--field=d=", "--png", png),
	    CLI_OK);
	assert_has(
	    r->out, "000042 Zo\u00eb\n  when          2026-11-23 09:00 to 2026-11-23 12:00\n");
	assert_has(r->out, "  code          8K3M-9QPT\n  mail          is on its way\n");
	assert_has_not(r->out, "\033"); /* no terminal: no code is drawn */
	const char *asked = rig_asked(r);
	assert_has(asked, "{\"host\":\"anna\",\"name\":\"Zo\u00eb "
			  "\\u001B[2J\",\"type\":\"guest\",\"fields\":{\"a\":\"b=c\",\"d\":\"\"},"
			  "\"until_ms\":1795431600000}");
	assert_int_equal(stat(png, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(path_read(&data, &len, png, 100000, NULL), ERR_OK);
	assert_memory_equal(data, "\x89PNG", 4);
	free(data);
}

static void invite__make__says_what_to_bring(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, INVITATION, NULL});
	(void)RUN(r, "invite", "--name", "Z", "--until", "+1h", "--no-qr");
	assert_has_not(r->out, "bring");
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){RIG_ME, TO_BRING("queued"), NULL});
	(void)RUN(r, "invite", "--name", "Z", "--until", "+1h", "--no-qr");
	assert_has(r->out, "  bring         an identity document; the mail says so\n");
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){RIG_ME, TO_BRING("none"), NULL});
	(void)RUN(r, "invite", "--name", "Z", "--until", "+1h", "--no-qr");
	assert_has(r->out, "  bring         an identity document: tell the visitor\n");
	(void)rig_asked(r);
}

/* Without --until: the day's end, but no longer than the type may stay. */
static void invite__make__ends_by_itself(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, TYPES, INVITATION, NULL});
	assert_int_equal(RUN(r, "invite", "--name", "X", "--from", "15:00", "--no-qr"), CLI_OK);
	assert_has(
	    rig_asked(r), "\"from_ms\":1795442400000,\"until_ms\":1795474740000}"); /* 23:59 */
	rig_serve(r, (const char *const[]){RIG_ME, TYPES, INVITATION, NULL});
	assert_int_equal(RUN(r, "invite", "--name", "X", "--type", "delivery", "--no-qr"), CLI_OK);
	assert_has(rig_asked(r), "\"until_ms\":1795424400000}"); /* 10:00 */
	rig_serve(r, (const char *const[]){RIG_ME, TYPES, NULL});
	assert_int_equal(RUN(r, "invite", "--name", "X", "--type", "nope", "--no-qr"), CLI_USAGE);
	(void)rig_asked(r);
}

static void invite__make__a_file_in_the_way(void **state)
{
	struct cli_rig *r = *state;
	char png[PATH_MAX];
	rig_write(r, "zoe.png", "mine", 0600);
	rig_path(r, "zoe.png", png);
	/* Known before anything is asked for: no invitation is made. */
	assert_int_equal(RUN(r, "invite", "--name", "X", "--png", png), CLI_NO);
	assert_has(r->err, "is there already");
	rig_serve(r, (const char *const[]){RIG_ME, INVITATION, NULL});
	assert_int_equal(
	    RUN(r, "invite", "--name", "X", "--until", "+1h", "--png", png, "-f"), CLI_OK);
	(void)rig_asked(r);
}

/* The number becomes part of a file's name: only digits do. */
static void invite__make__a_hostile_number_is_no_path(void **state)
{
	struct cli_rig *r = *state;
	char here[PATH_MAX];
	assert_non_null(getcwd(here, sizeof here));
	assert_int_equal(chdir(r->dir), 0);
	rig_serve(r, (const char *const[]){RIG_ME,
			 "201 {\"number\":\"../../x\",\"pass\":\"FOYERA\",\"code\":\"\"}", NULL});
	assert_int_equal(RUN(r, "invite", "--name", "X", "--until", "+1h"), CLI_OK);
	(void)rig_asked(r);
	assert_int_equal(access("../../foyer-x.png", F_OK), -1);
	rig_serve(r, (const char *const[]){RIG_ME, INVITATION, NULL});
	assert_int_equal(RUN(r, "invite", "--name", "X", "--until", "+1h"), CLI_OK);
	(void)rig_asked(r);
	assert_int_equal(access("foyer-000042.png", F_OK), 0);
	assert_int_equal(chdir(here), 0);
}

static void invite__make__refused_values(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, "invite", "--name", "X", "--field", "novalue"), CLI_USAGE);
	assert_int_equal(RUN(r, "invite", "--name", "X", "--field", "=x"), CLI_USAGE);
	assert_int_equal(RUN(r, "invite", "--name", "X", "--field", "a=\xff"), CLI_USAGE);
	assert_int_equal(RUN(r, "invite", "--name", "X", "--field", "\xff=a"), CLI_USAGE);
	assert_int_equal(RUN(r, "invite", "--name", "\xed\xa0\x80"), CLI_USAGE);
	assert_has(r->err, "is not UTF-8");
}

static void invite__json__nothing_but_the_answer(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, INVITATION, NULL});
	assert_int_equal(
	    RUN(r, "invite", "--name", "X", "--until", "+1h", "--json", "--qr"), CLI_OK);
	assert_memory_equal(r->out, INVITATION + 4, strlen(INVITATION + 4));
	assert_int_equal(r->out_len, strlen(INVITATION + 4) + 1);
	(void)rig_asked(r);
}

static void invite__show__draws_when_asked(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, INVITATION, NULL});
	assert_int_equal(RUN(r, "invite", "--show", "i1", "--qr"), CLI_OK);
	assert_has(r->out, "\u2580");
	assert_has(rig_asked(r), "GET /v1/invitations/i1 ");
	/* The number of the visit instead of an id: foyerd reads both. */
	rig_serve(r, (const char *const[]){RIG_ME, INVITATION, NULL});
	assert_int_equal(RUN(r, "invite", "--show", "000005", "--no-qr"), CLI_OK);
	assert_has(rig_asked(r), "GET /v1/invitations/000005 ");
	rig_serve(r, (const char *const[]){INVITATION, NULL});
	assert_int_equal(RUN(r, "invite", "--cancel", "000005"), CLI_OK);
	assert_has(rig_asked(r), "POST /v1/invitations/000005/cancel ");
	rig_serve(r, (const char *const[]){RIG_ME, INVITATION, NULL});
	assert_int_equal(
	    rig_run_wide(r, 20, (const char *const[]){"invite", "--show", "i1", "--qr", NULL}),
	    CLI_OK);
	assert_has_not(r->out, "\u2580");
	assert_has(r->err, "columns to be drawn");
	(void)rig_asked(r);
}

static void host__set__only_what_is_named(void **state)
{
	struct cli_rig *r = *state;
	static const char host[] = "200 "
				   "{\"uid\":\"anna\",\"name\":\"Anna\",\"left\":false,\"away_from_"
				   "ms\":1795420800000,\"away_until_ms\":1795503600000}";
	rig_serve(r, (const char *const[]){RIG_ME, host, NULL});
	assert_int_equal(
	    RUN(r, "host", "set", "anna", "--deputy", "", "--away", "now..2026-11-24"), CLI_OK);
	assert_has(r->out, "until 2026-11-24 08:00");
	const char *asked = rig_asked(r);
	assert_has(asked, "PUT /v1/hosts/anna ");
	assert_has(asked,
	    "{\"deputy\":\"\",\"away_from_ms\":1795420800000,\"away_until_ms\":1795561140000}");
	rig_serve(r, (const char *const[]){RIG_ME, host, NULL});
	assert_int_equal(RUN(r, "host", "set", "anna", "--back", "--here"), CLI_OK);
	assert_has(rig_asked(r), "{\"left\":false,\"away_from_ms\":0,\"away_until_ms\":0}");
	rig_serve(r, (const char *const[]){RIG_ME, NULL});
	assert_int_equal(RUN(r, "host", "set", "anna", "--away", "tomorrow..now"), CLI_USAGE);
	(void)rig_asked(r);
}

#define PLAN(applied)                                                                              \
	"200 "                                                                                     \
	"{\"add\":[\"an\\u001bna\"],\"change\":[{\"uid\":\"bert\",\"what\":[\"name\",\"mail\"]}]," \
	"\"leave\":[\"carl\"],\"same\":3,\"errors\":[],\"applied\":" applied                       \
	",\"counts\":{\"add\":7,\"change\":1,\"leave\":1,\"errors\":0}}"

/* No terminal to ask at: nothing without an option, and nobody is marked as left by --yes. */
static void import__run__asks_or_refuses(void **state)
{
	struct cli_rig *r = *state;
	char csv[PATH_MAX];
	rig_write(r, "h.csv", "uid,name\nanna,\"An\"\"na\"\n", 0600);
	rig_path(r, "h.csv", csv);
	rig_serve(r, (const char *const[]){PLAN("false"), NULL});
	assert_int_equal(RUN(r, "host", "import", csv), CLI_NO);
	assert_has(
	    r->out, "To add: 7\n  anna\n  \u2026 and 6 more\nTo change: 1\n  bert: name, mail\n");
	assert_has(r->err, "nothing was changed");
	assert_has(rig_asked(r), "{\"csv\":\"uid,name\\nanna,\\\"An\\\"\\\"na\\\"\\n\",\"apply\":"
				 "false,\"mark_left\":false}");
	rig_serve(r, (const char *const[]){PLAN("false"), PLAN("true"), NULL});
	assert_int_equal(RUN(r, "host", "import", csv, "--yes"), CLI_OK);
	assert_has(r->out, "Done: 7 added, 1 changed, 0 marked as left.");
	assert_has(rig_asked(r), "\"apply\":true,\"mark_left\":false}");
	rig_serve(r, (const char *const[]){PLAN("false"), PLAN("true"), NULL});
	assert_int_equal(RUN(r, "host", "import", csv, "--mark-left"), CLI_OK);
	assert_has(r->out, "1 marked as left");
	assert_has(rig_asked(r), "\"apply\":true,\"mark_left\":true}");
	rig_serve(r, (const char *const[]){PLAN("false"), PLAN("false"), NULL});
	assert_int_equal(
	    RUN(r, "host", "import", csv, "-y"), CLI_NO); /* somebody else was at it meanwhile */
	(void)rig_asked(r);
}

static void import__run__wrong_lines(void **state)
{
	struct cli_rig *r = *state;
	char csv[PATH_MAX];
	rig_write(r, "h.csv", "uid,name\nx\n", 0600);
	rig_path(r, "h.csv", csv);
	rig_serve(r, (const char *const[]){
			 "200 "
			 "{\"add\":[],\"change\":[],\"leave\":[\"carl\"],\"same\":0,\"errors\":[{"
			 "\"line\":2,\"message\":\"too few\\u001b\"}],\"applied\":false}",
			 NULL});
	assert_int_equal(RUN(r, "host", "import", csv, "--yes"), CLI_NO);
	assert_string_equal(r->out, "Wrong lines: 1\n  line 2: too few\n");
	(void)rig_asked(r);
}

static void import__file__refused(void **state)
{
	struct cli_rig *r = *state;
	char path[PATH_MAX];
	assert_int_equal(
	    RUN(r, "host", "import", rig_path(r, "none.csv", path), "--yes"), CLI_USAGE);
	rig_write(r, "latin.csv", "uid,name\nx,M\xfcller\n", 0600);
	assert_int_equal(
	    RUN(r, "host", "import", rig_path(r, "latin.csv", path), "--yes"), CLI_USAGE);
	assert_has(r->err, "is not UTF-8");
	char *huge = calloc(1, 1024 * 1024 + 2);
	memset(huge, 'x', 1024 * 1024 + 1);
	rig_write(r, "huge.csv", huge, 0600);
	free(huge);
	assert_int_equal(
	    RUN(r, "host", "import", rig_path(r, "huge.csv", path), "--yes"), CLI_USAGE);
}

static void export__file__whole_or_not_at_all(void **state)
{
	struct cli_rig *r = *state;
	char path[PATH_MAX], *data = NULL;
	size_t len;
	struct stat st;
	rig_path(r, "v.ndjson", path);
	rig_serve(r, (const char *const[]){"200 {\"a\":1}\n{\"a\":2}\n", NULL});
	assert_int_equal(RUN(r, "export", "person", "Zo\u00eb", "M\u00fcller", "-o", path), CLI_OK);
	assert_has(rig_asked(r), "GET /v1/export?what=person&q=Zo%C3%AB%20M%C3%BCller ");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(path_read(&data, &len, path, 1000, NULL), ERR_OK);
	assert_string_equal(data, "{\"a\":1}\n{\"a\":2}\n");
	free(data);
	assert_int_equal(
	    RUN(r, "export", "visits", "-o", path), CLI_NO); /* there already: nothing is asked */
	/* Nobody answers: no file is left. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(RUN(r, "export", "visits", "-o", path), CLI_UNREACHABLE);
	assert_int_equal(access(path, F_OK), -1);
}

static void export__query__span(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, "200 {}\n", NULL});
	assert_int_equal(
	    RUN(r, "export", "visits", "--from", "2026-11-23", "--until", "2026-11-23"), CLI_OK);
	assert_string_equal(r->out, "{}\n");
	assert_has(rig_asked(r), "what=visits&from_ms=1795388400000&until_ms=1795474740000 ");
	rig_serve(r,
	    (const char *const[]){"400 {\"error\":\"input\",\"message\":\"what: must be\"}", NULL});
	assert_int_equal(RUN(r, "export", "all"), CLI_USAGE);
	assert_has(r->err, "what: must be");
	(void)rig_asked(r);
}

#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
static void clock__accept__says_what_follows(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, "clock", "accept"), CLI_USAGE);
	assert_has(r->err, "needs --reason");
	rig_serve(r, (const char *const[]){RIG_ME,
			 "200 {\"before_ms\":1826956800000,\"now_ms\":1795420800000,\"ended\":3,"
			 "\"inside\":1}",
			 NULL});
	assert_int_equal(RUN(r, "clock", "accept", "--reason", "NTP was wrong"), CLI_OK);
	assert_has(r->out, "Foyer's time was 2027-11-23 09:00 and is 2026-11-23 09:00 now.\n");
	assert_has(r->out, "over by this: 3.\n");
	assert_has(r->out, "without a door right: 1.");
	const char *asked = rig_asked(r);
	assert_has(asked, "POST /v1/clock/accept ");
	assert_has(asked, "{\"reason\":\"NTP was wrong\"}");
	rig_serve(r, (const char *const[]){RIG_ME,
			 "409 {\"error\":\"not-ahead\",\"message\":\"nothing to accept\"}", NULL});
	assert_int_equal(RUN(r, "clock", "accept", "--reason", "x"), CLI_NO);
	assert_has(r->err, "nothing to accept");
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){RIG_ME,
			 RIG_ITEMS("{\"id\":\"w1\",\"name\":\"\",\"number\":\"\",\"kiosk\":\"\","
				   "\"reason\":\"clock-back\",\"since_ms\":1795420800000},"
				   "{\"id\":\"w2\",\"name\":\"\",\"number\":\"\",\"kiosk\":\"\","
				   "\"reason\":\"journal-broken\",\"since_ms\":1795420800000}"),
			 NULL});
	assert_int_equal(RUN(r, "waiting"), CLI_OK);
	assert_has(r->out, "The clock was set back");
	assert_has(r->out, "The journal does not hold");
	(void)rig_asked(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(clock__accept__says_what_follows),
	    T(invite__make__body_and_picture),
	    T(invite__make__ends_by_itself),
	    T(invite__make__says_what_to_bring),
	    T(invite__make__a_file_in_the_way),
	    T(invite__make__a_hostile_number_is_no_path),
	    T(invite__make__refused_values),
	    T(invite__json__nothing_but_the_answer),
	    T(invite__show__draws_when_asked),
	    T(host__set__only_what_is_named),
	    T(import__run__asks_or_refuses),
	    T(import__run__wrong_lines),
	    T(import__file__refused),
	    T(export__file__whole_or_not_at_all),
	    T(export__query__span),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
