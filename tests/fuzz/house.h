/*
 * A foyerd in one process for fuzz harnesses: a real book in a folder of its own, keys, a configuration, a clock that stands still and
 * random numbers that repeat. Each run begins with the same book. It hides how that is made quick: the first book is made once and
 * copied. Whatever must hold of every answer and of every book aborts here.
 */
#ifndef TESTS_FUZZ_HOUSE_H
#define TESTS_FUZZ_HOUSE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/clock.h"
#include "daemon/dispatch.h"
#include "daemon/loop.h"
#include "daemon/server.h"

enum { HOUSE_POOL = 8 };

struct house {
	struct foyerd d;
	struct loop loop;
	struct clock_fake clock;
	struct random_fake seed;
	uint64_t keys; /* Idempotency-Keys given out */
	/* What earlier answers told, newest first: 'v'isit, 'i'nvitation, 'w'aiting, 'j'ob and 'h'ost ids, 'p'asses, 'c'odes,
	 * progress 't'okens, 'a'greement versions. */
	struct {
		char text[HOUSE_POOL][256];
		int n;
	} pool[26];
};

/* The house's configuration is the same for all; prepare (NULL: nothing) fills the first book, once a process. */
void house_open(struct house *h, void (*prepare)(struct house *h));
void house_close(struct house *h);

struct house_ask {
	unsigned roles;
	const char *method, *path, *body;
	uint64_t key; /* 0: a new one */
};
/* One request, with what must hold of every answer: one of the documented statuses, exactly one body where there is one, 503 only where
 * the error's word says that the same may work later; and of every write: the same request under the same key is answered the same and
 * writes nothing. Answers that come later are waited for. *status 0: there is no such route for these roles, or it needs a child process. The
 * object is the caller's, NULL where there is none. */
json_t *house_ask(struct house *h, const struct house_ask *ask, int *status);

/* A courier of this destination takes its next job, and answers it with result (borrowed). False: there is none. */
bool house_courier(struct house *h, const char *destination, const json_t *result);

/* Time passes, and what the clock does by itself is done. */
void house_later(struct house *h, int64_t ms);

/* text with each "$v0" replaced by the newest visit's id, "$p1" by the newest but one pass, …, and "$+90" by the time in 90 minutes. The
 * caller frees. */
char *house_fill(const struct house *h, const char *text, size_t len);

/* What must hold of every book: its structure, its journal, and what it says of each visit. */
void house_check(struct house *h);

void house_must(bool holds, const char *what);

#endif
