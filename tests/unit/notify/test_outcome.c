#include "notify/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* A dialogue in short: "> VERB" a command, anything else a line of a reply. */
static struct smtp_outcome after(const char *const *lines, CURLcode rc, bool secure)
{
	struct smtp_trace t = {0};
	struct smtp_outcome o;
	for (; *lines != NULL; lines++) {
		if ((*lines)[0] == '>')
			smtp_trace_command(&t, *lines + 2, strlen(*lines) - 2);
		else
			smtp_trace_reply(&t, *lines, strlen(*lines));
	}
	smtp_outcome_of(&o, rc, &t, secure);
	return o;
}

#define DIALOGUE(...) ((const char *const[]){__VA_ARGS__, NULL})

static void outcome__every_way_it_ends__has_its_class(void **state)
{
	(void)state;
	static const struct {
		const char *lines[16];
		CURLcode rc;
		bool secure;
		enum smtp_class class;
		const char *reason;
	} cases[] = {
	    {{NULL}, CURLE_COULDNT_CONNECT, true, SMTP_UNREACHABLE,
		"mail server: Couldn't connect to server"},
	    {{NULL}, CURLE_COULDNT_RESOLVE_HOST, true, SMTP_UNREACHABLE, NULL},
	    {{NULL}, CURLE_OPERATION_TIMEDOUT, true, SMTP_TIMEOUT, NULL},
	    {{NULL}, CURLE_PEER_FAILED_VERIFICATION, true, SMTP_TLS, NULL},
	    {{"554 no"}, CURLE_WEIRD_SERVER_REPLY, true, SMTP_UNREACHABLE,
		"the mail server refuses connections from here (554)"},
	    {{"421 4.3.2 later"}, CURLE_WEIRD_SERVER_REPLY, true, SMTP_GREYLISTED,
		"the mail server refuses connections from here for now (421 4.3.2)"},
	    {{"220 x", "> EHLO x", "250 x", NULL}, CURLE_USE_SSL_FAILED, true, SMTP_TLS, NULL},
	    {{"220 x", "> EHLO x", "250-x", "250 STARTTLS", "> STARTTLS", "454 4.7.0 no", NULL},
		CURLE_USE_SSL_FAILED, true, SMTP_GREYLISTED,
		"the mail server refuses TLS for now (454 4.7.0)"},
	    {{"220 x", "> EHLO x", "250 x", "> STARTTLS", "502 no", NULL}, CURLE_USE_SSL_FAILED,
		true, SMTP_TLS, NULL},
	    {{"220 x", "> EHLO x", "250 AUTH PLAIN", "> AUTH PLAIN", "334 ",
		 "> AHpvZQBzZWNyZXQ=", "535 5.7.8 bad", NULL},
		CURLE_LOGIN_DENIED, true, SMTP_AUTH,
		"the mail server refuses the login (535 5.7.8)"},
	    {{"220 x", "> EHLO x", "250 x", NULL}, CURLE_LOGIN_DENIED, true, SMTP_AUTH, NULL},
	    {{"220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "530 5.7.0 login first", "> QUIT",
		 "221 x", NULL},
		CURLE_SEND_ERROR, true, SMTP_AUTH,
		"the mail server refuses the sender address (530 5.7.0)"},
	    {{"220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "530 5.7.0 STARTTLS first", NULL},
		CURLE_SEND_ERROR, false, SMTP_TLS, NULL},
	    {{"220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok", "> RCPT TO:<c@d>",
		 "451 4.7.1 grey", "> QUIT", NULL},
		CURLE_SEND_ERROR, true, SMTP_GREYLISTED,
		"the mail server refuses the recipient for now (451 4.7.1)"},
	    {{"220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok", "> RCPT TO:<zoe@d>",
		 "550-5.1.1 zoe@d", "550 5.1.1 unknown", NULL},
		CURLE_SEND_ERROR, true, SMTP_REJECTED,
		"the mail server refuses the recipient (550 5.1.1)"},
	    {{"220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok", "> RCPT TO:<c@d>",
		 "250 ok", "> DATA", "354 go", "554 5.6.0 spam", NULL},
		CURLE_WEIRD_SERVER_REPLY, true, SMTP_REJECTED,
		"the mail server refuses the message (554 5.6.0)"},
	    {{"220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok", "> RCPT TO:<c@d>",
		 "250 ok", "> DATA", "354 go", NULL},
		CURLE_RECV_ERROR, true, SMTP_UNREACHABLE, NULL},
	    {{"220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok", "> RCPT TO:<c@d>",
		 "250 ok", "> DATA", "354 go", NULL},
		CURLE_OPERATION_TIMEDOUT, true, SMTP_TIMEOUT, NULL},
	    {{"220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok", "> RCPT TO:<c@d>",
		 "250 ok", "> DATA", "354 go", "250 ok", "> QUIT", NULL},
		CURLE_RECV_ERROR, true, SMTP_SENT, ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct smtp_outcome o = after(cases[i].lines, cases[i].rc, cases[i].secure);
		if (o.class != cases[i].class)
			fail_msg("case %zu: %s (%s)", i, smtp_class_name(o.class), o.reason);
		if (cases[i].reason != NULL)
			assert_string_equal(o.reason, cases[i].reason);
		assert_null(strstr(o.reason, "@"));
	}
}

/* A message that is unwelcome must not hold up the others; a server that is must not be asked about each. */
static void outcome__what_is_wrong_with_the_server__blocks(void **state)
{
	(void)state;
	assert_true(after(DIALOGUE(NULL), CURLE_COULDNT_CONNECT, true).blocks);
	assert_true(after(DIALOGUE(NULL), CURLE_OPERATION_TIMEDOUT, true).blocks);
	assert_true(after(DIALOGUE("421 later"), CURLE_WEIRD_SERVER_REPLY, true).blocks);
	assert_true(
	    after(DIALOGUE("220 x", "> EHLO x", "250 x"), CURLE_USE_SSL_FAILED, true).blocks);
	assert_true(after(DIALOGUE("220 x", "> EHLO x", "250 x", "> AUTH PLAIN", "535 no"),
	    CURLE_LOGIN_DENIED, true)
			.blocks);
	assert_true(after(DIALOGUE("220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "530 login"),
	    CURLE_SEND_ERROR, true)
			.blocks);
	assert_false(after(DIALOGUE("220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok",
			       "> RCPT TO:<c@d>", "451 grey"),
	    CURLE_SEND_ERROR, true)
			 .blocks);
	assert_false(after(DIALOGUE("220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok",
			       "> RCPT TO:<c@d>", "250 ok", "> DATA", "354 go"),
	    CURLE_OPERATION_TIMEDOUT, true)
			 .blocks);
	assert_false(after(DIALOGUE("220 x"), CURLE_OK, true).blocks);
}

static void outcome__a_wrong_certificate__is_told_in_libcurls_words(void **state)
{
	(void)state;
	struct smtp_trace t = {.said = "SSL certificate problem: certificate has expired"};
	struct smtp_outcome o;
	smtp_outcome_of(&o, CURLE_PEER_FAILED_VERIFICATION, &t, true);
	assert_string_equal(
	    o.reason, "mail server: SSL certificate problem: certificate has expired");
	smtp_outcome_of(&o, CURLE_COULDNT_CONNECT, &t, true); /* those change with every attempt */
	assert_string_equal(o.reason, "mail server: Couldn't connect to server");
}

static void trace__replies_that_are_none__change_nothing(void **state)
{
	(void)state;
	struct smtp_trace t = {0};
	static const char *const bad[] = {"", "2", "25", "abc", "2x0 ok", "\xff\xff\xff"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		smtp_trace_reply(&t, bad[i], strlen(bad[i]));
	assert_int_equal(t.reply, 0);
	assert_int_equal(t.phase, SMTP_CONNECT);
}

static void trace__an_enhanced_code__is_numbers_or_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *line, *code;
	} cases[] = {{"550 5.1.1 x", "5.1.1"}, {"550-5.7.509 x", "5.7.509"},
	    {"550 zoe@guest.example", ""}, {"550", ""}, {"550 ", ""}, {"550 1.2.3.4 is listed", ""},
	    {"550 5.1. x", ""}, {"550 555.111.222 x", ""},
	    {"550 5.1.111111111111111111", "5.1.1111111"}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct smtp_trace t = {0};
		smtp_trace_reply(&t, cases[i].line, strlen(cases[i].line));
		assert_int_equal(t.reply, 550);
		assert_string_equal(t.enhanced, cases[i].code);
	}
}

static void trace__a_secret_that_begins_like_a_verb__is_no_command(void **state)
{
	(void)state;
	struct smtp_outcome o =
	    after(DIALOGUE("220 x", "> EHLO x", "250 AUTH LOGIN", "> AUTH LOGIN", "334 ",
		      "> QUITZQBzZWNyZXQ=\r\n", "334 ", "> RCPTDATAMAIL\r\n", "535 no"),
		CURLE_LOGIN_DENIED, true);
	assert_int_equal(o.class, SMTP_AUTH);
	assert_string_equal(o.reason, "the mail server refuses the login (535)");
}

static void trace__a_body_line_like_a_verb__turns_nothing_back(void **state)
{
	(void)state;
	struct smtp_outcome o =
	    after(DIALOGUE("220 x", "> EHLO x", "250 x", "> MAIL FROM:<a@b>", "250 ok",
		      "> RCPT TO:<c@d>", "250 ok", "> DATA", "354 go", "> EHLO again", "550 no"),
		CURLE_WEIRD_SERVER_REPLY, true);
	assert_string_equal(o.reason, "the mail server refuses the message (550)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(outcome__every_way_it_ends__has_its_class),
	    cmocka_unit_test(outcome__what_is_wrong_with_the_server__blocks),
	    cmocka_unit_test(outcome__a_wrong_certificate__is_told_in_libcurls_words),
	    cmocka_unit_test(trace__replies_that_are_none__change_nothing),
	    cmocka_unit_test(trace__an_enhanced_code__is_numbers_or_nothing),
	    cmocka_unit_test(trace__a_secret_that_begins_like_a_verb__is_no_command),
	    cmocka_unit_test(trace__a_body_line_like_a_verb__turns_nothing_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
