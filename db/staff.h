/*
 * Staff: who acts is written everywhere as a random id; this table alone says which user that is.
 */
#ifndef DB_STAFF_H
#define DB_STAFF_H

#include "base/text.h"
#include "db/book.h"

struct db_staff {
	struct uuid id;
	char user[TEXT_WORD_SZ]; /* login name */
	int64_t uid;
};

/* The staff id of a login name, made if it is new (needs a write transaction then). */
enum err_code db_staff_of(
    struct book *b, const char *user, int64_t uid, struct db_staff *s, struct err *e) MUST_USE;
enum err_code db_staff_get(
    struct book *b, const struct uuid *id, struct db_staff *s, struct err *e) MUST_USE;

#endif
