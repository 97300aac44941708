#include "daemon/desk_json.h"

#include <string.h>

#include "base/str.h"
#include "daemon/desk_document.h"
#include "daemon/jobs.h"
#include "daemon/routes.h"
#include "db/agreement.h"
#include "db/credential.h"
#include "db/field.h"
#include "db/job.h"
#include "db/staff.h"
#include "db/waiting.h"
#include "pass/token.h"

enum { MOST = 64 /* rows of one kind shown with a visit */ };

enum err_code desk_self(const struct request *rq, struct db_host *self, struct err *e)
{
	*self = (struct db_host){0};
	if (rq->actor.kiosk != NULL)
		return ERR_OK;
	enum err_code code = db_host_by_uid(rq->d->book, rq->actor.user, self, e);
	return code == ERR_NOT_FOUND ? ERR_OK : code;
}

bool desk_sees_all(const struct request *rq)
{
	return actor_is(&rq->actor, rq->route->roles & ~(ROLE(HOST) | ROLE(KIOSK)));
}

bool desk_may_see(const struct request *rq, const struct db_visit *v, const struct db_host *self)
{
	if (desk_sees_all(rq))
		return true;
	return !uuid_is_nil(&self->id) && uuid_eq(&v->host, &self->id);
}

json_t *desk_json_visit(const struct db_visit_item *item)
{
	char id[UUID_TEXT_SZ], number[DESK_NUMBER_SZ];
	const struct db_visit *v = &item->visit;
	return json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:b, s:b, s:s, s:s, s:s}",
	    "id", uuid_print(id, &v->id), "number", desk_number(number, v->number), "name",
	    item->name, "company", item->company, "host", item->host_name, "type", v->type, "state",
	    visit_state_name((enum visit_state)v->state), "from_ms", (json_int_t)v->from_ms,
	    "until_ms", (json_int_t)v->until_ms, "in_ms", (json_int_t)item->in_ms, "out_ms",
	    (json_int_t)item->out_ms, "escort", (int)v->escort, "late", (int)v->late,
	    "authorised_by", v->authorised_ref, "doors", db_doors_name(item->doors), "badge",
	    db_print_name(item->badge));
}

static enum err_code add_fields(
    struct foyerd *d, const struct uuid *visit, json_t *obj, struct err *e)
{
	struct db_field f[CONF_FIELDS];
	int n = 0;
	json_t *list = json_object();
	enum err_code code = db_field_list(d->book, visit, f, CONF_FIELDS, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		json_object_set_new(list, f[i].name, json_string(f[i].value));
	json_object_set_new(obj, "fields", list);
	return code;
}

static enum err_code add_stays(
    struct foyerd *d, const struct uuid *visit, json_t *obj, struct err *e)
{
	struct db_stay s[MOST];
	int n = 0;
	json_t *list = json_array();
	enum err_code code = db_stay_list(d->book, visit, s, MOST, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:I, s:I, s:s, s:s, s:s}", "in_ms", (json_int_t)s[i].in_ms,
			      "out_ms", (json_int_t)s[i].out_ms, "in_how", db_how_name(s[i].in_how),
			      "out_how", db_how_name(s[i].out_how), "kiosk", s[i].in_kiosk));
	json_object_set_new(obj, "stays", list);
	return code;
}

static enum err_code add_credentials(
    const struct request *rq, const struct uuid *visit, json_t *obj, struct err *e)
{
	bool number = actor_is(&rq->actor, ROLE(MANAGER) | ROLE(SUPERVISOR) | ROLE(DESK));
	struct db_credential c[MOST];
	int n = 0;
	json_t *list = json_array();
	enum err_code code = db_credential_list(rq->d->book, visit, c, MOST, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:I, s:s, s:I, s:I, s:I}", "controller", c[i].controller,
			"card", (json_int_t)(number ? c[i].card : 0), "state",
			db_credential_state_name(c[i].state), "right_until_ms",
			(json_int_t)c[i].right_until_ms, "granted_ms", (json_int_t)c[i].granted_ms,
			"read_back_ms", (json_int_t)c[i].read_back_ms));
	json_object_set_new(obj, "credentials", list);
	return code;
}

static enum err_code add_badges(
    struct foyerd *d, const struct db_visit *v, json_t *obj, struct err *e)
{
	struct db_badge g[MOST];
	char title[DESK_NUMBER_SZ];
	int n = 0;
	json_t *list = json_array();
	enum err_code code = db_badge_list(d->book, &v->id, g, MOST, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:i, s:s, s:s, s:b, s:I, s:I, s:I}", "title",
			      desk_title(title, v->number, g[i].copy), "copy", g[i].copy, "printer",
			      g[i].printer, "daymark", g[i].daymark, "escort", (int)g[i].escort,
			      "issued_ms", (json_int_t)g[i].issued_ms, "printed_ms",
			      (json_int_t)g[i].printed_ms, "withdrawn_ms",
			      (json_int_t)g[i].withdrawn_ms));
	json_object_set_new(obj, "badges", list);
	return code;
}

static enum err_code add_signatures(
    struct foyerd *d, const struct uuid *visit, json_t *obj, struct err *e)
{
	struct db_signature s[MOST];
	int n = 0;
	json_t *list = json_array();
	enum err_code code = db_signature_list(d->book, visit, s, MOST, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:I}", "agreement", s[i].agreement, "version",
			s[i].hash, "lang", s[i].lang, "signed_ms", (json_int_t)s[i].signed_ms));
	json_object_set_new(obj, "signatures", list);
	return code;
}

static enum err_code add_jobs(
    struct foyerd *d, const struct uuid *visit, json_t *obj, struct err *e)
{
	struct db_job *j = mem_new(MOST, sizeof *j);
	char id[UUID_TEXT_SZ];
	int n = 0;
	json_t *list = json_array();
	enum err_code code = db_job_list_visit(d->book, visit, j, MOST, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		jobs_silence_take(d->jobs, &j[i]);
	for (int i = 0; code == ERR_OK && i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:I, s:I}", "id",
			      uuid_print(id, &j[i].id), "kind", j[i].kind, "destination",
			      j[i].destination, "state", db_job_state_name(j[i].state), "attempts",
			      j[i].attempts, "class", j[i].class, "reason", j[i].reason, "remedy",
			      j[i].remedy, "since_ms", (json_int_t)j[i].since_ms, "next_ms",
			      (json_int_t)j[i].not_before_ms));
	json_object_set_new(obj, "jobs", list);
	free(j);
	return code;
}

/* What was the matter with somebody's document is for reception; others hear that it was the document. */
static const char *reason_for(const struct request *rq, const char *word)
{
	return str_starts(word, DESK_ID_REASON) && !desk_sees_documents(rq)
		   ? visit_wait_name(VISIT_WAIT_ID)
		   : word;
}

static enum err_code add_waiting(
    const struct request *rq, const struct uuid *visit, json_t *obj, struct err *e)
{
	struct db_waiting w[MOST];
	char id[UUID_TEXT_SZ];
	int n = 0;
	json_t *list = json_array();
	enum err_code code = db_waiting_list_visit(rq->d->book, visit, w, MOST, &n, e);
	for (int i = 0; code == ERR_OK && i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:I, s:I, s:s}", "id", uuid_print(id, &w[i].id),
			"reason", reason_for(rq, w[i].reason), "kiosk", w[i].kiosk, "since_ms",
			(json_int_t)w[i].since_ms, "resolved_ms", (json_int_t)w[i].resolved_ms,
			"resolution", w[i].resolution));
	json_object_set_new(obj, "waiting", list);
	return code;
}

/* What the house knows about the visit beyond its rows: who stands behind it by name, and what is still unsigned. */
static enum err_code add_standing(
    const struct request *rq, const struct uuid *visit, json_t *obj, struct err *e)
{
	struct desk_case c;
	struct db_staff who = {0};
	struct uuid id;
	enum err_code code = desk_case_load(rq->d, visit, NULL, rq->now_ms, &c, e);
	if (code != ERR_OK)
		return code;
	if (str_starts(c.visit.authorised_ref, "staff:") &&
	    uuid_parse(&id, c.visit.authorised_ref + strlen("staff:")))
		code = db_staff_get(rq->d->book, &id, &who, e);
	if (code != ERR_OK && code != ERR_NOT_FOUND)
		return code;
	json_object_set_new(obj, "authorised_name", json_string(who.user));
	json_object_set_new(obj, "agreement_missing", json_string(c.agreement));
	return ERR_OK;
}

enum err_code desk_json_whole(
    const struct request *rq, const struct uuid *visit, json_t **own_obj, struct err *e)
{
	struct foyerd *d = rq->d;
	struct db_visit_item item;
	*own_obj = NULL;
	enum err_code code = db_visit_item(d->book, visit, &item, e);
	if (code != ERR_OK)
		return code;
	json_t *obj = desk_json_visit(&item);
	code = add_standing(rq, visit, obj, e);
	if (code == ERR_OK)
		code = add_fields(d, visit, obj, e);
	if (code == ERR_OK)
		code = add_stays(d, visit, obj, e);
	if (code == ERR_OK)
		code = add_credentials(rq, visit, obj, e);
	if (code == ERR_OK)
		code = add_badges(d, &item.visit, obj, e);
	if (code == ERR_OK)
		code = add_signatures(d, visit, obj, e);
	if (code == ERR_OK)
		code = add_jobs(d, visit, obj, e);
	if (code == ERR_OK)
		code = add_waiting(rq, visit, obj, e);
	if (code == ERR_OK && desk_sees_documents(rq))
		code = desk_json_documents(rq, visit, obj, e);
	if (code != ERR_OK) {
		json_decref(obj);
		return code;
	}
	*own_obj = obj;
	return ERR_OK;
}

enum err_code desk_json_invitation(
    struct foyerd *d, const struct desk_case *c, const char *mail, json_t **own_obj, struct err *e)
{
	char pass[PASS_TEXT_SZ], id[UUID_TEXT_SZ], visit[UUID_TEXT_SZ], number[DESK_NUMBER_SZ];
	*own_obj = NULL;
	enum err_code code = desk_invitation_pass(d, &c->visit, &c->invitation, pass, e);
	if (code != ERR_OK)
		return code;
	*own_obj = json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s}", "id",
	    uuid_print(id, &c->invitation.id), "visit", uuid_print(visit, &c->visit.id), "number",
	    desk_number(number, c->visit.number), "pass", pass, "code", c->invitation.code,
	    "from_ms", (json_int_t)c->visit.from_ms, "until_ms", (json_int_t)c->visit.until_ms,
	    "name", c->visitor.name, "company", c->visitor.company, "host",
	    c->has_host ? c->host.name : "", "type", c->visit.type, "lang", c->visitor.lang,
	    "state", visit_state_name((enum visit_state)c->visit.state), "cancelled_ms",
	    (json_int_t)c->invitation.cancelled_ms, "mail", mail);
	if (c->type != NULL && c->type->id == CONF_ID_REQUIRED)
		json_object_set_new(*own_obj, "document", json_true());
	explicit_bzero(pass, sizeof pass);
	return ERR_OK;
}
