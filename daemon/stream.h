/*
 * Answers that do not fit in one call: a stream of bytes (progress events, an export), or one
 * object that comes later (doctor, a backup). They stand between a handler, who makes them, and the
 * HTTP side, who sends them; neither knows the other.
 */
#ifndef DAEMON_STREAM_H
#define DAEMON_STREAM_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "daemon/request.h"

enum { STREAM_WAIT = 0, STREAM_END = -1, STREAM_BROKEN = -2 };

/* Embedded in its maker's struct. After request_stream the server owns it and calls free once. */
struct stream {
	const char *type; /* content type */
	/* Up to max bytes into buf: how many, or STREAM_WAIT (stream_wake will be called),
	 * STREAM_END, STREAM_BROKEN (the client must see that the rest is missing). Never
	 * blocks. */
	ssize_t (*read)(struct stream *s, char *buf, size_t max);
	void (*free)(struct stream *own_s);
	/* the server's */
	void (*wake)(void *arg);
	void *wake_arg;
};

/* This request is answered 200 with a stream. Returns ERR_OK. */
enum err_code request_stream(struct request *rq, struct stream *own_s);

/* There is something to read now. */
void stream_wake(struct stream *s);

/* An answer to come. The maker holds it until later_answer; the server is told then. */
struct later {
	int status;
	json_t *answer;
	bool answered, gone; /* gone: nobody waits any more */
	void (*ready)(void *arg);
	void *arg;
};

/* This request is answered afterwards. The handler keeps the pointer and returns ERR_OK. */
struct later *request_later(struct request *rq);

/* Exactly once for each request_later; takes own_obj; l must not be touched afterwards. */
void later_answer(struct later *l, int status, json_t *own_obj);
/* The same with {"error", "message"} of an err. */
void later_fail(struct later *l, const struct err *e);

/* For the server: stop waiting (frees l at once or when it is answered). */
void later_abandon(struct later *l);

/* The HTTP status that stands for an error code. */
int stream_status_of(enum err_code code);

#endif
