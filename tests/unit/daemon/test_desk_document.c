/* Documents at a check-in and at the desk, over a real book: what is good, what reception hears, what the kiosk hears, and what is kept. */
#include "daemon/desk_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/path.h"
#include "base/str.h"
#include "daemon/documents.h"
#include "db/book.h"
#include "tests/unit/daemon/papers.h"

static char seal_key[PATH_MAX];

static int setup(void **state)
{
	struct lobby *l = calloc(1, sizeof *l);
	lobby_open(l, PAPERS_TYPES);
	*state = l;
	return 0;
}

/* As foyer.conf would say it with a key of its own in every run. */
static int setup_keeping(void **state)
{
	static const int64_t keep[CONF_ID_PARTS] = {
	    30 * (int64_t)CLOCK_DAY, CLOCK_DAY, 30 * (int64_t)CLOCK_DAY, 30 * (int64_t)CLOCK_DAY};
	struct err e = {0};
	(void)setup(state);
	struct lobby *l = *state;
	assert_true(str_print(seal_key, sizeof seal_key, "%s/seal", l->dir));
	assert_int_equal(seal_key_new(seal_key, &e), ERR_OK);
	struct conf *c = l->d.conf;
	assert_true(str_print(c->site.seal_key, sizeof c->site.seal_key, "%s.pub", seal_key));
	for (int i = 0; i < c->n_types; i++)
		if (c->types[i].id == CONF_ID_REQUIRED)
			memcpy(c->types[i].id_keep_ms, keep, sizeof keep);
	documents_free(l->d.documents);
	assert_int_equal(documents_load(&l->d.documents, c, &e), ERR_OK);
	return 0;
}

/* --- documents that do not exist --------------------------------------------------------- */

static const char *anna(char dst[92])
{
	passport(dst, "ERIKSSON<<ANNA<MARIA", "L898902C3", "740812", "341210");
	return dst;
}

/* A licence of Virginia, version 8, with its control characters. */
static const char licence[] =
    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\n"
    "DDFN\nDADJOHN\nDDGN\nDCUJR\nDCAD\nDBD06062019\nDBB06061986\nDBA12102034\nDBC1\n"
    "DAG2300 WEST BROAD STREET\nDAIRICHMOND\nDAJVA\nDAK232690000  \nDCGUSA\n";

static int64_t rows(struct lobby *l, const char *word)
{
	struct db_document list[8];
	struct db_visit v;
	struct err e = {0};
	int n = 0, found = 0;
	for (int64_t i = 1; db_visit_by_number(l->d.book, i, &v, &e) == ERR_OK; i++) {
		assert_int_equal(db_document_list(l->d.book, &v.id, list, 8, &n, &e), ERR_OK);
		for (int k = 0; k < n; k++)
			found += str_eq(list[k].verdict, word);
	}
	return found;
}

/* --- at the kiosk ------------------------------------------------------------------------ */

static void document__good__comes_in(void **state)
{
	struct lobby *l = *state;
	char zone[92], number[16];
	comes(l, "Anna Maria Eriksson", text(anna(zone)), true, number);
	json_t *v = show(l, number);
	const json_t *d = look(v, 0);
	assert_string_equal(text_of(d, "how"), "kiosk");
	assert_string_equal(text_of(d, "verdict"), "good");
	assert_string_equal(text_of(d, "kind"), "passport");
	assert_string_equal(text_of(d, "state"), "UTO");
	assert_string_equal(text_of(d, "expiry"), "2034-12-10");
	assert_string_equal(text_of(d, "checked_by"), "kiosk:lobby");
	assert_true(flag(d, "matched") && flag(d, "least_age_ok"));
	assert_int_equal(json_array_size(json_object_get(d, "kept")), 0);
	assert_int_equal(json_array_size(json_object_get(v, "waiting")), 0);
	json_decref(v);
	/* A zone has 39 places for a name: what ends there may go on. */
	passport(zone, "QUILLFEATHERINGTONSMYTHEBARTHOLOMEW<<XA", "L898902C4", "740812", "341210");
	comes(l, "Xaverine Quillfeatheringtonsmythebartholomew", text(zone), true, number);
	/* A licence, its middle name and suffix aside; in another order. */
	comes(l, "Sample, Michael", text(licence), true, number);
	v = show(l, number);
	assert_string_equal(text_of(look(v, 0), "kind"), "driving-licence");
	assert_string_equal(text_of(look(v, 0), "state"), "USA");
	json_decref(v);
}

static void document__doubt__waits_with_a_reason_for_reception(void **state)
{
	struct lobby *l = *state;
	char zone[92], number[16];
	static const struct {
		const char *name, *number, *birth, *expiry, *visitor, *reason, *verdict;
	} bad[] = {
	    {"ERIKSSON<<ANNA", "L898902C3", "740812", "341210", "Bert Brown", "id-mismatch",
		"mismatch"},
	    {"ERIKSSON<<ANNA", "L898902C4", "740812", "261122", "Anna Eriksson", "id-expired",
		"expired"},
	    {"ERIKSSON<<ANNA", "L898902C5", "081124", "341210", "Anna Eriksson", "id-age",
		"under-age"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		passport(zone, bad[i].name, bad[i].number, bad[i].birth, bad[i].expiry);
		comes(l, bad[i].visitor, text(zone), false, number);
		assert_waits(l, number, bad[i].reason);
		json_t *v = show(l, number);
		assert_string_equal(text_of(look(v, 0), "verdict"), bad[i].verdict);
		json_decref(v);
	}
	/* On its last day and on the birthday itself they are good. */
	passport(zone, "ERIKSSON<<ANNA", "L898902C6", "081123", "261123");
	comes(l, "Anna Eriksson", text(zone), true, number);

	comes(l, "Anna Eriksson", text("https://example.org"), false, number);
	assert_waits(l, number, "id-unreadable");
	(void)anna(zone);
	zone[50] = zone[50] == '9' ? '8' : '9'; /* a check digit disagrees */
	zone[52] = zone[52] == '0' ? '1' : '0';
	comes(l, "Anna Eriksson", text(zone), false, number);
	assert_waits(l, number, "id-unreadable");
	comes(l, "Anna Eriksson", json_pack("{s:b}", "none", 1), false, number);
	assert_waits(l, number, "id-none");
	assert_int_equal(rows(l, "none"), 1);
	comes(l, "Anna Eriksson", NULL, false, number); /* a kiosk that does not know */
	assert_waits(l, number, "id-none");
	assert_int_equal(rows(l, "none"), 1);
	assert_int_equal(rows(l, "unreadable"), 2);
}

static void document__other_name__is_told_again(void **state)
{
	struct lobby *l = *state;
	char zone[92], number[16];
	passport(zone, "ERIKSSON<<ANNA", "L898902C3", "740812", "341210");
	comes(l, "Anna Eriksson", text(zone), true, number);
	comes(l, "Anna Erikson", text(zone), true, number); /* a slip is no other name */
	passport(zone, "BROWN<<BERT", "L898902C3", "740812", "341210");
	comes(l, "Bert Brown", text(zone), false, number);
	assert_waits(l, number, "id-other-name");
	passport(zone, "BROWN<<BERT", "L898902C4", "740812", "341210");
	comes(l, "Bert Brown", text(zone), true, number);
}

static void document__bad_bodies(void **state)
{
	struct lobby *l = *state;
	char *most = calloc(1, 4098);
	memset(most, 'x', 4097);
	json_t *bad[] = {json_object(), json_pack("{s:b}", "none", 0),
	    json_pack("{s:s, s:b}", "text", "x", "none", 1),
	    json_pack("{s:s, s:s}", "text", "x", "more", "y"), text(most),
	    json_pack("{s:i}", "text", 1)};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		json_decref(lobby_ask(l, LOBBY_KIOSK, 400, "POST /v1/checkins",
		    walk_in(l, "checked", "Anna", bad[i])));
	most[4096] = '\0';
	char number[16];
	comes(l, "Anna", text(most), false, number);
	free(most);
}

/* Where nobody asks, it is not even looked at. */
static void document__type_without__is_as_before(void **state)
{
	struct lobby *l = *state;
	char zone[92];
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins",
	    walk_in(l, "plain", "Bert Brown", text(anna(zone))));
	assert_string_equal(text_of(a, "outcome"), "welcome");
	json_decref(a);
	a = show(l, "1");
	assert_int_equal(json_array_size(json_object_get(a, "documents")), 0);
	json_decref(a);
	a = lobby_ask(l, LOBBY_KIOSK, 200, "GET /v1/kiosk", NULL);
	const json_t *t;
	size_t i;
	int asked = 0;
	json_array_foreach(json_object_get(a, "types"), i, t)
	{
		bool checked =
		    str_eq(text_of(t, "name"), "checked") || str_eq(text_of(t, "name"), "lasting");
		assert_true(checked == flag(t, "id"));
		assert_true(checked == (json_object_get(t, "id") != NULL));
		const char *step =
		    json_string_value(json_array_get(json_object_get(t, "steps"), 1));
		assert_true(checked == str_eq(step, "document"));
		asked += checked;
	}
	assert_int_equal(asked, 2);
	json_decref(a);
}

/* Whoever is to show one hears of it before the way is made; nobody else is troubled. */
static void document__invitation__says_to_bring_one(void **state)
{
	static const char *const types[] = {"checked", "plain"};
	struct lobby *l = *state;
	for (int i = 0; i < 2; i++) {
		json_t *inv = lobby_ask(l, LOBBY_STAFF, 201, "POST /v1/invitations",
		    json_pack("{s:s, s:s, s:s, s:s, s:I}", "host", "aroth", "name", "Anna Eriksson",
			"mail", "anna@guest.example", "type", types[i], "until_ms",
			(json_int_t)(l->clock.wall_ms + 4 * (int64_t)CLOCK_HOUR)));
		assert_true(flag(inv, "document") == (i == 0));
		json_t *mail = lobby_courier(l, "notify:mail", "mail", NULL);
		assert_string_equal(text_of(mail, "template"), "invitation");
		const json_t *said = json_object_get(json_object_get(mail, "vars"), "document");
		assert_true((said != NULL) == (i == 0));
		json_decref(mail), json_decref(inv);
	}
}

/* The kiosk tells it before anything is read. */
static void document__what_is_kept__is_told_the_kiosk(void **state)
{
	struct lobby *l = *state;
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 200, "GET /v1/kiosk", NULL);
	const json_t *t;
	size_t i;
	int told = 0;
	json_array_foreach(json_object_get(a, "types"), i, t)
	{
		const json_t *keep = json_object_get(t, "id_keep");
		if (keep == NULL)
			continue;
		assert_string_not_equal(text_of(t, "name"), "plain");
		assert_int_equal(json_object_size(keep), CONF_ID_PARTS);
		assert_int_equal(
		    json_integer_value(json_object_get(keep, "number")), (json_int_t)CLOCK_DAY);
		told++;
	}
	assert_int_equal(told, 2); /* checked, lasting */
	json_decref(a);
}

static void document__invited__once_for_the_visit(void **state)
{
	struct lobby *l = *state;
	char zone[92];
	json_t *inv = lobby_ask(l, LOBBY_STAFF, 201, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:I}", "host", "aroth", "name", "Anna Eriksson", "type",
		"checked", "until_ms", (json_int_t)(l->clock.wall_ms + 4 * (int64_t)CLOCK_HOUR)));
	assert_true(flag(inv, "document"));
	const char *pass = text_of(inv, "pass");
	json_t *a =
	    lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", pass));
	assert_true(flag(a, "document"));
	json_decref(a);
	json_t *body = json_pack("{s:s, s:o}", "pass", pass, "document", text(anna(zone)));
	a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", body);
	assert_string_equal(text_of(a, "outcome"), "welcome");
	json_decref(a);
	json_t *line = lobby_print(l);
	const char *badge = text_of(json_object_get(line, "slots"), "pass");
	lobby_sign_out(l, badge, true);
	a = lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", badge));
	assert_null(json_object_get(a, "document"));
	json_decref(a);
	/* Back again; whatever they show now is not looked at. */
	body = json_pack("{s:s, s:o}", "pass", badge, "document", text("nothing"));
	a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", body);
	assert_string_equal(text_of(a, "outcome"), "welcome");
	json_decref(a);
	a = show(l, "1");
	assert_int_equal(json_array_size(json_object_get(a, "documents")), 1);
	json_decref(a), json_decref(line), json_decref(inv);
}

/* --- at the desk ------------------------------------------------------------------------- */

static json_t *act(
    struct lobby *l, int status, const char *number, const char *verb, json_t *own_body)
{
	char path[64];
	assert_true(str_print(path, sizeof path, "POST /v1/visits/%s/%s", number, verb));
	return lobby_ask(l, LOBBY_STAFF, status, path, own_body != NULL ? own_body : json_object());
}

static void refused(
    struct lobby *l, const char *number, const char *verb, json_t *own_body, const char *word)
{
	json_t *a = act(l, 409, number, verb, own_body);
	assert_string_equal(text_of(a, "error"), word);
	json_decref(a);
}

static void document__desk__lets_in_whom_it_has_seen(void **state)
{
	struct lobby *l = *state;
	char number[16];
	comes(l, "Anna Eriksson", NULL, false, number);
	refused(l, number, "approve", NULL, "no-document");
	refused(l, number, "checkin", NULL, "no-document");
	json_t *v = act(l, 201, number, "documents",
	    json_pack("{s:s, s:s, s:s, s:s, s:s}", "how", "seen", "kind", "id-card", "state", "DEU",
		"expiry", "2030-01-31", "reason", "the scanner did not read it"));
	const json_t *d = look(v, 0);
	assert_string_equal(text_of(d, "how"), "desk");
	assert_string_equal(text_of(d, "verdict"), "seen");
	assert_string_equal(text_of(d, "state"), "DEU");
	assert_string_equal(text_of(d, "checked_name"), "desk");
	assert_string_equal(text_of(v, "state"), "waiting"); /* a look lets nobody in by itself */
	json_decref(v);
	v = act(l, 200, number, "checkin", NULL);
	assert_string_equal(text_of(v, "state"), "inside");
	json_decref(v);

	comes(l, "Bert Brown", json_pack("{s:b}", "none", 1), false, number);
	v = act(l, 201, number, "documents",
	    json_pack("{s:s, s:s}", "how", "vouched", "reason", "Ms Roth knows him"));
	assert_string_equal(text_of(look(v, 1), "verdict"), "vouched");
	assert_false(flag(look(v, 1), "matched"));
	json_decref(v);
	v = act(l, 200, number, "approve", NULL);
	assert_string_equal(text_of(v, "state"), "inside");
	json_decref(v);

	comes(l, "Carl Cole", NULL, false, number);
	v = act(l, 200, number, "refuse", json_pack("{s:s}", "reason", "nobody knows him"));
	assert_string_equal(text_of(v, "state"), "refused");
	json_decref(v);
	refused(l, number, "documents",
	    json_pack("{s:s, s:s, s:s}", "how", "seen", "kind", "visa", "reason", "x"), "refused");
}

static void document__desk__bad_bodies(void **state)
{
	struct lobby *l = *state;
	char number[16];
	static const char *const bad[] = {"{}", "{\"how\": \"seen\", \"kind\": \"passport\"}",
	    "{\"how\": \"seen\", \"kind\": \"passport\", \"reason\": \"\"}",
	    "{\"how\": \"seen\", \"reason\": \"x\"}",
	    "{\"how\": \"looked\", \"kind\": \"passport\", \"reason\": \"x\"}",
	    "{\"how\": \"seen\", \"kind\": \"library\", \"reason\": \"x\"}",
	    "{\"how\": \"vouched\", \"kind\": \"passport\", \"reason\": \"x\"}",
	    "{\"how\": \"seen\", \"kind\": \"passport\", \"state\": \"de\", \"reason\": \"x\"}",
	    "{\"how\": \"seen\", \"kind\": \"passport\", \"expiry\": \"2030-02-30\", \"reason\": "
	    "\"x\"}",
	    "{\"how\": \"seen\", \"kind\": \"passport\", \"number\": \"L898902C3\", \"reason\": "
	    "\"x\"}"};
	comes(l, "Anna Eriksson", NULL, false, number);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		json_decref(act(l, 400, number, "documents", json_loads(bad[i], 0, NULL)));
	json_t *v = show(l, number);
	assert_int_equal(json_array_size(json_object_get(v, "documents")), 0);
	json_decref(v);
}

/* --- what is kept ------------------------------------------------------------------------ */

/* Part p of the first look, opened with the key that is not foyerd's. */
static void assert_kept(const json_t *visit, const char *part, const char *want)
{
	const json_t *k;
	struct seal_secret *s = NULL;
	struct err e = {0};
	char got[SEAL_MOST + 1];
	size_t i;
	bool found = false;
	assert_int_equal(seal_secret_load(&s, seal_key, &e), ERR_OK);
	json_array_foreach(json_object_get(look(visit, 0), "kept"), i, k)
	{
		if (!str_eq(text_of(k, "part"), part))
			continue;
		assert_int_equal(seal_open(s, got, text_of(k, "sealed"), &e), ERR_OK);
		assert_string_equal(got, want);
		found = true;
	}
	seal_secret_free(s);
	assert_true(found == (want[0] != '\0'));
}

static bool book_holds(struct lobby *l, const char *word)
{
	char path[PATH_MAX], *data;
	struct err e = {0};
	size_t n;
	static const char *const files[] = {"book", "book-wal"};
	bool found = false;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(path_join(path, l->dir, files[i], &e), ERR_OK);
		if (path_read(&data, &n, path, 64 << 20, &e) != ERR_OK)
			continue;
		found |= memmem(data, n, word, strlen(word)) != NULL;
		free(data);
	}
	return found;
}

static void document__kept__sealed_for_another(void **state)
{
	struct lobby *l = *state;
	char zone[92], number[16];
	comes(l, "Michael Sample", text(licence), true, number);
	json_t *v = show(l, number);
	assert_kept(v, "name", "MICHAEL JOHN SAMPLE JR");
	assert_kept(v, "number", "T64235789");
	assert_kept(v, "birth", "1986-06-06");
	assert_kept(v, "address", "2300 WEST BROAD STREET, 232690000 RICHMOND");
	const json_t *first = json_array_get(json_object_get(look(v, 0), "kept"), 0);
	assert_string_equal(text_of(first, "part"), "address");
	assert_true(json_integer_value(json_object_get(first, "until_ms")) ==
		    l->clock.wall_ms + 30 * (int64_t)CLOCK_DAY);
	json_decref(v);
	passport(zone, "ERIKSSON<<ANNA", "L898902C3", "740812", "341210");
	comes(l, "Bert Brown", text(zone), false,
	    number); /* a doubtful one too, and what it does not say is not kept */
	v = show(l, number);
	assert_kept(v, "name", "Anna Eriksson");
	assert_kept(v, "address", "");
	json_decref(v);
	/* No answer that is kept under a key has a box. */
	v = act(l, 201, number, "documents",
	    json_pack("{s:s, s:s, s:s}", "how", "seen", "kind", "visa", "reason", "x"));
	char *all = json_dumps(v, 0);
	assert_non_null(strstr(all, "until_ms"));
	assert_null(strstr(all, "sealed"));
	free(all);
	json_decref(v);
	static const char *const secrets[] = {
	    "T64235789", "L898902C3", "BROAD STREET", "MICHAEL JOHN", "Eriksson", "1986-06-06"};
	for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
		assert_false(book_holds(l, secrets[i]));
	assert_true(book_holds(l, "Michael Sample")); /* the visitor's own word, as ever */
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, lobby_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(document__good__comes_in),
	    TEST(document__doubt__waits_with_a_reason_for_reception),
	    TEST(document__other_name__is_told_again),
	    TEST(document__bad_bodies),
	    TEST(document__type_without__is_as_before),
	    TEST(document__invited__once_for_the_visit),
	    TEST(document__desk__lets_in_whom_it_has_seen),
	    TEST(document__desk__bad_bodies),
	    cmocka_unit_test_setup_teardown(
		document__kept__sealed_for_another, setup_keeping, lobby_teardown),
	    cmocka_unit_test_setup_teardown(
		document__invitation__says_to_bring_one, setup, lobby_teardown),
	    cmocka_unit_test_setup_teardown(
		document__what_is_kept__is_told_the_kiosk, setup_keeping, lobby_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
