/*
 * Is a book as it should be after something was done to it? By the product's own checks (pages, indexes, references, journal), and by what
 * one transaction writes together: no visit without its stay, its badge, its jobs, its journal entry, and no half of any.
 */
#ifndef TESTS_FAULT_LIB_WHOLE_H
#define TESTS_FAULT_LIB_WHOLE_H

#include <stdbool.h>

#include "tests/unit/daemon/lobby.h"

enum { WHOLE_WHY_SZ = 400 };

/* The lobby's open book. False: why says what is wrong. */
bool whole(struct lobby *l, char why[WHOLE_WHY_SZ]);

/* The path of the lobby's book; static. */
const char *whole_path(const struct lobby *l, char path[96]);

#endif
