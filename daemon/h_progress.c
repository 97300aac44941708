/*
 * GET /v1/progress/{token}: server-sent events (WHATWG HTML §9.2) about one visit. A full snapshot
 * on connect and on every change, a comment as heartbeat every ten seconds (a client that is gone
 * shows only when it is written to), an end when nothing more can change. A token outlives foyerd.
 */
#include "daemon/handlers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/desk_progress.h"
#include "daemon/loop.h"
#include "daemon/progress.h"
#include "daemon/server.h"
#include "daemon/stream.h"

enum { BEAT_MS = 10 * 1000 };

struct events {
	struct stream stream;
	struct foyerd *d;
	struct progress_listener listener;
	struct loop_timer beat;
	struct str_buf out;
	bool changed, final;
};

static void events_changed(void *arg)
{
	struct events *v = arg;
	v->changed = true;
	stream_wake(&v->stream);
}

static void events_beat(void *arg)
{
	struct events *v = arg;
	/* A client that does not read gets no second heartbeat on top of the first. */
	if (!v->out.len)
		str_buf_print(&v->out, ": beat\n\n");
	loop_timer_set(v->d->loop, &v->beat, BEAT_MS);
	stream_wake(&v->stream);
}

static void snapshot_write(struct events *v)
{
	const struct progress_state *s =
	    progress_find(v->d->progress, v->listener.token, clock_mono(&v->d->clock));
	v->changed = false;
	if (!s) {
		v->final = true;
		return;
	}
	json_t *data = progress_json(s);
	char *line = json_print_line(data);
	str_buf_print(&v->out, "event: progress\ndata: %s\n\n", line);
	v->final = progress_is_final(s);
	free(line);
	json_decref(data);
}

static ssize_t events_read(struct stream *s, char *buf, size_t max)
{
	struct events *v = (struct events *)s;
	if (!v->out.len && !v->final &&
	    progress_find(v->d->progress, v->listener.token, clock_mono(&v->d->clock)) == NULL)
		v->final = true;
	if (!v->out.len && v->changed && !v->final)
		snapshot_write(v);
	if (!v->out.len)
		return v->final ? STREAM_END : STREAM_WAIT;
	size_t n = v->out.len < max ? v->out.len : max;
	memcpy(buf, v->out.data, n);
	str_buf_shift(&v->out, n);
	return (ssize_t)n;
}

static void events_free(struct stream *own_s)
{
	struct events *v = (struct events *)own_s;
	progress_unlisten(v->d->progress, &v->listener);
	loop_timer_clear(v->d->loop, &v->beat);
	str_buf_fini(&v->out);
	free(v);
}

enum err_code h_progress(struct request *rq, struct err *e)
{
	char actor[DB_ACTOR_SZ];
	request_actor(rq, actor);
	if (!progress_find(rq->d->progress, rq->param, clock_mono(&rq->d->clock)) &&
	    desk_progress_restore(rq->d, actor, rq->param, e))
		return err_set(e, ERR_NOT_FOUND, "nobody knows this token (any more)");
	struct events *v = mem_new(1, sizeof *v);
	v->d = rq->d;
	v->changed = true;
	v->stream =
	    (struct stream){.type = "text/event-stream", .read = events_read, .free = events_free};
	v->listener = (struct progress_listener){.changed = events_changed, .arg = v};
	str_copy(v->listener.token, sizeof v->listener.token, rq->param);
	progress_listen(rq->d->progress, &v->listener);
	v->beat = (struct loop_timer){.fn = events_beat, .arg = v};
	loop_timer_set(rq->d->loop, &v->beat, BEAT_MS);
	return request_stream(rq, &v->stream);
}
