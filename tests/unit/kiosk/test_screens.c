/* Every screen, drawn on no terminal and compared with tests/golden/kiosk-*.txt. GOLDEN=write writes them anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/lang.h"
#include "base/path.h"
#include "tests/unit/kiosk/scenes.h"
#include "tests/unit/kiosk/theatre.h"

static void compare(const char *name, const struct str_buf *drawn)
{
	char path[256], *golden = NULL;
	size_t len;
	struct err e = {0};
	str_print(path, sizeof path, "tests/golden/kiosk-%s.txt", name);
	if (str_eq(getenv("GOLDEN"), "write"))
		assert_int_equal(path_write(path, drawn->data, drawn->len, 0644, NULL), ERR_OK);
	if (path_read(&golden, &len, path, 1 << 20, &e) != ERR_OK)
		fail_msg("%s (GOLDEN=write makes it)", e.msg);
	int line = 1;
	for (size_t i = 0; i < len && i < drawn->len && golden[i] == drawn->data[i]; i++)
		line += golden[i] == '\n';
	if (len != drawn->len || memcmp(golden, drawn->data, len) != 0)
		fail_msg("%s differs from line %d on; GOLDEN=write takes the new one", path, line);
	free(golden);
}

static void golden(const char *name, int cols, int rows, const char *lang, bool mono)
{
	struct str_buf b = STR_BUF_INIT;
	struct theatre t;
	theatre_open(&t, rows, cols, mono);
	for (int i = 0; i < SCENES; i++) {
		struct stage s;
		stage_open(&s);
		scenes[i].set(&s);
		theatre_draw(&t, &s, lang);
		str_buf_print(&b, "=== %s\n", scenes[i].name);
		theatre_text(&b, &t, mono);
		stage_close(&s);
	}
	theatre_close(&t);
	compare(name, &b);
	str_buf_fini(&b);
}

static void screens__80x24__are_as_they_were(void **state)
{
	(void)state;
	golden("80x24-en", 80, 24, "en", false);
	golden("80x24-de", 80, 24, "de", false);
}

static void screens__200x60__are_as_they_were(void **state)
{
	(void)state;
	golden("200x60-en", 200, 60, "en", false);
	golden("200x60-de", 200, 60, "de", false);
}

static void screens__60x16__are_as_they_were(void **state)
{
	(void)state;
	golden("60x16-en", 60, 16, "en", false);
	golden("60x16-de", 60, 16, "de", false);
}

static void screens__monochrome__show_the_focus(void **state)
{
	(void)state;
	golden("80x24-mono", 80, 24, "en", true);
}

static void screens__too_small__say_so_politely(void **state)
{
	struct theatre t;
	struct stage s;
	struct str_buf b = STR_BUF_INIT;
	(void)state;
	theatre_open(&t, 15, 80, false);
	stage_open(&s);
	scene_details(&s);
	theatre_draw(&t, &s, "en");
	theatre_text(&b, &t, false);
	assert_non_null(strstr(b.data, "Please make this window larger: at least 60 × 16."));
	assert_null(strstr(b.data, "M\xc3\xbcller"));
	stage_close(&s);
	theatre_close(&t);
	str_buf_fini(&b);
}

static void screens__every_size__are_drawn(void **state)
{
	static const int sizes[][2] = {{1, 1}, {1, 200}, {60, 1}, {16, 60}, {17, 61}, {19, 80},
	    {20, 80}, {21, 79}, {25, 132}, {60, 60}, {16, 300}, {100, 300}};
	(void)state;
	for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
		struct theatre t;
		theatre_open(&t, sizes[k][0], sizes[k][1], false);
		for (int i = 0; i < SCENES; i++) {
			struct stage s;
			stage_open(&s);
			scenes[i].set(&s);
			theatre_draw(&t, &s, "de");
			/* Drawn once more it is the same. */
			struct str_buf a = STR_BUF_INIT, b = STR_BUF_INIT;
			theatre_text(&a, &t, false);
			theatre_draw(&t, &s, "de");
			theatre_text(&b, &t, false);
			assert_string_equal(a.data, b.data);
			str_buf_fini(&a);
			str_buf_fini(&b);
			stage_close(&s);
		}
		theatre_close(&t);
	}
}

static int ellipses(const char *s)
{
	int n = 0;
	for (; (s = strstr(s, "\xe2\x80\xa6")) != NULL; s++)
		n++;
	return n;
}

/* In no language is a text of ours cut, down to the smallest screen. */
static void screens__all_languages__fit(void **state)
{
	static const char *const langs[] = {"en", "de", "fr", "es"};
	static const int sizes[][2] = {{16, 60}, {24, 80}};
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct theatre t;
		theatre_open(&t, sizes[k][0], sizes[k][1], false);
		for (int l = 0; l < 4; l++)
			for (int i = 0; i < SCENES; i++) {
				struct stage s;
				struct str_buf b = STR_BUF_INIT;
				stage_open(&s);
				scenes[i].set(&s);
				theatre_draw(&t, &s, langs[l]);
				theatre_text(&b, &t, false);
				if (ellipses(b.data) > scenes[i].cuts)
					fail_msg("%s in %s at %dx%d:\n%s", scenes[i].name, langs[l],
					    sizes[k][1], sizes[k][0], b.data);
				str_buf_fini(&b);
				stage_close(&s);
			}
		theatre_close(&t);
	}
}

/* Every word of the table of refusals, in every language, on the smallest screen. */
static void screens__every_refusal__fits(void **state)
{
	static const char *const words[] = {"not-a-pass", "unknown-code", "forged", "replaced",
	    "expired", "cancelled", "other-site", "already-inside", "not-inside", "ended",
	    "refused", "blocked", "waiting", "needs-agreement", "try-reception", "not-me",
	    "trouble", "unsure", "a-word-of-tomorrow"};
	static const char *const langs[] = {"en", "de", "fr", "es"};
	struct theatre t;
	(void)state;
	theatre_open(&t, 16, 60, false);
	for (int l = 0; l < 4; l++)
		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
			struct stage s;
			char json[100];
			struct str_buf b = STR_BUF_INIT;
			stage_open(&s);
			stage_scan(&s, "FOYERX");
			str_print(json, sizeof json, "{\"error\":\"%s\"}", words[i]);
			stage_answer(&s, 422, json);
			theatre_draw(&t, &s, langs[l]);
			theatre_text(&b, &t, false);
			if (ellipses(b.data) > 0)
				fail_msg("%s in %s:\n%s", words[i], langs[l], b.data);
			str_buf_fini(&b);
			stage_close(&s);
		}
	theatre_close(&t);
}

/* What is private is not read over the shoulder; what could mislead a terminal never reaches it. */
static void screens__private_and_hostile__do_not_show(void **state)
{
	struct theatre t;
	struct stage s;
	struct str_buf b = STR_BUF_INIT;
	(void)state;
	theatre_open(&t, 24, 80, false);
	stage_open(&s);
	scene_details(&s);
	theatre_draw(&t, &s, "en");
	theatre_text(&b, &t, false);
	assert_null(strstr(b.data, "zoe@example.org"));
	assert_non_null(strstr(b.data, "z\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2@example.org"));
	str_buf_clear(&b);
	stage_press(&s, "Esc");
	stage_press(&s, "Esc");
	stage_scan(&s, "FOYERX");
	stage_answer(&s, 200,
	    "{\"what\":\"arrive\",\"name\":\"\\u001b]0;x\\u0007\\u202eevil\\u200b\\r\\nname\","
	    "\"company\":\"%s%n%d\",\"until_ms\":0}");
	theatre_draw(&t, &s, "en");
	theatre_text(&b, &t, false);
	assert_null(strchr(b.data, '\x1b'));
	assert_null(strstr(b.data, "\xe2\x80\xae"));
	assert_non_null(strstr(b.data, "%s%n%d"));
	stage_close(&s);
	theatre_close(&t);
	str_buf_fini(&b);
}

/* Only a host who is told, or is being told, comes. */
static void screens__an_escort_who_cannot_be_told__is_not_waited_for(void **state)
{
	struct theatre t;
	struct stage s;
	(void)state;
	static const struct {
		enum api_host host;
		bool comes;
	} all[] = {{API_HOST_NONE, false}, {API_HOST_SENDING, true}, {API_HOST_SENT, true},
	    {API_HOST_TROUBLE, false}};
	theatre_open(&t, 24, 80, false);
	stage_open(&s);
	scene_progress(&s);
	assert_true(s.f->v.checkin.escort);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct str_buf b = STR_BUF_INIT;
		stage_step(&s, &(struct flow_event){.kind = FLOW_EV_PROGRESS,
				   .progress = &(struct api_progress){.host = all[i].host}});
		theatre_draw(&t, &s, "en");
		theatre_text(&b, &t, false);
		assert_int_equal(strstr(b.data, "Your host will come") != NULL, all[i].comes);
		assert_int_equal(strstr(b.data, "could not be told. Reception") != NULL,
		    all[i].host == API_HOST_TROUBLE);
		str_buf_fini(&b);
	}
	stage_close(&s);
	theatre_close(&t);
}

/* A click on what is drawn does what its key does. */
static void screens__a_click__is_a_key(void **state)
{
	struct theatre t;
	struct stage s;
	(void)state;
	theatre_open(&t, 24, 80, false);
	stage_open(&s);
	theatre_draw(&t, &s, "en");
	for (int i = 0; i < t.ui.n_spots; i++)
		if (t.ui.spots[i].action == ACT_CHOOSE && t.ui.spots[i].arg == 1) {
			assert_int_equal(t.ui.spots[i].at.h, 3);
			stage_touch(&s, ACT_CHOOSE, 1);
		}
	assert_int_equal(s.f->screen, FLOW_TYPE);
	theatre_draw(&t, &s, "en");
	bool back = false;
	for (int i = 0; i < t.ui.n_spots; i++)
		back |= t.ui.spots[i].action == ACT_BACK && t.ui.spots[i].at.y == 23;
	assert_true(back);
	stage_close(&s);
	theatre_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(screens__80x24__are_as_they_were),
	    cmocka_unit_test(screens__200x60__are_as_they_were),
	    cmocka_unit_test(screens__60x16__are_as_they_were),
	    cmocka_unit_test(screens__monochrome__show_the_focus),
	    cmocka_unit_test(screens__too_small__say_so_politely),
	    cmocka_unit_test(screens__every_size__are_drawn),
	    cmocka_unit_test(screens__all_languages__fit),
	    cmocka_unit_test(screens__every_refusal__fits),
	    cmocka_unit_test(screens__private_and_hostile__do_not_show),
	    cmocka_unit_test(screens__an_escort_who_cannot_be_told__is_not_waited_for),
	    cmocka_unit_test(screens__a_click__is_a_key),
	};
	house_catalogues();
	if (lang_init(NULL) != ERR_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
