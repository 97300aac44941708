#include "scan/reading.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

void reading_init(struct reading *r, const struct reading_conf *conf)
{
	*r = (struct reading){.conf = *conf};
}

void reading_fini(struct reading *r)
{
	explicit_bzero(r, sizeof *r);
}

void reading_drop(struct reading *r)
{
	explicit_bzero(r->text, sizeof r->text);
	r->len = 0;
	r->begun = r->spoilt = false;
}

void reading_add(struct reading *r, const char *bytes, size_t n, int64_t now_ms)
{
	r->begun = true;
	r->last_ms = now_ms;
	for (size_t i = 0; i < n && !r->spoilt && r->len + 1 < sizeof r->text; i++)
		if (bytes[i] != '\0')
			r->text[r->len++] = bytes[i];
}

void reading_spoil(struct reading *r, int64_t now_ms)
{
	reading_drop(r);
	r->begun = r->spoilt = true;
	r->last_ms = now_ms;
}

static void shift(struct reading *r, size_t n)
{
	memmove(r->text, r->text + n, r->len - n);
	r->len -= n;
}

/* SOH, STX, ETX, EOT, and what Enter and Tab send. */
static bool is_frame(char c)
{
	return (c >= '\x01' && c <= '\x04') || c == '\r' || c == '\n' || c == '\t';
}

static void trim(struct reading *r)
{
	size_t n = 0;
	while (r->len > 0 && is_frame(r->text[r->len - 1]))
		r->len--;
	while (n < r->len && is_frame(r->text[n]))
		n++;
	shift(r, n);
}

/* A prefix stands before or after STX: readers differ. */
static void strip(struct reading *r)
{
	const size_t prefix = strlen(r->conf.prefix), suffix = strlen(r->conf.suffix);
	trim(r);
	if (prefix > 0 && r->len >= prefix && memcmp(r->text, r->conf.prefix, prefix) == 0)
		shift(r, prefix);
	if (suffix > 0 && r->len >= suffix &&
	    memcmp(r->text + r->len - suffix, r->conf.suffix, suffix) == 0)
		r->len -= suffix;
	trim(r);
	/* ISO/IEC 15424: "]", the symbology's letter, a modifier. No pass and no document begins so. */
	if (r->len >= 3 && r->text[0] == ']' && isalpha((unsigned char)r->text[1]) &&
	    isalnum((unsigned char)r->text[2]))
		shift(r, 3);
}

enum reading_end reading_next(struct reading *r, char dst[READING_TEXT_SZ], int64_t now_ms)
{
	enum reading_end end = READING_NONE;
	if (now_ms < reading_due_ms(r))
		return READING_NONE;
	if (r->spoilt) {
		end = READING_SPOILT;
	} else {
		strip(r);
		memcpy(dst, r->text, r->len);
		dst[r->len] = '\0';
		end = r->len > 0 ? READING_TEXT : READING_NONE; /* a lone Enter */
	}
	reading_drop(r);
	return end;
}

int64_t reading_due_ms(const struct reading *r)
{
	return r->begun ? r->last_ms + r->conf.end_ms : INT64_MAX;
}
