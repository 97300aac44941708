#include "notify/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct mail_person from = {"Example Wörks", "foyer@site.example"};

static struct mail_job *job_new(bool with_pass, bool with_event)
{
	struct mail_job *j = mem_new(1, sizeof *j);
	assert_true(str_copy(j->template, sizeof j->template, "invitation") &&
		    str_copy(j->lang, sizeof j->lang, "de"));
	j->to = (struct mail_person){"Zoë Müller", "zoe@guest.example"};
	assert_true(str_copy(j->message_id, sizeof j->message_id, "<0193@site.example>"));
	j->date_ms = 1795438800000;
	mail_vars_init(&j->vars);
	assert_int_equal(mail_vars_set(&j->vars, "visitor", "Zoë <b> Müller", NULL), ERR_OK);
	assert_int_equal(mail_vars_set(&j->vars, "host", "Jørn", NULL), ERR_OK);
	if (with_pass) {
		memset(j->pass, 'A', sizeof j->pass - 1);
		memcpy(j->pass, "FOYER", 5);
	}
	j->has_event = with_event;
	j->event = (struct mail_event){.method = MAIL_REQUEST,
	    .uid = "u@site.example",
	    .start_ms = 1795442400000,
	    .end_ms = 1795449600000,
	    .stamp_ms = j->date_ms,
	    .summary = "Visit",
	    .organizer = {"Jørn", "jorn@site.example"},
	    .attendee = j->to};
	return j;
}

static void compose__all_parts__are_there(void **state)
{
	(void)state;
	struct mail_job *j = job_new(true, true);
	struct mail_message m;
	struct err e;
	if (mail_message_compose(&m, j, &from, "etc/mail", &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_string_equal(m.lang, "de");
	assert_string_equal(m.cid, "qr.0193@site.example");
	assert_non_null(strstr(m.subject, "Jørn"));
	assert_non_null(strstr(m.text.data, "Guten Tag Zoë <b> Müller,\r\n"));
	assert_non_null(strstr(m.html.data, "Guten Tag Zoë &lt;b&gt; Müller,"));
	assert_non_null(strstr(m.html.data,
	    "<img src=\"cid:qr.0193@site.example\" alt=\"QR\" width=\"294\" height=\"294\">"));
	assert_true(m.png.len > 8 && memcmp(m.png.data, "\x89PNG\r\n\x1a\n", 8) == 0);
	assert_true(str_starts(m.ical.data, "BEGIN:VCALENDAR\r\n"));
	assert_string_equal(m.reply_to.mail, "jorn@site.example");
	for (size_t i = 0; i < m.text.len; i++)
		assert_true(m.text.data[i] != '\n' || (i > 0 && m.text.data[i - 1] == '\r'));
	mail_message_fini(&m);
	free(j);
}

static void compose__a_plain_notice__is_text_alone(void **state)
{
	(void)state;
	struct mail_job *j = job_new(false, false);
	struct mail_message m;
	assert_int_equal(mail_message_compose(&m, j, &from, "etc/mail", NULL), ERR_OK);
	assert_int_equal(m.html.len + m.png.len + m.ical.len, 0);
	assert_string_equal(m.reply_to.mail, "");
	mail_message_fini(&m);
	free(j);
}

static void compose__the_same_job_twice__is_the_same_mail(void **state)
{
	(void)state;
	struct mail_job *j = job_new(true, true);
	struct mail_message a, b;
	assert_int_equal(mail_message_compose(&a, j, &from, "etc/mail", NULL), ERR_OK);
	assert_int_equal(mail_message_compose(&b, j, &from, "etc/mail", NULL), ERR_OK);
	assert_string_equal(a.text.data, b.text.data);
	assert_string_equal(a.ical.data, b.ical.data);
	assert_string_equal(a.id, b.id);
	struct curl_slist *x = mail_message_headers(&a), *y = mail_message_headers(&b);
	for (struct curl_slist *p = x, *q = y; p != NULL || q != NULL; p = p->next, q = q->next)
		assert_string_equal(p->data, q->data);
	curl_slist_free_all(x);
	curl_slist_free_all(y);
	mail_message_fini(&a);
	mail_message_fini(&b);
	free(j);
}

static void compose__a_broken_entry_or_text__is_told(void **state)
{
	(void)state;
	struct mail_job *j = job_new(true, true);
	struct mail_message m;
	struct err e;
	j->event.end_ms = 0;
	assert_int_equal(mail_message_compose(&m, j, &from, "etc/mail", &e), ERR_INPUT);
	mail_message_fini(&m);
	assert_true(str_copy(j->template, sizeof j->template, "nothing"));
	assert_int_equal(mail_message_compose(&m, j, &from, "etc/mail", &e), ERR_NOT_FOUND);
	mail_message_fini(&m);
	free(j);
}

static void fini__a_message__is_cleared(void **state)
{
	(void)state;
	struct mail_job *j = job_new(true, true);
	struct mail_message m, zero = {0};
	assert_int_equal(mail_message_compose(&m, j, &from, "etc/mail", NULL), ERR_OK);
	mail_message_fini(&m);
	assert_memory_equal(&m, &zero, sizeof m);
	free(j);
}

static void date__any_day__is_rfc_5322(void **state)
{
	(void)state;
	char s[MAIL_DATE_SZ];
	mail_date(s, 0);
	assert_string_equal(s, "Thu, 01 Jan 1970 00:00:00 +0000");
	mail_date(s, 1795438800999);
	assert_string_equal(s, "Mon, 23 Nov 2026 13:00:00 +0000");
	mail_date(s, 253402300799000);
	assert_string_equal(s, "Fri, 31 Dec 9999 23:59:59 +0000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(compose__all_parts__are_there),
	    cmocka_unit_test(compose__a_plain_notice__is_text_alone),
	    cmocka_unit_test(compose__the_same_job_twice__is_the_same_mail),
	    cmocka_unit_test(compose__a_broken_entry_or_text__is_told),
	    cmocka_unit_test(fini__a_message__is_cleared),
	    cmocka_unit_test(date__any_day__is_rfc_5322),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
