#include "kiosk/visitor/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/zone.h"
#include "tests/unit/kiosk/house.h"

/* --- arriving with a pass ---------------------------------------------------------------- */

static void flow__invited_with_agreement__is_welcomed(void **state)
{
	struct stage *s = *state;
	stage_scan(s, "FOYERABC");
	assert_int_equal(s->asked.kind, FLOW_CALL_SCAN);
	assert_string_equal(s->target, "/v1/scan");
	assert_non_null(strstr(s->body, "\"text\":\"FOYERABC\",\"source\":\"wedge\",\"flow\":\""));
	assert_string_equal(s->key, "");
	stage_to_you(s, "arrive");
	assert_int_equal(s->f->screen, FLOW_YOU);
	stage_press(s, "Enter");
	assert_int_equal(s->asked.kind, FLOW_CALL_AGREEMENT);
	assert_string_equal(s->target, "/v1/agreements/visitor?lang=en");
	stage_answer(s, 200,
	    "{\"name\":\"visitor\",\"version\":\"v1\",\"lang\":\"en\",\"title\":\"T\",\"text\":"
	    "\"x\"}");
	assert_int_equal(s->f->screen, FLOW_AGREEMENT);
	stage_press(s, "Enter"); /* neither has the focus */
	assert_int_equal(s->f->screen, FLOW_AGREEMENT);
	assert_int_equal(s->asked.kind, FLOW_CALL_AGREEMENT);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	assert_int_equal(s->asked.kind, FLOW_CALL_CHECKIN);
	assert_non_null(strstr(s->body, "\"pass\":\"FOYERABC\",\"agreement\":{\"name\":\"visitor\","
					"\"version\":\"v1\",\"lang\":\"en\",\"accepted\":true}"));
	assert_null(strstr(s->body, "walk_in"));
	assert_int_equal(strlen(s->key), UUID_TEXT_SZ - 1);
	stage_answer(s, 201, house_welcome);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	assert_string_equal(flow_token(s->f), "00112233445566778899aabbccddeeff");
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_PROGRESS,
			  .progress = &(struct api_progress){.doors = API_DOORS_OPEN}});
	assert_int_equal(s->f->v.progress.doors, API_DOORS_OPEN);
	stage_wait(s, 7900);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	stage_wait(s, 200);
	stage_assert_forgotten(s);
	assert_string_equal(flow_token(s->f), "");
}

static void flow__not_agreed__goes_to_reception(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	stage_press(s, "Right");
	stage_press(s, "Enter");
	assert_non_null(strstr(s->body, "\"accepted\":false"));
	stage_answer(s, 201, house_reception);
	assert_int_equal(s->f->screen, FLOW_WAITING);
	assert_string_equal(s->f->v.waiting, "not-agreed");
	stage_press(s, "Enter");
	stage_assert_forgotten(s);
}

static void flow__agreement_changed__is_read_again_under_a_new_key(void **state)
{
	struct stage *s = *state;
	char key[UUID_TEXT_SZ];
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	str_copy(key, sizeof key, s->key);
	stage_answer(s, 409, "{\"error\":\"agreement-changed\",\"message\":\"x\"}");
	assert_int_equal(s->asked.kind, FLOW_CALL_AGREEMENT);
	stage_answer(s, 200,
	    "{\"name\":\"visitor\",\"version\":\"abc2\",\"lang\":\"en\",\"title\":\"T\",\"text\":"
	    "\"y\"}");
	assert_int_equal(s->f->screen, FLOW_AGREEMENT);
	assert_non_null(s->f->message);
	assert_int_equal(s->f->focus, -1);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	assert_non_null(strstr(s->body, "\"version\":\"abc2\""));
	assert_string_not_equal(s->key, key);
}

static void flow__agreement_in_another_language__is_fetched(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	stage_press(s, "F2");
	assert_int_equal(s->asked.kind, FLOW_CALL_AGREEMENT);
	assert_string_equal(s->target, "/v1/agreements/visitor?lang=de");
	stage_answer(s, 200,
	    "{\"name\":\"visitor\",\"version\":\"de1\",\"lang\":\"de\",\"title\":\"T\",\"text\":"
	    "\"y\"}");
	assert_null(s->f->message);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	assert_non_null(strstr(s->body, "\"version\":\"de1\",\"lang\":\"de\",\"accepted\":true"));
	stage_press(s, "F2"); /* it may have to be asked again as it was */
	assert_string_equal(s->f->lang, "de");
}

static void flow__not_me__forgets_the_other(void **state)
{
	struct stage *s = *state;
	stage_to_you(s, "arrive");
	stage_press(s, "Right");
	stage_press(s, "Enter");
	assert_int_equal(s->f->screen, FLOW_SORRY);
	assert_string_equal(s->f->v.refusal.word, "not-me");
	stage_press(s, "Enter"); /* try again */
	assert_int_equal(s->f->screen, FLOW_SCAN);
	assert_string_equal(s->f->v.scan.name, "");
}

static void flow__visitors_language__is_taken(void **state)
{
	struct stage *s = *state;
	stage_scan(s, "FOYERABC");
	stage_answer(s, 200, "{\"what\":\"arrive\",\"name\":\"Luc\",\"lang\":\"fr\"}");
	assert_string_equal(s->f->lang, "fr");
	stage_press(s, "Esc");
	stage_assert_forgotten(s);
	assert_string_equal(s->f->lang, "en");
	stage_scan(s, "FOYERABC");
	stage_answer(s, 200, "{\"what\":\"arrive\",\"name\":\"Li\",\"lang\":\"zh\"}");
	assert_string_equal(s->f->lang, "en");
}

static void flow__code_typed__is_cleaned(void **state)
{
	struct stage *s = *state;
	stage_press(s, "Enter"); /* I have an invitation */
	assert_int_equal(s->f->screen, FLOW_SCAN);
	stage_type(s, "8k3m"); /* the first letter opens the code screen and is in it */
	assert_int_equal(s->f->screen, FLOW_CODE);
	assert_string_equal(s->f->v.code.text, "8k3m");
	stage_press(s, "Enter");
	assert_int_equal(s->n_asked, 0);
	assert_non_null(s->f->message);
	stage_type(s, "-9qpt");
	stage_press(s, "Enter");
	assert_int_equal(s->asked.kind, FLOW_CALL_SCAN);
	assert_non_null(strstr(s->body, "\"text\":\"8K3M9QPT\",\"source\":\"typed\""));
	stage_answer(s, 422, "{\"error\":\"unknown-code\",\"message\":\"x\"}");
	assert_int_equal(s->f->screen, FLOW_SORRY);
	assert_string_equal(s->f->v.code.text, ""); /* a secret does not wait in a field */
}

static void flow__every_refusal__is_told(void **state)
{
	static const char *const words[] = {"not-a-pass", "unknown-code", "forged", "replaced",
	    "expired", "cancelled", "other-site", "too-early", "already-inside", "not-inside",
	    "ended", "refused", "blocked", "waiting", "needs-agreement", "a-word-of-tomorrow", ""};
	struct stage *s = *state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		char json[200];
		str_print(json, sizeof json,
		    "{\"error\":\"%s\",\"message\":\"x\",\"from_ms\":1795440000000}", words[i]);
		stage_scan(s, "FOYERABC");
		stage_answer(s, i % 2 ? 422 : 409, json);
		assert_int_equal(s->f->screen, FLOW_SORRY);
		assert_string_equal(s->f->v.refusal.word, words[i]);
		stage_press(s, "Esc");
		stage_assert_forgotten(s);
	}
	stage_scan(s, "FOYERABC");
	stage_answer(s, 429, "{\"error\":\"try-reception\",\"message\":\"x\"}");
	assert_string_equal(s->f->v.refusal.word, "try-reception");
}

/* --- walk-ins ---------------------------------------------------------------------------- */

static void flow__walk_in__tells_everything_once(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	assert_int_equal(s->f->screen, FLOW_AGREEMENT);
	stage_press(s, "Left");
	stage_press(s, "Enter");
	assert_string_equal(s->target, "/v1/checkins");
	assert_non_null(strstr(s->body,
	    "\"lang\":\"en\",\"walk_in\":{\"type\":\"guest\",\"name\":\"Max "
	    "Mustermann\",\"company\":\"\",\"host\":\"01890a5d-ac96-774b-bcce-b302099a8057\","
	    "\"fields\":{\"lunch\":\"none\"}},\"agreement\":{\"name\":\"visitor\",\"version\":"
	    "\"abc1\",\"lang\":\"en\",\"accepted\":true}}"));
	stage_answer(s, 201, house_welcome);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
}

static void flow__type_without_steps__still_asks_a_name(void **state)
{
	struct stage *s = *state;
	stage_type(s, "22"); /* I am visiting, Delivery */
	assert_int_equal(s->f->screen, FLOW_DETAILS);
	stage_type(s, "Jo");
	stage_press(s, "Enter");
	stage_press(s, "Enter");
	stage_press(s, "Enter");
	assert_int_equal(s->n_asked, 0); /* the plate is missing */
	assert_int_equal(s->f->focus, 2);
	stage_type(s, "B-XY 1");
	stage_press(s, "Enter");
	assert_int_equal(s->asked.kind, FLOW_CALL_CHECKIN);
	assert_null(strstr(s->body, "\"host\""));
	assert_null(strstr(s->body, "\"agreement\""));
	assert_non_null(strstr(s->body, "\"plate\":\"B-XY 1\""));
}

static void flow__another_type__takes_no_host_and_no_agreement_along(void **state)
{
	struct stage *s = *state;
	stage_to_agreement(s);
	assert_int_equal(s->f->screen, FLOW_AGREEMENT);
	for (int i = 0; i < 3; i++)
		stage_press(s, "Esc"); /* host, details, type */
	assert_int_equal(s->f->screen, FLOW_TYPE);
	stage_type(s, "2");
	stage_touch(s, ACT_BUTTON, 1);
	stage_type(s, "B-XY 1");
	stage_press(s, "Enter");
	assert_int_equal(s->asked.kind, FLOW_CALL_CHECKIN);
	assert_null(strstr(s->body, "\"host\""));
	assert_null(strstr(s->body, "\"agreement\""));
}

static void flow__types_not_for_walk_ins__are_not_offered(void **state)
{
	struct stage *s = *state;
	assert_int_equal(flow_walk_in_types(s->f), 2);
	stage_type(s, "2");
	stage_type(s, "3");
	assert_int_equal(s->f->screen, FLOW_TYPE);
}

static void set_field(struct stage *s, int i, const char *text)
{
	while (s->f->focus != i)
		stage_press(s, "Down");
	stage_press(s, "End");
	for (int k = 0; k < 60; k++)
		stage_press(s, "Backspace");
	stage_type(s, text);
}

static void flow__bad_fields__are_named_and_kept(void **state)
{
	static const struct {
		int field;
		const char *bad, *good;
	} cases[] = {{0, "   ", "Zo\xc3\xab"}, {2, "zoe@", "zoe@example.org"},
	    {3, "12", "+49 (30) 12-34"}, {3, "call me", ""}, {4, "1990-02-30", "1992-02-29"},
	    {4, "12/31/1990", "31/12/1990"}, {4, "tomorrow", "31.12.1990"}};
	struct stage *s = *state;
	stage_to_details(s);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		set_field(s, 0, "Z");
		set_field(s, cases[i].field, cases[i].bad);
		stage_touch(s, ACT_BUTTON, 1);
		assert_int_equal(s->f->screen, FLOW_DETAILS);
		assert_int_equal(s->f->focus, cases[i].field);
		assert_non_null(s->f->message);
		set_field(s, cases[i].field, cases[i].good);
	}
	assert_int_equal(s->f->v.choice[3], -1);
	stage_touch(s, ACT_BUTTON, 1);
	assert_int_equal(s->f->focus, 5); /* the choice is missing still */
	stage_press(s, "Left");
	stage_touch(s, ACT_BUTTON, 1);
	assert_int_equal(s->f->screen, FLOW_HOST);
	assert_string_equal(s->f->v.fields[2].text, "1990-12-31");
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_DETAILS);
	assert_string_equal(s->f->v.fields[0].text, "zoe@example.org");
}

static void flow__hosts__are_asked_for_after_three_letters_and_a_pause(void **state)
{
	struct stage *s = *state;
	stage_to_host(s);
	stage_type(s, "an");
	stage_wait(s, 2000);
	assert_int_equal(s->n_asked, 0);
	stage_press(s, "Enter");
	assert_non_null(s->f->message);
	stage_type(s, "na");
	assert_int_equal(s->n_asked, 0);
	stage_wait(s, 600);
	assert_int_equal(s->n_asked, 1);
	assert_memory_equal(s->target, "/v1/hosts?q=anna&flow=", 22);
	stage_answer(s, 200, "{\"items\":[]}");
	assert_non_null(s->f->message);
	stage_wait(s, 2000);
	stage_type(s, "\xc3\xa9");
	stage_press(s, "Backspace");
	stage_wait(s, 2000);
	assert_int_equal(s->n_asked, 1); /* nothing new to look for */
	stage_type(s, " b");
	stage_wait(s, 600);
	assert_int_equal(s->n_asked, 2);
	stage_answer(s, 429, "{\"error\":\"too-many\"}");
	assert_true(s->f->v.too_many);
	stage_type(s, "cdef");
	stage_wait(s, 2000);
	assert_int_equal(s->n_asked, 2);
	assert_int_equal(s->f->screen, FLOW_HOST);
}

/* The name still stands in the field, what it found does not: Enter must not fall on deaf ears. */
static void flow__hosts__are_looked_for_again_with_enter(void **state)
{
	struct stage *s = *state;
	stage_to_host(s);
	stage_type(s, "anna");
	stage_wait(s, 600);
	stage_answer(s, 200,
	    "{\"items\":[{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":\"Anna\"}]}");
	assert_int_equal(s->n_asked, 1);
	stage_press(s, "F3");
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_HOST);
	assert_int_equal(s->f->v.hosts.n, 0);
	stage_press(s, "Enter");
	assert_int_equal(s->n_asked, 2);
	assert_memory_equal(s->target, "/v1/hosts?q=anna&flow=", 22);
	stage_press(s, "Enter"); /* not while the answer is awaited */
	assert_int_equal(s->n_asked, 2);
	stage_answer(s, 200, "{\"items\":[]}");
	stage_press(s, "Enter");
	assert_int_equal(s->n_asked, 3);
}

static void flow__late_hosts__do_not_take_the_place_of_newer(void **state)
{
	struct stage *s = *state;
	stage_to_host(s);
	stage_type(s, "ann");
	stage_wait(s, 600);
	struct flow_call first = s->asked;
	stage_type(s, "a");
	stage_wait(s, 600);
	struct flow_call second = s->asked;
	s->asked = first;
	stage_answer(s, 200,
	    "{\"items\":[{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":\"Old\"}]}");
	assert_int_equal(s->f->v.hosts.n, 0);
	s->asked = second;
	stage_answer(s, 200,
	    "{\"items\":[{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":\"New\"}]}");
	assert_string_equal(s->f->v.hosts.of[0].name, "New");
}

/* --- leaving ----------------------------------------------------------------------------- */

static void flow__leaving__asks_whether_they_come_back(void **state)
{
	struct stage *s = *state;
	for (int back = 0; back < 2; back++) {
		stage_to_you(s, "leave");
		assert_int_equal(s->f->screen, FLOW_SIGNOUT);
		if (!back)
			stage_press(s, "Right");
		stage_press(s, "Enter");
		assert_string_equal(s->target, "/v1/signouts");
		assert_non_null(
		    strstr(s->body, back ? "\"coming_back\":true" : "\"coming_back\":false"));
		assert_int_equal(strlen(s->key), UUID_TEXT_SZ - 1);
		stage_answer(s, 200,
		    "{\"outcome\":\"goodbye\",\"name\":\"Zoe\",\"until_ms\":1795440000000}");
		assert_int_equal(s->f->screen, FLOW_GOODBYE);
		stage_wait(s, 8100);
		stage_assert_forgotten(s);
	}
}

static void flow__leaving_after_the_end__is_not_asked(void **state)
{
	struct stage *s = *state;
	stage_scan(s, "FOYERABC");
	stage_answer(s, 200, "{\"what\":\"leave\",\"name\":\"Zoe\",\"until_ms\":1000}");
	stage_press(s, "Enter");
	assert_non_null(strstr(s->body, "\"coming_back\":false"));
}

static void flow__leaving_but_not_inside__is_told(void **state)
{
	struct stage *s = *state;
	stage_type(s, "3");
	assert_true(s->f->v.leaving);
	stage_to_you(s, "arrive");
	assert_int_equal(s->f->screen, FLOW_SORRY);
	assert_string_equal(s->f->v.refusal.word, "not-inside");
	assert_string_equal(s->f->v.scan.name, "");
	int asked = s->n_asked;
	stage_press(s, "Enter"); /* once more, still leaving: no Enter signs a leaver in */
	assert_int_equal(s->f->screen, FLOW_SCAN);
	assert_true(s->f->v.leaving);
	stage_to_you(s, "return");
	assert_int_equal(s->f->screen, FLOW_SORRY);
	assert_int_equal(s->n_asked, asked + 1);
	stage_press(s, "Esc");
	stage_assert_forgotten(s);
}

/* Nobody is taken for another: with two passes in view one is asked for. */
static void flow__two_passes__one_is_asked_for(void **state)
{
	const struct flow_event many = {.kind = FLOW_EV_MANY};
	struct stage *s = *state;
	int asked = s->n_asked;
	stage_step(s, &many);
	assert_int_equal(s->f->screen, FLOW_SCAN);
	assert_string_equal(s->f->message, "Please show one code at a time.");
	stage_step(s, &many);
	assert_int_equal(s->f->screen, FLOW_SCAN);
	assert_int_equal(s->n_asked, asked);
	stage_scan(s, "FOYERABC");
	assert_null(s->f->message);
	assert_int_equal(s->asked.kind, FLOW_CALL_SCAN);
	stage_step(s, &many); /* it is being asked about already */
	assert_null(s->f->message);
	stage_answer(s, 422, "{\"error\":\"expired\"}");
	stage_press(s, "Esc");
	stage_to_details(s);
	stage_type(s, "Zoe");
	stage_step(s, &many);
	assert_int_equal(s->f->screen, FLOW_DETAILS);
	assert_null(s->f->message);
}

/* A part of something, or another machine's settings: said where somebody holds something up, nowhere else. */
static void flow__stray_code__is_refused_politely(void **state)
{
	const struct flow_event stray = {.kind = FLOW_EV_STRAY};
	struct stage *s = *state;
	const char *const said = "That code is not meant for us. Please show another one.";
	int asked = s->n_asked;
	stage_step(s, &stray);
	assert_int_equal(s->f->screen, FLOW_WELCOME);
	assert_null(s->f->message);
	stage_press(s, "Enter");
	stage_step(s, &stray);
	assert_int_equal(s->f->screen, FLOW_SCAN);
	assert_string_equal(s->f->message, said);
	assert_int_equal(s->n_asked, asked);
	stage_scan(s, "FOYERABC");
	assert_null(s->f->message);
	stage_step(s, &stray); /* it is being asked about already */
	assert_null(s->f->message);
}

/* What the camera sees by the way does not throw a form away; what a scanner was pointed at is meant. */
static void flow__camera_while_typing__is_not_heard(void **state)
{
	static const struct {
		const char *over;
		enum flow_screen screen;
	} cases[] = {{NULL, FLOW_DETAILS}, {"F3", FLOW_NOTICE}, {"F1", FLOW_WAITING}};
	const struct flow_event seen = {
	    .kind = FLOW_EV_SCAN, .scan = "FOYERABC", .source = API_SOURCE_CAMERA};
	struct stage *s = *state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		stage_to_details(s);
		stage_type(s, "Zoe");
		if (cases[i].over != NULL)
			stage_press(s, cases[i].over);
		int asked = s->n_asked;
		stage_step(s, &seen);
		assert_int_equal(s->f->screen, cases[i].screen);
		assert_int_equal(s->n_asked, asked);
		assert_string_equal(s->f->v.name.text, "Zoe");
		stage_scan(s, "FOYERABC");
		assert_int_equal(s->f->screen, FLOW_SCAN);
		assert_int_equal(s->asked.kind, FLOW_CALL_SCAN);
		stage_answer(s, 422, "{\"error\":\"expired\"}");
		stage_press(s, "Esc");
	}
	stage_to_host(s);
	stage_step(s, &seen);
	assert_int_equal(s->f->screen, FLOW_HOST);
	stage_press(s, "Esc");
	stage_press(s, "Esc");
	stage_press(s, "Esc");
	stage_step(s, &seen); /* nobody is here: a code at the first screen begins a visit */
	assert_int_equal(s->f->screen, FLOW_SCAN);
}

static void unread(struct stage *s)
{
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_UNREAD});
}

/* foyerd would not take it as a scan, so it is not asked: the answer is the same as to any other foreign code. */
static void flow__scan_that_can_be_no_pass__is_not_sent(void **state)
{
	static const enum api_source sources[] = {API_SOURCE_CAMERA, API_SOURCE_WEDGE};
	static char binary[2954], most[TEXT_SCAN_SZ], over[TEXT_SCAN_SZ + 1];
	struct stage *s = *state;
	for (size_t i = 0; i < sizeof binary - 1; i++)
		binary[i] = (char)(1 + i % 255);
	memset(most, 'A', sizeof most - 1);
	memset(over, 'A', sizeof over - 1);
	const char *const scans[] = {binary, over, "FOYER\xff",
	    "\x9b"
	    "2J"};
	for (size_t i = 0; i < sizeof scans / sizeof scans[0]; i++)
		for (int k = 0; k < 2; k++) {
			stage_step(
			    s, &(struct flow_event){
				   .kind = FLOW_EV_SCAN, .scan = scans[i], .source = sources[k]});
			assert_int_equal(s->n_asked, 0);
			assert_int_equal(s->f->screen, FLOW_SORRY);
			assert_string_equal(s->f->v.refusal.word, "not-a-pass");
			stage_press(s, "Esc");
		}
	stage_scan(s, most);
	assert_int_equal(s->n_asked, 1);
	stage_answer(s, 400, "{\"error\":\"input\",\"message\":\"text: must be shorter\"}");
	assert_string_equal(s->f->v.refusal.word, "not-a-pass");
	/* Keyboards that are set to another layout type these for digits. */
	stage_scan(s, "FOYER\xc3\xa9\xc3\xa8\xc3\xa7");
	assert_int_equal(s->asked.kind, FLOW_CALL_SCAN);
	assert_int_equal(s->n_asked, 2);
}

static void flow__scan_lost__is_asked_for_again(void **state)
{
	struct stage *s = *state;
	unread(s);
	assert_int_equal(s->f->screen, FLOW_SCAN);
	assert_string_equal(s->f->message, "That was not read whole. Please scan it once more.");
	assert_int_equal(s->n_asked, 0);
	stage_wait(s, 120 * 1000);
	assert_int_equal(s->f->screen, FLOW_WELCOME);
	stage_assert_forgotten(s);

	stage_to_details(s); /* who types stays where they are */
	stage_type(s, "Ann");
	unread(s);
	assert_int_equal(s->f->screen, FLOW_DETAILS);
	assert_string_equal(s->f->v.name.text, "Ann");
	assert_non_null(s->f->message);
	stage_type(s, "a");
	assert_null(s->f->message);

	stage_scan(s, "FOYERABC");
	assert_int_equal(s->n_asked, 1);
	unread(s); /* while foyerd is asked, nothing changes */
	assert_null(s->f->message);
}

#define STAGED(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    STAGED(flow__scan_that_can_be_no_pass__is_not_sent),
	    STAGED(flow__invited_with_agreement__is_welcomed),
	    STAGED(flow__not_agreed__goes_to_reception),
	    STAGED(flow__agreement_changed__is_read_again_under_a_new_key),
	    STAGED(flow__agreement_in_another_language__is_fetched),
	    STAGED(flow__not_me__forgets_the_other),
	    STAGED(flow__visitors_language__is_taken),
	    STAGED(flow__code_typed__is_cleaned),
	    STAGED(flow__every_refusal__is_told),
	    STAGED(flow__walk_in__tells_everything_once),
	    STAGED(flow__type_without_steps__still_asks_a_name),
	    STAGED(flow__another_type__takes_no_host_and_no_agreement_along),
	    STAGED(flow__types_not_for_walk_ins__are_not_offered),
	    STAGED(flow__bad_fields__are_named_and_kept),
	    STAGED(flow__hosts__are_asked_for_after_three_letters_and_a_pause),
	    STAGED(flow__hosts__are_looked_for_again_with_enter),
	    STAGED(flow__late_hosts__do_not_take_the_place_of_newer),
	    STAGED(flow__leaving__asks_whether_they_come_back),
	    STAGED(flow__leaving_after_the_end__is_not_asked),
	    STAGED(flow__leaving_but_not_inside__is_told),
	    STAGED(flow__two_passes__one_is_asked_for),
	    STAGED(flow__stray_code__is_refused_politely),
	    STAGED(flow__camera_while_typing__is_not_heard),
	    STAGED(flow__scan_lost__is_asked_for_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
