/*
 * CSV as RFC 4180 has it, record by record: quoted fields with "" for a quote and line breaks
 * inside, CR LF or LF at the end of a record. It hides quoting. Bounded, no allocation; the text
 * stays the caller's.
 */
#ifndef DAEMON_CSV_H
#define DAEMON_CSV_H

#include <stddef.h>

enum { CSV_FIELDS = 32, CSV_RECORD_SZ = 8192 };

struct csv {
	const char *text;
	size_t len, pos;
	int line; /* of the next record, from 1 */
};
void csv_init(struct csv *c, const char *text, size_t len); /* passes over a byte order mark */

struct csv_record {
	int line; /* where it begins */
	int n;
	const char *field[CSV_FIELDS]; /* NUL-terminated, in buf */
	char buf[CSV_RECORD_SZ];
};

enum csv_got { CSV_RECORD, CSV_END, CSV_BAD };

/* The next record that is not an empty line. CSV_BAD: *why says what is wrong with the record
 * that begins at r->line; the reader stands after the end of its line, so that one may go on. */
enum csv_got csv_next(struct csv *c, struct csv_record *r, const char **why);

#endif
