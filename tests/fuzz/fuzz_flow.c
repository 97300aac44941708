// rooms: kiosk scan pass base
// with: tests/fuzz/lines.c
/*
 * The kiosk under hands, scanners and a foyerd that answer whatever they like: a script of events for flow_step, each state drawn on a
 * terminal that nobody sees. A line's first word says what happens:
 *
 *   k TEXT          the keys of TEXT             a STATUS JSON   foyerd answers the oldest call
 *   f N             the N-th function key        l               that answer is lost
 *   t N             a touch of the N-th spot     d               the last answer comes once more
 *   s TEXT, c TEXT  a scan: scanner, camera      p JSON          progress
 *   u               a scan that was lost
 *   b TEXT          a PDF417 symbol: camera
 *   m               several passes at once
 *   w MS            time                         o JSON          foyerd is there, and says this of the kiosk ("": as the seed has it)
 *   z ROWS COLS     the window                   x               foyerd is gone
 *
 * What must hold: a screen is one of those that there are; a change is asked for under a key, and asked for again in the same words; one call
 * a lane; hot spots lie on the screen; time never stands still for a flow that waits for it; and left alone, the kiosk comes back to its first
 * screen with nothing of the visitor left.
 */
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"
#include "kiosk/visitor/calls.h"
#include "kiosk/visitor/flow.h"
#include "kiosk/visitor/screen.h"
#include "tests/fuzz/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

enum {
	LINES_MOST = 80,
	CALLS = 16,
	KEYS = 32,
	DRAWN = 12,
	ROWS_MOST = 60,
	COLS_MOST = 200,
	ALONE_MS = 15 * 60 * 1000,
	TICKS_MOST = 5000
};
#define WALL_MS INT64_C(1795420800000) /* 2026-11-23T08:00:00Z */

static const char house_json[] =
    "{\"kiosk\":\"lobby\",\"place\":\"Lobby\",\"site\":\"Example "
    "GmbH\",\"timezone\":\"Europe/Berlin\",\"now_ms\":1,\"langs\":[\"en\",\"de\"],"
    "\"lang\":\"en\",\"reception\":\"+49 30 1234567\",\"data_notice\":{\"en\":\"We keep your "
    "details.\"},\"privacy\":{\"en\":\"Who keeps your "
    "data\\n\\nExample "
    "GmbH.\"},\"door_right\":\"badge-code\",\"conf_hash\":\"00\",\"types\":[{\"name\":\"guest\","
    "\"label\":{\"en\":\"Guest\"},"
    "\"walk_in\":true,\"steps\":[\"details\",\"host\",\"agreement\"],\"agreement\":\"visitor\","
    "\"fields\":[{\"name\":\"mail\",\"kind\":\"mail\","
    "\"required\":false,\"label\":{\"en\":\"E-mail\"}},{\"name\":\"birth\",\"kind\":\"date\","
    "\"required\":false,\"label\":{\"en\":\"Born\"}},"
    "{\"name\":\"lunch\",\"kind\":\"choice\",\"required\":true,\"label\":{\"en\":\"Lunch\"},"
    "\"choices\":[\"none\",\"vegan\"]}]},"
    "{\"name\":\"delivery\",\"label\":{\"en\":\"Delivery\"},\"walk_in\":true,\"steps\":[],"
    "\"agreement\":\"\",\"fields\":[{\"name\":\"plate\","
    "\"kind\":\"plate\",\"required\":true,\"label\":{\"en\":\"Number plate\"}}]},"
    "{\"name\":\"contractor\",\"label\":{\"en\":\"Contractor\"},\"walk_in\":true,\"id\":true,"
    "\"steps\":[\"details\",\"document\",\"agreement\"],\"agreement\":\"visitor\"}]}";

struct asked {
	enum flow_call_kind kind;
	uint32_t serial;
};

struct stage {
	struct flow *f;
	struct random_fake random;
	int64_t now_ms;
	struct asked waiting[CALLS], last; /* oldest first */
	int n_waiting;
	struct flow_answer answer; /* as the last one was */
	bool has_answer;
	struct {
		char key[UUID_TEXT_SZ], *words;
	} said[KEYS];
	int n_said;
	int drawn;
};

/* The terminal is opened once: it is the slowest part. */
static struct ui ui;
static bool ui_is_open;

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	(void)fprintf(stderr, "it does not hold: %s\n", what);
	abort();
}

/* --- what must hold ---------------------------------------------------------------------- */

static bool is_change(enum flow_call_kind k)
{
	return k == FLOW_CALL_CHECKIN || k == FLOW_CALL_SIGNOUT || k == FLOW_CALL_WAITING;
}

/* Under one key one thing is asked for, however often. */
static void words_check(struct stage *s, const struct call_words *w)
{
	char *words = NULL;
	struct str_buf all = STR_BUF_INIT;
	(void)str_buf_print(
	    &all, "%s %s %s", w->method, w->target, w->own_body != NULL ? w->own_body : "");
	words = mem_strdup(all.data);
	str_buf_fini(&all);
	for (int i = 0; i < s->n_said; i++) {
		if (str_eq(s->said[i].key, w->key)) {
			must(str_eq(s->said[i].words, words), "the same key asks for the same");
			free(words);
			return;
		}
	}
	if (s->n_said == KEYS) {
		free(words);
		return;
	}
	(void)str_copy(s->said[s->n_said].key, sizeof s->said[0].key, w->key);
	s->said[s->n_said++].words = words;
}

static void call_check(struct stage *s, enum flow_call_kind kind)
{
	struct call_words w;
	must(kind > FLOW_CALL_NONE && kind <= FLOW_CALL_WAITING, "a call of a kind that there is");
	call_write(&w, s->f, kind);
	must(w.target[0] == '/' && w.timeout_ms > 0, "a call goes somewhere, and not for ever");
	must(is_change(kind) == (w.key[0] != '\0'),
	    "what changes something has a key, nothing else has");
	must(str_eq(w.method, "POST") == (w.own_body != NULL), "what is posted has a body");
	must(!str_eq(w.key, "00000000-0000-0000-0000-000000000000"), "a key is a key");
	if (w.key[0] != '\0')
		words_check(s, &w);
	call_words_fini(&w);
}

/* A document waits for the check-in, and for nothing else. */
static void document_check(const struct flow *f)
{
	const enum flow_screen s =
	    f->screen == FLOW_NOTICE || f->screen == FLOW_WAITING ? f->under : f->screen;
	must(strlen(f->v.document) < sizeof f->v.document &&
		 !(f->v.document_none && f->v.document_whole),
	    "a document or none");
	if (s == FLOW_PROGRESS || s == FLOW_SORRY || s == FLOW_SCAN || s == FLOW_CODE ||
	    s == FLOW_TYPE || s == FLOW_GOODBYE || f->screen == FLOW_WELCOME)
		must(f->v.document[0] == '\0' && f->v.document_name[0] == '\0',
		    "a document is not kept");
	must(f->go_on_ms == 0 || f->screen == FLOW_DOCUMENT, "what goes on by itself");
}

/* Where nobody is, nothing of anybody is left. */
static void forgotten_check(const struct flow *f)
{
	static const struct flow_visitor nobody = {.type = -1};
	if (f->screen == FLOW_WELCOME && f->lane[FLOW_LANE_MAIN].kind == FLOW_CALL_NONE)
		must(memcmp(&f->v, &nobody, sizeof nobody) == 0,
		    "the first screen remembers nobody");
}

static void state_check(const struct flow *f)
{
	must(f->screen >= FLOW_WELCOME && f->screen < FLOW_OFFLINE, "a screen that there is");
	must(f->under >= FLOW_WELCOME && f->under < FLOW_OFFLINE, "a screen below that there is");
	must(screen_of(flow_shown(f))->name != NULL, "a screen to show");
	must(f->info == NULL || (f->v.type >= -1 && f->v.type < f->info->n_types),
	    "a type that there is");
	must(f->v.hosts.n >= 0 && f->v.hosts.n <= API_HOSTS, "as many hosts as there is room for");
	must(f->v.step >= 0 && f->v.step <= f->v.n_steps && f->v.n_steps <= API_STEPS + 3,
	    "a step that there is");
	const enum flow_call_kind help = f->lane[FLOW_LANE_HELP].kind,
				  own = f->lane[FLOW_LANE_MAIN].kind;
	must(help == FLOW_CALL_NONE || help == FLOW_CALL_WAITING, "the lane for help");
	must(own != FLOW_CALL_WAITING, "the visitor's own lane");
	document_check(f);
	forgotten_check(f);
}

static void spots_check(void)
{
	for (int i = 0; i < ui.n_spots; i++) {
		const struct ui_rect *r = &ui.spots[i].at;
		must(r->y >= 0 && r->x >= 0 && r->h > 0 && r->w > 0 && r->y + r->h <= ui.rows &&
			 r->x + r->w <= ui.cols,
		    "a hot spot lies on the screen");
	}
}

static void draw(struct stage *s)
{
	if (s->drawn++ >= DRAWN)
		return;
	frame_draw(&ui, s->f, s->now_ms);
	ui_end(&ui);
	spots_check();
	int spots = ui.n_spots;
	frame_draw(&ui, s->f, s->now_ms);
	must(ui.n_spots == spots, "drawn again it is the same");
	ui_end(&ui);
}

/* --- events ------------------------------------------------------------------------------ */

static void step(struct stage *s, const struct flow_event *ev)
{
	struct flow_calls calls;
	const enum flow_screen before = s->f->screen;
	s->f->wall_ms = WALL_MS + s->now_ms;
	flow_step(s->f, ev, s->now_ms, &calls);
	must(calls.n >= 0 && calls.n <= 4, "as many calls as there is room for");
	for (int i = 0; i < calls.n; i++) {
		call_check(s, calls.of[i].kind);
		if (s->n_waiting < CALLS)
			s->waiting[s->n_waiting++] =
			    (struct asked){calls.of[i].kind, calls.of[i].serial};
	}
	state_check(s->f);
	if (s->f->screen != before || ev->kind == FLOW_EV_SIZE)
		draw(s);
}

static void answer_with(struct stage *s, const struct client_answer *from)
{
	if (s->n_waiting == 0)
		return;
	s->last = s->waiting[0];
	memmove(s->waiting, s->waiting + 1, (size_t)--s->n_waiting * sizeof s->waiting[0]);
	call_read(&s->answer, s->last.kind, from);
	s->answer.serial = s->last.serial;
	s->has_answer = true;
	step(s, &(struct flow_event){.kind = FLOW_EV_ANSWER, .answer = &s->answer});
}

static void answer_again(struct stage *s)
{
	if (s->has_answer)
		step(s, &(struct flow_event){.kind = FLOW_EV_ANSWER, .answer = &s->answer});
}

static void lost(struct stage *s)
{
	answer_with(s, &(struct client_answer){.code = ERR_TIMEOUT, .why = "lost"});
}

static json_t *object_of(const char *text)
{
	json_t *o = NULL;
	return json_parse_object(&o, text, strlen(text), 256 * 1024, NULL) == ERR_OK ? o : NULL;
}

static void answer(struct stage *s, const char *rest)
{
	char *end;
	int status = (int)(strtol(rest, &end, 10) % 600);
	json_t *o = object_of(end);
	answer_with(s, &(struct client_answer){.code = ERR_OK, .status = status, .json = o});
	json_decref(o);
}

static void progress(struct stage *s, const char *text)
{
	struct api_progress p;
	json_t *o = object_of(text);
	if (o != NULL && api_read_progress(&p, o, NULL) == ERR_OK)
		step(s, &(struct flow_event){.kind = FLOW_EV_PROGRESS, .progress = &p});
	json_decref(o);
}

static void online(struct stage *s, const char *text)
{
	struct api_kiosk *own_info = mem_new(1, sizeof *own_info);
	json_t *o = object_of(text[0] != '\0' ? text : house_json);
	if (o != NULL && api_read_kiosk(own_info, o, NULL) == ERR_OK)
		step(s, &(struct flow_event){.kind = FLOW_EV_ONLINE, .own_info = own_info});
	else
		free(own_info);
	json_decref(o);
}

static void keys(struct stage *s, const char *text)
{
	size_t left = strlen(text);
	mbstate_t state = {0};
	while (left > 0) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, left, &state);
		if (n == 0 || n > left)
			return;
		step(s, &(struct flow_event){.kind = FLOW_EV_KEY, .key = {.code = (uint32_t)c}});
		s->now_ms += 50;
		text += n;
		left -= n;
	}
}

static void function_key(struct stage *s, long which)
{
	int n;
	const struct action_row *rows = action_rows(&n);
	const struct action_row *row = &rows[(which % n + n) % n];
	if (row->n_keys > 0)
		step(s, &(struct flow_event){.kind = FLOW_EV_KEY, .key = row->keys[0]});
}

/* Of what was drawn last: nothing else can be touched. */
static void touch(struct stage *s, long which)
{
	if (ui.n_spots == 0)
		return;
	const struct ui_spot *spot = &ui.spots[(which % ui.n_spots + ui.n_spots) % ui.n_spots];
	step(s, &(struct flow_event){
		    .kind = FLOW_EV_TOUCH, .action = (enum action)spot->action, .arg = spot->arg});
}

static void scan(struct stage *s, const char *text, enum api_source source, bool document)
{
	char clean[WEDGE_TEXT_SZ];
	(void)str_copy(clean, sizeof clean, text);
	step(s, &(struct flow_event){
		    .kind = FLOW_EV_SCAN, .scan = clean, .source = source, .document = document});
}

static void size_set(struct stage *s, const char *rest)
{
	char *end;
	long rows = strtol(rest, &end, 10), cols = strtol(end, NULL, 10);
	ui_resize(&ui, (int)(rows < 1 ? 1 : rows % ROWS_MOST + 1),
	    (int)(cols < 1 ? 1 : cols % COLS_MOST + 1));
	step(s, &(struct flow_event){.kind = FLOW_EV_SIZE, .rows = ui.rows, .cols = ui.cols});
}

static void line_do(struct stage *s, const char *line)
{
	const char *rest = line[0] != '\0' && line[1] == ' ' ? line + 2 : "";
	switch (line[0]) {
	case 'k': keys(s, rest); break;
	case 'f': function_key(s, strtol(rest, NULL, 10)); break;
	case 't': touch(s, strtol(rest, NULL, 10)); break;
	case 's': scan(s, rest, API_SOURCE_WEDGE, false); break;
	case 'c': scan(s, rest, API_SOURCE_CAMERA, false); break;
	case 'b': scan(s, rest, API_SOURCE_CAMERA, true); break;
	case 'u': step(s, &(struct flow_event){.kind = FLOW_EV_UNREAD}); break;
	case 'y': step(s, &(struct flow_event){.kind = FLOW_EV_STRAY}); break;
	case 'm': step(s, &(struct flow_event){.kind = FLOW_EV_MANY}); break;
	case 'w':
		s->now_ms += labs(strtol(rest, NULL, 10) % (10 * 60 * 1000));
		step(s, &(struct flow_event){.kind = FLOW_EV_TICK});
		break;
	case 'z': size_set(s, rest); break;
	case 'a': answer(s, rest); break;
	case 'l': lost(s); break;
	case 'd': answer_again(s); break;
	case 'p': progress(s, rest); break;
	case 'o': online(s, rest); break;
	case 'x': step(s, &(struct flow_event){.kind = FLOW_EV_OFFLINE}); break;
	default: break;
	}
}

/* --- a run ------------------------------------------------------------------------------- */

/* Everybody has left, and foyerd is deaf. */
static void leave_alone(struct stage *s)
{
	const int64_t end = s->now_ms + ALONE_MS;
	for (int i = 0; !flow_idle(s->f); i++) {
		must(i < TICKS_MOST && s->now_ms < end,
		    "left alone, it comes back to the first screen");
		int64_t due = flow_due_ms(s->f, s->now_ms);
		if (s->n_waiting > 0) {
			s->now_ms += 1800; /* the client's patience (calls.c) */
			lost(s);
			continue;
		}
		must(due != INT64_MAX, "it waits for something");
		if (due > s->now_ms)
			s->now_ms = due;
		step(s, &(struct flow_event){.kind = FLOW_EV_TICK});
	}
	draw(s);
}

static void terminal_open(void)
{
	struct err e = {0};
	struct ui_conf conf = {.term = "xterm-256color",
	    .in = fopen("/dev/null", "r"),
	    .out = fopen("/dev/null", "w"),
	    .rows = 24,
	    .cols = 80};
	must(setlocale(LC_ALL, "C.UTF-8") != NULL && zone_set("Europe/Berlin", &e) == ERR_OK,
	    "a locale and a zone");
	must(conf.in != NULL && conf.out != NULL && ui_open(&ui, &conf, &e) == ERR_OK, e.msg);
	ui_is_open = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size, *text;
	struct stage *s = mem_new(1, sizeof *s);
	size_t len;
	if (!ui_is_open)
		terminal_open();
	ui_resize(&ui, 24, 80);
	s->random.state = 1;
	s->now_ms = 5000;
	s->f = flow_new(random_of_fake(&s->random));
	s->f->camera = s->f->wedge = true;
	for (int i = 0; i < LINES_MOST && lines_next(&at, end, &text, &len); i++) {
		struct str_buf line = STR_BUF_INIT;
		(void)str_buf_add(&line, text, len);
		line_do(s, line.data != NULL ? line.data : "");
		str_buf_fini(&line);
	}
	leave_alone(s);
	flow_free(s->f);
	for (int i = 0; i < s->n_said; i++)
		free(s->said[i].words);
	free(s);
	return 0;
}

/* --- for libFuzzer ----------------------------------------------------------------------- */

static const char *const lines[] = {"o ", "x", "k 1", "k 2", "k 3", "k Ada Lovelace", "k 8K3M9QPT",
    "k rot", "k ?", "t 0", "t 1", "t 2", "t 3", "t 5", "t 9", "s FOYERAEAQCBZPX",
    "c FOYERAEAQCBZPX",
    "s P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< "
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    "b @|ANSI 636000080002DLDAQT1|DCSSAMPLE|DACJO|"
    "DBB06061986|DBA12102034|DCGUSA",
    "b torn", "w 400", "w 30000", "w 180000", "l", "d", "z 24 80", "z 16 60", "z 5 20",
    "a 200 "
    "{\"what\":\"arrive\",\"name\":\"Ada\",\"company\":\"\",\"host\":\"Anna\",\"type\":\"guest\","
    "\"label\":\"Guest\",\"from_ms\":1,"
    "\"until_ms\":2,\"fields\":{},\"agreement\":\"visitor\",\"lang\":\"en\",\"late\":false}",
    "a 200 "
    "{\"name\":\"visitor\",\"version\":\"1\",\"lang\":\"en\",\"title\":\"Rules\",\"text\":\"Be "
    "kind.\"}",
    "a 200 {\"items\":[{\"id\":\"01a207a2-3280-7467-822a-b1ba804098e6\",\"name\":\"Anna "
    "Roth\",\"department\":\"\"}],\"next\":null}",
    "a 422 {\"error\":\"expired\",\"message\":\"over\"}",
    "a 409 {\"error\":\"agreement-changed\",\"message\":\"\"}",
    "a 429 {\"error\":\"try-reception\"}", "a 503 {}", "a 204",
    "p {\"badge\":\"printed\",\"doors\":\"open\",\"host\":\"sent\"}"};

static void line_invent(struct str_buf *out, unsigned seed)
{
	if (seed % 3 == 0)
		(void)str_buf_print(out, "f %u\n", seed / 3 % 24);
	else
		(void)str_buf_print(
		    out, "%s\n", lines[seed / 3 % (sizeof lines / sizeof lines[0])]);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	return lines_mutate(data, size, max, seed, line_invent);
}
