#include "daemon/compose.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/desk.h"

struct facts {
	char template[TEXT_WORD_SZ];
	struct uuid host; /* nil: to the visitor */
};

static enum err_code facts_read(const struct db_job *job, struct facts *f, struct err *e)
{
	json_t *obj = NULL;
	char host[UUID_TEXT_SZ] = "";
	*f = (struct facts){0};
	enum err_code code =
	    json_parse_object(&obj, job->facts, strlen(job->facts), sizeof job->facts, e);
	if (code != ERR_OK)
		return code;
	struct json_reader r;
	json_read_begin(&r, obj, e);
	json_read_text(&r, "template", JSON_REQUIRED, f->template, sizeof f->template, TEXT_STRICT);
	json_read_text(&r, "host", JSON_OPTIONAL, host, sizeof host, TEXT_STRICT);
	code = json_read_end(&r);
	json_decref(obj);
	if (code == ERR_OK && host[0] != '\0' && !uuid_parse(&f->host, host))
		return err_set(e, ERR_CORRUPT, "facts of a mail job: host is no id");
	return code;
}

/* The part of an address behind the @; the name space of the ids that we give to messages and calendar objects. */
static const char *domain(const struct conf *conf)
{
	const char *at = strchr(conf->mail.from, '@');
	return at != NULL ? at + 1 : "foyer.invalid";
}

static json_t *person(const char *name, const char *mail)
{
	return json_pack("{s:s, s:s}", "name", name, "mail", mail);
}

static json_t *vars(
    const struct foyerd *d, const struct desk_case *c, const char *lang, int64_t at_ms)
{
	char from[ZONE_TEXT_SZ], until[ZONE_TEXT_SZ], arrived[ZONE_TEXT_SZ], number[DESK_NUMBER_SZ];
	const struct conf_kiosk *k = conf_kiosk_find(d->conf, c->visit.kiosk);
	if (k == NULL && d->conf->n_kiosks > 0)
		k = &d->conf->kiosks[0];
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "visitor",
	    c->visitor.name, "company", c->visitor.company, "host", c->has_host ? c->host.name : "",
	    "site", d->conf->site.name, "place", k != NULL ? k->place : "", "from",
	    zone_print(from, c->visit.from_ms, ZONE_BOTH), "until",
	    zone_print(until, c->visit.until_ms, ZONE_BOTH), "type",
	    c->type != NULL ? conf_text_in(&c->type->label, lang) : "", "number",
	    desk_number(number, c->visit.number), "reception", d->conf->site.reception, "arrived",
	    zone_print(arrived, at_ms, ZONE_HHMM), "privacy",
	    conf_text_in(&d->conf->site.data_notice, lang));
}

static json_t *calendar(const struct foyerd *d, const struct desk_case *c, bool cancel)
{
	char uid[UUID_TEXT_SZ + TEXT_MAIL_SZ], id[UUID_TEXT_SZ];
	(void)str_print(uid, sizeof uid, "%s@%s", uuid_print(id, &c->visit.id), domain(d->conf));
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:o, s:o}", "method",
	    cancel ? "CANCEL" : "REQUEST", "uid", uid, "sequence",
	    (json_int_t)c->invitation.sequence, "start_ms", (json_int_t)c->visit.from_ms, "end_ms",
	    (json_int_t)c->visit.until_ms, "summary", d->conf->site.name, "location",
	    d->conf->site.name, "organizer", person(d->conf->mail.from_name, d->conf->mail.from),
	    "attendee", person(c->visitor.name, c->visitor.mail));
}

/* A notice may have waited for a mail server: what is true of the visit now, whatever was to be told then. False: nothing. */
static bool host_notice(const struct desk_case *c, const struct facts *f, enum desk_notice *what)
{
	bool asked = str_eq(f->template, desk_notice_template(DESK_HOST_APPROVAL));
	switch (c->visit.state) {
	case DB_VISIT_EXPECTED:
	case DB_VISIT_WAITING:
	case DB_VISIT_INSIDE:
		*what = c->facts.authorised ? DESK_HOST_ARRIVAL : DESK_HOST_APPROVAL;
		return c->facts.authorised || asked; /* else the permission was taken back */
	case DB_VISIT_OUT:
	case DB_VISIT_ENDED: *what = DESK_HOST_MISSED; return true;
	case DB_VISIT_CANCELLED:
	case DB_VISIT_REFUSED: break;
	}
	return false;
}

/* When a guest who is gone was here. */
static enum err_code add_stay(struct foyerd *d, const struct desk_case *c, json_t *v, struct err *e)
{
	enum { STAYS = 64 };
	struct db_stay s[STAYS];
	char at[ZONE_TEXT_SZ];
	int n = 0;
	enum err_code code = db_stay_list(d->book, &c->visit.id, s, STAYS, &n, e);
	if (code != ERR_OK || n == 0)
		return code;
	json_object_set_new(v, "arrived", json_string(zone_print(at, s[0].in_ms, ZONE_BOTH)));
	json_object_set_new(v, "left", json_string(zone_print(at, s[n - 1].out_ms, ZONE_BOTH)));
	return ERR_OK;
}

/* To a host: the directory's address, in the host's language. */
static enum err_code to_host(struct foyerd *d, const struct desk_case *c, const struct facts *f,
    int64_t at_ms, json_t *line, enum compose_fate *fate, struct err *e)
{
	struct db_host h;
	enum desk_notice what;
	enum err_code code = db_host_get(d->book, &f->host, &h, e);
	if (code == ERR_NOT_FOUND ||
	    (code == ERR_OK && (h.mail[0] == '\0' || !host_notice(c, f, &what)))) {
		*fate = COMPOSE_DROP;
		return ERR_OK;
	}
	if (code != ERR_OK)
		return code;
	const char *lang = h.lang[0] != '\0' ? h.lang : d->conf->site.langs[0];
	json_t *v = vars(d, c, lang, at_ms);
	json_object_set_new(line, "template", json_string(desk_notice_template(what)));
	json_object_set_new(line, "lang", json_string(lang));
	json_object_set_new(line, "to", person(h.name, h.mail));
	json_object_set_new(line, "vars", v);
	return what == DESK_HOST_MISSED ? add_stay(d, c, v, e) : ERR_OK;
}

/* Whether there was a mail to the visitor that did not go: then there is nothing to take back. */
static enum err_code invitation_unsent(
    struct foyerd *d, const struct uuid *visit, bool *unsent, struct err *e)
{
	enum { JOBS = 64 };
	struct db_job *jobs = mem_new(JOBS, sizeof *jobs);
	int n = 0, made = 0, sent = 0;
	enum err_code code = db_job_list_visit(d->book, visit, jobs, JOBS, &n, e);
	for (int i = 0; i < n; i++) {
		struct facts f;
		if (!str_eq(jobs[i].kind, "mail") || facts_read(&jobs[i], &f, NULL) != ERR_OK ||
		    !str_eq(f.template, desk_notice_template(DESK_INVITATION)))
			continue;
		made++;
		sent += jobs[i].state == DB_JOB_DONE;
	}
	free(jobs);
	*unsent = made > 0 && sent == 0;
	return code;
}

/* To the visitor: the address that the inviter gave, in the visitor's language. */
static enum err_code to_visitor(struct foyerd *d, const struct desk_case *c, bool cancel,
    int64_t at_ms, json_t *line, enum compose_fate *fate, struct err *e)
{
	bool holds = cancel ? c->visit.state == DB_VISIT_CANCELLED : c->visit.closed_ms == 0;
	bool unsent = false;
	enum err_code code = cancel ? invitation_unsent(d, &c->visit.id, &unsent, e) : ERR_OK;
	if (code != ERR_OK)
		return code;
	if (c->visitor.mail[0] == '\0' || !holds || unsent) {
		*fate = COMPOSE_DROP;
		return ERR_OK;
	}
	const char *lang = c->visitor.lang[0] != '\0' ? c->visitor.lang : d->conf->site.langs[0];
	json_object_set_new(line, "lang", json_string(lang));
	json_object_set_new(line, "to", person(c->visitor.name, c->visitor.mail));
	json_t *v = vars(d, c, lang, at_ms);
	/* The secret goes to its owner alone. */
	if (!cancel && c->has_invitation)
		json_object_set_new(v, "code", json_string(c->invitation.code));
	if (c->type != NULL && c->type->id == CONF_ID_REQUIRED)
		json_object_set_new(v, "document", json_string("yes"));
	json_object_set_new(line, "vars", v);
	json_object_set_new(line, "ical", calendar(d, c, cancel));
	if (cancel)
		return ERR_OK;
	char pass[PASS_TEXT_SZ];
	code = desk_invitation_pass(d, &c->visit, &c->invitation, pass, e);
	if (code == ERR_OK)
		json_object_set_new(line, "pass", json_string(pass));
	explicit_bzero(pass, sizeof pass);
	return code;
}

enum err_code compose_mail(struct foyerd *d, const struct db_job *job, json_t **own_line,
    enum compose_fate *fate, struct err *e)
{
	struct facts f;
	struct desk_case c;
	enum err_code code = facts_read(job, &f, e);
	if (code == ERR_OK)
		code = desk_case_load(d, &job->visit, NULL, foyerd_now(d), &c, e);
	if (code != ERR_OK)
		return code;
	if (c.visitor.erased_ms != 0) {
		*fate = COMPOSE_DROP;
		return ERR_OK;
	}
	char id[UUID_TEXT_SZ], message_id[UUID_TEXT_SZ + TEXT_MAIL_SZ];
	(void)str_print(
	    message_id, sizeof message_id, "<%s@%s>", uuid_print(id, &job->id), domain(d->conf));
	json_t *line = json_pack("{s:s, s:s, s:I}", "template", f.template, "message_id",
	    message_id, "date_ms", (json_int_t)job->created_ms);
	if (!uuid_is_nil(&f.host))
		code = to_host(d, &c, &f, job->created_ms, line, fate, e);
	else
		code = to_visitor(d, &c,
		    str_eq(f.template, desk_notice_template(DESK_INVITATION_CANCELLED)),
		    job->created_ms, line, fate, e);
	if (code != ERR_OK || *fate == COMPOSE_DROP) {
		json_decref(line);
		return code;
	}
	*own_line = line;
	return ERR_OK;
}
