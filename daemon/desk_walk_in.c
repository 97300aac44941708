#include "daemon/desk_walk_in.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"
#include "daemon/desk.h"
#include "db/journal.h"

/* Digits and what people put between them: ITU-T E.123. */
static bool is_phone(const char *s)
{
	size_t digits = 0;
	for (const char *p = s; *p != '\0'; p++) {
		if (*p >= '0' && *p <= '9')
			digits++;
		else if (strchr("+-/(). ", *p) == NULL)
			return false;
	}
	return digits >= 3 && digits <= 20;
}

static bool is_date(const char *s)
{
	int64_t ms;
	return strlen(s) == 10 && s[4] == '-' && zone_parse(&ms, s, 0, NULL) == ERR_OK;
}

static bool is_choice(const struct conf_field *f, const char *s)
{
	for (int i = 0; i < f->n_choices; i++) {
		if (strcmp(f->choices[i], s) == 0)
			return true;
	}
	return false;
}

static enum err_code check_value(const struct conf_field *f, const char *s, struct err *e)
{
	switch (f->kind) {
	case CONF_FIELD_TEXT: return ERR_OK;
	case CONF_FIELD_MAIL:
		return text_is_mail(s)
			   ? ERR_OK
			   : err_set(e, ERR_INPUT, "%s: must be a mail address", f->name);
	case CONF_FIELD_PHONE:
		return is_phone(s) ? ERR_OK
				   : err_set(e, ERR_INPUT, "%s: must be a phone number", f->name);
	case CONF_FIELD_DATE:
		return is_date(s)
			   ? ERR_OK
			   : err_set(e, ERR_INPUT, "%s: must be a date like 2026-11-23", f->name);
	case CONF_FIELD_PLATE:
		return strlen(s) <= 20
			   ? ERR_OK
			   : err_set(e, ERR_INPUT, "%s: must be a number plate", f->name);
	case CONF_FIELD_CHOICE:
		return is_choice(f, s)
			   ? ERR_OK
			   : err_set(e, ERR_INPUT, "%s: must be one of the choices", f->name);
	}
	return ERR_OK;
}

enum err_code desk_fields_read(
    struct desk_details *x, const json_t *fields, bool strict, struct err *e)
{
	struct json_reader r;
	enum err_code code = ERR_OK;
	json_t *none = NULL;
	if (fields == NULL)
		fields = none = json_object();
	json_read_begin(&r, fields, e);
	for (int i = 0; i < x->type->n_fields && code == ERR_OK; i++) {
		const struct conf_field *f = &x->type->fields[i];
		struct db_field *v = &x->fields[x->n_fields];
		*v = (struct db_field){.keep_ms = f->retention_ms};
		(void)str_copy(v->name, sizeof v->name, f->name);
		json_read_text(&r, f->name, JSON_OPTIONAL, v->value, sizeof v->value, TEXT_LINE);
		if (v->value[0] != '\0') {
			code = check_value(f, v->value, e);
			x->n_fields++;
		} else if (f->required && strict) {
			code = err_set(e, ERR_INPUT, "%s: is required", f->name);
		}
	}
	if (code == ERR_OK)
		code = json_read_end(&r);
	json_decref(none);
	return code;
}

enum err_code desk_host_read(struct foyerd *d, const char *text, struct db_host *h, struct err *e)
{
	struct uuid id;
	enum err_code code;
	if (uuid_parse(&id, text))
		code = db_host_get(d->book, &id, h, e);
	else if (strchr(text, '@') != NULL)
		code = db_host_by_mail(d->book, text, h, e);
	else
		code = db_host_by_uid(d->book, text, h, e);
	if (code == ERR_NOT_FOUND || code == ERR_CONFLICT || (code == ERR_OK && h->left_ms != 0))
		return err_set(e, ERR_INPUT,
		    "host: must be the id, uid or mail address of somebody who works here");
	return code;
}

enum err_code desk_visit_new(struct foyerd *d, const struct desk_details *x, struct db_visit *v,
    const char *actor, struct err *e)
{
	struct db_visitor visitor = x->visitor;
	enum err_code code = db_visitor_insert(d->book, &visitor, e);
	if (code != ERR_OK)
		return code;
	v->visitor = visitor.id;
	v->host = x->host.id;
	(void)str_copy(v->type, sizeof v->type, x->type->name);
	(void)str_copy(v->conf_hash, sizeof v->conf_hash, d->conf->hash);
	(void)str_copy(v->lang, sizeof v->lang, visitor.lang);
	code = db_visit_insert(d->book, v, e);
	for (int i = 0; code == ERR_OK && i < x->n_fields; i++)
		code = db_field_put(d->book, &v->id, &x->fields[i], e);
	if (code != ERR_OK)
		return code;
	struct db_journal_entry en = {.actor = actor,
	    .what = "visit.new",
	    .subject = v->id,
	    .fields = {{"name", visitor.name}, {"company", visitor.company}, {"host", x->host.name},
		{"type", v->type}},
	    .n_fields = 4};
	return db_journal_append(d->book, &en, NULL, e);
}
