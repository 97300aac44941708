#include "notify/smtp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/str.h"
#include "notify/message.h"
#include "tests/unit/notify/smtp_script.h"

static struct mail_message notice(void)
{
	struct mail_message m = {.from = {"Example", "foyer@site.example"},
	    .to = {"Jørn", "jorn@site.example"},
	    .id = "<1@site.example>",
	    .date_ms = 1795438800000,
	    .lang = "en",
	    .subject = "Zoë is here"};
	static const char text[] = "Hello Jørn,\r\n\r\n.\r\n..dots\r\nFrom here\r\n";
	assert_true(str_buf_add(&m.text, text, sizeof text - 1));
	return m;
}

static struct smtp_route route_to(uint16_t port)
{
	return (struct smtp_route){.host = "127.0.0.1",
	    .port = port,
	    .from = {"Example", "foyer@site.example"},
	    .timeout_ms = 10000};
}

/* Send a notice to a server with these manners; what it heard goes to *own_sent unless NULL. */
static struct smtp_outcome send_to(
    const struct smtp_rule *rules, int64_t timeout_ms, char **own_sent)
{
	struct smtp_script s;
	smtp_script_start(&s, rules);
	struct smtp_route r = route_to(s.port);
	struct mail_message m = notice();
	struct smtp_outcome o;
	r.timeout_ms = timeout_ms;
	smtp_send(&o, &r, &m);
	mail_message_fini(&m);
	char *sent = smtp_script_stop(&s);
	if (own_sent != NULL)
		*own_sent = sent;
	else
		free(sent);
	return o;
}

static void send__a_mail__says_just_what_it_must(void **state)
{
	(void)state;
	char *sent;
	struct smtp_outcome o = send_to(NULL, 10000, &sent);
	assert_int_equal(o.class, SMTP_SENT);
	assert_int_equal(o.reply, 250);
	assert_string_equal(o.reason, "");
	assert_true(str_starts(sent, "EHLO "));
	assert_non_null(strstr(sent, "\r\nMAIL FROM:<foyer@site.example>"));
	assert_non_null(strstr(sent, "\r\nRCPT TO:<jorn@site.example>\r\nDATA\r\n"));
	assert_null(strstr(strstr(sent, "RCPT") + 1, "RCPT"));
	assert_null(strstr(sent, "AUTH"));
	assert_non_null(strstr(sent, "\r\nDate: Mon, 23 Nov 2026 13:00:00 +0000\r\n"));
	assert_non_null(strstr(sent, "\r\nTo: =?UTF-8?B?SsO4cm4=?= <jorn@site.example>\r\n"));
	assert_non_null(strstr(sent, "\r\nSubject: =?UTF-8?Q?Zo=C3=AB_is_here?=\r\n"));
	assert_non_null(strstr(sent, "\r\nMessage-ID: <1@site.example>\r\n"));
	assert_non_null(strstr(sent, "\r\nAuto-Submitted: auto-generated\r\n"));
	assert_non_null(strstr(sent, "\r\nHello J=C3=B8rn,\r\n\r\n..\r\n...dots\r\nFrom here\r\n"));
	assert_non_null(strstr(sent, "\r\n.\r\nQUIT\r\n"));
	for (const char *c = sent; *c != '\0'; c++)
		assert_in_range(*c, '\n', '~');
	free(sent);
}

static void send__every_refusal__has_its_class(void **state)
{
	(void)state;
	static const struct {
		struct smtp_rule rules[3];
		enum smtp_class class;
		int reply;
	} cases[] = {
	    {{{"GREETING", "421 4.3.2 later"}}, SMTP_GREYLISTED, 421},
	    {{{"GREETING", "554 go away"}}, SMTP_UNREACHABLE, 554},
	    {{{"GREETING", NULL}}, SMTP_UNREACHABLE, 0},
	    {{{"MAIL", "451 4.3.0 later"}}, SMTP_GREYLISTED, 451},
	    {{{"MAIL", "550 5.7.1 not you"}}, SMTP_REJECTED, 550},
	    {{{"MAIL", "530 5.7.0 login"}}, SMTP_TLS, 530},
	    {{{"RCPT", "450 4.2.0 grey"}}, SMTP_GREYLISTED, 450},
	    {{{"RCPT", "550 5.1.1 nobody"}}, SMTP_REJECTED, 550},
	    {{{"RCPT", NULL}}, SMTP_UNREACHABLE, 0},
	    {{{"DATA", "452 4.3.1 full"}}, SMTP_GREYLISTED, 452},
	    {{{".", "451 4.3.0 later"}}, SMTP_GREYLISTED, 451},
	    {{{".", "554 5.6.0 no"}}, SMTP_REJECTED, 554},
	    {{{".", NULL}}, SMTP_UNREACHABLE, 0},
	    {{{"QUIT", NULL}}, SMTP_SENT, 250},
	    {{{"QUIT", "500 what"}}, SMTP_SENT, 250},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct smtp_outcome o = send_to(cases[i].rules, 10000, NULL);
		if (o.class != cases[i].class || (cases[i].reply != 0 && o.reply != cases[i].reply))
			fail_msg(
			    "case %zu: %s %d (%s)", i, smtp_class_name(o.class), o.reply, o.reason);
	}
}

static void send__silence_anywhere__ends_in_time(void **state)
{
	(void)state;
	static const char *const verbs[] = {"GREETING", "EHLO", "MAIL", "RCPT", "DATA", "."};
	const struct clock clock = clock_system();
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		const struct smtp_rule rules[] = {{verbs[i], ""}, {NULL, NULL}};
		int64_t start = clock_mono(&clock);
		struct smtp_outcome o = send_to(rules, 300, NULL);
		if (o.class != SMTP_TIMEOUT)
			fail_msg("%s: %s (%s)", verbs[i], smtp_class_name(o.class), o.reason);
		assert_in_range(clock_mono(&clock) - start, 250, 4000);
	}
}

static void send__a_server_without_starttls__hears_no_mail(void **state)
{
	(void)state;
	struct smtp_script s;
	smtp_script_start(&s, NULL);
	struct smtp_route r = route_to(s.port);
	struct mail_message m = notice();
	struct smtp_outcome o;
	r.tls = SMTP_TLS_STARTTLS;
	assert_true(str_copy(r.user, sizeof r.user, "lobby") &&
		    str_copy(r.secret, sizeof r.secret, "s3cret"));
	smtp_send(&o, &r, &m);
	mail_message_fini(&m);
	char *sent = smtp_script_stop(&s);
	assert_int_equal(o.class, SMTP_TLS);
	assert_null(strstr(sent, "AUTH"));
	assert_null(strstr(sent, "MAIL"));
	free(sent);
}

/* RFC 3207 §6: what stands in clear behind the go-ahead must not be taken for the server's. */
static void send__replies_smuggled_before_tls__are_no_login(void **state)
{
	(void)state;
	const struct smtp_rule rules[] = {{"EHLO", "250-x\r\n250 STARTTLS"},
	    {"STARTTLS", "220 go\r\n250 fine\r\n250 fine\r\n250 fine"}, {NULL, NULL}};
	struct smtp_script s;
	smtp_script_start(&s, rules);
	struct smtp_route r = route_to(s.port);
	struct mail_message m = notice();
	struct smtp_outcome o;
	r.tls = SMTP_TLS_STARTTLS;
	r.timeout_ms = 1000;
	smtp_send(&o, &r, &m);
	mail_message_fini(&m);
	char *sent = smtp_script_stop(&s);
	assert_int_not_equal(o.class, SMTP_SENT);
	assert_null(strstr(sent, "MAIL"));
	free(sent);
}

static void check__a_good_server__hears_noop_and_no_mail(void **state)
{
	(void)state;
	struct smtp_script s;
	smtp_script_start(&s, NULL);
	struct smtp_route r = route_to(s.port);
	struct smtp_outcome o;
	smtp_check(&o, &r);
	char *sent = smtp_script_stop(&s);
	assert_int_equal(o.class, SMTP_SENT);
	assert_non_null(strstr(sent, "\r\nNOOP\r\nQUIT\r\n"));
	assert_null(strstr(sent, "MAIL"));
	assert_null(strstr(sent, "DATA"));
	free(sent);
}

static void check__nobody_there__is_unreachable(void **state)
{
	(void)state;
	struct smtp_script s;
	smtp_script_start(&s, NULL);
	free(smtp_script_stop(&s)); /* the port was ours and is closed now */
	struct smtp_route r = route_to(s.port);
	struct smtp_outcome o;
	smtp_check(&o, &r);
	assert_int_equal(o.class, SMTP_UNREACHABLE);
	assert_string_not_equal(o.remedy, "");
	assert_true(str_copy(r.host, sizeof r.host, "no-such-host.invalid"));
	smtp_check(&o, &r);
	assert_int_equal(o.class, SMTP_UNREACHABLE);
}

static int start(void **state)
{
	(void)state;
	return smtp_init(NULL) == ERR_OK ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	smtp_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(send__a_mail__says_just_what_it_must),
	    cmocka_unit_test(send__every_refusal__has_its_class),
	    cmocka_unit_test(send__silence_anywhere__ends_in_time),
	    cmocka_unit_test(send__a_server_without_starttls__hears_no_mail),
	    cmocka_unit_test(send__replies_smuggled_before_tls__are_no_login),
	    cmocka_unit_test(check__a_good_server__hears_noop_and_no_mail),
	    cmocka_unit_test(check__nobody_there__is_unreachable),
	};
	return cmocka_run_group_tests(tests, start, end);
}
