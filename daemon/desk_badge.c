/* Badges: copies with secrets of their own, and the jobs that print or withdraw them. */
#include "daemon/desk.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"
#include "db/job.h"
#include "pass/token.h"

enum {
	PATIENCE = 2, /* troubles of one print job before another printer is asked */
	PATIENCE_MOVED =
	    100, /* the same for one that came from another: two empty printers must not toss it to and fro */
	DRAWS = 8, /* of a 40-bit code among at most millions: a second clash is already a fault */
};

const char *desk_number(char dst[DESK_NUMBER_SZ], int64_t number)
{
	(void)str_print(dst, DESK_NUMBER_SZ, "%06lld", (long long)number);
	return dst;
}

const char *desk_title(char dst[DESK_NUMBER_SZ], int64_t number, int copy)
{
	(void)str_print(dst, DESK_NUMBER_SZ, "%06lld-%d", (long long)number, copy);
	return dst;
}

void desk_draw(struct foyerd *d, uint8_t pass_id[PASS_ID_BYTES])
{
	random_fill(&d->random, pass_id, PASS_ID_BYTES);
}

static enum err_code issue(struct foyerd *d, struct db_badge *g, struct err *e)
{
	enum err_code code = ERR_CONFLICT;
	for (int i = 0; i < DRAWS && code == ERR_CONFLICT; i++) {
		desk_draw(d, g->pass_id);
		code = db_badge_issue(d->book, g, e);
	}
	return code == ERR_CONFLICT
		   ? err_set(e, ERR_BUG, "no free badge code after %d draws", DRAWS)
		   : code;
}

/* other: for a print-cancel, the printer that gets the copy next ("then"); for a print, the one that it came from ("from"); "" none. */
static enum err_code queue(
    struct foyerd *d, const char *kind, const struct db_badge *g, const char *other, struct err *e)
{
	struct db_job j = {.visit = g->visit, .copy = g->copy};
	(void)str_copy(j.kind, sizeof j.kind, kind);
	(void)str_print(j.destination, sizeof j.destination, "print:%s", g->printer);
	(void)str_print(j.facts, sizeof j.facts, "{\"%s\":\"%s\"}",
	    strcmp(kind, "print") == 0 ? "from" : "then", other);
	return db_job_insert(d->book, &j, e);
}

/* The other printer of a job's facts; "" none. */
static void other_of(const struct db_job *job, const char *key, char dst[TEXT_WORD_SZ])
{
	json_t *facts = json_loads(job->facts, 0, NULL);
	const char *other = json_string_value(json_object_get(facts, key));
	(void)str_copy(dst, TEXT_WORD_SZ, other != NULL ? other : "");
	json_decref(facts);
}

enum err_code desk_print(struct foyerd *d, struct desk_case *c, int64_t now_ms, struct err *e)
{
	char today[ZONE_TEXT_SZ];
	struct db_badge g = {.visit = c->visit.id, .escort = c->visit.escort};
	(void)str_copy(g.daymark, sizeof g.daymark, zone_print(today, now_ms, ZONE_DATE));
	(void)str_copy(g.printer, sizeof g.printer, c->printer);
	/* One copy is good at a time: the newest. */
	enum err_code code = db_badge_withdraw(d->book, &c->visit.id, DB_BADGE_ALL, NULL, e);
	if (code == ERR_OK)
		code = issue(d, &g, e);
	if (code != ERR_OK)
		return code;
	c->badge = g;
	c->has_badge = true;
	return queue(d, "print", &g, "", e);
}

enum err_code desk_print_cancel(struct foyerd *d, const struct desk_case *c, struct err *e)
{
	enum { NEWEST = 4 };
	struct db_badge list[NEWEST];
	int n = 0;
	enum err_code code = db_badge_list(d->book, &c->visit.id, list, NEWEST, &n, e);
	if (code == ERR_OK)
		code = db_job_cancel_visit(d->book, &c->visit.id, "print", NULL, e);
	for (int i = 0; code == ERR_OK && i < n; i++) {
		if (list[i].printed_ms != 0 || list[i].withdrawn_ms != 0)
			continue;
		/* CUPS may hold it already: it must not come out when the roll is changed. */
		code = queue(d, "print-cancel", &list[i], "", e);
	}
	if (code == ERR_OK)
		code = db_badge_withdraw(d->book, &c->visit.id, DB_BADGE_UNPRINTED, NULL, e);
	return code;
}

/* The other printer of a kiosk that prints on this one; NULL: there is none. */
static const char *fallback_of(const struct conf *conf, const char *printer)
{
	for (int i = 0; i < conf->n_kiosks; i++) {
		const struct conf_kiosk *k = &conf->kiosks[i];
		if (strcmp(k->printer, printer) == 0 && k->fallback[0] != '\0')
			return k->fallback;
	}
	return NULL;
}

enum err_code desk_print_trouble(struct foyerd *d, const struct db_job *job, struct err *e)
{
	struct db_badge g;
	char from[TEXT_WORD_SZ];
	other_of(job, "from", from);
	if (job->attempts < (from[0] != '\0' ? PATIENCE_MOVED : PATIENCE) || job->superseded)
		return ERR_OK;
	enum err_code code = db_badge_get(d->book, &job->visit, job->copy, &g, e);
	if (code != ERR_OK || g.withdrawn_ms != 0)
		return code == ERR_NOT_FOUND ? ERR_OK : code;
	const char *to = fallback_of(d->conf, g.printer);
	if (to == NULL)
		return ERR_OK;
	code = db_job_cancel_visit(d->book, &job->visit, "print", NULL, e);
	return code == ERR_OK ? queue(d, "print-cancel", &g, to, e) : code;
}

enum err_code desk_print_cancelled(
    struct foyerd *d, const struct db_job *job, bool printed, bool *moved, struct err *e)
{
	struct db_badge g;
	char then[TEXT_WORD_SZ], from[TEXT_WORD_SZ];
	other_of(job, "then", then);
	*moved = false;
	enum err_code code = db_badge_get(d->book, &job->visit, job->copy, &g, e);
	if (code == ERR_OK && then[0] != '\0' && g.withdrawn_ms == 0 && !printed &&
	    conf_printer_find(d->conf, then) != NULL) {
		(void)str_copy(from, sizeof from, g.printer);
		(void)str_copy(g.printer, sizeof g.printer, then);
		code = db_badge_set_printer(d->book, &g.visit, g.copy, g.printer, e);
		if (code == ERR_OK)
			code = queue(d, "print", &g, from, e);
		*moved = code == ERR_OK;
	}
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

enum err_code desk_badge_pass(struct foyerd *d, const struct db_visit *v, const struct db_badge *g,
    char dst[PASS_TEXT_SZ], struct err *e)
{
	struct pass p = {
	    .kind = PASS_BADGE,
	    .site = (uint8_t)d->conf->site.id,
	    .not_before_ms = g->issued_ms,
	    .expiry_ms = v->until_ms > g->issued_ms ? v->until_ms : zone_day_end(g->issued_ms),
	};
	memcpy(p.id, g->pass_id, sizeof p.id);
	return pass_sign(dst, &p, d->ring, e);
}

enum err_code desk_invitation_pass(struct foyerd *d, const struct db_visit *v,
    const struct db_invitation *i, char dst[PASS_TEXT_SZ], struct err *e)
{
	struct pass p = {
	    .kind = PASS_INVITATION,
	    .site = (uint8_t)d->conf->site.id,
	    .not_before_ms = v->from_ms,
	    .expiry_ms = v->until_ms,
	};
	memcpy(p.id, i->pass_id, sizeof p.id);
	return pass_sign(dst, &p, d->ring, e);
}
