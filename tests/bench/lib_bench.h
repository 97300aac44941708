/*
 * What the programs of `make bench` share: the clock, the times taken, and the line of JSON that a program prints for each
 * side of a comparison. Nothing here judges: the runner makes the table. What does not work ends the program with a word.
 */
#ifndef TESTS_BENCH_LIB_BENCH_H
#define TESTS_BENCH_LIB_BENCH_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

int64_t bench_ns(void); /* monotonic */

/* Zeroed is ready and empty. */
struct bench_times {
	int64_t *ns;
	size_t n, cap;
};
void bench_add(struct bench_times *t, int64_t ns);

/* {"side":…,"us":[…]} and what own_more has (NULL: nothing), on standard output; t is emptied and freed. */
void bench_say(const char *side, struct bench_times *t, json_t *own_more);

_Noreturn void bench_die(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* The words of a struct err, if code is one. */
void bench_must(enum err_code code, const struct err *e);
int64_t bench_number(const char *text); /* of a command line */

#endif
