/*
 * A book looked at and meddled with from outside, through a connection of its own and the ordinary disk. Aborts where that fails: it
 * is for books that a test holds for good.
 *
 * The last connection that is closed folds the log into the book: let the product's be open meanwhile where that matters.
 */
#ifndef TESTS_FAULT_LIB_LOOK_H
#define TESTS_FAULT_LIB_LOOK_H

#include <stdint.h>

/* BLAKE2b over every row of every table, in order: two books with the same are the same. */
enum { LOOK_DIGEST = 32 };
void look_digest(uint8_t digest[LOOK_DIGEST], const char *book);
/* The one number that SQL answers. */
int64_t look_number(const char *book, const char *sql);
/* Of n questions the first whose answer is not 0, and that answer; -1: none. */
int look_first(const char *book, const char *const questions[], int n, int64_t *answer);
/* Run SQL behind the book's back. */
void look_meddle(const char *book, const char *sql);

#endif
