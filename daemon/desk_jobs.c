#include "daemon/desk_jobs.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/desk.h"
#include "daemon/jobs.h"
#include "daemon/progress.h"
#include "db/credential.h"
#include "db/journal.h"

enum {
	ROWS = 32, /* of a visit at reception, the open ones first */
	VISIT_JOBS = 64, /* of one visit: as many as staff are shown */
	LATE_MOST = 64 /* told at one look; the rest at the next */
};

static bool is(const struct db_job *job, const char *kind)
{
	return strcmp(job->kind, kind) == 0;
}

static bool tells_host(const struct db_job *job)
{
	return is(job, "mail") && strstr(job->facts, "\"host-") != NULL;
}

/* Doors are open when every right of the visit is there. */
static enum err_code show_doors(struct foyerd *d, const struct uuid *visit, struct err *e)
{
	struct db_credential list[CONF_CONTROLLERS];
	struct db_visit v;
	int n = 0, pending = 0, granted = 0;
	enum err_code code = db_credential_list(d->book, visit, list, CONF_CONTROLLERS, &n, e);
	if (code == ERR_OK)
		code = db_visit_get(d->book, visit, &v, e);
	if (code != ERR_OK)
		return code;
	for (int i = 0; i < n; i++) {
		pending += list[i].state == DB_CREDENTIAL_PENDING;
		granted += list[i].state == DB_CREDENTIAL_GRANTED;
	}
	enum progress_doors s = pending > 0   ? PROGRESS_DOORS_PENDING
				: granted > 0 ? PROGRESS_DOORS_OPEN
					      : PROGRESS_DOORS_WITHDRAWN;
	progress_set_doors(d->progress, visit, s, v.until_ms);
	return ERR_OK;
}

static enum err_code note(struct foyerd *d, const struct db_job *job, const char *what,
    const char *name, const char *value, struct err *e)
{
	char actor[DB_ACTOR_SZ];
	(void)str_print(actor, sizeof actor, "courier:%s", job->destination);
	struct db_journal_entry en = {.actor = actor,
	    .what = what,
	    .subject = job->visit,
	    .fields = {{name, value}},
	    .n_fields = 1};
	return db_journal_append(d->book, &en, NULL, e);
}

/* It went well after all: what reception was asked to see to because of it is settled. */
static enum err_code settle_as(struct foyerd *d, const struct db_job *job, const char *reason,
    const char *resolution, struct err *e)
{
	struct db_waiting rows[ROWS];
	char actor[DB_ACTOR_SZ];
	int n = 0;
	(void)str_print(actor, sizeof actor, "courier:%s", job->destination);
	enum err_code code = db_waiting_list_visit(d->book, &job->visit, rows, ROWS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++) {
		if (rows[i].resolved_ms == 0 && str_eq(rows[i].reason, reason))
			code = db_waiting_resolve(d->book, &rows[i].id, actor, resolution, e);
	}
	return code;
}

static enum err_code settle(
    struct foyerd *d, const struct db_job *job, const char *reason, struct err *e)
{
	return settle_as(d, job, reason, "it went well after all", e);
}

/* Reception has a row of this already. */
static enum err_code is_told(
    struct foyerd *d, const struct uuid *visit, const char *reason, bool *told, struct err *e)
{
	struct db_waiting rows[ROWS];
	int n = 0;
	*told = false;
	enum err_code code = db_waiting_list_visit(d->book, visit, rows, ROWS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		*told |= rows[i].resolved_ms == 0 && str_eq(rows[i].reason, reason);
	return code;
}

static enum err_code granted(
    struct foyerd *d, const struct db_job *job, struct db_credential *c, struct err *e)
{
	int64_t now = book_now(d->book);
	c->read_back_ms = now;
	if (c->state == DB_CREDENTIAL_PENDING && !job->superseded) {
		c->state = DB_CREDENTIAL_GRANTED;
		c->granted_ms = now;
	}
	bool all, none;
	enum err_code code = db_credential_update(d->book, c, e);
	if (code == ERR_OK)
		code = note(d, job, "door.granted", "controller", c->controller, e);
	if (code == ERR_OK)
		code = desk_doors_all(d, &job->visit, &all, &none, e);
	if (code == ERR_OK && all)
		code = settle(d, job, "doors-failed", e);
	if (code == ERR_OK && all)
		code = settle(d, job, "doors-full", e);
	if (code == ERR_OK && all)
		code = settle(d, job, "doors-late", e);
	return code == ERR_OK ? show_doors(d, &job->visit, e) : code;
}

static enum err_code revoked(
    struct foyerd *d, const struct db_job *job, struct db_credential *c, struct err *e)
{
	c->read_back_ms = book_now(d->book);
	/* Somebody who came back meanwhile has a grant behind this revoke: then it stays pending. */
	if (c->state == DB_CREDENTIAL_REVOKING || c->state == DB_CREDENTIAL_ACKNOWLEDGED)
		c->state = DB_CREDENTIAL_REVOKED;
	struct db_visit v = {0};
	bool all, none;
	enum err_code code = db_credential_update(d->book, c, e);
	if (code == ERR_OK)
		code = note(d, job, "door.revoked", "controller", c->controller, e);
	if (code == ERR_OK)
		code = desk_doors_all(d, &job->visit, &all, &none, e);
	if (code == ERR_OK && none)
		code = settle(d, job, "right-stays", e);
	if (code == ERR_OK)
		code = show_doors(d, &job->visit, e);
	if (code == ERR_OK)
		code = db_visit_get(d->book, &job->visit, &v, e);
	/* A number that is printed on a badge waits for who may come back; a card that reception has again does not. */
	bool done = v.closed_ms != 0 ||
		    (v.state == DB_VISIT_OUT && d->conf->site.door_right == CONF_DOOR_CARD);
	if (code == ERR_OK && done)
		code = desk_card_free(d, &job->visit, e);
	return code;
}

static enum err_code door_done(struct foyerd *d, const struct db_job *job, struct err *e)
{
	struct db_credential c;
	enum err_code code = db_credential_get(d->book, &job->visit, &job->credential, &c, e);
	if (code != ERR_OK || c.state == DB_CREDENTIAL_REVOKED)
		return code;
	return is(job, "grant") ? granted(d, job, &c, e) : revoked(d, job, &c, e);
}

/* Older copies of the visit that failed are nobody's alarm any more. */
static enum err_code older_settle(struct foyerd *d, const struct db_job *job, struct err *e)
{
	struct db_job *jobs = mem_new(VISIT_JOBS, sizeof *jobs);
	int n = 0;
	enum err_code code = db_job_list_visit(d->book, &job->visit, jobs, VISIT_JOBS, &n, e);
	for (int i = 0; i < n && code == ERR_OK; i++) {
		if (is(&jobs[i], "print") && jobs[i].state == DB_JOB_FAILED &&
		    jobs[i].copy < job->copy)
			code = db_job_act(d->book, &jobs[i].id, DB_JOB_ACT_ACKNOWLEDGE,
			    "a newer badge came out", e);
	}
	free(jobs);
	return code;
}

static enum err_code printed(struct foyerd *d, const struct db_job *job, struct err *e)
{
	char title[DESK_NUMBER_SZ];
	enum err_code code =
	    db_badge_set_printed(d->book, &job->visit, job->copy, book_now(d->book), e);
	if (code == ERR_NOT_FOUND)
		return ERR_OK;
	if (code == ERR_OK)
		code = note(d, job, "badge.printed", "title",
		    desk_title(title, job->visit_number, job->copy), e);
	if (code == ERR_OK)
		code = settle(d, job, "badge-failed", e);
	if (code == ERR_OK)
		code = settle(d, job, "badge-late", e);
	if (code == ERR_OK)
		code = older_settle(d, job, e);
	if (code == ERR_OK)
		progress_set_badge(d->progress, &job->visit, PROGRESS_BADGE_PRINTED, "");
	return code;
}

static enum err_code print_cancelled(
    struct foyerd *d, const struct db_job *job, const json_t *result, struct err *e)
{
	bool came_out = str_eq(json_string_value(json_object_get(result, "was")), "completed");
	bool moved;
	enum err_code code = desk_print_cancelled(d, job, came_out, &moved, e);
	if (code == ERR_OK && moved)
		progress_set_badge(d->progress, &job->visit, PROGRESS_BADGE_PRINTING, "");
	return code == ERR_OK && came_out ? printed(d, job, e) : code;
}

enum err_code desk_job_done(
    struct foyerd *d, const struct db_job *job, const json_t *result, struct err *e)
{
	if (is(job, "grant") || is(job, "revoke"))
		return door_done(d, job, e);
	if (is(job, "print"))
		return printed(d, job, e);
	if (is(job, "print-cancel"))
		return print_cancelled(d, job, result, e);
	if (!tells_host(job))
		return ERR_OK;
	progress_set_host(d->progress, &job->visit, PROGRESS_HOST_SENT);
	return settle(d, job, "host-not-told", e);
}

/* The kiosk says what staff see, in its own words: the class alone travels. */
void desk_job_show(struct foyerd *d, const struct db_job *job, const char *class)
{
	bool well = strcmp(class, "pending") == 0;
	if (is(job, "print") && well)
		progress_set_badge(d->progress, &job->visit, PROGRESS_BADGE_PRINTING, "");
	if (well)
		return;
	if (is(job, "print"))
		progress_set_badge(d->progress, &job->visit, PROGRESS_BADGE_TROUBLE, class);
	else if (is(job, "grant"))
		progress_set_doors(d->progress, &job->visit, PROGRESS_DOORS_TROUBLE, 0);
	else if (tells_host(job))
		progress_set_host(d->progress, &job->visit, PROGRESS_HOST_TROUBLE);
}

static void show_trouble(struct foyerd *d, const struct db_job *job, const json_t *result)
{
	const char *class = json_string_value(json_object_get(result, "class"));
	if (class != NULL)
		desk_job_show(d, job, class);
}

enum err_code desk_job_retry(
    struct foyerd *d, const struct db_job *job, const json_t *result, struct err *e)
{
	const char *class = json_string_value(json_object_get(result, "class"));
	show_trouble(d, job, result);
	if (is(job, "print") && !str_eq(class, "pending"))
		return desk_print_trouble(d, job, e);
	return ERR_OK;
}

enum err_code desk_job_decided(struct foyerd *d, const struct db_job *job, struct err *e)
{
	struct db_credential c;
	if (!is(job, "revoke") && !is(job, "grant"))
		return ERR_OK;
	enum err_code code = db_credential_get(d->book, &job->visit, &job->credential, &c, e);
	if (code != ERR_OK)
		return code;
	/* A right that is over does not come back to life: a new one does. */
	if (job->state == DB_JOB_READY && c.state == DB_CREDENTIAL_REVOKED)
		return desk_card_ours_again(d, &c, e);
	if (is(job, "grant"))
		return ERR_OK;
	if (job->state == DB_JOB_ACKNOWLEDGED && c.state == DB_CREDENTIAL_REVOKING)
		c.state = DB_CREDENTIAL_ACKNOWLEDGED;
	else if (job->state == DB_JOB_READY && c.state == DB_CREDENTIAL_ACKNOWLEDGED)
		c.state = DB_CREDENTIAL_REVOKING;
	else
		return ERR_OK;
	return db_credential_update(d->book, &c, e);
}

/* The controller holds somebody else's card under our number: nothing of ours is there, and there is nothing to withdraw. */
static enum err_code foreign_card(struct foyerd *d, const struct db_job *job, struct err *e)
{
	struct db_credential c;
	enum err_code code = db_credential_get(d->book, &job->visit, &job->credential, &c, e);
	if (code != ERR_OK || c.state == DB_CREDENTIAL_REVOKED)
		return code;
	c.state = DB_CREDENTIAL_REVOKED;
	c.read_back_ms = book_now(d->book);
	code = db_credential_update(d->book, &c, e);
	return code == ERR_OK ? desk_card_foreign(d, &c, e) : code;
}

/* What reception is told of a job in trouble: while it is tried again, and when that is over. */
static const struct {
	const char *kind, *late, *failed;
} reasons[] = {{"print", "badge-late", "badge-failed"}, {"grant", "doors-late", "doors-failed"},
    {"mail", "host-not-told", "host-not-told"}, {"revoke", "right-stays", "right-stays"}};
enum { REASONS = sizeof reasons / sizeof reasons[0] };

/* -1: nobody waits for it. */
static int reasons_of(const struct db_job *job)
{
	for (int i = 0; i < REASONS; i++)
		if (is(job, reasons[i].kind) && (!is(job, "mail") || tells_host(job)))
			return i;
	return -1;
}

static enum err_code row_open(
    struct foyerd *d, const struct db_job *job, const char *reason, struct err *e)
{
	struct desk_case c;
	bool told;
	enum err_code code = is_told(d, &job->visit, reason, &told, e);
	if (code != ERR_OK || told)
		return code;
	code = desk_case_load(d, &job->visit, NULL, book_now(d->book), &c, e);
	return code == ERR_OK ? desk_wait(d, &c, NULL, reason, e) : code;
}

/* Somebody at reception must see to it; unless it was overtaken while the courier had it. */
static enum err_code reception_tell(
    struct foyerd *d, const struct db_job *job, const char *class, struct err *e)
{
	int i = reasons_of(job);
	if (i < 0 || (is(job, "revoke") && str_eq(class, DESK_FOREIGN_CARD)))
		return ERR_OK;
	struct db_job now;
	enum err_code code = db_job_get(d->book, &job->id, &now, e);
	if (code != ERR_OK || now.superseded)
		return code;
	if (!str_eq(reasons[i].late, reasons[i].failed))
		code = settle_as(d, job, reasons[i].late, "it is not tried again by itself", e);
	return code == ERR_OK ? row_open(d, job, reasons[i].failed, e) : code;
}

/* One job a transaction: a visit that cannot be read hides no other. */
static void late_one(struct foyerd *d, struct db_job *job, const char *reason)
{
	struct err e;
	jobs_silence_take(d->jobs, job);
	if (job->class[0] == '\0' || str_eq(job->class, "pending"))
		return;
	desk_job_show(d, job, job->class);
	enum err_code code = foyerd_begin(d, &e);
	if (code == ERR_OK)
		code = foyerd_end(d, row_open(d, job, reason, &e), &e);
	if (code != ERR_OK)
		log_error("job of %s: telling reception: %s", job->destination, e.msg);
}

enum err_code desk_jobs_late(struct foyerd *d, struct err *e)
{
	struct db_job *jobs = mem_new(LATE_MOST, sizeof *jobs);
	enum err_code code = ERR_OK;
	for (int i = 0; i < REASONS && code == ERR_OK; i++) {
		const struct db_job_late v = {.kind = reasons[i].kind,
		    .reasons = {reasons[i].late, reasons[i].failed},
		    .before_ms = foyerd_now(d) - DESK_LATE_MS};
		int n = 0;
		code = db_job_list_late(d->book, &v, jobs, LATE_MOST, &n, e);
		for (int k = 0; k < n && code == ERR_OK; k++)
			late_one(d, &jobs[k], reasons[i].late);
	}
	free(jobs);
	return code;
}

enum err_code desk_job_failed(
    struct foyerd *d, const struct db_job *job, const json_t *result, struct err *e)
{
	const char *class = json_string_value(json_object_get(result, "class"));
	show_trouble(d, job, result);
	enum err_code code =
	    note(d, job, "job.failed", job->kind, class != NULL ? class : "unknown", e);
	if (code == ERR_OK && str_eq(class, DESK_FOREIGN_CARD))
		code = foreign_card(d, job, e);
	return code == ERR_OK ? reception_tell(d, job, class, e) : code;
}

enum err_code desk_job_held(struct foyerd *d, const struct db_job *job, struct err *e)
{
	desk_job_show(d, job, job->class);
	enum err_code code = note(d, job, "job.held", job->kind, job->class, e);
	return code == ERR_OK ? reception_tell(d, job, job->class, e) : code;
}
