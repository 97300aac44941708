#include "notify/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/path.h"

static const char *const langs[] = {"en", "de", "fr", "es"};
static const char *const names[] = {
    "invitation", "invitation-cancelled", "host-arrival", "host-approval", "host-missed"};

struct rendered {
	char subject[MAIL_SUBJECT_SZ];
	struct str_buf body;
	enum err_code code;
	struct err err;
};

static struct rendered render(const char *text, const struct mail_vars *vars)
{
	struct rendered r = {.subject = ""};
	struct mail_template t = {
	    .label = "en/t.txt", .src = mem_strdup(text), .len = strlen(text)};
	r.code = mail_template_render(&t, vars, r.subject, &r.body, &r.err);
	mail_template_fini(&t);
	return r;
}

static struct mail_vars some(void)
{
	struct mail_vars v;
	mail_vars_init(&v);
	assert_int_equal(mail_vars_set(&v, "visitor", "Zoë Müller", NULL), ERR_OK);
	assert_int_equal(mail_vars_set(&v, "company", "", NULL), ERR_OK);
	assert_int_equal(mail_vars_set(&v, "host", "Jørn", NULL), ERR_OK);
	return v;
}

static void assert_body(const char *body, const char *wanted)
{
	struct mail_vars v = some();
	char text[4096];
	assert_true(str_print(text, sizeof text, "Subject: s\n\n%s", body));
	struct rendered r = render(text, &v);
	if (r.code != ERR_OK)
		fail_msg("%s", r.err.msg);
	assert_string_equal(r.body.data, wanted);
	str_buf_fini(&r.body);
}

static void assert_error(const char *text, const char *message)
{
	struct mail_vars v = some();
	struct rendered r = render(text, &v);
	assert_int_equal(r.code, ERR_CONFIG);
	assert_string_equal(r.err.msg, message);
	str_buf_fini(&r.body);
}

static void render__variables__stand_in_subject_and_body(void **state)
{
	(void)state;
	struct mail_vars v = some();
	struct rendered r = render(
	    "Subject: {{visitor}} for {{host}}\n\nHello {{host}},\n{{visitor}}{{company}}.\n", &v);
	assert_int_equal(r.code, ERR_OK);
	assert_string_equal(r.subject, "Zoë Müller for Jørn");
	assert_string_equal(r.body.data, "Hello Jørn,\nZoë Müller.\n");
	str_buf_fini(&r.body);
}

static void render__optional_parts__go_with_their_lines(void **state)
{
	(void)state;
	assert_body(
	    "a{{?host}} {{host}}{{/host}}{{?company}} {{company}}{{/company}}.\n", "a Jørn.\n");
	assert_body("a\n{{?company}}\nFrom: {{company}}\n{{/company}}\nb\n", "a\nb\n");
	assert_body("a\n{{?host}}\nHost: {{host}}\n{{/host}}\nb\n", "a\nHost: Jørn\nb\n");
	assert_body("{{?company}}x{{/company}}\n", "\n");
}

static void render__single_braces__are_text(void **state)
{
	(void)state;
	assert_body("{ } }} {x} {\n", "{ } }} {x} {\n");
}

static void render__a_value_with_tags__is_only_a_value(void **state)
{
	(void)state;
	struct mail_vars v = some();
	assert_int_equal(mail_vars_set(&v, "visitor", "{{host}}{{?x}}", NULL), ERR_OK);
	struct rendered r = render("Subject: s\n\n{{visitor}}\n", &v);
	assert_int_equal(r.code, ERR_OK);
	assert_string_equal(r.body.data, "{{host}}{{?x}}\n");
	str_buf_fini(&r.body);
}

static void render__mistakes__are_told_by_line(void **state)
{
	(void)state;
	assert_error("", "en/t.txt:1: must be \"Subject: …\"");
	assert_error("Subject: x", "en/t.txt:1: must be \"Subject: …\"");
	assert_error("Hello\n\nx\n", "en/t.txt:1: must be \"Subject: …\"");
	assert_error("Subject: x\nbody\n", "en/t.txt:2: must be empty, the body follows it");
	assert_error("Subject: {{company}}\n\nx\n", "en/t.txt:1: the subject is empty");
	assert_error("Subject: {{vistor}}\n\nx\n", "en/t.txt:1: unknown variable \"vistor\"");
	assert_error("Subject: {{?host}}\n\nx{{/host}}\n", "en/t.txt:1: {{?host}} is never closed");
	assert_error("Subject: x\n\n", "en/t.txt:3: the body is empty");
	assert_error("Subject: x\n\na\nb {{vistor}}\n", "en/t.txt:4: unknown variable \"vistor\"");
	assert_error(
	    "Subject: x\n\na\n{{visitor\n}}\n", "en/t.txt:4: {{ without }} on the same line");
	assert_error("Subject: x\n\n{{", "en/t.txt:3: {{ without }} on the same line");
	assert_error("Subject: x\n\n{{?host}}\na\n\nb\n", "en/t.txt:3: {{?host}} is never closed");
	assert_error("Subject: x\n\na\n{{?host}}\n{{/visitor}}\n",
	    "en/t.txt:5: {{/visitor}} closes nothing");
	assert_error("Subject: x\n\n{{/host}}\n", "en/t.txt:3: {{/host}} closes nothing");
	assert_error(
	    "Subject: x\n\n{{?host}}{{?visitor}}\n", "en/t.txt:3: {{?visitor}} inside {{?host}}");
	assert_error("Subject: x\n\n{{}}\n", "en/t.txt:3: unknown variable \"\"");
	assert_error("Subject: x\n\n{{ host }}\n", "en/t.txt:3: unknown variable \" host \"");
}

static void render__a_text_that_explodes__is_bounded(void **state)
{
	(void)state;
	struct mail_vars v = some();
	char value[TEXT_FIELD_SZ];
	memset(value, 'x', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	assert_int_equal(mail_vars_set(&v, "visitor", value, NULL), ERR_OK);
	struct str_buf text = STR_BUF_INIT;
	(void)str_buf_print(&text, "Subject: x\n\n");
	while (text.len < MAIL_TEMPLATE_MAX)
		(void)str_buf_print(&text, "{{visitor}}");
	struct rendered r = render(text.data, &v);
	assert_int_equal(r.code, ERR_CONFIG);
	assert_non_null(strstr(r.err.msg, "grows beyond"));
	str_buf_fini(&r.body);
	str_buf_fini(&text);
}

static void render__a_long_subject__is_cut_at_a_character(void **state)
{
	(void)state;
	struct mail_vars v = some();
	char value[TEXT_FIELD_SZ] = "";
	for (size_t i = 0; i + 3 < sizeof value; i += 2)
		memcpy(value + i, "ö", 3);
	assert_int_equal(mail_vars_set(&v, "visitor", value, NULL), ERR_OK);
	struct rendered r = render("Subject: x{{visitor}}\n\nb\n", &v);
	assert_int_equal(r.code, ERR_OK);
	assert_true(strlen(r.subject) < MAIL_SUBJECT_SZ && text_is_clean(r.subject, TEXT_LINE));
	str_buf_fini(&r.body);
}

static void vars__values__are_single_clean_lines(void **state)
{
	(void)state;
	struct mail_vars v;
	mail_vars_init(&v);
	int standard = v.n;
	assert_int_equal(
	    mail_vars_set(&v, "visitor", "a\r\nBcc: x\x1b[31m\xe2\x80\xae\xff", NULL), ERR_OK);
	assert_int_equal(v.n, standard);
	assert_string_equal(v.of[0].value, "a Bcc: x[31m\xef\xbf\xbd");
	char *ten_thousand = mem_new(10001, 1);
	memset(ten_thousand, 'y', 10000);
	assert_int_equal(mail_vars_set(&v, "visitor", ten_thousand, NULL), ERR_OK);
	assert_int_equal(strlen(v.of[0].value), TEXT_FIELD_SZ - 1);
	free(ten_thousand);
}

static void vars__names__are_plain_and_few(void **state)
{
	(void)state;
	struct mail_vars v;
	mail_vars_init(&v);
	static const char *const bad[] = {"", "A", "a b", "a}}", "é", "a\n",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(mail_vars_set(&v, bad[i], "x", NULL), ERR_INPUT);
	char name[8];
	enum err_code code = ERR_OK;
	int added = 0;
	for (int i = v.n; code == ERR_OK; i++, added++) {
		assert_true(str_print(name, sizeof name, "n%d", i));
		code = mail_vars_set(&v, name, "x", NULL);
	}
	assert_int_equal(code, ERR_TOO_MANY);
	assert_int_equal(v.n, MAIL_VARS);
	assert_true(added > 8);
}

/* What the shipped texts must tell, in every language. */
static void shipped__every_text__renders_and_tells_what_it_must(void **state)
{
	(void)state;
	for (size_t l = 0; l < 4; l++) {
		for (size_t n = 0; n < 4; n++) {
			struct mail_vars v;
			mail_vars_init(&v);
			struct mail_template t;
			struct err e;
			if (mail_template_load(&t, "etc/mail", langs[l], names[n], &e) != ERR_OK)
				fail_msg("%s", e.msg);
			char subject[MAIL_SUBJECT_SZ];
			struct str_buf bare = STR_BUF_INIT, full = STR_BUF_INIT;
			assert_int_equal(mail_template_render(&t, &v, subject, &bare, &e), ERR_OK);
			assert_null(strstr(bare.data, "\n\n\n"));
			for (int i = 0; i < v.n; i++) {
				char value[TEXT_FIELD_SZ];
				assert_true(str_print(value, sizeof value, "<%s>", v.of[i].name));
				assert_int_equal(
				    mail_vars_set(&v, v.of[i].name, value, NULL), ERR_OK);
			}
			assert_int_equal(mail_template_render(&t, &v, subject, &full, &e), ERR_OK);
			assert_null(strstr(full.data, "{{"));
			static const char *const of_invitation[] = {"<visitor>", "<host>", "<from>",
			    "<until>", "<place>", "<site>", "<code>", "qr.png", "<reception>",
			    "<privacy>", "<note>"};
			static const char *const of_cancelling[] = {"<visitor>", "<host>", "<from>",
			    "<until>", "<site>", "<reason>", "<privacy>"};
			static const char *const of_host[] = {"<visitor>", "<company>", "<host>",
			    "<place>", "<until>", "<type>", "<reception>"};
			const char *const *must = n == 0   ? of_invitation
						  : n == 1 ? of_cancelling
							   : of_host;
			size_t count = n == 0 ? 11 : 7;
			for (size_t i = 0; i < count; i++) {
				if (strstr(full.data, must[i]) == NULL)
					fail_msg("%s does not say %s", t.label, must[i]);
			}
			/* What to bring is said where the type of the visit asks for it. */
			static const char *const passport[] = {"en", "passport", "de", "Reisepass",
			    "fr", "passeport", "es", "pasaporte"};
			for (size_t i = 0; i < 8; i += 2) {
				bool mine = n == 0 && str_eq(langs[l], passport[i]);
				assert_true((strstr(full.data, passport[i + 1]) != NULL) == mine);
				assert_null(strstr(bare.data, passport[i + 1]));
			}
			/* A line of the text that holds no variable fits any mail reader. */
			for (char *rest = bare.data, *line; (line = strsep(&rest, "\n")) != NULL;) {
				if (text_width(line) > 78)
					fail_msg("%s: \"%s\" is too wide", t.label, line);
			}
			str_buf_fini(&bare);
			str_buf_fini(&full);
			mail_template_fini(&t);
		}
	}
}

static void load__languages__fall_back_to_the_plain_one_and_to_english(void **state)
{
	(void)state;
	struct mail_template t;
	assert_int_equal(mail_template_load(&t, "etc/mail", "de-CH", "invitation", NULL), ERR_OK);
	assert_string_equal(t.label, "de/invitation.txt");
	mail_template_fini(&t);
	assert_int_equal(mail_template_load(&t, "etc/mail", "tlh", "invitation", NULL), ERR_OK);
	assert_string_equal(t.label, "en/invitation.txt");
	mail_template_fini(&t);
	assert_int_equal(
	    mail_template_load(&t, "etc/mail", "en", "host-departure", NULL), ERR_NOT_FOUND);
	mail_template_fini(&t);
}

static void load__names_that_are_paths__are_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "", "../en/invitation", "/etc/passwd", "a/b", "invitation.txt", "%s", "a b"};
	struct mail_template t;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(
		    mail_template_load(&t, "etc/mail", "en", bad[i], NULL), ERR_CONFIG);
		assert_int_equal(
		    mail_template_load(&t, "etc/mail", bad[i], "invitation", NULL), ERR_CONFIG);
	}
}

static void write_text(
    const char *dir, const char *lang, const char *name, const char *text, size_t len)
{
	char path[PATH_MAX];
	assert_true(str_print(path, sizeof path, "%s/%s", dir, lang));
	(void)mkdir(path, 0700);
	assert_true(str_print(path, sizeof path, "%s/%s/%s.txt", dir, lang, name));
	assert_int_equal(path_write(path, text, len, 0600, NULL), ERR_OK);
}

static void load__a_file_of_another_editor__is_read_or_told(void **state)
{
	(void)state;
	char dir[PATH_MAX], subject[MAIL_SUBJECT_SZ];
	struct mail_template t;
	struct err e;
	assert_true(str_print(dir, sizeof dir, "%s/mail.XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp"));
	assert_non_null(mkdtemp(dir));
	write_text(dir, "en", "crlf", "Subject: x\r\n\r\na\r\n", 17);
	assert_int_equal(mail_template_load(&t, dir, "en", "crlf", &e), ERR_OK);
	struct mail_vars v = some();
	struct str_buf body = STR_BUF_INIT;
	assert_int_equal(mail_template_render(&t, &v, subject, &body, &e), ERR_OK);
	assert_string_equal(body.data, "a\n");
	str_buf_fini(&body);
	mail_template_fini(&t);

	write_text(dir, "en", "latin1", "Subject: x\n\nM\xfcller\n", 20);
	assert_int_equal(mail_template_load(&t, dir, "en", "latin1", &e), ERR_CONFIG);
	assert_string_equal(e.msg, "en/latin1.txt:3: not plain UTF-8 text");
	write_text(dir, "en", "nul", "Subject: x\n\na\0b\n", 16);
	assert_int_equal(mail_template_load(&t, dir, "en", "nul", &e), ERR_CONFIG);
	write_text(dir, "en", "escape", "Subject: x\x1b[0m\n\na\n", 19);
	assert_int_equal(mail_template_load(&t, dir, "en", "escape", &e), ERR_CONFIG);
	char *big = mem_new(MAIL_TEMPLATE_MAX + 1, 1);
	memset(big, 'x', MAIL_TEMPLATE_MAX + 1);
	write_text(dir, "en", "big", big, MAIL_TEMPLATE_MAX + 1);
	free(big);
	assert_int_equal(mail_template_load(&t, dir, "en", "big", &e), ERR_TOO_LONG);
}

static void check__the_shipped_texts__are_whole(void **state)
{
	(void)state;
	struct err e;
	if (mail_template_check("etc/mail", &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_int_equal(mail_template_check("etc/no-such-folder", &e), ERR_NOT_FOUND);
}

static void check__a_broken_text__is_found(void **state)
{
	(void)state;
	char dir[PATH_MAX];
	struct err e;
	assert_true(str_print(dir, sizeof dir, "%s/mail.XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp"));
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		write_text(dir, "en", names[i], "Subject: x\n\na\n", 14);
	assert_int_equal(mail_template_check(dir, &e), ERR_OK);
	write_text(dir, "nl", "host-arrival", "Subject: x\n\n{{gast}}\n", 21);
	assert_int_equal(mail_template_check(dir, &e), ERR_CONFIG);
	assert_string_equal(e.msg, "nl/host-arrival.txt:3: unknown variable \"gast\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(render__variables__stand_in_subject_and_body),
	    cmocka_unit_test(render__optional_parts__go_with_their_lines),
	    cmocka_unit_test(render__single_braces__are_text),
	    cmocka_unit_test(render__a_value_with_tags__is_only_a_value),
	    cmocka_unit_test(render__mistakes__are_told_by_line),
	    cmocka_unit_test(render__a_text_that_explodes__is_bounded),
	    cmocka_unit_test(render__a_long_subject__is_cut_at_a_character),
	    cmocka_unit_test(vars__values__are_single_clean_lines),
	    cmocka_unit_test(vars__names__are_plain_and_few),
	    cmocka_unit_test(shipped__every_text__renders_and_tells_what_it_must),
	    cmocka_unit_test(load__languages__fall_back_to_the_plain_one_and_to_english),
	    cmocka_unit_test(load__names_that_are_paths__are_refused),
	    cmocka_unit_test(load__a_file_of_another_editor__is_read_or_told),
	    cmocka_unit_test(check__the_shipped_texts__are_whole),
	    cmocka_unit_test(check__a_broken_text__is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
