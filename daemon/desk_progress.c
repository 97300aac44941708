#include "daemon/desk_progress.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "daemon/progress.h"
#include "db/idempotency.h"
#include "db/job.h"
#include "db/visits.h"

enum { JOBS = 64 /* of one visit: as many as staff are shown */ };

static enum progress_badge badge_of(enum db_print p)
{
	switch (p) {
	case DB_PRINT_NONE: return PROGRESS_BADGE_NONE;
	case DB_PRINT_PRINTING: return PROGRESS_BADGE_PRINTING;
	case DB_PRINT_PRINTED: return PROGRESS_BADGE_PRINTED;
	case DB_PRINT_TROUBLE: return PROGRESS_BADGE_TROUBLE;
	}
	return PROGRESS_BADGE_NONE;
}

static enum progress_doors doors_of(enum db_doors p)
{
	switch (p) {
	case DB_DOORS_NONE: return PROGRESS_DOORS_NONE;
	case DB_DOORS_PENDING: return PROGRESS_DOORS_PENDING;
	case DB_DOORS_OPEN: return PROGRESS_DOORS_OPEN;
	case DB_DOORS_WITHDRAWN: return PROGRESS_DOORS_WITHDRAWN;
	case DB_DOORS_TROUBLE: return PROGRESS_DOORS_TROUBLE;
	}
	return PROGRESS_DOORS_NONE;
}

static enum progress_host host_of(const struct db_job *mail)
{
	bool over = mail->state == DB_JOB_FAILED || mail->state == DB_JOB_HELD ||
		    mail->state == DB_JOB_DROPPED || mail->state == DB_JOB_ACKNOWLEDGED;
	if (mail->state == DB_JOB_DONE)
		return PROGRESS_HOST_SENT;
	return over || mail->class[0] != '\0' ? PROGRESS_HOST_TROUBLE : PROGRESS_HOST_SENDING;
}

/* The newest print and the newest mail to the host speak. */
static enum err_code jobs_look(
    struct foyerd *d, const struct uuid *visit, struct progress_state *s, struct err *e)
{
	struct db_job *jobs = mem_new(JOBS, sizeof *jobs);
	int n = 0;
	enum err_code code = db_job_list_visit(d->book, visit, jobs, JOBS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++) {
		if (str_eq(jobs[i].kind, "print") && s->badge == PROGRESS_BADGE_TROUBLE)
			(void)str_copy(s->badge_reason, sizeof s->badge_reason, jobs[i].class);
		if (str_eq(jobs[i].kind, "mail") && strstr(jobs[i].facts, "\"host-") != NULL)
			s->host = host_of(&jobs[i]);
	}
	free(jobs);
	return code;
}

static enum err_code state_now(
    struct foyerd *d, const struct uuid *visit, struct progress_state *s, struct err *e)
{
	struct db_visit_item item;
	enum err_code code = db_visit_item(d->book, visit, &item, e);
	if (code != ERR_OK)
		return code;
	*s = (struct progress_state){.badge = badge_of(item.badge),
	    .doors = doors_of(item.doors),
	    .until_ms = item.visit.until_ms};
	return jobs_look(d, visit, s, e);
}

/* The visit that the token was given out for, and when. */
static enum err_code given(struct foyerd *d, const char *actor, const char *token,
    struct uuid *visit, int64_t *at_ms, struct err *e)
{
	char words[PROGRESS_TOKEN_SZ + 16];
	struct db_answer a;
	(void)str_print(words, sizeof words, "\"progress\":\"%s\"", token);
	const struct db_answer_query q = {
	    .actor = actor, .words = words, .since_ms = foyerd_now(d) - PROGRESS_LIFE_MS};
	enum err_code code = db_idempotency_find(d->book, &q, &a, at_ms, e);
	if (code != ERR_OK)
		return code;
	json_t *obj = json_loads(a.own_text, 0, NULL);
	const char *id = json_string_value(json_object_get(obj, "visit"));
	if (id == NULL || !uuid_parse(visit, id))
		code = err_set(e, ERR_NOT_FOUND, "that answer names no visit");
	json_decref(obj);
	free(a.own_text);
	return code;
}

enum err_code desk_progress_restore(
    struct foyerd *d, const char *actor, const char *token, struct err *e)
{
	struct progress_state s;
	struct uuid visit;
	int64_t at_ms = 0;
	if (d->closed || d->book == NULL || strlen(token) != PROGRESS_TOKEN_SZ - 1 ||
	    strspn(token, "0123456789abcdef") != PROGRESS_TOKEN_SZ - 1)
		return err_set(e, ERR_NOT_FOUND, "nobody knows this token");
	enum err_code code = given(d, actor, token, &visit, &at_ms, e);
	if (code == ERR_OK)
		code = state_now(d, &visit, &s, e);
	if (code != ERR_OK)
		return code;
	if (!progress_reopen(
		d->progress, &visit, &s, clock_mono(&d->clock) - (foyerd_now(d) - at_ms), token))
		return err_set(e, ERR_NOT_FOUND, "there is a newer token");
	return ERR_OK;
}
