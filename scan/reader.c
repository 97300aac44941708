#include "scan/reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

enum { READS = 8, READ_EVENTS = 64 };

void reader_init(struct reader *r, const struct reader_conf *conf)
{
	*r = (struct reader){.conf = *conf, .fd = -1, .again_ms = INT64_MIN};
	evdev_init(&r->evdev, conf->layout);
	reading_init(&r->reading, &conf->text);
}

static void stop(struct reader *r)
{
	if (r->fd >= 0)
		(void)close(r->fd);
	r->fd = -1;
	evdev_reset(&r->evdev);
	reading_drop(&r->reading); /* half a scan is none */
}

void reader_fini(struct reader *r)
{
	stop(r);
	reading_fini(&r->reading);
	explicit_bzero(r, sizeof *r);
	r->fd = -1;
}

enum err_code reader_open(struct reader *r, int64_t now_ms, struct err *e)
{
	r->since_ms = now_ms;
	switch (r->conf.kind) {
	case READER_SERIAL: return serial_open(&r->fd, r->conf.device, &r->conf.serial, e);
	case READER_WEDGE: return evdev_open(&r->fd, r->conf.device, e);
	}
	return ERR_BUG;
}

/* Said once it has stayed: a port without a reader behind it opens well each second, and ends at once. */
static void there(struct reader *r, int64_t now_ms)
{
	if (r->told != READER_TOLD_THERE && now_ms - r->since_ms >= READER_AGAIN_MS) {
		log_info("reader %s: it is there", r->conf.name);
		r->told = READER_TOLD_THERE;
	}
}

static void gone(struct reader *r, const char *why, int64_t now_ms)
{
	stop(r);
	r->again_ms = now_ms + READER_AGAIN_MS;
	if (r->told != READER_TOLD_GONE)
		log_warn("reader %s: %s; looked for each second", r->conf.name, why);
	r->told = READER_TOLD_GONE;
}

bool reader_there(const struct reader *r)
{
	return r->fd >= 0 && r->told != READER_TOLD_GONE;
}

void reader_step(struct reader *r, int64_t now_ms)
{
	struct err e = {0};
	if (r->fd >= 0) {
		there(r, now_ms);
	} else if (now_ms >= r->again_ms) {
		if (reader_open(r, now_ms, &e) != ERR_OK)
			gone(r, e.msg, now_ms);
	}
}

static void take_events(struct reader *r, const struct input_event *ev, size_t n, int64_t now_ms)
{
	for (size_t i = 0; i < n; i++) {
		struct evdev_said said = evdev_take(&r->evdev, &ev[i]);
		if (said.lost)
			reading_spoil(&r->reading, now_ms);
		else if (said.key)
			reading_add(&r->reading, said.text, strlen(said.text), now_ms);
		explicit_bzero(&said, sizeof said);
	}
}

static void take(struct reader *r, const void *bytes, size_t n, int64_t now_ms)
{
	switch (r->conf.kind) {
	case READER_SERIAL: reading_add(&r->reading, bytes, n, now_ms); break;
	case READER_WEDGE: /* the kernel gives whole events alone */
		take_events(r, bytes, n / sizeof(struct input_event), now_ms);
		break;
	}
}

/* A bounded number of reads: a device that never stops must not stop the kiosk. */
void reader_read(struct reader *r, int64_t now_ms)
{
	struct input_event bytes[READ_EVENTS]; /* or bytes: a char may be anything */
	for (int i = 0; i < READS && r->fd >= 0; i++) {
		ssize_t n = read(r->fd, bytes, sizeof bytes);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0)
			gone(r, "it is gone", now_ms);
		else
			take(r, bytes, (size_t)n, now_ms);
	}
	explicit_bzero(bytes, sizeof bytes);
}

enum reading_end reader_next(struct reader *r, char dst[READING_TEXT_SZ], int64_t now_ms)
{
	const bool begun = r->reading.begun;
	enum reading_end end = reading_next(&r->reading, dst, now_ms);
	if (begun && !r->reading.begun)
		evdev_reset(&r->evdev); /* a key that stuck sticks no longer */
	return end;
}

int64_t reader_due_ms(const struct reader *r)
{
	int64_t due = reading_due_ms(&r->reading), step = INT64_MAX;
	if (r->fd < 0)
		step = r->again_ms;
	else if (r->told != READER_TOLD_THERE)
		step = r->since_ms + READER_AGAIN_MS;
	return step < due ? step : due;
}
