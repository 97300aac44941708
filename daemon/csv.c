#include "daemon/csv.h"

#include <stdbool.h>
#include <string.h>

void csv_init(struct csv *c, const char *text, size_t len)
{
	*c = (struct csv){.text = text, .len = len, .line = 1};
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		c->pos = 3;
}

static int peek(const struct csv *c)
{
	return c->pos < c->len ? (unsigned char)c->text[c->pos] : -1;
}

/* Pass a line's end, if one stands here. */
static bool end_of_line(struct csv *c)
{
	if (peek(c) == '\r' && c->pos + 1 < c->len && c->text[c->pos + 1] == '\n')
		c->pos++;
	if (peek(c) != '\n')
		return false;
	c->pos++;
	c->line++;
	return true;
}

static enum csv_got bad(struct csv *c, const char **why, const char *what)
{
	while (c->pos < c->len && !end_of_line(c))
		c->pos++;
	*why = what;
	return CSV_BAD;
}

struct writer {
	struct csv_record *r;
	size_t at;
};

static bool put(struct writer *w, char ch)
{
	if (w->at + 1 >= CSV_RECORD_SZ)
		return false;
	w->r->buf[w->at++] = ch;
	return true;
}

/* One field into w; leaves the reader on what follows it. NULL, or what is wrong. */
static const char *field_read(struct csv *c, struct writer *w)
{
	bool quoted = peek(c) == '"';
	c->pos += quoted;
	for (;;) {
		int ch = peek(c);
		if (ch == 0)
			return "a NUL byte";
		if (ch < 0)
			return quoted ? "a quote that is never closed" : NULL;
		if (quoted && ch == '"') {
			c->pos++;
			if (peek(c) != '"')
				return NULL;
		} else if (!quoted && ch == '"') {
			return "a quote inside a field that is not quoted";
		} else if (!quoted && (ch == ',' || ch == '\n' ||
					  (ch == '\r' && c->pos + 1 < c->len &&
					      c->text[c->pos + 1] == '\n'))) {
			return NULL;
		} else if (ch == '\n') {
			c->line++;
		}
		if (!put(w, (char)ch))
			return "a record longer than 8 KiB";
		c->pos++;
	}
}

enum csv_got csv_next(struct csv *c, struct csv_record *r, const char **why)
{
	while (end_of_line(c))
		continue;
	if (c->pos >= c->len)
		return CSV_END;
	struct writer w = {.r = r};
	r->line = c->line;
	r->n = 0;
	for (;;) {
		if (r->n == CSV_FIELDS)
			return bad(c, why, "more than 32 fields");
		r->field[r->n++] = r->buf + w.at;
		const char *wrong = field_read(c, &w);
		if (!wrong && !put(&w, 0))
			wrong = "a record longer than 8 KiB";
		if (wrong)
			return bad(c, why, wrong);
		if (peek(c) == ',')
			c->pos++;
		else if (c->pos >= c->len || end_of_line(c))
			return CSV_RECORD;
		else
			return bad(c, why, "something between a closing quote and the comma");
	}
}
