#include "daemon/alarm.h"

#include "base/str.h"
#include "db/book.h"
#include "db/waiting.h"

/* The newest row of this reason, open or not. */
static enum err_code newest(
    struct foyerd *d, const char *reason, struct db_waiting *w, struct err *e)
{
	char id[UUID_TEXT_SZ];
	struct uuid u;
	enum err_code c = book_meta_get(d->book, reason, id, sizeof id, e);
	if (c)
		return c;
	return uuid_parse(&u, id) ? db_waiting_get(d->book, &u, w, e)
				  : err_set(e, ERR_NOT_FOUND, "no such id");
}

enum err_code alarm_open(struct foyerd *d, const char *reason, struct err *e)
{
	char id[UUID_TEXT_SZ];
	struct db_waiting w;
	enum err_code c = newest(d, reason, &w, e);
	if (c && c != ERR_NOT_FOUND)
		return c;
	if (!c && !w.resolved_ms)
		return ERR_OK;
	w = (struct db_waiting){0};
	str_copy(w.reason, sizeof w.reason, reason);
	c = db_waiting_insert(d->book, &w, e);
	return c ? c : book_meta_set(d->book, reason, uuid_print(id, &w.id), e);
}

enum err_code alarm_resolve(
    struct foyerd *d, const char *reason, const char *actor, const char *resolution, struct err *e)
{
	struct db_waiting w;
	enum err_code c = newest(d, reason, &w, e);
	if (!c && !w.resolved_ms)
		c = db_waiting_resolve(d->book, &w.id, actor, resolution, e);
	return c == ERR_NOT_FOUND ? ERR_OK : c;
}
