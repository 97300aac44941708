#include "daemon/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/lines.h"
#include "daemon/loop.h"
#include "daemon/proc.h"

/* One child. As a stream it has two owners, its process and its client; the last one to go frees
 * it. */
struct reader {
	struct stream stream;
	struct readers *rs;
	struct proc proc;
	struct loop_source out, err;
	struct str_buf answer, log;
	char *ask;
	struct reader_done done;
	bool names; /* it opens no book */
	bool streams, client_gone, ended, at_end;
	int status;
	struct reader *next;
};

struct readers {
	struct foyerd *d;
	struct reader *list;
};

static void source_close(struct reader *r, struct loop_source *s)
{
	loop_remove(r->rs->d->loop, s);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static void reader_free(struct reader *own_r)
{
	struct readers *rs = own_r->rs;
	for (struct reader **at = &rs->list; *at; at = &(*at)->next) {
		if (*at == own_r) {
			*at = own_r->next;
			break;
		}
	}
	source_close(own_r, &own_r->out);
	source_close(own_r, &own_r->err);
	str_buf_fini(&own_r->answer);
	str_buf_fini(&own_r->log);
	free(own_r->ask);
	free(own_r);
}

/* --- one object -------------------------------------------------------------------------- */

static bool exited_well(const struct reader *r)
{
	return r->status >= 0 && WIFEXITED(r->status) && WEXITSTATUS(r->status) == 0;
}

static void answer_collect(struct reader *r)
{
	char buf[4096];
	ssize_t n;
	while ((n = read(r->out.fd, buf, sizeof buf)) > 0)
		if (r->answer.len + (size_t)n <= READER_ANSWER_MOST)
			str_buf_add(&r->answer, buf, (size_t)n);
	if (n == 0)
		source_close(r, &r->out);
}

static void answer_deliver(struct reader *r)
{
	struct err e = {0};
	json_t *result = NULL;
	if (!r->done.fn) /* nobody waits for it any more */
		return;
	if (r->out.fd >= 0)
		answer_collect(r);
	enum err_code c = json_parse_object(
	    &result, r->answer.data ? r->answer.data : "", r->answer.len, READER_ANSWER_MOST, &e);
	const char *word = json_string_value(json_object_get(result, "error"));
	const char *message = json_string_value(json_object_get(result, "message"));
	if (!c && word)
		c = err_set(&e, err_from_name(word), "%s", message ? message : "");
	else if (c || !exited_well(r))
		c = err_set(&e, ERR_IO, "foyerd --read failed");
	r->done.fn(r->done.arg, c ? NULL : result, c ? &e : NULL);
	json_decref(result);
}

/* --- a stream ---------------------------------------------------------------------------- */

/* Called by the server when the client can take more. */
static ssize_t stream_read(struct stream *s, char *buf, size_t max)
{
	struct reader *r = (struct reader *)s;
	if (!r->at_end && r->out.fd >= 0) {
		ssize_t n = read(r->out.fd, buf, max);
		if (n > 0)
			return n;
		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			struct err e;
			return loop_add(r->rs->d->loop, &r->out, &e) ? STREAM_BROKEN : STREAM_WAIT;
		}
		r->at_end = true;
		source_close(r, &r->out);
	}
	if (!r->ended)
		return STREAM_WAIT;
	return exited_well(r) && r->at_end ? STREAM_END : STREAM_BROKEN;
}

static void stream_free(struct stream *own_s)
{
	struct reader *r = (struct reader *)own_s;
	r->client_gone = true;
	r->stream.wake = NULL;
	if (r->ended)
		reader_free(r);
	else
		procs_kill(&r->rs->d->procs, &r->proc);
}

/* --- both -------------------------------------------------------------------------------- */

static void out_ready(void *arg, short revents)
{
	(void)revents;
	struct reader *r = arg;
	if (!r->streams) {
		answer_collect(r);
		return;
	}
	loop_remove(r->rs->d->loop, &r->out); /* until the server read it empty */
	stream_wake(&r->stream);
}

static void log_take(void *arg, const char *text, size_t len)
{
	(void)arg;
	lines_log("read", text, len);
}

static void err_ready(void *arg, short revents)
{
	(void)revents;
	struct reader *r = arg;
	if (!lines_read(r->err.fd, &r->log, LINES_LOG_MOST, log_take, r))
		source_close(r, &r->err);
}

static void started(void *arg, const int fds[3])
{
	struct reader *r = arg;
	struct err e;
	r->out = (struct loop_source){.fd = fds[1], .events = POLLIN, .fn = out_ready, .arg = r};
	r->err = (struct loop_source){.fd = fds[2], .events = POLLIN, .fn = err_ready, .arg = r};
	/* The question is far shorter than a pipe is deep (pipe(7): 64 KiB), so this one write
	 * takes it whole. */
	size_t len = strlen(r->ask);
	bool asked = write(fds[0], r->ask, len) == (ssize_t)len;
	close(fds[0]);
	if (!asked || loop_add(r->rs->d->loop, &r->out, &e) ||
	    loop_add(r->rs->d->loop, &r->err, &e))
		procs_kill(&r->rs->d->procs, &r->proc);
}

static void ended(void *arg, int status)
{
	struct reader *r = arg;
	r->ended = true;
	r->status = status;
	if (r->err.fd >= 0)
		err_ready(r, POLLIN);
	source_close(r, &r->err);
	if (!r->streams)
		answer_deliver(r);
	if (!r->streams || r->client_gone)
		reader_free(r);
	else
		stream_wake(&r->stream);
}

static int count(const struct readers *rs, bool names)
{
	int n = 0;
	for (const struct reader *r = rs->list; r; r = r->next)
		n += r->names == names;
	return n;
}

static enum err_code reader_new(
    struct reader **own_r, struct readers *rs, const char *kind, json_t *own_ask, struct err *e)
{
	const bool names = str_eq(kind, "who");
	int n = count(rs, names);
	if (n >= (names ? READERS_NAMES : READERS_MOST)) {
		json_decref(own_ask);
		return err_set(e, ERR_BUSY, "%d %s already; ask again later", n,
		    names ? "look for names" : "exports and checks run");
	}
	struct reader *r = mem_new(1, sizeof *r);
	r->rs = rs;
	r->names = names;
	r->out.fd = r->err.fd = -1;
	json_object_set_new(own_ask, "read", json_string(kind));
	r->ask = json_print_line(own_ask);
	json_decref(own_ask);
	r->proc = (struct proc){.started = started, .ended = ended, .arg = r};
	r->next = rs->list;
	rs->list = r;
	*own_r = r;
	return ERR_OK;
}

enum err_code reader_ask(struct readers *rs, const char *kind, json_t *own_ask,
    const struct reader_done *done, struct err *e)
{
	struct reader *r;
	enum err_code c = reader_new(&r, rs, kind, own_ask, e);
	if (c)
		return c;
	r->done = *done;
	procs_start(&rs->d->procs, &r->proc, CHILD_READER);
	return ERR_OK;
}

void reader_forget(struct readers *rs, const void *arg)
{
	for (struct reader *r = rs->list; r; r = r->next) {
		if (!r->done.fn || r->done.arg != arg)
			continue;
		r->done.fn = NULL;
		if (!r->ended)
			procs_kill(&rs->d->procs, &r->proc);
	}
}

enum err_code reader_stream(
    struct readers *rs, const char *kind, json_t *own_ask, struct stream **own_s, struct err *e)
{
	struct reader *r;
	enum err_code c = reader_new(&r, rs, kind, own_ask, e);
	if (c)
		return c;
	r->streams = true;
	r->stream = (struct stream){
	    .type = "application/x-ndjson", .read = stream_read, .free = stream_free};
	*own_s = &r->stream;
	procs_start(&rs->d->procs, &r->proc, CHILD_READER);
	return ERR_OK;
}

struct readers *readers_new(struct foyerd *d)
{
	struct readers *rs = mem_new(1, sizeof *rs);
	rs->d = d;
	return rs;
}

bool readers_leave_book(struct readers *rs)
{
	for (struct reader *r = rs->list; r; r = r->next)
		if (!r->names && !r->ended)
			procs_kill(&rs->d->procs, &r->proc);
	return count(rs, false) == 0;
}

void readers_stop(struct readers *rs)
{
	for (struct reader *r = rs->list; r; r = r->next)
		if (!r->ended)
			procs_kill(&rs->d->procs, &r->proc);
}

bool readers_none(const struct readers *rs)
{
	return !rs->list;
}

void readers_free(struct readers *own_rs)
{
	free(own_rs);
}
