/* Do the sections of foyer.conf agree with each other? */
#include "base/conf_load.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

enum {
	CARD_FORBIDDEN =
	    0x00ffffff, /* UHPPOTE controllers answer this for a card that was deleted */
	QUESTION_MS = 60 * 1000, /* to a controller, with all its attempts */
};

static enum err_code error_at(
    const struct conf *c, const char *section, const char *title, const char *what, struct err *e)
{
	const struct conf_tree *t = c->own;
	const struct conf_node *n = t != NULL ? conf_node_find(&t->root, section, title) : NULL;
	if (n == NULL) {
		t = c->shipped;
		n = conf_node_find(&t->root, section, title);
	}
	return err_set(e, ERR_CONFIG, "%s:%d: %s%s%s: %s", t->file, n != NULL ? n->line : 0,
	    section, *title != '\0' ? " " : "", title, what);
}

static bool has_lang(const struct conf *c, const char *lang)
{
	for (int i = 0; i < c->site.n_langs; i++) {
		if (strcmp(c->site.langs[i], lang) == 0)
			return true;
	}
	return false;
}

static enum err_code check_kiosk(const struct conf *c, const struct conf_kiosk *k, struct err *e)
{
	if (!has_lang(c, k->lang))
		return error_at(
		    c, "kiosk", k->name, "language: is none of the site's languages", e);
	if (k->printer[0] != '\0' && conf_printer_find(c, k->printer) == NULL)
		return error_at(
		    c, "kiosk", k->name, "printer: there is no printer section of that title", e);
	if (k->fallback[0] != '\0' && conf_printer_find(c, k->fallback) == NULL)
		return error_at(
		    c, "kiosk", k->name, "fallback: there is no printer section of that title", e);
	if (k->fallback[0] != '\0' &&
	    (k->printer[0] == '\0' || strcmp(k->printer, k->fallback) == 0))
		return error_at(
		    c, "kiosk", k->name, "fallback: must be another printer beside printer", e);
	return ERR_OK;
}

static enum err_code check_controller(
    const struct conf *c, const struct conf_controller *k, struct err *e)
{
	if (k->card_first > k->card_last)
		return error_at(c, "controller", k->name, "card-last: is below card-first", e);
	if (k->card_first <= CARD_FORBIDDEN && k->card_last >= CARD_FORBIDDEN)
		return error_at(c, "controller", k->name,
		    "card-first: the range holds 16777215, which controllers use for deleted "
		    "cards; end it before or begin it after",
		    e);
	if (k->profile_first > k->profile_last)
		return error_at(
		    c, "controller", k->name, "profile-last: is below profile-first", e);
	if (k->timeout_ms * (k->retries + 1) > QUESTION_MS)
		return error_at(c, "controller", k->name,
		    "timeout: times the attempts (one more than retries) is longer than a minute; "
		    "make timeout or retries smaller",
		    e);
	for (int i = 0; i < c->n_controllers; i++) {
		const struct conf_controller *o = &c->controllers[i];
		if (o != k && o->serial == k->serial && strcmp(o->driver, k->driver) == 0)
			return error_at(
			    c, "controller", k->name, "serial: another controller has it too", e);
	}
	return ERR_OK;
}

static enum err_code check_group(const struct conf *c, const struct conf_group *g, struct err *e)
{
	for (int i = 0; i < g->n_doors; i++) {
		if (conf_controller_find(c, g->doors[i].controller) == NULL)
			return error_at(c, "access-group", g->name,
			    "doors: there is no controller section of that title", e);
	}
	return ERR_OK;
}

static bool has_step(const struct conf_type *t, enum conf_step step)
{
	for (int i = 0; i < t->n_steps; i++) {
		if (t->steps[i] == step)
			return true;
	}
	return false;
}

/* The keys to what is kept lie elsewhere, and nothing of a document outlives what is known of its visitor. */
static enum err_code check_id(const struct conf *c, const struct conf_type *t, struct err *e)
{
	int64_t longest = 0;
	for (int i = 0; i < CONF_ID_PARTS; i++)
		longest = t->id_keep_ms[i] > longest ? t->id_keep_ms[i] : longest;
	if (t->id == CONF_ID_NONE && has_step(t, CONF_STEP_DOCUMENT))
		return error_at(
		    c, "type", t->name, "steps: document goes with id = \"required\"", e);
	if (t->id == CONF_ID_NONE && t->id_least_age != 0)
		return error_at(c, "type", t->name, "id-least-age: goes with id = \"required\"", e);
	if (t->id == CONF_ID_NONE && t->id_without_expiry)
		return error_at(
		    c, "type", t->name, "id-without-expiry: goes with id = \"required\"", e);
	if (t->id == CONF_ID_NONE && longest != 0)
		return error_at(c, "type", t->name, "id-keep: goes with id = \"required\"", e);
	if (longest != 0 && c->site.seal_key[0] == '\0')
		return error_at(c, "type", t->name,
		    "id-keep: needs seal-key in the site section, the public half of a key that "
		    "foyer seal-key makes",
		    e);
	if (longest > c->retention.visitor_ms)
		return error_at(c, "type", t->name,
		    "id-keep: is longer than visitors are kept; raise visitor in the retention "
		    "section",
		    e);
	return ERR_OK;
}

static enum err_code check_type(const struct conf *c, const struct conf_type *t, struct err *e)
{
	if (!has_step(t, CONF_STEP_DETAILS))
		return error_at(c, "type", t->name, "steps: details must be among them", e);
	if (has_step(t, CONF_STEP_AGREEMENT) != (t->agreement[0] != '\0'))
		return error_at(c, "type", t->name,
		    "agreement: goes with the step agreement, and only with it", e);
	if (t->agreement[0] != '\0' && conf_agreement_find(c, t->agreement) == NULL)
		return error_at(c, "type", t->name,
		    "agreement: there is no agreement section of that title", e);
	if (t->access_group[0] != '\0' && conf_group_find(c, t->access_group) == NULL)
		return error_at(c, "type", t->name,
		    "access-group: there is no access-group section of that title; add it, or a "
		    "type section of your own",
		    e);
	if (t->approval == CONF_APPROVAL_HOST && !has_step(t, CONF_STEP_HOST))
		return error_at(c, "type", t->name, "approval: host needs the step host", e);
	return check_id(c, t, e);
}

static enum err_code check_agreement(
    const struct conf *c, const struct conf_agreement *a, struct err *e)
{
	if (a->valid_ms > c->retention.signature_ms)
		return error_at(c, "agreement", a->name,
		    "valid: is longer than signatures are kept; raise signature in the retention "
		    "section",
		    e);
	return ERR_OK;
}

static bool is_loopback(const char *place)
{
	return str_starts(place, "localhost:") || str_starts(place, "127.0.0.1:") ||
	       str_starts(place, "[::1]:");
}

static enum err_code check_mail(const struct conf *c, struct err *e)
{
	const struct conf_mail *m = &c->mail;
	if (m->server[0] == '\0')
		return ERR_OK;
	if (m->from[0] == '\0')
		return error_at(c, "mail", "", "from: is empty; with a server it must be given", e);
	if ((m->user[0] == '\0') != (m->secret_file[0] == '\0'))
		return error_at(c, "mail", "", "user: goes with secret-file, and only with it", e);
	if (m->user[0] != '\0' && m->tls == CONF_TLS_NONE && !is_loopback(m->server))
		return error_at(c, "mail", "",
		    "tls: none would send the password in the clear; allowed are starttls, smtps",
		    e);
	return ERR_OK;
}

/* How a door opens: a right without a controller would promise what nothing keeps. */
static enum err_code check_doors(const struct conf *c, struct err *e)
{
	if (c->site.door_right != CONF_DOOR_NONE && c->n_controllers == 0)
		return error_at(c, "site", "",
		    "door-right: needs a controller section; allowed without one is none", e);
	return ERR_OK;
}

enum err_code conf_check(const struct conf *c, struct err *e)
{
	enum err_code code = check_mail(c, e);
	if (code == ERR_OK)
		code = check_doors(c, e);
	for (int i = 0; i < c->n_kiosks && code == ERR_OK; i++)
		code = check_kiosk(c, &c->kiosks[i], e);
	for (int i = 0; i < c->n_controllers && code == ERR_OK; i++)
		code = check_controller(c, &c->controllers[i], e);
	for (int i = 0; i < c->n_groups && code == ERR_OK; i++)
		code = check_group(c, &c->groups[i], e);
	for (int i = 0; i < c->n_agreements && code == ERR_OK; i++)
		code = check_agreement(c, &c->agreements[i], e);
	for (int i = 0; i < c->n_types && code == ERR_OK; i++)
		code = check_type(c, &c->types[i], e);
	return code;
}
