/*
 * Visitors: who came. One row a person as known at one invitation or walk-in; a later visit may
 * name the same row.
 *
 * Erasing empties the row and everything that names the person (fields, look-up words, signatures,
 * journal details with their salts, facts of notices and prints); the id, the visits and their
 * times stay. Answers kept for idempotency forget them within 24 hours.
 */
#ifndef DB_VISITOR_H
#define DB_VISITOR_H

#include "base/text.h"
#include "db/book.h"

struct db_visitor {
	struct uuid id;
	char name[TEXT_NAME_SZ]; /* empty only when erased */
	char company[TEXT_NAME_SZ];
	char mail[TEXT_MAIL_SZ];
	char lang[TEXT_LANG_SZ];
	int64_t erased_ms;
};

enum err_code db_visitor_insert(
    struct book *b, struct db_visitor *v, struct err *e) MUST_USE; /* a nil id is filled */
enum err_code db_visitor_get(
    struct book *b, const struct uuid *id, struct db_visitor *v, struct err *e) MUST_USE;

/* Mail and language alone: the name stands in look-up words, and is what was signed. */
enum err_code db_visitor_set_contact(struct book *b, const struct uuid *id, const char *mail,
    const char *lang, struct err *e) MUST_USE;

/* ERR_CONFLICT while a visit of theirs is expected, waiting, inside or out: it must be ended or
 * cancelled first. Erasing twice is fine. The caller checkpoints with TRUNCATE after the commit. */
enum err_code db_visitor_erase(struct book *b, const struct uuid *id, struct err *e) MUST_USE;

/* Who was erased, oldest first, after (erased_ms, id) of *after: the list that lies beside the
 * backups. after NULL: from the start. */
struct db_erased {
	struct uuid id;
	int64_t erased_ms;
};
enum err_code db_visitor_list_erased(struct book *b, const struct db_erased *after,
    struct db_erased *list, int max, int *n, struct err *e) MUST_USE;

#endif
