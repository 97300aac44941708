/* The courier's lines: what is read, what is refused, and the words that go back. Over a driver that says what a test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "access/job.h"
#include "base/conf_table.h"
#include "base/str.h"

#define UUID "0190b6f0-0000-7000-8000-000000000001"
#define CONF                                                                                       \
	"\"driver\":\"uhppote\",\"address\":\"127.0.0.1:60000\",\"serial\":405419896,\"card_"      \
	"first\":10058400,\"card_last\":10058499,"                                                 \
	"\"profile_first\":100,\"profile_last\":150,\"timeout_ms\":500,\"retries\":2,"             \
	"\"timezone\":\"Europe/Berlin\""
#define PROFILE                                                                                    \
	"{\"id\":101,\"first\":\"2026-11-23\",\"last\":\"2026-11-23\",\"from\":\"14:00\",\"to\":"  \
	"\"17:30\",\"linked\":0}"
#define GRANT_HEAD                                                                                 \
	"{\"job\":\"" UUID "\",\"kind\":\"grant\",\"attempt\":1,\"credential\":\"" UUID "\","
#define GRANT_BODY                                                                                 \
	"\"card\":10058400,\"doors\":[1,3],\"first\":\"2026-11-23\",\"last\":\"2026-11-23\","      \
	"\"fresh\":true,"
#define GRANT GRANT_HEAD GRANT_BODY "\"profiles\":[" PROFILE "]}"
#define REVOKE                                                                                     \
	"{\"job\":\"" UUID "\",\"kind\":\"revoke\",\"attempt\":1,\"credential\":\"" UUID           \
	"\",\"card\":10058400}"
#define LIST "{\"job\":\"" UUID "\",\"kind\":\"list\",\"attempt\":1}"
#define CHECK "{\"job\":\"" UUID "\",\"kind\":\"check\",\"attempt\":1}"

struct oracle {
	enum err_code says;
	struct access_grant granted;
	struct access_card card;
	struct access_health health;
	int asked;
};

static enum err_code say(struct oracle *o, struct err *e)
{
	o->asked++;
	return o->says == ERR_OK ? ERR_OK : err_set(e, o->says, "the oracle says so");
}

static enum err_code oracle_grant(void *state, const struct access_grant *g, struct err *e)
{
	struct oracle *o = state;
	o->granted = *g;
	o->card = (struct access_card){.there = true, .first = g->first, .last = g->last};
	for (int i = 0; i < g->n_doors; i++)
		o->card.right[g->doors[i] - 1] = g->profiles[0].id;
	return say(o, e);
}

static enum err_code oracle_revoke(void *state, uint32_t card, struct err *e)
{
	struct oracle *o = state;
	(void)card;
	o->card.there = false;
	return say(o, e);
}

static enum err_code oracle_read_back(
    void *state, uint32_t card, struct access_card *out, struct err *e)
{
	(void)card;
	(void)e;
	*out = ((struct oracle *)state)->card;
	return ERR_OK;
}

static enum err_code oracle_list(void *state, struct access_list *out, struct err *e)
{
	*out = (struct access_list){.card = {10058400, 10058402}, .n = 2, .count = 9};
	return say(state, e);
}

static enum err_code oracle_health(void *state, struct access_health *out, struct err *e)
{
	*out = ((struct oracle *)state)->health;
	return say(state, e);
}

static const struct access_driver oracle_driver = {"oracle", NULL, NULL, oracle_grant,
    oracle_revoke, oracle_read_back, oracle_list, oracle_health};

/* Run one line; the caller frees a->more. */
static void run(struct oracle *o, const char *line, struct courier_answer *a)
{
	struct access_controller c = {.driver = &oracle_driver,
	    .state = o,
	    .conf = {.card_first = 10058400,
		.card_last = 10058499,
		.profile_first = 100,
		.profile_last = 150}};
	struct courier_job job = {.attempt = 1};
	json_t *obj = NULL;
	struct err e = {0};
	assert_int_equal(json_parse_object(&obj, line, strlen(line), COURIER_LINE_MAX, &e), ERR_OK);
	job.obj = obj;
	const char *kind = json_string_value(json_object_get(obj, "kind"));
	const struct courier_kind *k = access_job_kinds;
	while (k->name != NULL && !str_eq(k->name, kind))
		k++;
	assert_non_null(k->name);
	*a = (struct courier_answer){0};
	k->run(&c, &job, a);
	json_decref(obj);
}

static json_int_t more_int(const struct courier_answer *a, const char *key)
{
	assert_true(json_is_integer(json_object_get(a->more, key)));
	return json_integer_value(json_object_get(a->more, key));
}

static void grant__whole(void **state)
{
	(void)state;
	struct oracle o = {0};
	struct courier_answer a;
	run(&o, GRANT, &a);
	assert_int_equal(a.result, COURIER_DONE);
	assert_true(json_is_true(json_object_get(a.more, "read_back")));
	assert_int_equal(o.granted.card, 10058400);
	assert_int_equal(o.granted.n_doors, 2);
	assert_int_equal(o.granted.doors[1], 3);
	assert_true(o.granted.fresh);
	assert_int_equal(o.granted.profiles[0].from.hour, 14);
	assert_int_equal(o.granted.profiles[0].to.min, 30);
	json_decref(a.more);
}

/* Every compound word of a remedy is an option that a person finds in foyer.conf. */
static void options_check(const char *remedy)
{
	static const char in_word[] = "abcdefghijklmnopqrstuvwxyz_-";
	for (const char *w = remedy + strcspn(remedy, in_word); *w != '\0';) {
		size_t n = strspn(w, in_word);
		const struct conf_option *o = conf_table_controller;
		while (o->name != NULL && (strlen(o->name) != n || memcmp(o->name, w, n) != 0))
			o++;
		if (strcspn(w, "_-") < n && o->name == NULL)
			fail_msg("no option of a controller is called %.*s", (int)n, w);
		w += n + strcspn(w + n, in_word);
	}
}

static void errors__have_their_words(void **state)
{
	(void)state;
	static const struct {
		enum err_code says;
		enum courier_result result;
		const char *class;
	} cases[] = {
	    {ERR_TIMEOUT, COURIER_RETRY, "timeout"},
	    {ERR_UNREACHABLE, COURIER_RETRY, "unreachable"},
	    {ERR_NO_SPACE, COURIER_RETRY, "controller-full"},
	    {ERR_REFUSED, COURIER_RETRY, "clock-off"},
	    {ERR_PROTOCOL, COURIER_RETRY, "protocol"},
	    {ERR_CONFLICT, COURIER_FAILED, "foreign-card"},
	    {ERR_INPUT, COURIER_FAILED, "out-of-range"},
	    {ERR_REJECTED, COURIER_FAILED, "profile-mismatch"},
	    {ERR_IO, COURIER_RETRY, "io"},
	    {ERR_TOO_MANY, COURIER_FAILED, "too-many"},
	};
	static const char *const lines[] = {GRANT, REVOKE, LIST};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (size_t j = 0; j < sizeof lines / sizeof lines[0]; j++) {
			struct oracle o = {.says = cases[i].says};
			struct courier_answer a;
			run(&o, lines[j], &a);
			assert_int_equal(a.result, cases[i].result);
			assert_string_equal(a.class, cases[i].class);
			assert_string_equal(a.reason, "the oracle says so");
			options_check(a.remedy);
			assert_null(a.more);
		}
	}
}

static void list__cards(void **state)
{
	(void)state;
	struct oracle o = {0};
	struct courier_answer a;
	run(&o, LIST, &a);
	assert_int_equal(a.result, COURIER_DONE);
	assert_int_equal(json_array_size(json_object_get(a.more, "cards")), 2);
	assert_int_equal(more_int(&a, "count"), 9);
	json_decref(a.more);
}

static void check__states(void **state)
{
	(void)state;
	static const struct {
		struct oracle o;
		bool ok;
		const char *state;
	} cases[] = {
	    {{.says = ERR_OK}, true, "idle"},
	    {{.says = ERR_TIMEOUT}, false, "unreachable"},
	    {{.says = ERR_UNREACHABLE}, false, "unreachable"},
	    {{.says = ERR_PROTOCOL}, false, "protocol"},
	    {{.health = {.clock_off = true, .full = true, .clock_offset_ms = -7200000}}, false,
		"clock-off"},
	    {{.health = {.full = true}}, false, "controller-full"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct oracle o = cases[i].o;
		struct courier_answer a;
		run(&o, CHECK, &a);
		assert_int_equal(a.result, COURIER_DONE);
		assert_int_equal(json_is_true(json_object_get(a.more, "ok")), cases[i].ok);
		assert_string_equal(
		    json_string_value(json_object_get(a.more, "state")), cases[i].state);
		assert_int_equal(json_object_get(a.more, "remedy") != NULL, !cases[i].ok);
		if (o.says == ERR_OK)
			assert_int_equal(more_int(&a, "clock_offset_ms"), o.health.clock_offset_ms);
		json_decref(a.more);
	}
}

/* Lines that reach no controller. */
static void bad_jobs__nothing_asked(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    GRANT_HEAD "\"x\":1}",
	    GRANT_HEAD GRANT_BODY "\"profiles\":[" PROFILE "],\"pin\":1}",
	    GRANT_HEAD GRANT_BODY "\"profiles\":{}}",
	    GRANT_HEAD GRANT_BODY "\"profiles\":[1]}",
	    GRANT_HEAD GRANT_BODY "\"profiles\":[null]}",
	    GRANT_HEAD GRANT_BODY "\"profiles\":[{\"id\":101}]}",
	    GRANT_HEAD "\"card\":\"10058400\",\"doors\":[1],\"first\":\"2026-11-23\",\"last\":"
		       "\"2026-11-23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":4294967296,\"doors\":[1],\"first\":\"2026-11-23\",\"last\":\"2026-"
		       "11-23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":-1,\"doors\":[1],\"first\":\"2026-11-23\",\"last\":\"2026-11-23\","
		       "\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":1.5,\"doors\":[1],\"first\":\"2026-11-23\",\"last\":\"2026-11-"
		       "23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":10058400,\"doors\":[1,2,3,4,1],\"first\":\"2026-11-23\",\"last\":"
		       "\"2026-11-23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":10058400,\"doors\":[1e300],\"first\":\"2026-11-23\",\"last\":"
		       "\"2026-11-23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":10058400,\"doors\":[99999999999],\"first\":\"2026-11-23\","
		       "\"last\":\"2026-11-23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":10058400,\"doors\":[1],\"first\":\"2026-11-31\",\"last\":\"2026-"
		       "11-23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":10058400,\"doors\":[1],\"first\":\"2026-11-23\\u001b\",\"last\":"
		       "\"2026-11-23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":10058400,\"doors\":[1],\"first\":\"2026-11-\\u202e23\",\"last\":"
		       "\"2026-11-23\",\"fresh\":true,\"profiles\":[]}",
	    GRANT_HEAD "\"card\":10058400,\"doors\":[1],\"first\":\"2026-11-23\",\"last\":\"2026-"
		       "11-23\",\"fresh\":1,\"profiles\":[]}",
	    "{\"job\":\"" UUID "\",\"kind\":\"grant\",\"credential\":\"x\"," GRANT_BODY
	    "\"profiles\":[" PROFILE "]}",
	    "{\"job\":\"" UUID "\",\"kind\":\"revoke\",\"credential\":\"" UUID "\"}",
	    "{\"job\":\"" UUID "\",\"kind\":\"revoke\",\"credential\":\"" UUID
	    "\",\"card\":10058400,\"door\":1}",
	    "{\"job\":\"" UUID "\",\"kind\":\"list\",\"all\":true}",
	    "{\"job\":\"" UUID "\",\"kind\":\"check\",\"deep\":true}",
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct oracle o = {0};
		struct courier_answer a;
		run(&o, bad[i], &a);
		assert_int_equal(a.result, COURIER_FAILED);
		assert_string_equal(a.class, "bad-job");
		assert_true(a.reason[0] != '\0');
		assert_int_equal(o.asked, 0);
	}
}

/* Ten thousand characters where a date should be. */
static void bad_jobs__long_text(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	struct oracle o = {0};
	struct courier_answer a;
	str_buf_print(&b,
	    GRANT_HEAD "\"card\":10058400,\"doors\":[1],\"fresh\":true,\"profiles\":[],\"last\":"
		       "\"2026-11-23\",\"first\":\"%010000d\"}",
	    7);
	run(&o, b.data, &a);
	assert_string_equal(a.class, "bad-job");
	assert_int_equal(o.asked, 0);
	str_buf_fini(&b);
}

static enum err_code conf_of(struct access_conf *conf, const char *members, struct err *e)
{
	json_t *obj = NULL;
	char line[1024];
	assert_true(str_print(line, sizeof line, "{%s}", members));
	assert_int_equal(json_parse_object(&obj, line, strlen(line), sizeof line, e), ERR_OK);
	enum err_code rc = access_job_conf(conf, obj, e);
	json_decref(obj);
	return rc;
}

static void conf__read(void **state)
{
	(void)state;
	struct access_conf conf;
	struct err e = {0};
	assert_int_equal(conf_of(&conf, CONF, &e), ERR_OK);
	assert_string_equal(conf.driver, "uhppote");
	assert_int_equal(conf.serial, 405419896);
	assert_int_equal(conf.card_last, 10058499);
	assert_int_equal(conf.profile_first, 100);
	assert_int_equal(conf.retries, 2);
	assert_string_equal(conf.timezone, "Europe/Berlin");
}

/* The good section with one member said otherwise. */
static void conf__bounds(void **state)
{
	(void)state;
	static const char *const bad[][2] = {
	    {"\"serial\":405419896", "\"serial\":0"}, /* would ask everybody */
	    {"\"serial\":405419896", "\"serial\":4294967296"},
	    {"\"card_first\":10058400", "\"card_first\":0"},
	    {"\"card_last\":10058499", "\"card_last\":10058399"},
	    {"\"card_last\":10058499", "\"card_last\":4294967295"},
	    {"\"card_last\":10058499", "\"card_last\":16777215"},
	    {"\"profile_first\":100", "\"profile_first\":1"}, /* at any hour */
	    {"\"profile_last\":150", "\"profile_last\":255"},
	    {"\"profile_last\":150", "\"profile_last\":99"},
	    {"\"timeout_ms\":500", "\"timeout_ms\":0"},
	    {"\"retries\":2", "\"retries\":-1"},
	    {"\"retries\":2", "\"retries\":\"2\""},
	    {"\"retries\":2", "\"retries\":2,\"port\":1"},
	    {"\"retries\":2,", ""},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char members[1024];
		const char *at = strstr(CONF, bad[i][0]);
		struct access_conf conf;
		struct err e = {0};
		assert_non_null(at);
		assert_true(str_print(members, sizeof members, "%.*s%s%s", (int)(at - CONF), CONF,
		    bad[i][1], at + strlen(bad[i][0])));
		assert_int_not_equal(conf_of(&conf, members, &e), ERR_OK);
		assert_true(e.msg[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grant__whole),
	    cmocka_unit_test(errors__have_their_words),
	    cmocka_unit_test(list__cards),
	    cmocka_unit_test(check__states),
	    cmocka_unit_test(bad_jobs__nothing_asked),
	    cmocka_unit_test(bad_jobs__long_text),
	    cmocka_unit_test(conf__read),
	    cmocka_unit_test(conf__bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
