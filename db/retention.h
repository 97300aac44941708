/*
 * Retention: which column holds personal data of which class, and the verb that forgets what is
 * due.
 *
 * Every TEXT and BLOB column of the schema is listed in the table; a test compares it with the
 * schema. Erasing makes the caller checkpoint with TRUNCATE, so that no old page stays in the
 * write-ahead log.
 */
#ifndef DB_RETENTION_H
#define DB_RETENTION_H

#include "base/conf.h"
#include "db/book.h"

enum db_class {
	DB_CLASS_NONE, /* no personal data: why says so */
	DB_CLASS_VISITOR, /* conf_retention.visitor_ms after the visit (invitation_ms where nobody came) */
	DB_CLASS_VISIT, /* visit_ms */
	DB_CLASS_SIGNATURE, /* signature_ms */
	DB_CLASS_FIELD, /* the field's own time */
	DB_CLASS_JOB, /* job_ms */
	DB_CLASS_JOURNAL, /* journal_ms */
	DB_CLASS_DAY, /* 24 hours */
	DB_CLASS_EMPLOYMENT, /* hosts, staff: removed when they left and nothing names them */
};
struct db_column_class {
	const char *table, *column;
	enum db_class class;
	const char *why;
};
extern const struct db_column_class db_column_classes[];
extern const int db_n_column_classes;

/* Forget at most limit things that are due at now_ms (a person, a visit, a signature, a field, a
 * job, an answer, a journal entry's details count one each); *n says how many. Less than limit:
 * all is done. Needs a write transaction. */
enum err_code db_retention_purge(struct book *b, const struct conf_retention *keep, int64_t now_ms,
    int limit, int *n, struct err *e) MUST_USE;

#endif
