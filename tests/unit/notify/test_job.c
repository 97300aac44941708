#include "notify/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/path.h"
#include "base/str.h"

#define ID "01930000-0000-7000-8000-000000000001"
#define PASS                                                                                       \
	"FOYERABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRS" \
	"TUVWXYZ234567"                                                                            \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFG"

static json_t *good_job(void)
{
	static const char text[] =
	    "{\"job\":\"" ID
	    "\",\"kind\":\"mail\",\"attempt\":1,\"template\":\"invitation\",\"lang\":\"de\","
	    "\"to\":{\"name\":\"Zoë\",\"mail\":\"zoe@guest.example\"},\"message_id\":\"<" ID
	    "@site.example>\",\"date_ms\":1795438800000,"
	    "\"vars\":{\"visitor\":\"Zoë\",\"custom\":\"x\"},\"pass\":\"" PASS
	    "\",\"ical\":{\"method\":\"CANCEL\",\"uid\":\"u@site\","
	    "\"sequence\":2,\"start_ms\":1795442400000,\"end_ms\":1795449600000,\"summary\":"
	    "\"Visit\",\"location\":\"\","
	    "\"organizer\":{\"name\":\"Jørn\",\"mail\":\"jorn@site.example\"},\"attendee\":{"
	    "\"mail\":\"zoe@guest.example\"}}}";
	json_t *v = NULL;
	struct err e;
	if (json_parse_object(&v, text, sizeof text - 1, sizeof text, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	return v;
}

static enum err_code read_job(struct mail_job *m, const json_t *v, struct err *e)
{
	const struct courier_job job = {.obj = v};
	return mail_job_read(m, &job, e);
}

static const char *var(const struct mail_vars *v, const char *name)
{
	for (int i = 0; i < v->n; i++) {
		if (str_eq(v->of[i].name, name))
			return v->of[i].value;
	}
	return NULL;
}

static void job__all_of_it__is_read(void **state)
{
	(void)state;
	struct mail_job m;
	struct err e = {0};
	json_t *v = good_job();
	if (read_job(&m, v, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_string_equal(m.template, "invitation");
	assert_string_equal(m.lang, "de");
	assert_string_equal(m.to.name, "Zoë");
	assert_string_equal(m.message_id, "<" ID "@site.example>");
	assert_string_equal(m.pass, PASS);
	assert_string_equal(var(&m.vars, "visitor"), "Zoë");
	assert_string_equal(var(&m.vars, "custom"), "x");
	assert_string_equal(var(&m.vars, "company"), "");
	assert_string_equal(var(&m.vars, "qr"), "qr.png");
	assert_true(m.has_event);
	assert_int_equal(m.event.method, MAIL_CANCEL);
	assert_int_equal(m.event.sequence, 2);
	assert_int_equal(m.event.stamp_ms, 1795438800000);
	assert_string_equal(m.event.organizer.name, "Jørn");
	json_decref(v);
}

static void job__without_pass_and_event__is_whole(void **state)
{
	(void)state;
	struct mail_job m;
	json_t *v = good_job();
	assert_int_equal(json_object_del(v, "ical"), 0);
	assert_int_equal(json_object_set_new(v, "pass", json_string("")), 0);
	assert_int_equal(read_job(&m, v, NULL), ERR_OK);
	assert_false(m.has_event);
	assert_string_equal(m.pass, "");
	assert_string_equal(var(&m.vars, "qr"), "");
	json_decref(v);
}

/* Each member in turn with values that do not fit it; object and key name where. */
static void assert_refused(
    const char *object, const char *key, json_t *own_value, const char *message)
{
	struct mail_job m;
	struct err e = {0};
	json_t *v = good_job(), *o = object != NULL ? json_object_get(v, object) : v;
	if (own_value == NULL)
		assert_int_equal(json_object_del(o, key), 0);
	else
		assert_int_equal(json_object_set_new(o, key, own_value), 0);
	if (read_job(&m, v, &e) == ERR_OK)
		fail_msg("%s was taken", key);
	assert_string_equal(e.msg, message);
	json_decref(v);
}

static void job__members_that_do_not_fit__are_named(void **state)
{
	(void)state;
	assert_refused(NULL, "template", NULL, "template: is missing");
	assert_refused(NULL, "lang", json_integer(1), "lang: must be a string");
	assert_refused(NULL, "vars", json_array(), "vars: must be an object");
	assert_refused(NULL, "date_ms", json_integer(-1),
	    "date_ms: must be a whole number from 0 to 253402300799000");
	assert_refused(NULL, "surprise", json_true(), "surprise: is not known here");
	assert_refused(
	    "vars", "Bad Name", json_string("x"), "the name of a variable holds a-z, 0-9, _ and -");
	assert_refused("vars", "visitor", json_null(), "vars: must be strings");
	assert_refused("to", "mail", NULL, "to: mail: is missing");
	assert_refused("to", "mail", json_string("zoe@guest.example>"),
	    "to: mail: must be a plain mail address");
	assert_refused(
	    "ical", "method", json_string("REPLY"), "ical: method: must be REQUEST or CANCEL");
	assert_refused("ical", "attendee", NULL, "ical: attendee: is missing");
	assert_refused("ical", "organizer", json_object(), "ical: organizer: mail: is missing");
	assert_refused("ical", "sequence", json_integer(-1),
	    "ical: sequence: must be a whole number from 0 to 2147483647");
}

static void job__hostile_ids_addresses_and_passes__are_refused(void **state)
{
	(void)state;
	static const char *const ids[] = {"", "<>", "<@>", "<a@>", "<@b>", "a@b", "<a@b", "<a@b>x",
	    "<a@b@c>", "<a b@c>", "<a\"@c>", "<a@b>\r\nBcc: x"};
	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		assert_refused(NULL, "message_id", json_string(ids[i]),
		    "message_id: must be <letters@domain>");
	static const char *const mails[] = {"", "zoe", "a b@guest.example",
	    "zoe@guest.example\r\nRCPT TO:<x@evil.example>", "zoe@guest.example,x@y.example",
	    "\"zoe\"@guest.example", "zoé@guest.example", "zoe@[127.0.0.1]"};
	for (size_t i = 0; i < sizeof mails / sizeof mails[0]; i++)
		assert_refused(
		    "to", "mail", json_string(mails[i]), "to: mail: must be a plain mail address");
	assert_refused("to", "mail", json_string("zoe@guest.example\x1b"),
	    "to: mail: holds control, invisible or invalid characters");
	static const char *const passes[] = {"FOYER", "X", "foyer", PASS "\n" PASS};
	for (size_t i = 0; i < 3; i++)
		assert_refused(NULL, "pass", json_string(passes[i]), "pass: is none");
	assert_refused(
	    NULL, "pass", json_string(passes[3]), "pass: is too long; at most 140 bytes");
}

static json_t *good_conf(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "server",
	    "mx.example:587", "tls", "starttls", "ca_file", "", "user", "", "secret_file", "",
	    "from", "foyer@site.example", "from_name", "Example", "timeout_ms", 5000, "data",
	    "/usr/share/foyer");
}

static enum err_code read_conf(
    struct smtp_route *r, const char *key, json_t *own_value, struct err *e)
{
	char texts[PATH_MAX];
	json_t *v = good_conf();
	if (key != NULL)
		assert_int_equal(json_object_set_new(v, key, own_value), 0);
	enum err_code code = mail_conf_read(r, texts, v, e);
	if (code == ERR_OK)
		assert_string_equal(texts, "/usr/share/foyer/mail");
	json_decref(v);
	return code;
}

static void conf__servers__are_host_and_port(void **state)
{
	(void)state;
	static const struct {
		const char *server, *host;
		int port;
	} good[] = {{"mx:25", "mx", 25}, {"mx", "mx", 25}, {"mx.example:2525", "mx.example", 2525},
	    {"127.0.0.1:1", "127.0.0.1", 1}, {"[::1]:25", "[::1]", 25},
	    {"[fe80::1]", "[fe80::1]", 25}, {"mx:65535", "mx", 65535}};
	struct smtp_route r;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(
		    read_conf(&r, "server", json_string(good[i].server), NULL), ERR_OK);
		assert_string_equal(r.host, good[i].host);
		assert_int_equal(r.port, good[i].port);
	}
	assert_int_equal(read_conf(&r, "tls", json_string("smtps"), NULL), ERR_OK);
	assert_int_equal(r.tls, SMTP_TLS_SMTPS);
	static const char *const bad[] = {"", ":25", "mx:", "mx:0", "mx:025", "mx:65536",
	    "mx:99999999999", "mx:25x", "m x:25", "mx/../:25", "user@mx:25", "::1", "[::1", "[]:25",
	    "[::1]x", "[mx]:25", "mx:25:25", "mx?x:25", "mx#x"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (read_conf(&r, "server", json_string(bad[i]), NULL) != ERR_CONFIG)
			fail_msg("%s was taken", bad[i]);
	}
}

static void conf__a_secret__needs_tls_a_user_and_a_closed_file(void **state)
{
	(void)state;
	struct smtp_route r;
	struct err e;
	char dir[PATH_MAX], path[PATH_MAX];
	assert_true(str_print(dir, sizeof dir, "%s/secret.XXXXXX",
	    getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp"));
	assert_non_null(mkdtemp(dir));
	assert_int_equal(path_join(path, dir, "secret", NULL), ERR_OK);
	assert_int_equal(path_write(path, "s3cret\n", 7, 0400, NULL), ERR_OK);
	assert_int_equal(read_conf(&r, "secret_file", json_string(path), &e), ERR_CONFIG);
	assert_int_equal(read_conf(&r, "user", json_string("lobby"), &e), ERR_CONFIG);

	char texts[PATH_MAX];
	json_t *v = good_conf();
	(void)json_object_set_new(v, "user", json_string("lobby"));
	(void)json_object_set_new(v, "secret_file", json_string(path));
	assert_int_equal(mail_conf_read(&r, texts, v, &e), ERR_OK);
	assert_string_equal(r.secret, "s3cret");
	smtp_route_fini(&r);
	assert_string_equal(r.secret, "");
	(void)json_object_set_new(v, "tls", json_string("none"));
	assert_int_equal(mail_conf_read(&r, texts, v, &e), ERR_CONFIG);
	(void)json_object_set_new(v, "server", json_string("127.0.0.1:25"));
	assert_int_equal(mail_conf_read(&r, texts, v, &e), ERR_OK); /* as foyer.conf(5) has it */
	smtp_route_fini(&r);
	(void)json_object_set_new(v, "tls", json_string("smtps"));
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(mail_conf_read(&r, texts, v, &e), ERR_DENIED);
	json_decref(v);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void conf__other_members__are_checked(void **state)
{
	(void)state;
	struct smtp_route r;
	assert_int_equal(read_conf(&r, NULL, NULL, NULL), ERR_OK);
	assert_int_equal(r.tls, SMTP_TLS_STARTTLS);
	assert_int_equal(read_conf(&r, "tls", json_string("TLS"), NULL), ERR_CONFIG);
	assert_int_equal(
	    read_conf(&r, "from", json_string("Foyer <foyer@site.example>"), NULL), ERR_CONFIG);
	assert_int_not_equal(read_conf(&r, "timeout_ms", json_integer(0), NULL), ERR_OK);
	assert_int_not_equal(read_conf(&r, "data", json_null(), NULL), ERR_OK);
	assert_int_not_equal(read_conf(&r, "password", json_string("x"), NULL), ERR_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(job__all_of_it__is_read),
	    cmocka_unit_test(job__without_pass_and_event__is_whole),
	    cmocka_unit_test(job__members_that_do_not_fit__are_named),
	    cmocka_unit_test(job__hostile_ids_addresses_and_passes__are_refused),
	    cmocka_unit_test(conf__servers__are_host_and_port),
	    cmocka_unit_test(conf__a_secret__needs_tls_a_user_and_a_closed_file),
	    cmocka_unit_test(conf__other_members__are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
