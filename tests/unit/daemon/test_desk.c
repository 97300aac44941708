/* What makes visits happen, through the API: rows, jobs and what couriers are told. */
#include "tests/unit/daemon/lobby.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "base/str.h"
#include "db/card.h"
#include "db/stats.h"

static void desk__checkin__everything_follows_and_is_said_when_done(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	json_decref(lobby_courier(l, "notify:mail", "mail", NULL));
	lobby_checkin(l, text_of(inv, "pass"));
	assert_shows(l, "doors", "pending");

	json_t *grant = lobby_courier(l, "access:main", "grant", NULL);
	json_int_t card = json_integer_value(json_object_get(grant, "card"));
	assert_in_range(card, 1000, 1001);
	assert_int_equal(json_array_size(json_object_get(grant, "doors")), 2);
	json_t *profile = json_array_get(json_object_get(grant, "profiles"), 0);
	assert_string_equal(text_of(profile, "to"), "12:30"); /* 12:00 and half an hour to leave */
	assert_string_equal(text_of(profile, "last"), "2026-11-23");
	assert_shows(l, "doors", "open");

	json_t *badge = lobby_print(l);
	json_t *slots = json_object_get(badge, "slots");
	assert_string_equal(text_of(badge, "title"), "000001-1");
	assert_int_equal(strtoll(text_of(slots, "door_code"), NULL, 10), card);
	assert_string_equal(text_of(slots, "escort"), "");
	assert_shows(l, "badge", "printed");

	json_t *mail = lobby_courier(l, "notify:mail", "mail", NULL);
	assert_string_equal(text_of(mail, "template"), "host-arrival");
	assert_string_equal(text_of(mail, "lang"), "de");
	assert_string_equal(text_of(json_object_get(mail, "to"), "mail"), "anna@house.example");
	assert_null(json_object_get(json_object_get(mail, "vars"), "code"));
	assert_null(json_object_get(mail, "pass"));
	json_decref(mail), json_decref(badge), json_decref(grant), json_decref(inv);
}

static void desk__checkin__same_key_same_answer_one_stay(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	json_t *body = lobby_agreed(l, text_of(inv, "pass"));
	json_t *a =
	    lobby_ask_again(l, LOBBY_KIOSK, 201, "POST /v1/checkins", json_incref(body), 777);
	json_t *b =
	    lobby_ask_again(l, LOBBY_KIOSK, 201, "POST /v1/checkins", json_incref(body), 777);
	assert_true(json_equal(a, b));
	json_object_set_new(body, "lang", json_string("de"));
	json_t *c = lobby_ask_again(l, LOBBY_KIOSK, 409, "POST /v1/checkins", body, 777);
	assert_string_equal(text_of(c, "error"), "key-reused");
	json_t *v = lobby_show(l);
	assert_int_equal(json_array_size(json_object_get(v, "stays")), 1);
	json_decref(a), json_decref(b), json_decref(c), json_decref(v), json_decref(inv);
}

static void desk__checkin__disagreeing_leads_to_reception(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	json_t *body = lobby_agreed(l, text_of(inv, "pass"));
	json_object_set_new(json_object_get(body, "agreement"), "accepted", json_false());
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", body);
	assert_string_equal(text_of(a, "outcome"), "reception");
	assert_string_equal(text_of(a, "reason"), "not-agreed");
	assert_shows(l, "state", "waiting");
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	assert_int_equal(json_array_size(json_object_get(w, "items")), 1);
	lobby_courier(l, "access:main", NULL, NULL);
	lobby_courier(l, "print:lobby", NULL, NULL);
	json_decref(a), json_decref(w), json_decref(inv);
}

static void desk__checkin__agreement_must_be_the_one_there_is(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	json_t *body = lobby_agreed(l, text_of(inv, "pass"));
	json_object_set_new(
	    json_object_get(body, "agreement"), "version", json_string("0123456789abcdef"));
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 409, "POST /v1/checkins", body);
	assert_string_equal(text_of(a, "error"), "agreement-changed");
	json_t *b =
	    lobby_ask(l, LOBBY_KIOSK, 422, "POST /v1/checkins", lobby_pass(text_of(inv, "pass")));
	assert_string_equal(text_of(b, "error"), "needs-agreement");
	assert_shows(l, "state", "expected");
	json_decref(a), json_decref(b), json_decref(inv);
}

static void desk__walk_in__is_escorted_until_approved(void **state)
{
	struct lobby *l = *state;
	json_t *a =
	    lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_walk_in(l, "Max Muster"));
	assert_string_equal(text_of(a, "outcome"), "welcome");
	assert_true(json_is_true(json_object_get(a, "escort")));
	assert_string_equal(text_of(a, "doors"), "none");
	json_t *badge = lobby_print(l);
	assert_string_equal(text_of(json_object_get(badge, "slots"), "escort"), "ESCORT");
	assert_string_equal(text_of(json_object_get(badge, "slots"), "door_code"), "");
	lobby_courier(l, "access:main", NULL, NULL);
	json_t *mail = lobby_courier(l, "notify:mail", "mail", NULL);
	assert_string_equal(text_of(mail, "template"), "host-approval");
	json_decref(mail), json_decref(badge), json_decref(a);

	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/approve", json_object()));
	badge = lobby_print(l);
	assert_string_equal(text_of(badge, "title"), "000001-2");
	assert_string_equal(text_of(json_object_get(badge, "slots"), "escort"), "");
	assert_in_range(
	    strtoll(text_of(json_object_get(badge, "slots"), "door_code"), NULL, 10), 1000, 1001);
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	assert_shows(l, "doors", "open");
	json_decref(badge);
}

static void desk__walk_in__hostile_text_is_cleaned_or_refused(void **state)
{
	struct lobby *l = *state;
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins",
	    lobby_walk_in(l, "\x1b]0;owned\x07 O'Brien\"; DROP TABLE visit;-- \xe2\x80\xae%_"));
	const char *name = text_of(a, "name");
	assert_null(strchr(name, '\x1b'));
	assert_null(strstr(name, "\xe2\x80\xae"));
	assert_non_null(strstr(name, "O'Brien"));
	json_decref(a);
	char *big = malloc(10001);
	memset(big, 'x', 10000);
	big[10000] = '\0';
	static const char *const empty[] = {"", "   ", "\xe2\x80\x8b\xe2\x80\x8b"};
	json_decref(lobby_ask(l, LOBBY_KIOSK, 400, "POST /v1/checkins", lobby_walk_in(l, big)));
	for (int i = 0; i < 3; i++)
		json_decref(lobby_ask(
		    l, LOBBY_KIOSK, 400, "POST /v1/checkins", lobby_walk_in(l, empty[i])));
	free(big);
}

static void desk__signout__right_goes_and_comes_again_with_the_same_badge(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 4);
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	json_t *badge = lobby_print(l);
	const char *pass = text_of(json_object_get(badge, "slots"), "pass");
	assert_refused(l, text_of(inv, "pass"), "already-inside");

	json_t *scan =
	    lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", pass));
	assert_string_equal(text_of(scan, "what"), "leave");
	json_t *body = lobby_pass(pass);
	json_object_set_new(body, "coming_back", json_true());
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts", body));
	assert_shows(l, "state", "out");
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	assert_shows(l, "doors", "withdrawn");
	json_decref(scan);

	scan = lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", pass));
	assert_string_equal(text_of(scan, "what"), "return");
	assert_string_equal(text_of(scan, "agreement"), "");
	json_t *back = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_pass(pass));
	assert_string_equal(text_of(back, "badge"), "none");
	assert_string_equal(text_of(back, "doors"), "pending");
	json_t *grant = lobby_courier(l, "access:main", "grant", NULL);
	assert_int_equal(json_integer_value(json_object_get(grant, "card")),
	    strtoll(text_of(json_object_get(badge, "slots"), "door_code"), NULL, 10));
	lobby_courier(l, "print:lobby", NULL, NULL);
	json_decref(scan), json_decref(back), json_decref(grant), json_decref(badge),
	    json_decref(inv);
}

/* Out of the door while the printer was still telling: the badge in the visitor's hand is the way back. */
static void desk__signout__overtakes_a_badge_that_came_out_all_the_same(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 4);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_courier(l, "print:lobby", "print",
	    json_pack("{s:s, s:s}", "result", "retry", "class", "pending"));
	const char *pass = text_of(json_object_get(badge, "slots"), "pass");
	json_t *body = lobby_pass(pass);
	json_object_set_new(body, "coming_back", json_true());
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts", body));
	assert_refused(l, pass, "replaced"); /* so far it was never printed */
	json_decref(lobby_courier(l, "print:lobby", "print-cancel",
	    json_pack("{s:s, s:s}", "result", "done", "was", "completed")));
	json_t *scan =
	    lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", pass));
	assert_string_equal(text_of(scan, "what"), "return");
	json_t *back = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_pass(pass));
	assert_string_equal(text_of(back, "badge"), "none");
	json_decref(scan), json_decref(back), json_decref(badge), json_decref(inv);
}

/* The printer is stuck, and the visitor is gone for good: the label must not come out when somebody mends the printer. */
static void desk__signout__for_good_takes_back_a_badge_that_waits(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 4);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_courier(l, "print:lobby", "print",
	    json_pack("{s:s, s:s}", "result", "retry", "class", "media-jam"));
	lobby_sign_out(l, text_of(json_object_get(badge, "slots"), "pass"), false);
	json_t *line = lobby_courier(l, "print:lobby", "print-cancel", NULL);
	assert_string_equal(text_of(line, "title"), "000001-1");
	lobby_courier(l, "print:lobby", NULL, NULL);
	json_decref(line), json_decref(badge), json_decref(inv);
}

static void desk__signout__overtakes_a_grant_and_a_return_overtakes_a_revoke(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 4);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_print(l);
	json_t *body = lobby_pass(text_of(json_object_get(badge, "slots"), "pass"));
	json_object_set_new(body, "coming_back", json_true());
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts", body));
	/* The controller was away: it never hears of the grant, but the revoke goes all the same. */
	json_decref(
	    lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_pass(text_of(inv, "pass"))));
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	assert_shows(l, "doors", "open");
	lobby_courier(l, "access:main", NULL, NULL);
	json_decref(badge), json_decref(inv);
}

static void desk__time__runs_out(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	lobby_later(l, 149); /* 12:29 */
	lobby_courier(l, "access:main", NULL, NULL);
	lobby_later(l, 1);
	json_decref(lobby_courier(l, "access:main", "revoke",
	    json_pack("{s:s, s:s}", "result", "retry", "class", "timeout")));
	assert_shows(l, "doors", "trouble");
	assert_shows(l, "state", "inside"); /* the muster still counts them */
	lobby_later(l, 1);
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	assert_shows(l, "doors", "withdrawn");
	lobby_later(l, 12 * 60);
	assert_shows(l, "state", "ended");
	json_decref(inv);
}

static void desk__scan__each_refusal_has_its_word(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	char pass[200];
	assert_true(str_copy(pass, sizeof pass, text_of(inv, "pass")));
	char typed[220];
	(void)snprintf(typed, sizeof typed, "\t %s \r\n", pass); /* as some scanners type it */
	json_decref(
	    lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", typed)));
	(void)snprintf(typed, sizeof typed, " %s\r\n", text_of(inv, "code"));
	json_decref(
	    lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", typed)));
	assert_refused(l, "hello", "not-a-pass");
	assert_refused(l, "", "not-a-pass");
	pass[100] = pass[100] == 'A' ? 'B' : 'A';
	assert_refused(l, pass, "forged");
	l->d.conf->site.id = 8;
	assert_refused(l, text_of(inv, "pass"), "other-site");
	l->d.conf->site.id = 7;
	json_decref(lobby_ask(
	    l, LOBBY_STAFF, 200, "POST /v1/visits/1/cancel", json_pack("{s:s}", "reason", "ill")));
	assert_refused(l, text_of(inv, "pass"), "cancelled");
	json_decref(inv);
	inv = lobby_ask(l, LOBBY_STAFF, 201, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:I, s:I}", "host", "aroth", "name", "Early Bird", "type",
		"guest", "from_ms", (json_int_t)(l->clock.wall_ms + CLOCK_HOUR), "until_ms",
		(json_int_t)(l->clock.wall_ms + 2 * CLOCK_HOUR)));
	assert_refused(l, text_of(inv, "code"), "too-early");
	lobby_later(l, 31); /* half an hour before, it is good */
	json_t *scan = lobby_ask(
	    l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", text_of(inv, "code")));
	assert_string_equal(text_of(scan, "what"), "arrive");
	lobby_later(l, 3 * 60);
	json_decref(scan);
	scan = lobby_ask(
	    l, LOBBY_KIOSK, 200, "POST /v1/scan", json_pack("{s:s}", "text", text_of(inv, "code")));
	assert_true(json_is_true(json_object_get(scan, "late")));
	lobby_later(l, 12 * 60);
	assert_refused(l, text_of(inv, "code"), "ended");
	json_decref(scan), json_decref(inv);
}

static void desk__scan__guessing_leads_to_reception(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	for (int i = 0; i < 5; i++)
		assert_refused(l, "0000 0000", "unknown-code");
	assert_refused(l, "0000 0000", "try-reception");
	assert_refused(l, text_of(inv, "code"), "try-reception");
	/* Somebody else's guesses hold up no genuine pass. */
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan",
	    json_pack("{s:s}", "text", text_of(inv, "pass"))));
	lobby_later(l, 11);
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan",
	    json_pack("{s:s}", "text", text_of(inv, "code"))));
	json_decref(inv);
}

static void desk__invitation__cancelled_is_mailed_with_the_next_sequence(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	json_t *mail = lobby_courier(l, "notify:mail", "mail", NULL);
	assert_string_equal(text_of(mail, "template"), "invitation");
	assert_string_equal(text_of(mail, "pass"), text_of(inv, "pass"));
	assert_string_equal(text_of(json_object_get(mail, "vars"), "code"), text_of(inv, "code"));
	json_int_t first =
	    json_integer_value(json_object_get(json_object_get(mail, "ical"), "sequence"));
	json_decref(mail);
	char path[80];
	(void)snprintf(path, sizeof path, "POST /v1/invitations/%s/cancel", text_of(inv, "id"));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, path, json_object()));
	json_decref(lobby_ask(l, LOBBY_STAFF, 409, path, json_object()));
	mail = lobby_courier(l, "notify:mail", "mail", NULL);
	assert_string_equal(text_of(mail, "template"), "invitation-cancelled");
	assert_string_equal(text_of(json_object_get(mail, "ical"), "method"), "CANCEL");
	assert_true(
	    json_integer_value(json_object_get(json_object_get(mail, "ical"), "sequence")) > first);
	assert_null(json_object_get(mail, "pass"));
	json_decref(mail), json_decref(inv);
}

/* The mail server was away: what is no longer good is not mailed when it is back. */
static void desk__invitation__refused_is_not_mailed_any_more(void **state)
{
	struct lobby *l = *state;
	json_decref(lobby_invite(l, 2));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/refuse",
	    json_pack("{s:s}", "reason", "banned")));
	assert_null(lobby_courier(l, "notify:mail", "mail", NULL));
}

static void desk__host__away_is_told_through_the_deputy(void **state)
{
	struct lobby *l = *state;
	json_decref(lobby_ask(l, LOBBY_STAFF, 201, "PUT /v1/hosts/dep",
	    json_pack("{s:s, s:s}", "name", "Dora Deputy", "mail", "dora@house.example")));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "PUT /v1/hosts/aroth",
	    json_pack("{s:s, s:s, s:s, s:I, s:I}", "name", "Anna Roth", "mail",
		"anna@house.example", "deputy", "dep", "away_from_ms",
		(json_int_t)(l->clock.wall_ms - 1), "away_until_ms",
		(json_int_t)(l->clock.wall_ms + CLOCK_DAY))));
	json_t *inv = lobby_invite(l, 2);
	json_decref(lobby_courier(l, "notify:mail", "mail", NULL));
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *mail = lobby_courier(l, "notify:mail", "mail", NULL);
	assert_string_equal(text_of(json_object_get(mail, "to"), "mail"), "dora@house.example");
	json_decref(mail), json_decref(inv);
}

/* A contractor of some weeks: each return leaves a right that is history. */
static void desk__signout__the_right_goes_however_often_they_came_back(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 4);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_print(l);
	const char *pass = text_of(json_object_get(badge, "slots"), "pass");
	for (int i = 0; i <= CONF_CONTROLLERS; i++) {
		json_decref(lobby_courier(l, "access:main", "grant", NULL));
		lobby_sign_out(l, pass, true);
		json_decref(lobby_courier(l, "access:main", "revoke", NULL));
		json_decref(lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_pass(pass)));
	}
	json_decref(badge), json_decref(inv);
}

/* The permission is taken back before it had begun. */
static void desk__cancel__of_somebody_who_came_early(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_ask(l, LOBBY_STAFF, 201, "POST /v1/invitations",
	    json_pack("{s:s, s:s, s:s, s:I, s:I}", "host", "aroth", "name", "Zoë", "type", "guest",
		"from_ms", (json_int_t)(l->clock.wall_ms + 10 * CLOCK_MINUTE), "until_ms",
		(json_int_t)(l->clock.wall_ms + 2 * CLOCK_HOUR)));
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/cancel",
	    json_pack("{s:s}", "reason", "it burns")));
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/checkout",
	    json_pack("{s:b}", "coming_back", 1)));
	assert_shows(l, "state", "ended");
	json_decref(inv);
}

/* foyer.conf knows the walk-in's type no more when they come back from lunch. */
static void desk__walk_in__of_a_type_that_is_gone_sees_reception(void **state)
{
	struct lobby *l = *state;
	json_t *body = lobby_agreed(l, NULL);
	json_object_set_new(body, "walk_in",
	    json_pack("{s:s, s:s, s:s}", "type", "guest", "name", "Zoë", "host", l->host));
	json_decref(lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", body));
	json_t *badge = lobby_print(l);
	const char *pass = text_of(json_object_get(badge, "slots"), "pass");
	lobby_sign_out(l, pass, true);
	for (int i = 0; i < l->d.conf->n_types; i++)
		(void)str_copy(
		    l->d.conf->types[i].name, sizeof l->d.conf->types[i].name, "renamed");
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_pass(pass));
	assert_string_equal(text_of(a, "outcome"), "reception");
	json_decref(a), json_decref(badge);
}

static void desk__signout__an_invitation_outside_is_told_so(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 4);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_print(l);
	lobby_sign_out(l, text_of(json_object_get(badge, "slots"), "pass"), true);
	json_t *a =
	    lobby_ask(l, LOBBY_KIOSK, 422, "POST /v1/signouts", lobby_pass(text_of(inv, "pass")));
	assert_string_equal(text_of(a, "error"), "not-inside");
	json_decref(a), json_decref(badge), json_decref(inv);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, lobby_setup, lobby_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(desk__checkin__everything_follows_and_is_said_when_done),
	    TEST(desk__checkin__same_key_same_answer_one_stay),
	    TEST(desk__checkin__disagreeing_leads_to_reception),
	    TEST(desk__checkin__agreement_must_be_the_one_there_is),
	    TEST(desk__walk_in__is_escorted_until_approved),
	    TEST(desk__walk_in__hostile_text_is_cleaned_or_refused),
	    TEST(desk__signout__right_goes_and_comes_again_with_the_same_badge),
	    TEST(desk__signout__overtakes_a_badge_that_came_out_all_the_same),
	    TEST(desk__signout__for_good_takes_back_a_badge_that_waits),
	    TEST(desk__signout__overtakes_a_grant_and_a_return_overtakes_a_revoke),
	    TEST(desk__time__runs_out),
	    TEST(desk__scan__each_refusal_has_its_word),
	    TEST(desk__scan__guessing_leads_to_reception),
	    TEST(desk__invitation__cancelled_is_mailed_with_the_next_sequence),
	    TEST(desk__invitation__refused_is_not_mailed_any_more),
	    TEST(desk__host__away_is_told_through_the_deputy),
	    TEST(desk__signout__the_right_goes_however_often_they_came_back),
	    TEST(desk__cancel__of_somebody_who_came_early),
	    TEST(desk__walk_in__of_a_type_that_is_gone_sees_reception),
	    TEST(desk__signout__an_invitation_outside_is_told_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
