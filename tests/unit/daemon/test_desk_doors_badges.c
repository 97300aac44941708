/* Doors, badges and printers as the desk moves them, through the API. */
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

static void desk__doors__full_is_told_and_stops_nobody(void **state)
{
	struct lobby *l = *state;
	for (int i = 0; i < 3; i++) { /* two numbers are configured */
		json_t *inv = lobby_invite(l, 2);
		json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins",
		    lobby_agreed(l, text_of(inv, "pass")));
		assert_string_equal(text_of(a, "outcome"), "welcome");
		assert_string_equal(text_of(a, "doors"), i < 2 ? "pending" : "none");
		json_decref(a), json_decref(inv);
	}
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	assert_string_equal(
	    text_of(json_array_get(json_object_get(w, "items"), 0), "reason"), "doors-full");
	json_decref(w);
}

static void desk__doors__a_foreign_card_under_our_number_is_left_alone(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *grant = lobby_courier(l, "access:main", "grant",
	    json_pack("{s:s, s:s}", "result", "failed", "class", "foreign-card"));
	assert_true(json_is_true(json_object_get(grant, "fresh")));
	assert_true(json_is_false(json_object_get(grant, "issued")));
	json_t *badge = lobby_print(l);
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts",
	    lobby_pass(text_of(json_object_get(badge, "slots"), "pass"))));
	lobby_courier(l, "access:main", NULL, NULL);
	json_decref(badge);
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/visits/1", NULL);
	assert_string_equal(
	    text_of(json_array_get(json_object_get(w, "waiting"), 0), "reason"), "doors-failed");
	json_decref(w), json_decref(grant), json_decref(inv);
}

static void desk__doors__a_returnable_card_is_out_until_reception_has_it_back(void **state)
{
	struct lobby *l = *state;
	l->d.conf->site.door_right = CONF_DOOR_CARD;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_print(l);
	assert_string_equal(text_of(json_object_get(badge, "slots"), "door_code"), "");
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	assert_string_equal(
	    text_of(json_array_get(json_object_get(w, "items"), 0), "reason"), "hand-card");
	json_decref(w);

	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts",
	    lobby_pass(text_of(json_object_get(badge, "slots"), "pass"))));
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	json_t *row = json_array_get(json_object_get(w, "items"), 0);
	assert_int_equal(json_array_size(json_object_get(w, "items")), 1);
	assert_string_equal(text_of(row, "reason"), "card-back");
	struct err e;
	int64_t taken;
	assert_int_equal(db_card_count(l->d.book, 1000, 1001, &taken, &e), ERR_OK);
	assert_int_equal(taken, 1); /* nobody else gets a card that is still out */
	char path[80];
	(void)snprintf(path, sizeof path, "POST /v1/waiting/%s/resolve", text_of(row, "id"));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, path, json_pack("{s:s}", "reason", "returned")));
	assert_int_equal(db_card_count(l->d.book, 1000, 1001, &taken, &e), ERR_OK);
	assert_int_equal(taken, 0);
	json_decref(w), json_decref(badge), json_decref(inv);
}

static void desk__refuse__inside_leaves_no_way_to_doors(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	json_decref(lobby_print(l));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/refuse",
	    json_pack("{s:s}", "reason", "the host said no")));
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	json_decref(lobby_ask(l, LOBBY_STAFF, 409, "POST /v1/visits/1/reprint", json_object()));
	lobby_later(l, 1);
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/extend",
	    json_pack("{s:I}", "until_ms", (json_int_t)(l->clock.wall_ms + CLOCK_HOUR))));
	lobby_courier(l, "access:main", NULL, NULL); /* longer, but nobody stands behind it */
	assert_shows(l, "authorised_by", "rule:escorted-walk-in");
	json_decref(inv);
}

static void desk__badge__extend_reprints_and_the_old_copy_is_no_way_back(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *old = lobby_print(l);
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/extend",
	    json_pack("{s:I}", "until_ms", (json_int_t)(l->clock.wall_ms + 4 * CLOCK_HOUR))));
	json_t *new = lobby_print(l);
	assert_string_equal(text_of(new, "title"), "000001-2");
	const char *pass = text_of(json_object_get(old, "slots"), "pass");
	assert_refused(l, pass, "replaced");
	json_t *no = lobby_ask(l, LOBBY_KIOSK, 422, "POST /v1/signouts", lobby_pass(pass));
	assert_string_equal(text_of(no, "error"), "replaced");
	json_t *body = lobby_pass(text_of(json_object_get(new, "slots"), "pass"));
	json_object_set_new(body, "coming_back", json_true());
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts", body));
	assert_refused(l, pass, "replaced");
	json_decref(lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/scan",
	    json_pack("{s:s}", "text", text_of(json_object_get(new, "slots"), "pass"))));
	json_decref(no);
	json_decref(old), json_decref(new), json_decref(inv);
}

static void desk__print__trouble_goes_to_the_spare_printer_after_a_confirmed_cancel(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	for (int i = 0; i < 2; i++) {
		json_decref(lobby_courier(l, "print:lobby", "print",
		    json_pack("{s:s, s:s}", "result", "retry", "class", "printer-off")));
		lobby_courier(l, "print:spare", NULL, NULL);
	}
	json_t *cancel = lobby_courier(l, "print:lobby", "print-cancel",
	    json_pack("{s:s, s:s}", "result", "done", "was", "canceled"));
	json_t *line = lobby_courier(l, "print:spare", "print", NULL);
	/* One badge wherever it is printed, and another than every one of that number before it. */
	assert_string_equal(text_of(line, "title"), "000001-1");
	assert_string_equal(text_of(cancel, "title"), "000001-1");
	assert_true(json_integer_value(json_object_get(line, "issued_ms")) > 0);
	assert_true(
	    json_equal(json_object_get(line, "issued_ms"), json_object_get(cancel, "issued_ms")));
	lobby_courier(l, "print:lobby", NULL, NULL);
	assert_shows(l, "badge", "printed");
	json_decref(cancel), json_decref(line), json_decref(inv);
}

/* Reading only: how many jobs does the visit have? */
static size_t jobs_of(struct lobby *l)
{
	json_t *v = lobby_show(l);
	size_t n = json_array_size(json_object_get(v, "jobs"));
	json_decref(v);
	return n;
}

static void desk__print__two_empty_printers_do_not_toss_a_badge_to_and_fro(void **state)
{
	struct lobby *l = *state;
	struct conf_kiosk *k = &l->d.conf->kiosks[l->d.conf->n_kiosks++];
	*k = l->d.conf->kiosks[0];
	(void)str_copy(k->name, sizeof k->name, "other");
	(void)str_copy(k->printer, sizeof k->printer, "spare");
	(void)str_copy(k->fallback, sizeof k->fallback, "lobby");
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	for (int i = 0; i < 2; i++)
		json_decref(lobby_courier(l, "print:lobby", "print",
		    json_pack("{s:s, s:s}", "result", "retry", "class", "out-of-media")));
	json_decref(lobby_courier(l, "print:lobby", "print-cancel",
	    json_pack("{s:s, s:s}", "result", "done", "was", "canceled")));
	size_t before = jobs_of(l);
	for (int i = 0; i < 8; i++)
		json_decref(lobby_courier(l, "print:spare", "print",
		    json_pack("{s:s, s:s}", "result", "retry", "class", "out-of-media")));
	assert_int_equal(jobs_of(l), before);
	json_decref(inv);
}

static void desk__doors__a_number_that_a_controller_cannot_take_stops_nobody(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_print(l);
	const char *pass = text_of(json_object_get(badge, "slots"), "pass");
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	lobby_sign_out(l, pass, true);
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	l->d.conf->controllers[0].card_first = 5000; /* foyer.conf was changed over lunch */
	l->d.conf->controllers[0].card_last = 5001;
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_pass(pass));
	assert_string_equal(text_of(a, "outcome"), "welcome");
	assert_string_equal(text_of(a, "doors"), "none");
	json_decref(a), json_decref(badge), json_decref(inv);
}

static void desk__revoke__acknowledged_keeps_the_alarm(void **state)
{
	struct lobby *l = *state;
	struct err e;
	struct db_stats s;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/checkout", json_object()));
	json_decref(lobby_courier(l, "access:main", "revoke",
	    json_pack("{s:s, s:s}", "result", "failed", "class", "out-of-range")));
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	assert_string_equal(
	    text_of(json_array_get(json_object_get(w, "items"), 0), "reason"), "right-stays");
	json_decref(w);
	json_t *list = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/jobs?state=failed", NULL);
	const char *id = text_of(json_array_get(json_object_get(list, "items"), 0), "id");
	char path[80];
	(void)snprintf(path, sizeof path, "POST /v1/jobs/%s/acknowledge", id);
	json_decref(
	    lobby_ask(l, LOBBY_STAFF, 200, path, json_pack("{s:s}", "reason", "burnt down")));
	assert_int_equal(db_stats(l->d.book, &s, &e), ERR_OK);
	assert_int_equal(s.credentials_acknowledged, 1);
	assert_shows(l, "doors", "trouble");
	/* It turns up again: what was acknowledged can still be tried. */
	(void)snprintf(path, sizeof path, "POST /v1/jobs/%s/retry", id);
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, path, json_object()));
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	assert_shows(l, "doors", "withdrawn");
	json_decref(list), json_decref(inv);
}

static size_t open_waiting(struct lobby *l, char id[UUID_TEXT_SZ])
{
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	size_t n = json_array_size(json_object_get(w, "items"));
	if (n > 0)
		(void)str_copy(id, UUID_TEXT_SZ,
		    text_of(json_array_get(json_object_get(w, "items"), n - 1), "id"));
	json_decref(w);
	return n;
}

/* Many days, each with a card handed out and given back: what is back is not asked for again, and its number is another's. */
static void desk__doors__a_card_given_back_over_lunch_is_not_asked_for_again(void **state)
{
	struct lobby *l = *state;
	struct err e;
	int64_t taken;
	char id[UUID_TEXT_SZ], path[80];
	l->d.conf->site.door_right = CONF_DOOR_CARD;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_print(l);
	const char *pass = text_of(json_object_get(badge, "slots"), "pass");
	for (int i = 0; i < 20; i++) {
		json_decref(lobby_courier(l, "access:main", "grant", NULL));
		lobby_sign_out(l, pass, true);
		if (i % 2 == 0) /* the controller's word comes first, or the card does */
			json_decref(lobby_courier(l, "access:main", "revoke", NULL));
		assert_int_equal(open_waiting(l, id), 1);
		assert_int_equal(db_card_count(l->d.book, 1000, 1001, &taken, &e), ERR_OK);
		assert_int_equal(taken, 1);
		(void)snprintf(path, sizeof path, "POST /v1/waiting/%s/resolve", id);
		json_decref(
		    lobby_ask(l, LOBBY_STAFF, 200, path, json_pack("{s:s}", "reason", "back")));
		if (i % 2 != 0)
			json_decref(lobby_courier(l, "access:main", "revoke", NULL));
		assert_int_equal(db_card_count(l->d.book, 1000, 1001, &taken, &e), ERR_OK);
		assert_int_equal(taken, 0);
		if (i < 19)
			json_decref(
			    lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_pass(pass)));
	}
	lobby_later(l, 15 * 60); /* the day is over */
	assert_shows(l, "state", "ended");
	assert_int_equal(open_waiting(l, id), 0);
	json_decref(badge), json_decref(inv);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, lobby_setup, lobby_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(desk__doors__full_is_told_and_stops_nobody),
	    TEST(desk__doors__a_foreign_card_under_our_number_is_left_alone),
	    TEST(desk__doors__a_returnable_card_is_out_until_reception_has_it_back),
	    TEST(desk__refuse__inside_leaves_no_way_to_doors),
	    TEST(desk__badge__extend_reprints_and_the_old_copy_is_no_way_back),
	    TEST(desk__print__trouble_goes_to_the_spare_printer_after_a_confirmed_cancel),
	    TEST(desk__print__two_empty_printers_do_not_toss_a_badge_to_and_fro),
	    TEST(desk__doors__a_number_that_a_controller_cannot_take_stops_nobody),
	    TEST(desk__revoke__acknowledged_keeps_the_alarm),
	    TEST(desk__doors__a_card_given_back_over_lunch_is_not_asked_for_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
