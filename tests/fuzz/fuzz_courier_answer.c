// rooms: daemon visit notify access badge scan db pass match base
// with: tests/fuzz/house.c tests/fuzz/house_check.c tests/fuzz/lines.c
/*
 * foyerd's side of foyer-courier(7): the real queue and the real couriers' keepers of accounts (daemon/jobs.c, courier.c) over a real book,
 * and couriers that write whatever they like, whenever they like, and die of it. A script, a line a step:
 *
 *   print TEXT, access TEXT, notify TEXT   that courier writes TEXT and LF; "$job" is the job it was given last
 *   cut KIND TEXT                          the same without LF
 *   err KIND TEXT                          a line of its log
 *   die KIND STATUS                        it ends (waitpid's status)
 *   wait MS                                time
 *   WHO METHOD PATH [BODY]                 meanwhile, as in fuzz_api.c
 *
 * What must hold: a courier has one job at a time; one that is to be killed is not listened to any more; a job is leased only to who was given
 * it; what is done in the book, a courier said that it had done; and what holds of every book (house.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/jobs.h"
#include "daemon/keeper.h"
#include "daemon/proc.h"
#include "tests/fuzz/house.h"
#include "tests/fuzz/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);

enum {
	COURIERS = 8,
	SAID = 256,
	LINES_MOST = 60,
	WORD_SZ = 64,
	ROUNDS = 40,
	WAIT_MOST = 30 * 60 * 1000,
	PATIENCE_ROUNDS = 200
};

/* A courier as its keeper sees it. */
struct child {
	struct proc *proc;
	pid_t pid; /* 0: asked for, not started */
	int in, out, err; /* what it reads, and what it writes to */
	struct str_buf heard, saying; /* a line that is not whole yet */
	char job[UUID_TEXT_SZ]; /* the last that it was given; "" none yet */
	bool spoke; /* since it was given that */
	bool killed;
};

static struct {
	struct house *h;
	struct child of[COURIERS];
	pid_t last_pid;
	char done[SAID][UUID_TEXT_SZ]; /* jobs of which somebody said so */
	int n_done;
} stage;

/* --- the keeper, in place of daemon/keeper.c ------------------------------------------------ */

enum err_code keeper_spawn(struct keeper *k, struct proc *p, struct err *e)
{
	(void)k;
	for (int i = 0; i < COURIERS; i++) {
		if (stage.of[i].proc == NULL) {
			stage.of[i] = (struct child){.proc = p, .in = -1, .out = -1, .err = -1};
			return ERR_OK;
		}
	}
	return err_set(e, ERR_TOO_MANY, "no room for another courier");
}

void keeper_kill(struct keeper *k, const struct proc *p)
{
	(void)k;
	for (int i = 0; i < COURIERS; i++)
		if (stage.of[i].proc == p)
			stage.of[i].killed = true;
}

bool keeper_separates(const struct keeper *k)
{
	(void)k;
	return true;
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void child_start(struct child *c)
{
	int parent[3], child[3];
	struct err e = {0};
	house_must(proc_pipes(parent, child, &e) == ERR_OK, e.msg);
	c->in = child[0];
	c->out = child[1];
	c->err = child[2];
	house_must(fcntl(c->in, F_SETFL, O_NONBLOCK) == 0, "a pipe");
	house_must(fcntl(c->out, F_SETFL, O_NONBLOCK) == 0, "a pipe");
	house_must(fcntl(c->err, F_SETFL, O_NONBLOCK) == 0, "a pipe");
	c->pid = ++stage.last_pid;
	procs_started(&stage.h->d.procs, c->proc, c->pid, parent);
}

static void child_end(struct child *c, int status)
{
	struct proc *p = c->proc;
	fd_close(&c->in);
	fd_close(&c->out);
	fd_close(&c->err);
	str_buf_fini(&c->heard);
	str_buf_fini(&c->saying);
	*c = (struct child){.in = -1, .out = -1, .err = -1};
	procs_ended(&stage.h->d.procs, p, status);
}

/* --- what a courier is told --------------------------------------------------------------- */

static void line_heard(struct child *c, const char *text, size_t len)
{
	struct err e = {0};
	struct uuid id;
	json_t *o = NULL;
	house_must(json_parse_object(&o, text, len, 256 * 1024, &e) == ERR_OK,
	    "a courier is told JSON objects");
	const char *job = json_string_value(json_object_get(o, "job"));
	if (job == NULL) {
		house_must(c->job[0] == '\0' && json_integer_value(json_object_get(o, "v")) == 1,
		    "the first line comes first");
	} else {
		house_must(
		    uuid_parse(&id, job) && json_string_value(json_object_get(o, "kind")) != NULL,
		    "a job has an id and a kind");
		house_must(c->spoke, "no second job before it spoke about the first");
		house_must(!c->killed, "nothing is asked of one that is to be killed");
		(void)str_copy(c->job, sizeof c->job, job);
	}
	c->spoke = false;
	json_decref(o);
}

static void child_listen(struct child *c)
{
	char chunk[4096];
	ssize_t n;
	while (c->in >= 0 && (n = read(c->in, chunk, sizeof chunk)) > 0)
		(void)str_buf_add(&c->heard, chunk, (size_t)n);
	for (char *lf;
	     c->heard.len > 0 && (lf = memchr(c->heard.data, '\n', c->heard.len)) != NULL;) {
		size_t len = (size_t)(lf - c->heard.data);
		line_heard(c, c->heard.data, len);
		str_buf_shift(&c->heard, len + 1);
	}
}

/* Until nothing happens any more. */
static void settle(void)
{
	struct err e = {0};
	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < COURIERS; k++) {
			struct child *c = &stage.of[k];
			if (c->proc != NULL && c->pid == 0)
				child_start(c);
			if (c->proc != NULL && c->killed)
				child_end(c, SIGKILL);
			else if (c->proc != NULL)
				child_listen(c);
		}
		house_must(loop_step(&stage.h->loop, 0, &e) == ERR_OK, e.msg);
	}
}

/* --- what it says ---------------------------------------------------------------------------- */

static struct child *child_of(const char *kind)
{
	for (int i = 0; i < COURIERS; i++)
		if (stage.of[i].proc != NULL && stage.of[i].pid != 0 && !stage.of[i].killed &&
		    str_eq(courier_kind_name((enum courier_kind)stage.of[i].proc->kind), kind))
			return &stage.of[i];
	return NULL;
}

/* Only of the job that it has: what it says of another one is nothing. */
static void note_done(const struct child *c, const char *text)
{
	json_t *o = NULL;
	if (json_parse_object(&o, text, strlen(text), 64 * 1024, NULL) == ERR_OK &&
	    stage.n_done < SAID &&
	    str_eq(json_string_value(json_object_get(o, "result")), "done")) {
		const char *job = json_string_value(json_object_get(o, "job"));
		if (job != NULL && str_eq(job, c->job))
			(void)str_copy(stage.done[stage.n_done++], UUID_TEXT_SZ, job);
	}
	json_decref(o);
}

static void say(const char *kind, const char *text, bool whole)
{
	struct child *c = child_of(kind);
	struct str_buf out = STR_BUF_INIT;
	if (c == NULL || c->out < 0)
		return;
	for (const char *at = text; *at != '\0';) {
		if (str_starts(at, "$job")) {
			(void)str_buf_print(&out, "%s", c->job);
			at += strlen("$job");
		} else {
			(void)str_buf_add(&out, at++, 1);
		}
	}
	if (out.len > 0)
		(void)str_buf_add(&c->saying, out.data, out.len);
	if (whole) {
		note_done(c, c->saying.len > 0 ? c->saying.data : "");
		str_buf_clear(&c->saying);
		(void)str_buf_add(&out, "\n", 1);
	}
	c->spoke = c->spoke || whole;
	/* A pipe that is full, or whose reader is gone, takes what it takes. */
	ssize_t n = out.len > 0 ? write(c->out, out.data, out.len) : 0;
	(void)n;
	str_buf_fini(&out);
}

static void log_say(const char *kind, const char *text)
{
	struct child *c = child_of(kind);
	ssize_t n = c != NULL ? write(c->err, text, strlen(text)) : 0;
	if (c != NULL)
		n = write(c->err, "\n", 1);
	(void)n;
}

/* --- the script ------------------------------------------------------------------------------ */

static void word_take(const char **at, char word[WORD_SZ])
{
	size_t n = strcspn(*at, " ");
	word[0] = '\0';
	if (n < WORD_SZ)
		(void)str_print(word, WORD_SZ, "%.*s", (int)n, *at);
	*at += n;
	*at += strspn(*at, " ");
}

static void die(const char *kind, const char *status)
{
	struct child *c = child_of(kind);
	if (c != NULL)
		child_end(c, (int)(strtol(status, NULL, 10) & 0xffff));
}

static void request(const char *who, const char *rest)
{
	char method[WORD_SZ], path[WORD_SZ];
	int status;
	word_take(&rest, method);
	word_take(&rest, path);
	const struct house_ask ask = {.roles = str_eq(who, "kiosk")
						   ? ROLE(KIOSK)
						   : ROLE(MANAGER) | ROLE(DESK) | ROLE(SUPERVISOR),
	    .method = method,
	    .path = path,
	    .body = rest[0] != '\0' ? rest : NULL};
	json_decref(house_ask(stage.h, &ask, &status));
}

static void line_do(const char *line)
{
	char word[WORD_SZ], kind[WORD_SZ];
	word_take(&line, word);
	if (str_eq(word, "wait")) {
		int64_t ms = labs(strtol(line, NULL, 10) % WAIT_MOST);
		stage.h->clock.mono_ms += ms;
		stage.h->clock.wall_ms += ms;
	} else if (str_eq(word, "cut") || str_eq(word, "err") || str_eq(word, "die")) {
		word_take(&line, kind);
		if (word[0] == 'c')
			say(kind, line, false);
		else if (word[0] == 'e')
			log_say(kind, line);
		else
			die(kind, line);
	} else if (str_eq(word, "kiosk") || str_eq(word, "desk")) {
		request(word, line);
	} else {
		say(word, line, true);
	}
	settle();
}

/* --- what must hold ------------------------------------------------------------------------ */

static bool said_done(const char *job)
{
	for (int i = 0; i < stage.n_done; i++)
		if (str_eq(stage.done[i], job))
			return true;
	return false;
}

static bool somebody_has(const char *job)
{
	for (int i = 0; i < COURIERS; i++)
		if (stage.of[i].proc != NULL && str_eq(stage.of[i].job, job))
			return true;
	return false;
}

static void queue_check(void)
{
	const struct house_ask ask = {
	    .roles = ROLE(MANAGER), .method = "GET", .path = "/v1/jobs?limit=200"};
	int status;
	size_t i;
	json_t *o = house_ask(stage.h, &ask, &status);
	const json_t *j;
	json_array_foreach(json_object_get(o, "items"), i, j)
	{
		const char *id = json_string_value(json_object_get(j, "id")),
			   *state = json_string_value(json_object_get(j, "state"));
		house_must(!str_eq(state, "leased") || somebody_has(id),
		    "a job is leased to whom it was given");
		house_must(!str_eq(state, "done") || said_done(id),
		    "what is done, somebody said that it was done");
	}
	json_decref(o);
}

static void ask_first(
    struct house *h, unsigned roles, const char *method, const char *path, const char *body)
{
	int status;
	char *filled = house_fill(h, body, strlen(body));
	const struct house_ask ask = {.roles = roles,
	    .method = method,
	    .path = path,
	    .body = filled[0] != '\0' ? filled : NULL};
	json_decref(house_ask(h, &ask, &status));
	house_must(status >= 200 && status < 300, path);
	free(filled);
}

/* Somebody is inside, and somebody has just gone: there is something to print, to open, to withdraw and to tell. */
static void prepare(struct house *h)
{
	static const char invite[] = "{\"host\":\"aroth\",\"name\":\"Zoë\",\"type\":\"guest\","
				     "\"until_ms\":$+180,\"mail\":\"zoe@visitors.example\"}";
	static const char come[] = "{\"pass\":\"$p0\",\"lang\":\"en\",\"agreement\":{\"name\":"
				   "\"visitor\",\"version\":\"$a0\",\"lang\":\"en\","
				   "\"accepted\":true}}";
	ask_first(h, ROLE(MANAGER), "PUT", "/v1/hosts/aroth",
	    "{\"name\":\"Anna Roth\",\"mail\":\"anna@house.example\"}");
	ask_first(h, ROLE(KIOSK), "GET", "/v1/agreements/visitor?lang=en", "");
	for (int i = 0; i < 2; i++) {
		ask_first(h, ROLE(DESK), "POST", "/v1/invitations", invite);
		ask_first(h, ROLE(KIOSK), "POST", "/v1/checkins", come);
	}
	ask_first(h, ROLE(DESK), "POST", "/v1/visits/1/checkout", "{}");
}

/* As foyerd ends: nobody new, then nobody at all. */
static void stop(void)
{
	jobs_stop(stage.h->d.jobs);
	settle();
	jobs_kill(stage.h->d.jobs);
	for (int i = 0; i < PATIENCE_ROUNDS && !jobs_all_ended(stage.h->d.jobs); i++) {
		for (int k = 0; k < COURIERS; k++)
			if (stage.of[k].proc != NULL && stage.of[k].pid != 0)
				child_end(&stage.of[k], 0);
		settle();
	}
	house_must(jobs_all_ended(stage.h->d.jobs), "every courier ends");
	jobs_free(stage.h->d.jobs);
	stage.h->d.jobs = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size, *text;
	struct house *h = mem_new(1, sizeof *h);
	struct err e = {0};
	size_t len;
	house_open(h, prepare);
	memset(&stage, 0, sizeof stage);
	stage.h = h;
	stage.last_pid = 100;
	(void)signal(SIGPIPE, SIG_IGN);
	h->d.procs.keeper = (struct keeper *)&stage; /* only handed back to the functions above */
	house_must(jobs_new(&h->d.jobs, &h->d, &e) == ERR_OK, e.msg);
	settle();
	for (int i = 0; i < LINES_MOST && lines_next(&at, end, &text, &len); i++) {
		char *line = house_fill(h, text, len);
		line_do(line);
		free(line);
	}
	queue_check();
	stop();
	house_check(h);
	house_close(h);
	free(h);
	return 0;
}

/* --- for libFuzzer ----------------------------------------------------------------------- */

static void line_invent(struct str_buf *out, unsigned seed)
{
	static const char *const kinds[] = {"print", "access", "notify"};
	static const char *const words[] = {"{\"v\":1,\"ready\":true}",
	    "{\"job\":\"$job\",\"result\":\"done\"}",
	    "{\"job\":\"$job\",\"result\":\"retry\",\"class\":\"timeout\",\"reason\":\"r\"}",
	    "{\"job\":\"$job\",\"result\":\"retry\",\"class\":\"pending\",\"after_ms\":100}",
	    "{\"job\":\"$job\",\"result\":\"failed\",\"class\":\"bad-job\",\"reason\":\"r\","
	    "\"remedy\":\"m\"}",
	    "{\"job\":\"$job\",\"result\":\"done\",\"card\":1000,\"profile\":100,\"until_ms\":"
	    "1795440000000}",
	    "{\"v\":1,\"ready\":false,\"reason\":\"no\"}", "nonsense"};
	const char *kind = kinds[seed / 4 % 3];
	switch (seed % 4) {
	case 0:
		(void)str_buf_print(out, "wait %u\n",
		    seed / 16 % 3 == 0   ? 1000
		    : seed / 16 % 3 == 1 ? 61000
					 : 300000);
		break;
	case 1: (void)str_buf_print(out, "die %s %u\n", kind, seed / 16 % 3 * 9); break;
	default:
		(void)str_buf_print(
		    out, "%s %s\n", kind, words[seed / 16 % (sizeof words / sizeof words[0])]);
		break;
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	return lines_mutate(data, size, max, seed, line_invent);
}
