#include "daemon/desk.h"

#include "base/str.h"
#include "db/waiting.h"

enum err_code desk_wait(struct foyerd *d, const struct desk_case *c, const struct conf_kiosk *k,
    const char *reason, struct err *e)
{
	struct db_waiting w = {.visit = c->visit.id};
	(void)str_copy(w.reason, sizeof w.reason, reason);
	(void)str_copy(w.kiosk, sizeof w.kiosk, k != NULL ? k->name : c->visit.kiosk);
	return db_waiting_insert(d->book, &w, e);
}
