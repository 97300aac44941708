/*
 * One kept connection to foyerd, as a bench uses it: a request goes out in one write, the answer is read when it comes. It hides
 * the socket; the framing is the kiosk's own (kiosk/client/http.h). What does not work ends the program.
 */
#ifndef TESTS_BENCH_LIB_WIRE_H
#define TESTS_BENCH_LIB_WIRE_H

#include <jansson.h>

#include "base/str.h"
#include "base/uuid.h"
#include "kiosk/client/http.h"

struct wire {
	int fd;
	struct http_answer http;
	struct str_buf body; /* of the answer */
};

void wire_open(struct wire *w, const char *socket);
void wire_close(struct wire *w);

/* key: NULL for what changes nothing; body: NULL for none. */
void wire_send(
    struct wire *w, const char *method, const char *target, const char *key, const char *body);
/* Read what is there, waiting for it if need be; true when the answer is whole. */
bool wire_step(struct wire *w);
/* Ask and wait; the answer must have this status. Its text is w->body. */
void wire_ask(struct wire *w, int status, const char *method, const char *target, const char *key,
    const char *body);
json_t *wire_json(const struct wire *w); /* the caller's */

/* --- visitors ---------------------------------------------------------------------------- */

/* A guest of the book, as tests/bench/book.c tells them. */
struct guest {
	struct uuid visit, visitor;
	char code[9], pass[141];
};
/* count of them from the first on; the caller frees. */
struct guest *guests_read(const char *file, int64_t first, int64_t count);

/* What a kiosk sends when that guest has agreed to the rules. version: of the agreement. */
void guest_body(struct str_buf *body, const struct guest *g, const char *version);
/* The version of the agreement as the kiosk's socket tells it; dst of 65 bytes. */
void agreement_version(struct wire *w, char *dst, size_t dst_sz);

#endif
