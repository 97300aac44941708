/*
 * Server-sent events out of a byte stream (WHATWG HTML §9.2): event names and their data, comments and unknown fields passed over. It hides
 * line ends and bounds: a line over 4 KiB or data over 64 KiB is dropped with its event.
 */
#ifndef KIOSK_CLIENT_SSE_H
#define KIOSK_CLIENT_SSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { SSE_LINE_SZ = 4096, SSE_NAME_SZ = 33, SSE_DATA_MAX = 64 * 1024 };

typedef void sse_event(void *arg, const char *name, const char *data, size_t len);

struct sse {
	char line[SSE_LINE_SZ];
	size_t len;
	char name[SSE_NAME_SZ];
	struct str_buf data;
	bool has_data, cr, bad; /* bad: this event lost a part and is dropped */
	sse_event *fn;
	void *arg;
};
void sse_init(struct sse *s, sse_event *fn, void *arg);
void sse_fini(struct sse *s);
void sse_feed(struct sse *s, const char *bytes, size_t n);

#endif
