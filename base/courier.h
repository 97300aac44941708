/*
 * The courier's side of the courier protocol (foyer-courier(7)): one JSON object a line on stdin,
 * one a line on stdout. It hides lines, bounds, the lock, signals and the shape of answers, so that
 * a courier is a table of functions, one a kind of job.
 *
 * A courier's main fills a struct courier_spec and returns courier_run(&spec). Blocking, one job at
 * a time, one thread. What the daemon sends is checked like anything else; a line that is no job
 * ends the courier (exit 1), and foyerd starts a new one.
 */
#ifndef BASE_COURIER_H
#define BASE_COURIER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/text.h"
#include "base/uuid.h"

enum { COURIER_LINE_MAX = 64 * 1024, COURIER_MAIL_LINE_MAX = 256 * 1024 };

/* Borrowed for the call. */
struct courier_job {
	struct uuid id;
	char id_text[UUID_TEXT_SZ];
	char kind[TEXT_WORD_SZ];
	int attempt; /* 1 for the first; 0 where the line does not say */
	char mark[TEXT_WORD_SZ]; /* the member "mark" of the last retry that had one; "": none */
	const json_t *obj; /* the whole line: read it through courier_job_begin */
};

/* Start reading a job's payload: json_read_begin, with the members that every job has already
 * asked for. */
void courier_job_begin(struct json_reader *r, const struct courier_job *job, struct err *e);

enum courier_result { COURIER_DONE, COURIER_RETRY, COURIER_FAILED };

/* Filled by a job function through the verbs below; FAILED "bug" if it says nothing. Reasons and
 * remedies are for staff and the log: one line of English without personal data or secrets. */
struct courier_answer {
	enum courier_result result;
	char class[TEXT_WORD_SZ];
	char reason[sizeof(((struct err *)0)->msg)];
	char remedy[sizeof(((struct err *)0)->msg)];
	int64_t after_ms; /* 0: no hint */
	json_t *more; /* object: further members of the answer */
};

void courier_done(struct courier_answer *a);
void courier_retry(struct courier_answer *a, const char *class, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* Going well, look again after after_ms: no alarm and no attempt counted. */
void courier_pending(struct courier_answer *a, int64_t after_ms);
void courier_failed(struct courier_answer *a, const char *class, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* RETRY for an error of the RETRY class, else FAILED; class is the error's name, reason its
 * message. */
void courier_error(struct courier_answer *a, const struct err *e);
/* FAILED "bad-job" with the reader's message: the daemon and this courier disagree about a
 * payload. */
void courier_bad_job(struct courier_answer *a, const struct err *e);
/* What a person should do: beside a retry or a failure. */
void courier_remedy(struct courier_answer *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A further member; own_value is taken over. */
void courier_add(struct courier_answer *a, const char *key, json_t *own_value);
/* The answer of every check: DONE with ok, state, and reason and remedy where not empty. */
void courier_checked(
    struct courier_answer *a, bool ok, const char *state, const char *reason, const char *remedy);

struct courier_kind {
	const char *name;
	void (*run)(void *arg, const struct courier_job *job, struct courier_answer *a);
};

/* From the first line; borrowed for the call. */
struct courier_start {
	/* Which printer, controller, route: TEXT_WORD_SZ, letters, digits, "._-". */
	const char *name;
	const char *run; /* folder of run files */
	const json_t *conf; /* its section: read with a json_reader */
};

struct courier_spec {
	const char *program; /* "foyer-print": for the log */
	const char *courier; /* "print": what the first line must name */
	size_t line_max; /* COURIER_LINE_MAX or COURIER_MAIL_LINE_MAX */
	/* Once, after the lock is held: read the section, open secrets, enter the sandbox. An
	 * error becomes "ready":false with its message, and exit 1. It need not reach the other
	 * side: that is what check and retry are for. */
	enum err_code (*start)(void *arg, const struct courier_start *s, struct err *e);
	const struct courier_kind *kinds; /* ended by a NULL name */
	void *arg; /* handed to start and to the kinds */
};

/* All of a courier's main: log to stderr with "<N>" prefixes, SIGPIPE, SIGINT and SIGHUP
 * ignored, SIGKILL when the parent dies, then courier_serve on stdin and stdout. Returns main's
 * exit status: 0 at end of input. */
int courier_run(const struct courier_spec *spec);

/* The protocol alone on two descriptors (they stay the caller's). ERR_OK at end of input. */
enum err_code courier_serve(
    const struct courier_spec *spec, int in, int out, struct err *e) MUST_USE;

#endif
