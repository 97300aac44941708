#include "db/invitation.h"

#include <string.h>

#include "db/pass_taken.h"

static void get_invitation(struct query *q, struct db_invitation *i)
{
	get_uuid(q, &i->id);
	get_uuid(q, &i->visit);
	get_blob(q, i->pass_id, sizeof i->pass_id);
	pass_code(i->code, i->pass_id);
	get_text(q, i->inviter, sizeof i->inviter);
	i->sequence = get_int(q);
	i->created_ms = get_int(q);
	i->expiry_ms = get_int(q);
	i->cancelled_ms = get_time(q);
}

enum err_code db_invitation_insert(struct book *b, struct db_invitation *i, struct err *e)
{
	enum err_code code = pass_not_taken(b, i->pass_id, e);
	if (code != ERR_OK)
		return code;
	if (uuid_is_nil(&i->id))
		i->id = book_new_id(b);
	pass_code(i->code, i->pass_id);
	i->created_ms = book_now(b);
	i->cancelled_ms = 0;
	struct query q = query_of(b, ST_INVITATION_INSERT);
	put_uuid(&q, &i->id);
	put_uuid(&q, &i->visit);
	put_blob(&q, i->pass_id, sizeof i->pass_id);
	put_text(&q, i->inviter);
	put_int(&q, i->sequence);
	put_int(&q, i->created_ms);
	put_int(&q, i->expiry_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

static enum err_code read_one(struct query *q, struct db_invitation *i, struct err *e)
{
	enum err_code code = query_row(q, e);
	if (code == ERR_OK)
		get_invitation(q, i);
	return query_end(q, code, e);
}

enum err_code db_invitation_get(
    struct book *b, const struct uuid *id, struct db_invitation *i, struct err *e)
{
	struct query q = query_of(b, ST_INVITATION_GET);
	put_uuid(&q, id);
	return read_one(&q, i, e);
}

enum err_code db_invitation_by_visit(
    struct book *b, const struct uuid *visit, struct db_invitation *i, struct err *e)
{
	struct query q = query_of(b, ST_INVITATION_BY_VISIT);
	put_uuid(&q, visit);
	return read_one(&q, i, e);
}

enum err_code db_invitation_by_pass(
    struct book *b, const uint8_t pass_id[PASS_ID_BYTES], struct db_invitation *i, struct err *e)
{
	struct query q = query_of(b, ST_INVITATION_BY_PASS);
	put_blob(&q, pass_id, PASS_ID_BYTES);
	return read_one(&q, i, e);
}

enum err_code db_invitation_by_code(
    struct book *b, const char *code, struct db_invitation *i, struct err *e)
{
	struct pass_span s;
	if (!pass_span_of_code(&s, code))
		return err_set(e, ERR_NOT_FOUND, "this is no code");
	struct query q = query_of(b, ST_INVITATION_BY_CODE);
	put_span(&q, &s);
	return read_one(&q, i, e);
}

/* Both change only what is not cancelled: tell "cancelled already" from "not there". */
static enum err_code changed(
    struct book *b, const struct uuid *id, enum err_code code, struct err *e)
{
	struct db_invitation i;
	if (code != ERR_NOT_FOUND)
		return code;
	code = db_invitation_get(b, id, &i, e);
	return code == ERR_OK ? err_set(e, ERR_CONFLICT, "the invitation is cancelled") : code;
}

enum err_code db_invitation_cancel(struct book *b, const struct uuid *id, struct err *e)
{
	struct query q = query_of(b, ST_INVITATION_CANCEL);
	put_uuid(&q, id);
	put_int(&q, book_now(b));
	put_stamp(&q);
	return changed(b, id, query_run_one(&q, e), e);
}

enum err_code db_invitation_touch(
    struct book *b, const struct uuid *id, int64_t expiry_ms, struct err *e)
{
	struct query q = query_of(b, ST_INVITATION_TOUCH);
	put_uuid(&q, id);
	put_int(&q, expiry_ms);
	put_stamp(&q);
	return changed(b, id, query_run_one(&q, e), e);
}

enum err_code db_invitation_list(struct book *b, const struct db_invitation_query *v,
    struct db_invitation *list, int max, int *n, struct err *e)
{
	bool any = uuid_is_nil(&v->host);
	enum statement s = any ? (v->open ? ST_INVITATION_LIST_OPEN : ST_INVITATION_LIST)
			       : (v->open ? ST_INVITATION_LIST_HOST_OPEN : ST_INVITATION_LIST_HOST);
	struct query q = query_of(b, s);
	put_edge(&q, &v->after, true);
	put_int(&q, max);
	if (!any)
		put_uuid(&q, &v->host);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max)
		get_invitation(&q, &list[(*n)++]);
	return query_end_list(&q, code, e);
}
