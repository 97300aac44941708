/*
 * erased.list, beside the backups: the ids of the visitors who were erased and when, one "UUID MS"
 * a line, so that a restore of an older backup erases them again. Ids are random and name nobody.
 */
#ifndef DAEMON_ERASED_H
#define DAEMON_ERASED_H

#include <stdint.h>

#include "base/err.h"
#include "db/book.h"

/* Append who was erased since the list's last line; sync it. */
enum err_code erased_list_update(struct book *b, const char *backups, struct err *e) MUST_USE;

/* Erase again in b whoever stands in the list and is not erased there. *n: how many; *left: how
 * many cannot be yet, because a visit of theirs is open in this book. Checkpoint with TRUNCATE
 * afterwards. */
enum err_code erased_list_apply(struct book *b, const char *backups, int64_t wall_ms, int *n,
    int *left, struct err *e) MUST_USE;

/* A fact of the book (book_meta_get): "1" while some are left. */
#define ERASED_PENDING "erase-again"

#endif
