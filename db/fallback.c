#include "db/fallback.h"

#include "db/journal.h"
#include "db/query.h"

enum err_code db_fallback_begin(struct book *b, int64_t to_ms, struct err *e)
{
	if (b->tx != BOOK_TX_WRITE)
		return err_set(e, ERR_BUG, "the time falls back in a transaction");
	if (to_ms >= b->now.last_ms)
		return err_set(e, ERR_INPUT, "the time does not fall back");
	if (b->ids.last_ms < b->now.last_ms) { /* no id and no mark was made at that time */
		b->ids.last_ms = b->now.last_ms;
		b->ids.counter = 0;
	}
	b->now.last_ms = to_ms;
	return ERR_OK;
}

enum err_code db_fallback_list(
    struct book *b, struct db_fallback *f, struct uuid *ids, int max, int *n, struct err *e)
{
	enum err_code code;
	struct query q = query_of(b, ST_FALLBACK_LIST);
	put_int(&q, f->after);
	put_int(&q, f->from_ms);
	put_int(&q, f->to_ms);
	put_int(&q, max);
	for (*n = 0; (code = query_row(&q, e)) == ERR_OK && *n < max; (*n)++) {
		get_uuid(&q, &ids[*n]);
		f->after = get_int(&q);
	}
	return query_end_list(&q, code, e);
}

static enum err_code number_set(struct book *b, const char *name, int64_t value, struct err *e)
{
	struct query q = query_of(b, ST_META_SET);
	put_text(&q, name);
	put_int(&q, value);
	return query_run(&q, e);
}

enum err_code db_fallback_end(struct book *b, struct err *e)
{
	static const enum statement stamped[] = {
	    ST_FALLBACK_VISIT,
	    ST_FALLBACK_FIELD,
	    ST_FALLBACK_DOCUMENT,
	    ST_FALLBACK_SEALED,
	    ST_FALLBACK_STAY,
	    ST_FALLBACK_INVITATION,
	    ST_FALLBACK_BADGE,
	    ST_FALLBACK_AGREEMENT,
	    ST_FALLBACK_SIGNATURE,
	    ST_FALLBACK_CARD,
	    ST_FALLBACK_CREDENTIAL,
	    ST_FALLBACK_WAITING,
	    ST_FALLBACK_JOB,
	    ST_FALLBACK_HOST,
	    ST_FALLBACK_STAFF,
	};
	enum err_code code = ERR_OK;
	for (size_t i = 0; code == ERR_OK && i < sizeof stamped / sizeof stamped[0]; i++) {
		struct query q = query_of(b, stamped[i]);
		put_int(&q, book_now(b));
		put_stamp(&q);
		code = query_run(&q, e);
	}
	if (code == ERR_OK) {
		struct query q = query_of(b, ST_FALLBACK_ANSWER);
		put_int(&q, book_now(b));
		code = query_run(&q, e);
	}
	struct db_journal_head head;
	if (code == ERR_OK)
		code = db_journal_head(b, &head, e);
	if (code == ERR_OK)
		code = number_set(b, "fallback_seq", head.seq, e);
	return code == ERR_OK ? number_set(b, "fallback_ms", book_now(b), e) : code;
}
