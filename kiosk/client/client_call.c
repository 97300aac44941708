#include "kiosk/client/client.h"

#include <errno.h>

#include "base/clock.h"
#include "base/str.h"

struct waiting {
	struct client_reply *reply;
	const struct client_sink *sink;
	struct err *e;
	enum err_code code;
	bool done;
};

static void on_done(void *arg, const struct client_answer *a)
{
	struct waiting *w = arg;
	w->done = true;
	w->code = a->code;
	w->reply->status = a->status;
	if (a->json != NULL)
		w->reply->own_json = json_deep_copy(a->json);
	if (a->code != ERR_OK)
		err_set(w->e, a->code, "%s", a->why);
}

static bool on_bytes(void *arg, const char *bytes, size_t n)
{
	struct waiting *w = arg;
	return w->sink->bytes(w->sink->arg, bytes, n);
}

static enum err_code wait_for(struct client *c, struct waiting *w, const struct clock *clock)
{
	while (!w->done) {
		struct pollfd fds[CLIENT_POLLFDS];
		int n = client_pollfds(c, fds);
		int64_t now_ms = clock_mono(clock), next_ms = client_next_ms(c), wait_ms = 0;
		if (next_ms > now_ms)
			wait_ms = next_ms - now_ms < CLOCK_MINUTE ? next_ms - now_ms : CLOCK_MINUTE;
		if (poll(fds, (nfds_t)n, (int)wait_ms) < 0) {
			if (errno != EINTR)
				return err_errno(w->e, ERR_IO, "poll");
			n = 0;
		}
		client_step(c, fds, n, clock_mono(clock));
	}
	return w->code;
}

enum err_code client_call(
    const char *socket_path, const struct client_ask *ask, struct client_reply *r, struct err *e)
{
	struct clock clock = clock_system();
	struct client *c = client_new(socket_path);
	struct waiting w = {.reply = r, .e = e};
	enum err_code rc = ERR_INPUT;
	*r = (struct client_reply){0};
	if (client_request(c, ask, on_done, &w, clock_mono(&clock)) == 0)
		err_set(e, ERR_INPUT, "the request is malformed or too long");
	else
		rc = wait_for(c, &w, &clock);
	client_free(c);
	return rc;
}

enum err_code client_call_stream(const char *socket_path, const struct client_ask *ask,
    const struct client_sink *sink, struct client_reply *r, struct err *e)
{
	struct clock clock = clock_system();
	struct client *c = client_new(socket_path);
	struct waiting w = {.reply = r, .sink = sink, .e = e};
	*r = (struct client_reply){0};
	client_stream(c, ask, &(struct client_sink){.bytes = on_bytes, .end = on_done, .arg = &w},
	    clock_mono(&clock));
	enum err_code rc = wait_for(c, &w, &clock);
	client_free(c);
	return rc;
}
