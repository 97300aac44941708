/*
 * What a dialogue with a mail server came to. libcurl tells only how the transfer ended; this listens to the commands and replies
 * (RFC 5321) and says who may mend it: the class, a sentence for staff, a remedy. Replies are quoted by their numbers alone: their text
 * repeats addresses.
 */
#ifndef NOTIFY_OUTCOME_H
#define NOTIFY_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

enum smtp_class {
	SMTP_SENT,
	SMTP_UNREACHABLE,
	SMTP_TIMEOUT,
	SMTP_GREYLISTED, /* 4xx: not now */
	SMTP_REJECTED, /* 5xx about this message: never */
	SMTP_TLS,
	SMTP_AUTH,
};
const char *smtp_class_name(enum smtp_class c); /* "unreachable", …; "sent" */

/* How far it got. */
enum smtp_phase {
	SMTP_CONNECT,
	SMTP_HELLO,
	SMTP_SECURE,
	SMTP_LOGIN,
	SMTP_FROM,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BODY,
	SMTP_TAKEN
};

struct smtp_trace {
	enum smtp_phase phase;
	int reply; /* of the last reply; 0: none yet */
	char enhanced[12]; /* "5.1.1" (RFC 3463), or "" */
	bool over; /* QUIT is said */
	char said[CURL_ERROR_SIZE]; /* libcurl's own words for what broke off, or "" */
};
/* One command or one line of a reply, as it went over the wire. */
void smtp_trace_command(struct smtp_trace *t, const char *line, size_t len);
void smtp_trace_reply(struct smtp_trace *t, const char *line, size_t len);

struct smtp_outcome {
	enum smtp_class class;
	int reply;
	char reason[256], remedy[256]; /* "" where all is well */
	bool blocks; /* another mail would fare no better */
};
/* secure: the route asks for TLS. */
void smtp_outcome_of(struct smtp_outcome *o, CURLcode rc, const struct smtp_trace *t, bool secure);

#endif
