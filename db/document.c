#include "db/document.h"

#include <string.h>

#include "db/query.h"

static const char *const how_words[] = {"kiosk", "desk", "vouched"};
enum { N_HOW = sizeof how_words / sizeof how_words[0] };

const char *db_document_how_name(enum db_document_how h)
{
	return (unsigned)h < N_HOW ? how_words[h] : "";
}

enum err_code db_document_insert(struct book *b, struct db_document *d, struct err *e)
{
	int64_t next = 0;
	struct query q = query_of(b, ST_DOCUMENT_NEXT);
	put_uuid(&q, &d->visit);
	enum err_code code = query_number(&q, &next, e);
	if (code != ERR_OK)
		return code;
	d->n = (int)next;
	q = query_of(b, ST_DOCUMENT_INSERT);
	put_uuid(&q, &d->visit);
	put_int(&q, d->n);
	put_text(&q, db_document_how_name(d->how));
	put_text(&q, d->verdict);
	put_text(&q, d->kind);
	put_text(&q, d->state);
	put_text(&q, d->expiry);
	put_int(&q, d->matched);
	put_int(&q, d->least_age_ok);
	put_int(&q, d->checked_ms);
	put_text(&q, d->checked_by);
	put_text(&q, d->reason);
	if (d->has_number)
		put_blob(&q, d->number, sizeof d->number);
	else
		put_time(&q, 0); /* NULL */
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_document_seen(struct book *b, const struct uuid *visit, bool *seen, struct err *e)
{
	int64_t there = 0;
	struct query q = query_of(b, ST_DOCUMENT_SEEN);
	put_uuid(&q, visit);
	enum err_code code = query_number(&q, &there, e);
	*seen = there != 0;
	return code;
}

enum err_code db_document_list(struct book *b, const struct uuid *visit, struct db_document *list,
    int max, int *n, struct err *e)
{
	enum err_code code;
	struct query q = query_of(b, ST_DOCUMENT_LIST);
	put_uuid(&q, visit);
	put_int(&q, max);
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max) {
		struct db_document *d = &list[(*n)++];
		*d = (struct db_document){0};
		get_uuid(&q, &d->visit);
		d->n = (int)get_int(&q);
		d->how = (enum db_document_how)get_word(&q, how_words, N_HOW);
		get_text(&q, d->verdict, sizeof d->verdict);
		get_text(&q, d->kind, sizeof d->kind);
		get_text(&q, d->state, sizeof d->state);
		get_text(&q, d->expiry, sizeof d->expiry);
		d->matched = (enum db_told)get_int(&q);
		d->least_age_ok = (enum db_told)get_int(&q);
		d->checked_ms = get_int(&q);
		get_text(&q, d->checked_by, sizeof d->checked_by);
		get_text(&q, d->reason, sizeof d->reason);
	}
	for (int i = 0, k = *n - 1; i < k; i++, k--) { /* they came the newest first */
		struct db_document d = list[i];
		list[i] = list[k];
		list[k] = d;
	}
	return query_end_list(&q, code, e);
}

enum err_code db_document_names(
    struct book *b, const struct db_document *d, db_document_name next, void *arg, struct err *e)
{
	char name[TEXT_NAME_SZ];
	enum err_code code;
	struct query q = query_of(b, ST_DOCUMENT_NAMES);
	put_blob(&q, d->number, sizeof d->number);
	put_uuid(&q, &d->visit);
	put_int(&q, DB_DOCUMENT_NAMES);
	put_int(&q, DB_DOCUMENT_LOOKS);
	while ((code = query_row(&q, e)) == ERR_OK) {
		get_text(&q, name, sizeof name);
		if (!next(arg, name))
			break;
	}
	explicit_bzero(name, sizeof name);
	return query_end_list(&q, code, e);
}

/* --- what is kept ------------------------------------------------------------------------ */

enum err_code db_document_seal(
    struct book *b, const struct db_document *d, struct db_sealed *s, struct err *e)
{
	s->n = d->n;
	s->purge_ms = d->checked_ms + s->keep_ms;
	struct query q = query_of(b, ST_DOCUMENT_SEAL);
	put_uuid(&q, &d->visit);
	put_int(&q, d->n);
	put_text(&q, s->part);
	put_blob(&q, s->box, s->box_len);
	put_int(&q, s->keep_ms);
	put_int(&q, s->purge_ms);
	put_stamp(&q);
	return query_run(&q, e);
}

enum err_code db_document_sealed(struct book *b, const struct uuid *visit, struct db_sealed *list,
    int max, int *n, struct err *e)
{
	enum err_code code;
	struct query q = query_of(b, ST_DOCUMENT_SEALED);
	put_uuid(&q, visit);
	put_int(&q, max);
	*n = 0;
	while ((code = query_row(&q, e)) == ERR_OK && *n < max) {
		struct db_sealed *s = &list[*n];
		*s = (struct db_sealed){.n = (int)get_int(&q)};
		get_text(&q, s->part, sizeof s->part);
		const void *box = get_blob_bytes(&q, &s->box_len);
		if (box == NULL || s->box_len > sizeof s->box) {
			q.code = ERR_CORRUPT;
			break;
		}
		memcpy(s->box, box, s->box_len);
		s->keep_ms = get_int(&q);
		s->purge_ms = get_int(&q);
		(*n)++;
	}
	return query_end_list(&q, code, e);
}
