/*
 * foyer-door-sim: a simulated UT0311-L04 door controller on 127.0.0.1, for tests and for the demo. See door_board.h for what it is and
 * is not.
 *
 *     foyer-door-sim [--serial N] [--capacity N] [--port N] [--timezone ZONE] [--state FILE] [--control PATH]
 *     foyer-door-sim --control PATH COMMAND…
 *
 * It prints "port N" when it is ready. Commands come a line each, and get a line each: on a Unix socket (--control), else on standard
 * input, whose end ends the program. The second form sends one command to a running one, and prints what it says.
 *
 *     swipe CARD DOOR             granted | refused WHY
 *     at YYYY-MM-DDTHH:MM | now   swipes are judged at this local time
 *     cards | profiles | asked    JSON: what it holds, what it was asked
 *     events [N]                  JSON: what happened at its doors, the newest N (100) first
 *     clock ±MS | set             put the clock wrong by so much, or right
 *     fault none | silent | wrong-serial | wrong-function | other-card | short | long | random | garbage | late MS | lose FUNCTION |
 *           full N | clock-stuck | cards-stuck
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "tests/sim/door_event.h"
#include "tests/sim/door_state.h"
#include "tests/sim/door_wire.h"

enum { PEERS = 8, WORDS = 4, LINE_SZ = 512, DEFAULT_SERIAL = 405419896, DEFAULT_CAPACITY = 20000 };

struct options {
	uint32_t serial;
	size_t capacity;
	in_port_t port;
	const char *timezone, *state, *control;
};

struct peer {
	int in, out; /* the same descriptor, or standard input and output */
	char line[LINE_SZ];
	size_t len;
};

struct sim {
	struct options opt;
	struct door_board board;
	struct door_wire wire;
	int64_t at_ms; /* swipes are judged at this time; -1: at what the board's clock shows */
	int listener;
	struct peer peers[PEERS];
	int n_peers;
	unsigned written; /* board.changes when the state file was last written */
	bool over;
};

static bool number(const char *s, int64_t min, int64_t max, int64_t *v)
{
	char *end;
	errno = 0;
	*v = strtoll(s, &end, 10);
	return end != s && *end == '\0' && errno == 0 && *v >= min && *v <= max;
}

/* --- commands ---------------------------------------------------------------------------- */

static void say(char **answer, const char *text)
{
	*answer = mem_strdup(text);
}

static void do_swipe(struct sim *s, char **w, int n, char **answer)
{
	int64_t card, door;
	if (n != 3 || !number(w[1], 0, UINT32_MAX, &card) ||
	    !number(w[2], 1, UHPPOTE_DOORS, &door)) {
		say(answer, "error: swipe CARD DOOR");
		return;
	}
	struct zone_time at = s->at_ms >= 0
				  ? zone_local(s->at_ms)
				  : door_board_time(&s->board, clock_wall(&s->wire.clock));
	enum door_verdict v = door_board_swipe(&s->board, (uint32_t)card, (int)door, &at);
	char line[LINE_SZ];
	(void)str_print(line, sizeof line, "refused %s", door_verdict_name(v));
	say(answer, v == DOOR_GRANTED ? door_verdict_name(v) : line);
}

static void do_at(struct sim *s, char **w, int n, char **answer)
{
	int64_t ms = -1;
	struct err e;
	if (n == 2 && str_eq(w[1], "now"))
		s->at_ms = -1;
	else if (n == 2 && zone_parse(&ms, w[1], clock_wall(&s->wire.clock), &e) == ERR_OK &&
		 ms >= 0)
		s->at_ms = ms;
	else {
		say(answer, "error: at YYYY-MM-DDTHH:MM | now");
		return;
	}
	say(answer, "ok");
}

static void do_clock(struct sim *s, char **w, int n, char **answer)
{
	int64_t ms;
	if (n == 2 && str_eq(w[1], "set"))
		door_board_clock_right(&s->board, clock_wall(&s->wire.clock));
	else if (n == 2 && number(w[1], -INT64_C(4000000000000), INT64_C(4000000000000), &ms))
		s->board.clock_s += ms / CLOCK_SECOND;
	else {
		say(answer, "error: clock ±MS | set");
		return;
	}
	s->board.changes++;
	say(answer, "ok");
}

static void do_fault(struct sim *s, char **w, int n, char **answer)
{
	const char *what = n >= 2 ? w[1] : "";
	int64_t v = 0;
	s->wire.fault = DOOR_FAULT_NONE;
	s->board.limit = s->board.n_slots;
	s->board.clock_stuck = s->board.cards_stuck = false;
	bool good = n == 2;
	if (str_eq(what, "clock-stuck"))
		s->board.clock_stuck = true;
	else if (str_eq(what, "cards-stuck"))
		s->board.cards_stuck = true;
	else if (str_eq(what, "late") && n == 3 && number(w[2], 0, 60000, &v)) {
		s->wire.fault = DOOR_FAULT_LATE;
		s->wire.late_ms = (int)v;
		good = true;
	} else if (str_eq(what, "lose") && n == 3 && door_wire_fn(w[2]) != 0) {
		s->wire.fault = DOOR_FAULT_LOSE;
		s->wire.lose_fn = door_wire_fn(w[2]);
		good = true;
	} else if (str_eq(what, "full") && n == 3 &&
		   number(w[2], 0, (int64_t)s->board.n_slots, &v)) {
		s->board.limit = (size_t)v;
		good = true;
	} else if (!door_wire_fault(&s->wire.fault, what))
		good = false;
	say(answer, good ? "ok" : "error: no such fault");
}

static void do_json(json_t *own_v, char **answer)
{
	*answer = json_print_line(own_v);
	json_decref(own_v);
}

static void do_events(struct sim *s, char **w, int n, char **answer)
{
	int64_t most = 100;
	if (n > 2 || (n == 2 && !number(w[1], 1, DOOR_BOARD_EVENTS, &most)))
		say(answer, "error: events [N]");
	else
		do_json(door_event_list(&s->board, (size_t)most), answer);
}

/* One line in, one line (malloc'ed, without LF) out. */
static char *command(struct sim *s, char *line)
{
	char *word[WORDS], *rest = line, *answer = NULL;
	int n = 0;
	for (char *t; n < WORDS && (t = strtok_r(rest, " \t\r", &rest)) != NULL;)
		word[n++] = t;
	const char *what = n > 0 ? word[0] : "";
	if (str_eq(what, "swipe"))
		do_swipe(s, word, n, &answer);
	else if (str_eq(what, "at"))
		do_at(s, word, n, &answer);
	else if (str_eq(what, "clock"))
		do_clock(s, word, n, &answer);
	else if (str_eq(what, "fault"))
		do_fault(s, word, n, &answer);
	else if (str_eq(what, "cards"))
		do_json(door_state_cards(&s->board), &answer);
	else if (str_eq(what, "profiles"))
		do_json(door_state_profiles(&s->board), &answer);
	else if (str_eq(what, "asked"))
		do_json(door_wire_asked(&s->wire), &answer);
	else if (str_eq(what, "events"))
		do_events(s, word, n, &answer);
	else
		say(&answer, "error: swipe, at, clock, fault, cards, profiles, asked, events");
	return answer;
}

/* --- the control side -------------------------------------------------------------------- */

static bool write_all(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, text, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return false;
		text += w;
		n -= (size_t)w;
	}
	return true;
}

static void state_save(struct sim *s)
{
	struct err e;
	if (s->opt.state == NULL || s->board.changes == s->written)
		return;
	if (door_state_write(&s->board, s->opt.state, clock_wall(&s->wire.clock), &e) != ERR_OK)
		log_warn("%s", e.msg);
	s->written = s->board.changes;
}

/* What a command changed is in the file when its answer comes. */
static bool answer_line(struct sim *s, const struct peer *p, char *line)
{
	char *answer = command(s, line);
	state_save(s);
	bool good = write_all(p->out, answer, strlen(answer)) && write_all(p->out, "\n", 1);
	free(answer);
	return good;
}

/* False: the peer is gone, or says more in a line than any command needs. */
static bool peer_read(struct sim *s, struct peer *p)
{
	ssize_t n = read(p->in, p->line + p->len, sizeof p->line - p->len);
	if (n <= 0)
		return n < 0 && errno == EINTR;
	p->len += (size_t)n;
	for (char *lf; (lf = memchr(p->line, '\n', p->len)) != NULL;) {
		size_t used = (size_t)(lf - p->line) + 1;
		*lf = '\0';
		if (!answer_line(s, p, p->line))
			return false;
		memmove(p->line, p->line + used, p->len - used);
		p->len -= used;
	}
	return p->len < sizeof p->line;
}

static void peer_drop(struct sim *s, int i)
{
	if (s->peers[i].in == STDIN_FILENO)
		s->over = true;
	else
		(void)close(s->peers[i].in);
	s->peers[i] = s->peers[--s->n_peers];
}

static enum err_code unix_address(struct sockaddr_un *a, const char *path, struct err *e)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (!str_copy(a->sun_path, sizeof a->sun_path, path))
		return err_set(e, ERR_TOO_LONG, "control: the path is too long for a socket");
	return ERR_OK;
}

static enum err_code control_open(struct sim *s, struct err *e)
{
	struct sockaddr_un a;
	enum err_code rc = unix_address(&a, s->opt.control, e);
	if (rc != ERR_OK)
		return rc;
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	(void)unlink(s->opt.control); /* of one that was killed */
	if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&a, sizeof a) != 0 ||
	    listen(s->listener, PEERS) != 0)
		return err_errno(e, ERR_IO, "control");
	return ERR_OK;
}

/* --- the loop ---------------------------------------------------------------------------- */

static void turn(struct sim *s)
{
	struct pollfd p[PEERS + 2] = {{.fd = s->wire.fd, .events = POLLIN}};
	bool room = s->n_peers < PEERS;
	p[1] = (struct pollfd){.fd = room ? s->listener : -1, .events = POLLIN};
	int n = s->n_peers;
	for (int i = 0; i < n; i++)
		p[2 + i] = (struct pollfd){.fd = s->peers[i].in, .events = POLLIN};
	if (poll(p, (nfds_t)(2 + n), door_wire_flush(&s->wire)) < 0)
		return;
	if (p[0].revents != 0)
		door_wire_serve(&s->wire, &s->board);
	for (int i = n - 1; i >= 0; i--) {
		if (p[2 + i].revents != 0 && !peer_read(s, &s->peers[i]))
			peer_drop(s, i);
	}
	if (p[1].revents != 0) {
		int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			s->peers[s->n_peers++] = (struct peer){.in = fd, .out = fd};
	}
	state_save(s);
}

static enum err_code run(struct sim *s, struct err *e)
{
	enum err_code rc = s->opt.timezone != NULL ? zone_set(s->opt.timezone, e) : ERR_OK;
	if (rc == ERR_OK)
		rc = door_wire_open(&s->wire, s->opt.port, e);
	if (rc != ERR_OK)
		return rc;
	door_board_init(&s->board, s->opt.serial, s->opt.capacity, clock_wall(&s->wire.clock));
	s->board.changes = 1; /* the empty memory is worth a file too */
	if (s->opt.control != NULL)
		rc = control_open(s, e);
	else
		s->peers[s->n_peers++] = (struct peer){.in = STDIN_FILENO, .out = STDOUT_FILENO};
	if (rc == ERR_OK) {
		state_save(s);
		(void)printf("port %d\n", s->wire.port);
		(void)fflush(stdout);
	}
	while (rc == ERR_OK && !s->over)
		turn(s);
	door_board_fini(&s->board);
	door_wire_close(&s->wire);
	return rc;
}

/* --- the other form: one command to a running one ------------------------------------------------------ */

static enum err_code send_command(const char *path, char *const *words, struct err *e)
{
	struct sockaddr_un a;
	struct str_buf b = STR_BUF_INIT;
	enum err_code rc = unix_address(&a, path, e);
	if (rc != ERR_OK)
		return rc;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	for (int i = 0; words[i] != NULL; i++)
		(void)str_buf_print(&b, "%s%s", i > 0 ? " " : "", words[i]);
	(void)str_buf_add(&b, "\n", 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
	    !write_all(fd, b.data, b.len)) {
		rc = err_errno(e, ERR_UNREACHABLE, "%s", path);
		goto out;
	}
	char chunk[LINE_SZ];
	ssize_t n;
	bool first = true;
	do {
		n = read(fd, chunk, sizeof chunk);
		if (first && n >= 6 && memcmp(chunk, "error:", 6) == 0)
			rc = err_set(e, ERR_INPUT, "the simulator knows no such command");
		first = false;
	} while (n > 0 && write_all(STDOUT_FILENO, chunk, (size_t)n) && chunk[n - 1] != '\n');
out:
	str_buf_fini(&b);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static bool options_read(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {{"serial", required_argument, NULL, 's'},
	    {"capacity", required_argument, NULL, 'c'}, {"port", required_argument, NULL, 'p'},
	    {"timezone", required_argument, NULL, 't'}, {"state", required_argument, NULL, 'f'},
	    {"control", required_argument, NULL, 'u'}, {NULL, 0, NULL, 0}};
	int64_t v = 0;
	*o = (struct options){.serial = DEFAULT_SERIAL, .capacity = DEFAULT_CAPACITY};
	for (int c; (c = getopt_long(argc, argv, "+", longs, NULL)) != -1;) {
		bool good = true;
		switch (c) {
		case 's':
			good = number(optarg, 1, UINT32_MAX, &v);
			o->serial = (uint32_t)v;
			break;
		case 'c':
			good = number(optarg, 1, DOOR_BOARD_CAPACITY_MAX, &v);
			o->capacity = (size_t)v;
			break;
		case 'p':
			good = number(optarg, 0, UINT16_MAX, &v);
			o->port = (in_port_t)v;
			break;
		case 't': o->timezone = optarg; break;
		case 'f': o->state = optarg; break;
		case 'u': o->control = optarg; break;
		default: good = false; break;
		}
		if (!good)
			return false;
	}
	return optind == argc || o->control != NULL;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	struct sim *s = mem_new(1, sizeof *s);
	s->listener = -1;
	s->at_ms = -1;
	log_open("foyer-door-sim", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
	if (!options_read(&s->opt, argc, argv)) {
		(void)fputs("usage: foyer-door-sim [--serial N] [--capacity N] [--port N] "
			    "[--timezone ZONE] [--state FILE] "
			    "[--control PATH [COMMAND…]]\n",
		    stderr);
		free(s);
		return 2;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	enum err_code rc =
	    optind < argc ? send_command(s->opt.control, argv + optind, &e) : run(s, &e);
	if (rc != ERR_OK)
		log_error("%s", e.msg);
	free(s);
	return rc == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
