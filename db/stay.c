#include "db/stay.h"

#include "db/query.h"

static const char *const how_words[] = {
    "", "pass", "badge", "code", "kiosk", "desk", "door", "assumed"};
enum { N_HOW = sizeof how_words / sizeof how_words[0] };

const char *db_how_name(enum db_how h)
{
	return (unsigned)h < N_HOW ? how_words[h] : "";
}

static void get_stay(struct query *q, struct db_stay *s)
{
	get_uuid(q, &s->visit);
	s->n = (int)get_int(q);
	s->in_ms = get_int(q);
	s->in_how = (enum db_how)get_word(q, how_words, N_HOW);
	get_text(q, s->in_kiosk, sizeof s->in_kiosk);
	s->out_ms = get_time(q);
	s->out_how = (enum db_how)get_word(q, how_words, N_HOW);
}

/* The next stay's number. ERR_CONFLICT: the last one is not over. */
static enum err_code next(struct book *b, const struct uuid *visit, int64_t *n, struct err *e)
{
	bool open = false;
	struct query q = query_of(b, ST_STAY_NEXT);
	put_uuid(&q, visit);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		*n = get_int(&q);
		open = get_flag(&q);
	}
	code = query_end(&q, code, e);
	return code == ERR_OK && open
		   ? err_set(e, ERR_CONFLICT, "the visit has a stay that is not over")
		   : code;
}

enum err_code db_stay_open(struct book *b, struct db_stay *s, struct err *e)
{
	int64_t n = 0;
	enum err_code code = next(b, &s->visit, &n, e);
	if (code != ERR_OK)
		return code;
	s->n = (int)n;
	s->out_ms = 0;
	s->out_how = DB_HOW_NONE;
	struct query q = query_of(b, ST_STAY_INSERT);
	put_uuid(&q, &s->visit);
	put_int(&q, n);
	put_int(&q, s->in_ms);
	put_text(&q, db_how_name(s->in_how));
	put_text(&q, s->in_kiosk);
	put_stamp(&q);
	code = query_run(&q, e);
	if (code != ERR_OK)
		return code;
	q = query_of(b, ST_STAY_COUNTED);
	put_uuid(&q, &s->visit);
	put_int(&q, n);
	put_stamp(&q);
	return query_run_one(&q, e);
}

enum err_code db_stay_close(
    struct book *b, const struct uuid *visit, int64_t out_ms, enum db_how how, struct err *e)
{
	struct query q = query_of(b, ST_STAY_CLOSE);
	put_uuid(&q, visit);
	put_int(&q, out_ms);
	put_text(&q, db_how_name(how));
	put_stamp(&q);
	return query_run_one(&q, e);
}

enum err_code db_stay_current(
    struct book *b, const struct uuid *visit, struct db_stay *s, struct err *e)
{
	struct query q = query_of(b, ST_STAY_CURRENT);
	put_uuid(&q, visit);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		get_stay(&q, s);
	return query_end(&q, code, e);
}

enum err_code db_stay_list(
    struct book *b, const struct uuid *visit, struct db_stay *stays, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_STAY_LIST);
	put_uuid(&q, visit);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max)
		get_stay(&q, &stays[(*n)++]);
	return query_end_list(&q, code, e);
}
