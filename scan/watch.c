#include "scan/watch.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/str.h"

static short out_events(const struct out *out)
{
	return out_idle(out) ? 0 : POLLOUT; /* that the reader has gone is told unasked: POLLERR */
}

static int wait_ms(int64_t due_ms, int64_t now_ms)
{
	const int64_t longest = WATCH_ALIVE_MS; /* it says then that it is alive */
	if (due_ms <= now_ms)
		return 0;
	return (int)(due_ms > now_ms + longest ? longest : due_ms - now_ms);
}

/* One whole line. Another one than we know is of a newer kiosk. True: the picture there is is to be looked at once more. */
static bool order_take(struct orders *o, struct look *l)
{
	const bool before = l->document;
	o->line[o->n] = '\0';
	if (str_eq(o->line, "again")) {
		look_again(l);
		return true;
	}
	if (str_eq(o->line, "document") || str_eq(o->line, "code"))
		look_for_document(l, str_eq(o->line, "document"));
	return l->document != before;
}

/* True: what there is is to be looked at once more. */
static bool orders_read(struct orders *o, struct look *l)
{
	char bytes[64];
	bool once_more = false;
	const ssize_t n = read(o->fd, bytes, sizeof bytes);
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		o->fd = -1;
	for (ssize_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			once_more |= order_take(o, l);
			o->n = 0;
		} else if (o->n + 1 < sizeof o->line) {
			o->line[o->n++] = bytes[i];
		} else {
			o->line[0] = '\0'; /* too long for any that we know */
		}
	}
	return once_more;
}

/*
 * Nothing of the source is asked for before next_ms: its pictures wait for as long, and the newest is taken then. Nor while codes would find
 * no room in out. False: nobody reads any more.
 */
static bool wait(const struct watch *w, int64_t next_ms, bool *ready, bool *ordered)
{
	const struct source *s = w->source;
	const int64_t now_ms = clock_mono(&w->clock);
	const bool full = !out_has_room(w->out), listen = !full && now_ms >= next_ms;
	struct pollfd fds[] = {{.fd = w->out->fd, .events = out_events(w->out)},
	    {.fd = listen ? s->calls->fd(s->self) : -1, .events = POLLIN},
	    {.fd = w->orders != NULL ? w->orders->fd : -1, .events = POLLIN}};
	int64_t due_ms = full ? INT64_MAX : listen ? s->calls->due_ms(s->self) : next_ms;
	if (poll(fds, 3, wait_ms(due_ms, now_ms)) < 0)
		fds[0].revents = fds[1].revents = fds[2].revents = 0;
	*ordered = fds[2].revents != 0 && orders_read(w->orders, w->look);
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

/* It goes on looking, also where there is nothing new to show. */
static enum err_code say_alive(struct out *out, int64_t *alive_ms, int64_t now_ms, struct err *e)
{
	if (now_ms - *alive_ms < WATCH_ALIVE_MS || !out_idle(out))
		return ERR_OK;
	*alive_ms = now_ms;
	return out_state(out, "ok", e);
}

/* Where a preview is shown. */
static void want_colours(struct image *im, struct tint *tint, const struct look *l)
{
	im->tint = l->document ? NULL : tint;
	if (l->document)
		explicit_bzero(tint, sizeof *tint);
}

enum err_code watch_run(const struct watch *w, struct err *e)
{
	struct tint tint = {0};
	struct image im = {0};
	int64_t alive_ms = clock_mono(&w->clock);
	struct source *s = w->source;
	int64_t next_ms = INT64_MIN;
	bool ready = false, ordered = false, done = false;
	enum err_code code = ERR_OK;
	while (
	    code == ERR_OK && !(done && out_idle(w->out)) && wait(w, next_ms, &ready, &ordered)) {
		bool got = ordered && im.width > 0; /* the picture there is, with other eyes */
		const int64_t now_ms = clock_mono(&w->clock);
		want_colours(&im, &tint, w->look);
		if (ready) {
			next_ms = now_ms + w->every_ms;
			bool newer = false;
			code = s->calls->picture(s->self, &im, &newer, now_ms, e);
			got |= newer;
			if (code != ERR_OK)
				break;
		}
		code = tell(w, &im, got, now_ms, e);
		if (code == ERR_OK)
			code = say_alive(w->out, &alive_ms, now_ms, e);
		if (got)
			FAULT("camera.looked");
		done = done || (w->once && got && (w->look->n > 0 || is_single(s)));
		if (code == ERR_UNREACHABLE) {
			code = ERR_OK;
			break;
		}
	}
	image_fini(&im);
	explicit_bzero(&tint, sizeof tint);
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
