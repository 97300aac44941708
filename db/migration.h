/*
 * Migrations: the numbered files of db/migrations, embedded, and how a book is brought up to date.
 * It hides where their text lies.
 */
#ifndef DB_MIGRATION_H
#define DB_MIGRATION_H

#include <sqlite3.h>
#include <stddef.h>

#include "base/err.h"

/* of[i] takes a book from version i to version i + 1. */
struct migration_list {
	const char *const *of; /* SQL text, NUL-terminated */
	int n;
};
struct migration_list migration_shipped(void);

/* Bring the file's user_version to list.n, one transaction a step. A book that holds something is
 * first copied to PATH.before-vN. ERR_NEWER where the file is beyond the list; ERR_UNSUPPORTED if
 * it is behind and only readable. */
enum err_code migration_run(
    sqlite3 *db, const char *path, struct migration_list list, struct err *e) MUST_USE;

#endif
