#include "base/conf.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_load.h"
#include "base/conf_read.h"
#include "base/conf_shipped.h"
#include "base/conf_table.h"
#include "base/path.h"
#include "base/str.h"

enum { FILE_MAX = 1024 * 1024 };

struct load {
	struct conf *c;
	struct err *e;
};

static struct conf_section section_of(
    const struct load *l, struct conf_node *own, struct conf_node *shipped)
{
	return (struct conf_section){.own_tree = l->c->own,
	    .shipped_tree = l->c->shipped,
	    .own = own,
	    .shipped = shipped,
	    .first_lang = l->c->site.n_langs > 0 ? l->c->site.langs[0] : "en",
	    .e = l->e};
}

static enum err_code find_untitled(struct load *l, const char *name, struct conf_section *s)
{
	struct conf_node *own =
	    l->c->own != NULL ? conf_node_find(&l->c->own->root, name, "") : NULL;
	*s = section_of(l, own, conf_node_find(&l->c->shipped->root, name, ""));
	if (own == NULL)
		return ERR_OK;
	own->read = true;
	return own->section
		   ? ERR_OK
		   : conf_section_error(s, NULL, "must be a section; allowed is name { ... }");
}

static enum err_code fill(struct conf_section *s, const struct conf_option *table, void *dst)
{
	enum err_code code = conf_section_read(s, table, dst);
	return code == ERR_OK ? conf_section_end(s, table) : code;
}

static enum err_code load_untitled(
    struct load *l, const char *name, const struct conf_option *table, void *dst)
{
	struct conf_section s;
	enum err_code code = find_untitled(l, name, &s);
	return code == ERR_OK ? fill(&s, table, dst) : code;
}

/* The site's languages come first of all: texts are ordered by them. */
static enum err_code load_site(struct load *l)
{
	struct conf_site *site = &l->c->site;
	struct conf_section s;
	enum err_code code = find_untitled(l, "site", &s);
	if (code == ERR_OK)
		code = conf_section_read(&s, conf_table_languages, site);
	if (code == ERR_OK)
		code = conf_section_read(&s, conf_table_demo, l->c);
	return code == ERR_OK ? load_untitled(l, "site", conf_table_site, site) : code;
}

static enum err_code load_paths(struct load *l)
{
	struct conf_paths *p = &l->c->paths;
	enum err_code code = load_untitled(l, "paths", conf_table_paths, p);
	if (code == ERR_OK && p->backups[0] == '\0')
		code = path_join(p->backups, p->state, "backups", l->e);
	if (code == ERR_OK && p->keys[0] == '\0')
		code = path_join(p->keys, p->state, "keys", l->e);
	return code;
}

/* --- titled sections --------------------------------------------------------------------- */

typedef enum err_code load_one(struct load *l, struct conf_section *s, const char *title);

struct titled {
	const char *name;
	bool site_alone; /* one of the site's own, and the shipped ones do not apply */
	load_one *load;
};

static enum err_code take_titled(
    struct load *l, const struct titled *t, struct conf_node *own, struct conf_node *shipped)
{
	struct conf_node *n = own != NULL ? own : shipped;
	struct conf_section s = section_of(l, own, own != NULL ? NULL : shipped);
	n->read = true;
	if (n->title[0] == '\0' || !n->section)
		return conf_section_error(
		    &s, NULL, "must be a section with a title; allowed is name \"title\" { ... }");
	return t->load(l, &s, n->title);
}

/* The shipped ones in their order, each replaced by the site's of that title, then what only the site has. */
static enum err_code load_titled(struct load *l, const struct titled *t)
{
	enum err_code code = ERR_OK;
	const struct conf_node *shipped = &l->c->shipped->root,
			       *own = l->c->own != NULL ? &l->c->own->root : NULL;
	bool alone = own != NULL && t->site_alone && conf_node_find(own, t->name, NULL) != NULL;
	for (int i = 0; i < shipped->n_kids && !alone && code == ERR_OK; i++) {
		struct conf_node *n = shipped->kids[i];
		if (strcmp(n->name, t->name) == 0)
			code = take_titled(
			    l, t, own != NULL ? conf_node_find(own, t->name, n->title) : NULL, n);
	}
	for (int i = 0; own != NULL && i < own->n_kids && code == ERR_OK; i++) {
		struct conf_node *n = own->kids[i];
		if (strcmp(n->name, t->name) == 0 && !n->read)
			code = take_titled(l, t, n, NULL);
	}
	return code;
}

/* A further element of an array of the struct conf, its name set; NULL and an error when the array is full. */
static void *add(struct conf_section *s, void *array, int *n, int max, size_t size)
{
	if (*n < max)
		return (char *)array + (size_t)(*n)++ * size;
	char why[CONF_WHY_SZ];
	(void)str_print(why, sizeof why, "is one too many; allowed are %d", max);
	(void)conf_section_error(s, NULL, why);
	return NULL;
}

static enum err_code load_kiosk(struct load *l, struct conf_section *s, const char *title)
{
	struct conf_kiosk *k = add(s, l->c->kiosks, &l->c->n_kiosks, CONF_KIOSKS, sizeof *k);
	if (k == NULL)
		return ERR_CONFIG;
	(void)str_copy(k->name, sizeof k->name, title);
	enum err_code code = fill(s, conf_table_kiosk, k);
	if (k->lang[0] == '\0')
		(void)str_copy(k->lang, sizeof k->lang, l->c->site.langs[0]);
	return code;
}

static enum err_code load_printer(struct load *l, struct conf_section *s, const char *title)
{
	struct conf_printer *p =
	    add(s, l->c->printers, &l->c->n_printers, CONF_PRINTERS, sizeof *p);
	if (p == NULL)
		return ERR_CONFIG;
	(void)str_copy(p->name, sizeof p->name, title);
	return fill(s, conf_table_printer, p);
}

static enum err_code load_controller(struct load *l, struct conf_section *s, const char *title)
{
	struct conf_controller *k =
	    add(s, l->c->controllers, &l->c->n_controllers, CONF_CONTROLLERS, sizeof *k);
	if (k == NULL)
		return ERR_CONFIG;
	(void)str_copy(k->name, sizeof k->name, title);
	return fill(s, conf_table_controller, k);
}

static enum err_code load_group(struct load *l, struct conf_section *s, const char *title)
{
	struct conf_group *g = add(s, l->c->groups, &l->c->n_groups, CONF_GROUPS, sizeof *g);
	if (g == NULL)
		return ERR_CONFIG;
	(void)str_copy(g->name, sizeof g->name, title);
	return fill(s, conf_table_group, g);
}

static enum err_code load_agreement(struct load *l, struct conf_section *s, const char *title)
{
	struct conf_agreement *a =
	    add(s, l->c->agreements, &l->c->n_agreements, CONF_AGREEMENTS, sizeof *a);
	if (a == NULL)
		return ERR_CONFIG;
	(void)str_copy(a->name, sizeof a->name, title);
	enum err_code code = fill(s, conf_table_agreement, a);
	if (code != ERR_OK || a->dir[0] == '/')
		return code;
	char below[PATH_MAX];
	code = path_join(below, "agreements", a->dir[0] != '\0' ? a->dir : title, l->e);
	if (code == ERR_OK)
		(void)path_data(a->dir, below);
	return code;
}

static enum err_code load_field(
    struct load *l, struct conf_type *t, struct conf_section *outer, struct conf_node *n)
{
	struct conf_section s = *outer;
	s.own = outer->own != NULL ? n : NULL;
	s.shipped = outer->own != NULL ? NULL : n;
	n->read = true;
	if (!n->section || n->title[0] == '\0')
		return conf_section_error(
		    &s, NULL, "must be a section with a title; allowed is field \"phone\" { ... }");
	struct conf_field *f = add(&s, t->fields, &t->n_fields, CONF_FIELDS, sizeof *f);
	if (f == NULL)
		return ERR_CONFIG;
	(void)str_copy(f->name, sizeof f->name, n->title);
	f->retention_ms = l->c->retention.visitor_ms;
	enum err_code code = fill(&s, conf_table_field, f);
	if (code != ERR_OK)
		return code;
	if ((f->kind == CONF_FIELD_CHOICE) != (f->n_choices > 0))
		return conf_section_error(
		    &s, "choices", "go with kind = \"choice\", and only with it");
	return ERR_OK;
}

/* Where the steps do not say when the document is asked for: as soon as the name is known. */
static enum err_code place_document(struct conf_section *s, struct conf_type *t)
{
	int at = 0;
	for (int i = 0; i < t->n_steps; i++) {
		if (t->steps[i] == CONF_STEP_DOCUMENT)
			return ERR_OK;
		if (t->steps[i] == CONF_STEP_DETAILS)
			at = i + 1;
	}
	if (t->n_steps == CONF_STEPS)
		return conf_section_error(s, "steps", "are too many; id needs one more");
	memmove(&t->steps[at + 1], &t->steps[at], (size_t)(t->n_steps - at) * sizeof t->steps[0]);
	t->steps[at] = CONF_STEP_DOCUMENT;
	t->n_steps++;
	return ERR_OK;
}

static enum err_code load_type(struct load *l, struct conf_section *s, const char *title)
{
	bool disabled = false;
	enum err_code code = conf_section_read(s, conf_table_disabled, &disabled);
	if (code != ERR_OK || disabled)
		return code;
	struct conf_type *t = add(s, l->c->types, &l->c->n_types, CONF_TYPES, sizeof *t);
	if (t == NULL)
		return ERR_CONFIG;
	(void)str_copy(t->name, sizeof t->name, title);
	code = conf_section_read(s, conf_table_type, t);
	if (code == ERR_OK && t->id == CONF_ID_REQUIRED)
		code = place_document(s, t);
	const struct conf_node *n = s->own != NULL ? s->own : s->shipped;
	for (int i = 0; i < n->n_kids && code == ERR_OK; i++) {
		if (strcmp(n->kids[i]->name, "field") == 0)
			code = load_field(l, t, s, n->kids[i]);
	}
	return code == ERR_OK ? conf_section_end(s, conf_table_type) : code;
}

static enum err_code load_role(struct load *l, struct conf_section *s, const char *title)
{
	for (int r = 0; r < CONF_ROLE_KIOSK; r++) {
		if (strcmp(conf_role_name((enum conf_role)r), title) == 0)
			return fill(s, conf_table_role, &l->c->roles[r]);
	}
	return conf_section_error(s, NULL,
	    "is no role; allowed are manager, supervisor, desk, guard, warden, auditor, host");
}

/* In an order in which each finds what it needs of the others. */
static const struct titled titled[] = {
    {"kiosk", true, load_kiosk},
    {"printer", true, load_printer},
    {"controller", true, load_controller},
    {"access-group", true, load_group},
    {"agreement", false, load_agreement},
    {"type", false, load_type},
    {"role", false, load_role},
};

/* What stands in the file and nobody asked for. */
static enum err_code refuse_unread(const struct conf_tree *t, struct err *e)
{
	for (int i = 0; i < t->root.n_kids; i++) {
		const struct conf_node *n = t->root.kids[i];
		if (!n->read)
			return err_set(e, ERR_CONFIG,
			    "%s:%d: %s%s%s: is no section; allowed are site, paths, mail, "
			    "retention, and with a title kiosk, "
			    "printer, controller, access-group, agreement, type, role",
			    t->file, n->line, n->name, n->title[0] != '\0' ? " " : "", n->title);
	}
	return ERR_OK;
}

static enum err_code load_all(struct load *l)
{
	struct conf *c = l->c;
	enum err_code code = load_site(l);
	if (code == ERR_OK)
		code = load_paths(l);
	if (code == ERR_OK)
		code = load_untitled(l, "mail", conf_table_mail, &c->mail);
	if (code == ERR_OK)
		code = load_untitled(l, "retention", conf_table_retention, &c->retention);
	for (size_t i = 0; i < sizeof titled / sizeof titled[0] && code == ERR_OK; i++)
		code = load_titled(l, &titled[i]);
	if (code == ERR_OK && c->own != NULL)
		code = refuse_unread(c->own, l->e);
	return code == ERR_OK ? conf_check(c, l->e) : code;
}

/* --- loading ----------------------------------------------------------------------------- */

__extension__ typedef unsigned __int128 hash128;

/* FNV-1a, 128 bits (draft-eastlake-fnv). */
static hash128 fnv(hash128 h, const char *p, size_t n)
{
	const hash128 prime = (hash128)1 << 88 | 0x13b;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * prime;
	return h;
}

static void print_hash(char dst[33], hash128 h)
{
	(void)str_print(
	    dst, 33, "%016llx%016llx", (unsigned long long)(h >> 64), (unsigned long long)h);
}

enum err_code conf_load(struct conf **own_conf, const char *path, struct err *e)
{
	struct err local = {0};
	struct load l = {.c = mem_new(1, sizeof *l.c), .e = e != NULL ? e : &local};
	char *text = NULL;
	size_t len = 0;
	hash128 h = (hash128)0x6c62272e07bb0142 << 64 | 0x62b821756295c58d;
	enum err_code code = ERR_OK;
	const char *shipped = conf_shipped(&len);

	h = fnv(h, shipped, len);
	code = conf_tree_parse(&l.c->shipped, "the shipped foyer.conf", shipped, len, l.e);
	if (code == ERR_OK && path != NULL) {
		code = path_read(&text, &len, path, FILE_MAX, l.e);
		if (code == ERR_OK) {
			h = fnv(h, text, len);
			code = conf_tree_parse(&l.c->own, path, text, len, l.e);
		}
	}
	if (code == ERR_OK)
		code = load_all(&l);
	print_hash(l.c->hash, h);
	free(text);
	if (code == ERR_OK)
		*own_conf = l.c;
	else
		conf_free(l.c);
	return code;
}

void conf_free(struct conf *own_conf)
{
	if (own_conf == NULL)
		return;
	conf_tree_free(own_conf->shipped);
	conf_tree_free(own_conf->own);
	free(own_conf);
}

const char *conf_path_default(void)
{
	const char *told = secure_getenv("FOYER_CONF");
	return told != NULL && *told != '\0' ? told : FOYER_SYSCONFDIR "/foyer.conf";
}
