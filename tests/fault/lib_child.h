/*
 * What the programs here have in common: their seed and rounds, folders on a fast disk, and children to whom things may happen.
 */
#ifndef TESTS_FAULT_LIB_CHILD_H
#define TESTS_FAULT_LIB_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/unit/daemon/lobby.h"

/* First of all. A failing assertion of cmocka says itself and aborts; TMPDIR lies in memory where there is such a folder (tests/run-fault). */
void fault_begin(void);
uint64_t fault_seed(void); /* SEED; never 0 */
int fault_rounds(int promised); /* ROUNDS, else what is promised */

/* A number that a, b and c make, and nothing else does. */
uint64_t fault_mix(uint64_t a, uint64_t b, uint64_t c);

/* Zeroed memory that children share. Never freed. */
void *fault_shared(size_t n);

/* A house as lobby_open leaves it, closed. */
void fault_house(struct lobby *l, const char *extra);
/* l->dir becomes a fresh copy of that house's folder. The files of one that had the name before are gone. */
void fault_copy(struct lobby *l, const struct lobby *from, const char *name);

/* fn in a child of its own, which ends with status 0 behind it; a minute at most. */
struct outcome {
	int status; /* wait(2) */
	char said[4096]; /* the end of its standard error */
};
void fault_child(struct outcome *o, void (*fn)(void *arg), void *arg);
bool outcome_good(const struct outcome *o); /* exit status 0 */
bool outcome_exit(const struct outcome *o, int status);

#endif
