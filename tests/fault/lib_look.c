#include "tests/fault/lib_look.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static sqlite3 *connect(const char *book)
{
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(book, &db, SQLITE_OPEN_READWRITE, "unix") != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", book, sqlite3_errmsg(db));
		abort();
	}
	(void)sqlite3_busy_timeout(db, 2000);
	return db;
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(db));
		abort();
	}
	return st;
}

static void add_rows(crypto_generichash_state *h, sqlite3 *db, const char *table)
{
	char sql[128];
	(void)str_print(sql, sizeof sql, "SELECT * FROM %.100s", table);
	sqlite3_stmt *st = prepared(db, sql);
	(void)crypto_generichash_update(h, (const uint8_t *)table, strlen(table) + 1);
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(st); i++) {
			int type = sqlite3_column_type(st, i), n = sqlite3_column_bytes(st, i);
			const void *p = sqlite3_column_blob(st, i);
			(void)crypto_generichash_update(h, (const uint8_t *)&type, sizeof type);
			(void)crypto_generichash_update(h, (const uint8_t *)&n, sizeof n);
			(void)crypto_generichash_update(h, p, (unsigned long long)n);
		}
	}
	(void)sqlite3_finalize(st);
}

void look_digest(uint8_t digest[LOOK_DIGEST], const char *book)
{
	crypto_generichash_state h;
	sqlite3 *db = connect(book);
	sqlite3_stmt *st =
	    prepared(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
	(void)crypto_generichash_init(&h, NULL, 0, LOOK_DIGEST);
	while (sqlite3_step(st) == SQLITE_ROW)
		add_rows(&h, db, (const char *)sqlite3_column_text(st, 0));
	(void)sqlite3_finalize(st);
	(void)sqlite3_close(db);
	(void)crypto_generichash_final(&h, digest, LOOK_DIGEST);
}

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = prepared(db, sql);
	int64_t n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : INT64_MIN;
	(void)sqlite3_finalize(st);
	return n;
}

int64_t look_number(const char *book, const char *sql)
{
	sqlite3 *db = connect(book);
	int64_t n = number(db, sql);
	(void)sqlite3_close(db);
	return n;
}

int look_first(const char *book, const char *const questions[], int n, int64_t *answer)
{
	sqlite3 *db = connect(book);
	int found = -1;
	*answer = 0;
	for (int i = 0; found < 0 && i < n; i++) {
		*answer = number(db, questions[i]);
		if (*answer != 0)
			found = i;
	}
	(void)sqlite3_close(db);
	return found;
}

void look_meddle(const char *book, const char *sql)
{
	sqlite3 *db = connect(book);
	char *why = NULL;
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", sql, why);
		abort();
	}
	(void)sqlite3_close(db);
}
