#include "kiosk/visitor/readers.h"

#include <string.h>

void readers_init(struct readers *r, const struct kiosk_conf *conf)
{
	*r = (struct readers){.n = conf->n_readers};
	for (int i = 0; i < r->n; i++)
		reader_init(&r->of[i], &conf->readers[i]);
}

void readers_fini(struct readers *r)
{
	for (int i = 0; i < r->n; i++)
		reader_fini(&r->of[i]);
	explicit_bzero(r, sizeof *r);
}

void readers_pollfds(const struct readers *r, struct pollfd *fds)
{
	for (int i = 0; i < r->n; i++)
		fds[i] = (struct pollfd){.fd = r->of[i].fd, .events = POLLIN};
}

static void step(
    struct readers *r, struct reader *one, readers_scan *on_scan, void *arg, int64_t now_ms)
{
	switch (reader_next(one, r->text, now_ms)) {
	case READING_NONE: break;
	case READING_TEXT: on_scan(arg, r->text); break;
	case READING_SPOILT: on_scan(arg, NULL); break;
	}
	explicit_bzero(r->text, sizeof r->text);
	reader_step(one, now_ms);
}

/* What is there belongs to the scan before it, even if the kiosk came late to it: so it is read first. */
void readers_step(
    struct readers *r, const struct pollfd *fds, readers_scan *on_scan, void *arg, int64_t now_ms)
{
	for (int i = 0; i < r->n; i++) {
		if (fds[i].revents != 0)
			reader_read(&r->of[i], now_ms);
		step(r, &r->of[i], on_scan, arg, now_ms);
	}
}

int64_t readers_due_ms(const struct readers *r)
{
	int64_t due = INT64_MAX;
	for (int i = 0; i < r->n; i++)
		if (reader_due_ms(&r->of[i]) < due)
			due = reader_due_ms(&r->of[i]);
	return due;
}
