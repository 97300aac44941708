/* The flow when foyerd is away, when time passes, and when anything at all is pressed. */
#include "kiosk/visitor/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/zone.h"
#include "tests/unit/kiosk/house.h"

/* --- foyerd comes and goes --------------------------------------------------------------- */

static void flow__lost_reply__is_asked_again_under_the_same_key(void **state)
{
	struct stage *s = *state;
	char key[UUID_TEXT_SZ], body[sizeof s->body];
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	str_copy(key, sizeof key, s->key);
	str_copy(body, sizeof body, s->body);
	int before = s->n_asked;
	stage_answer(s, 0, NULL);
	stage_press(s, "Enter"); /* impatience changes nothing */
	stage_press(s, "Esc");
	stage_type(s, "x");
	assert_int_equal(s->n_asked, before);
	stage_wait(s, 500);
	assert_int_equal(s->n_asked, before + 1);
	assert_string_equal(s->key, key);
	assert_string_equal(s->body, body);
	stage_answer(s, 503, NULL);
	stage_wait(s, 500);
	assert_int_equal(s->n_asked, before + 2);
	assert_string_equal(s->key, key);
	stage_answer(s, 201, house_welcome);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	stage_answer(s, 201, house_reception); /* the same answer once more is nobody's */
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
}

static void flow__no_reply_for_ten_seconds__says_so_and_offers_no_second_try(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	char key[UUID_TEXT_SZ];
	str_copy(key, sizeof key, s->key);
	int64_t began = s->now;
	while (s->f->screen == FLOW_AGREEMENT) {
		s->now += 1800;
		stage_answer(s, 0, NULL);
		stage_wait(s, 450);
		assert_string_equal(s->key, key);
		assert_true(s->now - began < 13000);
	}
	assert_true(s->now - began >= 8000);
	assert_int_equal(s->f->screen, FLOW_SORRY);
	assert_string_equal(s->f->v.refusal.word, "unsure");
	assert_false(flow_may_try_again(s->f));
	stage_press(s, "Enter");
	assert_int_equal(s->f->screen, FLOW_WAITING);
	assert_int_equal(s->asked.kind, FLOW_CALL_WAITING);
}

/* The last press before a change, and answers of one kind until the screen moves on: how long that took. */
static int64_t press_until_moved(struct stage *s, int status, const char *answer)
{
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	int64_t began = s->now;
	while (s->f->screen == FLOW_AGREEMENT && s->now - began < 13000) {
		stage_answer(s, status, answer);
		stage_wait(s, 450);
	}
	return s->now - began;
}

static void flow__full_disk__sends_to_reception_at_once(void **state)
{
	struct stage *s = *state;
	int64_t took = press_until_moved(s, 503, "{\"error\":\"no-space\",\"message\":\"full\"}");
	assert_in_range(took, 400, 2500); /* not the first time, for it may have been a moment's */
	assert_int_equal(s->f->screen, FLOW_SORRY);
	assert_string_equal(s->f->v.refusal.word, "no-space");
	assert_true(flow_may_try_again(s->f)); /* nothing was done */
}

static void flow__closed_book__is_no_certainty(void **state)
{
	struct stage *s = *state;
	int64_t took = press_until_moved(s, 503, "{\"error\":\"io\",\"message\":\"closed\"}");
	assert_in_range(took, 400, 2500);
	assert_string_equal(s->f->v.refusal.word, "unsure");
}

static void flow__full_disk_after_a_lost_answer__is_no_certainty(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	stage_answer(s, 0, NULL);
	stage_wait(s, 450);
	for (int i = 0; i < 8 && s->f->screen == FLOW_AGREEMENT; i++) {
		stage_answer(s, 503, "{\"error\":\"no-space\",\"message\":\"full\"}");
		stage_wait(s, 450);
	}
	assert_string_equal(s->f->v.refusal.word, "unsure");
}

static void flow__offline__covers_the_screen_and_keeps_what_was_typed(void **state)
{
	struct stage *s = *state;
	stage_to_details(s);
	stage_type(s, "Zoe");
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_OFFLINE});
	assert_int_equal(flow_shown(s->f), FLOW_OFFLINE);
	stage_type(s, "lost");
	stage_scan(s, "FOYERABC");
	assert_int_equal(s->n_asked, 0);
	stage_online(s, house_json);
	assert_int_equal(flow_shown(s->f), FLOW_DETAILS);
	assert_string_equal(s->f->v.name.text, "Zoe");
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_OFFLINE});
	stage_wait(s, 61000);
	stage_assert_forgotten(s); /* it does not wait for the next one */
}

/* A camera tells a code once: what nobody took is asked for again, once, when the first screen is there. */
static void flow__camera_while_nobody_can_ask__is_wanted_again(void **state)
{
	const struct flow_event seen = {
	    .kind = FLOW_EV_SCAN, .scan = "FOYERABC", .source = API_SOURCE_CAMERA};
	struct stage *s = *state;
	stage_online(s, house_json);
	assert_false(flow_take_unheard(s->f));
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_OFFLINE});
	stage_scan(s, "FOYERABC"); /* by hand: he sees that nothing happens */
	stage_online(s, house_json);
	assert_false(flow_take_unheard(s->f));
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_OFFLINE});
	stage_step(s, &seen);
	assert_false(flow_take_unheard(s->f)); /* there is still nobody to ask */
	stage_online(s, house_json);
	assert_true(flow_take_unheard(s->f));
	assert_false(flow_take_unheard(s->f));
	stage_step(s, &seen);
	assert_int_equal(s->f->screen, FLOW_SCAN);
	assert_int_equal(s->n_asked, 1);
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_SCAN,
			  .scan = "FOYERDEF",
			  .source = API_SOURCE_CAMERA}); /* the next visitor's, too early */
	assert_int_equal(s->n_asked, 1);
	stage_answer(s, 422, "{\"error\":\"unknown-code\",\"message\":\"x\"}");
	assert_int_equal(s->f->screen, FLOW_SORRY);
	assert_false(flow_take_unheard(s->f));
	stage_wait(s, 120000);
	assert_int_equal(s->f->screen, FLOW_WELCOME);
	assert_true(flow_take_unheard(s->f));
	assert_false(flow_take_unheard(s->f));
}

/* The house, as foyerd tells of it while its book is closed. */
static void close_house(struct stage *s, bool closed)
{
	char text[8192];
	const char *said = closed ? "{\"open\":false," : "{\"open\":true,";
	assert_true(str_print(text, sizeof text, "%s%s", said, house_json + 1));
	stage_online(s, text);
}

static void flow__no_visitors_taken__is_said_before_anybody_types(void **state)
{
	struct stage *s = *state;
	close_house(s, true);
	assert_int_equal(flow_shown(s->f), FLOW_OFFLINE);
	stage_press(s, "Enter");
	stage_scan(s, "FOYERABC");
	assert_int_equal(s->n_asked, 0);
	stage_assert_forgotten(s);
	close_house(s, false);
	assert_int_equal(flow_shown(s->f), FLOW_WELCOME);
	/* Under somebody's hands, as when foyerd is away. */
	stage_to_details(s);
	stage_type(s, "Zoe");
	close_house(s, true);
	assert_int_equal(flow_shown(s->f), FLOW_OFFLINE);
	close_house(s, false);
	assert_int_equal(flow_shown(s->f), FLOW_DETAILS);
	assert_string_equal(s->f->v.name.text, "Zoe");
}

static void flow__no_visitors_taken__what_was_said_last_stays_to_be_read(void **state)
{
	struct stage *s = *state;
	stage_to_progress(s);
	close_house(s, true);
	assert_int_equal(flow_shown(s->f), FLOW_PROGRESS);
	stage_wait(s, 31000);
	assert_int_equal(flow_shown(s->f), FLOW_OFFLINE);
	close_house(s, false);
	(void)press_until_moved(s, 503, "{\"error\":\"io\",\"message\":\"closed\"}");
	close_house(s, true);
	assert_int_equal(flow_shown(s->f), FLOW_SORRY);
	assert_string_equal(s->f->v.refusal.word, "unsure");
}

static void flow__never_online__shows_offline(void **state)
{
	struct stage *s = *state;
	struct flow *f = flow_new(s->f->random);
	struct flow_calls calls;
	assert_int_equal(flow_shown(f), FLOW_OFFLINE);
	for (int c = 0; c < 0x300; c++) {
		flow_step(f,
		    &(struct flow_event){
			.kind = FLOW_EV_KEY, .key = {.code = (uint32_t)c, .function = c > 255}},
		    1000, &calls);
		assert_int_equal(calls.n, 0);
	}
	flow_step(f, &(struct flow_event){.kind = FLOW_EV_SCAN, .scan = "x"}, 1000, &calls);
	assert_int_equal(calls.n, 0);
	assert_int_equal(f->screen, FLOW_WELCOME);
	flow_free(f);
}

static void flow__new_configuration__waits_until_nobody_is_there(void **state)
{
	struct stage *s = *state;
	const char *other = "{\"kiosk\":\"lobby\",\"timezone\":\"Europe/"
			    "Berlin\",\"langs\":[\"de\"],\"lang\":\"de\",\"types\":[]}";
	stage_to_details(s);
	stage_online(s, other);
	assert_int_equal(s->f->info->n_types, 3);
	stage_press(s, "Esc");
	stage_press(s, "Esc");
	stage_assert_forgotten(s);
	stage_online(s, other);
	assert_int_equal(s->f->info->n_types, 0);
	assert_string_equal(s->f->lang, "de");
	enum flow_choice c[3];
	assert_int_equal(flow_choices(s->f, c), 2); /* nobody to visit */
}

static void flow__lookup_without_answer__gives_up(void **state)
{
	struct stage *s = *state;
	stage_scan(s, "FOYERABC");
	int64_t began = s->now;
	while (s->f->screen == FLOW_SCAN) {
		s->now += 1000;
		stage_answer(s, 500, NULL);
		stage_wait(s, 450);
		assert_true(s->now - began < 8000);
	}
	assert_string_equal(s->f->v.refusal.word, "trouble");
	assert_true(flow_may_try_again(s->f));
}

/* --- time -------------------------------------------------------------------------------- */

static void flow__idle_for_a_minute__warns_and_forgets(void **state)
{
	struct stage *s = *state;
	stage_to_details(s);
	stage_type(s, "Zoe");
	stage_wait(s, 39900);
	assert_false(flow_warns(s->f, s->now));
	stage_wait(s, 200);
	assert_true(flow_warns(s->f, s->now));
	assert_int_equal(flow_clears_in_s(s->f, s->now), 20);
	stage_type(s, "x"); /* says "still here" and nothing else */
	assert_string_equal(s->f->v.name.text, "Zoe");
	assert_false(flow_warns(s->f, s->now));
	stage_wait(s, 59900);
	assert_int_equal(s->f->screen, FLOW_DETAILS);
	assert_int_equal(flow_clears_in_s(s->f, s->now), 1);
	stage_wait(s, 200);
	stage_assert_forgotten(s);
}

static void flow__agreement__may_be_read_for_three_minutes(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	stage_wait(s, 159000);
	assert_false(flow_warns(s->f, s->now));
	stage_wait(s, 2000);
	assert_true(flow_warns(s->f, s->now));
	stage_wait(s, 20000);
	stage_assert_forgotten(s);
}

static void flow__every_screen__ends_by_itself(void **state)
{
	struct stage *s = *state;
	for (int i = 0; i < FLOW_SCREENS; i++) {
		if (i == FLOW_WELCOME || i == FLOW_OFFLINE)
			continue;
		stage_to_details(s);
		s->f->screen = (enum flow_screen)i;
		s->f->entered_ms = s->f->touched_ms = s->now;
		stage_wait(s, 181000);
		stage_assert_forgotten(s);
	}
}

static void flow_due__counting_down__comes_every_second(void **state)
{
	struct stage *s = *state;
	int seen = 0, last = -1;
	stage_to_details(s);
	for (int turns = 0; s->f->screen == FLOW_DETAILS && turns < 200; turns++) {
		int now = flow_clears_in_s(s->f, s->now);
		if (now >= 0 && now != last)
			seen++;
		last = now;
		int64_t due = flow_due_ms(s->f, s->now);
		assert_true(due > s->now);
		s->now = due;
		stage_step(s, &(struct flow_event){.kind = FLOW_EV_TICK});
	}
	assert_int_equal(seen, 20);
}

static void flow__language_of_the_one_before__is_not_kept(void **state)
{
	struct stage *s = *state;
	stage_press(s, "F2");
	assert_string_equal(s->f->lang, "de");
	stage_touch(s, ACT_SET_LANGUAGE, 3);
	assert_string_equal(s->f->lang, "es");
	stage_press(s, "F2");
	assert_string_equal(s->f->lang, "en");
	stage_touch(s, ACT_SET_LANGUAGE, 99);
	stage_touch(s, ACT_SET_LANGUAGE, -1);
	stage_press(s, "F2");
	stage_wait(s, 61000);
	assert_string_equal(s->f->lang, "en");
}

/* --- keys and scans anywhere ------------------------------------------------------------- */

static void flow__help__is_called_from_everywhere_and_returns(void **state)
{
	struct stage *s = *state;
	stage_to_host(s);
	stage_type(s, "an?"); /* text here */
	stage_press(s, "F1");
	assert_int_equal(s->f->screen, FLOW_WAITING);
	assert_int_equal(s->asked.kind, FLOW_CALL_WAITING);
	assert_non_null(strstr(s->body, "\"reason\":\"help\",\"screen\":\"host\""));
	assert_int_equal(strlen(s->key), UUID_TEXT_SZ - 1);
	stage_answer(s, 201,
	    "{\"waiting\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"reception\":\"+1 2\"}");
	assert_true(s->f->v.help_heard);
	assert_string_equal(s->f->info->reception, "+1 2");
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_HOST);
	assert_string_equal(s->f->v.query.text, "an?");
	stage_press(s, "Esc");
	stage_press(s, "Esc");
	stage_press(s, "Esc");
	stage_assert_forgotten(s);
	stage_type(s, "?");
	assert_int_equal(s->f->screen, FLOW_WAITING);
	assert_non_null(strstr(s->body, "\"screen\":\"welcome\""));
	for (int i = 0; i < 30; i++) {
		s->now += 100;
		stage_answer(s, 0, NULL);
		stage_wait(s, 450);
	}
	assert_true(s->f->v.help_failed || s->f->screen == FLOW_WELCOME);
}

/* A machine that slept wakes up to everything at once. */
static void flow__time_jumps_over_a_retry_and_the_end__nothing_is_asked_for_nobody(void **state)
{
	struct stage *s = *state;
	stage_press(s, "F1");
	stage_answer(s, 0, NULL);
	s->now += HOUSE_WALL_HOUR;
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_TICK});
	assert_int_equal(s->calls.n, 0);
	stage_assert_forgotten(s);
	stage_to_host(s);
	stage_type(s, "bak");
	s->now += HOUSE_WALL_HOUR;
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_TICK});
	assert_int_equal(s->calls.n, 0);
	stage_assert_forgotten(s);
}

static void flow__help_while_checking_in__loses_nothing(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	struct flow_call checkin = s->asked;
	stage_press(s, "F1");
	assert_int_equal(s->f->screen, FLOW_WAITING);
	s->asked = checkin;
	stage_answer(s, 201, house_welcome);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
}

static void flow__notice__returns_to_where_it_was_asked_for(void **state)
{
	struct stage *s = *state;
	stage_to_details(s);
	stage_type(s, "Zoe");
	stage_press(s, "F3");
	assert_int_equal(s->f->screen, FLOW_NOTICE);
	stage_press(s, "F3");
	stage_press(s, "Page Down");
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_DETAILS);
	assert_string_equal(s->f->v.name.text, "Zoe");
}

static void flow__scan_in_the_middle__begins_anew(void **state)
{
	struct stage *s = *state;
	stage_to_details(s);
	stage_type(s, "Zoe");
	struct uuid before = s->f->v.id;
	stage_scan(s, "FOYERNEXT");
	assert_int_equal(s->asked.kind, FLOW_CALL_SCAN);
	assert_string_equal(s->f->v.name.text, "");
	assert_false(uuid_eq(&before, &s->f->v.id));
	/* The same code again while its visitor is asked something is not a new visitor. */
	stage_answer(s, 200, "{\"what\":\"arrive\",\"name\":\"Zoe\"}");
	int asked = s->n_asked;
	stage_scan(s, "FOYERNEXT");
	assert_int_equal(s->n_asked, asked);
	assert_int_equal(s->f->screen, FLOW_YOU);
	stage_scan(s, "FOYEROTHER");
	assert_int_equal(s->n_asked, asked + 1);
}

static void flow__scan_while_checking_in__is_passed_over(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	int asked = s->n_asked;
	stage_scan(s, "FOYERNEXT");
	assert_int_equal(s->n_asked, asked);
	stage_answer(s, 201, house_welcome);
	stage_scan(s, "FOYERNEXT"); /* the next one need not wait */
	assert_int_equal(s->n_asked, asked + 1);
}

static void flow__hostile_scans__are_carried_whole_or_not_at_all(void **state)
{
	struct stage *s = *state;
	static char big[10001];
	static const char *const scans[] = {"\x1b[2J\x1b]0;owned\x07", "' OR 1=1;--%_", "a\r\nb\tc",
	    "\xe2\x80\xae"
	    "evil",
	    "\"quoted\\\"", "\xe2\x80\x8b\xef\xbb\xbf"};
	memset(big, 'A', sizeof big - 1);
	stage_scan(s, "");
	assert_int_equal(s->n_asked, 0);
	for (size_t i = 0; i < sizeof scans / sizeof scans[0]; i++) {
		stage_scan(s, scans[i]);
		assert_int_equal(s->asked.kind, FLOW_CALL_SCAN);
		assert_null(strchr(s->body, '\x1b'));
		assert_null(strchr(s->body, '\n'));
		stage_answer(s, 422, "{\"error\":\"not-a-pass\"}");
	}
	int asked = s->n_asked;
	stage_scan(s, big);
	assert_int_equal(s->n_asked, asked);
	assert_string_equal(s->f->v.pass, "");
}

static void flow__any_key_anywhere__never_breaks_it(void **state)
{
	struct stage *s = *state;
	struct random r = s->f->random;
	for (int i = 0; i < 60000; i++) {
		uint32_t pick = random_below(&r, 100);
		s->now += random_below(&r, 900);
		if (pick < 60) {
			int n;
			const struct action_row *rows = action_rows(&n);
			const struct action_row *row = &rows[random_below(&r, (uint32_t)n)];
			stage_step(
			    s, &(struct flow_event){.kind = FLOW_EV_KEY,
				   .key = row->keys[random_below(&r, (uint32_t)row->n_keys)]});
		} else if (pick < 80) {
			stage_step(s, &(struct flow_event){.kind = FLOW_EV_KEY,
					  .key = {.code = random_below(&r, 0x250)}});
		} else if (pick < 88) {
			stage_touch(s, (enum action)random_below(&r, ACT_SET_LANGUAGE + 1),
			    (int)random_below(&r, 12) - 2);
		} else if (pick < 90) {
			stage_scan(s, "FOYERABC");
		} else if (s->asked.kind != FLOW_CALL_NONE) {
			static const char *const answers[] = {house_welcome, house_reception,
			    "{\"what\":\"arrive\",\"name\":\"Z\",\"agreement\":\"visitor\","
			    "\"type\":\"guest\"}",
			    "{\"what\":\"leave\",\"name\":\"Z\"}",
			    "{\"items\":[{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":"
			    "\"Anna\"}]}",
			    "{\"name\":\"visitor\",\"version\":\"1\",\"lang\":\"en\",\"title\":"
			    "\"T\",\"text\":\"x\"}",
			    "{\"error\":\"expired\"}", NULL};
			static const int statuses[] = {200, 200, 200, 201, 422, 429, 409, 500, 0};
			stage_answer(
			    s, statuses[random_below(&r, 9)], answers[random_below(&r, 8)]);
		}
		assert_true(s->f->screen >= 0 && s->f->screen < FLOW_OFFLINE);
		assert_true(s->f->top >= 0);
		assert_true(flow_due_ms(s->f, s->now) == INT64_MAX ||
			    flow_due_ms(s->f, s->now) < s->now + 200000);
	}
}

#define STAGED(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    STAGED(flow__lost_reply__is_asked_again_under_the_same_key),
	    STAGED(flow__no_reply_for_ten_seconds__says_so_and_offers_no_second_try),
	    STAGED(flow__camera_while_nobody_can_ask__is_wanted_again),
	    STAGED(flow__full_disk__sends_to_reception_at_once),
	    STAGED(flow__closed_book__is_no_certainty),
	    STAGED(flow__full_disk_after_a_lost_answer__is_no_certainty),
	    STAGED(flow__offline__covers_the_screen_and_keeps_what_was_typed),
	    STAGED(flow__no_visitors_taken__is_said_before_anybody_types),
	    STAGED(flow__no_visitors_taken__what_was_said_last_stays_to_be_read),
	    STAGED(flow__never_online__shows_offline),
	    STAGED(flow__new_configuration__waits_until_nobody_is_there),
	    STAGED(flow__lookup_without_answer__gives_up),
	    STAGED(flow__idle_for_a_minute__warns_and_forgets),
	    STAGED(flow__agreement__may_be_read_for_three_minutes),
	    STAGED(flow__every_screen__ends_by_itself),
	    STAGED(flow_due__counting_down__comes_every_second),
	    STAGED(flow__language_of_the_one_before__is_not_kept),
	    STAGED(flow__help__is_called_from_everywhere_and_returns),
	    STAGED(flow__time_jumps_over_a_retry_and_the_end__nothing_is_asked_for_nobody),
	    STAGED(flow__help_while_checking_in__loses_nothing),
	    STAGED(flow__notice__returns_to_where_it_was_asked_for),
	    STAGED(flow__scan_in_the_middle__begins_anew),
	    STAGED(flow__scan_while_checking_in__is_passed_over),
	    STAGED(flow__hostile_scans__are_carried_whole_or_not_at_all),
	    STAGED(flow__any_key_anywhere__never_breaks_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
