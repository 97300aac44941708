#include "base/courier.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/dump.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"

enum { PROTOCOL = 1, ATTEMPTS_MAX = 1000000 };

struct session {
	const struct courier_spec *spec;
	struct err *err;
	struct str_buf in;
	int in_fd, out_fd, lock_fd;
	char name[TEXT_WORD_SZ];
	char run[PATH_MAX];
};

/* --- lines ------------------------------------------------------------------------------- */

enum line { LINE_READ, LINE_END, LINE_ERROR };

/* Parse the next line into *out (the caller's). End of input in the middle of a line is an end
 * too: nobody waits for that answer. */
static enum line line_read(struct session *s, json_t **out)
{
	char chunk[4096];
	for (;;) {
		char *lf = s->in.len > 0 ? memchr(s->in.data, '\n', s->in.len) : NULL;
		if (lf != NULL) {
			size_t len = (size_t)(lf - s->in.data);
			enum err_code code =
			    json_parse_object(out, s->in.data, len, s->spec->line_max, s->err);
			explicit_bzero(s->in.data, len); /* names, pass texts */
			str_buf_shift(&s->in, len + 1);
			return code == ERR_OK ? LINE_READ : LINE_ERROR;
		}
		if (s->in.len > s->spec->line_max) {
			(void)err_set(
			    s->err, ERR_TOO_LONG, "a line of over %zu bytes", s->spec->line_max);
			return LINE_ERROR;
		}
		ssize_t n = read(s->in_fd, chunk, sizeof chunk);
		if (n == 0)
			return LINE_END;
		if (n < 0 && errno != EINTR) {
			(void)err_errno(s->err, ERR_IO, "reading a job");
			return LINE_ERROR;
		}
		if (n > 0)
			(void)str_buf_add(&s->in, chunk, (size_t)n);
		explicit_bzero(chunk, sizeof chunk);
	}
}

static enum err_code line_write(struct session *s, const json_t *v)
{
	char *text = json_print_line(v);
	size_t len = strlen(text), done = 0;
	enum err_code code = ERR_OK;
	text[len] = '\n'; /* in place of the NUL: one write a line */
	while (done <= len && code == ERR_OK) {
		ssize_t n = write(s->out_fd, text + done, len + 1 - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			code = err_errno(s->err, ERR_IO, "writing an answer");
	}
	free(text);
	return code;
}

/* Whatever the bytes are, the line stays JSON. */
static void put_text(json_t *o, const char *key, const char *text)
{
	char clean[sizeof(((struct err *)0)->msg)];
	if (text_clean(clean, sizeof clean, text, strlen(text), TEXT_LINE | TEXT_CUT, NULL) !=
	    ERR_OK)
		clean[0] = '\0';
	if (json_object_set_new(o, key, json_string(clean)) != 0)
		log_bug("an answer that is no JSON");
}

/* --- the first line ---------------------------------------------------------------------- */

static bool name_is_good(const char *name)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	return name[0] != '\0' && name[0] != '.' && name[strspn(name, allowed)] == '\0';
}

static enum err_code start_read(struct session *s, const json_t *line, const json_t **conf)
{
	struct json_reader r;
	int64_t version = 0;
	char courier[TEXT_WORD_SZ] = "";
	json_read_begin(&r, line, s->err);
	json_read_int(&r, "v", JSON_REQUIRED, &version, PROTOCOL, PROTOCOL);
	json_read_text(&r, "courier", JSON_REQUIRED, courier, sizeof courier, TEXT_STRICT);
	json_read_text(&r, "name", JSON_REQUIRED, s->name, sizeof s->name, TEXT_STRICT);
	json_read_text(&r, "run", JSON_REQUIRED, s->run, sizeof s->run, TEXT_STRICT);
	json_read_object(&r, "conf", JSON_REQUIRED, conf);
	enum err_code code = json_read_end(&r);
	if (code != ERR_OK)
		return code;
	if (!str_eq(courier, s->spec->courier))
		return err_set(s->err, ERR_PROTOCOL, "this is a courier for %s", s->spec->courier);
	if (!name_is_good(s->name))
		return err_set(s->err, ERR_INPUT, "name: only letters, digits, \"._-\"");
	return ERR_OK;
}

/* One courier a destination, whoever starts them: two would each talk to the same printer or
 * controller. */
static enum err_code lock_take(struct session *s)
{
	char file[2 * TEXT_WORD_SZ + 8], path[PATH_MAX];
	(void)str_print(file, sizeof file, "%s-%s.lock", s->spec->courier, s->name);
	enum err_code code = path_join(path, s->run, file, s->err);
	if (code != ERR_OK)
		return code;
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock_fd < 0)
		return err_errno(s->err, ERR_IO, "the run file %s", file);
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return ERR_OK;
	if (errno == EWOULDBLOCK)
		return err_set(s->err, ERR_BUSY, "another courier holds %s", file);
	return err_errno(s->err, ERR_IO, "the run file %s", file);
}

/* The other end is closed and nothing more stands in between. A parent that dies before its death
 * can be asked for (PR_SET_PDEATHSIG) is heard of here alone. */
static bool nobody_left(const struct session *s)
{
	struct pollfd p = {.fd = s->in_fd, .events = POLLIN};
	return s->in.len == 0 && poll(&p, 1, 0) == 1 && (p.revents & (POLLIN | POLLHUP)) == POLLHUP;
}

static enum err_code session_start(struct session *s, const json_t *line)
{
	const json_t *conf = NULL;
	enum err_code code = start_read(s, line, &conf);
	if (code == ERR_OK && nobody_left(s))
		return ERR_OK; /* nobody waits for it to be ready: the end of the input is next */
	if (code == ERR_OK)
		code = lock_take(s);
	if (code == ERR_OK) {
		FAULT("courier.locked");
		const struct courier_start st = {.name = s->name, .run = s->run, .conf = conf};
		code = s->spec->start(s->spec->arg, &st, s->err);
	}
	json_t *answer = json_object();
	if (json_object_set_new(answer, "v", json_integer(PROTOCOL)) != 0 ||
	    json_object_set_new(answer, "ready", json_boolean(code == ERR_OK)) != 0)
		log_bug("a ready line that is no JSON");
	if (code != ERR_OK)
		put_text(answer, "reason", s->err->msg);
	struct err first = *s->err;
	enum err_code written = line_write(s, answer);
	json_decref(answer);
	if (code != ERR_OK) { /* what went wrong first is what counts */
		*s->err = first;
		return code;
	}
	return written;
}

/* --- jobs -------------------------------------------------------------------------------- */

void courier_job_begin(struct json_reader *r, const struct courier_job *job, struct err *e)
{
	struct uuid id;
	char kind[TEXT_WORD_SZ], mark[TEXT_WORD_SZ];
	int64_t attempt;
	json_read_begin(r, job->obj, e);
	json_read_uuid(r, "job", JSON_REQUIRED, &id);
	json_read_text(r, "kind", JSON_REQUIRED, kind, sizeof kind, TEXT_STRICT);
	json_read_int(r, "attempt", JSON_OPTIONAL, &attempt, 0, ATTEMPTS_MAX);
	json_read_text(r, "mark", JSON_OPTIONAL, mark, sizeof mark, TEXT_STRICT);
}

static enum err_code job_read(struct courier_job *job, const json_t *line, struct err *e)
{
	struct json_reader r;
	int64_t attempt = 0;
	*job = (struct courier_job){.obj = line};
	json_read_begin(&r, line, e);
	json_read_uuid(&r, "job", JSON_REQUIRED, &job->id);
	json_read_text(&r, "kind", JSON_REQUIRED, job->kind, sizeof job->kind, TEXT_STRICT);
	json_read_int(&r, "attempt", JSON_OPTIONAL, &attempt, 0, ATTEMPTS_MAX);
	json_read_text(&r, "mark", JSON_OPTIONAL, job->mark, sizeof job->mark, TEXT_STRICT);
	json_read_ignore_rest(&r);
	enum err_code code = json_read_end(&r);
	job->attempt = (int)attempt;
	(void)uuid_print(job->id_text, &job->id);
	return code;
}

static const char *result_name(enum courier_result r)
{
	switch (r) {
	case COURIER_DONE: return "done";
	case COURIER_RETRY: return "retry";
	case COURIER_FAILED: return "failed";
	}
	return "failed";
}

static json_t *answer_pack(const struct courier_job *job, const struct courier_answer *a)
{
	json_t *o = json_object();
	put_text(o, "job", job->id_text);
	put_text(o, "result", result_name(a->result));
	if (a->result != COURIER_DONE) {
		put_text(o, "class", a->class);
		put_text(o, "reason", a->reason);
		if (a->remedy[0] != '\0')
			put_text(o, "remedy", a->remedy);
	}
	if (a->result == COURIER_RETRY && a->after_ms > 0)
		(void)json_object_set_new(o, "after_ms", json_integer(a->after_ms));
	if (a->more != NULL && json_object_update_missing(o, a->more) != 0)
		log_bug("an answer that is no JSON");
	return o;
}

static enum err_code job_run(struct session *s, const json_t *line)
{
	struct courier_job job;
	enum err_code code = job_read(&job, line, s->err);
	if (code != ERR_OK)
		return err_context(s->err, "a line that is no job");
	FAULT("courier.job");
	struct courier_answer a = {0};
	courier_failed(&a, "bug", "the courier gave no answer");
	const struct courier_kind *k = s->spec->kinds;
	while (k->name != NULL && !str_eq(k->name, job.kind))
		k++;
	if (k->name != NULL)
		k->run(s->spec->arg, &job, &a);
	else
		courier_failed(&a, "bad-job", "this courier knows no such kind of job");
	json_t *o = answer_pack(&job, &a);
	if (FAULT_LIES("courier.answer"))
		put_text(o, "job", "00000000-0000-4000-8000-000000000000");
	code = line_write(s, o);
	FAULT("courier.answered");
	json_decref(o);
	json_decref(a.more);
	explicit_bzero(&a, sizeof a);
	return code;
}

/* --- answers ----------------------------------------------------------------------------- */

static void answer_set(struct courier_answer *a, enum courier_result r, const char *class)
{
	json_decref(a->more);
	*a = (struct courier_answer){.result = r};
	(void)str_copy(a->class, sizeof a->class, class);
}

void courier_done(struct courier_answer *a)
{
	answer_set(a, COURIER_DONE, "");
}

void courier_pending(struct courier_answer *a, int64_t after_ms)
{
	answer_set(a, COURIER_RETRY, "pending");
	a->after_ms = after_ms;
}

void courier_retry(struct courier_answer *a, const char *class, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	answer_set(a, COURIER_RETRY, class);
	(void)vsnprintf(a->reason, sizeof a->reason, fmt, ap);
	va_end(ap);
}

void courier_failed(struct courier_answer *a, const char *class, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	answer_set(a, COURIER_FAILED, class);
	(void)vsnprintf(a->reason, sizeof a->reason, fmt, ap);
	va_end(ap);
}

void courier_error(struct courier_answer *a, const struct err *e)
{
	if (err_class_of(e->code) == ERR_CLASS_RETRY)
		courier_retry(a, err_name(e->code), "%s", e->msg);
	else
		courier_failed(a, err_name(e->code), "%s", e->msg);
}

void courier_bad_job(struct courier_answer *a, const struct err *e)
{
	courier_failed(a, "bad-job", "%s", e->msg);
}

void courier_remedy(struct courier_answer *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(a->remedy, sizeof a->remedy, fmt, ap);
	va_end(ap);
}

void courier_add(struct courier_answer *a, const char *key, json_t *own_value)
{
	if (a->more == NULL)
		a->more = json_object();
	if (json_object_set_new(a->more, key, own_value) != 0)
		log_bug("an answer's member that is no JSON");
}

void courier_checked(
    struct courier_answer *a, bool ok, const char *state, const char *reason, const char *remedy)
{
	courier_done(a);
	courier_add(a, "ok", json_boolean(ok));
	put_text(a->more, "state", state);
	if (reason[0] != '\0')
		put_text(a->more, "reason", reason);
	if (remedy[0] != '\0')
		put_text(a->more, "remedy", remedy);
}

/* --- the loop ---------------------------------------------------------------------------- */

enum err_code courier_serve(const struct courier_spec *spec, int in, int out, struct err *e)
{
	struct err mine = {0};
	/* A full line, its LF and what one read brings after them. */
	struct session s = {.spec = spec,
	    .err = e != NULL ? e : &mine,
	    .in = {.max = spec->line_max + 8192},
	    .in_fd = in,
	    .out_fd = out,
	    .lock_fd = -1};
	enum err_code code = ERR_OK;
	bool started = false;
	enum line got = LINE_READ;
	while (code == ERR_OK && got == LINE_READ) {
		json_t *line = NULL;
		got = line_read(&s, &line);
		if (got == LINE_ERROR)
			code = s.err->code;
		else if (got == LINE_READ)
			code = started ? job_run(&s, line) : session_start(&s, line);
		started = true;
		json_decref(line);
	}
	str_buf_fini(&s.in);
	if (s.lock_fd >= 0)
		(void)close(s.lock_fd);
	return code;
}

int courier_run(const struct courier_spec *spec)
{
	struct err e = {0};
	dump_forbid(); /* secrets are read before the sandbox is entered */
	FAULT_OPEN(spec->program);
	log_open(spec->program, LOG_TARGET_JOURNAL, LOG_LEVEL_INFO);
	/* Ctrl-C at a demo's terminal reaches the whole process group: foyerd alone decides when
	 * a courier ends. */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || signal(SIGINT, SIG_IGN) == SIG_ERR ||
	    signal(SIGHUP, SIG_IGN) == SIG_ERR || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) {
		log_error("signals: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	if (courier_serve(spec, STDIN_FILENO, STDOUT_FILENO, &e) == ERR_OK)
		return EXIT_SUCCESS;
	log_error("%s", e.msg);
	return EXIT_FAILURE;
}
