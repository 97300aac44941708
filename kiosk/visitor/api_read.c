#include "kiosk/visitor/api.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"

static const int64_t TIME_MAX = 253402300799999; /* the end of the year 9999 */

const char *api_text_in(const struct api_text *t, const char *lang)
{
	for (int i = 0; i < t->n; i++)
		if (str_eq(t->of[i].lang, lang))
			return t->of[i].text;
	for (int i = 0; i < t->n; i++)
		if (str_eq(t->of[i].lang, "en"))
			return t->of[i].text;
	return t->n > 0 ? t->of[0].text : "";
}

const char *api_privacy_in(const struct api_kiosk *k, const char *lang)
{
	int first_en = 0;
	for (int i = 0; i < k->n_privacy; i++) {
		if (str_eq(k->privacy[i].lang, lang))
			return k->privacy[i].text;
		if (str_eq(k->privacy[i].lang, "en"))
			first_en = i;
	}
	return k->n_privacy > 0 ? k->privacy[first_en].text : "";
}

/* A word out of a list; anything else is `other`. */
static int word_at(const char *word, const char *const *words, int n, int other)
{
	for (int i = 0; i < n; i++)
		if (str_eq(word, words[i]))
			return i;
	return other;
}

/* {"en":"…","de":"…"} */
static void read_text(struct json_reader *r, const char *key, struct api_text *t)
{
	const json_t *obj = NULL;
	const char *lang;
	json_t *value;
	if (!json_read_object(r, key, JSON_OPTIONAL, &obj))
		return;
	json_object_foreach((json_t *)(uintptr_t)obj, lang, value)
	{
		const char *s = json_string_value(value);
		if (t->n == API_LANGS || s == NULL ||
		    !str_copy(t->of[t->n].lang, TEXT_LANG_SZ, lang))
			continue;
		if (text_clean(t->of[t->n].text, TEXT_FIELD_SZ, s, strlen(s), TEXT_CUT, NULL) ==
		    ERR_OK)
			t->n++;
	}
}

static void read_privacy(struct json_reader *r, struct api_kiosk *k)
{
	const json_t *obj = NULL;
	const char *lang;
	json_t *value;
	if (!json_read_object(r, "privacy", JSON_OPTIONAL, &obj))
		return;
	json_object_foreach((json_t *)(uintptr_t)obj, lang, value)
	{
		const char *s = json_string_value(value);
		int i = k->n_privacy;
		if (i == API_LANGS || s == NULL ||
		    !str_copy(k->privacy[i].lang, TEXT_LANG_SZ, lang))
			continue;
		if (text_clean(k->privacy[i].text, API_NOTICE_SZ, s, strlen(s),
			TEXT_LINES | TEXT_CUT, NULL) == ERR_OK)
			k->n_privacy++;
	}
}

/* An array of words into dst[max][sz]; what is no good string is passed over. */
static int read_words(struct json_reader *r, const char *key, char *dst, size_t sz, int max)
{
	const json_t *arr = NULL;
	int n = 0;
	if (!json_read_array(r, key, JSON_OPTIONAL, 64, &arr))
		return 0;
	for (size_t i = 0; i < json_array_size(arr) && n < max; i++) {
		const char *s = json_string_value(json_array_get(arr, i));
		if (s != NULL &&
		    text_clean(dst + (size_t)n * sz, sz, s, strlen(s), TEXT_LINE, NULL) == ERR_OK &&
		    dst[(size_t)n * sz] != '\0')
			n++;
	}
	return n;
}

static enum err_code read_field(struct api_field *f, const json_t *j, struct err *e)
{
	static const char *const kinds[] = {"text", "mail", "phone", "date", "plate", "choice"};
	struct json_reader r;
	char kind[TEXT_WORD_SZ] = "text";
	json_read_begin(&r, j, e);
	json_read_text(&r, "name", JSON_REQUIRED, f->name, sizeof f->name, TEXT_LINE);
	json_read_text(&r, "kind", JSON_OPTIONAL, kind, sizeof kind, TEXT_LINE);
	json_read_bool(&r, "required", JSON_OPTIONAL, &f->required);
	read_text(&r, "label", &f->label);
	f->n_choices = read_words(&r, "choices", f->choices[0], sizeof f->choices[0], API_CHOICES);
	f->kind = (enum api_field_kind)word_at(kind, kinds, 6, API_FIELD_TEXT);
	if (f->kind == API_FIELD_CHOICE && f->n_choices == 0)
		f->kind = API_FIELD_TEXT;
	json_read_ignore_rest(&r);
	return json_read_end(&r);
}

static enum err_code read_keep(struct api_type *t, const json_t *j, struct err *e)
{
	static const char *const parts[API_ID_PARTS] = {"name", "number", "birth", "address"};
	struct json_reader r;
	json_read_begin(&r, j, e);
	for (int i = 0; i < API_ID_PARTS; i++)
		json_read_int(&r, parts[i], JSON_OPTIONAL, &t->id_keep_ms[i], 0, TIME_MAX);
	json_read_ignore_rest(&r);
	return json_read_end(&r);
}

static enum err_code read_type(struct api_type *t, const json_t *j, struct err *e)
{
	static const char *const steps[] = {"details", "host", "agreement", "document"};
	struct json_reader r;
	char words[API_STEPS][TEXT_WORD_SZ];
	const json_t *fields = NULL, *keep = NULL;
	json_read_begin(&r, j, e);
	json_read_object(&r, "id_keep", JSON_OPTIONAL, &keep);
	json_read_text(&r, "name", JSON_REQUIRED, t->name, sizeof t->name, TEXT_LINE);
	read_text(&r, "label", &t->label);
	json_read_bool(&r, "walk_in", JSON_OPTIONAL, &t->walk_in);
	json_read_bool(&r, "id", JSON_OPTIONAL, &t->id);
	json_read_text(
	    &r, "agreement", JSON_OPTIONAL, t->agreement, sizeof t->agreement, TEXT_LINE);
	int n = read_words(&r, "steps", words[0], sizeof words[0], API_STEPS);
	for (int i = 0; i < n; i++) {
		int step = word_at(words[i], steps, 4, -1);
		if (step >= 0)
			t->steps[t->n_steps++] = (enum api_step)step;
	}
	json_read_array(&r, "fields", JSON_OPTIONAL, API_FIELDS, &fields);
	enum err_code rc = keep != NULL ? read_keep(t, keep, e) : ERR_OK;
	for (size_t i = 0; i < json_array_size(fields) && rc == ERR_OK; i++)
		rc = read_field(&t->fields[t->n_fields++], json_array_get(fields, i), e);
	json_read_ignore_rest(&r);
	return rc != ERR_OK ? rc : json_read_end(&r);
}

enum err_code api_read_kiosk(struct api_kiosk *k, const json_t *j, struct err *e)
{
	struct json_reader r;
	char right[TEXT_WORD_SZ] = "none";
	const json_t *types = NULL;
	memset(k, 0, sizeof *k);
	k->open = true;
	json_read_begin(&r, j, e);
	json_read_bool(&r, "open", JSON_OPTIONAL, &k->open);
	json_read_text(&r, "kiosk", JSON_REQUIRED, k->kiosk, sizeof k->kiosk, TEXT_LINE);
	json_read_text(&r, "place", JSON_OPTIONAL, k->place, sizeof k->place, TEXT_LINE);
	json_read_text(&r, "site", JSON_OPTIONAL, k->site, sizeof k->site, TEXT_LINE);
	json_read_text(&r, "timezone", JSON_REQUIRED, k->timezone, sizeof k->timezone, TEXT_LINE);
	json_read_text(&r, "lang", JSON_OPTIONAL, k->lang, sizeof k->lang, TEXT_LINE);
	json_read_text(
	    &r, "reception", JSON_OPTIONAL, k->reception, sizeof k->reception, TEXT_LINE);
	json_read_text(&r, "door_right", JSON_OPTIONAL, right, sizeof right, TEXT_LINE);
	k->doors = !str_eq(right, "none");
	read_text(&r, "data_notice", &k->data_notice);
	read_privacy(&r, k);
	k->n_langs = read_words(&r, "langs", k->langs[0], sizeof k->langs[0], API_LANGS);
	json_read_array(&r, "types", JSON_REQUIRED, API_TYPES, &types);
	enum err_code rc = ERR_OK;
	for (size_t i = 0; i < json_array_size(types) && rc == ERR_OK; i++)
		rc = read_type(&k->types[k->n_types++], json_array_get(types, i), e);
	json_read_ignore_rest(&r);
	if (rc == ERR_OK)
		rc = json_read_end(&r);
	if (k->lang[0] == '\0')
		str_copy(k->lang, sizeof k->lang, k->n_langs > 0 ? k->langs[0] : "en");
	if (k->n_langs == 0)
		str_copy(k->langs[k->n_langs++], TEXT_LANG_SZ, k->lang);
	return rc;
}

enum err_code api_read_hosts(struct api_hosts *h, const json_t *j, struct err *e)
{
	struct json_reader r;
	const json_t *items = NULL;
	memset(h, 0, sizeof *h);
	json_read_begin(&r, j, e);
	json_read_array(&r, "items", JSON_REQUIRED, 200, &items);
	json_read_ignore_rest(&r);
	enum err_code rc = json_read_end(&r);
	for (size_t i = 0; i < json_array_size(items) && h->n < API_HOSTS && rc == ERR_OK; i++) {
		struct json_reader one;
		json_read_begin(&one, json_array_get(items, i), e);
		json_read_uuid(&one, "id", JSON_REQUIRED, &h->of[h->n].id);
		json_read_text(
		    &one, "name", JSON_REQUIRED, h->of[h->n].name, TEXT_NAME_SZ, TEXT_LINE);
		json_read_text(&one, "department", JSON_OPTIONAL, h->of[h->n].department,
		    TEXT_NAME_SZ, TEXT_LINE);
		json_read_ignore_rest(&one);
		rc = json_read_end(&one);
		h->n++;
	}
	return rc;
}

enum err_code api_read_agreement(struct api_agreement *a, const json_t *j, struct err *e)
{
	struct json_reader r;
	memset(a, 0, sizeof *a);
	json_read_begin(&r, j, e);
	json_read_text(&r, "name", JSON_REQUIRED, a->name, sizeof a->name, TEXT_LINE);
	json_read_text(&r, "version", JSON_REQUIRED, a->version, sizeof a->version, TEXT_LINE);
	json_read_text(&r, "lang", JSON_REQUIRED, a->lang, sizeof a->lang, TEXT_LINE);
	json_read_text(&r, "title", JSON_OPTIONAL, a->title, sizeof a->title, TEXT_LINE);
	/* Not cut: nobody signs half a text. */
	json_read_text(&r, "text", JSON_REQUIRED, a->text, sizeof a->text, TEXT_LINES);
	json_read_ignore_rest(&r);
	return json_read_end(&r);
}

static enum err_code read_masked(struct api_scan *s, const json_t *fields, struct err *e)
{
	for (size_t i = 0; i < json_array_size(fields); i++) {
		struct json_reader r;
		json_read_begin(&r, json_array_get(fields, i), e);
		json_read_text(&r, "name", JSON_REQUIRED, s->fields[s->n_fields].name, TEXT_WORD_SZ,
		    TEXT_LINE);
		json_read_text(&r, "masked", JSON_REQUIRED, s->fields[s->n_fields].masked,
		    TEXT_FIELD_SZ, TEXT_LINE);
		json_read_ignore_rest(&r);
		enum err_code rc = json_read_end(&r);
		if (rc != ERR_OK)
			return rc;
		s->n_fields++;
	}
	return ERR_OK;
}

enum err_code api_read_scan(struct api_scan *s, const json_t *j, struct err *e)
{
	static const char *const whats[] = {"arrive", "return", "leave"};
	struct json_reader r;
	char what[TEXT_WORD_SZ] = "";
	const json_t *fields = NULL;
	memset(s, 0, sizeof *s);
	json_read_begin(&r, j, e);
	json_read_text(&r, "what", JSON_REQUIRED, what, sizeof what, TEXT_LINE);
	json_read_text(&r, "name", JSON_REQUIRED, s->name, sizeof s->name, TEXT_LINE);
	json_read_text(&r, "company", JSON_OPTIONAL, s->company, sizeof s->company, TEXT_LINE);
	json_read_text(&r, "host", JSON_OPTIONAL, s->host, sizeof s->host, TEXT_LINE);
	json_read_text(&r, "label", JSON_OPTIONAL, s->label, sizeof s->label, TEXT_LINE);
	json_read_text(&r, "type", JSON_OPTIONAL, s->type, sizeof s->type, TEXT_LINE);
	json_read_text(
	    &r, "agreement", JSON_OPTIONAL, s->agreement, sizeof s->agreement, TEXT_LINE);
	json_read_text(&r, "lang", JSON_OPTIONAL, s->lang, sizeof s->lang, TEXT_LINE);
	json_read_int(&r, "from_ms", JSON_OPTIONAL, &s->from_ms, 0, TIME_MAX);
	json_read_int(&r, "until_ms", JSON_OPTIONAL, &s->until_ms, 0, TIME_MAX);
	json_read_bool(&r, "late", JSON_OPTIONAL, &s->late);
	json_read_bool(&r, "document", JSON_OPTIONAL, &s->document);
	json_read_array(&r, "fields", JSON_OPTIONAL, API_FIELDS, &fields);
	json_read_ignore_rest(&r);
	enum err_code rc = json_read_end(&r);
	int i = word_at(what, whats, 3, -1);
	if (rc == ERR_OK && i < 0)
		return err_set(e, ERR_INPUT, "what: must be arrive, return or leave");
	s->what = (enum api_what)i;
	return rc == ERR_OK ? read_masked(s, fields, e) : rc;
}

/* The three members that check-in, sign-out and progress have in common. */
static void read_states(struct json_reader *r, struct api_progress *p)
{
	static const char *const badges[] = {"none", "printing", "printed", "trouble"};
	static const char *const doors[] = {"none", "pending", "open", "trouble", "withdrawn"};
	static const char *const hosts[] = {"none", "sending", "sent", "trouble"};
	char badge[TEXT_WORD_SZ] = "", door[TEXT_WORD_SZ] = "", host[TEXT_WORD_SZ] = "";
	json_read_text(r, "badge", JSON_OPTIONAL, badge, sizeof badge, TEXT_LINE);
	json_read_text(r, "doors", JSON_OPTIONAL, door, sizeof door, TEXT_LINE);
	json_read_text(r, "host", JSON_OPTIONAL, host, sizeof host, TEXT_LINE);
	json_read_int(r, "until_ms", JSON_OPTIONAL, &p->until_ms, 0, TIME_MAX);
	p->badge = (enum api_badge)word_at(badge, badges, 4, API_BADGE_NONE);
	p->doors = (enum api_doors)word_at(door, doors, 5, API_DOORS_NONE);
	p->host = (enum api_host)word_at(host, hosts, 4, API_HOST_NONE);
}

/* Hex only: it becomes a part of a path. */
static void read_token(struct json_reader *r, char *dst)
{
	json_read_text(r, "progress", JSON_OPTIONAL, dst, API_TOKEN_SZ, TEXT_LINE);
	if (strspn(dst, "0123456789abcdefABCDEF") != strlen(dst))
		dst[0] = '\0';
}

enum err_code api_read_checkin(struct api_checkin *c, const json_t *j, struct err *e)
{
	struct json_reader r;
	char outcome[TEXT_WORD_SZ] = "";
	memset(c, 0, sizeof *c);
	json_read_begin(&r, j, e);
	json_read_text(&r, "outcome", JSON_REQUIRED, outcome, sizeof outcome, TEXT_LINE);
	json_read_text(&r, "reason", JSON_OPTIONAL, c->reason, sizeof c->reason, TEXT_LINE);
	json_read_text(&r, "number", JSON_OPTIONAL, c->number, sizeof c->number, TEXT_LINE);
	json_read_text(&r, "name", JSON_OPTIONAL, c->name, sizeof c->name, TEXT_LINE);
	json_read_bool(&r, "escort", JSON_OPTIONAL, &c->escort);
	read_states(&r, &c->progress);
	read_token(&r, c->token);
	json_read_ignore_rest(&r);
	c->reception = !str_eq(outcome, "welcome");
	return json_read_end(&r);
}

enum err_code api_read_signout(struct api_signout *s, const json_t *j, struct err *e)
{
	struct json_reader r;
	memset(s, 0, sizeof *s);
	json_read_begin(&r, j, e);
	json_read_text(&r, "name", JSON_OPTIONAL, s->name, sizeof s->name, TEXT_LINE);
	json_read_int(&r, "until_ms", JSON_OPTIONAL, &s->until_ms, 0, TIME_MAX);
	read_token(&r, s->token);
	json_read_ignore_rest(&r);
	return json_read_end(&r);
}

enum err_code api_read_waiting(char reception[TEXT_PHONE_SZ], const json_t *j, struct err *e)
{
	struct json_reader r;
	json_read_begin(&r, j, e);
	json_read_text(&r, "reception", JSON_OPTIONAL, reception, TEXT_PHONE_SZ, TEXT_LINE);
	json_read_ignore_rest(&r);
	return json_read_end(&r);
}

enum err_code api_read_progress(struct api_progress *p, const json_t *j, struct err *e)
{
	struct json_reader r;
	memset(p, 0, sizeof *p);
	json_read_begin(&r, j, e);
	read_states(&r, p);
	json_read_ignore_rest(&r);
	return json_read_end(&r);
}

void api_read_refusal(struct api_refusal *r, const json_t *j)
{
	struct json_reader rd;
	struct err e;
	memset(r, 0, sizeof *r);
	if (j == NULL)
		return;
	json_read_begin(&rd, j, &e);
	json_read_text(&rd, "error", JSON_OPTIONAL, r->word, sizeof r->word, TEXT_LINE);
	json_read_int(&rd, "from_ms", JSON_OPTIONAL, &r->from_ms, 0, TIME_MAX);
	json_read_ignore_rest(&rd);
	if (json_read_end(&rd) != ERR_OK)
		r->from_ms = 0;
}
