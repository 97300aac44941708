#include "scan/wedge.h"

#include <string.h>

#include "base/str.h"

struct wedge_conf wedge_conf_default(void)
{
	return (struct wedge_conf){.on = true, .gap_ms = 30, .end_ms = 100, .least = 6};
}

void wedge_init(struct wedge *w, const struct wedge_conf *conf)
{
	*w = (struct wedge){.conf = *conf};
	if (w->conf.least < 2)
		w->conf.least = 2;
	if (w->conf.least > WEDGE_HELD)
		w->conf.least = WEDGE_HELD;
}

void wedge_fini(struct wedge *w)
{
	explicit_bzero(w, sizeof *w);
}

/* UTF-8 of one code point (RFC 3629); 0 for what is none. */
static size_t utf8_put(char dst[4], uint32_t c)
{
	if (c < 0x80) {
		dst[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		dst[0] = (char)(0xc0 | c >> 6);
		dst[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if ((c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	if (c < 0x10000) {
		dst[0] = (char)(0xe0 | c >> 12);
		dst[1] = (char)(0x80 | (c >> 6 & 0x3f));
		dst[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	dst[0] = (char)(0xf0 | c >> 18);
	dst[1] = (char)(0x80 | (c >> 12 & 0x3f));
	dst[2] = (char)(0x80 | (c >> 6 & 0x3f));
	dst[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* A function key inside a burst is noise: a code that holds "ESC [ 2 1 ~" must not press F10. */
static void text_add(struct wedge *w, struct wedge_key k)
{
	if (k.function || k.code == 0)
		return;
	char u[4];
	size_t n = utf8_put(u, k.code);
	if (w->cut || w->len + n >= sizeof w->text) {
		w->cut = true; /* nothing after the cut may join what was before it */
		return;
	}
	memcpy(w->text + w->len, u, n);
	w->len += n;
	w->text[w->len] = '\0';
}

static void release(struct wedge *w)
{
	for (int i = 0; i < w->n_held && w->n_out < 2 * WEDGE_HELD; i++)
		w->out[w->n_out++] = w->held[i];
	explicit_bzero(w->held, sizeof w->held);
	w->n_held = w->n_run = 0;
}

static void burst_begin(struct wedge *w)
{
	w->burst = true;
	for (int i = 0; i < w->n_held; i++)
		text_add(w, w->held[i]);
	explicit_bzero(w->held, sizeof w->held);
	w->n_held = w->n_run = 0;
}

static void burst_end(struct wedge *w)
{
	size_t n = strlen(w->conf.prefix);
	if (n > 0 && str_starts(w->text, w->conf.prefix)) {
		memmove(w->text, w->text + n, w->len - n + 1);
		w->len -= n;
	}
	w->burst = w->cut = false;
	w->done = true;
	w->cooling = true;
}

static bool ends_with(const struct wedge *w, const char *suffix)
{
	size_t n = strlen(suffix);
	return n > 0 && w->len >= n && memcmp(w->text + w->len - n, suffix, n) == 0;
}

/* What is held so far begins with the configured prefix. */
static bool has_prefix(const struct wedge *w)
{
	size_t n = strlen(w->conf.prefix), len = 0;
	char seen[4 * WEDGE_HELD];
	if (n == 0)
		return false;
	for (int i = 0; i < w->n_held; i++)
		if (!w->held[i].function)
			len += utf8_put(seen + len, w->held[i].code);
	return len >= n && memcmp(seen, w->conf.prefix, n) == 0;
}

static void settle(struct wedge *w, int64_t now_ms)
{
	if (now_ms < wedge_due_ms(w))
		return;
	if (w->burst)
		burst_end(w);
	else
		release(w);
}

void wedge_key(struct wedge *w, struct wedge_key key, int64_t now_ms)
{
	if (!w->conf.on) {
		if (w->n_out < 2 * WEDGE_HELD)
			w->out[w->n_out++] = key;
		return;
	}
	settle(w, now_ms);
	if (w->cooling && now_ms - w->last_ms < w->conf.end_ms) {
		w->last_ms = now_ms; /* the LF after the CR, the rest of a code that was cut */
		return;
	}
	w->cooling = false;
	w->last_ms = now_ms;
	if (w->burst) {
		text_add(w, key);
		if (ends_with(w, w->conf.suffix)) {
			w->len -= strlen(w->conf.suffix);
			w->text[w->len] = '\0';
			burst_end(w);
		}
		return;
	}
	/* No scanner begins with a function key: an arrow held down must not wait. */
	if (key.function && w->n_held == 0) {
		if (w->n_out < 2 * WEDGE_HELD)
			w->out[w->n_out++] = key;
		return;
	}
	/* Backspace, Enter or an arrow held down repeats itself and is no scan. */
	bool acts = key.function || key.code < 0x20 || key.code == 0x7f;
	bool repeat = acts && w->n_held > 0 && w->held[w->n_held - 1].code == key.code &&
		      w->held[w->n_held - 1].function == key.function;
	if (w->n_held == WEDGE_HELD)
		release(w);
	w->held[w->n_held++] = key;
	if (!repeat)
		w->n_run++;
	if (w->n_run >= w->conf.least || has_prefix(w))
		burst_begin(w);
}

bool wedge_next(struct wedge *w, struct wedge_event *ev, int64_t now_ms)
{
	settle(w, now_ms);
	if (w->next_out < w->n_out) {
		*ev = (struct wedge_event){.kind = WEDGE_KEY, .key = w->out[w->next_out++]};
		if (w->next_out == w->n_out) {
			explicit_bzero(w->out, sizeof w->out);
			w->next_out = w->n_out = 0;
		}
		return true;
	}
	if (!w->done)
		return false;
	*ev = (struct wedge_event){.kind = WEDGE_SCAN, .len = w->len};
	memcpy(ev->text, w->text, w->len + 1);
	explicit_bzero(w->text, sizeof w->text);
	w->len = 0;
	w->done = false;
	return true;
}

int64_t wedge_due_ms(const struct wedge *w)
{
	if (w->next_out < w->n_out || w->done)
		return INT64_MIN;
	if (w->burst)
		return w->last_ms + w->conf.end_ms;
	if (w->n_held > 0)
		return w->last_ms + w->conf.gap_ms;
	return INT64_MAX;
}
