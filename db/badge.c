#include "db/badge.h"

#include "db/pass_taken.h"

static void get_badge(struct query *q, struct db_badge *g)
{
	get_uuid(q, &g->visit);
	g->copy = (int)get_int(q);
	get_blob(q, g->pass_id, sizeof g->pass_id);
	pass_code(g->code, g->pass_id);
	get_text(q, g->printer, sizeof g->printer);
	get_text(q, g->daymark, sizeof g->daymark);
	g->escort = get_flag(q);
	g->issued_ms = get_int(q);
	g->printed_ms = get_time(q);
	g->withdrawn_ms = get_time(q);
}

static enum err_code insert_row(struct book *b, const struct db_badge *g, struct err *e)
{
	struct query q = query_of(b, ST_BADGE_INSERT);
	put_uuid(&q, &g->visit);
	put_int(&q, g->copy);
	put_blob(&q, g->pass_id, sizeof g->pass_id);
	put_text(&q, g->printer);
	put_text(&q, g->daymark);
	put_int(&q, g->escort);
	put_int(&q, g->issued_ms);
	put_time(&q, g->printed_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_badge_issue(struct book *b, struct db_badge *g, struct err *e)
{
	int64_t copy = 0;
	enum err_code code = pass_not_taken(b, g->pass_id, e);
	if (code != ERR_OK)
		return code;
	struct query q = query_of(b, ST_BADGE_NEXT);
	put_uuid(&q, &g->visit);
	code = query_number(&q, &copy, e);
	if (code != ERR_OK)
		return code;
	g->copy = (int)copy;
	pass_code(g->code, g->pass_id);
	g->issued_ms = book_now(b);
	g->withdrawn_ms = 0;
	code = insert_row(b, g, e);
	if (code != ERR_OK)
		return code;
	q = query_of(b, ST_BADGE_COUNTED);
	put_uuid(&q, &g->visit);
	put_int(&q, copy);
	put_stamp(&q);
	return query_run_one(&q, e);
}

static enum err_code read_one(struct query *q, struct db_badge *g, struct err *e)
{
	enum err_code code = query_row(q, e);
	if (code == ERR_OK)
		get_badge(q, g);
	return query_end(q, code, e);
}

enum err_code db_badge_get(
    struct book *b, const struct uuid *visit, int copy, struct db_badge *g, struct err *e)
{
	struct query q = query_of(b, ST_BADGE_GET);
	put_uuid(&q, visit);
	put_int(&q, copy);
	return read_one(&q, g, e);
}

enum err_code db_badge_by_pass(
    struct book *b, const uint8_t pass_id[PASS_ID_BYTES], struct db_badge *g, struct err *e)
{
	struct query q = query_of(b, ST_BADGE_BY_PASS);
	put_blob(&q, pass_id, PASS_ID_BYTES);
	return read_one(&q, g, e);
}

enum err_code db_badge_by_code(struct book *b, const char *code, struct db_badge *g, struct err *e)
{
	struct pass_span s;
	if (!pass_span_of_code(&s, code))
		return err_set(e, ERR_NOT_FOUND, "this is no code");
	struct query q = query_of(b, ST_BADGE_BY_CODE);
	put_span(&q, &s);
	return read_one(&q, g, e);
}

enum err_code db_badge_list(struct book *b, const struct uuid *visit, struct db_badge *badges,
    int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_BADGE_LIST);
	put_uuid(&q, visit);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max)
		get_badge(&q, &badges[(*n)++]);
	return query_end_list(&q, code, e);
}

enum err_code db_badge_set_printed(
    struct book *b, const struct uuid *visit, int copy, int64_t printed_ms, struct err *e)
{
	struct query q = query_of(b, ST_BADGE_PRINTED);
	put_uuid(&q, visit);
	put_int(&q, copy);
	put_time(&q, printed_ms);
	put_stamp(&q);
	return query_run_one(&q, e);
}

enum err_code db_badge_set_printer(
    struct book *b, const struct uuid *visit, int copy, const char *printer, struct err *e)
{
	struct query q = query_of(b, ST_BADGE_MOVE);
	put_uuid(&q, visit);
	put_int(&q, copy);
	put_text(&q, printer);
	put_stamp(&q);
	return query_run_one(&q, e);
}

enum err_code db_badge_withdraw(
    struct book *b, const struct uuid *visit, int copy, int *n, struct err *e)
{
	struct query q = query_of(b, ST_BADGE_WITHDRAW);
	put_uuid(&q, visit);
	put_int(&q, copy);
	put_int(&q, book_now(b));
	put_stamp(&q);
	enum err_code code = query_run(&q, e);
	if (n != NULL)
		*n = code == ERR_OK ? sqlite3_changes(b->db) : 0;
	return code;
}
