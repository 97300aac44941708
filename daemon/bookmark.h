/*
 * The bookmark: a small file beside the book (book.mark) that says which book foyerd had, and how far it was. A book that was put in its
 * place by hand is refused at the next start: an older copy would forget who was let out, a newer one was written by somebody else, and both
 * would go on with numbers that were given already. `foyerd --restore` is the way to change a book, and writes a bookmark of its own.
 *
 * It is no defence against foyerd's own user, who can write both; against that stand the journal's signed heads, in a log elsewhere.
 */
#ifndef DAEMON_BOOKMARK_H
#define DAEMON_BOOKMARK_H

#include "base/conf.h"
#include "base/err.h"
#include "db/book.h"

enum bookmark_state {
	BOOKMARK_SERVING, /* the book may be further than this */
	BOOKMARK_CLOSED, /* it is exactly here */
	BOOKMARK_SPOILT, /* somebody wrote to it beside foyerd */
};

/* Whole or not at all. */
enum err_code bookmark_write(
    const struct conf *conf, struct book *b, enum bookmark_state s, struct err *e) MUST_USE;

/* For what may fail after it wrote one: the bookmark as it is now, for free(3) (NULL: there is none), and as it was then. */
enum err_code bookmark_text(char **own_text, const struct conf *conf, struct err *e) MUST_USE;
enum err_code bookmark_put_back(const char *text, const struct conf *conf, struct err *e) MUST_USE;

/* ERR_CONFLICT says what it is instead; ERR_CORRUPT: the bookmark cannot be read. Without one every book is good.
 *
 * The first is for before the book is opened: the log of the right book may still lie beside a wrong one (a crash leaves it there), and opening them
 * would make one of the two. */
enum err_code bookmark_check_file(const struct conf *conf, struct err *e) MUST_USE;
enum err_code bookmark_check(const struct conf *conf, struct book *b, struct err *e) MUST_USE;

#endif
