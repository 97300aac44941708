/*
 * What doctor says about a configuration that lets somebody in whom nobody let in.
 */
#include "tests/unit/daemon/lobby.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "daemon/doctor.h"

static struct conf_type *type_of(const struct lobby *l, const char *name)
{
	for (int i = 0; i < l->d.conf->n_types; i++)
		if (strcmp(l->d.conf->types[i].name, name) == 0)
			return &l->d.conf->types[i];
	fail_msg("no type %s", name);
	return NULL;
}

/* How many warnings say that this type authorises itself. */
static int warnings(const struct lobby *l, const char *type)
{
	json_t *checks = json_array();
	const json_t *check;
	size_t i;
	int n = 0;
	char want[128];
	assert_true(str_print(
	    want, sizeof want, "walk-ins of type %s get a door right that nobody approved", type));
	doctor_house(&l->d, checks);
	json_array_foreach(checks, i, check)
	{
		if (strcmp(text_of(check, "text"), want) != 0)
			continue;
		assert_string_equal(text_of(check, "name"), "configuration");
		assert_string_equal(text_of(check, "state"), "warn");
		assert_non_null(strstr(text_of(check, "remedy"), "approval"));
		n++;
	}
	json_decref(checks);
	return n;
}

/* What the only check of this name warns of; "" where there is none. Until it is asked again. */
static const char *of(const struct lobby *l, const char *name)
{
	static char text[256];
	json_t *checks = json_array();
	const json_t *check;
	size_t i;
	int n = 0;
	text[0] = '\0';
	doctor_house(&l->d, checks);
	json_array_foreach(checks, i, check)
	{
		if (strcmp(text_of(check, "name"), name) != 0)
			continue;
		assert_string_equal(text_of(check, "state"), "warn");
		assert_true(text_of(check, "remedy")[0] != '\0');
		assert_true(str_copy(text, sizeof text, text_of(check, "text")));
		n++;
	}
	assert_in_range(n, 0, 1);
	json_decref(checks);
	return text;
}

static bool says_all_is_well(const struct lobby *l)
{
	json_t *checks = json_array();
	const json_t *check;
	size_t i;
	bool well = false;
	doctor_house(&l->d, checks);
	json_array_foreach(checks, i, check) well |=
	    strcmp(text_of(check, "name"), "configuration") == 0 &&
	    strcmp(text_of(check, "state"), "ok") == 0;
	json_decref(checks);
	return well;
}

static void doctor__configuration__a_type_that_authorises_itself(void **state)
{
	(void)state;
	struct lobby l;
	lobby_open(&l, "role \"manager\" { members = { \"user:anna\" } }\n");
	struct conf_type *guest = type_of(&l, "guest"), *contractor = type_of(&l, "contractor");
	/* As shipped somebody says yes. */
	assert_int_equal(warnings(&l, "guest") + warnings(&l, "contractor"), 0);
	assert_true(says_all_is_well(&l));

	guest->approval = CONF_APPROVAL_NONE;
	assert_int_equal(warnings(&l, "guest"), 1);
	assert_int_equal(warnings(&l, "contractor"), 0);
	assert_false(says_all_is_well(&l));
	contractor->approval = CONF_APPROVAL_NONE; /* each is named */
	assert_int_equal(warnings(&l, "guest"), 1);
	assert_int_equal(warnings(&l, "contractor"), 1);
	contractor->approval = CONF_APPROVAL_HOST; /* a person, too */
	assert_int_equal(warnings(&l, "contractor"), 0);
	lobby_close(&l);
}

/* Nobody comes through a door by it: a type for the invited alone, one without doors, a house without. */
static void doctor__configuration__no_door_no_warning(void **state)
{
	(void)state;
	struct lobby l;
	lobby_open(&l, "role \"manager\" { members = { \"user:anna\" } }\n");
	struct conf_type *guest = type_of(&l, "guest");
	guest->approval = CONF_APPROVAL_NONE;
	assert_int_equal(warnings(&l, "guest"), 1);
	guest->walk_in = false;
	assert_int_equal(warnings(&l, "guest"), 0);
	guest->walk_in = true;
	char first = guest->access_group[0];
	guest->access_group[0] = '\0';
	assert_int_equal(warnings(&l, "guest"), 0);
	guest->access_group[0] = first;
	assert_int_equal(warnings(&l, "guest"), 1);
	enum conf_door_right right = l.d.conf->site.door_right;
	l.d.conf->site.door_right = CONF_DOOR_NONE;
	assert_int_equal(warnings(&l, "guest"), 0);
	l.d.conf->site.door_right = right;
	lobby_close(&l);
}

/* The warning and the rule are about the same thing: such a walk-in opens doors at once. */
static void doctor__configuration__what_it_warns_of_happens(void **state)
{
	(void)state;
	struct lobby l;
	lobby_open(&l, NULL);
	type_of(&l, "guest")->approval = CONF_APPROVAL_NONE;
	json_t *in =
	    lobby_ask(&l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_walk_in(&l, "Will Walk"));
	assert_int_equal(warnings(&l, "guest"), 1);
	assert_string_equal(text_of(in, "doors"), "pending");
	json_decref(lobby_courier(&l, "access:main", "grant", NULL));
	json_decref(in);
	lobby_close(&l);
}

/* Visits whose type is gone are told until they are over. */
static void doctor__types__gone_while_visits_are_open(void **state)
{
	(void)state;
	struct lobby l;
	lobby_open(&l, NULL);
	json_decref(lobby_invite(&l, 4));
	json_decref(lobby_invite(&l, 4));
	assert_string_equal(of(&l, "visitor types"), "");
	struct conf_type *guest = type_of(&l, "guest");
	(void)str_copy(guest->name, sizeof guest->name, "guests");
	assert_string_equal(of(&l, "visitor types"),
	    "2 visits that are not over are of type guest, which is not configured: reception "
	    "must let in each of them");
	for (int i = 1; i <= 2; i++) {
		char path[64];
		assert_true(str_print(path, sizeof path, "POST /v1/visits/%d/cancel", i));
		json_decref(lobby_ask(
		    &l, LOBBY_STAFF, 200, path, json_pack("{s:s}", "reason", "another type")));
	}
	assert_string_equal(of(&l, "visitor types"), "");
	lobby_close(&l);
}

/* What doctor says about the jobs. Borrowed until checks goes. */
static const json_t *of_jobs(const struct lobby *l, json_t *checks)
{
	const json_t *check;
	size_t i;
	doctor_house(&l->d, checks);
	json_array_foreach(checks, i, check)
	{
		if (strcmp(text_of(check, "name"), "jobs") == 0)
			return check;
	}
	fail_msg("nothing is said about jobs");
	return NULL;
}

/* A controller that does not answer holds a right that should be gone: no job has failed, and all is not well. */
static void doctor__jobs__a_right_that_stays(void **state)
{
	(void)state;
	struct lobby l;
	lobby_open(&l, NULL);
	type_of(&l, "guest")->approval = CONF_APPROVAL_NONE;
	json_decref(
	    lobby_ask(&l, LOBBY_KIOSK, 201, "POST /v1/checkins", lobby_walk_in(&l, "Will Walk")));
	json_decref(lobby_courier(&l, "access:main", "grant", NULL));
	json_decref(lobby_ask(&l, LOBBY_STAFF, 200, "POST /v1/visits/1/checkout", json_object()));
	json_decref(lobby_courier(&l, "access:main", "revoke",
	    json_pack("{s:s, s:s}", "result", "retry", "class", "unreachable")));
	json_t *checks = json_array();
	assert_string_equal(text_of(of_jobs(&l, checks), "state"), "ok"); /* it may take a while */
	l.clock.wall_ms += CLOCK_MINUTE;
	json_array_clear(checks);
	const json_t *said = of_jobs(&l, checks);
	assert_string_equal(text_of(said, "state"), "warn");
	assert_non_null(strstr(text_of(said, "text"), "1 rights that cannot be confirmed"));
	assert_non_null(strstr(text_of(said, "remedy"), "controller"));
	json_decref(lobby_courier(&l, "access:main", "revoke", NULL));
	json_array_clear(checks);
	assert_string_equal(text_of(of_jobs(&l, checks), "state"), "ok");
	json_decref(checks);
	lobby_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(doctor__configuration__a_type_that_authorises_itself),
	    cmocka_unit_test(doctor__configuration__no_door_no_warning),
	    cmocka_unit_test(doctor__configuration__what_it_warns_of_happens),
	    cmocka_unit_test(doctor__types__gone_while_visits_are_open),
	    cmocka_unit_test(doctor__jobs__a_right_that_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
