#include "db/waiting.h"

#include "db/query.h"

static void get_waiting(struct query *q, struct db_waiting *w)
{
	get_uuid(q, &w->id);
	get_uuid(q, &w->visit);
	get_text(q, w->kiosk, sizeof w->kiosk);
	get_text(q, w->reason, sizeof w->reason);
	get_text(q, w->screen, sizeof w->screen);
	w->since_ms = get_int(q);
	w->taken_ms = get_time(q);
	w->resolved_ms = get_time(q);
	get_text(q, w->taken_by, sizeof w->taken_by);
	get_text(q, w->resolution, sizeof w->resolution);
}

enum err_code db_waiting_insert(struct book *b, struct db_waiting *w, struct err *e)
{
	if (uuid_is_nil(&w->id))
		w->id = book_new_id(b);
	w->since_ms = book_now(b);
	w->taken_ms = w->resolved_ms = 0;
	struct query q = query_of(b, ST_WAITING_INSERT);
	put_uuid(&q, &w->id);
	put_uuid(&q, &w->visit);
	put_text(&q, w->kiosk);
	put_text(&q, w->reason);
	put_text(&q, w->screen);
	put_int(&q, w->since_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_waiting_get(
    struct book *b, const struct uuid *id, struct db_waiting *w, struct err *e)
{
	struct query q = query_of(b, ST_WAITING_GET);
	put_uuid(&q, id);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_waiting(&q, w);
	return query_end(&q, code, e);
}

/* An update of an open row that changed nothing: is there no such row, or may it not be changed? */
static enum err_code changed(
    struct book *b, const struct uuid *id, enum err_code code, struct err *e)
{
	struct db_waiting w;
	if (code != ERR_NOT_FOUND)
		return code;
	code = db_waiting_get(b, id, &w, e);
	if (code != ERR_OK)
		return code;
	return err_set(e, ERR_CONFLICT,
	    w.resolved_ms != 0 ? "this is resolved already" : "somebody else has taken this");
}

enum err_code db_waiting_take(
    struct book *b, const struct uuid *id, const char *actor, struct err *e)
{
	struct query q = query_of(b, ST_WAITING_TAKE);
	put_uuid(&q, id);
	put_text(&q, actor);
	put_int(&q, book_now(b));
	put_stamp(&q);
	return changed(b, id, query_run_one(&q, e), e);
}

static void put_resolution(
    struct query *q, const struct uuid *id, const char *actor, const char *resolution)
{
	put_uuid(q, id);
	put_text(q, actor);
	put_text(q, resolution);
	put_int(q, book_now(q->book));
	put_stamp(q);
}

enum err_code db_waiting_resolve(
    struct book *b, const struct uuid *id, const char *actor, const char *resolution, struct err *e)
{
	struct query q = query_of(b, ST_WAITING_RESOLVE);
	put_resolution(&q, id, actor, resolution);
	return changed(b, id, query_run_one(&q, e), e);
}

enum err_code db_waiting_resolve_visit(struct book *b, const struct uuid *visit, const char *actor,
    const char *resolution, int *n, struct err *e)
{
	struct query q = query_of(b, ST_WAITING_RESOLVE_VISIT);
	put_resolution(&q, visit, actor, resolution);
	enum err_code code = query_run(&q, e);
	if (n != NULL)
		*n = code == ERR_OK ? sqlite3_changes(b->db) : 0;
	return code;
}

static enum err_code read_list(
    struct query *q, struct db_waiting *list, int max, int *n, struct err *e)
{
	enum err_code code;
	*n = 0;
	while ((code = query_row(q, e)) == ERR_OK && *n < max)
		get_waiting(q, &list[(*n)++]);
	return query_end_list(q, code, e);
}

enum err_code db_waiting_list(struct book *b, bool open, const struct uuid *after,
    struct db_waiting *list, int max, int *n, struct err *e)
{
	struct query q = query_of(b, open ? ST_WAITING_LIST_OPEN : ST_WAITING_LIST_ALL);
	put_edge(&q, after, !open);
	put_int(&q, max);
	return read_list(&q, list, max, n, e);
}

enum err_code db_waiting_list_visit(struct book *b, const struct uuid *visit,
    struct db_waiting *list, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_WAITING_LIST_VISIT);
	put_uuid(&q, visit);
	put_int(&q, max);
	return read_list(&q, list, max, n, e);
}
