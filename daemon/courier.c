#include "daemon/courier.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "daemon/lines.h"

static size_t line_most(const struct courier *c)
{
	return c->kind == COURIER_NOTIFY ? COURIER_LINE_NOTIFY : COURIER_LINE_MOST;
}

static void source_close(struct courier *c, struct loop_source *s)
{
	loop_remove(c->loop, s);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* It broke its word: end it. `died` follows when it was reaped. */
static void courier_broken(struct courier *c, const char *why)
{
	if (c->state == COURIER_ENDING || c->state == COURIER_DOWN)
		return;
	if (!c->refused) {
		log_warn("courier %s: %s; it is killed", c->destination, why);
		str_copy(c->reason, sizeof c->reason, why);
	}
	courier_kill(c);
}

/* --- lines ------------------------------------------------------------------------------- */

static void to_ready(void *arg, short revents)
{
	(void)revents;
	struct courier *c = arg;
	while (c->to.len) {
		ssize_t n = write(c->in.fd, c->to.data, c->to.len);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) { /* EPIPE: its end tells the rest */
			str_buf_clear(&c->to);
			break;
		}
		str_buf_shift(&c->to, (size_t)n);
	}
	loop_remove(c->loop, &c->in);
}

static void line_write(struct courier *c, const char *text)
{
	struct err e;
	str_buf_print(&c->to, "%s\n", text);
	to_ready(c, POLLOUT);
	if (c->to.len && loop_add(c->loop, &c->in, &e))
		courier_broken(c, e.msg);
}

static void down(struct courier *c)
{
	if (!c->down_ms)
		c->down_ms = clock_mono(c->loop->clock);
}

static void hello_answer(struct courier *c, const json_t *line)
{
	const char *reason = json_string_value(json_object_get(line, "reason"));
	if (!json_is_true(json_object_get(line, "ready"))) {
		struct err e;
		if (!reason || text_clean(c->reason, sizeof c->reason, reason, strlen(reason),
				   TEXT_LINE | TEXT_CUT, &e))
			str_copy(
			    c->reason, sizeof c->reason, "it is not ready and does not say why");
		log_warn("courier %s is not ready: %s", c->destination, c->reason);
		c->refused = true;
		loop_timer_set(c->loop, &c->deadline, CLOCK_SECOND); /* it exits by itself */
		return;
	}
	loop_timer_clear(c->loop, &c->deadline);
	c->state = COURIER_IDLE;
	c->backoff_ms = COURIER_BACKOFF_MS;
	c->down_ms = 0;
	c->reason[0] = 0;
	log_info("courier %s is ready", c->destination);
	if (!c->dying)
		c->owner.idle(c->owner.arg, c);
}

static void job_answer(struct courier *c, const json_t *line)
{
	struct uuid id;
	const char *job = json_string_value(json_object_get(line, "job"));
	if (!job || !uuid_parse(&id, job) || !uuid_eq(&id, &c->job)) {
		courier_broken(c, "it answered another job than it has");
		return;
	}
	loop_timer_clear(c->loop, &c->deadline);
	c->state = COURIER_IDLE;
	c->owner.answer(c->owner.arg, c, line);
	c->job = (struct uuid){0};
	if (c->state == COURIER_IDLE && !c->dying)
		c->owner.idle(c->owner.arg, c);
}

static void line_take(void *arg, const char *text, size_t len)
{
	struct courier *c = arg;
	struct err e;
	json_t *line = NULL;
	if (json_parse_object(&line, text, len, line_most(c), &e))
		courier_broken(c, "it wrote what is no JSON object");
	else if (c->state == COURIER_STARTING)
		hello_answer(c, line);
	else if (c->state == COURIER_BUSY)
		job_answer(c, line);
	else if (c->state == COURIER_IDLE)
		courier_broken(c, "it spoke without being asked");
	json_decref(line);
}

static void from_ready(void *arg, short revents)
{
	(void)revents;
	struct courier *c = arg;
	if (lines_read(c->out.fd, &c->from, line_most(c), line_take, c))
		return;
	source_close(c, &c->out);
	if (c->from.len > line_most(c))
		courier_broken(c, "it wrote a line without end");
	else if (!c->ended_asked)
		courier_broken(c, "it closed its output");
}

static void log_take(void *arg, const char *text, size_t len)
{
	const struct courier *c = arg;
	lines_log(c->destination, text, len);
}

static void err_ready(void *arg, short revents)
{
	(void)revents;
	struct courier *c = arg;
	if (lines_read(c->err.fd, &c->log, LINES_LOG_MOST, log_take, c))
		return;
	if (c->log.len > LINES_LOG_MOST) {
		log_take(c, c->log.data, LINES_LOG_MOST);
		str_buf_clear(&c->log);
		return;
	}
	source_close(c, &c->err);
}

/* --- life -------------------------------------------------------------------------------- */

static void started(void *arg, const int fds[3])
{
	struct courier *c = arg;
	struct err e;
	c->in = (struct loop_source){.fd = fds[0], .events = POLLOUT, .fn = to_ready, .arg = c};
	c->out = (struct loop_source){.fd = fds[1], .events = POLLIN, .fn = from_ready, .arg = c};
	c->err = (struct loop_source){.fd = fds[2], .events = POLLIN, .fn = err_ready, .arg = c};
	if (c->state == COURIER_ENDING)
		return;
	if (loop_add(c->loop, &c->out, &e) || loop_add(c->loop, &c->err, &e)) {
		courier_broken(c, e.msg);
		return;
	}
	loop_timer_set(c->loop, &c->deadline, c->ready_ms);
	line_write(c, c->own_hello);
}

/* What it still said before it ended (its last log lines; a last answer counts too). */
static void drain(struct courier *c)
{
	c->dying = true;
	if (c->out.fd >= 0 && c->state != COURIER_ENDING)
		lines_read(c->out.fd, &c->from, line_most(c), line_take, c);
	if (c->err.fd >= 0)
		lines_read(c->err.fd, &c->log, LINES_LOG_MOST, log_take, c);
}

static void ended(void *arg, int status)
{
	struct courier *c = arg;
	drain(c);
	bool busy =
	    c->state == COURIER_BUSY || (c->state == COURIER_ENDING && !uuid_is_nil(&c->job));
	/* Where a service manager stops the whole house at once, its couriers hear of it first. */
	bool told = WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
	bool asked = c->ended_asked;
	c->dying = false;
	source_close(c, &c->in);
	source_close(c, &c->out);
	source_close(c, &c->err);
	loop_timer_clear(c->loop, &c->deadline);
	str_buf_clear(&c->to);
	str_buf_clear(&c->from);
	str_buf_clear(&c->log);
	c->state = COURIER_DOWN;
	down(c);
	if (!asked)
		log_warn("courier %s ended (status %d); it is started again in %lld ms",
		    c->destination, status, (long long)c->backoff_ms);
	if (!c->reason[0])
		str_copy(c->reason, sizeof c->reason, "it ended");
	if (c->wanted) {
		loop_timer_set(c->loop, &c->restart, asked ? 0 : c->backoff_ms);
		c->backoff_ms = c->backoff_ms * 2 > COURIER_BACKOFF_MOST_MS
				    ? COURIER_BACKOFF_MOST_MS
				    : c->backoff_ms * 2;
	}
	c->owner.died(c->owner.arg, c, busy, asked || told);
}

static void deadline_over(void *arg)
{
	struct courier *c = arg;
	courier_broken(c, c->state == COURIER_STARTING ? "it was not ready in time"
						       : "it did not answer in time");
}

static void restart_due(void *arg)
{
	courier_start(arg);
}

struct courier *courier_new(const struct courier_new *n)
{
	struct courier *c = mem_new(1, sizeof *c);
	c->kind = n->kind;
	c->loop = n->loop;
	c->procs = n->procs;
	c->owner = n->owner;
	c->ready_ms = n->ready_ms;
	c->job_ms = n->job_ms;
	c->backoff_ms = COURIER_BACKOFF_MS;
	down(c);
	c->in.fd = c->out.fd = c->err.fd = -1;
	c->proc = (struct proc){.started = started, .ended = ended, .arg = c};
	c->deadline = (struct loop_timer){.fn = deadline_over, .arg = c};
	c->restart = (struct loop_timer){.fn = restart_due, .arg = c};
	str_copy(c->name, sizeof c->name, n->name);
	str_print(
	    c->destination, sizeof c->destination, "%s:%s", courier_kind_name(n->kind), n->name);
	c->own_conf = n->own_conf;
	json_t *hello = json_pack("{s:i, s:s, s:s, s:s, s:O}", "v", 1, "courier",
	    courier_kind_name(n->kind), "name", n->name, "run", n->run, "conf", n->own_conf);
	c->own_hello = json_print_line(hello);
	json_decref(hello);
	return c;
}

bool courier_has_conf(const struct courier *c, const json_t *conf)
{
	return json_equal(c->own_conf, conf) == 1;
}

void courier_start(struct courier *c)
{
	if (c->state != COURIER_DOWN)
		return;
	c->wanted = true;
	c->ended_asked = c->refused = false;
	c->job = (struct uuid){0};
	c->state = COURIER_STARTING;
	procs_start(c->procs, &c->proc, (enum child_kind)c->kind);
}

enum err_code courier_send(
    struct courier *c, const struct uuid *id, json_t *own_line, struct err *e)
{
	char text[UUID_TEXT_SZ];
	json_object_set_new(own_line, "job", json_string(uuid_print(text, id)));
	char *line = json_print_line(own_line);
	enum err_code code = ERR_OK;
	if (c->state != COURIER_IDLE || !c->wanted)
		code = err_set(e, ERR_BUG, "courier %s is not idle", c->destination);
	else if (strlen(line) >= line_most(c))
		code = err_set(e, ERR_TOO_LONG, "the job's line has %zu bytes", strlen(line));
	if (!code) {
		c->job = *id;
		c->state = COURIER_BUSY;
		loop_timer_set(c->loop, &c->deadline, c->job_ms);
		line_write(c, line);
		FAULT("job.sent");
	}
	explicit_bzero(line, strlen(line)); /* it may hold a pass or a code */
	free(line);
	json_decref(own_line);
	return code;
}

void courier_finish(struct courier *c)
{
	c->wanted = false;
	c->ended_asked = true;
	loop_timer_clear(c->loop, &c->restart);
	if (c->state == COURIER_DOWN)
		return;
	if (c->in.fd < 0)
		courier_kill(c); /* not started yet */
	else
		source_close(c, &c->in);
}

void courier_kill(struct courier *c)
{
	if (c->state == COURIER_DOWN || c->state == COURIER_ENDING)
		return;
	bool had_job = c->state == COURIER_BUSY;
	if (!had_job)
		c->job = (struct uuid){0};
	c->state = COURIER_ENDING;
	down(c);
	loop_timer_clear(c->loop, &c->deadline);
	procs_kill(c->procs, &c->proc);
}

bool courier_ended(const struct courier *c)
{
	return c->state == COURIER_DOWN;
}

void courier_free(struct courier *own_c)
{
	if (!own_c)
		return;
	loop_timer_clear(own_c->loop, &own_c->restart);
	str_buf_fini(&own_c->to);
	str_buf_fini(&own_c->from);
	str_buf_fini(&own_c->log);
	json_decref(own_c->own_conf);
	free(own_c->own_hello);
	free(own_c);
}
