/* Lists of visits by state, host and time; and the item that every list shows. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/visit_row.h"
#include "db/visit_search.h"

const char *db_doors_name(enum db_doors d)
{
	static const char *const words[] = {"none", "pending", "open", "withdrawn", "trouble"};
	return (size_t)d < sizeof words / sizeof words[0] ? words[d] : "none";
}

const char *db_print_name(enum db_print p)
{
	static const char *const words[] = {"none", "printing", "printed", "trouble"};
	return (size_t)p < sizeof words / sizeof words[0] ? words[p] : "none";
}

/* The statement's rank of the credentials: 4 acknowledged, 3 under way, 2 granted, 1 revoked, 0
 * none. */
static enum db_doors doors_of(int64_t rank, bool trouble)
{
	if (trouble || rank == 4)
		return DB_DOORS_TROUBLE;
	if (rank == 3)
		return DB_DOORS_PENDING;
	if (rank == 2)
		return DB_DOORS_OPEN;
	return rank == 1 ? DB_DOORS_WITHDRAWN : DB_DOORS_NONE;
}

void visit_row_get_item(struct query *q, struct db_visit_item *item)
{
	visit_row_get(q, &item->visit);
	get_text(q, item->name, sizeof item->name);
	get_text(q, item->company, sizeof item->company);
	get_text(q, item->host_name, sizeof item->host_name);
	item->in_ms = get_time(q);
	item->out_ms = get_time(q);
	int64_t issued_ms = get_time(q), printed_ms = get_time(q), withdrawn_ms = get_time(q);
	int64_t rank = get_time(q), trouble = get_int(q);
	item->doors = doors_of(rank, (trouble & 1) != 0);
	if (issued_ms == 0)
		item->badge = DB_PRINT_NONE;
	else if (printed_ms != 0)
		item->badge = DB_PRINT_PRINTED;
	else if (withdrawn_ms != 0)
		item->badge = DB_PRINT_NONE;
	else
		item->badge = (trouble & 2) != 0 ? DB_PRINT_TROUBLE : DB_PRINT_PRINTING;
}

enum err_code db_visit_item(
    struct book *b, const struct uuid *id, struct db_visit_item *item, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_ITEM);
	put_uuid(&q, id);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		visit_row_get_item(&q, item);
	return query_end(&q, code, e);
}

void db_visit_cursor_print(char dst[DB_CURSOR_SZ], const struct db_visit_cursor *c)
{
	(void)str_print(dst, DB_CURSOR_SZ, "%" PRId64 ".%" PRId64, c->from_ms, c->number);
}

static bool parse_number(const char **s, int64_t *v)
{
	if (**s < '0' || **s > '9')
		return false;
	int64_t n = 0;
	for (; **s >= '0' && **s <= '9'; ++*s) {
		if (n > (INT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (**s - '0');
	}
	*v = n;
	return true;
}

bool db_visit_cursor_parse(struct db_visit_cursor *c, const char *s)
{
	struct db_visit_cursor read;
	if (!parse_number(&s, &read.from_ms) || *s++ != '.' || !parse_number(&s, &read.number) ||
	    *s != '\0')
		return false;
	*c = read;
	return true;
}

static enum statement statement_for(const struct db_visit_query *q)
{
	if (!uuid_is_nil(&q->host))
		return q->oldest_first ? ST_VISIT_LIST_HOST_UP : ST_VISIT_LIST_HOST_DOWN;
	if (q->state != DB_VISIT_ANY)
		return q->oldest_first ? ST_VISIT_LIST_STATE_UP : ST_VISIT_LIST_STATE_DOWN;
	return q->oldest_first ? ST_VISIT_LIST_ANY_UP : ST_VISIT_LIST_ANY_DOWN;
}

static void put_query(struct query *q, const struct db_visit_query *v, enum statement s, int limit)
{
	bool windowed = v->from_ms != 0 || v->until_ms != 0;
	put_int(q, windowed ? v->from_ms : INT64_MIN);
	put_int(q, windowed ? v->until_ms : INT64_MAX);
	if (v->has_after) {
		put_int(q, v->after.from_ms);
		put_int(q, v->after.number);
	} else {
		put_int(q, v->oldest_first ? INT64_MIN : INT64_MAX);
		put_int(q, v->oldest_first ? INT64_MIN : INT64_MAX);
	}
	put_int(q, limit);
	if (v->state == DB_VISIT_ANY)
		put_time(q, 0);
	else
		put_text(q, visit_state_words[v->state]);
	if (s == ST_VISIT_LIST_HOST_UP || s == ST_VISIT_LIST_HOST_DOWN)
		put_uuid(q, &v->host);
}

enum err_code db_visit_list(
    struct book *b, const struct db_visit_query *v, struct db_visit_page *page, struct err *e)
{
	page->n = 0;
	page->more = false;
	page->next = (struct db_visit_cursor){0};
	if (v->state != DB_VISIT_ANY && (v->state < 0 || v->state >= DB_VISIT_STATES))
		return err_set(e, ERR_INPUT, "there is no such state of a visit");
	if (v->words != NULL && v->words[0] != '\0')
		return visit_search(b, v, page, e);
	enum statement s = statement_for(v);
	struct query q = query_of(b, s);
	put_query(&q, v, s, page->max + 1); /* one more tells whether there is more */
	enum err_code code;
	while ((code = query_row(&q, e)) == ERR_OK) {
		if (page->n == page->max) {
			page->more = true;
			break;
		}
		visit_row_get_item(&q, &page->items[page->n++]);
	}
	code = query_end_list(&q, code, e);
	if (page->n > 0)
		page->next =
		    (struct db_visit_cursor){.from_ms = page->items[page->n - 1].visit.from_ms,
			.number = page->items[page->n - 1].visit.number};
	return code;
}
