#include "notify/rfc2047.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

enum {
	LINE = 76, /* RFC 2047 §2: the limit of a line that holds an encoded word */
	WORD = 75, /* and of the word */
	FRAME = 12, /* =?UTF-8?Q? and ?= */
	TIGHT = FRAME + 12, /* less room than this is not worth a word: fold first */
};

struct field {
	struct str_buf *out;
	size_t column;
};

static void add(struct field *f, const char *s, size_t n)
{
	(void)str_buf_add(f->out, s, n);
	f->column += n;
}

static void fold(struct field *f)
{
	(void)str_buf_add(f->out, "\r\n", 2);
	f->column = 0;
	add(f, " ", 1);
}

/* A space (or a fold that reads as one) and a token that may not be broken. */
static void add_token(struct field *f, const char *s, size_t n)
{
	if (f->column + 1 + n > LINE)
		fold(f);
	else
		add(f, " ", 1);
	add(f, s, n);
}

/* RFC 5322 §3.2.3 */
static bool is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

static bool is_any(char c)
{
	(void)c;
	return true;
}

/* Can s stand as it is: ASCII of the wanted kind, nothing that reads as an encoded word, no word that could not be folded. */
static bool is_plain(const char *s, bool (*wanted)(char c))
{
	size_t word = 0;
	for (; *s != '\0'; s++) {
		word = *s == ' ' ? 0 : word + 1;
		if (!is_printable(*s) || (*s != ' ' && !wanted(*s)) ||
		    (s[0] == '=' && s[1] == '?') || word > LINE - 2)
			return false;
	}
	return true;
}

static void add_words(struct field *f, const char *s)
{
	while (*s != '\0') {
		size_t n = strcspn(s, " ");
		add_token(f, s, n);
		s += n;
		s += strspn(s, " ");
	}
}

/* What Q may leave as it is where the word stands for a name (RFC 2047 §5 (3)). */
static bool is_q_safe(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!*+-/", c) != NULL);
}

static size_t q_len(const char *s, size_t n)
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++)
		len += is_q_safe(s[i]) || s[i] == ' ' ? 1 : 3;
	return len;
}

static size_t b_len(size_t n)
{
	return (n + 2) / 3 * 4;
}

static void add_q(struct field *f, const char *s, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)s[i];
		char coded[3] = {'=', hex[c >> 4], hex[c & 15]};
		if (c == ' ')
			add(f, "_", 1);
		else if (is_q_safe(s[i]))
			add(f, &s[i], 1);
		else
			add(f, coded, sizeof coded);
	}
}

/* RFC 4648 §4 */
static void add_b(struct field *f, const char *s, size_t n)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < n; i += 3) {
		uint32_t bits = (uint32_t)(uint8_t)s[i] << 16;
		if (i + 1 < n)
			bits |= (uint32_t)(uint8_t)s[i + 1] << 8;
		if (i + 2 < n)
			bits |= (uint8_t)s[i + 2];
		char four[4] = {letters[bits >> 18], letters[bits >> 12 & 63],
		    letters[bits >> 6 & 63], letters[bits & 63]};
		if (i + 1 >= n)
			four[2] = '=';
		if (i + 2 >= n)
			four[3] = '=';
		add(f, four, sizeof four);
	}
}

static size_t sequence(const char *s)
{
	uint8_t c = (uint8_t)*s;
	return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Whole characters from s that fit room characters of encoded text. */
static size_t take(const char *s, size_t n, bool q, size_t room)
{
	size_t took = 0;
	while (took < n) {
		size_t next = took + sequence(s + took);
		if ((q ? q_len(s, next) : b_len(next)) > room)
			break;
		took = next;
	}
	return took;
}

static void add_encoded(struct field *f, const char *s)
{
	size_t n = strlen(s);
	bool q = q_len(s, n) <= b_len(n);
	while (n > 0) {
		if (f->column + 1 + TIGHT > LINE)
			fold(f);
		else
			add(f, " ", 1);
		size_t room = LINE - f->column < WORD ? LINE - f->column : (size_t)WORD;
		size_t took = take(s, n, q, room - FRAME);
		add(f, q ? "=?UTF-8?Q?" : "=?UTF-8?B?", 10);
		if (q)
			add_q(f, s, took);
		else
			add_b(f, s, took);
		add(f, "?=", 2);
		s += took;
		n -= took;
		if (n > 0)
			f->column = LINE; /* one encoded word a line */
	}
}

static enum err_code begin(struct field *f, struct str_buf *out, const char *field,
    const char *value, char clean[MAIL_HEADER_VALUE_SZ], struct err *e)
{
	enum err_code code =
	    text_clean(clean, MAIL_HEADER_VALUE_SZ, value, strlen(value), TEXT_LINE, e);
	if (code != ERR_OK)
		return code;
	*f = (struct field){.out = out};
	add(f, field, strlen(field));
	add(f, ":", 1);
	return ERR_OK;
}

enum err_code mail_header_text(
    struct str_buf *out, const char *field, const char *value, struct err *e)
{
	struct field f;
	char clean[MAIL_HEADER_VALUE_SZ];
	enum err_code code = begin(&f, out, field, value, clean, e);
	if (code != ERR_OK)
		return code;
	if (is_plain(clean, is_any))
		add_words(&f, clean);
	else
		add_encoded(&f, clean);
	return ERR_OK;
}

/* A quoted string is one token here, so it must fit a line. */
static bool quote(char *dst, size_t dst_sz, const char *s)
{
	size_t n = 0;
	dst[n++] = '"';
	for (; *s != '\0'; s++) {
		if (!is_printable(*s) || (s[0] == '=' && s[1] == '?') || n + 4 > dst_sz)
			return false;
		if (*s == '"' || *s == '\\')
			dst[n++] = '\\';
		dst[n++] = *s;
	}
	dst[n++] = '"';
	dst[n] = '\0';
	return true;
}

enum err_code mail_header_mailbox(
    struct str_buf *out, const char *field, const char *display, const char *address, struct err *e)
{
	struct field f;
	char clean[MAIL_HEADER_VALUE_SZ], quoted[LINE];
	if (!text_is_mail(address))
		return err_set(e, ERR_INPUT, "%s: no plain mail address", field);
	enum err_code code = begin(&f, out, field, display, clean, e);
	if (code != ERR_OK)
		return code;
	if (is_plain(clean, is_atext))
		add_words(&f, clean);
	else if (quote(quoted, sizeof quoted, clean))
		add_token(&f, quoted, strlen(quoted));
	else
		add_encoded(&f, clean);
	char angle[TEXT_MAIL_SZ + 2];
	(void)str_print(angle, sizeof angle, "<%s>", address);
	add_token(&f, angle, strlen(angle));
	return ERR_OK;
}
