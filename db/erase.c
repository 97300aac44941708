#include "db/erase.h"

#include "base/str.h"
#include "base/text.h"
#include "db/idempotency.h"
#include "db/lookup.h"
#include "db/query.h"
#include "db/visitor.h"

enum err_code erase_by(
    struct book *b, int statement, const struct uuid *id, bool stamped, struct err *e)
{
	struct query q = query_of(b, (enum statement)statement);
	put_uuid(&q, id);
	if (stamped)
		put_stamp(&q);
	return query_run(&q, e);
}

enum err_code erase_words(struct book *b, const struct erase_trace *t, struct err *e)
{
	enum err_code code = ERR_OK;
	char word[LOOKUP_WORD_SZ];
	for (const char *words = t->words; code == ERR_OK && lookup_next(&words, word);) {
		word[lookup_head(word)] = '\0';
		struct query q = query_of(b, ST_VISIT_WORD_DELETE);
		put_text(&q, word);
		put_int(&q, t->from_ms);
		put_int(&q, t->number);
		code = query_run(&q, e);
	}
	return code;
}

enum err_code erase_field(struct book *b, const struct uuid *visit, const char *name, struct err *e)
{
	struct query q = query_of(b, ST_FIELD_DELETE);
	put_uuid(&q, visit);
	put_text(&q, name);
	enum err_code code = query_run_one(&q, e);
	return code == ERR_OK ? tombstone(b, "visit_field", visit, name, e) : code;
}

enum err_code erase_fields(struct book *b, const struct uuid *visit, struct err *e)
{
	for (;;) {
		char name[TEXT_WORD_SZ] = "";
		struct query q = query_of(b, ST_ERASE_FIELD_OF);
		put_uuid(&q, visit);
		enum err_code code = query_row(&q, e);
		if (code == ERR_OK)
			get_text(&q, name, sizeof name);
		code = query_end(&q, code, e);
		if (code == ERR_OK)
			code = erase_field(b, visit, name, e);
		else if (code == ERR_NOT_FOUND)
			return ERR_OK;
		if (code != ERR_OK)
			return code;
	}
}

enum err_code erase_sealed(
    struct book *b, const struct uuid *visit, int n, const char *part, struct err *e)
{
	char name[2 * TEXT_WORD_SZ];
	(void)str_print(name, sizeof name, "%d %s", n, part);
	struct query q = query_of(b, ST_DOCUMENT_UNSEAL);
	put_uuid(&q, visit);
	put_int(&q, n);
	put_text(&q, part);
	enum err_code code = query_run_one(&q, e);
	return code == ERR_OK ? tombstone(b, "document_sealed", visit, name, e) : code;
}

/* One look at a document; what is kept of it goes under the same tombstone. */
static enum err_code erase_document(struct book *b, const struct uuid *visit, int n, struct err *e)
{
	static const enum statement steps[] = {ST_ERASE_SEALED, ST_ERASE_DOCUMENT};
	char name[TEXT_WORD_SZ];
	enum err_code code = ERR_OK;
	for (size_t i = 0; code == ERR_OK && i < sizeof steps / sizeof steps[0]; i++) {
		struct query q = query_of(b, steps[i]);
		put_uuid(&q, visit);
		put_int(&q, n);
		code = query_run(&q, e);
	}
	(void)str_print(name, sizeof name, "%d", n);
	return code == ERR_OK ? tombstone(b, "document_check", visit, name, e) : code;
}

enum err_code erase_documents(struct book *b, const struct uuid *visit, struct err *e)
{
	for (;;) {
		int n = 0;
		struct query q = query_of(b, ST_ERASE_DOCUMENT_OF);
		put_uuid(&q, visit);
		enum err_code code = query_row(&q, e);
		if (code == ERR_OK)
			n = (int)get_int(&q);
		code = query_end(&q, code, e);
		if (code == ERR_NOT_FOUND)
			return ERR_OK;
		if (code == ERR_OK)
			code = erase_document(b, visit, n, e);
		if (code != ERR_OK)
			return code;
	}
}

enum err_code erase_signature(struct book *b, const struct uuid *id, struct err *e)
{
	enum err_code code = erase_by(b, ST_SIGNATURE_DELETE, id, false, e);
	return code == ERR_OK ? tombstone(b, "signature", id, "", e) : code;
}

static enum err_code erase_signatures(struct book *b, const struct uuid *visitor, struct err *e)
{
	for (;;) {
		struct uuid id = {0};
		struct query q = query_of(b, ST_ERASE_SIGNATURE_OF);
		put_uuid(&q, visitor);
		enum err_code code = query_row(&q, e);
		if (code == ERR_OK)
			get_uuid(&q, &id);
		code = query_end(&q, code, e);
		if (code == ERR_NOT_FOUND)
			return ERR_OK;
		if (code == ERR_OK)
			code = erase_signature(b, &id, e);
		if (code != ERR_OK)
			return code;
	}
}

enum err_code erase_visit(struct book *b, const struct erase_trace *t, struct err *e)
{
	enum err_code code = erase_words(b, t, e);
	if (code == ERR_OK)
		code = erase_fields(b, &t->visit, e);
	if (code == ERR_OK)
		code = erase_documents(b, &t->visit, e);
	if (code == ERR_OK)
		code = erase_by(b, ST_ERASE_DETAILS, &t->visit, false, e);
	if (code == ERR_OK)
		code = erase_by(b, ST_ERASE_WAITING, &t->visit, true, e);
	if (code == ERR_OK)
		code = erase_by(b, ST_ERASE_JOBS, &t->visit, true, e);
	if (code == ERR_OK)
		code = erase_by(b, ST_ERASE_VISIT, &t->visit, true, e);
	return code;
}

static enum err_code erase_visits(struct book *b, const struct uuid *visitor, struct err *e)
{
	struct erase_trace t = {.visitor = *visitor};
	for (;;) {
		struct query q = query_of(b, ST_ERASE_VISITS_OF);
		put_uuid(&q, visitor);
		put_int(&q, t.number);
		enum err_code code = query_row(&q, e);
		if (code == ERR_OK) {
			get_uuid(&q, &t.visit);
			t.number = get_int(&q);
			t.from_ms = get_int(&q);
			get_text(&q, t.words, sizeof t.words);
		}
		code = query_end(&q, code, e);
		if (code == ERR_NOT_FOUND)
			return ERR_OK;
		if (code == ERR_OK)
			code = erase_visit(b, &t, e);
		if (code != ERR_OK)
			return code;
	}
}

enum err_code erase_person(
    struct book *b, const struct uuid *visitor, bool signatures, struct err *e)
{
	struct query q = query_of(b, ST_ERASE_VISITOR);
	put_uuid(&q, visitor);
	put_int(&q, book_new_mark(b)); /* the list beside the backups goes on behind the last one */
	put_stamp(&q);
	enum err_code code = query_run(&q, e);
	if (code == ERR_OK)
		code = erase_visits(b, visitor, e);
	if (code == ERR_OK)
		code = erase_by(b, ST_ERASE_DETAILS, visitor, false, e);
	if (code == ERR_OK && signatures)
		code = erase_signatures(b, visitor, e);
	return code;
}

/* Whoever asks to be forgotten may be named in any answer that was kept; a repeated request is then asked anew. */
static enum err_code erase_answers(struct book *b, struct err *e)
{
	enum { ROUND = 1000 };
	int n = ROUND;
	enum err_code code = ERR_OK;
	while (code == ERR_OK && n == ROUND)
		code = db_idempotency_purge(b, INT64_MAX, ROUND, &n, e);
	return code;
}

enum err_code db_visitor_erase(struct book *b, const struct uuid *id, struct err *e)
{
	struct db_visitor v;
	enum err_code code = db_visitor_get(b, id, &v, e);
	if (code != ERR_OK)
		return code;
	int64_t open = 0;
	struct query q = query_of(b, ST_VISITOR_OPEN_VISITS);
	put_uuid(&q, id);
	code = query_number(&q, &open, e);
	if (code == ERR_OK && open > 0)
		code = err_set(e, ERR_CONFLICT, "a visit of this person is not over");
	if (code == ERR_OK)
		code = erase_answers(b, e);
	return code == ERR_OK ? erase_person(b, id, true, e) : code;
}
