#include "db/agreement.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "db/query.h"

static void put_key(struct query *q, const struct db_agreement *a)
{
	put_text(q, a->name);
	put_text(q, a->hash);
	put_text(q, a->lang);
}

enum err_code db_agreement_put(
    struct book *b, struct db_agreement *a, const char *text, struct err *e)
{
	if (strlen(text) > DB_AGREEMENT_MAX)
		return err_set(
		    e, ERR_TOO_LONG, "an agreement is at most %d bytes long", DB_AGREEMENT_MAX);
	struct query q = query_of(b, ST_AGREEMENT_SEEN);
	put_key(&q, a);
	enum err_code code = query_number(&q, &a->first_seen_ms, e);
	if (code != ERR_NOT_FOUND)
		return code;
	a->first_seen_ms = book_now(b);
	q = query_of(b, ST_AGREEMENT_PUT);
	put_key(&q, a);
	put_text(&q, text);
	put_int(&q, a->first_seen_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_agreement_text(
    struct book *b, const struct db_agreement *a, char **own_text, struct err *e)
{
	*own_text = NULL;
	struct query q = query_of(b, ST_AGREEMENT_TEXT);
	put_key(&q, a);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		size_t n;
		const void *p = get_bytes(&q, &n);
		*own_text = mem_new(n + 1, 1);
		if (n > 0)
			memcpy(*own_text, p, n);
	}
	return query_end(&q, code, e);
}

static void get_signature(struct query *q, struct db_signature *s)
{
	get_uuid(q, &s->id);
	get_uuid(q, &s->visitor);
	get_uuid(q, &s->signed_for);
	get_uuid(q, &s->visit);
	get_text(q, s->agreement, sizeof s->agreement);
	get_text(q, s->hash, sizeof s->hash);
	get_text(q, s->lang, sizeof s->lang);
	get_text(q, s->name, sizeof s->name);
	s->signed_ms = get_int(q);
}

enum err_code db_signature_insert(struct book *b, struct db_signature *s, struct err *e)
{
	if (uuid_is_nil(&s->id))
		s->id = book_new_id(b);
	struct query q = query_of(b, ST_SIGNATURE_INSERT);
	put_uuid(&q, &s->id);
	put_uuid(&q, &s->visitor);
	put_uuid(&q, &s->signed_for);
	put_uuid(&q, &s->visit);
	put_text(&q, s->agreement);
	put_text(&q, s->hash);
	put_text(&q, s->lang);
	put_text(&q, s->name);
	put_int(&q, s->signed_ms);
	put_stamp(&q);
	/* An unknown version or visitor: the foreign key answers ERR_NOT_FOUND. */
	return query_run(&q, e);
}

enum err_code db_signature_newest(struct book *b, const struct uuid *visitor, const char *agreement,
    const char *hash, struct db_signature *s, struct err *e)
{
	static const enum statement both[] = {ST_SIGNATURE_NEWEST_OWN, ST_SIGNATURE_NEWEST_FOR};
	bool there = false;
	for (int i = 0; i < 2; i++) {
		struct db_signature one;
		struct query q = query_of(b, both[i]);
		put_uuid(&q, visitor);
		put_text(&q, agreement);
		put_text(&q, hash);
		enum err_code code = query_row(&q, e);
		if (code == ERR_OK)
			get_signature(&q, &one);
		code = query_end(&q, code, e);
		if (code != ERR_OK && code != ERR_NOT_FOUND)
			return code;
		if (code == ERR_OK && (!there || memcmp(one.id.b, s->id.b, sizeof one.id.b) > 0))
			*s = one;
		there |= code == ERR_OK;
	}
	return there ? ERR_OK : err_set(e, ERR_NOT_FOUND, "nothing was signed");
}

enum err_code db_signature_list(struct book *b, const struct uuid *visit, struct db_signature *list,
    int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_SIGNATURE_LIST);
	put_uuid(&q, visit);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max)
		get_signature(&q, &list[(*n)++]);
	return query_end_list(&q, code, e);
}
