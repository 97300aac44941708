#include "daemon/desk.h"

#include <stdlib.h>

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

static int64_t card_of(const struct db_job *job)
{
	json_t *facts = json_loads(job->facts, 0, NULL);
	int64_t number = json_integer_value(json_object_get(facts, "card"));
	json_decref(facts);
	return number;
}

/* Did a controller hold somebody else's card under the visit's number, and did nobody say that it is ours again? */
static enum err_code is_foreign(
    struct foyerd *d, const struct uuid *visit, bool *foreign, struct err *e)
{
	enum { JOBS = 64 };
	struct db_job *jobs = mem_new(JOBS, sizeof *jobs);
	int64_t number = 0;
	int n = 0;
	enum err_code code = db_card_of_visit(d->book, visit, &number, e);
	if (code == ERR_OK)
		code = db_job_list_visit(d->book, visit, jobs, JOBS, &n, e);
	*foreign = false;
	for (int i = 0; code == ERR_OK && i < n; i++)
		*foreign |= str_eq(jobs[i].class, DESK_FOREIGN_CARD) && card_of(&jobs[i]) == number;
	free(jobs);
	return code;
}

static enum err_code not_yet_is_fine(enum err_code code)
{
	return code == ERR_CONFLICT || code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code desk_card_free(struct foyerd *d, const struct uuid *visit, struct err *e)
{
	bool out, foreign;
	enum err_code code = is_out(d, visit, &out, e);
	if (code != ERR_OK || out)
		return code;
	code = is_foreign(d, visit, &foreign, e);
	if (code == ERR_OK)
		code = foreign ? db_card_set_aside(d->book, visit, e)
			       : db_card_free(d->book, visit, e);
	return not_yet_is_fine(code);
}

enum err_code desk_card_foreign(struct foyerd *d, const struct db_credential *c, struct err *e)
{
	return not_yet_is_fine(db_card_set_aside(d->book, &c->visit, e));
}

enum err_code desk_card_ours_again(struct foyerd *d, const struct db_credential *c, struct err *e)
{
	struct desk_case k;
	int64_t now_ms = book_now(d->book), number;
	bool full;
	enum err_code code = db_card_ours_again(d->book, c->card, e);
	if (code == ERR_OK)
		code = desk_case_load(d, &c->visit, NULL, now_ms, &k, e);
	if (code != ERR_OK || k.facts.has_right)
		return code;
	/* Whether a right is due is the house's rule: it is the one that an extension to the same end would bring. */
	const struct visit_input same = {.until_ms = k.visit.until_ms};
	struct visit_decision dec = visit_decide(&k.facts, VISIT_EV_EXTEND, &same, now_ms);
	if (dec.refusal != VISIT_OK || !dec.grant)
		return ERR_OK;
	code = db_card_of_visit(d->book, &c->visit, &number, e);
	if (code == ERR_NOT_FOUND) /* the number that is on the badge */
		code = db_card_take(d->book, &c->visit, c->card, e);
	return code == ERR_OK ? desk_grant(d, &k, now_ms, dec.right_until_ms, &full, e) : code;
}

enum err_code desk_card_resolved(struct foyerd *d, const struct db_waiting *w, struct err *e)
{
	/* Who comes back is handed another card; a right that is not confirmed gone keeps the number a while. */
	return str_eq(w->reason, "card-back") ? desk_card_free(d, &w->visit, e) : ERR_OK;
}
