// rooms: kiosk scan pass base
/* foyerd's answers and event streams, hostile: the same whatever the pieces they come in. */
#include "kiosk/client/http.h"
#include "kiosk/client/sse.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum { BODY_MAX = 4096 };

static bool sink(void *arg, const char *bytes, size_t n)
{
	return str_buf_add(arg, bytes, n);
}

static void on_event(void *arg, const char *name, const char *data, size_t len)
{
	str_buf_print(arg, "[%s]", name);
	str_buf_add(arg, data, len);
}

struct outcome {
	enum err_code code;
	int status;
	bool done, keep;
	struct str_buf body, events;
};

static void run(struct outcome *o, const char *data, size_t len, size_t step)
{
	static struct http_answer h;
	*o = (struct outcome){.body = {.max = BODY_MAX}};
	http_init(&h, sink, &o->body);
	size_t used = 0;
	for (size_t at = 0; at < len && o->code == ERR_OK && !h.done; at += used) {
		size_t n = len - at < step ? len - at : step;
		o->code = http_feed(&h, data + at, n, &used, NULL);
		if (o->code == ERR_OK && used < n && !h.done)
			abort(); /* nothing is left over before the end */
	}
	if (o->code == ERR_OK && !h.done)
		o->code = http_end(&h, NULL);
	o->status = h.status;
	o->done = h.done;
	o->keep = h.keep;
	if (o->code != ERR_OK && (h.keep || h.done))
		abort();
	struct sse s;
	sse_init(&s, on_event, &o->events);
	for (size_t at = 0; at < len; at += step)
		sse_feed(&s, data + at, len - at < step ? len - at : step);
	sse_fini(&s);
}

static bool same(const struct str_buf *a, const struct str_buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct outcome whole, bytes;
	run(&whole, (const char *)data, len, len > 0 ? len : 1);
	run(&bytes, (const char *)data, len, 1);
	if (whole.code != bytes.code || whole.done != bytes.done || whole.status != bytes.status ||
	    !same(&whole.events, &bytes.events))
		abort();
	if (whole.code == ERR_OK && (!same(&whole.body, &bytes.body) || whole.keep != bytes.keep))
		abort();
	str_buf_fini(&whole.body);
	str_buf_fini(&whole.events);
	str_buf_fini(&bytes.body);
	str_buf_fini(&bytes.events);
	return 0;
}
