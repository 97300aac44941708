#include "kiosk/client/http.h"

#include <string.h>
#include <strings.h>

enum { PASSED_MAX = 8, LENGTH_DIGITS = 15, CHUNK_DIGITS = 8 };

void http_init(struct http_answer *h, http_sink *sink, void *arg)
{
	explicit_bzero(h, sizeof *h);
	h->sink = sink;
	h->arg = arg;
}

static enum err_code broken(struct http_answer *h, struct err *e, const char *what)
{
	h->state = HTTP_BROKEN;
	h->keep = false;
	return err_set(e, ERR_PROTOCOL, "the server's answer: %s", what);
}

static void finish(struct http_answer *h)
{
	h->state = HTTP_DONE;
	h->done = true;
}

/* RFC 9112 §4: "HTTP/1.1 200 OK"; the reason may be empty or absent. */
static enum err_code status_line(struct http_answer *h, struct err *e)
{
	const char *s = h->line;
	if (h->line_len < 12 || strncmp(s, "HTTP/1.", 7) != 0 || (s[7] != '0' && s[7] != '1') ||
	    s[8] != ' ')
		return broken(h, e, "no status line");
	for (int i = 9; i < 12; i++)
		if (s[i] < '0' || s[i] > '9')
			return broken(h, e, "no status");
	if (s[12] != '\0' && s[12] != ' ')
		return broken(h, e, "no status");
	h->status = (s[9] - '0') * 100 + (s[10] - '0') * 10 + (s[11] - '0');
	if (h->status < 100 || h->status > 599)
		return broken(h, e, "a status out of range");
	h->keep = s[7] == '1'; /* §9.3: 1.1 persists unless it says close */
	h->chunked = h->has_length = false;
	h->left = 0;
	h->state = HTTP_HEADER;
	return ERR_OK;
}

/* RFC 9110 §5.6.2 */
static bool is_token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static enum err_code content_length(struct http_answer *h, const char *v, struct err *e)
{
	uint64_t n = 0;
	size_t digits = strlen(v);
	if (digits < 1 || digits > LENGTH_DIGITS || strspn(v, "0123456789") != digits)
		return broken(h, e, "a Content-Length that is no number");
	for (; *v != '\0'; v++)
		n = n * 10 + (uint64_t)(*v - '0');
	if (h->has_length && h->left != n)
		return broken(h, e, "two lengths");
	h->has_length = true;
	h->left = n;
	return ERR_OK;
}

static enum err_code header_line(struct http_answer *h, struct err *e)
{
	char *colon = memchr(h->line, ':', h->line_len);
	if (colon == NULL || colon == h->line)
		return broken(h, e, "a header line without a name");
	for (char *p = h->line; p < colon; p++)
		if (!is_token_char(*p))
			return broken(h, e, "a header name with a forbidden character");
	*colon = '\0';
	char *v = colon + 1, *end = h->line + h->line_len;
	while (*v == ' ' || *v == '\t')
		v++;
	while (end > v && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	if (strcasecmp(h->line, "content-length") == 0)
		return content_length(h, v, e);
	if (strcasecmp(h->line, "transfer-encoding") == 0) {
		if (strcasecmp(v, "chunked") != 0 || h->chunked)
			return broken(h, e, "a transfer encoding that is not chunked");
		h->chunked = true;
	}
	if (strcasecmp(h->line, "connection") == 0 && strcasecmp(v, "close") == 0)
		h->keep = false;
	return ERR_OK;
}

/* The empty line: how long is the body? RFC 9112 §6.3. */
static enum err_code head_end(struct http_answer *h, struct err *e)
{
	if (h->status < 200) {
		if (h->status == 101 || ++h->passed > PASSED_MAX)
			return broken(h, e, "interim answers without end");
		h->state = HTTP_STATUS_LINE;
		return ERR_OK;
	}
	if (h->chunked && h->has_length)
		return broken(h, e, "a length and chunks"); /* §6.3: smells of smuggling */
	h->head_done = true;
	if (h->status == 204 || h->status == 304 || (h->has_length && h->left == 0)) {
		finish(h);
	} else if (h->chunked) {
		h->state = HTTP_CHUNK_SIZE;
	} else if (h->has_length) {
		h->state = HTTP_BODY;
	} else {
		h->state = HTTP_BODY_TO_END;
		h->keep = false;
	}
	return ERR_OK;
}

/* §7.1: hex digits, then perhaps extensions, which nobody here asked for. */
static enum err_code chunk_size(struct http_answer *h, struct err *e)
{
	size_t digits = strspn(h->line, "0123456789abcdefABCDEF");
	if (digits < 1 || digits > CHUNK_DIGITS)
		return broken(h, e, "a chunk without a size");
	const char *rest = h->line + digits + strspn(h->line + digits, " \t");
	if (*rest != '\0' && *rest != ';')
		return broken(h, e, "a chunk without a size");
	h->left = 0;
	for (size_t i = 0; i < digits; i++) {
		char c = h->line[i];
		h->left = h->left * 16 + (uint64_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	h->state = h->left > 0 ? HTTP_CHUNK : HTTP_TRAILER;
	return ERR_OK;
}

static enum err_code line_done(struct http_answer *h, struct err *e)
{
	h->line[h->line_len] = '\0';
	if (strlen(h->line) != h->line_len)
		return broken(h, e, "a NUL in its head");
	switch (h->state) {
	case HTTP_STATUS_LINE: return status_line(h, e);
	case HTTP_HEADER: return h->line_len == 0 ? head_end(h, e) : header_line(h, e);
	case HTTP_CHUNK_SIZE: return chunk_size(h, e);
	case HTTP_CHUNK_CRLF:
		if (h->line_len != 0)
			return broken(h, e, "a chunk longer than its size");
		h->state = HTTP_CHUNK_SIZE;
		return ERR_OK;
	case HTTP_TRAILER:
		if (h->line_len == 0)
			finish(h);
		return ERR_OK;
	case HTTP_BODY:
	case HTTP_BODY_TO_END:
	case HTTP_CHUNK:
	case HTTP_DONE:
	case HTTP_BROKEN: break;
	}
	return broken(h, e, "a line where none belongs");
}

/* One character of a line that ends in CR LF; a CR or LF alone is refused. */
static enum err_code line_char(struct http_answer *h, char c, struct err *e)
{
	if (h->state == HTTP_STATUS_LINE || h->state == HTTP_HEADER || h->state == HTTP_TRAILER)
		if (++h->head_len > HTTP_HEAD_MAX)
			return broken(h, e, "a head that is too long");
	if (h->cr) {
		h->cr = false;
		if (c != '\n')
			return broken(h, e, "a CR without LF");
		enum err_code rc = line_done(h, e);
		h->line_len = 0;
		return rc;
	}
	if (c == '\n')
		return broken(h, e, "an LF without CR");
	if (c == '\r') {
		h->cr = true;
		return ERR_OK;
	}
	if (h->line_len + 1 >= sizeof h->line)
		return broken(h, e, "a line that is too long");
	h->line[h->line_len++] = c;
	return ERR_OK;
}

static enum err_code body(struct http_answer *h, const char *bytes, size_t n, struct err *e)
{
	if (h->sink(h->arg, bytes, n))
		return ERR_OK;
	h->state = HTTP_BROKEN;
	h->keep = false;
	return err_set(e, ERR_TOO_LONG, "the server's answer is too long");
}

enum err_code http_feed(
    struct http_answer *h, const char *bytes, size_t n, size_t *used, struct err *e)
{
	size_t i = 0;
	enum err_code rc = ERR_OK;
	while (i < n && rc == ERR_OK && h->state != HTTP_DONE) {
		size_t take = n - i;
		switch (h->state) {
		case HTTP_BODY:
		case HTTP_CHUNK:
			if (take > h->left)
				take = (size_t)h->left;
			rc = body(h, bytes + i, take, e);
			i += take;
			h->left -= take;
			if (rc == ERR_OK && h->left == 0) {
				if (h->state == HTTP_CHUNK)
					h->state = HTTP_CHUNK_CRLF;
				else
					finish(h);
			}
			break;
		case HTTP_BODY_TO_END:
			rc = body(h, bytes + i, take, e);
			i += take;
			break;
		case HTTP_STATUS_LINE:
		case HTTP_HEADER:
		case HTTP_CHUNK_SIZE:
		case HTTP_CHUNK_CRLF:
		case HTTP_TRAILER: rc = line_char(h, bytes[i++], e); break;
		case HTTP_BROKEN:
		case HTTP_DONE: rc = broken(h, e, "broken before"); break;
		}
	}
	*used = i;
	return rc;
}

enum err_code http_end(struct http_answer *h, struct err *e)
{
	if (h->state == HTTP_BODY_TO_END)
		finish(h);
	return h->done ? ERR_OK : broken(h, e, "torn off");
}
