#include "kiosk/client/sse.h"

#include <string.h>

void sse_init(struct sse *s, sse_event *fn, void *arg)
{
	*s = (struct sse){.fn = fn, .arg = arg};
	s->data.max = SSE_DATA_MAX;
}

void sse_fini(struct sse *s)
{
	str_buf_fini(&s->data);
	explicit_bzero(s, sizeof *s);
}

static void dispatch(struct sse *s)
{
	if (s->has_data && !s->bad)
		s->fn(s->arg, s->name[0] != '\0' ? s->name : "message",
		    s->data.len > 0 ? s->data.data : "", s->data.len);
	str_buf_clear(&s->data);
	s->name[0] = '\0';
	s->has_data = s->bad = false;
}

static void line_done(struct sse *s)
{
	s->line[s->len] = '\0';
	if (s->len == 0) {
		dispatch(s);
		return;
	}
	char *colon = memchr(s->line, ':', s->len), *value = s->line + s->len;
	if (colon == s->line)
		return; /* a comment: the beat */
	if (colon != NULL) {
		*colon = '\0';
		value = colon + 1;
		if (*value == ' ')
			value++;
	}
	size_t n = (size_t)(s->line + s->len - value);
	if (str_eq(s->line, "event")) {
		s->bad |= !str_copy(s->name, sizeof s->name, value);
	} else if (str_eq(s->line, "data")) {
		if ((s->has_data && !str_buf_add(&s->data, "\n", 1)) ||
		    !str_buf_add(&s->data, value, n))
			s->bad = true;
		s->has_data = true;
	}
}

void sse_feed(struct sse *s, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = bytes[i];
		bool after_cr = s->cr;
		s->cr = c == '\r';
		if (c == '\n' && after_cr)
			continue; /* the second half of CR LF */
		if (c == '\n' || c == '\r') {
			line_done(s);
			s->len = 0;
		} else if (s->len + 1 < sizeof s->line) {
			s->line[s->len++] = c;
		} else {
			s->bad = true;
		}
	}
}
