#include "scan/watch.h"

#include <poll.h>

#include "base/fault.h"

static short out_events(const struct out *out)
{
	return out_idle(out) ? 0 : POLLOUT; /* that the reader has gone is told unasked: POLLERR */
}

static int wait_ms(int64_t due_ms, int64_t now_ms)
{
	const int64_t longest = 60 * 1000;
	if (due_ms <= now_ms)
		return 0;
	return (int)(due_ms > now_ms + longest ? longest : due_ms - now_ms);
}

/*
 * Nothing of the source is asked for before next_ms: its pictures wait for as long, and the newest is taken then. Nor while codes would find
 * no room in out. False: nobody reads any more.
 */
static bool wait(const struct watch *w, int64_t next_ms, bool *ready)
{
	const struct source *s = w->source;
	const int64_t now_ms = clock_mono(&w->clock);
	const bool full = !out_has_room(w->out), listen = !full && now_ms >= next_ms;
	struct pollfd fds[] = {{.fd = w->out->fd, .events = out_events(w->out)},
	    {.fd = listen ? s->calls->fd(s->self) : -1, .events = POLLIN}};
	int64_t due_ms = full ? INT64_MAX : listen ? s->calls->due_ms(s->self) : next_ms;
	if (poll(fds, 2, wait_ms(due_ms, now_ms)) < 0)
		fds[0].revents = fds[1].revents = 0;
	*ready = listen && (fds[1].revents != 0 || clock_mono(&w->clock) >= due_ms);
	return !(fds[0].revents & (POLLERR | POLLHUP | POLLNVAL));
}

/* What waited, then the picture where there is a new one. Errors of the pipe. */
static enum err_code tell(
    const struct watch *w, struct image *im, bool got, int64_t now_ms, struct err *e)
{
	enum err_code code = out_flush(w->out, e);
	if (code != ERR_OK)
		return code;
	if (got && FAULT_LIES("camera.picture"))
		(void)str_buf_add(&w->out->waiting, "no frame", 8);
	return got ? look_at(w->look, im, w->out, now_ms, e) : look_show(w->look, w->out, e);
}

/* The source has no other picture. */
static bool is_single(const struct source *s)
{
	return !s->live && s->folder[0] == '\0';
}

enum err_code watch_run(const struct watch *w, struct err *e)
{
	struct image im = {0};
	struct source *s = w->source;
	int64_t next_ms = INT64_MIN;
	bool ready = false, done = false;
	enum err_code code = ERR_OK;
	while (code == ERR_OK && !(done && out_idle(w->out)) && wait(w, next_ms, &ready)) {
		bool got = false;
		const int64_t now_ms = clock_mono(&w->clock);
		if (ready) {
			next_ms = now_ms + w->every_ms;
			code = s->calls->picture(s->self, &im, &got, now_ms, e);
			if (code != ERR_OK)
				break;
		}
		code = tell(w, &im, got, now_ms, e);
		if (got)
			FAULT("camera.looked");
		done = done || (w->once && got && (w->look->n > 0 || is_single(s)));
		if (code == ERR_UNREACHABLE) {
			code = ERR_OK;
			break;
		}
	}
	image_fini(&im);
	return code;
}

bool watch_pause(struct out *out, int ms)
{
	struct err e;
	struct pollfd p = {.fd = out->fd, .events = out_events(out)};
	if (poll(&p, 1, ms) > 0 && (p.revents & (POLLERR | POLLHUP | POLLNVAL)))
		return false;
	return out_flush(out, &e) == ERR_OK;
}
