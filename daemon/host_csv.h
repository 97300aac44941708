/*
 * A list of hosts as CSV: which column is what, and one row as a host. It hides the header line.
 * Columns: uid and name are needed; mail, department, phone, lang and deputy (a uid) may be
 * missing; what is missing stays as the book has it. No other column is known: a
 * name that was mistyped would pass for a missing one.
 */
#ifndef DAEMON_HOST_CSV_H
#define DAEMON_HOST_CSV_H

#include "base/err.h"
#include "daemon/csv.h"
#include "db/host.h"

enum host_column {
	HOST_UID,
	HOST_NAME,
	HOST_MAIL,
	HOST_DEPARTMENT,
	HOST_PHONE,
	HOST_LANG,
	HOST_DEPUTY
};
enum { HOST_COLUMNS = 7 };
const char *host_column_name(enum host_column c);

struct host_csv {
	struct csv csv;
	int at[HOST_COLUMNS]; /* the column's place in a record; -1 missing */
};

/* Reads the header. The text stays the caller's. */
enum err_code host_csv_open(
    struct host_csv *h, const char *text, size_t len, struct err *e) MUST_USE;

struct host_row {
	int line;
	struct db_host host; /* deputy and times stay nil */
	char deputy[TEXT_MAIL_SZ];
	bool bad;
	struct err why;
};
/* False at the end. A bad row says why, and the next call goes on behind it. */
bool host_csv_next(struct host_csv *h, struct host_row *row);

/* Bits 1 << enum host_column of what differs from what the book has (a new host: all zero);
 * deputy apart. */
unsigned host_csv_diff(
    const struct host_csv *h, const struct db_host *book, const struct db_host *row);
/* Put the columns that the file has over the book's. */
void host_csv_merge(const struct host_csv *h, struct db_host *book, const struct db_host *row);

#endif
