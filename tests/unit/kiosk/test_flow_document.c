/* Visitors who are to show an identity document: what is asked, what goes to foyerd, and that nothing of it stays. */
#include "kiosk/visitor/flow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "tests/unit/kiosk/house.h"

#define AGREEMENT                                                                                  \
	"{\"name\":\"visitor\",\"version\":\"v1\",\"lang\":\"en\",\"title\":\"T\",\"text\":\"x\"}"
#define WELCOME "{\"outcome\":\"welcome\",\"number\":\"000042\",\"name\":\"Anna\"}"
#define RECEPTION                                                                                  \
	"{\"outcome\":\"reception\",\"reason\":\"id\",\"number\":\"000042\",\"name\":\"Anna\"}"
#define ARRIVES                                                                                    \
	"{\"what\":\"arrive\",\"name\":\"Anna\",\"type\":\"guest\",\"agreement\":\"visitor\","     \
	"\"document\":true}"
#define ZONE                                                                                       \
	"\"document\":{\"text\":\"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\\rL898902C36UTO"    \
	"7408122F1204159ZE184226B<<<<<10\\r\"}"

static void assert_nothing_kept(const struct stage *s)
{
	static const char none[FLOW_DOCUMENT_SZ];
	assert_memory_equal(s->f->v.document, none, sizeof s->f->v.document);
	assert_memory_equal(s->f->v.document_name, none, sizeof s->f->v.document_name);
}

static void camera_sees(struct stage *s, const char *text, bool document)
{
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_SCAN,
			  .scan = text,
			  .source = API_SOURCE_CAMERA,
			  .document = document});
}

/* Reads and agrees, so that the check-in is asked for. */
static void agree(struct stage *s, bool yes)
{
	assert_int_equal(s->asked.kind, FLOW_CALL_AGREEMENT);
	stage_answer(s, 200, AGREEMENT);
	assert_int_equal(s->f->screen, FLOW_AGREEMENT);
	stage_press(s, yes ? "Left" : "Right");
	stage_press(s, "Enter");
	assert_int_equal(s->asked.kind, FLOW_CALL_CHECKIN);
}

static void document__stray_code__is_refused_politely(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_STRAY});
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	assert_string_equal(
	    s->f->message, "That code is not meant for us. Please show another one.");
	assert_nothing_kept(s);
}

/* --- read -------------------------------------------------------------------------------- */

static void document__read__goes_on_by_itself_and_is_sent(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	assert_true(flow_wants_document(s->f));
	stage_scan(s, house_passport);
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	assert_true(s->f->v.document_whole);
	assert_string_equal(s->f->v.document_name, "Anna Maria Eriksson");
	assert_int_equal(s->n_asked, 0);
	for (int left = 8; left > 0; left--) {
		assert_int_equal(flow_goes_on_in_s(s->f, s->now), left);
		assert_true(flow_due_ms(s->f, s->now) <= s->now + 1000); /* it is drawn anew */
		assert_int_equal(s->n_asked, 0);
		stage_wait(s, 1000);
	}
	assert_int_equal(flow_goes_on_in_s(s->f, s->now), -1);
	agree(s, true);
	assert_non_null(strstr(s->body, "\"name\":\"Anna Eriksson\""));
	assert_non_null(strstr(s->body, ZONE));
	assert_null(strstr(s->body, "\"none\""));
	stage_answer(s, 201, WELCOME);
	assert_int_equal(s->f->screen, FLOW_PROGRESS);
	assert_nothing_kept(s);
}

static void document__licence__keeps_its_controls_as_escapes(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	camera_sees(s, house_licence, true);
	assert_string_equal(s->f->v.document_name, "MICHAEL JOHN SAMPLE");
	stage_press(s, "Enter"); /* who does not want to wait */
	agree(s, true);
	assert_non_null(strstr(s->body, "{\"text\":\"@\\n\\u001E\\rANSI 636000080002DL"));
	assert_null(strchr(s->body, '\x1e'));
	assert_non_null(strstr(s->body, "DCGUSA\\nDDAF\\n\"}"));
}

static void document__latin_1__is_sent_as_utf8(void **state)
{
	struct stage *s = *state;
	char text[800];
	str_print(text, sizeof text, "%sDCUP\xc8RE\nDDH\xc3\xa9\x9b\n", house_licence);
	stage_to_document(s);
	camera_sees(s, text, true);
	assert_true(s->f->v.document_whole);
	stage_press(s, "Enter");
	agree(s, true);
	assert_non_null(strstr(s->body, "DCUP\xc3\x88RE\\nDDH\xc3\xa9\xc2\x9b\\n"));
}

/* An answer that is lost is asked for again in the same words; then nothing of the document is left. */
static void document__lost_answer__is_asked_again_with_it(void **state)
{
	struct stage *s = *state;
	char body[1024];
	stage_to_document(s);
	stage_scan(s, house_passport);
	stage_press(s, "Enter");
	agree(s, true);
	assert_true(str_copy(body, sizeof body, s->body));
	int asked = s->n_asked;
	stage_answer(s, 0, NULL);
	stage_wait(s, 500);
	assert_int_equal(s->n_asked, asked + 1);
	assert_string_equal(s->body, body);
	while (s->f->screen != FLOW_SORRY) {
		stage_answer(s, 0, NULL);
		stage_wait(s, 450);
	}
	assert_string_equal(s->f->v.refusal.word, "unsure");
	assert_nothing_kept(s);
}

static void document__agreement_changed__is_not_asked_for_twice(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_scan(s, house_passport);
	stage_press(s, "Enter");
	agree(s, true);
	stage_answer(s, 409, "{\"error\":\"agreement-changed\"}");
	agree(s, true);
	assert_non_null(strstr(s->body, ZONE));
	stage_answer(s, 409, "{\"error\":\"agreement-changed\"}");
	assert_int_equal(s->asked.kind, FLOW_CALL_AGREEMENT);
	stage_answer(s, 200, AGREEMENT);
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_DOCUMENT); /* the step before, and as it was */
	assert_true(s->f->v.document_whole);
	assert_int_equal(s->f->focus, 1);
	stage_press(s, "Enter");
	agree(s, false);
	stage_answer(s, 201, RECEPTION);
	assert_nothing_kept(s);
}

static void document__refused__is_forgotten(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_scan(s, house_passport);
	stage_press(s, "Enter");
	agree(s, true);
	stage_answer(s, 409, "{\"error\":\"refused\"}");
	assert_int_equal(s->f->screen, FLOW_SORRY);
	assert_nothing_kept(s);
}

/* --- not read ---------------------------------------------------------------------------- */

static void document__none__leads_to_reception(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_press(s, "Enter"); /* once too often: it has not the focus */
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	assert_non_null(s->f->message);
	stage_press(s, "Right");
	stage_press(s, "Enter");
	agree(s, true);
	assert_non_null(strstr(s->body, "\"document\":{\"none\":true}"));
	stage_answer(s, 201, RECEPTION);
	assert_int_equal(s->f->screen, FLOW_WAITING);
	assert_string_equal(s->f->v.waiting, "id");
}

/* It was read, and then its owner thinks better of it. */
static void document__none_after_all__sends_nothing_of_it(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_scan(s, house_passport);
	stage_touch(s, ACT_BUTTON, 0); /* another one … */
	assert_nothing_kept(s);
	stage_touch(s, ACT_BUTTON, 0); /* … there is none */
	agree(s, true);
	assert_non_null(strstr(s->body, "\"document\":{\"none\":true}"));
	/* Said, and taken back. */
	stage_answer(s, 409, "{\"error\":\"agreement-changed\"}");
	stage_answer(s, 200, AGREEMENT);
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	stage_scan(s, house_passport);
	stage_press(s, "Enter");
	agree(s, true);
	assert_non_null(strstr(s->body, ZONE));
}

static void document__unreadable__may_go_to_reception_after_three(void **state)
{
	static const char torn[] = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r"
				   "L898902C36UTO7408122F1204159ZE184226B<<<<<11\r";
	struct stage *s = *state;
	stage_to_document(s);
	for (int i = 1; i <= FLOW_DOCUMENT_TRIES; i++) {
		stage_touch(s, ACT_BUTTON, 1); /* is not there yet */
		assert_int_equal(s->f->screen, FLOW_DOCUMENT);
		stage_scan(s, i == 1 ? "just some text" : torn);
		assert_int_equal(s->f->v.document_tries, i);
		assert_non_null(s->f->message);
		assert_false(s->f->v.document_whole);
		assert_true(s->f->go_on_ms == 0);
	}
	assert_int_equal(s->f->focus, -1);
	stage_press(s, "Right");
	assert_int_equal(s->f->focus, 1);
	stage_press(s, "Enter");
	agree(s, true);
	assert_non_null(strstr(s->body, "184226B<<<<<11\\r\"}")); /* foyerd judges */
	stage_answer(s, 201, RECEPTION);
	assert_nothing_kept(s);
}

/* Somebody else's lay there: it is shown whose, and another one may be held up instead. */
static void document__another__takes_the_place_of_the_wrong_one(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_scan(s, house_licence);
	stage_press(s, "Left");
	assert_int_equal(s->f->focus, 0);
	assert_int_equal(flow_goes_on_in_s(s->f, s->now), -1);
	stage_wait(s, 30000); /* whoever is about to choose is not sent on */
	assert_true(s->f->v.document_whole);
	stage_press(s, "Enter");
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	assert_int_equal(s->n_asked, 0);
	assert_nothing_kept(s);
	assert_non_null(s->f->message);
	assert_int_equal(s->f->focus, -1);
	stage_wait(s, 30000);
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	stage_scan(s, house_passport);
	assert_string_equal(s->f->v.document_name, "Anna Maria Eriksson");
	stage_press(s, "Left");
	stage_press(s, "Right"); /* back again: the time begins anew */
	assert_int_equal(flow_goes_on_in_s(s->f, s->now), 8);
	stage_press(s, "Enter");
	agree(s, true);
	assert_non_null(strstr(s->body, ZONE));
	assert_null(strstr(s->body, "SAMPLE"));
}

/* The last words of what cannot be read do not take the place of what was. */
static void document__unreadable_after_a_good_one__is_passed_over(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_scan(s, house_passport);
	stage_scan(s, "something else that is longer than a code");
	assert_true(s->f->v.document_whole);
	assert_string_equal(s->f->v.document, house_passport);
	stage_scan(s, house_licence);
	assert_string_equal(s->f->v.document, house_licence);
	assert_string_equal(s->f->v.document_name, "MICHAEL JOHN SAMPLE");
}

static void document__hostile__fails_politely(void **state)
{
	static char qr[2954], most[4097], over[5001];
	static const char *const scans[] = {"\x1b[21~\x1b]0;x\x07", "\r\r\r\r\r\r\r",
	    "\x9b"
	    "2J\x9b"
	    "31m",
	    "\xc2\x9b"
	    "2J",
	    "@\n\x1e\rANSI 636000", "%s%n%d", "\xff\xfe\xfd", qr, most, over};
	struct stage *s = *state;
	memset(qr, 'A', sizeof qr - 1);
	memset(most, 'B', sizeof most - 1);
	memset(over, 0xff, sizeof over - 1);
	stage_to_document(s);
	for (size_t i = 0; i < sizeof scans / sizeof scans[0]; i++) {
		camera_sees(s, scans[i], true);
		stage_scan(s, scans[i]);
		assert_int_equal(s->f->screen, FLOW_DOCUMENT);
		assert_int_equal(s->n_asked, 0);
		assert_non_null(s->f->message);
		assert_string_equal(s->f->v.document_name, "");
	}
	assert_string_equal(s->f->v.document, ""); /* the last does not fit */
	stage_touch(s, ACT_BUTTON, 1);
	agree(s, true);
	assert_non_null(strstr(s->body, "\"document\":{\"none\":true}"));
	stage_answer(s, 409, "{\"error\":\"agreement-changed\"}");
	stage_answer(s, 200, AGREEMENT);
	stage_press(s, "Esc");
	stage_scan(s, most);
	stage_touch(s, ACT_BUTTON, 1);
	agree(s, true);
	assert_non_null(strstr(s->body, most)); /* 4,096 bytes */
}

/* --- passes and documents ---------------------------------------------------------------- */

static void document__elsewhere__is_never_tried_as_a_pass(void **state)
{
	static const enum flow_screen screens[] = {
	    FLOW_WELCOME, FLOW_SCAN, FLOW_CODE, FLOW_TYPE, FLOW_YOU, FLOW_SORRY, FLOW_WAITING};
	static const char *const papers[] = {house_passport, house_licence};
	struct stage *s = *state;
	for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
		s->f->screen = screens[i];
		for (int k = 0; k < 2; k++) {
			camera_sees(s, papers[k], k == 1);
			assert_null(s->f->message); /* it only lies about */
			stage_scan(s, papers[k]);
			assert_int_equal(s->f->screen, screens[i]);
			assert_int_equal(s->n_asked, 0);
			assert_non_null(s->f->message);
			assert_nothing_kept(s);
			s->f->message = NULL;
		}
		camera_sees(s, "FOYERABC", true); /* no pass is in such a symbol */
		assert_int_equal(s->n_asked, 0);
	}
}

static void document__pass_scanned_instead__begins_anew(void **state)
{
	static const char *const passes[] = {"FOYERAEAQCBZPX", "foyeraeaqcbzpx", "FOZERAEAQCBYPX"};
	struct stage *s = *state;
	for (int i = 0; i < 3; i++) {
		stage_to_document(s);
		stage_scan(s, house_passport);
		stage_scan(s, passes[i]);
		assert_int_equal(s->f->screen, FLOW_SCAN);
		assert_int_equal(s->asked.kind, FLOW_CALL_SCAN);
		assert_null(strstr(s->body, "ERIKSSON"));
		assert_nothing_kept(s);
		stage_answer(s, 422, "{\"error\":\"expired\"}");
		stage_press(s, "Esc");
	}
}

/* The other codes on a card, and whatever lies about, are no try. */
static void document__other_codes_for_the_camera__are_passed_over(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	camera_sees(s, "https://example.org/card/1", false);
	assert_int_equal(s->f->v.document_tries, 0);
	assert_null(s->f->message);
	assert_int_equal(s->n_asked, 0);
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
}

static void document__invited__is_asked_before_the_agreement(void **state)
{
	struct stage *s = *state;
	stage_online(s, house_papers_json);
	stage_scan(s, "FOYERABC");
	stage_answer(s, 200, ARRIVES);
	stage_press(s, "Enter");
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	camera_sees(s, "FOYERABC", false); /* still held up */
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_YOU);
	stage_press(s, "Enter");
	stage_scan(s, house_passport);
	stage_wait(s, 8000);
	agree(s, true);
	assert_non_null(strstr(s->body, "\"pass\":\"FOYERABC\""));
	assert_non_null(strstr(s->body, ZONE));
	stage_answer(s, 201, WELCOME);
	assert_nothing_kept(s);
}

/* With a pass it is foyerd that knows whether one is still missing, whatever the type says and whether they come for the first time or again. */
static void document__pass__is_asked_for_what_is_missing_alone(void **state)
{
	static const char *const types[] = {"guest", "supplier", "friend", "unheard-of"};
	struct stage *s = *state;
	char said[128];
	for (int i = 0; i < 16; i++) {
		const bool missing = i & 1, again = i & 2;
		stage_online(s, house_papers_json);
		stage_scan(s, "FOYERABC");
		assert_true(str_print(said, sizeof said,
		    "{\"what\":\"%s\",\"name\":\"Anna\",\"type\":\"%s\"%s}",
		    again ? "return" : "arrive", types[i / 4],
		    missing ? ",\"document\":true" : ""));
		stage_answer(s, 200, said);
		assert_int_equal(s->f->screen, FLOW_YOU);
		stage_press(s, "Enter");
		if (missing) {
			assert_int_equal(s->f->screen, FLOW_DOCUMENT);
			stage_scan(s, house_passport);
			stage_press(s, "Enter");
		}
		assert_int_equal(s->asked.kind, FLOW_CALL_CHECKIN);
		assert_true(missing == (strstr(s->body, ZONE) != NULL));
		assert_true(missing == (strstr(s->body, "document") != NULL));
		stage_answer(s, 201, WELCOME);
		assert_nothing_kept(s);
		stage_wait(s, 60000);
		assert_int_equal(s->f->screen, FLOW_WELCOME);
	}
}

/* --- order ------------------------------------------------------------------------------- */

static void document__type_that_does_not_list_it__is_asked_after_the_details(void **state)
{
	struct stage *s = *state;
	stage_online(s, house_papers_json);
	stage_type(s, "22"); /* Supplier */
	assert_int_equal(s->f->screen, FLOW_DETAILS);
	stage_type(s, "Jo");
	stage_touch(s, ACT_BUTTON, 1);
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	stage_touch(s, ACT_BUTTON, 0);
	assert_int_equal(s->f->screen, FLOW_HOST);
}

static void document__type_that_needs_none__is_not_asked(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_scan(s, house_passport);
	stage_press(s, "Esc");
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_TYPE);
	assert_nothing_kept(s);
	stage_type(s, "3"); /* Friend */
	stage_type(s, "Jo");
	stage_touch(s, ACT_BUTTON, 1);
	assert_int_equal(s->asked.kind, FLOW_CALL_CHECKIN);
	assert_null(strstr(s->body, "document"));
}

/* Nothing here could read it. */
static void document__kiosk_without_eyes__leaves_it_to_reception(void **state)
{
	struct stage *s = *state;
	s->f->wedge = false;
	stage_online(s, house_papers_json);
	stage_type(s, "21");
	stage_type(s, "Jo");
	stage_touch(s, ACT_BUTTON, 1);
	agree(s, true);
	assert_non_null(strstr(s->body, "\"document\":{\"none\":true}"));
}

/* --- leaving ----------------------------------------------------------------------------- */

static void leave_back(struct stage *s)
{
	stage_press(s, "Esc");
	assert_int_equal(s->f->screen, FLOW_DETAILS);
}

static void leave_alone(struct stage *s)
{
	stage_touch(s, ACT_HELP, 0); /* the screen would go on by itself */
	stage_wait(s, 31000);
	assert_int_equal(s->f->screen, FLOW_WELCOME);
}

static void leave_for_a_pass(struct stage *s)
{
	stage_scan(s, "FOYERABC");
}

static void document__left__is_cleared(void **state)
{
	static void (*const ways[])(struct stage *) = {leave_back, leave_alone, leave_for_a_pass};
	struct stage *s = *state;
	for (int i = 0; i < 3; i++) {
		stage_to_document(s);
		stage_scan(s, house_licence);
		assert_string_equal(s->f->v.document, house_licence);
		ways[i](s);
		assert_nothing_kept(s);
		assert_false(s->f->v.document_whole);
		stage_close(s);
		stage_open(s);
	}
}

/* A shorter one leaves nothing of a longer one before it. */
static void document__shorter_one__takes_the_whole_place(void **state)
{
	struct stage *s = *state;
	static const char none[FLOW_DOCUMENT_SZ];
	stage_to_document(s);
	stage_scan(s, house_licence);
	stage_scan(s, house_passport);
	size_t n = strlen(house_passport);
	assert_memory_equal(s->f->v.document + n, none, sizeof s->f->v.document - n);
}

static void document__nobody_there__clears(void **state)
{
	struct stage *s = *state;
	stage_to_document(s);
	stage_scan(s, "torn");
	stage_wait(s, 99000);
	assert_int_equal(s->f->screen, FLOW_DOCUMENT);
	assert_false(flow_warns(s->f, s->now));
	stage_wait(s, 2000);
	assert_true(flow_warns(s->f, s->now));
	stage_wait(s, 20000);
	assert_int_equal(s->f->screen, FLOW_WELCOME);
	assert_nothing_kept(s);
}

#define STAGED(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
	    STAGED(document__stray_code__is_refused_politely),
	    STAGED(document__read__goes_on_by_itself_and_is_sent),
	    STAGED(document__licence__keeps_its_controls_as_escapes),
	    STAGED(document__latin_1__is_sent_as_utf8),
	    STAGED(document__lost_answer__is_asked_again_with_it),
	    STAGED(document__agreement_changed__is_not_asked_for_twice),
	    STAGED(document__refused__is_forgotten),
	    STAGED(document__none__leads_to_reception),
	    STAGED(document__none_after_all__sends_nothing_of_it),
	    STAGED(document__unreadable__may_go_to_reception_after_three),
	    STAGED(document__another__takes_the_place_of_the_wrong_one),
	    STAGED(document__unreadable_after_a_good_one__is_passed_over),
	    STAGED(document__hostile__fails_politely),
	    STAGED(document__elsewhere__is_never_tried_as_a_pass),
	    STAGED(document__pass_scanned_instead__begins_anew),
	    STAGED(document__other_codes_for_the_camera__are_passed_over),
	    STAGED(document__invited__is_asked_before_the_agreement),
	    STAGED(document__pass__is_asked_for_what_is_missing_alone),
	    STAGED(document__type_that_does_not_list_it__is_asked_after_the_details),
	    STAGED(document__type_that_needs_none__is_not_asked),
	    STAGED(document__kiosk_without_eyes__leaves_it_to_reception),
	    STAGED(document__left__is_cleared),
	    STAGED(document__shorter_one__takes_the_whole_place),
	    STAGED(document__nobody_there__clears),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
