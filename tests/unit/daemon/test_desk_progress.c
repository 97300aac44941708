/*
 * What a kiosk hears of badge, doors and host when foyerd was started again meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "daemon/desk_progress.h"
#include "daemon/progress.h"
#include "tests/unit/daemon/lobby.h"

#define KIOSK "kiosk:lobby"

/* As a new foyerd begins: it knows the book alone. */
static void start_again(struct lobby *l)
{
	progress_free(l->d.progress);
	l->d.progress = progress_new(&l->d.random);
}

static const struct progress_state *restored(struct lobby *l, const char *token)
{
	struct err e;
	assert_int_equal(desk_progress_restore(&l->d, KIOSK, token, &e), ERR_OK);
	const struct progress_state *s = progress_find(l->d.progress, token, l->clock.mono_ms);
	assert_non_null(s);
	return s;
}

static void assert_unknown(struct lobby *l, const char *actor, const char *token)
{
	struct err e;
	assert_int_equal(desk_progress_restore(&l->d, actor, token, &e), ERR_NOT_FOUND);
	assert_null(progress_find(l->d.progress, token, l->clock.mono_ms));
}

static json_t *arrive(struct lobby *l, json_t **own_invitation)
{
	*own_invitation = lobby_invite(l, 4);
	return lobby_ask(l, LOBBY_KIOSK, 201, "POST /v1/checkins",
	    lobby_agreed(l, text_of(*own_invitation, "pass")));
}

static void progress__after_a_restart__is_what_the_book_knows(void **state)
{
	struct lobby *l = *state;
	json_t *inv, *came = arrive(l, &inv);
	const char *token = text_of(came, "progress");
	start_again(l);
	const struct progress_state *s = restored(l, token);
	assert_int_equal(s->badge, PROGRESS_BADGE_PRINTING);
	assert_int_equal(s->doors, PROGRESS_DOORS_PENDING);
	assert_int_equal(s->host, PROGRESS_HOST_SENDING);
	assert_true(s->until_ms > l->clock.wall_ms);

	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	json_decref(lobby_courier(l, "print:lobby", "print",
	    json_pack("{s:s, s:s}", "result", "retry", "class", "media-empty")));
	start_again(l);
	s = restored(l, token);
	assert_int_equal(s->badge, PROGRESS_BADGE_TROUBLE);
	assert_string_equal(s->badge_reason, "media-empty");
	assert_int_equal(s->doors, PROGRESS_DOORS_OPEN);
	/* From here on it goes on as ever. */
	json_decref(lobby_print(l));
	s = progress_find(l->d.progress, token, l->clock.mono_ms);
	assert_int_equal(s->badge, PROGRESS_BADGE_PRINTED);
	json_decref(came), json_decref(inv);
}

static void progress__of_who_has_left__says_that_the_doors_are_shut(void **state)
{
	struct lobby *l = *state;
	json_t *inv, *came = arrive(l, &inv);
	json_decref(lobby_courier(l, "access:main", "grant", NULL));
	json_t *badge = lobby_print(l);
	json_t *left = lobby_ask(l, LOBBY_KIOSK, 200, "POST /v1/signouts",
	    lobby_pass(text_of(json_object_get(badge, "slots"), "pass")));
	start_again(l);
	assert_int_equal(restored(l, text_of(left, "progress"))->doors, PROGRESS_DOORS_PENDING);
	assert_unknown(l, KIOSK, text_of(came, "progress")); /* the screen that asked has gone */
	json_decref(lobby_courier(l, "access:main", "revoke", NULL));
	start_again(l);
	assert_int_equal(restored(l, text_of(left, "progress"))->doors, PROGRESS_DOORS_WITHDRAWN);
	json_decref(left), json_decref(badge), json_decref(came), json_decref(inv);
}

static void progress__is_for_the_kiosk_that_was_told_and_for_ten_minutes(void **state)
{
	struct lobby *l = *state;
	json_t *inv, *came = arrive(l, &inv);
	const char *token = text_of(came, "progress");
	start_again(l);
	assert_unknown(l, "kiosk:gate", token);
	assert_unknown(l, KIOSK, "00000000000000000000000000000000");
	assert_unknown(l, KIOSK, "\",\"name\":\"Zo");
	lobby_later(l, 9);
	(void)restored(l, token);
	lobby_later(l, 1);
	assert_null(progress_find(l->d.progress, token, l->clock.mono_ms));
	start_again(l);
	lobby_later(l, 1);
	assert_unknown(l, KIOSK, token);
	json_decref(came), json_decref(inv);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lobby_setup, lobby_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(progress__after_a_restart__is_what_the_book_knows),
	    TEST(progress__of_who_has_left__says_that_the_doors_are_shut),
	    TEST(progress__is_for_the_kiosk_that_was_told_and_for_ten_minutes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
