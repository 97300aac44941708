#include "db/export.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/text.h"
#include "db/query.h"

enum { CELLS = 32 };

bool db_export_parse(enum db_export_what *w, const char *word)
{
	static const char *const words[] = {"visits", "hosts", "journal", "person"};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strcmp(words[i], word) == 0) {
			*w = (enum db_export_what)i;
			return true;
		}
	}
	return false;
}

/* Blobs become text: an id of 16 bytes a UUID, anything else hex. */
static void add_blob(struct str_buf *texts, const uint8_t *p, size_t n)
{
	char text[UUID_TEXT_SZ];
	if (n == sizeof(struct uuid)) {
		struct uuid u;
		memcpy(u.b, p, sizeof u.b);
		(void)str_buf_add(texts, uuid_print(text, &u), UUID_TEXT_SZ);
		return;
	}
	for (size_t i = 0; i < n; i++)
		(void)str_buf_print(texts, "%02x", p[i]);
	(void)str_buf_add(texts, "", 1);
}

/* One row into cells. texts may move while it grows, so a blob's cell first holds where its text
 * begins. */
static void take_row(struct query *q, struct db_cell *cells, int n, struct str_buf *texts)
{
	str_buf_clear(texts);
	for (int i = 0; i < n; i++) {
		struct db_cell *c = &cells[i];
		*c = (struct db_cell){.name = sqlite3_column_name(q->st, i), .kind = DB_CELL_NULL};
		int type = sqlite3_column_type(q->st, i);
		if (type == SQLITE_INTEGER) {
			c->kind = DB_CELL_INT;
			c->i = sqlite3_column_int64(q->st, i);
		} else if (type == SQLITE_TEXT) {
			c->kind = DB_CELL_TEXT;
			c->text = (const char *)sqlite3_column_text(q->st, i);
		} else if (type == SQLITE_BLOB) {
			c->kind = DB_CELL_TEXT;
			c->i = (int64_t)texts->len;
			add_blob(texts, sqlite3_column_blob(q->st, i),
			    (size_t)sqlite3_column_bytes(q->st, i));
		}
	}
	for (int i = 0; i < n; i++) {
		if (cells[i].kind == DB_CELL_TEXT && cells[i].text == NULL) {
			cells[i].text = texts->data + cells[i].i;
			cells[i].i = 0;
		}
	}
}

struct sink {
	db_export_row row;
	void *arg;
	bool stopped;
};

/* Give all rows of a query whose parameters are bound, and end it. */
static enum err_code give(struct query *q, struct sink *to, struct err *e)
{
	struct db_cell cells[CELLS];
	struct str_buf texts = STR_BUF_INIT;
	int n = sqlite3_column_count(q->st);
	if (n > CELLS)
		n = CELLS;
	enum err_code code = ERR_OK;
	while (!to->stopped && (code = query_row(q, e)) == ERR_OK) {
		take_row(q, cells, n, &texts);
		to->stopped = !to->row(to->arg, cells, n);
	}
	str_buf_fini(&texts);
	return query_end_list(q, code, e);
}

static enum err_code give_person(
    struct book *b, const struct uuid *visitor, struct sink *to, struct err *e)
{
	static const enum statement parts[] = {ST_PERSON_VISITOR, ST_PERSON_VISITS, ST_PERSON_STAYS,
	    ST_PERSON_FIELDS, ST_PERSON_DOCUMENTS, ST_PERSON_SEALED, ST_PERSON_SIGNATURES,
	    ST_PERSON_INVITATIONS, ST_PERSON_BADGES, ST_PERSON_CREDENTIALS, ST_PERSON_WAITING,
	    ST_PERSON_JOBS, ST_PERSON_DETAILS};
	enum err_code code = ERR_OK;
	for (size_t i = 0; code == ERR_OK && !to->stopped && i < sizeof parts / sizeof parts[0];
	     i++) {
		struct query q = query_of(b, parts[i]);
		put_uuid(&q, visitor);
		code = give(&q, to, e);
	}
	return code;
}

/* Is this the person who is asked for: by address, or by the whole name however it is written? */
static bool is_asked(const char *words, const char *folded, const char *name, const char *mail)
{
	char have[8 * TEXT_NAME_SZ];
	if (mail[0] != '\0' && strcasecmp(words, mail) == 0)
		return true;
	return folded[0] != '\0' && text_fold(have, sizeof have, name) == ERR_OK &&
	       strcmp(have, folded) == 0;
}

static enum err_code give_people(struct book *b, const char *words, struct sink *to, struct err *e)
{
	struct uuid id;
	if (words == NULL || words[0] == '\0')
		return err_set(e, ERR_INPUT,
		    "say whose data: the whole name, the mail address or the visitor's id");
	if (uuid_parse(&id, words))
		return give_person(b, &id, to, e);
	char folded[8 * TEXT_NAME_SZ], name[TEXT_NAME_SZ], mail[TEXT_MAIL_SZ];
	if (text_fold(folded, sizeof folded, words) != ERR_OK)
		folded[0] = '\0';
	struct query q = query_of(b, ST_EXPORT_PEOPLE);
	enum err_code code;
	while ((code = query_row(&q, e)) == ERR_OK && !to->stopped) {
		get_uuid(&q, &id);
		get_text(&q, name, sizeof name);
		get_text(&q, mail, sizeof mail);
		if (is_asked(words, folded, name, mail) &&
		    (code = give_person(b, &id, to, e)) != ERR_OK)
			break;
	}
	return query_end_list(&q, code, e);
}

static enum err_code give_all(
    struct book *b, const struct db_export_query *v, struct sink *to, struct err *e)
{
	bool all = v->from_ms == 0 && v->until_ms == 0;
	struct query q;
	switch (v->what) {
	case DB_EXPORT_PERSON: return give_people(b, v->words, to, e);
	case DB_EXPORT_HOSTS: q = query_of(b, ST_EXPORT_HOSTS); return give(&q, to, e);
	case DB_EXPORT_VISITS: q = query_of(b, ST_EXPORT_VISITS); break;
	case DB_EXPORT_JOURNAL: q = query_of(b, ST_EXPORT_JOURNAL); break;
	}
	put_int(&q, all ? INT64_MIN : v->from_ms);
	put_int(&q, all ? INT64_MAX : v->until_ms);
	return give(&q, to, e);
}

enum err_code db_export(
    struct book *b, const struct db_export_query *q, db_export_row row, void *arg, struct err *e)
{
	struct sink to = {.row = row, .arg = arg};
	bool own_tx = !book_in_tx(b);
	enum err_code code = own_tx ? book_begin_read(b, e) : ERR_OK;
	if (code != ERR_OK)
		return code;
	code = give_all(b, q, &to, e);
	if (own_tx)
		book_rollback(b);
	return code;
}
