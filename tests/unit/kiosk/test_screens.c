/* Every screen, drawn on no terminal and compared with tests/golden/kiosk-*.txt. GOLDEN=write writes them anew. */
#include <curses.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/lang.h"
#include "base/path.h"
#include "base/str.h"
#include "tests/unit/kiosk/house.h"

struct scene {
	const char *name;
	void (*set)(struct stage *s);
};

/* --- scenes ------------------------------------------------------------------------------ */

static void welcome(struct stage *s)
{
	(void)s;
}

static void scan(struct stage *s)
{
	stage_press(s, "Enter");
}

static void scan_camera(struct stage *s)
{
	static struct preview p = {.cols = 20, .rows = 6};
	for (int i = 0; i < p.cols * p.rows; i++)
		p.cells[i] = (struct camera_cell){.ch = i % 3 ? 0x2580 : ' ',
		    .fg = {(uint8_t)(i * 2), 0, 0},
		    .bg = {0, (uint8_t)(i * 2), 0}};
	s->f->camera = true;
	s->f->preview = &p;
	stage_press(s, "Enter");
}

static void scan_camera_blind(struct stage *s)
{
	static const struct preview none;
	s->f->camera = true;
	s->f->preview = &none;
	stage_press(s, "Enter");
}

static void code(struct stage *s)
{
	stage_press(s, "Enter");
	stage_type(s, "8K3M");
	stage_press(s, "Enter");
}

static void type(struct stage *s)
{
	stage_type(s, "2");
}

static void details(struct stage *s)
{
	stage_to_details(s);
	stage_type(s, "Zo\xc3\xab M\xc3\xbcller");
	stage_press(s, "Tab");
	stage_press(s, "Tab");
	stage_type(s, "zoe@example.org");
	stage_press(s, "Tab");
}

static void details_wrong(struct stage *s)
{
	details(s);
	stage_type(s, "x");
	stage_touch(s, ACT_BUTTON, 1);
}

static void details_cjk(struct stage *s)
{
	stage_to_details(s);
	stage_type(s, "\xe5\xb1\xb1\xe7\x94\xb0 \xe5\xa4\xaa\xe9\x83\x8e e\xcc\x81");
	stage_press(s, "Tab");
	stage_type(s, "\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe");
}

static void details_long(struct stage *s)
{
	stage_to_details(s);
	for (int i = 0; i < 6; i++)
		stage_type(s, "Wolfeschlegelsteinhausen-");
	stage_press(s, "Tab");
}

static void document(struct stage *s)
{
	stage_to_document(s);
	stage_press(s, "Right");
}

static void document_camera(struct stage *s)
{
	s->f->camera = true;
	stage_to_document(s);
}

static void held_up(struct stage *s, enum camera_sharpness state)
{
	static struct preview p;
	p = (struct preview){
	    .outline = {state, {{16000, 20000}, {50000, 14000}, {52000, 45000}, {18000, 52000}}}};
	document_camera(s);
	s->f->preview = &p;
}

static void document_nothing_held(struct stage *s)
{
	static const struct preview none;
	document_camera(s);
	s->f->preview = &none;
}

static void document_blurred(struct stage *s)
{
	held_up(s, CAMERA_BLURRED);
}

static void document_sharp(struct stage *s)
{
	held_up(s, CAMERA_SHARP);
}

static void document_again(struct stage *s)
{
	stage_to_document(s);
	stage_scan(s, "half a document");
}

static void document_reception(struct stage *s)
{
	document_camera(s);
	for (int i = 0; i < FLOW_DOCUMENT_TRIES; i++)
		stage_scan(s, "half a document");
}

static void document_read_well(struct stage *s)
{
	stage_to_document(s);
	stage_scan(s, house_passport);
}

static void document_long(struct stage *s)
{
	stage_to_document(s);
	stage_scan(s,
	    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT1\nDCSFreifrau von und zu "
	    "Hohenstein-Langenfeld-Wolfeschlegelsteinhausen-Bergerdorff-Schlegelmilch\nDDEN\nDAC"
	    "Maximiliane Alexandra Wilhelmina Theodora\nDADCharlotte Adelheid Friederike von "
	    "Toggenburg\nDBB06061986\nDBA12102034\nDCGUSA\n");
}

static void document_elsewhere(struct stage *s)
{
	stage_scan(s, house_licence);
}

static void document_waiting(struct stage *s)
{
	document_read_well(s);
	stage_press(s, "Enter");
	stage_answer(s, 200,
	    "{\"name\":\"visitor\",\"version\":\"1\",\"lang\":\"en\",\"title\":\"T\",\"text\":"
	    "\"x\"}");
	stage_press(s, "Left");
	stage_press(s, "Enter");
	stage_answer(s, 201,
	    "{\"outcome\":\"reception\",\"reason\":\"id\",\"number\":\"000042\",\"name\":"
	    "\"Anna\"}");
}

static void host(struct stage *s)
{
	stage_to_host(s);
	stage_type(s, "ann");
	stage_wait(s, 600);
	stage_answer(s, 200,
	    "{\"items\":[{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":\"Anna "
	    "Schmidt\",\"department\":\"Sales\"},"
	    "{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8058\",\"name\":\"Hanna "
	    "Gro\xc3\x9f\",\"department\":\"Finance\"},"
	    "{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8058\",\"name\":\"Ann With A Name That Is "
	    "Much Too Long For Its Line And Goes On\",\"department\":\"Research and "
	    "Development\"}]}");
	stage_press(s, "Down");
}

static void host_none(struct stage *s)
{
	stage_to_host(s);
	stage_type(s, "xyz");
	stage_wait(s, 600);
	stage_answer(s, 200, "{\"items\":[]}");
}

static void you(struct stage *s)
{
	stage_to_you(s, "arrive");
}

static void you_long(struct stage *s)
{
	stage_scan(s, "FOYERX");
	stage_answer(s, 200,
	    "{\"what\":\"return\",\"name\":\"Maximiliane Alexandra Freifrau von und zu "
	    "Hohenstein-Langenfeld-Wolfeschlegelsteinhausen\",\"company\":"
	    "\"\xe5\xb1\xb1\xe7\x94\xb0"
	    "\xe9\x9b\xbb\xe6\xa9\x9f\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe\",\"host\":"
	    "\"\xe4\xbd\x90\xe8\x97\xa4\",\"until_ms\":1795610000000,\"type\":\"guest\"}");
}

static void agreement(struct stage *s)
{
	struct str_buf b = STR_BUF_INIT;
	stage_to_agreement(s);
	str_buf_print(&b, "%s", s->f->v.agreement.text);
	for (int i = 1; i < 20; i++)
		str_buf_print(&b, "\n\n%d. Photographs need the consent of everybody in them.", i);
	str_copy(s->f->v.agreement.text, sizeof s->f->v.agreement.text, b.data);
	str_buf_fini(&b);
	stage_press(s, "Down");
}

static void busy(struct stage *s)
{
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
}

static void progress(struct stage *s)
{
	busy(s);
	stage_answer(s, 201,
	    "{\"outcome\":\"welcome\",\"number\":\"000042\",\"name\":\"Max "
	    "Mustermann\",\"escort\":true,\"badge\":\"printing\",\"doors\":\"none\",\"host\":"
	    "\"sending\","
	    "\"until_ms\":1795440000000,\"progress\":\"00\"}");
}

static void progress_good(struct stage *s)
{
	progress(s);
	s->f->v.checkin.escort = false;
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_PROGRESS,
			  .progress = &(struct api_progress){API_BADGE_PRINTED, API_DOORS_OPEN,
			      API_HOST_SENT, house_wall_ms + 8 * HOUSE_WALL_HOUR}});
}

static void progress_trouble(struct stage *s)
{
	progress_good(s);
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_PROGRESS,
			  .progress = &(struct api_progress){
			      API_BADGE_TROUBLE, API_DOORS_TROUBLE, API_HOST_TROUBLE, 0}});
}

/* No printer, no doors, no mail. */
static void progress_bare(struct stage *s)
{
	busy(s);
	stage_answer(s, 201,
	    "{\"outcome\":\"welcome\",\"number\":\"000042\",\"name\":\"Max "
	    "Mustermann\",\"escort\":true,\"badge\":\"none\",\"doors\":\"none\",\"host\":"
	    "\"none\",\"progress\":\"00\"}");
}

static void progress_again(struct stage *s)
{
	stage_to_you(s, "return");
	stage_press(s, "Enter");
	stage_answer(s, 201,
	    "{\"outcome\":\"welcome\",\"number\":\"000042\",\"name\":\"Max "
	    "Mustermann\",\"escort\":false,\"badge\":\"none\",\"doors\":\"none\",\"host\":"
	    "\"none\",\"progress\":\"00\"}");
}

static void signout(struct stage *s)
{
	stage_to_you(s, "leave");
}

static void goodbye(struct stage *s)
{
	signout(s);
	stage_press(s, "Enter");
	stage_answer(s, 200,
	    "{\"outcome\":\"goodbye\",\"name\":\"Zo\xc3\xab "
	    "M\xc3\xbcller\",\"until_ms\":1795446000000}");
}

static void sorry(struct stage *s)
{
	stage_scan(s, "FOYERX");
	stage_answer(s, 422, "{\"error\":\"too-early\",\"from_ms\":1795426200000}");
}

static void sorry_expired(struct stage *s)
{
	stage_scan(s, "FOYERX");
	stage_answer(s, 422, "{\"error\":\"expired\"}");
}

static void sorry_unsure(struct stage *s)
{
	busy(s);
	for (int i = 0; i < 40 && s->f->screen == FLOW_AGREEMENT; i++) {
		stage_answer(s, 0, NULL);
		stage_wait(s, 450);
	}
}

static void waiting(struct stage *s)
{
	busy(s);
	stage_answer(s, 201,
	    "{\"outcome\":\"reception\",\"reason\":\"needs-approval\",\"number\":\"000042\","
	    "\"name\":\"Max\"}");
}

static void help(struct stage *s)
{
	stage_press(s, "F1");
	stage_answer(s, 201, "{\"waiting\":\"x\",\"reception\":\"+49 30 1234567\"}");
}

static void notice(struct stage *s)
{
	stage_press(s, "F3");
}

static void still_there(struct stage *s)
{
	details(s);
	stage_wait(s, 45000);
}

static void offline(struct stage *s)
{
	details(s);
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_OFFLINE});
}

static const struct scene scenes[] = {{"welcome", welcome}, {"scan", scan},
    {"scan with a camera", scan_camera}, {"scan with a blind camera", scan_camera_blind},
    {"code", code}, {"type", type}, {"details", details},
    {"details, something wrong", details_wrong}, {"details, CJK", details_cjk},
    {"details, long", details_long}, {"document", document}, {"document, camera", document_camera},
    {"document, nothing held up", document_nothing_held}, {"document, blurred", document_blurred},
    {"document, sharp", document_sharp}, {"document, again", document_again},
    {"document, reception", document_reception}, {"document, read", document_read_well},
    {"document, a long name", document_long}, {"document, waiting", document_waiting},
    {"document, elsewhere", document_elsewhere}, {"host", host}, {"host, none", host_none},
    {"you", you}, {"you, a long name", you_long}, {"agreement", agreement}, {"one moment", busy},
    {"progress", progress}, {"progress, all well", progress_good},
    {"progress, trouble", progress_trouble}, {"progress, nobody told", progress_bare},
    {"progress, back again", progress_again}, {"signout", signout}, {"goodbye", goodbye},
    {"sorry, early", sorry}, {"sorry, expired", sorry_expired}, {"sorry, unsure", sorry_unsure},
    {"waiting", waiting}, {"help", help}, {"notice", notice}, {"still there?", still_there},
    {"offline", offline}};
enum { SCENES = sizeof scenes / sizeof scenes[0] };

/* --- a terminal that is none ------------------------------------------------------------- */

struct theatre {
	struct ui ui;
	FILE *in, *out;
};

static void theatre_open(struct theatre *t, int rows, int cols, bool mono)
{
	struct err e = {0};
	t->in = fopen("/dev/null", "r");
	t->out = fopen("/dev/null", "w");
	struct ui_conf c = {.term = "xterm-256color",
	    .in = t->in,
	    .out = t->out,
	    .mono = mono,
	    .rows = rows,
	    .cols = cols};
	if (ui_open(&t->ui, &c, &e) != ERR_OK)
		fail_msg("%s", e.msg);
}

static void theatre_close(struct theatre *t)
{
	ui_close(&t->ui);
	fclose(t->in);
	fclose(t->out);
}

static void draw(struct theatre *t, struct stage *s, const char *lang)
{
	stage_step(
	    s, &(struct flow_event){.kind = FLOW_EV_SIZE, .rows = t->ui.rows, .cols = t->ui.cols});
	if (lang != NULL)
		str_copy(s->f->lang, sizeof s->f->lang, lang);
	lang_set(s->f->lang);
	frame_draw(&t->ui, s->f, s->now);
	ui_end(&t->ui);
	for (int i = 0; i < t->ui.n_spots; i++) {
		struct ui_rect r = t->ui.spots[i].at;
		if (r.w <= 0 || r.h <= 0 || r.y < 0 || r.x < 0 || r.y + r.h > t->ui.rows ||
		    r.x + r.w > t->ui.cols)
			fail_msg("a hot spot outside the screen: %d,%d %dx%d", r.y, r.x, r.w, r.h);
	}
}

static void row_text(struct str_buf *out, int y, int cols)
{
	wchar_t wide[1024];
	char narrow[4096];
	const wchar_t *p = wide;
	mbstate_t st = {0};
	int n = mvwinnwstr(stdscr, y, 0, wide, cols);
	assert_true(n >= 0);
	while (n > 0 && wide[n - 1] == L' ')
		n--;
	size_t k = wcsnrtombs(narrow, &p, (size_t)n, sizeof narrow, &st);
	assert_true(k != (size_t)-1);
	str_buf_add(out, narrow, k);
	str_buf_add(out, "\n", 1);
}

/* For a monochrome screen: which cells are bold, reversed, underlined. */
static void row_looks(struct str_buf *out, int y, int cols)
{
	char marks[1024];
	int last = 0;
	for (int x = 0; x < cols; x++) {
		chtype c = mvwinch(stdscr, y, x);
		marks[x] = c & A_REVERSE ? 'R' : c & A_UNDERLINE ? 'u' : c & A_BOLD ? 'b' : ' ';
		if (marks[x] != ' ')
			last = x + 1;
	}
	str_buf_add(out, marks, (size_t)last);
	str_buf_add(out, "\n", 1);
}

static void screen_text(struct str_buf *out, const struct ui *u, bool looks)
{
	for (int y = 0; y < u->rows; y++) {
		row_text(out, y, u->cols);
		if (looks)
			row_looks(out, y, u->cols);
	}
}

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
		draw(&t, &s, lang);
		str_buf_print(&b, "=== %s\n", scenes[i].name);
		screen_text(&b, &t.ui, mono);
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
	details(&s);
	draw(&t, &s, "en");
	screen_text(&b, &t.ui, false);
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
			draw(&t, &s, "de");
			/* Drawn once more it is the same. */
			struct str_buf a = STR_BUF_INIT, b = STR_BUF_INIT;
			screen_text(&a, &t.ui, false);
			draw(&t, &s, "de");
			screen_text(&b, &t.ui, false);
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
				draw(&t, &s, langs[l]);
				screen_text(&b, &t.ui, false);
				/* A visitor's or host's own words may be cut; so may "One moment, please …" end that way. */
				int own = scenes[i].set == host || scenes[i].set == details_long ||
					  scenes[i].set == busy || scenes[i].set == scan_camera;
				if (ellipses(b.data) > own)
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
			draw(&t, &s, langs[l]);
			screen_text(&b, &t.ui, false);
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
	details(&s);
	draw(&t, &s, "en");
	screen_text(&b, &t.ui, false);
	assert_null(strstr(b.data, "zoe@example.org"));
	assert_non_null(strstr(b.data, "z\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2@example.org"));
	str_buf_clear(&b);
	stage_press(&s, "Esc");
	stage_press(&s, "Esc");
	stage_scan(&s, "FOYERX");
	stage_answer(&s, 200,
	    "{\"what\":\"arrive\",\"name\":\"\\u001b]0;x\\u0007\\u202eevil\\u200b\\r\\nname\","
	    "\"company\":\"%s%n%d\",\"until_ms\":0}");
	draw(&t, &s, "en");
	screen_text(&b, &t.ui, false);
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
	progress(&s);
	assert_true(s.f->v.checkin.escort);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct str_buf b = STR_BUF_INIT;
		stage_step(&s, &(struct flow_event){.kind = FLOW_EV_PROGRESS,
				   .progress = &(struct api_progress){.host = all[i].host}});
		draw(&t, &s, "en");
		screen_text(&b, &t.ui, false);
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
	draw(&t, &s, "en");
	for (int i = 0; i < t.ui.n_spots; i++)
		if (t.ui.spots[i].action == ACT_CHOOSE && t.ui.spots[i].arg == 1) {
			assert_int_equal(t.ui.spots[i].at.h, 3);
			stage_touch(&s, ACT_CHOOSE, 1);
		}
	assert_int_equal(s.f->screen, FLOW_TYPE);
	draw(&t, &s, "en");
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
