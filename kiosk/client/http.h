/*
 * An HTTP/1.1 answer, read as it comes: head, body by Content-Length, by chunks or to the end of the connection (RFC 9112). It hides the
 * framing and bounds everything; what is torn, oversized or ambiguous is ERR_PROTOCOL and the connection is not used again.
 *
 * No allocation: the body goes to a sink piece by piece.
 */
#ifndef KIOSK_CLIENT_HTTP_H
#define KIOSK_CLIENT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { HTTP_LINE_SZ = 4096, HTTP_HEAD_MAX = 16 * 1024 };

/* Takes a piece of the body; false: too much (the parser answers ERR_TOO_LONG). */
typedef bool http_sink(void *arg, const char *bytes, size_t n);

struct http_answer {
	/* For the caller, from head_done on. */
	int status; /* 200 … 599; 1xx answers are passed over */
	bool head_done, done;
	bool keep; /* the connection may carry another request */
	/* The parser's own. */
	enum http_state {
		HTTP_STATUS_LINE,
		HTTP_HEADER,
		HTTP_BODY,
		HTTP_BODY_TO_END,
		HTTP_CHUNK_SIZE,
		HTTP_CHUNK,
		HTTP_CHUNK_CRLF,
		HTTP_TRAILER,
		HTTP_DONE,
		HTTP_BROKEN,
	} state;
	char line[HTTP_LINE_SZ];
	size_t line_len, head_len;
	uint64_t left;
	bool chunked, has_length, cr;
	int passed; /* 1xx answers so far */
	http_sink *sink;
	void *arg;
};
void http_init(struct http_answer *h, http_sink *sink, void *arg);

/* Take bytes as they came. *used tells how many belong to this answer; it stops at the answer's end. */
enum err_code http_feed(
    struct http_answer *h, const char *bytes, size_t n, size_t *used, struct err *e) MUST_USE;

/* The connection has ended: fine where the body runs to the end, ERR_PROTOCOL elsewhere ("torn"). */
enum err_code http_end(struct http_answer *h, struct err *e) MUST_USE;

#endif
