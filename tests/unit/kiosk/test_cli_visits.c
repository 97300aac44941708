#include "tests/unit/kiosk/cli_rig.h"

#include "base/str.h"

#define VISIT(number, name, state, more)                                                           \
	"{\"id\":\"u\",\"number\":\"" number "\",\"name\":\"" name                                 \
	"\",\"company\":\"\",\"host\":\"Anna\",\"type\":\"guest\",\"state\":\"" state              \
	"\",\"from_ms\":1795417200000,\"until_ms\":1795431600000,\"in_ms\":1795417500000,\"out_"   \
	"ms\":0,\"doors\":\"none\",\"badge\":\"none\"" more "}"

static void visits__inside__by_name_and_counted(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r,
	    (const char *const[]){RIG_ME,
		RIG_ITEMS(VISIT("000003", "Zo\u00eb", "inside", "") "," VISIT("000001", "\u00c5sa",
		    "inside", ",\"escort\":true") "," VISIT("000002", "bert", "inside", "")),
		NULL});
	assert_int_equal(RUN(r, "visits", "--inside"), CLI_OK);
	assert_string_equal(r->out, "NUMBER  NAME  HOST  SINCE  UNTIL  MARKS\n"
				    "000001  \u00c5sa   Anna  08:05  12:00  escort\n"
				    "000002  bert  Anna  08:05  12:00\n"
				    "000003  Zo\u00eb   Anna  08:05  12:00\n"
				    "3 inside, 2026-11-23 09:00\n");
	assert_has(rig_asked(r), "GET /v1/visits?state=inside&limit=200 ");
}

static void visits__inside__nobody_is_an_answer_too(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, RIG_ITEMS(""), NULL});
	assert_int_equal(RUN(r, "visits", "--inside"), CLI_OK);
	assert_string_equal(r->out, "0 inside, 2026-11-23 09:00\n");
	(void)rig_asked(r);
}

/* The list for an emergency is whole, however many pages it takes. */
static void visits__inside__every_page(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(
	    r, (const char *const[]){RIG_ME,
		   "200 {\"items\":[" VISIT("000001", "A", "inside", "") "],\"next\":\"1.1\"}",
		   "200 {\"items\":[],\"next\":\"1.2\"}",
		   RIG_ITEMS(VISIT("000002", "B", "inside", "")), NULL});
	assert_int_equal(RUN(r, "visits", "--inside"), CLI_OK);
	assert_has(r->out, "2 inside");
	assert_has(rig_asked(r), "after=1.2 ");
}

static void visits__query__words_and_day(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, RIG_ITEMS(""), NULL});
	assert_int_equal(
	    RUN(r, "visits", "zo\u00eb", "% _;='\"", "--today", "--state", "out"), CLI_OK);
	assert_string_equal(r->out, "");
	assert_string_equal(r->err, "No visits.\n");
	assert_has(rig_asked(r), "GET "
				 "/v1/"
				 "visits?state=out&q=zo%C3%AB%20%25%20_%3B%3D%27%22&from_ms="
				 "1795388400000&until_ms=1795474800000&limit=200 ");
}

static void visits__json__as_it_came(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r,
	    (const char *const[]){RIG_ME,
		RIG_ITEMS("{\"number\":\"000001\",\"odd\":[1,{}],\"name\":\"\\u001b[2J\"}"), NULL});
	assert_int_equal(RUN(r, "visits", "--json"), CLI_OK);
	assert_string_equal(r->out, "{\"items\":[{\"number\":\"000001\",\"odd\":[1,{}],\"name\":"
				    "\"\\u001B[2J\"}],\"next\":null}\n");
	(void)rig_asked(r);
}

#define AT(number, from_ms) "{\"number\":\"" number "\",\"from_ms\":" from_ms "}"

/* foyerd gives the latest first. Of what is to come, --limit keeps the earliest. */
static void visits__limit__the_first_of_the_list(void **state)
{
	struct cli_rig *r = *state;
	static const char *const script[] = {RIG_ME,
	    "200 {\"items\":[" AT("000003", "1795440000000") "," AT(
		"000002", "1795430000000") "],"
					   "\"next\":\"1.2\"}",
	    RIG_ITEMS(AT("000001", "1795421000000")), NULL};
	rig_serve(r, script);
	assert_int_equal(RUN(r, "visits", "--expected", "--limit", "2"), CLI_OK);
	const char *first = strstr(r->out, "000001"), *second = strstr(r->out, "000002");
	assert_true(first != NULL && second != NULL && first < second);
	assert_has_not(r->out, "000003");
	assert_has(r->err, "There are more than 2");
	(void)rig_asked(r);
	/* All there ever was: as it comes, and no more of it than asked for. */
	rig_serve(r, (const char *const[]){RIG_ME, script[1], NULL});
	assert_int_equal(RUN(r, "visits", "--limit", "2"), CLI_OK);
	first = strstr(r->out, "000003"), second = strstr(r->out, "000002");
	assert_true(first != NULL && second != NULL && first < second);
	assert_has(r->err, "There are more than 2");
	assert_has(rig_asked(r), "limit=2 ");
}

static void visits__waiting__nobody(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME, RIG_ITEMS(""), NULL});
	assert_int_equal(RUN(r, "visits", "--waiting"), CLI_OK);
	assert_has(r->err, "No visits.\n");
	assert_has(r->err, "foyer waiting");
	(void)rig_asked(r);
}

/* Answers with members missing, of another kind, or hostile: a table all the same. */
static void visits__items__whatever_comes(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME,
			 RIG_ITEMS("{},7,null,{\"number\":5,\"name\":{},\"from_ms\":\"x\",\"until_"
				   "ms\":-9223372036854775808,\"in_ms\":9223372036854775807},"
				   "{\"number\":\"\\u001b]0;x\\u0007\",\"name\":"
				   "\"a\\u202eb\\r\\nc\",\"state\":\"%s%n\"}"),
			 NULL});
	assert_int_equal(rig_run_wide(r, 80, (const char *const[]){"visits", NULL}), CLI_OK);
	assert_has(r->out, "ab c");
	assert_has(r->out, "%s%n");
	assert_has_not(r->out, "\033");
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){RIG_ME, "200 {\"items\":{},\"next\":5}", NULL});
	assert_int_equal(RUN(r, "visits"), CLI_OK);
	(void)rig_asked(r);
}

#define WHOLE                                                                                      \
	VISIT("000042", "Zo\u00eb", "inside",                                                      \
	    ",\"escort\":true,\"authorised_by\":\"staff:1\",\"fields\":{\"phone\":\"+49\","        \
	    "\"e\\u001bvil\":\"x\"},"                                                              \
	    "\"stays\":[{\"in_ms\":1795417500000,\"out_ms\":0,\"in_how\":\"badge\",\"out_how\":"   \
	    "\"\",\"kiosk\":\"lobby\"}],"                                                          \
	    "\"credentials\":[{\"controller\":\"main\",\"card\":10058400,\"state\":\"granted\","   \
	    "\"right_until_ms\":1795431600000}],"                                                  \
	    "\"badges\":[{\"title\":\"000042-1\",\"printer\":\"lobby\",\"daymark\":\"2026-11-"     \
	    "23\",\"issued_ms\":1795417500000}],"                                                  \
	    "\"signatures\":[{\"agreement\":\"visitor\",\"version\":\"0011\",\"lang\":\"de\","     \
	    "\"signed_ms\":1795417500000}],"                                                       \
	    "\"waiting\":[{\"id\":\"w\",\"reason\":\"needs-approval\",\"since_ms\":1795417500000}" \
	    "],"                                                                                   \
	    "\"jobs\":[{\"id\":\"j\",\"kind\":\"print\",\"destination\":\"print:lobby\","          \
	    "\"state\":\"waiting\",\"attempts\":1,\"next_ms\":1795421100000,\"class\":\"media-"    \
	    "empty\","                                                                             \
	    "\"reason\":\"out of labels\",\"since_ms\":1795417500000}]")

static void visit__show__everything(void **state)
{
	struct cli_rig *r = *state;
	static const char *const parts[] = {"000042 Zo\u00eb\n", "state         inside, escorted",
	    "phone         +49", "evil          x", "2026-11-23 08:05  badge  lobby",
	    "main        10058400  granted  12:00", "000042-1  2026-11-23  lobby    08:05",
	    "signed 2026-11-23 08:05 in de",
	    "  The visitor is not announced: somebody must say yes\n"
	    "  since         2026-11-23 08:05\n  id            w\n",
	    "authorised by staff:1\n", "print to print:lobby: will try again at 09:05\n",
	    "2026-11-23 08:05, 1 attempt\n", "media-empty: out of labels"};
	rig_serve(r, (const char *const[]){RIG_ME, "200 " WHOLE, NULL});
	assert_int_equal(RUN(r, "visit", "show", "42"), CLI_OK);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		assert_has(r->out, parts[i]);
	assert_has_not(r->out, "\033");
	assert_has_not(r->out, "not signed");
	assert_has(rig_asked(r), "GET /v1/visits/42 ");
}

static void visit__show__names_and_what_is_not_signed(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME,
			 "200 " VISIT("000042", "Zo\u00eb", "inside",
			     ",\"authorised_by\":\"staff:1\",\"authorised_name\":\"a\\u001bnna\","
			     "\"agreement_missing\":\"visitor\""),
			 NULL});
	assert_int_equal(RUN(r, "visit", "show", "42"), CLI_OK);
	assert_has(r->out, "authorised by anna\n  agreement     not signed (visitor)\n");
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){RIG_ME,
			 "200 " VISIT("000042", "Zo\u00eb", "inside",
			     ",\"authorised_by\":\"staff:1\",\"authorised_name\":\"\","
			     "\"agreement_missing\":\"\""),
			 NULL});
	assert_int_equal(RUN(r, "visit", "show", "42"), CLI_OK);
	assert_has(r->out, "authorised by staff:1\n");
	assert_has_not(r->out, "not signed");
	(void)rig_asked(r);
}

/* --until of a visit counts from its end. */
static void visit__act__body(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){"200 " WHOLE, RIG_ME, "200 " WHOLE, NULL});
	assert_int_equal(
	    RUN(r, "visit", "approve", "42", "--escort", "--until", "+1h", "--reason", "a \"b\""),
	    CLI_OK);
	assert_string_equal(r->out, "000042 Zo\u00eb: inside, until 12:00, escorted.\n");
	const char *asked = rig_asked(r);
	assert_has(asked, "POST /v1/visits/42/approve ");
	assert_has(
	    asked, "{\"reason\":\"a \\\"b\\\"\",\"escort\":true,\"until_ms\":1795435200000}");
	rig_serve(r, (const char *const[]){RIG_ME, "200 " WHOLE, NULL});
	assert_int_equal(RUN(r, "visit", "checkout", "../me", "--coming-back", "--json"), CLI_OK);
	asked = rig_asked(r);
	assert_has(asked, "POST /v1/visits/..%2Fme/checkout ");
	assert_has(asked, "{\"coming_back\":true}");
}

#define PRINTING(more)                                                                             \
	"200 {\"number\":\"000042\",\"name\":\"Zo\u00eb\",\"state\":\"inside\","                   \
	"\"until_ms\":1795431600000,\"badge\":\"printing\"" more "}"

#define NEW_BADGE "A new badge is printing; take the old one back, it is good no more.\n"

/* What is left to do after a yes: the badge to take back, the agreement to sign. */
static void visit__act__notes(void **state)
{
	struct cli_rig *r = *state;
	static const struct {
		const char *verb, *answer, *out;
	} all[] = {
	    {"approve", PRINTING(",\"badges\":[{\"escort\":true},{\"escort\":false}]"),
		"A new badge is printing; take the ESCORT one back.\n"},
	    {"approve", PRINTING(",\"badges\":[{\"escort\":false}]"),
		"A badge is printing.\n"}, /* it is the first */
	    {"approve", PRINTING(",\"escort\":true"), ""}, /* escorted still: the badge is right */
	    {"checkin", PRINTING(",\"agreement_missing\":\"visitor\""),
		"The agreement was not signed: visitor.\n"},
	    {"extend", PRINTING(""), NEW_BADGE},
	    {"extend", "200 " VISIT("000042", "Zo\u00eb", "announced", ""), ""},
	    {"reprint", PRINTING(",\"escort\":true"), NEW_BADGE},
	    {"checkout", PRINTING(",\"agreement_missing\":\"visitor\""), ""},
	};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		const char *const script[] = {all[i].answer, RIG_ME, all[i].answer, NULL};
		bool extend = str_eq(all[i].verb, "extend"); /* it looks at the visit first */
		rig_serve(r, script + !extend);
		assert_int_equal(
		    RUN(r, "visit", all[i].verb, "42", extend ? "--until" : NULL, "+1h"), CLI_OK);
		const char *line = strchr(r->out, '\n');
		assert_non_null(line);
		assert_string_equal(line + 1, all[i].out);
		(void)rig_asked(r);
	}
}

/* Called off, and the visitor is inside: not as if nothing had happened. */
static void visit__act__must_be_seen_out(void **state)
{
	struct cli_rig *r = *state;
	static const char *const verbs[] = {"cancel", "refuse"};
	for (size_t i = 0; i < 2; i++) {
		rig_serve(r, (const char *const[]){RIG_ME,
				 "200 {\"number\":\"000042\",\"name\":\"Zo\u00eb\",\"state\":"
				 "\"inside\",\"doors\":\"open\"}",
				 NULL});
		assert_int_equal(RUN(r, "visit", verbs[i], "42", "--reason", "x"), CLI_OK);
		assert_string_equal(r->out,
		    "000042 Zo\u00eb: called off; the door right is being withdrawn; the visitor "
		    "must be seen out (foyer waiting).\n");
		(void)rig_asked(r);
	}
	rig_serve(r,
	    (const char *const[]){RIG_ME, "200 " VISIT("000042", "Zo\u00eb", "inside", ""), NULL});
	assert_int_equal(RUN(r, "visit", "cancel", "42", "--reason", "x"), CLI_OK);
	assert_string_equal(
	    r->out, "000042 Zo\u00eb: called off; the visitor must be seen out (foyer waiting).\n");
	(void)rig_asked(r);
	rig_serve(r, (const char *const[]){
			 RIG_ME, "200 " VISIT("000042", "Zo\u00eb", "cancelled", ""), NULL});
	assert_int_equal(RUN(r, "visit", "cancel", "42", "--reason", "x"), CLI_OK);
	assert_string_equal(r->out, "000042 Zo\u00eb: cancelled, until 12:00.\n");
	(void)rig_asked(r);
}

static void waiting__list__what_and_since_when(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r,
	    (const char *const[]){RIG_ME,
		RIG_ITEMS("{\"id\":\"w1\",\"number\":\"000042\",\"name\":\"Zo\u00eb\",\"reason\":"
			  "\"needs-approval\",\"kiosk\":\"lobby\",\"since_ms\":1795420680000},"
			  "{\"id\":\"w2\",\"reason\":\"help\",\"since_ms\":1795420680000,\"taken_"
			  "ms\":1795420740000},{\"id\":\"w3\",\"reason\":\"odd\\u001b\"}"),
		NULL});
	assert_int_equal(RUN(r, "waiting"), CLI_OK);
	assert_has(r->out, "000042 Zo\u00eb is not announced: somebody must say yes\n  since       "
			   "  08:58, 2 min ago\n  at            lobby\n  id            w1\n");
	assert_has(r->out, "Somebody asks for help\n");
	assert_has(r->out, "taken         08:59\n");
	assert_has_not(r->out, "\033");
	assert_has(rig_asked(r), "GET /v1/waiting?state=open&limit=200 ");
}

static void waiting__resolve__body(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME,
			 "200 "
			 "{\"id\":\"w1\",\"reason\":\"help\",\"resolved_ms\":1795420740000,"
			 "\"resolution\":\"done\"}",
			 NULL});
	assert_int_equal(RUN(r, "waiting", "resolve", "w1", "--reason", "shown the way"), CLI_OK);
	assert_has(r->out, "resolved      done");
	const char *asked = rig_asked(r);
	assert_has(asked, "POST /v1/waiting/w1/resolve ");
	assert_has(asked, "{\"reason\":\"shown the way\"}");
}

/* What failed comes first, each state asked for by itself; all of them in one list for a script. */
static void jobs__list__unsettled(void **state)
{
	struct cli_rig *r = *state;
	static const char *const script[] = {RIG_ME,
	    RIG_ITEMS(
		"{\"id\":\"j1\",\"kind\":\"mail\",\"destination\":\"notify:mail\",\"state\":"
		"\"failed\",\"attempts\":2,\"class\":\"rejected\",\"reason\":\"no such address\","
		"\"remedy\":\"check it\",\"since_ms\":1795417500000,\"visit_number\":\"000042\"}"),
	    RIG_ITEMS(""), RIG_ITEMS(""),
	    RIG_ITEMS(
		"{\"id\":\"j2\",\"kind\":\"print\",\"state\":\"leased\",\"class\":\"pending\"}"),
	    RIG_ITEMS(""), NULL};
	rig_serve(r, script);
	assert_int_equal(RUN(r, "jobs"), CLI_OK);
	assert_has(r->out, "mail to notify:mail, visit 000042: failed\n  since         2026-11-23 "
			   "08:05, 2 attempts\n"
			   "  because       rejected: no such address\n  remedy        check it\n  "
			   "id            j1\n");
	assert_has_not(r->out, "pending");
	assert_has(r->out, ": at work\n");
	const char *asked = rig_asked(r), *failed = strstr(asked, "state=failed"),
		   *ready = strstr(asked, "state=ready");
	assert_true(failed != NULL && ready != NULL && failed < ready);
	rig_serve(r, script);
	assert_int_equal(RUN(r, "jobs", "--json"), CLI_OK);
	assert_has(r->out, "\"id\":\"j2\"");
	assert_has(r->out, "\"state\":\"leased\"");
	assert_ptr_equal(strchr(r->out, '\n'), r->out + r->out_len - 1);
	(void)rig_asked(r);
}

static void journal__show__who(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(r, (const char *const[]){RIG_ME,
			 RIG_ITEMS("{\"seq\":1,\"what\":\"a\",\"actor\":\"staff:1\",\"actor_name\":"
				   "\"anna\"},{\"seq\":2,\"what\":\"b\",\"actor\":\"kiosk:lobby\","
				   "\"actor_name\":\"\"}"),
			 NULL});
	assert_int_equal(RUN(r, "journal", "show"), CLI_OK);
	assert_has(r->out, "anna");
	assert_has_not(r->out, "staff:1");
	assert_has(r->out, "kiosk:lobby");
	(void)rig_asked(r);
}

static void journal__verify__holds(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(
	    r, (const char *const[]){
		   "200 {\"ok\":true,\"rows\":9,\"heads\":1,\"erased\":0,\"head\":{}}", NULL});
	assert_int_equal(RUN(r, "journal", "verify"), CLI_OK);
	assert_has(r->out, "The journal holds: 9 rows, 1 signed head, 0 fields erased.\n");
	(void)rig_asked(r);
}

static void journal__verify__broken(void **state)
{
	struct cli_rig *r = *state;
	rig_serve(
	    r, (const char *const[]){"200 {\"ok\":false,\"rows\":9,\"first_bad\":5,\"why\":\"the "
				     "hash differs\",\"head\":{}}",
		   NULL});
	assert_int_equal(RUN(r, "journal", "verify"), CLI_NO);
	assert_string_equal(r->out, "The journal is broken at row 5: the hash differs\n");
	(void)rig_asked(r);
	rig_serve(r,
	    (const char *const[]){"200 {}", NULL}); /* what does not say that it holds, does not */
	assert_int_equal(RUN(r, "journal", "verify", "--json"), CLI_NO);
	(void)rig_asked(r);
}

#define T(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(visits__inside__by_name_and_counted),
	    T(visits__inside__nobody_is_an_answer_too),
	    T(visits__inside__every_page),
	    T(visits__query__words_and_day),
	    T(visits__json__as_it_came),
	    T(visits__limit__the_first_of_the_list),
	    T(visits__waiting__nobody),
	    T(visits__items__whatever_comes),
	    T(visit__show__everything),
	    T(visit__show__names_and_what_is_not_signed),
	    T(visit__act__body),
	    T(visit__act__notes),
	    T(visit__act__must_be_seen_out),
	    T(waiting__list__what_and_since_when),
	    T(waiting__resolve__body),
	    T(jobs__list__unsettled),
	    T(journal__show__who),
	    T(journal__verify__holds),
	    T(journal__verify__broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
