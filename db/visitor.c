#include "db/visitor.h"

#include "db/query.h"

enum err_code db_visitor_insert(struct book *b, struct db_visitor *v, struct err *e)
{
	if (uuid_is_nil(&v->id))
		v->id = book_new_id(b);
	v->erased_ms = 0;
	struct query q = query_of(b, ST_VISITOR_INSERT);
	put_uuid(&q, &v->id);
	put_text(&q, v->name);
	put_text(&q, v->company);
	put_text(&q, v->mail);
	put_text(&q, v->lang);
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_visitor_get(
    struct book *b, const struct uuid *id, struct db_visitor *v, struct err *e)
{
	struct query q = query_of(b, ST_VISITOR_GET);
	put_uuid(&q, id);
	enum err_code code = query_row(&q, e);
	if (code == ERR_OK) {
		get_uuid(&q, &v->id);
		get_text(&q, v->name, sizeof v->name);
		get_text(&q, v->company, sizeof v->company);
		get_text(&q, v->mail, sizeof v->mail);
		get_text(&q, v->lang, sizeof v->lang);
		v->erased_ms = get_time(&q);
	}
	return query_end(&q, code, e);
}

enum err_code db_visitor_set_contact(
    struct book *b, const struct uuid *id, const char *mail, const char *lang, struct err *e)
{
	struct query q = query_of(b, ST_VISITOR_SET_CONTACT);
	put_uuid(&q, id);
	put_text(&q, mail);
	put_text(&q, lang);
	put_stamp(&q);
	return query_run_one(&q, e);
}

enum err_code db_visitor_list_erased(struct book *b, const struct db_erased *after,
    struct db_erased *list, int max, int *n, struct err *e)
{
	static const struct db_erased start = {0};
	if (after == NULL)
		after = &start;
	struct query q = query_of(b, ST_VISITOR_LIST_ERASED);
	put_int(&q, after->erased_ms);
	put_blob(&q, after->id.b, sizeof after->id.b);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max) {
		get_uuid(&q, &list[*n].id);
		list[*n].erased_ms = get_int(&q);
		++*n;
	}
	return query_end_list(&q, code, e);
}
