#include "kiosk/visitor/calls.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "kiosk/visitor/screen.h"

enum { ANSWER_MS = 1800 }; /* within two seconds a visitor sees that something is amiss */

static char *write_checkin(const struct flow *f)
{
	const struct flow_visitor *v = &f->v;
	const struct api_type *type = flow_type(f);
	struct api_walk_in w = {.type = type != NULL ? type->name : "",
	    .name = v->name.text,
	    .company = v->company.text,
	    .host = v->host};
	for (int i = 0; type != NULL && i < type->n_fields; i++) {
		const char *value = v->fields[i].text;
		if (type->fields[i].kind == API_FIELD_CHOICE)
			value = v->choice[i] >= 0 ? type->fields[i].choices[v->choice[i]] : "";
		if (value[0] == '\0')
			continue;
		w.fields[w.n_fields].name = type->fields[i].name;
		w.fields[w.n_fields++].value = value;
	}
	return api_write_checkin(&(struct api_checkin_ask){
	    .flow = v->id,
	    .lang = f->lang,
	    .pass = v->by_pass ? v->pass : NULL,
	    .walk_in = &w,
	    .agreement = v->has_agreement ? &v->agreement : NULL,
	    .accepted = v->accepted,
	    .document = v->document_none || v->document[0] != '\0' ? v->document : NULL,
	});
}

static void target_hosts(struct call_words *w, const struct flow *f)
{
	char flow[UUID_TEXT_SZ];
	str_copy(w->target, sizeof w->target, "/v1/hosts");
	client_target_add(w->target, "q", f->v.asked);
	client_target_add(w->target, "flow", uuid_print(flow, &f->v.id));
}

static void target_agreement(struct call_words *w, const struct flow *f)
{
	const struct api_type *type = flow_type(f);
	str_print(w->target, sizeof w->target, "/v1/agreements/%s",
	    f->v.by_pass   ? f->v.scan.agreement
	    : type != NULL ? type->agreement
			   : "");
	client_target_add(w->target, "lang", f->lang);
}

void call_write(struct call_words *w, const struct flow *f, enum flow_call_kind kind)
{
	*w = (struct call_words){.method = "POST", .timeout_ms = ANSWER_MS};
	switch (kind) {
	case FLOW_CALL_SCAN:
		str_copy(w->target, sizeof w->target, "/v1/scan");
		w->own_body = api_write_scan(&f->v.id, f->v.pass, f->v.source);
		break;
	case FLOW_CALL_HOSTS:
		w->method = "GET";
		target_hosts(w, f);
		break;
	case FLOW_CALL_AGREEMENT:
		w->method = "GET";
		target_agreement(w, f);
		break;
	case FLOW_CALL_CHECKIN:
		str_copy(w->target, sizeof w->target, "/v1/checkins");
		w->own_body = write_checkin(f);
		uuid_print(w->key, &f->v.key);
		break;
	case FLOW_CALL_SIGNOUT:
		str_copy(w->target, sizeof w->target, "/v1/signouts");
		w->own_body = api_write_signout(&f->v.id, f->v.pass, f->v.coming_back);
		uuid_print(w->key, &f->v.key);
		break;
	case FLOW_CALL_WAITING:
		str_copy(w->target, sizeof w->target, "/v1/waiting");
		w->own_body = api_write_waiting(&f->v.id, "help", screen_of(f->v.help_from)->name);
		uuid_print(w->key, &f->v.help_key);
		break;
	case FLOW_CALL_NONE: log_bug("a call of no kind");
	}
}

void call_words_fini(struct call_words *w)
{
	api_free_body(w->own_body);
	explicit_bzero(w, sizeof *w);
}

static enum err_code read_body(struct flow_answer *a, const json_t *j, struct err *e)
{
	switch (a->kind) {
	case FLOW_CALL_SCAN: return api_read_scan(&a->u.scan, j, e);
	case FLOW_CALL_HOSTS: return api_read_hosts(&a->u.hosts, j, e);
	case FLOW_CALL_AGREEMENT: return api_read_agreement(&a->u.agreement, j, e);
	case FLOW_CALL_CHECKIN: return api_read_checkin(&a->u.checkin, j, e);
	case FLOW_CALL_SIGNOUT: return api_read_signout(&a->u.signout, j, e);
	case FLOW_CALL_WAITING: return api_read_waiting(a->u.reception, j, e);
	case FLOW_CALL_NONE: break;
	}
	return ERR_BUG;
}

void call_read(struct flow_answer *a, enum flow_call_kind kind, const struct client_answer *from)
{
	struct err e = {0};
	explicit_bzero(a, sizeof *a);
	a->kind = kind;
	if (from->code != ERR_OK) {
		a->result =
		    FLOW_AGAIN; /* also torn or garbled: the change may have been made, so it is asked for again */
	} else if (from->status >= 500) {
		a->result = FLOW_NOT_NOW;
		api_read_refusal(&a->refusal, from->json);
	} else if (from->status >= 200 && from->status < 300) {
		a->result = FLOW_DONE;
		if (read_body(a, from->json, &e) != ERR_OK) {
			log_error("foyerd's answer to call %d: %s", (int)kind, e.msg);
			a->result = FLOW_AGAIN; /* the change was made: a better answer may come */
		}
	} else if (from->status == 429) {
		a->result = FLOW_LIMIT;
	} else if (from->status == 404 || from->status == 409 || from->status == 422) {
		a->result = FLOW_REFUSED;
		api_read_refusal(&a->refusal, from->json);
	} else if (from->status == 400 && kind == FLOW_CALL_SCAN) {
		a->result = FLOW_REFUSED; /* nothing that foyerd could take as a pass */
		str_copy(a->refusal.word, sizeof a->refusal.word, "not-a-pass");
	} else {
		log_error("foyerd answered %d to call %d", from->status, (int)kind);
		a->result = FLOW_BROKEN;
	}
}
