#include "kiosk/visitor/api.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static char *finish(json_t *own_obj)
{
	char *line = json_print_line(own_obj);
	json_decref(own_obj);
	return line;
}

static void put(json_t *obj, const char *key, json_t *own_value)
{
	json_object_set_new(obj, key, own_value);
}

/* Any bytes: what is no UTF-8 becomes U+FFFD, and no pass holds that. */
static json_t *text(const char *s)
{
	json_t *v = json_string(s);
	if (v != NULL)
		return v;
	char clean[TEXT_SCAN_SZ * 3];
	if (text_clean(clean, sizeof clean, s, strlen(s), TEXT_CUT, NULL) != ERR_OK)
		clean[0] = '\0';
	return json_string(clean);
}

static json_t *id(const struct uuid *u)
{
	char s[UUID_TEXT_SZ];
	return json_string(uuid_print(s, u));
}

char *api_write_scan(const struct uuid *flow, const char *scan, enum api_source source)
{
	static const char *const sources[] = {"camera", "wedge", "typed"};
	json_t *o = json_object();
	put(o, "text", text(scan));
	put(o, "source", json_string(sources[source]));
	put(o, "flow", id(flow));
	return finish(o);
}

static json_t *walk_in(const struct api_walk_in *w)
{
	json_t *o = json_object(), *fields = json_object();
	put(o, "type", text(w->type));
	put(o, "name", text(w->name));
	put(o, "company", text(w->company));
	if (!uuid_is_nil(&w->host))
		put(o, "host", id(&w->host));
	for (int i = 0; i < w->n_fields; i++)
		put(fields, w->fields[i].name, text(w->fields[i].value));
	put(o, "fields", fields);
	return o;
}

/* Whole or not at all: half a document reads as another one. */
static json_t *document(const char *scanned)
{
	json_t *o = json_object(), *whole = scanned[0] != '\0' ? json_string(scanned) : NULL;
	if (whole != NULL)
		put(o, "text", whole);
	else
		put(o, "none", json_true());
	return o;
}

char *api_write_checkin(const struct api_checkin_ask *a)
{
	json_t *o = json_object();
	put(o, "flow", id(&a->flow));
	put(o, "lang", json_string(a->lang));
	if (a->pass != NULL)
		put(o, "pass", text(a->pass));
	else
		put(o, "walk_in", walk_in(a->walk_in));
	if (a->agreement != NULL) {
		json_t *g = json_object();
		put(g, "name", text(a->agreement->name));
		put(g, "version", text(a->agreement->version));
		put(g, "lang", text(a->agreement->lang));
		put(g, "accepted", json_boolean(a->accepted));
		put(o, "agreement", g);
	}
	if (a->document != NULL)
		put(o, "document", document(a->document));
	return finish(o);
}

char *api_write_signout(const struct uuid *flow, const char *pass, bool coming_back)
{
	json_t *o = json_object();
	put(o, "flow", id(flow));
	put(o, "pass", text(pass));
	put(o, "coming_back", json_boolean(coming_back));
	return finish(o);
}

char *api_write_waiting(const struct uuid *flow, const char *reason, const char *screen)
{
	json_t *o = json_object();
	put(o, "flow", id(flow));
	put(o, "reason", json_string(reason));
	put(o, "screen", json_string(screen));
	return finish(o);
}

char *api_write_state(const struct api_state *s)
{
	json_t *o = json_object(), *readers = json_array();
	put(o, "camera", json_string(s->camera));
	put(o, "screen", json_string(s->busy ? "busy" : "idle"));
	put(o, "size", json_sprintf("%dx%d", s->cols, s->rows));
	for (int i = 0; i < s->n_readers; i++) {
		json_t *one = json_object();
		put(one, "name", text(s->readers[i].name));
		put(one, "state", json_string(s->readers[i].there ? "ok" : "gone"));
		json_array_append_new(readers, one);
	}
	put(o, "readers", readers);
	return finish(o);
}

void api_free_body(char *own_body)
{
	if (own_body == NULL)
		return;
	explicit_bzero(own_body, strlen(own_body));
	free(own_body);
}
