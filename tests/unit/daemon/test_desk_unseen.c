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

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, lobby_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(unseen__type_gone__reception_lets_in_each_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
