#include "daemon/desk_clock.h"

#include "base/fault.h"
#include "base/log.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/desk.h"
#include "db/book.h"
#include "db/credential.h"

enum { TOLD = 3 }; /* of one batch; the rest is counted */

static enum err_code act(
    struct foyerd *d, const struct uuid *visit, enum visit_event ev, struct err *e)
{
	struct desk_case c;
	struct desk_result r;
	struct desk_event what = {.ev = ev, .how = DB_HOW_ASSUMED, .actor = "clock"};
	int64_t now_ms = book_now(d->book);
	enum err_code code = desk_case_load(d, visit, NULL, now_ms, &c, e);
	if (code == ERR_OK)
		code = desk_act(d, &c, &what, now_ms, &r, e);
	/* Whatever the visit's own times say: this right's time is over. */
	if (code == ERR_OK && ev == VISIT_EV_RIGHT_END)
		code = desk_revoke(d, visit, e);
	return code;
}

/* The first error of a batch is what it answers; the visits behind it have their turn all the same. */
static enum err_code end_each(struct foyerd *d, const struct uuid *visits, int n_visits,
    enum visit_event ev, int *n, struct err *e)
{
	char id[UUID_TEXT_SZ];
	struct err why = {0};
	enum err_code first = ERR_OK;
	int bad = 0;
	*n = 0;
	for (int i = 0; i < n_visits; i++) {
		enum err_code code = foyerd_begin(d, &why);
		if (code != ERR_OK) { /* the book takes nothing: nothing to say about a visit */
			*e = why;
			return code;
		}
		code = foyerd_end(d, act(d, &visits[i], ev, &why), &why);
		FAULT("clock.ended");
		if (code == ERR_OK) {
			(*n)++;
			continue;
		}
		if (++bad <= TOLD)
			log_error("the clock cannot end visit %s: %s", uuid_print(id, &visits[i]),
			    why.msg);
		if (first == ERR_OK) {
			first = code;
			*e = why;
		}
	}
	if (bad > TOLD)
		log_error("nor %d more visits", bad - TOLD);
	return first;
}

enum err_code desk_right_end(struct foyerd *d, struct desk_walk *w, int *n, struct err *e)
{
	struct db_credential due[DESK_BATCH];
	struct uuid visits[DESK_BATCH];
	int n_due = 0;
	*n = 0;
	enum err_code code = db_credential_list_due(
	    d->book, foyerd_now(d), w->more ? &w->right : NULL, due, DESK_BATCH, &n_due, e);
	w->more = code == ERR_OK && n_due == DESK_BATCH;
	if (code != ERR_OK)
		return code;
	for (int i = 0; i < n_due; i++)
		visits[i] = due[i].visit;
	if (n_due > 0)
		w->right = due[n_due - 1];
	return end_each(d, visits, n_due, VISIT_EV_RIGHT_END, n, e);
}

enum err_code desk_day_end(struct foyerd *d, struct desk_walk *w, int *n, struct err *e)
{
	struct db_visit_over over[DESK_BATCH];
	struct uuid visits[DESK_BATCH];
	int n_over = 0;
	*n = 0;
	enum err_code code = db_visit_list_over(d->book, zone_day_start(foyerd_now(d)) + 1,
	    w->more ? &w->visit : NULL, over, DESK_BATCH, &n_over, e);
	w->more = code == ERR_OK && n_over == DESK_BATCH;
	if (code != ERR_OK)
		return code;
	for (int i = 0; i < n_over; i++)
		visits[i] = over[i].id;
	if (n_over > 0)
		w->visit = over[n_over - 1];
	return end_each(d, visits, n_over, VISIT_EV_DAY_END, n, e);
}

enum err_code desk_next_due(struct foyerd *d, int64_t *at_ms, struct err *e)
{
	int64_t right, until;
	enum err_code a = db_credential_next_due(d->book, &right, e);
	enum err_code b = db_visit_next_until(d->book, &until, e);
	if (a != ERR_OK && a != ERR_NOT_FOUND)
		return a;
	if (b != ERR_OK && b != ERR_NOT_FOUND)
		return b;
	if (a == ERR_NOT_FOUND && b == ERR_NOT_FOUND)
		return ERR_NOT_FOUND;
	if (b == ERR_OK)
		until = zone_day_end(until - 1);
	*at_ms = a != ERR_OK ? until : b != ERR_OK ? right : right < until ? right : until;
	return ERR_OK;
}
