#include "db/staff.h"

#include "base/clock.h"
#include "base/str.h"
#include "db/query.h"

static enum err_code read_staff(
    struct query *q, struct db_staff *s, int64_t *seen_ms, struct err *e)
{
	enum err_code code = query_row(q, e);
	if (code == ERR_OK) {
		get_uuid(q, &s->id);
		get_text(q, s->user, sizeof s->user);
		s->uid = get_int(q);
		*seen_ms = get_int(q);
	}
	return query_end(q, code, e);
}

enum err_code db_staff_get(struct book *b, const struct uuid *id, struct db_staff *s, struct err *e)
{
	int64_t seen_ms;
	struct query q = query_of(b, ST_STAFF_GET);
	put_uuid(&q, id);
	return read_staff(&q, s, &seen_ms, e);
}

enum err_code db_staff_of(
    struct book *b, const char *user, int64_t uid, struct db_staff *s, struct err *e)
{
	int64_t seen_ms = 0;
	struct query q = query_of(b, ST_STAFF_BY_USER);
	put_text(&q, user);
	enum err_code code = read_staff(&q, s, &seen_ms, e);
	/* When somebody last acted is kept to the day: it tells retention whom nobody needs to know any more. */
	if (code == ERR_OK && b->tx == BOOK_TX_WRITE &&
	    (s->uid != uid || book_now(b) - seen_ms >= CLOCK_DAY)) {
		s->uid = uid;
		q = query_of(b, ST_STAFF_SEEN);
		put_uuid(&q, &s->id);
		put_int(&q, uid);
		put_int(&q, book_now(b));
		put_stamp(&q);
		return query_run_one(&q, e);
	}
	if (code != ERR_NOT_FOUND)
		return code;
	s->id = book_new_id(b);
	s->uid = uid;
	if (!str_copy(s->user, sizeof s->user, user))
		return err_set(
		    e, ERR_TOO_LONG, "a login name is at most %d bytes long", TEXT_WORD_SZ - 1);
	q = query_of(b, ST_STAFF_INSERT);
	put_uuid(&q, &s->id);
	put_text(&q, s->user);
	put_int(&q, uid);
	put_int(&q, book_now(b));
	put_stamp(&q);
	return query_run(&q, e);
}
