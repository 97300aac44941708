/* Looking things up in a configuration that is loaded. */
#include "base/conf.h"

#include <stddef.h>
#include <string.h>

const char *conf_role_name(enum conf_role r)
{
	switch (r) {
	case CONF_ROLE_MANAGER: return "manager";
	case CONF_ROLE_SUPERVISOR: return "supervisor";
	case CONF_ROLE_DESK: return "desk";
	case CONF_ROLE_GUARD: return "guard";
	case CONF_ROLE_WARDEN: return "warden";
	case CONF_ROLE_AUDITOR: return "auditor";
	case CONF_ROLE_HOST: return "host";
	case CONF_ROLE_KIOSK: return "kiosk";
	}
	return "none";
}

const char *conf_id_part_name(enum conf_id_part p)
{
	switch (p) {
	case CONF_ID_NAME: return "name";
	case CONF_ID_NUMBER: return "number";
	case CONF_ID_BIRTH: return "birth";
	case CONF_ID_ADDRESS: return "address";
	}
	return "";
}

const char *conf_text_in(const struct conf_text *t, const char *lang)
{
	for (int i = 0; i < t->n; i++) {
		if (strcmp(t->of[i].lang, lang) == 0)
			return t->of[i].text;
	}
	return t->n > 0 ? t->of[0].text : "";
}

/* The element called name of an array of structs that begin with their name, or NULL. */
static const void *find(const void *array, int n, size_t size, const char *name)
{
	for (int i = 0; i < n; i++) {
		const char *at = (const char *)array + (size_t)i * size;
		if (strcmp(at, name) == 0)
			return at;
	}
	return NULL;
}

_Static_assert(
    offsetof(struct conf_type, name) == 0 && offsetof(struct conf_field, name) == 0 &&
	offsetof(struct conf_kiosk, name) == 0 && offsetof(struct conf_printer, name) == 0 &&
	offsetof(struct conf_controller, name) == 0 && offsetof(struct conf_group, name) == 0 &&
	offsetof(struct conf_agreement, name) == 0,
    "names come first");

const struct conf_type *conf_type_find(const struct conf *c, const char *name)
{
	return find(c->types, c->n_types, sizeof c->types[0], name);
}

const struct conf_kiosk *conf_kiosk_find(const struct conf *c, const char *name)
{
	return find(c->kiosks, c->n_kiosks, sizeof c->kiosks[0], name);
}

const struct conf_printer *conf_printer_find(const struct conf *c, const char *name)
{
	return find(c->printers, c->n_printers, sizeof c->printers[0], name);
}

const struct conf_controller *conf_controller_find(const struct conf *c, const char *name)
{
	return find(c->controllers, c->n_controllers, sizeof c->controllers[0], name);
}

const struct conf_group *conf_group_find(const struct conf *c, const char *name)
{
	return find(c->groups, c->n_groups, sizeof c->groups[0], name);
}

const struct conf_agreement *conf_agreement_find(const struct conf *c, const char *name)
{
	return find(c->agreements, c->n_agreements, sizeof c->agreements[0], name);
}

const struct conf_role_map *conf_role_map(const struct conf *c, enum conf_role r)
{
	return &c->roles[r];
}

bool conf_lang_known(const struct conf *c, const char *lang)
{
	for (int i = 0; i < c->site.n_langs; i++) {
		if (strcmp(c->site.langs[i], lang) == 0)
			return true;
	}
	return lang[0] == '\0';
}
