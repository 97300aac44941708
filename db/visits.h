/*
 * Visits: the permissions. It hides how they are numbered, listed and found by name.
 *
 * A visit that reaches ENDED, CANCELLED or REFUSED is closed: its badges are withdrawn and the
 * retention of its fields starts to count.
 */
#ifndef DB_VISITS_H
#define DB_VISITS_H

#include "base/text.h"
#include "db/book.h"

/* In the order of enum visit_state of visit/visit.h, which this room may not include; daemon/
 * asserts that they agree. */
enum db_visit_state {
	DB_VISIT_EXPECTED,
	DB_VISIT_WAITING,
	DB_VISIT_INSIDE,
	DB_VISIT_OUT,
	DB_VISIT_ENDED,
	DB_VISIT_CANCELLED,
	DB_VISIT_REFUSED,
};
enum { DB_VISIT_STATES = 7, DB_VISIT_ANY = -1 };

/* Who stands behind it. NONE: a walk-in whom nobody authorised yet. */
enum db_authorised {
	DB_AUTHORISED_NONE,
	DB_AUTHORISED_INVITER,
	DB_AUTHORISED_APPROVER,
	DB_AUTHORISED_RULE
};
const char *db_authorised_name(enum db_authorised a); /* "none", "inviter", … */

struct db_visit {
	struct uuid id;
	int64_t number; /* given by db_visit_insert; shown with at least six digits */
	struct uuid visitor, host; /* host nil: nobody is visited */
	char type[TEXT_WORD_SZ];
	char conf_hash[DB_HASH_SZ];
	enum db_visit_state state;
	int64_t from_ms, until_ms;
	enum db_authorised authorised_kind;
	char authorised_ref[DB_ACTOR_SZ];
	struct uuid with_visit; /* nil, or the visit this one hangs on */
	/* Where a walk-in came; empty: made at the desk or by invitation. */
	char kiosk[TEXT_WORD_SZ];
	char lang[TEXT_LANG_SZ];
	bool escort, late;
	int64_t host_told_ms; /* arrival notice queued; 0: not */
	int64_t created_ms, closed_ms; /* kept by the verbs */
	int stays, copies; /* kept by the verbs: stays so far, badge copies so far */
};

/* Fills a nil id, the number, created_ms. State EXPECTED or any other; look-up words are made from
 * the visitor's name and company. */
enum err_code db_visit_insert(struct book *b, struct db_visit *v, struct err *e) MUST_USE;
enum err_code db_visit_get(
    struct book *b, const struct uuid *id, struct db_visit *v, struct err *e) MUST_USE;
enum err_code db_visit_by_number(
    struct book *b, int64_t number, struct db_visit *v, struct err *e) MUST_USE;

/* Write state, until_ms, authorised_kind/ref, escort, late, host_told_ms of v. A closed visit
 * stays closed: ERR_CONFLICT for another state. */
enum err_code db_visit_update(struct book *b, struct db_visit *v, struct err *e) MUST_USE;

/* What a list shows. */
enum db_doors {
	DB_DOORS_NONE,
	DB_DOORS_PENDING,
	DB_DOORS_OPEN,
	DB_DOORS_WITHDRAWN,
	DB_DOORS_TROUBLE
};
const char *db_doors_name(enum db_doors d); /* "none", "pending", "open", "withdrawn", "trouble" */
enum db_print { DB_PRINT_NONE, DB_PRINT_PRINTING, DB_PRINT_PRINTED, DB_PRINT_TROUBLE };
const char *db_print_name(enum db_print p); /* "none", "printing", "printed", "trouble" */

struct db_visit_item {
	struct db_visit visit;
	char name[TEXT_NAME_SZ], company[TEXT_NAME_SZ]; /* empty when erased */
	char host_name[TEXT_NAME_SZ];
	int64_t in_ms, out_ms; /* of the latest stay; 0: none, or still inside */
	/* PENDING: a grant or revoke is under way; TROUBLE: it is held, failed, or waits with an
	 * alarm. */
	enum db_doors doors;
	enum db_print badge; /* of the newest copy */
};
enum err_code db_visit_item(
    struct book *b, const struct uuid *id, struct db_visit_item *item, struct err *e) MUST_USE;

/* Lists go by from_ms and number. The cursor is the last item's, and travels as text. */
struct db_visit_cursor {
	int64_t from_ms, number;
};
enum { DB_CURSOR_SZ = 48 };
void db_visit_cursor_print(char dst[DB_CURSOR_SZ], const struct db_visit_cursor *c);
bool db_visit_cursor_parse(struct db_visit_cursor *c, const char *s);

struct db_visit_query {
	int state; /* enum db_visit_state, or DB_VISIT_ANY */
	struct uuid host; /* nil: any */
	/* NULL or "": all; else each word must begin a word of name or company (three letters, or a
	 * whole word). */
	const char *words;
	/* The visit's from_ms lies in [from_ms, until_ms); both 0: any. */
	int64_t from_ms, until_ms;
	bool oldest_first; /* without words only; else newest first */
	bool has_after;
	struct db_visit_cursor after;
};

/* Fills items; *more says that next (the cursor to go on from) is set. A search by words looks at
 * a bounded number of rows a call: it may answer fewer than max, even none, and *more. The muster
 * list is state INSIDE. */
struct db_visit_page {
	struct db_visit_item *items; /* caller's */
	int max, n;
	bool more;
	struct db_visit_cursor next;
};
enum err_code db_visit_list(struct book *b, const struct db_visit_query *q,
    struct db_visit_page *page, struct err *e) MUST_USE;

/* The clock. Visits not closed whose until_ms is before `before_ms` (zone_day_start(now): their
 * day is over), oldest until first, behind `after` (NULL: from the beginning). */
struct db_visit_over {
	struct uuid id;
	int64_t until_ms, number;
};
enum err_code db_visit_list_over(struct book *b, int64_t before_ms,
    const struct db_visit_over *after, struct db_visit_over *list, int max, int *n,
    struct err *e) MUST_USE;
/* The least until_ms of the visits that are not closed. ERR_NOT_FOUND: there are none. */
enum err_code db_visit_next_until(struct book *b, int64_t *until_ms, struct err *e) MUST_USE;

/* Visits that hang on this one (with_visit). */
enum err_code db_visit_list_with(struct book *b, const struct uuid *id, struct uuid *ids, int max,
    int *n, struct err *e) MUST_USE;

#endif
