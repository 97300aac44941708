/*
 * Hosts: the people of the house who are visited. It hides the name look-up.
 *
 * A host is known by uid (directory key or login, unique). A host who left keeps the row, so that
 * old visits stay readable. Lists are filled into the caller's array.
 */
#ifndef DB_HOST_H
#define DB_HOST_H

#include "base/text.h"
#include "db/book.h"

struct db_host {
	struct uuid id;
	char uid[TEXT_MAIL_SZ];
	char name[TEXT_NAME_SZ];
	char mail[TEXT_MAIL_SZ];
	char department[TEXT_NAME_SZ];
	char phone[TEXT_PHONE_SZ];
	char lang[TEXT_LANG_SZ];
	struct uuid deputy; /* nil: none */
	int64_t away_from_ms, away_until_ms;
	int64_t left_ms; /* 0: works here */
};

enum err_code db_host_get(
    struct book *b, const struct uuid *id, struct db_host *h, struct err *e) MUST_USE;
enum err_code db_host_by_uid(
    struct book *b, const char *uid, struct db_host *h, struct err *e) MUST_USE;
/* Case does not matter; hosts who left are passed over. ERR_CONFLICT if two have this address. */
enum err_code db_host_by_mail(
    struct book *b, const char *mail, struct db_host *h, struct err *e) MUST_USE;

/* Add or change by uid; h->id is filled. ERR_NOT_FOUND: no such deputy. */
enum db_host_put { DB_HOST_SAME, DB_HOST_ADDED, DB_HOST_CHANGED };
enum err_code db_host_put(
    struct book *b, struct db_host *h, enum db_host_put *what, struct err *e) MUST_USE;

/* left_ms 0: is back. A deputy of others who leaves stays named there. */
enum err_code db_host_set_left(
    struct book *b, const struct uuid *id, int64_t left_ms, struct err *e) MUST_USE;

/* Hosts with a word of the name (or of the uid) that begins with each word of query; by name.
 * Nobody for a query without letters. */
enum err_code db_host_search(struct book *b, const char *query, bool with_left,
    struct db_host *hosts, int max, int *n, struct err *e) MUST_USE;

/* All hosts in the order of their ids, after `after` (nil: from the start). */
enum err_code db_host_list(struct book *b, const struct uuid *after, bool with_left,
    struct db_host *hosts, int max, int *n, struct err *e) MUST_USE;

#endif
