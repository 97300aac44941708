#include "daemon/host_csv.h"

#include <string.h>

#include "base/str.h"
#include "daemon/host_check.h"

const char *host_column_name(enum host_column c)
{
	switch (c) {
	case HOST_UID: return "uid";
	case HOST_NAME: return "name";
	case HOST_MAIL: return "mail";
	case HOST_DEPARTMENT: return "department";
	case HOST_PHONE: return "phone";
	case HOST_LANG: return "lang";
	case HOST_DEPUTY: return "deputy";
	}
	return "";
}

static enum err_code column_take(struct host_csv *h, const char *name, int at, struct err *e)
{
	char shown[TEXT_WORD_SZ];
	struct err why;
	for (int i = 0; i < HOST_COLUMNS; i++) {
		if (!str_eq(name, host_column_name((enum host_column)i)))
			continue;
		if (h->at[i] >= 0)
			return err_set(e, ERR_INPUT, "csv: two columns are named %s", name);
		h->at[i] = at;
		return ERR_OK;
	}
	if (text_clean(shown, sizeof shown, name, strlen(name), TEXT_LINE | TEXT_CUT, &why))
		str_copy(shown, sizeof shown, "?");
	return err_set(e, ERR_INPUT,
	    "csv: \"%s\" is no column; there are uid, name, mail, department, phone, lang "
	    "and deputy",
	    shown);
}

enum err_code host_csv_open(struct host_csv *h, const char *text, size_t len, struct err *e)
{
	struct csv_record r;
	const char *why = NULL;
	enum err_code c = ERR_OK;
	csv_init(&h->csv, text, len);
	for (int i = 0; i < HOST_COLUMNS; i++)
		h->at[i] = -1;
	switch (csv_next(&h->csv, &r, &why)) {
	case CSV_END:
		return err_set(
		    e, ERR_INPUT, "csv: must begin with a line of column names (uid,name,mail,…)");
	case CSV_BAD: return err_set(e, ERR_INPUT, "csv: line %d: %s", r.line, why);
	case CSV_RECORD: break;
	}
	if (r.n == 1 && strchr(r.field[0], ';'))
		return err_set(e, ERR_INPUT,
		    "csv: line %d: columns are parted by commas, not by semicolons", r.line);
	for (int f = 0; f < r.n && !c; f++)
		c = column_take(h, r.field[f], f, e);
	if (!c && (h->at[HOST_UID] < 0 || h->at[HOST_NAME] < 0))
		c = err_set(e, ERR_INPUT, "csv: the first line must name the columns uid and name");
	return c;
}

/* Where a column goes in a row. */
static char *place(struct db_host *h, char *deputy, enum host_column c, size_t *sz)
{
	switch (c) {
	case HOST_UID: *sz = sizeof h->uid; return h->uid;
	case HOST_NAME: *sz = sizeof h->name; return h->name;
	case HOST_MAIL: *sz = sizeof h->mail; return h->mail;
	case HOST_DEPARTMENT: *sz = sizeof h->department; return h->department;
	case HOST_PHONE: *sz = sizeof h->phone; return h->phone;
	case HOST_LANG: *sz = sizeof h->lang; return h->lang;
	case HOST_DEPUTY: *sz = TEXT_MAIL_SZ; return deputy;
	}
	*sz = 0;
	return NULL;
}

static enum err_code row_fill(
    const struct host_csv *h, const struct csv_record *r, struct host_row *row)
{
	struct err why;
	for (int i = 0; i < HOST_COLUMNS; i++) {
		enum host_column col = (enum host_column)i;
		if (h->at[i] < 0)
			continue;
		if (h->at[i] >= r->n)
			return err_set(
			    &row->why, ERR_INPUT, "there are fewer fields than column names");
		size_t sz;
		char *dst = place(&row->host, row->deputy, col, &sz);
		const char *src = r->field[h->at[i]];
		if (text_clean(dst, sz, src, strlen(src), TEXT_LINE, &why))
			return err_set(
			    &row->why, why.code, "%s: %s", host_column_name(col), why.msg);
	}
	if (row->deputy[0] && str_eq(row->deputy, row->host.uid))
		return err_set(&row->why, ERR_INPUT, "deputy: must be another host");
	return host_check(&row->host, &row->why);
}

bool host_csv_next(struct host_csv *h, struct host_row *row)
{
	struct csv_record r;
	const char *why = NULL;
	*row = (struct host_row){0};
	switch (csv_next(&h->csv, &r, &why)) {
	case CSV_END: return false;
	case CSV_BAD:
		err_set(&row->why, ERR_INPUT, "%s", why);
		row->bad = true;
		break;
	case CSV_RECORD: row->bad = row_fill(h, &r, row) != ERR_OK; break;
	}
	row->line = r.line;
	return true;
}

unsigned host_csv_diff(
    const struct host_csv *h, const struct db_host *book, const struct db_host *row)
{
	unsigned diff = 0;
	struct db_host a = *book, b = *row;
	for (int i = 0; i < HOST_DEPUTY; i++) {
		size_t sz;
		if (h->at[i] >= 0 && !str_eq(place(&a, NULL, (enum host_column)i, &sz),
					 place(&b, NULL, (enum host_column)i, &sz)))
			diff |= 1u << i;
	}
	return diff;
}

void host_csv_merge(const struct host_csv *h, struct db_host *book, const struct db_host *row)
{
	struct db_host from = *row;
	for (int i = 0; i < HOST_DEPUTY; i++) {
		size_t sz, same;
		if (h->at[i] >= 0) {
			char *dst = place(book, NULL, (enum host_column)i, &sz);
			str_copy(dst, sz, place(&from, NULL, (enum host_column)i, &same));
		}
	}
}
