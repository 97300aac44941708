/* Time profiles: which ids of a controller's small table are in use, and for what. */
#include "db/card.h"
#include "db/query.h"

static enum err_code free_unused(
    struct book *b, const char *controller, int keep, int *n, struct err *e)
{
	int all = 0, freed;
	enum err_code code;
	/* Freeing the head of a chain makes its next one unused. */
	do {
		struct query q = query_of(b, ST_PROFILE_DELETE_UNUSED);
		put_text(&q, controller);
		put_int(&q, b->committed.rev);
		put_int(&q, keep);
		code = query_run(&q, e);
		freed = code == ERR_OK ? sqlite3_changes(b->db) : 0;
		all += freed;
	} while (freed > 0);
	if (n != NULL)
		*n = all;
	return code;
}

enum err_code db_profile_free_unused(struct book *b, const char *controller, int *n, struct err *e)
{
	return free_unused(b, controller, 0, n, e);
}

static enum err_code find_shared(
    struct book *b, struct db_profile *p, int first, int last, struct err *e)
{
	int64_t id = 0;
	struct query q = query_of(b, ST_PROFILE_BY_KEY);
	put_text(&q, p->controller);
	put_text(&q, p->key);
	put_int(&q, p->linked);
	put_int(&q, first);
	put_int(&q, last);
	enum err_code code = query_number(&q, &id, e);
	p->id = (int)id;
	return code;
}

static enum err_code lowest_unused(
    struct book *b, struct db_profile *p, int first, int last, struct err *e)
{
	struct query q = query_of(b, ST_PROFILE_IDS);
	put_text(&q, p->controller);
	put_int(&q, first);
	put_int(&q, last);
	enum err_code code;
	p->id = first;
	while ((code = query_row(&q, e)) == ERR_OK && get_int(&q) == p->id)
		p->id++;
	code = query_end_list(&q, code, e);
	if (code == ERR_OK && p->id > last)
		code = err_set(
		    e, ERR_TOO_MANY, "every time profile from %d to %d is in use", first, last);
	return code;
}

enum err_code db_profile_allocate(
    struct book *b, struct db_profile *p, int first, int last, bool *fresh, struct err *e)
{
	*fresh = false;
	enum err_code code = find_shared(b, p, first, last, e);
	if (code != ERR_NOT_FOUND)
		return code;
	code = lowest_unused(b, p, first, last, e);
	if (code == ERR_TOO_MANY) {
		/* Nothing links to the head of this very chain yet. */
		code = free_unused(b, p->controller, p->linked, NULL, e);
		if (code == ERR_OK)
			code = lowest_unused(b, p, first, last, e);
	}
	if (code != ERR_OK)
		return code;
	*fresh = true;
	struct query q = query_of(b, ST_PROFILE_INSERT);
	put_text(&q, p->controller);
	put_int(&q, p->id);
	put_int(&q, p->linked);
	put_text(&q, p->key);
	put_int(&q, p->until_ms);
	put_stamp(&q);
	return query_run(&q, e);
}
