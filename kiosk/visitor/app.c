#include "kiosk/visitor/app.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/json.h"
#include "base/lang.h"
#include "base/log.h"
#include "base/str.h"
#include "base/zone.h"
#include "kiosk/client/client.h"
#include "kiosk/client/sse.h"
#include "kiosk/visitor/calls.h"
#include "kiosk/visitor/camera.h"
#include "kiosk/visitor/cell.h"
#include "kiosk/visitor/flow.h"
#include "kiosk/visitor/readers.h"
#include "kiosk/visitor/screen.h"

enum {
	PROBE_MS = 1500, /* how long foyerd may think about GET /v1/kiosk */
	PROBE_EACH_MS = 10000, /* while it is there */
	PROBE_AGAIN_MS = 500, /* while it is not, or takes no visitors */
	PROBE_LEAST_MS = 300, /* between two, whatever happens */
	BEAT_EACH_MS = 30000, /* POST /v1/kiosk/state, and when a device comes or goes */
	BEAT_LEAST_MS = 1000, /* between two, whatever comes and goes */
	STREAM_SILENCE_MS = 25000, /* it beats every 10 s */
	STREAM_AGAIN_MS = 1000,
	OTHER_CODE_MS = 700, /* how long a code that is no pass waits for one in the same view */
	SAME_CODE_MS = 3000, /* a code still held up is not scanned again */
	CALLS = 8,
};

struct app;
struct app_call {
	struct app *app;
	enum flow_call_kind kind; /* FLOW_CALL_NONE: free */
	uint32_t serial;
};

struct app {
	struct clock clock;
	struct ui ui;
	struct flow *flow;
	struct client *client;
	struct camera camera;
	struct wedge wedge;
	struct readers readers;
	struct sse sse;
	int signals;
	bool running;

	struct app_call calls[CALLS];
	int64_t told_ms; /* until then no more is said of calls that could not be asked */
	struct flow_answer answer; /* 64 KiB: not on the stack */
	bool probing;
	bool closed; /* foyerd is there, and takes no visitors */
	int64_t probe_ms, probed_ms, beat_ms, beaten_ms;
	unsigned devices; /* that were there at the last look, a bit each */

	char token[API_TOKEN_SZ]; /* of the stream that runs or ran */
	int64_t stream_ms; /* when to open it (again); INT64_MAX: not */
	struct api_progress progress;
	bool has_progress;

	char code[TEXT_SCAN_SZ];
	int64_t code_ms;
	char other[TEXT_SCAN_SZ]; /* seen, and no pass; "": nothing */
	int64_t other_ms; /* when it is taken all the same */
};

/* --- the flow's side --------------------------------------------------------------------- */

static void on_answer(void *arg, const struct client_answer *from);

/* False: it could not even be asked. */
static bool call(struct app *a, enum flow_call_kind kind, uint32_t serial)
{
	struct app_call *c = NULL;
	for (int i = 0; i < CALLS && c == NULL; i++)
		if (a->calls[i].kind == FLOW_CALL_NONE)
			c = &a->calls[i];
	if (c == NULL)
		return false; /* eight answers are outstanding: foyerd is not well */
	struct call_words w;
	call_write(&w, a->flow, kind);
	struct client_ask ask = {
	    w.method, w.target, w.own_body, w.key[0] != '\0' ? w.key : NULL, w.timeout_ms};
	*c = (struct app_call){a, kind, serial};
	FAULT("kiosk.call");
	bool asked = client_request(a->client, &ask, on_answer, c, clock_mono(&a->clock)) != 0;
	if (!asked)
		c->kind = FLOW_CALL_NONE;
	call_words_fini(&w);
	return asked;
}

/* A visitor can press keys faster than foyerd answers: the log hears of it once a minute. */
static void not_asked(struct app *a, enum flow_call_kind kind)
{
	int64_t now_ms = clock_mono(&a->clock);
	if (now_ms < a->told_ms)
		return;
	a->told_ms = now_ms + CLOCK_MINUTE;
	log_error("call %d could not be asked", (int)kind);
}

static void step(struct app *a, const struct flow_event *ev)
{
	struct flow_calls calls;
	const enum flow_screen before = flow_shown(a->flow);
	a->flow->wall_ms = clock_wall(&a->clock);
	flow_step(a->flow, ev, clock_mono(&a->clock), &calls);
	if (flow_shown(a->flow) != before)
		FAULT(screen_of(flow_shown(a->flow))->name);
	for (int i = 0; i < calls.n; i++) {
		if (call(a, calls.of[i].kind, calls.of[i].serial))
			continue;
		not_asked(a, calls.of[i].kind);
		struct flow_answer *lost = mem_new(1, sizeof *lost);
		*lost = (struct flow_answer){
		    .kind = calls.of[i].kind, .serial = calls.of[i].serial, .result = FLOW_AGAIN};
		step(a, &(struct flow_event){.kind = FLOW_EV_ANSWER, .answer = lost});
		free(lost);
	}
}

static void offline(struct app *a)
{
	if (a->flow->online)
		log_warn("foyerd does not answer");
	step(a, &(struct flow_event){.kind = FLOW_EV_OFFLINE});
}

static void probe_soon(struct app *a, int64_t in_ms)
{
	int64_t at = clock_mono(&a->clock) + in_ms;
	if (at < a->probed_ms + PROBE_LEAST_MS)
		at = a->probed_ms + PROBE_LEAST_MS;
	if (at < a->probe_ms)
		a->probe_ms = at;
}

static void on_answer(void *arg, const struct client_answer *from)
{
	struct app_call *c = arg;
	struct app *a = c->app;
	FAULT("kiosk.answer");
	call_read(&a->answer, c->kind, from);
	a->answer.serial = c->serial;
	c->kind = FLOW_CALL_NONE;
	if (from->code == ERR_TIMEOUT)
		offline(a);
	if (from->code != ERR_OK || from->status >= 500)
		probe_soon(a, 0);
	step(a, &(struct flow_event){.kind = FLOW_EV_ANSWER, .answer = &a->answer});
	FAULT("kiosk.answered");
	explicit_bzero(&a->answer, sizeof a->answer);
}

/* --- is foyerd there? -------------------------------------------------------------------- */

static void on_kiosk(void *arg, const struct client_answer *from)
{
	struct app *a = arg;
	struct err e = {0};
	struct api_kiosk *own_info = mem_new(1, sizeof *own_info);
	a->probing = false;
	enum err_code rc = from->code != ERR_OK  ? from->code
			   : from->status == 200 ? api_read_kiosk(own_info, from->json, &e)
						 : ERR_REFUSED;
	if (rc == ERR_OK)
		rc = zone_set(own_info->timezone, &e);
	if (rc == ERR_OK) {
		if (!a->flow->online)
			log_info("foyerd is there");
		if (!own_info->open && !a->closed)
			log_warn("foyerd takes no visitors now");
		a->closed = !own_info->open;
		a->probe_ms = INT64_MAX;
		probe_soon(a, a->closed ? PROBE_AGAIN_MS : PROBE_EACH_MS);
		step(a, &(struct flow_event){.kind = FLOW_EV_ONLINE, .own_info = own_info});
		return;
	}
	free(own_info);
	if (from->code == ERR_OK && a->flow->online)
		log_error("foyerd's answer about this kiosk (status %d): %s", from->status, e.msg);
	a->probe_ms = INT64_MAX;
	probe_soon(a, PROBE_AGAIN_MS);
	offline(a);
}

static void probe(struct app *a, int64_t now_ms)
{
	struct client_ask ask = {.method = "GET", .target = "/v1/kiosk", .timeout_ms = PROBE_MS};
	if (a->probing)
		return;
	/* The kept connection fell: foyerd is gone, or only tidied up. */
	if (a->flow->online && !client_connected(a->client))
		probe_soon(a, 0);
	if (now_ms < a->probe_ms)
		return;
	a->probed_ms = now_ms;
	a->probe_ms = INT64_MAX;
	a->probing = client_request(a->client, &ask, on_kiosk, a, now_ms) != 0;
	if (!a->probing)
		probe_soon(a, PROBE_AGAIN_MS);
}

static void on_beat(void *arg, const struct client_answer *from)
{
	struct app *a = arg;
	if (from->code != ERR_OK)
		probe_soon(a, 0);
}

/* Doctor should hear of it when a device is unplugged, and when it is back: not at the next regular beat only. */
static void look_after(struct app *a, const struct api_state *s)
{
	unsigned devices = str_eq(s->camera, "ok");
	for (int i = 0; i < s->n_readers; i++)
		devices |= (unsigned)s->readers[i].there << (i + 1);
	if (devices != a->devices && a->beaten_ms + BEAT_LEAST_MS < a->beat_ms)
		a->beat_ms = a->beaten_ms + BEAT_LEAST_MS;
	a->devices = devices;
}

static void beat(struct app *a, int64_t now_ms)
{
	struct api_state s = {.camera = camera_health(&a->camera),
	    .busy = !flow_idle(a->flow),
	    .cols = a->ui.cols,
	    .rows = a->ui.rows,
	    .n_readers = a->readers.n};
	for (int i = 0; i < s.n_readers; i++) {
		s.readers[i].name = a->readers.of[i].conf.name;
		s.readers[i].there = reader_there(&a->readers.of[i]);
	}
	look_after(a, &s);
	if (now_ms < a->beat_ms || !a->flow->online)
		return;
	a->beaten_ms = now_ms;
	a->beat_ms = now_ms + BEAT_EACH_MS;
	char *body = api_write_state(&s);
	struct client_ask ask = {
	    .method = "POST", .target = "/v1/kiosk/state", .body = body, .timeout_ms = PROBE_MS};
	if (client_request(a->client, &ask, on_beat, a, now_ms) == 0)
		log_warn("no room for a heartbeat");
	api_free_body(body);
}

/* --- the stream -------------------------------------------------------------------------- */

/* Called within the client's step: only kept here, for after it. */
static void on_event(void *arg, const char *name, const char *data, size_t len)
{
	struct app *a = arg;
	json_t *j = NULL;
	struct api_progress p;
	if (str_eq(name, "progress") &&
	    json_parse_object(&j, data, len, SSE_DATA_MAX, NULL) == ERR_OK &&
	    api_read_progress(&p, j, NULL) == ERR_OK) {
		a->progress = p;
		a->has_progress = true;
	}
	json_decref(j);
}

static bool on_bytes(void *arg, const char *bytes, size_t n)
{
	struct app *a = arg;
	sse_feed(&a->sse, bytes, n);
	return true;
}

static void on_stream_end(void *arg, const struct client_answer *from)
{
	struct app *a = arg;
	a->stream_ms = INT64_MAX;
	if (from->code != ERR_OK) /* an end that foyerd chose is an end */
		a->stream_ms = clock_mono(&a->clock) + STREAM_AGAIN_MS;
}

static void stream(struct app *a, int64_t now_ms)
{
	char target[CLIENT_TARGET_SZ];
	const char *token = flow_token(a->flow);
	if (!str_eq(token, a->token)) {
		client_stream_stop(a->client);
		a->has_progress = false;
		explicit_bzero(a->token, sizeof a->token);
		str_copy(a->token, sizeof a->token, token);
		a->stream_ms = token[0] != '\0' ? now_ms : INT64_MAX;
	}
	if (now_ms < a->stream_ms)
		return;
	a->stream_ms = INT64_MAX;
	sse_fini(&a->sse);
	sse_init(&a->sse, on_event, a);
	str_print(target, sizeof target, "/v1/progress/%s", a->token);
	client_stream(a->client,
	    &(struct client_ask){
		.method = "GET", .target = target, .timeout_ms = STREAM_SILENCE_MS},
	    &(struct client_sink){on_bytes, on_stream_end, a}, now_ms);
}

/* --- eyes and hands ---------------------------------------------------------------------- */

static void scanned(struct app *a, const char *text, enum api_source source)
{
	step(a, &(struct flow_event){.kind = FLOW_EV_SCAN, .scan = text, .source = source});
}

static void document_take(struct app *a, const char *text)
{
	if (flow_wants_document(a->flow))
		ui_beep(&a->ui);
	step(a,
	    &(struct flow_event){
		.kind = FLOW_EV_SCAN, .scan = text, .source = API_SOURCE_CAMERA, .document = true});
}

static void code_take(struct app *a, const char *text, int64_t now_ms)
{
	bool same = str_eq(a->code, text) && now_ms - a->code_ms < SAME_CODE_MS;
	a->code_ms = now_ms;
	if (same)
		return;
	str_copy(a->code, sizeof a->code, text);
	ui_beep(&a->ui);
	scanned(a, text, API_SOURCE_CAMERA);
}

/* A badge carries two codes: the pass, and beside it the number for the doors, digits alone, which is no business of ours. Any other code waits
 * a moment for a pass in the same view. */
static void on_code(void *arg, const char *text, bool document)
{
	struct app *a = arg;
	int64_t now_ms = clock_mono(&a->clock);
	if (text == NULL) {
		step(a, &(struct flow_event){.kind = document ? FLOW_EV_STRAY : FLOW_EV_MANY});
		return;
	}
	if (document) {
		document_take(a, text);
		return;
	}
	if (text[strspn(text, "0123456789")] == '\0')
		return;
	bool pass = strncasecmp(text, "FOYER", 5) == 0;
	explicit_bzero(a->other, sizeof a->other);
	if (pass) {
		code_take(a, text, now_ms);
		return;
	}
	str_copy(a->other, sizeof a->other, text);
	a->other_ms = now_ms + OTHER_CODE_MS;
}

static void other_code(struct app *a, int64_t now_ms)
{
	char text[TEXT_SCAN_SZ];
	if (a->other[0] == '\0' || now_ms < a->other_ms)
		return;
	memcpy(text, a->other, sizeof text);
	explicit_bzero(a->other, sizeof a->other);
	code_take(a, text, now_ms);
}

/* Whatever is held up now is new. */
static void look_again(struct app *a)
{
	explicit_bzero(a->code, sizeof a->code);
	camera_again(&a->camera);
}

/* Whoever comes to the scan screen by hand wants this code to be seen, also if it is being held up already. */
static void by_hand(struct app *a, const struct flow_event *ev)
{
	enum flow_screen before = a->flow->screen;
	step(a, ev);
	if (a->flow->screen == FLOW_SCAN && before != FLOW_SCAN)
		look_again(a);
}

/* Kept only for as long as it may still be held up: it opens the visitor's visit. */
static void code_forget(struct app *a, int64_t now_ms)
{
	if (flow_idle(a->flow) && now_ms - a->code_ms >= SAME_CODE_MS)
		explicit_bzero(a->code, sizeof a->code);
}

static void wedge_drain(struct app *a, int64_t now_ms)
{
	struct wedge_event ev;
	while (wedge_next(&a->wedge, &ev, now_ms)) {
		if (ev.kind == WEDGE_SCAN)
			scanned(a, ev.text, API_SOURCE_WEDGE);
		else
			by_hand(a, &(struct flow_event){.kind = FLOW_EV_KEY, .key = ev.key});
	}
	explicit_bzero(&ev, sizeof ev);
}

static void on_reader(void *arg, const char *text)
{
	if (text != NULL)
		scanned(arg, text, API_SOURCE_WEDGE);
	else
		step(arg, &(struct flow_event){.kind = FLOW_EV_UNREAD});
}

static void hands(struct app *a)
{
	for (;;) {
		struct ui_input in = ui_read(&a->ui);
		int64_t now_ms = clock_mono(&a->clock);
		if (in.kind == UI_NOTHING)
			break;
		if (in.kind == UI_CLICK) {
			by_hand(a, &(struct flow_event){.kind = FLOW_EV_TOUCH,
				       .action = (enum action)in.action,
				       .arg = in.arg});
		} else {
			wedge_key(&a->wedge, in.key, now_ms);
			wedge_drain(a, now_ms);
		}
	}
}

static void size(struct app *a)
{
	int rows, cols;
	if (ui_tty_size(STDOUT_FILENO, &rows, &cols))
		ui_resize(&a->ui, rows, cols);
	step(a, &(struct flow_event){.kind = FLOW_EV_SIZE, .rows = a->ui.rows, .cols = a->ui.cols});
}

static void signal_read(struct app *a)
{
	struct signalfd_siginfo si;
	while (read(a->signals, &si, sizeof si) == (ssize_t)sizeof si) {
		if (si.ssi_signo == SIGTERM || si.ssi_signo == SIGHUP)
			a->running = false;
		else if (si.ssi_signo == SIGWINCH || si.ssi_signo == SIGCONT)
			size(a);
		/* INT, QUIT, TSTP and the rest of a keyboard's signals mean nothing here. */
	}
}

/* --- the loop ---------------------------------------------------------------------------- */

static int64_t least(int64_t x, int64_t y)
{
	return x < y ? x : y;
}

static int wait_ms(struct app *a)
{
	int64_t now_ms = clock_mono(&a->clock), wall_ms = clock_wall(&a->clock);
	int64_t due = now_ms + CLOCK_MINUTE - wall_ms % CLOCK_MINUTE; /* the header's clock */
	due = least(due, flow_due_ms(a->flow, now_ms));
	due = least(due, wedge_due_ms(&a->wedge));
	due = least(due, readers_due_ms(&a->readers));
	due = least(due, client_next_ms(a->client));
	due = least(due, camera_next_ms(&a->camera));
	due = least(due, least(a->probe_ms, a->stream_ms));
	if (a->other[0] != '\0')
		due = least(due, a->other_ms);
	if (a->flow->online)
		due = least(due, a->beat_ms);
	return due <= now_ms ? 0 : (int)(due - now_ms);
}

static void draw(struct app *a)
{
	if (!str_eq(lang_get(), a->flow->lang))
		lang_set(a->flow->lang);
	frame_draw(&a->ui, a->flow, clock_mono(&a->clock));
	ui_end(&a->ui);
}

/* Of the loop's descriptors: the terminal, the signals and the camera, then the readers, then foyerd's. */
_Static_assert((int)API_READERS == (int)KIOSK_READERS, "each reader is told of");
enum { FDS = 3, FDS_MOST = FDS + KIOSK_READERS + CLIENT_POLLFDS };

static void turn(struct app *a, const struct pollfd *fds, int n)
{
	const int before = FDS + a->readers.n;
	if (fds[0].revents & POLLIN)
		hands(a);
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		a->running = false; /* the terminal is gone */
	if (fds[1].revents & POLLIN)
		signal_read(a);
	if (fds[2].revents != 0)
		camera_read(&a->camera, on_code, a, clock_mono(&a->clock));
	wedge_drain(a, clock_mono(&a->clock));
	readers_step(&a->readers, fds + FDS, on_reader, a, clock_mono(&a->clock));
	client_step(a->client, fds + before, n - before, clock_mono(&a->clock));
	if (a->has_progress) {
		a->has_progress = false;
		step(a, &(struct flow_event){.kind = FLOW_EV_PROGRESS, .progress = &a->progress});
	}
	step(a, &(struct flow_event){.kind = FLOW_EV_TICK});
	camera_want(&a->camera, flow_wants_document(a->flow));
	if (flow_take_unheard(a->flow))
		look_again(a);
	camera_step(&a->camera, clock_mono(&a->clock));
	probe(a, clock_mono(&a->clock));
	beat(a, clock_mono(&a->clock));
	stream(a, clock_mono(&a->clock));
	other_code(a, clock_mono(&a->clock));
	code_forget(a, clock_mono(&a->clock));
}

static enum err_code loop(struct app *a, struct err *e)
{
	a->running = true;
	while (a->running) {
		struct pollfd fds[FDS_MOST] = {{.fd = STDIN_FILENO, .events = POLLIN},
		    {.fd = a->signals, .events = POLLIN}, {.fd = a->camera.fd, .events = POLLIN}};
		readers_pollfds(&a->readers, fds + FDS);
		int n = FDS + a->readers.n;
		n += client_pollfds(a->client, fds + n);
		if (poll(fds, (nfds_t)n, wait_ms(a)) < 0 && errno != EINTR)
			return err_errno(e, ERR_IO, "poll");
		turn(a, fds, n);
		draw(a);
	}
	return ERR_OK;
}

static enum err_code signals_open(struct app *a, struct err *e)
{
	static const int taken[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU,
	    SIGWINCH, SIGCONT, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
		sigaddset(&set, taken[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_errno(e, ERR_IO, "signal mask");
	a->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return a->signals >= 0 ? ERR_OK : err_errno(e, ERR_IO, "signalfd");
}

enum err_code app_run(const struct kiosk_conf *conf, struct err *e)
{
	struct app *a = mem_new(1, sizeof *a);
	struct ui_conf uc = {.mono = conf->colours == KIOSK_COLOURS_MONO, .mouse = conf->mouse};
	*a = (struct app){.clock = clock_system(), .signals = -1, .stream_ms = INT64_MAX};
	enum err_code rc = signals_open(a, e);
	if (rc == ERR_OK)
		rc = ui_open(&a->ui, &uc, e);
	if (rc != ERR_OK)
		goto out;
	camera_init(&a->camera, conf->camera_program, conf->camera_device);
	a->camera.columns = conf->camera_columns;
	a->camera.rows = conf->camera_rows;
	wedge_init(&a->wedge, &conf->wedge);
	readers_init(&a->readers, conf);
	sse_init(&a->sse, on_event, a);
	a->client = client_new(conf->socket);
	a->flow = flow_new(random_system());
	a->flow->camera = camera_configured(&a->camera);
	a->flow->wedge = conf->wedge.on || conf->n_readers > 0;
	a->flow->reader = conf->n_readers > 0;
	a->flow->preview = &a->camera.preview;
	step(a, &(struct flow_event){.kind = FLOW_EV_SIZE, .rows = a->ui.rows, .cols = a->ui.cols});
	rc = kiosk_cell_enter(conf, e);
	if (rc == ERR_OK)
		rc = loop(a, e);
	ui_close(&a->ui);
	client_free(a->client);
	camera_fini(&a->camera);
	wedge_fini(&a->wedge);
	readers_fini(&a->readers);
	sse_fini(&a->sse);
	flow_free(a->flow);
out:
	if (a->signals >= 0)
		close(a->signals);
	explicit_bzero(a, sizeof *a);
	free(a);
	return rc;
}
