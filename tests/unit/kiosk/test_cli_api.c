#include "kiosk/cli/api.h"

#include "tests/unit/kiosk/cli_rig.h"

#include "base/str.h"

#include <sys/stat.h>
#include <unistd.h>

#define OUT                                                                                        \
	"200 "                                                                                     \
	"{\"id\":\"x\",\"number\":\"000007\",\"name\":\"Zo\u00eb\",\"state\":\"out\",\"until_"     \
	"ms\":1795424400000,\"escort\":false}"

static void api__target__encodes(void **state)
{
	(void)state;
	struct api_target t = api_target_of("/v1/visits");
	api_target_segment(&t, "a/b ?#%\u00fc");
	api_target_segment(&t, "approve");
	api_target_add(&t, "q", "x&y=z +");
	api_target_add_int(&t, "limit", 5);
	assert_true(t.ok);
	assert_string_equal(
	    t.text, "/v1/visits/a%2Fb%20%3F%23%25%C3%BC/approve?q=x%26y%3Dz%20%2B&limit=5");
	struct api_target empty = api_target_of("/v1/visits");
	api_target_segment(&empty, "");
	assert_false(empty.ok);
	char *huge = calloc(1, 10001);
	memset(huge, 'x', 10000);
	struct api_target long_one = api_target_of("/v1/visits");
	api_target_segment(&long_one, huge);
	assert_false(long_one.ok);
	free(huge);
}

/* The connection dropped after the request: asked again, once, and under the same key. */
static void api__send__again_with_the_same_key(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, RIG_DROP, OUT, NULL});
	assert_int_equal(RUN(r, "visit", "checkout", "7", "--reason", "left"), CLI_OK);
	assert_string_equal(r->out, "000007 Zo\u00eb: out, until 10:00.\n");
	const char *asked = rig_asked(r), *first = strstr(asked, "Idempotency-Key: ");
	assert_non_null(first);
	const char *second = strstr(first + 1, "Idempotency-Key: ");
	assert_non_null(second);
	assert_memory_equal(first, second, strlen("Idempotency-Key: ") + 36);
	assert_null(strstr(second + 1, "Idempotency-Key: "));
	assert_has(first, "{\"reason\":\"left\"}");
}

static void api__send__not_a_third_time(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, RIG_DROP, RIG_DROP, NULL});
	assert_int_equal(RUN(r, "visit", "checkout", "7"), CLI_UNREACHABLE);
	assert_string_equal(r->out, "");
	(void)rig_asked(r); /* the script was played to its end: no fourth connection came */
}

static void api__send__a_key_of_its_own_for_each_command(void **state)
{
	struct cli_rig *r = *state;
	char key[64];
	rig_serve(r, (const char *const[]){RIG_ME, OUT, RIG_ME, OUT, NULL});
	assert_int_equal(RUN(r, "visit", "checkout", "7"), CLI_OK);
	assert_int_equal(RUN(r, "visit", "checkout", "7"), CLI_OK);
	const char *first = strstr(rig_asked(r), "Idempotency-Key: ");
	assert_true(str_print(key, sizeof key, "%.53s", first));
	assert_null(strstr(first + 1, key));
}

static void api__call__exit_status(void **state)
{
	struct cli_rig *r = *state;
	static const struct {
		const char *answer;
		enum cli_exit rc;
	} cases[] = {
	    {"400 {\"error\":\"input\",\"message\":\"state: must be\"}", CLI_USAGE},
	    {"403 {\"error\":\"denied\",\"message\":\"no role\"}", CLI_DENIED},
	    {"404 {\"error\":\"not-found\",\"message\":\"no such visit\"}", CLI_NO},
	    {"409 {\"error\":\"already-inside\",\"message\":\"is inside\"}", CLI_NO},
	    {"413 {\"error\":\"too-long\",\"message\":\"too long\"}", CLI_USAGE},
	    {"422 {\"error\":\"ended\",\"message\":\"is over\"}", CLI_NO},
	    {"429 {\"error\":\"too-many\",\"message\":\"later\"}", CLI_NO},
	    {"503 {\"error\":\"io\",\"message\":\"closed\"}", CLI_UNREACHABLE},
	    {"500 {}", CLI_UNREACHABLE},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		rig_serve(r, (const char *const[]){cases[i].answer, NULL});
		assert_int_equal(RUN(r, "whoami"), cases[i].rc);
		assert_string_equal(r->out, "");
		assert_has(r->err, "foyer: ");
		(void)rig_asked(r);
	}
}

static void api__call__a_refusal_as_json(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(
	    r, (const char *const[]){
		   "404 {\"error\":\"not-found\",\"message\":\"no \\u001b[31msuch\\u202e visit\"}",
		   NULL});
	assert_int_equal(RUN(r, "--json", "whoami"), CLI_NO);
	assert_string_equal(
	    r->out, "{\"error\":\"not-found\",\"message\":\"no \\u001B[31msuch\u202e visit\"}\n");
	assert_has(r->err, "no [31msuch visit (not-found)");
}

/* What a person can do about it stands there, before what only its maker reads. */
static void api__call__a_book_that_cannot_be_written(void **state)
{
	struct cli_rig *r = *state;
	static const struct {
		const char *answer, *err;
	} all[] = {
	    {"503 {\"error\":\"no-space\",\"message\":\"commit: disk is full\"}",
		"foyer: the disk is full, and nothing was recorded: make room; foyer doctor says "
		"where (no-space: commit: disk is full)\n"},
	    {"503 {\"error\":\"io\",\"message\":\"the book is closed after a failed write\"}",
		"foyer: the book is closed after a failed write; foyer doctor says what to do "
		"(io)\n"},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		rig_serve(r, (const char *const[]){all[i].answer, NULL});
		assert_int_equal(RUN(r, "whoami"), CLI_UNREACHABLE);
		assert_string_equal(r->err, all[i].err);
		(void)rig_asked(r);
	}
}

/* Members of a body are options to whoever typed the command; what only looks like one stays. */
static void api__call__a_refusal_names_options(void **state)
{
	struct cli_rig *r = *state;
	static const struct {
		const char *answer, *err;
	} all[] = {
	    {"until_ms: must be after from_ms", "foyer: --until: must be after --from (input)\n"},
	    {"(until_ms)", "foyer: (--until) (input)\n"},
	    {"away_until_ms: from_msx, r\u00e9from_ms 7",
		"foyer: away_until_ms: from_msx, r\u00e9--from 7 (input)\n"},
	    {"name: is required", "foyer: name: is required (input)\n"},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		char answer[256];
		assert_true(str_print(answer, sizeof answer,
		    "400 {\"error\":\"input\",\"message\":\"%s\"}", all[i].answer));
		rig_serve(r, (const char *const[]){answer, NULL});
		assert_int_equal(RUN(r, "whoami"), CLI_USAGE);
		assert_string_equal(r->err, all[i].err);
		(void)rig_asked(r);
	}
	/* However long: cut, never beyond the line's end. */
	char *words = mem_new(1, 10100);
	(void)str_copy(words, 10100, "400 {\"error\":\"input\",\"message\":\"");
	while (strlen(words) < 10000)
		(void)str_copy(words + strlen(words), 16, "until_ms from_ ");
	(void)str_copy(words + strlen(words), 16, "\"}");
	rig_serve(r, (const char *const[]){words, NULL});
	assert_int_equal(RUN(r, "whoami"), CLI_USAGE);
	assert_has(r->err, "foyer: --until from_ --until");
	assert_has_not(r->err, "until_ms");
	free(words);
	(void)rig_asked(r);
}

static void api__call__nonsense(void **state)
{
	struct cli_rig *r = *state;
	static const char *const answers[] = {
	    "200 [1,2]", "200 {", "200 \"x\"", "abc", "200 {\"a\":1,\"a\":2}"};
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		rig_serve(r, (const char *const[]){answers[i], answers[i], NULL});
		assert_int_equal(RUN(r, "whoami"), CLI_UNREACHABLE);
		assert_string_equal(r->out, "");
		(void)rig_asked(r);
	}
}

static void api__call__nobody_there(void **state)
{
	struct cli_rig *r = *state;
	assert_int_equal(RUN(r, "whoami"), CLI_UNREACHABLE);
	assert_has(r->err, "does not answer on");
	if (geteuid() == 0)
		return; /* root may open anything */
	rig_serve(r, (const char *const[]){RIG_ME, NULL});
	assert_int_equal(chmod(r->socket, 0), 0);
	assert_int_equal(RUN(r, "whoami"), CLI_DENIED);
}

static void api__list__all_pages(void **state)
{
	struct cli_rig *r = *state;
	static const char *const script[] = {RIG_ME,
	    "200 "
	    "{\"items\":[{\"uid\":\"a\",\"name\":\"A\"},{\"uid\":\"b\",\"name\":\"B\"}],\"next\":"
	    "\"c u&r\"}",
	    "200 {\"items\":[{\"uid\":\"c\",\"name\":\"C\"}],\"next\":null}", NULL};
	rig_serve(r, script);
	assert_int_equal(RUN(r, "host", "list", "--json"), CLI_OK);
	assert_string_equal(r->out,
	    "{\"items\":[{\"uid\":\"a\",\"name\":\"A\"},{\"uid\":\"b\",\"name\":\"B\"},{"
	    "\"uid\":\"c\",\"name\":\"C\"}],\"next\":null}\n");
	const char *asked = rig_asked(r);
	assert_has(asked, "GET /v1/hosts?limit=200 ");
	assert_has(asked, "GET /v1/hosts?limit=198&after=c%20u%26r ");
}

static void api__list__stops_at_the_limit_and_at_a_cursor_that_stands_still(void **state)
{
	struct cli_rig *r = *state;
	static const char page[] =
	    "200 {\"items\":[{\"uid\":\"a\",\"name\":\"A\"}],\"next\":\"same\"}";
	rig_serve(r, (const char *const[]){RIG_ME, page, NULL});
	assert_int_equal(RUN(r, "host", "list", "--limit", "1"), CLI_OK);
	assert_has(r->err, "more than 1");
	assert_has(rig_asked(r), "limit=1 ");
	rig_serve(r, (const char *const[]){RIG_ME, page, page, NULL});
	assert_int_equal(RUN(r, "host", "list"), CLI_OK);
	(void)rig_asked(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(api__target__encodes),
	    cmocka_unit_test_setup_teardown(
		api__send__again_with_the_same_key, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(api__send__not_a_third_time, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(
		api__send__a_key_of_its_own_for_each_command, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(api__call__exit_status, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(api__call__a_refusal_as_json, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(api__call__nonsense, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(
		api__call__a_refusal_names_options, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(
		api__call__a_book_that_cannot_be_written, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(api__call__nobody_there, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(api__list__all_pages, rig_setup, rig_teardown),
	    cmocka_unit_test_setup_teardown(
		api__list__stops_at_the_limit_and_at_a_cursor_that_stands_still, rig_setup,
		rig_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
