#include "daemon/desk_clock.h"

#include "base/log.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/desk.h"
#include "db/credential.h"

static enum err_code act(
    struct foyerd *d, const struct uuid *visit, enum visit_event ev, int64_t now_ms, struct err *e)
{
	struct desk_case c;
	struct desk_result r;
	struct desk_event what = {.ev = ev, .how = DB_HOW_ASSUMED, .actor = "clock"};
	enum err_code code = desk_case_load(d, visit, NULL, now_ms, &c, e);
	if (code != ERR_OK)
		return code;
	return desk_act(d, &c, &what, now_ms, &r, e);
}

enum err_code desk_right_end(struct foyerd *d, int64_t now_ms, int *n, struct err *e)
{
	struct db_credential due[DESK_BATCH];
	*n = 0;
	enum err_code code = db_credential_list_due(d->book, now_ms, due, DESK_BATCH, n, e);
	for (int i = 0; code == ERR_OK && i < *n; i++) {
		code = act(d, &due[i].visit, VISIT_EV_RIGHT_END, now_ms, e);
		/* Whatever the visit's own times say: this right's time is over. */
		if (code == ERR_OK)
			code = desk_revoke(d, &due[i].visit, e);
	}
	return code;
}

enum err_code desk_day_end(struct foyerd *d, int64_t now_ms, int *n, struct err *e)
{
	struct uuid over[DESK_BATCH];
	*n = 0;
	enum err_code code =
	    db_visit_list_over(d->book, zone_day_start(now_ms) + 1, over, DESK_BATCH, n, e);
	for (int i = 0; code == ERR_OK && i < *n; i++)
		code = act(d, &over[i], VISIT_EV_DAY_END, now_ms, e);
	return code;
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
