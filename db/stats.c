#include "db/stats.h"

#include <string.h>

#include "db/query.h"
#include "db/visit_row.h"

static enum err_code count_by(
    struct book *b, enum statement s, const char *word, int64_t *n, struct err *e)
{
	struct query q = query_of(b, s);
	if (word != NULL)
		put_text(&q, word);
	return query_number(&q, n, e);
}

enum err_code db_stats(struct book *b, struct db_stats *s, struct err *e)
{
	memset(s, 0, sizeof *s);
	enum err_code code = ERR_OK;
	for (int i = DB_VISIT_EXPECTED; code == ERR_OK && i <= DB_VISIT_OUT; i++)
		code = count_by(b, ST_VISIT_COUNT_STATE, visit_state_words[i], &s->visits[i], e);
	if (code == ERR_OK)
		code = count_by(b, ST_WAITING_COUNT, NULL, &s->waiting_open, e);
	if (code == ERR_OK)
		code = db_job_count(b, NULL, s->jobs, e);
	if (code == ERR_OK)
		code = count_by(b, ST_CREDENTIAL_COUNT, "revoking", &s->credentials_revoking, e);
	if (code == ERR_OK)
		code = count_by(
		    b, ST_CREDENTIAL_COUNT, "acknowledged", &s->credentials_acknowledged, e);
	if (code == ERR_OK)
		code = count_by(b, ST_HOST_COUNT, NULL, &s->hosts, e);
	return code;
}

enum err_code db_coming_list(struct book *b, struct db_coming *list, int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_VISIT_TYPES_COMING);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max) {
		struct db_coming *t = &list[(*n)++];
		get_text(&q, t->type, sizeof t->type);
		t->visits = get_int(&q);
	}
	return query_end_list(&q, code, e);
}

enum err_code db_tally_list(struct book *b, const struct db_tally *after, struct db_tally *list,
    int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_TALLY_LIST);
	put_int(&q, after == NULL ? INT64_MIN : after->day);
	put_text(&q, after == NULL ? "" : after->type);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max) {
		struct db_tally *t = &list[(*n)++];
		t->day = get_int(&q);
		get_text(&q, t->type, sizeof t->type);
		t->visits = get_int(&q);
		t->came = get_int(&q);
	}
	return query_end_list(&q, code, e);
}
