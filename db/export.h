/*
 * Export: whole tables row by row, for foyerd --read. It hides the columns: a row is a list of
 * named cells.
 */
#ifndef DB_EXPORT_H
#define DB_EXPORT_H

#include "db/book.h"

enum db_export_what { DB_EXPORT_VISITS, DB_EXPORT_HOSTS, DB_EXPORT_JOURNAL, DB_EXPORT_PERSON };
bool db_export_parse(
    enum db_export_what *w, const char *word); /* "visits", "hosts", "journal", "person" */

struct db_cell {
	const char *name;
	enum db_cell_kind {
		DB_CELL_NULL,
		DB_CELL_INT,
		DB_CELL_TEXT
	} kind; /* ids come as UUID text, hashes as hex */
	int64_t i;
	const char *text; /* lives until the callback returns */
};
/* false stops the export. */
typedef bool (*db_export_row)(void *arg, const struct db_cell *cells, int n);

/* words: for PERSON the whole name, the mail address or the visitor's UUID; every row then begins
 * with a cell "table". For the others NULL. One snapshot. */
struct db_export_query {
	enum db_export_what what;
	const char *words;
	int64_t from_ms, until_ms; /* VISITS, JOURNAL: [from, until); both 0: all */
};
enum err_code db_export(struct book *b, const struct db_export_query *q, db_export_row row,
    void *arg, struct err *e) MUST_USE;

#endif
