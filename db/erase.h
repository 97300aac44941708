/*
 * Erasing a person from the book: what db_visitor_erase and retention share. Internal to db/.
 */
#ifndef DB_ERASE_H
#define DB_ERASE_H

#include "db/book.h"
#include "db/lookup.h"

/* What is needed of a visit to find its traces. */
struct erase_trace {
	struct uuid visit, visitor;
	int64_t number, from_ms;
	char words[LOOKUP_SZ]; /* its search column */
};

/* Everything that names the visitor, but signatures only where they are asked for. */
enum err_code erase_person(
    struct book *b, const struct uuid *visitor, bool signatures, struct err *e) MUST_USE;

/* What one visit says about its visitor: look-up words, fields, journal details, facts of notices
 * and prints. */
enum err_code erase_visit(struct book *b, const struct erase_trace *t, struct err *e) MUST_USE;

/* The look-up words alone. */
enum err_code erase_words(struct book *b, const struct erase_trace *t, struct err *e) MUST_USE;

/* All fields of a visit, with their tombstones. */
enum err_code erase_fields(struct book *b, const struct uuid *visit, struct err *e) MUST_USE;
enum err_code erase_field(
    struct book *b, const struct uuid *visit, const char *name, struct err *e) MUST_USE;

/* The looks at documents of a visit, with what is kept of them and their tombstones. */
enum err_code erase_documents(struct book *b, const struct uuid *visit, struct err *e) MUST_USE;
/* One part of what is kept. */
enum err_code erase_sealed(
    struct book *b, const struct uuid *visit, int n, const char *part, struct err *e) MUST_USE;

enum err_code erase_signature(struct book *b, const struct uuid *id, struct err *e) MUST_USE;

/* A statement whose parameters are one id and, where stamped, owner_node and rev. */
enum err_code erase_by(
    struct book *b, int statement, const struct uuid *id, bool stamped, struct err *e) MUST_USE;

#endif
