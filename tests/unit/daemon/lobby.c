#include "tests/unit/daemon/lobby.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/path.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/compose.h"
#include "daemon/desk_clock.h"
#include "daemon/desk_jobs.h"
#include "daemon/dispatch.h"
#include "daemon/documents.h"
#include "daemon/guard.h"
#include "daemon/progress.h"
#include "db/book.h"
#include "db/job.h"

static const char conf_text[] =
    "site { name = \"Test house\" id = \"7\" timezone = \"Europe/Berlin\" languages = { \"en\", "
    "\"de\" } door-right = \"badge-code\" }\n"
    "kiosk \"lobby\" { printer = \"lobby\" place = \"Lobby\" fallback = \"spare\" }\n"
    "printer \"lobby\" { queue = \"badge\" badge-size = \"62x100\" }\n"
    "printer \"spare\" { queue = \"spare\" badge-size = \"62x100\" }\n"
    "controller \"main\" { driver = \"uhppote\" address = \"127.0.0.1:60000\" serial = "
    "\"405419896\" card-first = \"1000\" card-last = \"1001\" "
    "profile-first = \"100\" profile-last = \"110\" }\n"
    "access-group \"visitors\" { doors = { \"main:1\", \"main:2\" } }\n"
    "mail { server = \"127.0.0.1:25\" tls = \"none\" from = \"foyer@house.example\" }\n";

void lobby_enter(struct lobby *l)
{
	struct err e = {0};
	char path[PATH_MAX];
	l->d = (struct foyerd){.clock = clock_of_fake(&l->clock), .random = random_system()};
	assert_int_equal(path_join(path, l->dir, "foyer.conf", &e), ERR_OK);
	if (conf_load(&l->d.conf, path, &e) != ERR_OK)
		fail_msg("%s", e.msg);
	assert_int_equal(zone_set(l->d.conf->site.timezone, &e), ERR_OK);
	l->d.guard = guard_new();
	l->d.progress = progress_new(&l->d.random);
	assert_int_equal(pass_ring_load(&l->d.ring, l->dir, &e), ERR_OK);
	(void)str_copy(l->d.conf->paths.keys, sizeof l->d.conf->paths.keys, l->dir);
	assert_int_equal(documents_load(&l->d.documents, l->d.conf, &e), ERR_OK);
	assert_int_equal(path_join(path, l->dir, "book", &e), ERR_OK);
	if (book_open(&l->d.book, path, BOOK_RW | BOOK_CREATE, &e) != ERR_OK)
		fail_msg("%s", e.msg);
}

void lobby_open(struct lobby *l, const char *extra)
{
	struct err e = {0};
	char path[PATH_MAX];
	uint8_t id;
	*l = (struct lobby){.keys = 1};
	const char *tmp = getenv("TMPDIR");
	assert_true(
	    str_print(l->dir, sizeof l->dir, "%s/lobby.XXXXXX", tmp != NULL ? tmp : "/tmp"));
	assert_non_null(mkdtemp(l->dir));
	char here[PATH_MAX];
	assert_non_null(getcwd(here, sizeof here)); /* tests run in the project's own folder */
	struct str_buf text = STR_BUF_INIT;
	assert_true(str_buf_print(&text,
	    "%sagreement \"visitor\" { dir = \"%s/etc/agreements/visitor\" }\n%s", conf_text, here,
	    extra != NULL ? extra : ""));
	assert_int_equal(path_join(path, l->dir, "foyer.conf", &e), ERR_OK);
	assert_int_equal(path_write(path, text.data, text.len, 0600, &e), ERR_OK);
	str_buf_fini(&text);
	assert_int_equal(pass_key_new(l->dir, &id, &e), ERR_OK);

	/* A Monday, 10:00 in Berlin. */
	assert_int_equal(zone_set("Europe/Berlin", &e), ERR_OK);
	assert_int_equal(zone_parse(&l->clock.wall_ms, "2026-11-23 10:00", 0, &e), ERR_OK);
	l->clock.mono_ms = 1;
	lobby_enter(l);
	json_t *host = lobby_ask(l, LOBBY_STAFF, 201, "PUT /v1/hosts/aroth",
	    json_pack("{s:s, s:s, s:s}", "name", "Anna Roth", "mail", "anna@house.example", "lang",
		"de"));
	assert_true(str_copy(l->host, sizeof l->host, text_of(host, "id")));
	json_decref(host);
}

void lobby_close(struct lobby *l)
{
	book_close(l->d.book);
	documents_free(l->d.documents);
	pass_ring_free(l->d.ring);
	progress_free(l->d.progress);
	guard_free(l->d.guard);
	conf_free(l->d.conf);
}

/* --- requests ---------------------------------------------------------------------------- */

static struct actor actor_of(const struct lobby *l, enum lobby_who who)
{
	struct actor a = {0};
	if (who == LOBBY_KIOSK) {
		a.roles = ROLE(KIOSK);
		a.kiosk = conf_kiosk_find(l->d.conf, "lobby");
		return a;
	}
	a.roles = ROLE(MANAGER) | ROLE(DESK);
	a.uid = 1000;
	(void)str_copy(a.user, sizeof a.user, "desk");
	return a;
}

int lobby_try(struct lobby *l, enum lobby_who who, const char *method_path, const char *body,
    uint64_t key, char **own_text)
{
	char method[8], path[256], query_text[256] = "", param[REQUEST_PARAM_SZ], allow[32],
				   key_text[UUID_TEXT_SZ];
	const char *space = strchr(method_path, ' ');
	assert_non_null(space);
	assert_true(
	    str_print(method, sizeof method, "%.*s", (int)(space - method_path), method_path));
	(void)str_copy(path, sizeof path, space + 1);
	char *mark = strchr(path, '?');
	if (mark != NULL) {
		*mark = '\0';
		(void)str_copy(query_text, sizeof query_text, mark + 1);
	}
	struct uuid id = {{0}};
	memcpy(id.b, &key, sizeof key);
	struct call c = {.actor = actor_of(l, who),
	    .path = space + 1,
	    .key = uuid_print(key_text, &id),
	    .body = body,
	    .body_len = body != NULL ? strlen(body) : 0};
	assert_int_equal(
	    route_find(&c.route, param, method, path, c.actor.roles, allow), ROUTE_FOUND);
	c.param = param;
	char *value = strchr(query_text, '=');
	if (value != NULL) {
		*value = '\0';
		c.query[0][0] = query_text;
		c.query[0][1] = value + 1;
		c.n_query = 1;
	}
	struct answer a;
	dispatch(&l->d, &c, &a);
	int status = a.status;
	*own_text = a.own_text;
	a.own_text = NULL;
	answer_fini(&a);
	return status;
}

json_t *lobby_ask_again(struct lobby *l, enum lobby_who who, int status, const char *method_path,
    json_t *own_body, uint64_t key)
{
	char *body = own_body != NULL ? json_dumps(own_body, 0) : NULL, *text;
	json_decref(own_body);
	int got = lobby_try(l, who, method_path, body, key, &text);
	if (got != status)
		fail_msg("%s: %d %s", method_path, got, text != NULL ? text : "");
	json_t *answer = text != NULL ? json_loads(text, 0, NULL) : json_object();
	assert_non_null(answer);
	free(text);
	free(body);
	return answer;
}

json_t *lobby_ask(
    struct lobby *l, enum lobby_who who, int status, const char *method_path, json_t *own_body)
{
	return lobby_ask_again(l, who, status, method_path, own_body, l->keys++);
}

const char *text_of(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));
	if (s == NULL)
		fail_msg("no %s", key);
	return s;
}

json_t *lobby_invite(struct lobby *l, int hours)
{
	return lobby_ask(l, LOBBY_STAFF, 201, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "host", "aroth", "name", "Zoë Müller",
		"company", "Brückner", "type", "guest", "until_ms",
		(json_int_t)(l->clock.wall_ms + hours * (int64_t)CLOCK_HOUR), "mail",
		"zoe@visitors.example"));
}

json_t *lobby_agreed(struct lobby *l, const char *pass)
{
	json_t *text = lobby_ask(l, LOBBY_KIOSK, 200, "GET /v1/agreements/visitor?lang=en", NULL);
	json_t *body = json_pack("{s:s, s:{s:s, s:s, s:s, s:b}}", "lang", "en", "agreement", "name",
	    "visitor", "version", text_of(text, "version"), "lang", "en", "accepted", 1);
	if (pass != NULL)
		json_object_set_new(body, "pass", json_string(pass));
	json_decref(text);
	return body;
}

/* --- couriers and the clock -------------------------------------------------------------- */

static enum err_code settle(
    struct lobby *l, const struct db_job *job, const json_t *result, struct err *e)
{
	const char *how = json_string_value(json_object_get(result, "result"));
	struct db_job_trouble t = {.class = json_string_value(json_object_get(result, "class")),
	    .reason = "played",
	    .remedy = json_string_value(json_object_get(result, "remedy"))};
	t.uncounted = str_eq(t.class, "pending");
	enum err_code code;
	if (how == NULL || strcmp(how, "done") == 0) {
		code = desk_job_done(&l->d, job, result, e);
		return code != ERR_OK ? code : db_job_done(l->d.book, &job->id, e);
	}
	if (strcmp(how, "retry") == 0) {
		code = desk_job_retry(&l->d, job, result, e);
		return code != ERR_OK ? code : db_job_retry(l->d.book, &job->id, &t, e);
	}
	code = desk_job_failed(&l->d, job, result, e);
	return code != ERR_OK ? code : db_job_fail(l->d.book, &job->id, &t, e);
}

json_t *lobby_courier(
    struct lobby *l, const char *destination, const char *kind, json_t *own_result)
{
	struct err e = {0};
	struct db_job job;
	json_t *line = NULL;
	enum compose_fate fate = COMPOSE_SEND;
	assert_int_equal(foyerd_begin(&l->d, &e), ERR_OK);
	enum err_code code = db_job_lease(l->d.book, destination, book_now(l->d.book), &job, &e);
	if (kind == NULL) {
		assert_int_equal(code, ERR_NOT_FOUND);
		book_rollback(l->d.book);
		return NULL;
	}
	if (code != ERR_OK)
		fail_msg("no job for %s: %s", destination, e.msg);
	assert_string_equal(job.kind, kind);
	if (compose_job(&l->d, &job, &line, &fate, &e) != ERR_OK)
		fail_msg("%s: %s", kind, e.msg);
	json_t *result = own_result != NULL ? own_result : json_object();
	if (fate == COMPOSE_DROP) { /* as jobs.c does it: it never was leased */
		book_rollback(l->d.book);
		assert_int_equal(foyerd_begin(&l->d, &e), ERR_OK);
		code = db_job_act(l->d.book, &job.id, DB_JOB_ACT_DROP, "moot", &e);
	} else {
		code = settle(l, &job, result, &e);
	}
	if (code != ERR_OK)
		fail_msg("%s: %s", kind, e.msg);
	json_decref(result);
	assert_int_equal(foyerd_end(&l->d, ERR_OK, &e), ERR_OK);
	return line;
}

void lobby_later(struct lobby *l, int minutes)
{
	struct err e = {0};
	int n;
	l->clock.wall_ms += minutes * (int64_t)CLOCK_MINUTE;
	l->clock.mono_ms += minutes * (int64_t)CLOCK_MINUTE;
	assert_int_equal(desk_right_end(&l->d, &(struct desk_walk){0}, &n, &e), ERR_OK);
	assert_int_equal(desk_day_end(&l->d, &(struct desk_walk){0}, &n, &e), ERR_OK);
}

/* --- what tests of the desk do again and again --- */

int lobby_setup(void **state)
{
	struct lobby *l = calloc(1, sizeof *l);
	lobby_open(l, NULL);
	*state = l;
	return 0;
}

int lobby_teardown(void **state)
{
	lobby_close(*state);
	free(*state);
	return 0;
}

json_t *lobby_pass(const char *pass)
{
	return json_pack("{s:s}", "pass", pass);
}

json_t *lobby_show(struct lobby *l)
{
	return lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/visits/1", NULL);
}

void assert_shows(struct lobby *l, const char *key, const char *value)
{
	json_t *v = lobby_show(l);
	assert_string_equal(text_of(v, key), value);
	json_decref(v);
}

void assert_refused(struct lobby *l, const char *text, const char *word)
{
	json_t *a = lobby_ask(l, LOBBY_KIOSK, strcmp(word, "try-reception") == 0 ? 429 : 422,
	    "POST /v1/scan", json_pack("{s:s, s:s}", "text", text, "source", "typed"));
	assert_string_equal(text_of(a, "error"), word);
	json_decref(a);
}

void lobby_checkin(struct lobby *l, const char *pass)
{
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_agreed(l, pass));
	assert_string_equal(text_of(a, "outcome"), "welcome");
	json_decref(a);
}

/* The badge's pass, as the printer is told it. */
json_t *lobby_print(struct lobby *l)
{
	json_t *line = lobby_courier(l, "print:lobby", "print", NULL);
	assert_non_null(line);
	return line;
}

json_t *lobby_walk_in(struct lobby *l, const char *name)
{
	json_t *body = lobby_agreed(l, NULL);
	json_object_set_new(body, "walk_in",
	    json_pack("{s:s, s:s, s:s, s:s, s:{}}", "type", "guest", "name", name, "company", "",
		"host", l->host, "fields"));
	return body;
}

void lobby_sign_out(struct lobby *l, const char *pass, bool back)
{
	json_t *body = lobby_pass(pass);
	json_object_set_new(body, "coming_back", json_boolean(back));
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts", body));
}
