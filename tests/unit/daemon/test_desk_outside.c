/* What the desk makes of trouble outside the house: who hears of it, and what is settled when it is over. */
#include "tests/unit/daemon/lobby.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "daemon/desk_jobs.h"
#include "daemon/doctor.h"
#include "db/job.h"

static json_t *answer(const char *result, const char *class)
{
	return json_pack("{s:s, s:s}", "result", result, "class", class);
}

/* How many open rows of this reason reception sees. */
static int waits(struct lobby *l, const char *reason)
{
	json_t *w = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/waiting", NULL);
	const json_t *row;
	size_t i;
	int n = 0;
	json_array_foreach(json_object_get(w, "items"), i, row) n +=
	    str_eq(text_of(row, "reason"), reason);
	json_decref(w);
	return n;
}

/* The id of the only job of this state. */
static void only_job(struct lobby *l, const char *state, char id[UUID_TEXT_SZ])
{
	char path[64];
	(void)str_print(path, sizeof path, "GET /v1/jobs?state=%s", state);
	json_t *list = lobby_ask(l, LOBBY_STAFF, 200, path, NULL);
	assert_int_equal(json_array_size(json_object_get(list, "items")), 1);
	(void)str_copy(
	    id, UUID_TEXT_SZ, text_of(json_array_get(json_object_get(list, "items"), 0), "id"));
	json_decref(list);
}

static void job_act(struct lobby *l, const char *state, const char *verb)
{
	char id[UUID_TEXT_SZ], path[96];
	only_job(l, state, id);
	(void)str_print(path, sizeof path, "POST /v1/jobs/%s/%s", id, verb);
	json_decref(
	    lobby_ask(l, LOBBY_STAFF, 200, path, json_pack("{s:s}", "reason", "it is mended")));
}

static struct conf_type *conf_type_named(struct lobby *l, const char *name)
{
	for (int i = 0; i < l->d.conf->n_types; i++)
		if (str_eq(l->d.conf->types[i].name, name))
			return &l->d.conf->types[i];
	fail_msg("no type %s", name);
	return NULL;
}

/* --- the badge --------------------------------------------------------------------------- */

static void desk__print__a_lost_badge_is_told_until_the_next_one_is_out(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(
	    lobby_courier(l, "print:lobby", "print", answer("failed", "print-interrupted")));
	assert_int_equal(waits(l, "badge-failed"), 1);
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/reprint", json_object()));
	json_decref(lobby_courier(l, "print:lobby", "print-cancel", NULL));
	assert_int_equal(waits(l, "badge-failed"), 1);
	json_t *line = lobby_print(l);
	assert_string_equal(text_of(line, "title"), "000001-2");
	assert_int_equal(waits(l, "badge-failed"), 0);
	json_t *failed = lobby_ask(l, LOBBY_STAFF, 200, "GET /v1/jobs?state=failed", NULL);
	assert_int_equal(json_array_size(json_object_get(failed, "items")), 0);
	json_decref(failed), json_decref(line), json_decref(inv);
}

/* The print server says the same of it for ever: staff are told what helps. */
static void desk__print__a_badge_that_may_be_out_is_printed_anew_not_retried(void **state)
{
	struct lobby *l = *state;
	char id[UUID_TEXT_SZ], path[96];
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(lobby_courier(l, "print:lobby", "print",
	    json_pack("{s:s, s:s, s:s}", "result", "failed", "class", "media-missing-history",
		"remedy", "look at the printer")));
	json_t *v = lobby_show(l);
	const json_t *job;
	size_t i;
	bool shown = false;
	json_array_foreach(json_object_get(v, "jobs"), i, job) shown |=
	    str_eq(text_of(job, "remedy"), "look at the printer");
	assert_true(shown);
	only_job(l, "failed", id);
	(void)str_print(path, sizeof path, "POST /v1/jobs/%s/retry", id);
	json_t *no = lobby_ask(l, LOBBY_STAFF, 409, path, json_object());
	assert_non_null(strstr(text_of(no, "message"), "foyer visit reprint 1"));
	json_decref(no), json_decref(v), json_decref(inv);
}

/* The visitor leaves while the printer still has the badge: its failure is nobody's business any more. */
static void desk__print__a_badge_that_was_overtaken_may_fail(void **state)
{
	struct lobby *l = *state;
	struct err e;
	struct db_job job;
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	assert_int_equal(foyerd_begin(&l->d, &e), ERR_OK);
	assert_int_equal(
	    db_job_lease(l->d.book, "print:lobby", book_now(l->d.book), &job, &e), ERR_OK);
	assert_int_equal(foyerd_end(&l->d, ERR_OK, &e), ERR_OK);
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/checkout", json_object()));
	json_t *result = answer("failed", "canceled");
	assert_int_equal(foyerd_begin(&l->d, &e), ERR_OK);
	assert_int_equal(desk_job_failed(&l->d, &job, result, &e), ERR_OK);
	assert_int_equal(foyerd_end(&l->d, ERR_OK, &e), ERR_OK);
	assert_int_equal(waits(l, "badge-failed"), 0);
	json_decref(result), json_decref(inv);
}

/* --- somebody else's card under our number ------------------------------------------------------------------------------------------ */

static int64_t card_of(const json_t *line)
{
	return json_integer_value(json_object_get(line, "card"));
}

/* A visitor came, and the controller holds another card under the number that was drawn: which one. */
static int64_t foreign(struct lobby *l)
{
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *grant = lobby_courier(l, "access:main", "grant", answer("failed", "foreign-card"));
	int64_t number = card_of(grant);
	assert_int_equal(waits(l, "doors-failed"), 1);
	json_decref(grant), json_decref(inv);
	return number;
}

static void desk__foreign_card__its_number_is_given_to_nobody(void **state)
{
	struct lobby *l = *state;
	int64_t number = foreign(l); /* of two */
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/checkout", json_object()));
	lobby_later(l, 24 * 60);
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *grant = lobby_courier(l, "access:main", "grant", NULL);
	assert_int_equal(card_of(grant), 2001 - number);
	json_decref(inv);
	inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	assert_int_equal(waits(l, "doors-full"), 1);
	json_t *checks = json_array();
	const json_t *check;
	size_t i;
	bool told = false;
	doctor_house(&l->d, checks);
	json_array_foreach(checks, i, check) told |=
	    str_eq(text_of(check, "name"), "door cards") &&
	    strstr(text_of(check, "text"), "set aside") != NULL;
	assert_true(told);
	json_decref(checks), json_decref(grant), json_decref(inv);
}

static void desk__foreign_card__another_badge_has_another_number(void **state)
{
	struct lobby *l = *state;
	char code[16];
	int64_t number = foreign(l);
	json_decref(lobby_print(l));
	assert_shows(l, "doors", "trouble");
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/reprint", json_object()));
	json_t *badge = lobby_print(l), *grant = lobby_courier(l, "access:main", "grant", NULL);
	assert_int_equal(card_of(grant), 2001 - number);
	assert_true(json_is_true(json_object_get(grant, "fresh")));
	(void)str_print(code, sizeof code, "%lld", (long long)card_of(grant));
	assert_string_equal(text_of(json_object_get(badge, "slots"), "door_code"), code);
	assert_int_equal(waits(l, "doors-failed"), 0);
	json_decref(badge), json_decref(grant);
}

static void desk__foreign_card__retried_is_the_same_number(void **state)
{
	struct lobby *l = *state;
	int64_t number = foreign(l);
	job_act(l, "failed", "retry"); /* the number was freed on the controller */
	assert_null(lobby_courier(l, "access:main", "grant", NULL)); /* the old right is no more */
	json_t *grant = lobby_courier(l, "access:main", "grant", NULL);
	assert_int_equal(card_of(grant), number);
	assert_int_equal(waits(l, "doors-failed"), 0);
	lobby_courier(l, "access:main", NULL, NULL);
	json_decref(grant);
}

static void desk__foreign_card__retried_later_the_number_is_ours_again(void **state)
{
	struct lobby *l = *state;
	foreign(l);
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/checkout", json_object()));
	job_act(l, "failed", "retry");
	assert_null(lobby_courier(l, "access:main", "grant", NULL));
	for (int i = 0; i < 2; i++) {
		json_t *inv = lobby_invite(l, 2);
		lobby_checkin(l, text_of(inv, "pass"));
		json_decref(lobby_courier(l, "access:main", "grant", NULL));
		json_decref(inv);
	}
	assert_int_equal(waits(l, "doors-full"), 0);
}

/* The same number opens doors of a second controller, where it is nobody else's: it goes aside when that right is withdrawn. */
static void desk__foreign_card__of_two_controllers(void **state)
{
	struct lobby *l = *state;
	struct conf *conf = l->d.conf;
	conf->controllers[1] = conf->controllers[0];
	(void)str_copy(conf->controllers[1].name, sizeof conf->controllers[1].name, "yard");
	conf->n_controllers = 2;
	struct conf_group *group = NULL;
	for (int i = 0; i < conf->n_groups; i++)
		if (str_eq(conf->groups[i].name, "visitors"))
			group = &conf->groups[i];
	assert_non_null(group);
	(void)str_copy(group->doors[1].controller, sizeof group->doors[1].controller, "yard");
	foreign(l);
	json_decref(lobby_courier(l, "access:yard", "grant", NULL));
	assert_int_equal(waits(l, "doors-failed"), 1); /* one of two is not enough */
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/checkout", json_object()));
	json_decref(lobby_courier(l, "access:yard", "revoke", NULL));
	json_t *inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(inv);
	inv = lobby_invite(l, 2);
	lobby_checkin(l, text_of(inv, "pass"));
	assert_int_equal(waits(l, "doors-full"), 1);
	json_decref(inv);
}

/* --- the host ---------------------------------------------------------------------------- */

static void desk__notice__a_refused_mail_is_told_until_one_arrives(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	json_decref(lobby_courier(l, "notify:mail", "mail", NULL)); /* the invitation */
	lobby_checkin(l, text_of(inv, "pass"));
	json_decref(lobby_courier(l, "notify:mail", "mail", answer("failed", "rejected")));
	assert_int_equal(waits(l, "host-not-told"), 1);
	job_act(l, "failed", "retry");
	json_decref(lobby_courier(l, "notify:mail", "mail", NULL));
	assert_int_equal(waits(l, "host-not-told"), 0);
	json_decref(inv);
}

static void desk__notice__who_visits_nobody_is_told_to_reception(void **state)
{
	struct lobby *l = *state;
	struct conf_type *guest = conf_type_named(l, "guest");
	guest->n_steps = 1; /* nobody asks for a host */
	guest->approval = CONF_APPROVAL_NONE;
	json_t *body = lobby_walk_in(l, "Nora Nobody");
	json_object_del(json_object_get(body, "walk_in"), "host");
	json_t *a = lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", body);
	assert_string_equal(text_of(a, "outcome"), "welcome");
	assert_string_equal(text_of(a, "host"), "none");
	assert_int_equal(waits(l, "no-host"), 1);
	lobby_courier(l, "notify:mail", NULL, NULL);
	json_decref(a);
}

/* --- what a long outage of the mail server makes untrue ------------------------------------------------------------------------------------------ */

static json_t *mail(struct lobby *l)
{
	return lobby_courier(l, "notify:mail", "mail", NULL);
}

static void desk__notice__of_a_guest_who_has_left_says_so(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	json_decref(mail(l));
	lobby_checkin(l, text_of(inv, "pass"));
	json_t *badge = lobby_print(l);
	lobby_later(l, 20);
	lobby_sign_out(l, text_of(json_object_get(badge, "slots"), "pass"), true);
	lobby_later(l, 10);
	json_t *line = mail(l);
	assert_string_equal(text_of(line, "template"), "host-missed");
	const json_t *vars = json_object_get(line, "vars");
	assert_string_equal(text_of(vars, "arrived"), "2026-11-23 10:00");
	assert_string_equal(text_of(vars, "left"), "2026-11-23 10:20");
	assert_string_equal(text_of(json_object_get(line, "to"), "mail"), "anna@house.example");
	json_decref(line), json_decref(badge), json_decref(inv);
}

static void desk__notice__an_answered_question_is_not_asked_again(void **state)
{
	struct lobby *l = *state;
	json_decref(
	    lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_walk_in(l, "Will Walkin")));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/approve", json_object()));
	json_t *line = mail(l); /* the host hears all the same that somebody is there */
	assert_string_equal(text_of(line, "template"), "host-arrival");
	json_decref(line);

	json_decref(
	    lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_walk_in(l, "Wanda Walkin")));
	line = mail(l);
	assert_string_equal(text_of(line, "template"), "host-approval");
	json_decref(line);
}

static void desk__notice__nobody_is_asked_about_a_refused_visit(void **state)
{
	struct lobby *l = *state;
	conf_type_named(l, "guest")->escort = CONF_ESCORT_NEVER; /* who is not announced waits */
	json_decref(
	    lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_walk_in(l, "Will Walkin")));
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/refuse",
	    json_pack("{s:s}", "reason", "not expected")));
	assert_null(mail(l));
}

static void desk__notice__an_invitation_that_never_went_is_not_called_off(void **state)
{
	struct lobby *l = *state;
	json_t *inv = lobby_invite(l, 2);
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/1/cancel",
	    json_pack("{s:s}", "reason", "other plans")));
	assert_null(mail(l));
	assert_null(mail(l));
	lobby_courier(l, "notify:mail", NULL, NULL);
	json_decref(inv);

	inv = lobby_invite(l, 2);
	json_decref(mail(l)); /* this one went */
	json_decref(lobby_ask(l, LOBBY_STAFF, 200, "POST /v1/visits/2/cancel",
	    json_pack("{s:s}", "reason", "other plans")));
	json_t *line = mail(l);
	assert_string_equal(text_of(line, "template"), "invitation-cancelled");
	json_decref(line), json_decref(inv);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, lobby_setup, lobby_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(desk__print__a_lost_badge_is_told_until_the_next_one_is_out),
	    TEST(desk__print__a_badge_that_may_be_out_is_printed_anew_not_retried),
	    TEST(desk__print__a_badge_that_was_overtaken_may_fail),
	    TEST(desk__foreign_card__its_number_is_given_to_nobody),
	    TEST(desk__foreign_card__another_badge_has_another_number),
	    TEST(desk__foreign_card__retried_is_the_same_number),
	    TEST(desk__foreign_card__retried_later_the_number_is_ours_again),
	    TEST(desk__foreign_card__of_two_controllers),
	    TEST(desk__notice__a_refused_mail_is_told_until_one_arrives),
	    TEST(desk__notice__who_visits_nobody_is_told_to_reception),
	    TEST(desk__notice__of_a_guest_who_has_left_says_so),
	    TEST(desk__notice__an_answered_question_is_not_asked_again),
	    TEST(desk__notice__nobody_is_asked_about_a_refused_visit),
	    TEST(desk__notice__an_invitation_that_never_went_is_not_called_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
