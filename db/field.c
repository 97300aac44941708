#include "db/field.h"

#include "db/erase.h"
#include "db/query.h"

enum err_code db_field_put(
    struct book *b, const struct uuid *visit, const struct db_field *f, struct err *e)
{
	if (f->value[0] == '\0') {
		enum err_code code = erase_field(b, visit, f->name, e);
		return code == ERR_NOT_FOUND ? ERR_OK : code;
	}
	struct query q = query_of(b, ST_FIELD_PUT);
	put_uuid(&q, visit);
	put_text(&q, f->name);
	put_text(&q, f->value);
	put_int(&q, f->keep_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_field_list(struct book *b, const struct uuid *visit, struct db_field *fields,
    int max, int *n, struct err *e)
{
	struct query q = query_of(b, ST_FIELD_LIST);
	put_uuid(&q, visit);
	put_int(&q, max);
	enum err_code code;
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max) {
		struct db_field *f = &fields[(*n)++];
		get_text(&q, f->name, sizeof f->name);
		get_text(&q, f->value, sizeof f->value);
		f->keep_ms = get_int(&q);
	}
	return query_end_list(&q, code, e);
}
