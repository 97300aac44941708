#include "db/card.h"

#include "db/query.h"

/* 0: none. ERR_NOT_FOUND: there is no such visit. */
static enum err_code held_by(
    struct book *b, const struct uuid *visit, int64_t *number, struct err *e)
{
	*number = 0;
	struct query q = query_of(b, ST_CARD_OF_VISIT);
	put_uuid(&q, visit);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK)
		*number = get_time(&q); /* NULL: none */
	return query_end(&q, code, e);
}

static enum err_code hold(struct book *b, const struct uuid *visit, int64_t number, struct err *e)
{
	struct query q = query_of(b, ST_CARD_OF_VISIT_SET);
	put_uuid(&q, visit);
	put_time(&q, number); /* 0: NULL */
	put_stamp(&q);
	return query_run_one(&q, e);
}

enum err_code db_card_of_visit(
    struct book *b, const struct uuid *visit, int64_t *number, struct err *e)
{
	enum err_code code = held_by(b, visit, number, e);
	return code == ERR_OK && *number == 0
		   ? err_set(e, ERR_NOT_FOUND, "the visit holds no card number")
		   : code;
}

static enum err_code in_range(
    struct book *b, enum statement s, int64_t first, int64_t last, int64_t *number, struct err *e)
{
	struct query q = query_of(b, s);
	put_int(&q, first);
	put_int(&q, last);
	return query_number(&q, number, e);
}

enum { DRAWS = 16 };

/* A number that is printed on a badge must not be guessed from the neighbour's: any of the range that nobody holds. */
static enum err_code draw(
    struct book *b, int64_t first, int64_t last, int64_t *number, struct err *e)
{
	int64_t span = last - first + 1;
	for (int i = 0; i < DRAWS && span <= UINT32_MAX; i++) {
		int64_t taken;
		*number = first + random_below(&b->random, (uint32_t)span);
		enum err_code code = in_range(b, ST_CARD_TAKEN, *number, *number, &taken, e);
		if (code != ERR_OK)
			return code;
	}
	return ERR_CONFLICT;
}

/* In a range that is nearly full: the number after the highest one given; else one that was passed over, when the range was
 * changed; else the one that is free longest. */
static enum err_code choose(
    struct book *b, int64_t first, int64_t last, int64_t *number, struct err *e)
{
	enum err_code code = draw(b, first, last, number, e);
	if (code == ERR_NOT_FOUND)
		return ERR_OK;
	if (code != ERR_CONFLICT)
		return code;
	code = in_range(b, ST_CARD_HIGHEST, first, last, number, e);
	if (code == ERR_OK && *number < last) {
		++*number;
		return ERR_OK;
	}
	if (code == ERR_OK || code == ERR_NOT_FOUND)
		code = in_range(b, ST_CARD_GAP, first, last, number, e);
	if (code == ERR_NOT_FOUND)
		code = in_range(b, ST_CARD_OLDEST_FREE, first, last, number, e);
	return code == ERR_NOT_FOUND
		   ? err_set(e, ERR_TOO_MANY, "every card number from %lld to %lld is taken",
			 (long long)first, (long long)last)
		   : code;
}

enum err_code db_card_allocate(struct book *b, const struct uuid *visit, int64_t first,
    int64_t last, int64_t *number, struct err *e)
{
	enum err_code code = held_by(b, visit, number, e);
	if (code == ERR_OK && *number != 0 && (*number < first || *number > last))
		return err_set(e, ERR_CONFLICT, "the visit holds a card number of another range");
	if (code != ERR_OK || *number != 0)
		return code;
	code = choose(b, first, last, number, e);
	return code == ERR_OK ? db_card_take(b, visit, *number, e) : code;
}

enum err_code db_card_take(struct book *b, const struct uuid *visit, int64_t number, struct err *e)
{
	int64_t held = 0;
	enum err_code code = held_by(b, visit, &held, e);
	if (code == ERR_OK && held != 0)
		return held == number ? ERR_OK
				      : err_set(e, ERR_CONFLICT, "the visit holds another card");
	if (code != ERR_OK)
		return code;
	struct query q = query_of(b, ST_CARD_PUT);
	put_int(&q, number);
	put_uuid(&q, visit);
	put_int(&q, book_now(b));
	put_stamp(&q);
	code = query_run(&q, e);
	if (code == ERR_OK && sqlite3_changes(b->db) == 0)
		code = err_set(e, ERR_CONFLICT, "another visit holds this card");
	return code == ERR_OK ? hold(b, visit, number, e) : code;
}

static enum err_code none_live(struct book *b, const struct uuid *visit, struct err *e)
{
	int64_t live = 0;
	struct query q = query_of(b, ST_CREDENTIAL_COUNT_LIVE_OF);
	put_uuid(&q, visit);
	enum err_code code = query_number(&q, &live, e);
	if (code == ERR_OK && live > 0)
		code =
		    err_set(e, ERR_CONFLICT, "a right with this card is not revoked and read back");
	return code;
}

enum err_code db_card_free(struct book *b, const struct uuid *visit, struct err *e)
{
	enum err_code code = none_live(b, visit, e);
	if (code != ERR_OK)
		return code;
	struct query q = query_of(b, ST_CARD_FREE);
	put_uuid(&q, visit);
	put_int(&q, book_now(b));
	put_stamp(&q);
	code = query_run_one(&q, e);
	return code == ERR_OK ? hold(b, visit, 0, e) : code;
}

enum err_code db_card_set_aside(struct book *b, const struct uuid *visit, struct err *e)
{
	enum err_code code = none_live(b, visit, e);
	if (code != ERR_OK)
		return code;
	struct query q = query_of(b, ST_CARD_ASIDE);
	put_uuid(&q, visit);
	put_stamp(&q);
	code = query_run_one(&q, e);
	return code == ERR_OK ? hold(b, visit, 0, e) : code;
}

enum err_code db_card_ours_again(struct book *b, int64_t number, struct err *e)
{
	struct query q = query_of(b, ST_CARD_OURS_AGAIN);
	put_int(&q, number);
	put_int(&q, book_now(b));
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_card_count_aside(struct book *b, int64_t *n, struct err *e)
{
	struct query q = query_of(b, ST_CARD_COUNT_ASIDE);
	return query_number(&q, n, e);
}

enum err_code db_card_count(
    struct book *b, int64_t first, int64_t last, int64_t *taken, struct err *e)
{
	return in_range(b, ST_CARD_COUNT, first, last, taken, e);
}
