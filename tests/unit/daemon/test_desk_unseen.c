/* Every way into a house that wants to see a document, and what staff write down of one: nobody comes in unseen. */
#include "daemon/desk_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "tests/unit/daemon/lobby.h"

#define TYPES                                                                                      \
	"type \"checked\" { label = \"Checked\" walk-in = \"yes\" steps = { \"details\", "         \
	"\"host\" } badge = \"visitor\" access-group = \"visitors\" approval = \"none\" "          \
	"id = \"required\" id-least-age = \"18\" }\n"

/* A licence of Virginia; the person does not exist. */
#define LICENCE                                                                                    \
	"@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDACMICHAEL\n"    \
	"DBB06061986\nDBA12102034\nDAJVA\nDCGUSA\n"
#define NAME "Michael Sample"

static int setup(void **state)
{
	struct lobby *l = calloc(1, sizeof *l);
	lobby_open(l, TYPES);
	*state = l;
	return 0;
}

static struct conf_type *type_of(const struct lobby *l, const char *name)
{
	for (int i = 0; i < l->d.conf->n_types; i++)
		if (str_eq(l->d.conf->types[i].name, name))
			return &l->d.conf->types[i];
	fail_msg("no type %s", name);
	return NULL;
}

static json_t *act(
    struct lobby *l, int status, const char *number, const char *verb, json_t *own_body)
{
	char path[64];
	assert_true(str_print(path, sizeof path, "POST /v1/visits/%s/%s", number, verb));
	return lobby_ask(l, LOBBY_STAFF, status, path, own_body != NULL ? own_body : json_object());
}

static void assert_state(struct lobby *l, const char *number, const char *want)
{
	char path[64];
	assert_true(str_print(path, sizeof path, "GET /v1/visits/%s", number));
	json_t *v = lobby_ask(l, LOBBY_STAFF, 200, path, NULL);
	assert_string_equal(text_of(v, "state"), want);
	json_decref(v);
}

static json_t *invite(struct lobby *l)
{
	return lobby_ask(l, LOBBY_STAFF, 201, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:I}", "host", "aroth", "name", NAME, "type", "checked",
		"until_ms", (json_int_t)(l->clock.wall_ms + 4 * (int64_t)CLOCK_HOUR)));
}

/* At the kiosk, with what they show besides: {"text": …}, or NULL. */
static void arrives(struct lobby *l, const char *pass, json_t *own_document, const char *outcome,
    const char *reason)
{
	json_t *body = json_pack("{s:s}", "pass", pass);
	if (own_document != NULL)
		json_object_set_new(body, "document", own_document);
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", body);
	assert_string_equal(text_of(a, "outcome"), outcome);
	assert_string_equal(text_of(a, "reason"), reason);
	json_decref(a);
}

static void waits_as(struct lobby *l, const char *reason)
{
	json_t *a = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	const json_t *items = json_object_get(a, "items");
	size_t n = json_array_size(items);
	assert_true(n > 0);
	assert_string_equal(text_of(json_array_get(items, n - 1), "reason"), reason);
	json_decref(a);
}

/* --- the type is gone -------------------------------------------------------------------- */

static void unseen__type_gone__reception_lets_in_each_time(void **state)
{
	struct lobby *l = *state;
	json_t *inv = invite(l);
	const char *pass = text_of(inv, "pass"), *number = text_of(inv, "number");
	struct conf_type *checked = type_of(l, "checked");
	(void)str_copy(checked->name, sizeof checked->name, "renamed");
	json_t *a =
	    lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", pass));
	assert_string_equal(text_of(a, "what"), "arrive");
	json_decref(a);
	arrives(l, pass, NULL, "reception", "type-gone");
	waits_as(l, "type-gone");
	json_decref(act(l, 200, number, "approve", NULL));
	assert_state(l, number, "inside");
	/* Out, and in again: who knows what was asked for the last time. */
	json_decref(act(l, 200, number, "checkout", json_pack("{s:b}", "coming_back", 1)));
	assert_state(l, number, "out");
	arrives(l, pass, json_pack("{s:s}", "text", LICENCE), "reception", "type-gone");
	/* It is back before reception has decided: what it asks for counts. */
	(void)str_copy(checked->name, sizeof checked->name, "checked");
	a = act(l, 409, number, "approve", NULL);
	assert_string_equal(text_of(a, "error"), "no-document");
	json_decref(a), json_decref(inv);
}

/* --- what staff write down --------------------------------------------------------------- */

/* Somebody at reception with nothing to show; the number of the visit. */
static void waits(struct lobby *l, char number[16])
{
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins",
	    json_pack("{s:{s:s, s:s, s:s, s:{}}, s:{s:b}}", "walk_in", "type", "checked", "name",
		NAME, "host", l->host, "fields", "document", "none", 1));
	assert_string_equal(text_of(a, "reason"), "id");
	assert_true(str_copy(number, 16, text_of(a, "number")));
	json_decref(a);
}

static const json_t *newest(const json_t *visit)
{
	const json_t *list = json_object_get(visit, "documents");
	assert_true(json_array_size(list) > 0);
	return json_array_get(list, json_array_size(list) - 1);
}

/* "true", "false", "null"; "" where it is none of them. */
static const char *said(const json_t *look, const char *key)
{
	const json_t *v = json_object_get(look, key);
	return json_is_true(v)    ? "true"
	       : json_is_false(v) ? "false"
	       : json_is_null(v)  ? "null"
				  : "";
}

#define SEEN "\"how\": \"seen\", \"kind\": \"id-card\", \"reason\": \"x\""

static void unseen__desk__records_what_was_said_and_no_more(void **state)
{
	static const struct {
		const char *body, *matched, *age;
	} rows[] = {
	    {"{" SEEN "}", "null", "null"},
	    {"{" SEEN ", \"matched\": true}", "true", "null"},
	    {"{" SEEN ", \"least_age_ok\": true}", "null", "true"},
	    {"{" SEEN ", \"matched\": true, \"least_age_ok\": true, \"expiry\": \"2034-12-10\"}",
		"true", "true"},
	    {"{" SEEN ", \"matched\": false, \"override\": true}", "false", "null"},
	    {"{" SEEN ", \"least_age_ok\": false, \"override\": true}", "null", "false"},
	    {"{" SEEN ", \"expiry\": \"2001-01-31\", \"override\": true}", "null", "null"},
	    {"{\"how\": \"vouched\", \"reason\": \"x\"}", "null", "null"},
	};
	struct lobby *l = *state;
	char number[16];
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		waits(l, number);
		json_t *v = act(l, 201, number, "documents", json_loads(rows[i].body, 0, NULL));
		assert_string_equal(said(newest(v), "matched"), rows[i].matched);
		assert_string_equal(said(newest(v), "least_age_ok"), rows[i].age);
		json_decref(v);
		json_decref(act(l, 200, number, "checkin", NULL));
		assert_state(l, number, "inside");
	}
	waits(l, number);
	json_t *v = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/visits/1", NULL);
	/* Of what was not there the kiosk said nothing either. */
	const json_t *none = json_array_get(json_object_get(v, "documents"), 0);
	assert_string_equal(text_of(none, "verdict"), "none");
	assert_string_equal(said(none, "matched"), "null");
	assert_string_equal(said(none, "least_age_ok"), "null");
	json_decref(v);
}

/* What speaks against the visitor lets nobody in by an oversight. */
static void unseen__desk__says_what_it_lets_pass(void **state)
{
	static const struct {
		const char *body, *word;
	} rows[] = {
	    {"{" SEEN ", \"expiry\": \"2001-01-31\"}", "document-expired"},
	    {"{" SEEN ", \"expiry\": \"2026-11-22\", \"matched\": true}", "document-expired"},
	    {"{" SEEN ", \"matched\": false}", "document-mismatch"},
	    {"{" SEEN ", \"least_age_ok\": false}", "document-age"},
	    {"{" SEEN ", \"matched\": false, \"override\": false}", "document-mismatch"},
	};
	static const char *const bad[] = {
	    "{\"how\": \"vouched\", \"reason\": \"x\", \"matched\": true}",
	    "{\"how\": \"vouched\", \"reason\": \"x\", \"least_age_ok\": false}",
	    "{\"how\": \"vouched\", \"reason\": \"x\", \"override\": true}",
	    "{" SEEN ", \"override\": true}", /* nothing to be overridden: somebody errs */
	    "{" SEEN ", \"matched\": 1}"};
	struct lobby *l = *state;
	char number[16];
	waits(l, number);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_t *a = act(l, 409, number, "documents", json_loads(rows[i].body, 0, NULL));
		assert_string_equal(text_of(a, "error"), rows[i].word);
		json_decref(a);
		a = act(l, 409, number, "checkin", NULL);
		assert_string_equal(text_of(a, "error"), "no-document");
		json_decref(a);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		json_decref(act(l, 400, number, "documents", json_loads(bad[i], 0, NULL)));
	/* Its last day is a good one. */
	json_decref(act(l, 201, number, "documents",
	    json_loads("{" SEEN ", \"expiry\": \"2026-11-23\"}", 0, NULL)));
	/* What was overridden stands in the journal. */
	json_t *v = act(l, 201, number, "documents",
	    json_loads("{" SEEN ", \"expiry\": \"2026-11-22\", \"least_age_ok\": false, "
		       "\"override\": true}",
		0, NULL));
	json_decref(v);
	v = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/journal?limit=200", NULL);
	char *all = json_dumps(v, JSON_COMPACT);
	assert_non_null(strstr(all, "\"override\":\"document-expired document-age\""));
	free(all);
	json_decref(v);
}

/* However often somebody looked, the look that decided is shown. */
static void unseen__desk__newest_looks_are_shown(void **state)
{
	struct lobby *l = *state;
	char number[16];
	json_t *v = NULL;
	waits(l, number);
	for (int i = 2; i <= 20; i++) {
		json_decref(v);
		v = act(l, 201, number, "documents", json_loads("{" SEEN "}", 0, NULL));
		assert_int_equal(json_integer_value(json_object_get(newest(v), "n")), i);
	}
	const json_t *list = json_object_get(v, "documents");
	assert_int_equal(json_array_size(list), 16);
	for (int i = 0; i < 16; i++)
		assert_int_equal(
		    json_integer_value(json_object_get(json_array_get(list, (size_t)i), "n")),
		    5 + i);
	json_decref(v);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, lobby_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(unseen__type_gone__reception_lets_in_each_time),
	    TEST(unseen__desk__records_what_was_said_and_no_more),
	    TEST(unseen__desk__says_what_it_lets_pass),
	    TEST(unseen__desk__newest_looks_are_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
