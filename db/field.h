/*
 * Fields: what a visitor type asks for beyond name and company, with the time each value may be
 * kept.
 */
#ifndef DB_FIELD_H
#define DB_FIELD_H

#include "base/text.h"
#include "db/book.h"

struct db_field {
	char name[TEXT_WORD_SZ];
	char value[TEXT_FIELD_SZ];
	int64_t keep_ms; /* after the visit was closed */
};

/* Set or replace one value. An empty value deletes it. */
enum err_code db_field_put(
    struct book *b, const struct uuid *visit, const struct db_field *f, struct err *e) MUST_USE;
/* By name. */
enum err_code db_field_list(struct book *b, const struct uuid *visit, struct db_field *fields,
    int max, int *n, struct err *e) MUST_USE;

#endif
