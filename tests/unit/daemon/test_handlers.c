/*
 * The handlers of h_*.c on the real route table and a real book.
 */
#include "tests/unit/daemon/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/doctor.h"
#include "daemon/guard.h"
#include "db/book.h"
#include "db/host.h"
#include "db/job.h"
#include "db/journal.h"

#define M ROLE(MANAGER)
#define D ROLE(DESK)
#define K ROLE(KIOSK)

static json_t *good(struct fixture *f, unsigned roles, int status, const char *method,
    const char *path, const char *body)
{
	char key[UUID_TEXT_SZ];
	struct answer a = fixture_ask(f, roles, method, path, fixture_key(key), body);
	if (a.status != status)
		fail_msg("%s %s: %d %s", method, path, a.status, a.own_text);
	json_t *o = a.own_text ? fixture_json(&a) : NULL;
	answer_fini(&a);
	return o;
}

static void bad(struct fixture *f, unsigned roles, int status, const char *method, const char *path,
    const char *body)
{
	char key[UUID_TEXT_SZ];
	struct answer a = fixture_ask(f, roles, method, path, fixture_key(key), body);
	if (a.status != status)
		fail_msg("%s %s: %d %s", method, path, a.status, a.own_text);
	answer_fini(&a);
}

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	assert_non_null(s);
	return s;
}

static size_t items(const json_t *o)
{
	return json_array_size(json_object_get(o, "items"));
}

static const json_t *item(const json_t *o, size_t i)
{
	return json_array_get(json_object_get(o, "items"), i);
}

/* --- the house --------------------------------------------------------------------------- */

static void me_and_kiosk(void **state)
{
	struct fixture *f = *state;
	json_t *o = good(f, M | D, 200, "GET", "/v1/me", NULL);
	assert_string_equal(text(o, "user"), "anna");
	assert_int_equal(json_array_size(json_object_get(o, "roles")), 2);
	json_decref(o);
	o = good(f, K, 200, "GET", "/v1/kiosk", NULL);
	assert_string_equal(text(o, "kiosk"), "lobby");
	assert_string_equal(text(o, "lang"), "de");
	assert_true(json_is_true(json_object_get(o, "open")));
	assert_int_equal(json_integer_value(json_object_get(o, "now_ms")), FIXTURE_NOW_MS);
	const json_t *guest = json_array_get(json_object_get(o, "types"), 0);
	assert_true(json_array_size(json_object_get(guest, "steps")) > 0);
	assert_null(json_object_get(guest, "access_group")); /* staff's */
	json_decref(o);
	o = good(f, D, 200, "GET", "/v1/types", NULL);
	assert_non_null(json_object_get(item(o, 0), "access_group"));
	json_decref(o);
}

static void assert_doctor_says(struct fixture *f, const char *text)
{
	json_t *checks = json_array();
	doctor_house(&f->d, checks);
	char *all = json_dumps(checks, JSON_ENSURE_ASCII);
	if (strstr(all, text) == NULL)
		fail_msg("\"%s\" is not in %s", text, all);
	free(all);
	json_decref(checks);
}

static void kiosk_state(void **state)
{
	struct fixture *f = *state;
	assert_null(good(f, K, 204, "POST", "/v1/kiosk/state",
	    "{\"camera\":\"gone\",\"screen\":\"idle\",\"size\":\"80x24\"}"));
	const struct kiosk_seen *s = foyerd_kiosk_seen(&f->d, "lobby");
	assert_string_equal(s->camera, "gone");
	assert_int_equal(s->at_ms, FIXTURE_NOW_MS);
	bad(f, K, 400, "POST", "/v1/kiosk/state", "{\"camera\":\"on fire\",\"screen\":\"idle\"}");
	bad(f, K, 400, "POST", "/v1/kiosk/state", "{\"camera\":\"ok\"}");
	bad(f, K, 400, "POST", "/v1/kiosk/state",
	    "{\"camera\":\"ok\",\"screen\":\"idle\",\"more\":1}");
	assert_string_equal(s->camera, "gone");
	/* A kiosk that has readers tells of each, and doctor of those that are not there. */
	assert_null(good(f, K, 204, "POST", "/v1/kiosk/state",
	    "{\"camera\":\"ok\",\"screen\":\"idle\",\"size\":\"80x24\",\"readers\":[{\"name\":"
	    "\"passports\",\"state\":\"gone\"},{\"name\":\"desk\",\"state\":\"ok\"}]}"));
	assert_int_equal(s->n_readers, 2);
	assert_string_equal(s->readers[0].name, "passports");
	assert_false(s->readers[0].there);
	assert_true(s->readers[1].there);
	static const char *const wrong[] = {"{\"name\":\"p\",\"state\":\"odd\"}",
	    "{\"name\":\"p\"}", "{\"name\":\"p\",\"state\":\"ok\",\"more\":1}", "1",
	    "{},{},{},{},{}"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		char body[200];
		assert_true(str_print(body, sizeof body,
		    "{\"camera\":\"ok\",\"screen\":\"idle\",\"readers\":[%s]}", wrong[i]));
		bad(f, K, 400, "POST", "/v1/kiosk/state", body);
	}
	assert_int_equal(s->n_readers, 2);
	f->time.wall_ms += 12 * CLOCK_SECOND;
	assert_doctor_says(f, "its reader passports is not there, as told 12 s ago");
	assert_null(
	    good(f, K, 204, "POST", "/v1/kiosk/state", "{\"camera\":\"ok\",\"screen\":\"idle\"}"));
	assert_int_equal(s->n_readers, 0);
	assert_doctor_says(f, "told 0 s ago");
}

/* --- hosts ------------------------------------------------------------------------------- */

static void host_put_list_search(void **state)
{
	struct fixture *f = *state;
	json_decref(good(f, D, 201, "PUT", "/v1/hosts/ar",
	    "{\"name\":\"Anna Roth\",\"mail\":\"anna@example.org\"}"));
	json_t *o = good(f, D, 201, "PUT", "/v1/hosts/zm",
	    "{\"name\":\"Zo\xc3\xab M\xc3\xbcller\",\"department\":\"Sales\",\"deputy\":\"ar\"}");
	assert_string_equal(text(o, "deputy"), "ar");
	json_decref(o);
	o = good(f, D, 200, "PUT", "/v1/hosts/zm", "{\"phone\":\"+49 1\"}"); /* the rest stays */
	assert_string_equal(text(o, "department"), "Sales");
	assert_string_equal(text(o, "deputy"), "ar");
	json_decref(o);
	o = good(f, D, 200, "GET", "/v1/hosts?limit=1", NULL);
	assert_int_equal(items(o), 1);
	char next[256];
	str_print(next, sizeof next, "/v1/hosts?limit=1&after=%s", text(o, "next"));
	json_decref(o);
	o = good(f, D, 200, "GET", next, NULL);
	assert_int_equal(items(o), 1);
	json_decref(o);
	o = good(
	    f, K, 200, "GET", "/v1/hosts?q=mul&flow=0190a1b2-0000-7000-8000-000000000001", NULL);
	assert_int_equal(items(o), 1);
	assert_null(
	    json_object_get(item(o, 0), "mail")); /* a visitor learns a name and a department */
	json_decref(o);
	o = good(f, D, 200, "PUT", "/v1/hosts/zm", "{\"left\":true}");
	assert_true(json_is_true(json_object_get(o, "left")));
	json_decref(o);
	o = good(
	    f, K, 200, "GET", "/v1/hosts?q=mul&flow=0190a1b2-0000-7000-8000-000000000001", NULL);
	assert_int_equal(items(o), 0);
	json_decref(o);
}

/* Punctuation does not make one letter three. */
static void host_search_wants_three_letters(void **state)
{
	struct fixture *f = *state;
	json_decref(good(f, D, 201, "PUT", "/v1/hosts/ar", "{\"name\":\"Anna Roth\"}"));
	static const char flow[] = "0190a1b2-0000-7000-8000-000000000001";
	static const char *const bad_q[] = {"", "a", "an", "a--", "a . .", "---"};
	char path[128];
	for (size_t i = 0; i < sizeof bad_q / sizeof bad_q[0]; i++) {
		str_print(path, sizeof path, "/v1/hosts?q=%s&flow=%s", bad_q[i], flow);
		bad(f, K, 400, "GET", path, NULL);
	}
	str_print(path, sizeof path, "/v1/hosts?q=r an&flow=%s", flow);
	json_t *o = good(f, K, 200, "GET", path, NULL);
	assert_int_equal(items(o), 1);
	json_decref(o);
}

/* Who is warden and host is no more than both: a warden sees all and moves nobody, a host moves the own. */
static void host_who_is_warden_too_moves_only_the_own(void **state)
{
	struct fixture *f = *state;
	const unsigned both = ROLE(WARDEN) | ROLE(HOST);
	json_decref(good(f, D, 201, "PUT", "/v1/hosts/ar", "{\"name\":\"Anna Roth\"}"));
	json_decref(good(f, D, 201, "PUT", "/v1/hosts/anna", "{\"name\":\"Anna Host\"}"));
	char body[256], path[128];
	str_print(body, sizeof body,
	    "{\"host\":\"ar\",\"name\":\"Zoe\",\"type\":\"guest\",\"until_ms\":%lld}",
	    (long long)FIXTURE_NOW_MS + 3600000);
	json_t *inv = good(f, D, 201, "POST", "/v1/invitations", body);
	bad(f, both, 403, "POST", "/v1/invitations", body);
	json_decref(good(f, both, 200, "GET", "/v1/visits/1", NULL));
	static const char *const verbs[] = {"approve", "refuse", "extend", "cancel"};
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		str_print(path, sizeof path, "/v1/visits/1/%s", verbs[i]);
		bad(f, both, 404, "POST", path, "{\"reason\":\"x\"}");
	}
	str_print(path, sizeof path, "/v1/invitations/%s", text(inv, "id"));
	bad(f, both, 404, "GET", path, NULL); /* it shows pass and code */
	json_t *o = good(f, both, 200, "GET", "/v1/invitations", NULL);
	assert_int_equal(items(o), 0);
	json_decref(o);
	o = good(f, both, 200, "GET", "/v1/visits", NULL);
	assert_int_equal(items(o), 1);
	json_decref(o), json_decref(inv);
}

static void host_put_refuses(void **state)
{
	struct fixture *f = *state;
	json_decref(good(f, D, 201, "PUT", "/v1/hosts/ar", "{\"name\":\"Anna\"}"));
	static const char *const bodies[] = {"{\"name\":\"\"}", "{\"mail\":\"no address\"}",
	    "{\"mail\":\"a@b\\r\\nBcc: c@d\"}", "{\"deputy\":\"nobody\"}", "{\"deputy\":\"ar\"}",
	    "{\"lang\":\"../x\"}", "{\"lang\":\"fr\"}", "{\"away_from_ms\":5,\"away_until_ms\":5}",
	    "{\"left\":\"yes\"}", "{\"uid\":\"x\"}"};
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
		bad(f, D, 400, "PUT", "/v1/hosts/ar", bodies[i]);
	bad(f, D, 400, "PUT", "/v1/hosts/new", "{}");
	bad(f, D, 400, "PUT", "/v1/hosts/a b", "{\"name\":\"x\"}");
	bad(f, D, 400, "PUT", "/v1/hosts/\xe2\x80\xae", "{\"name\":\"x\"}");
}

static void host_search_is_stingy(void **state)
{
	struct fixture *f = *state;
	char body[64], path[64];
	for (int i = 0; i < 8; i++) {
		str_print(path, sizeof path, "/v1/hosts/m%d", i);
		str_print(body, sizeof body, "{\"name\":\"Mary Number%d\"}", i);
		json_decref(good(f, D, 201, "PUT", path, body));
	}
	bad(f, K, 400, "GET", "/v1/hosts?q=ma&flow=0190a1b2-0000-7000-8000-000000000001", NULL);
	bad(f, K, 400, "GET", "/v1/hosts?q=mary", NULL);
	bad(f, K, 400, "GET", "/v1/hosts?q=mary&flow=x", NULL);
	static const char *const nobody[] = {"ma%25y", "ma_y", "ma'ry", "ma*y", "xyz"};
	for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
		str_print(path, sizeof path,
		    "/v1/hosts?q=%s&flow=0190a1b2-0000-7000-8000-000000000002", nobody[i]);
		json_t *o = good(f, K, 200, "GET", path, NULL);
		assert_int_equal(items(o), 0);
		json_decref(o);
	}
	for (int i = 0; i < GUARD_SEARCHES; i++) {
		json_t *o = good(f, K, 200, "GET",
		    "/v1/hosts?q=mary&flow=0190a1b2-0000-7000-8000-000000000001", NULL);
		assert_int_equal(items(o), 5);
		json_decref(o);
	}
	bad(f, K, 429, "GET", "/v1/hosts?q=mary&flow=0190a1b2-0000-7000-8000-000000000001", NULL);
}

/* --- waiting ----------------------------------------------------------------------------- */

static void waiting_is_opened_taken_resolved(void **state)
{
	struct fixture *f = *state;
	char path[128];
	bad(f, K, 400, "POST", "/v1/waiting",
	    "{\"flow\":\"0190a1b2-0000-7000-8000-000000000001\",\"reason\":\"He said: help!\"}");
	bad(f, K, 400, "POST", "/v1/waiting", "{\"reason\":\"help\"}");
	json_t *o = good(f, K, 201, "POST", "/v1/waiting",
	    "{\"flow\":\"0190a1b2-0000-7000-8000-000000000001\",\"reason\":\"help\",\"screen\":"
	    "\"host\"}");
	char id[UUID_TEXT_SZ];
	str_copy(id, sizeof id, text(o, "waiting"));
	json_decref(o);
	o = good(f, D, 200, "GET", "/v1/waiting", NULL);
	assert_int_equal(items(o), 1);
	assert_string_equal(text(item(o, 0), "kiosk"), "lobby");
	json_decref(o);
	str_print(path, sizeof path, "/v1/waiting/%s/take", id);
	o = good(f, D, 200, "POST", path, "{}");
	assert_true(str_starts(text(o, "taken_by"), "staff:"));
	assert_null(strstr(text(o, "taken_by"), "anna"));
	json_decref(o);
	str_print(path, sizeof path, "/v1/waiting/%s/resolve", id);
	bad(f, D, 400, "POST", path, "{}");
	bad(f, D, 400, "POST", path, "{\"reason\":\" \"}");
	json_decref(good(f, D, 200, "POST", path, "{\"reason\":\"helped\"}"));
	bad(f, D, 409, "POST", path, "{\"reason\":\"again\"}");
	bad(f, D, 404, "POST", "/v1/waiting/0190a1b2-0000-7000-8000-000000000001/take", "{}");
	bad(f, D, 404, "POST", "/v1/waiting/x/take", "{}");
	o = good(f, D, 200, "GET", "/v1/waiting", NULL);
	assert_int_equal(items(o), 0);
	json_decref(o);
	o = good(f, D, 200, "GET", "/v1/waiting?state=all", NULL);
	assert_int_equal(items(o), 1);
	json_decref(o);
	bad(f, D, 400, "GET", "/v1/waiting?state=some", NULL);
}

/* --- jobs and the journal ---------------------------------------------------------------- */

static void job_put(struct fixture *f, const char *kind, char id[UUID_TEXT_SZ])
{
	struct err e;
	struct db_job j = {.facts = "{}"};
	str_copy(j.kind, sizeof j.kind, kind);
	str_copy(j.destination, sizeof j.destination, "notify:mail");
	assert_int_equal(foyerd_begin(&f->d, &e), ERR_OK);
	assert_int_equal(foyerd_end(&f->d, db_job_insert(f->d.book, &j, &e), &e), ERR_OK);
	uuid_print(id, &j.id);
}

static void jobs_are_listed_and_moved(void **state)
{
	struct fixture *f = *state;
	char id[UUID_TEXT_SZ], path[128];
	job_put(f, "mail", id);
	json_t *o = good(f, D, 200, "GET", "/v1/jobs?state=ready&kind=mail", NULL);
	assert_int_equal(items(o), 1);
	json_decref(o);
	bad(f, D, 400, "GET", "/v1/jobs?state=nonsense", NULL);
	str_print(path, sizeof path, "/v1/jobs/%s/hold", id);
	bad(f, M, 400, "POST", path, "{}"); /* whoever stops something says why */
	o = good(f, M, 200, "POST", path, "{\"reason\":\"mail server is being moved\"}");
	assert_string_equal(text(o, "state"), "held");
	json_decref(o);
	str_print(path, sizeof path, "/v1/jobs/%s/retry", id);
	o = good(f, D, 200, "POST", path, "{}");
	assert_string_equal(text(o, "state"), "ready");
	json_decref(o);
	str_print(path, sizeof path, "/v1/jobs/%s/drop", id);
	json_decref(good(f, M, 200, "POST", path, "{\"reason\":\"not needed\"}"));
	bad(f, M, 409, "POST", path, "{\"reason\":\"again\"}");
	bad(f, M, 404, "POST", "/v1/jobs/0190a1b2-0000-7000-8000-000000000001/drop",
	    "{\"reason\":\"x\"}");
}

static void journal_is_read_in_pages(void **state)
{
	struct fixture *f = *state;
	char path[64];
	for (int i = 0; i < 25; i++) {
		str_print(path, sizeof path, "/v1/hosts/h%d", i);
		json_decref(good(f, D, 201, "PUT", path, "{\"name\":\"Somebody\"}"));
	}
	int seen = 0;
	char next[64] = "/v1/journal?limit=12";
	for (int page = 0; page < 5; page++) {
		json_t *o = good(f, M, 200, "GET", next, NULL);
		for (size_t i = 0; i < items(o); i++)
			assert_int_equal(
			    json_integer_value(json_object_get(item(o, i), "seq")), ++seen);
		const char *n = json_string_value(json_object_get(o, "next"));
		str_print(next, sizeof next, "/v1/journal?limit=12&after=%s", n ? n : "");
		bool more = n != NULL;
		json_decref(o);
		if (!more)
			break;
	}
	assert_int_equal(seen, 25);
	bad(f, M, 400, "GET", "/v1/journal?after=-1", NULL);
	bad(f, M, 400, "GET", "/v1/journal?after=x", NULL);
}

/* --- import ------------------------------------------------------------------------------ */

static json_t *import(
    struct fixture *f, const char *key, const char *csv, bool apply, bool mark_left, int *status)
{
	char fresh[UUID_TEXT_SZ];
	json_t *ask =
	    json_pack("{s:s, s:b, s:b}", "csv", csv, "apply", apply, "mark_left", mark_left);
	char *body = json_dumps(ask, 0);
	struct answer a =
	    fixture_ask(f, M, "POST", "/v1/hosts/import", key ? key : fixture_key(fresh), body);
	free(body);
	json_decref(ask);
	json_t *o = a.later ? fixture_wait(f, &a) : fixture_json(&a);
	*status = a.status;
	answer_fini(&a);
	return o;
}

static int count_of(const json_t *o, const char *what)
{
	return (int)json_integer_value(json_object_get(json_object_get(o, "counts"), what));
}

static void import_tells_then_does(void **state)
{
	struct fixture *f = *state;
	int status;
	static const char list[] =
	    "uid,name,mail,deputy\nar,Anna Roth,anna@example.org,zm\nzm,Zo\xc3\xab "
	    "M\xc3\xbcller,zoe@example.org,\n";
	json_decref(
	    good(f, D, 201, "PUT", "/v1/hosts/ar", "{\"name\":\"Anna R\",\"phone\":\"12\"}"));
	json_decref(good(f, D, 201, "PUT", "/v1/hosts/old", "{\"name\":\"Old Hand\"}"));
	json_t *o = import(f, NULL, list, false, true, &status);
	assert_int_equal(status, 200);
	assert_int_equal(count_of(o, "add"), 1);
	assert_int_equal(count_of(o, "change"), 1);
	assert_int_equal(count_of(o, "leave"), 1);
	assert_false(json_is_true(json_object_get(o, "applied")));
	json_decref(o);
	struct db_host h;
	struct err e;
	assert_int_equal(db_host_by_uid(f->d.book, "zm", &h, &e), ERR_NOT_FOUND);
	o = import(f, NULL, list, true, true, &status);
	assert_true(json_is_true(json_object_get(o, "applied")));
	json_decref(o);
	assert_int_equal(db_host_by_uid(f->d.book, "ar", &h, &e), ERR_OK);
	assert_string_equal(h.name, "Anna Roth");
	assert_string_equal(h.phone, "12");
	struct uuid deputy = h.deputy;
	assert_int_equal(db_host_by_uid(f->d.book, "zm", &h, &e), ERR_OK);
	assert_true(uuid_eq(&deputy, &h.id)); /* a deputy who stands further down in the list */
	assert_int_equal(db_host_by_uid(f->d.book, "old", &h, &e), ERR_OK);
	assert_true(h.left_ms != 0);
	o = import(f, NULL, list, true, true, &status);
	assert_int_equal(json_integer_value(json_object_get(o, "same")), 2);
	assert_int_equal(count_of(o, "change") + count_of(o, "add") + count_of(o, "leave"), 0);
	json_decref(o);
	/* Who comes back, comes back. */
	o = import(f, NULL, "uid,name\nold,Old Hand\n", true, false, &status);
	assert_int_equal(count_of(o, "change"), 1);
	json_decref(o);
	assert_int_equal(db_host_by_uid(f->d.book, "old", &h, &e), ERR_OK);
	assert_int_equal(h.left_ms, 0);
}

static void import_with_a_bad_row_does_nothing(void **state)
{
	struct fixture *f = *state;
	struct db_host h;
	struct err e;
	int status;
	json_t *o = import(f, NULL,
	    "uid,name,mail,deputy,lang\na,A,,,de\nb,B,nonsense,,\na,Again,,,\nc,C,,ghost,\n"
	    "e,E,,,fr\n\"d\n",
	    true, true, &status);
	assert_int_equal(status, 200);
	assert_false(json_is_true(json_object_get(o, "applied")));
	assert_int_equal(count_of(o, "errors"), 5);
	json_decref(o);
	assert_int_equal(db_host_by_uid(f->d.book, "a", &h, &e), ERR_NOT_FOUND);
	o = import(f, NULL, "nothing,of,use\n", true, false, &status);
	assert_int_equal(status, 400);
	json_decref(o);
}

static void import_of_many_comes_once(void **state)
{
	struct fixture *f = *state;
	struct str_buf csv = STR_BUF_INIT;
	int status;
	str_buf_print(&csv, "uid,name\n");
	for (int i = 0; i < 2500; i++)
		str_buf_print(&csv, "u%d,Person Number %d\n", i, i);
	static const char key[] = "0190a1b2-0000-7000-8000-00000000000a";
	json_t *o = import(f, key, csv.data, true, false, &status), *again;
	assert_int_equal(count_of(o, "add"), 2500);
	assert_int_equal(json_array_size(json_object_get(o, "add")), 200);
	again = import(f, key, csv.data, true, false,
	    &status); /* the stored answer: it says "add" once more */
	assert_true(json_equal(o, again));
	json_decref(again);
	json_decref(o);
	o = import(f, key, "uid,name\n", true, false, &status);
	assert_int_equal(status, 409);
	json_decref(o);
	str_buf_fini(&csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(me_and_kiosk, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(kiosk_state, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(host_put_list_search, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(host_put_refuses, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		host_search_wants_three_letters, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		host_who_is_warden_too_moves_only_the_own, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(host_search_is_stingy, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		waiting_is_opened_taken_resolved, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(jobs_are_listed_and_moved, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(journal_is_read_in_pages, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(import_tells_then_does, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(
		import_with_a_bad_row_does_nothing, fixture_new, fixture_free),
	    cmocka_unit_test_setup_teardown(import_of_many_comes_once, fixture_new, fixture_free),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
