#include "daemon/desk.h"

#include "base/str.h"
#include "db/card.h"

enum { ROWS = 32 };

static bool by_card(const struct foyerd *d)
{
	return d->conf->site.door_right == CONF_DOOR_CARD;
}

enum err_code desk_card_hand_out(
    struct foyerd *d, const struct desk_case *c, const struct conf_kiosk *k, struct err *e)
{
	return by_card(d) ? desk_wait(d, c, k, "hand-card", e) : ERR_OK;
}

static enum err_code is_out(struct foyerd *d, const struct uuid *visit, bool *out, struct err *e)
{
	struct db_waiting rows[ROWS];
	int n = 0;
	*out = false;
	enum err_code code = db_waiting_list_visit(d->book, visit, rows, ROWS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		*out |= str_eq(rows[i].reason, "card-back") && rows[i].resolved_ms == 0;
	return code;
}

enum err_code desk_card_ask_back(struct foyerd *d, const struct desk_case *c, struct err *e)
{
	int64_t number;
	bool asked;
	if (!by_card(d))
		return ERR_OK;
	enum err_code code = db_card_of_visit(d->book, &c->visit.id, &number, e);
	if (code == ERR_NOT_FOUND)
		return ERR_OK;
	if (code == ERR_OK)
		code = is_out(d, &c->visit.id, &asked, e);
	return code == ERR_OK && !asked ? desk_wait(d, c, NULL, "card-back", e) : code;
}

enum err_code desk_card_free(struct foyerd *d, const struct uuid *visit, struct err *e)
{
	bool out;
	enum err_code code = is_out(d, visit, &out, e);
	if (code != ERR_OK || out)
		return code;
	code = db_card_free(d->book, visit, e);
	return code == ERR_CONFLICT || code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code desk_card_resolved(struct foyerd *d, const struct db_waiting *w, struct err *e)
{
	/* Who comes back is handed another card; a right that is not confirmed gone keeps the number a while. */
	return str_eq(w->reason, "card-back") ? desk_card_free(d, &w->visit, e) : ERR_OK;
}
