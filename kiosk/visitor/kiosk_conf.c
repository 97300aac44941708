#include "kiosk/visitor/kiosk_conf.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "scan/camera_wire.h"

enum { FILE_MAX = 64 * 1024 };

#define AT(member) offsetof(struct kiosk_conf, member), sizeof(((struct kiosk_conf *)0)->member)

static const char *const colours[] = {"auto", "mono", NULL};

static const struct conf_option kiosk_table[] = {
    {"socket", conf_set_path, AT(socket), CONF_OPTION_EMPTY, "/run/foyer/kiosk/lobby.sock", 0, 0,
	NULL, 0},
    {"colours", conf_set_choice, AT(colours), 0, "auto", 0, 0, colours, 0},
    {"mouse", conf_set_yes, AT(mouse), 0, "yes", 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0, 0, NULL, 0},
};
static const struct conf_option camera_table[] = {
    {"program", conf_set_word, AT(camera_program), 0, "foyer-camera", 0, 0, NULL, 0},
    {"device", conf_set_path, AT(camera_device), CONF_OPTION_EMPTY, NULL, 0, 0, NULL, 0},
    {"columns", conf_set_int, AT(camera_columns), 0, "44", 8, CAMERA_COLS_MAX, NULL, 0},
    {"rows", conf_set_int, AT(camera_rows), 0, "11", 4, CAMERA_ROWS_MAX, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0, 0, NULL, 0},
};
static const struct conf_option wedge_table[] = {
    {"enabled", conf_set_yes, AT(wedge.on), 0, "yes", 0, 0, NULL, 0},
    {"gap-ms", conf_set_int, AT(wedge.gap_ms), 0, "30", 5, 200, NULL, 0},
    {"end-ms", conf_set_int, AT(wedge.end_ms), 0, "100", 20, 1000, NULL, 0},
    {"least", conf_set_int, AT(wedge.least), 0, "6", 2, WEDGE_HELD, NULL, 0},
    {"prefix", conf_set_text, AT(wedge.prefix), CONF_OPTION_EMPTY, NULL, 0, 0, NULL, 0},
    {"suffix", conf_set_text, AT(wedge.suffix), CONF_OPTION_EMPTY, NULL, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0, 0, NULL, 0},
};

/* --- readers: sections with a title ------------------------------------------------------ */

static bool set_speed(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	if (conf_set_int(o, at, value, index, why) && serial_speed_known(*(int *)at))
		return true;
	str_copy(why, CONF_WHY_SZ,
	    "not a speed; allowed are 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, "
	    "460800, 921600");
	return false;
}

static bool set_framing(
    const struct conf_option *o, void *at, const char *value, int index, char why[CONF_WHY_SZ])
{
	(void)o, (void)index;
	if (serial_framing(at, value))
		return true;
	str_copy(why, CONF_WHY_SZ,
	    "not a framing; allowed are bits, parity and stop bits, like 8N1, 7E1, 7O2");
	return false;
}

#define READER(member)                                                                             \
	offsetof(struct reader_conf, member), sizeof(((struct reader_conf *)0)->member)

static const char *const reader_kinds[] = {"serial", "wedge", NULL};
static const char *const layouts[] = {"us", "de", "fr", "uk", NULL};

static const struct conf_option reader_table[] = {
    {"device", conf_set_path, READER(device), CONF_OPTION_MUST, NULL, 0, 0, NULL, 0},
    {"kind", conf_set_choice, READER(kind), CONF_OPTION_MUST, NULL, 0, 0, reader_kinds, 0},
    {"speed", set_speed, READER(serial.speed), 0, "9600", 0, 1000000, NULL, 0},
    {"framing", set_framing, READER(serial), 0, "8N1", 0, 0, NULL, 0},
    {"layout", conf_set_choice, READER(layout), 0, "us", 0, 0, layouts, 0},
    {"end-ms", conf_set_int, READER(text.end_ms), 0, "100", 20, 2000, NULL, 0},
    {"prefix", conf_set_text, READER(text.prefix), CONF_OPTION_EMPTY, NULL, 0, 0, NULL, 0},
    {"suffix", conf_set_text, READER(text.suffix), CONF_OPTION_EMPTY, NULL, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0, 0, NULL, 0},
};

bool kiosk_conf_reader_set(
    struct reader_conf *r, const char *option, const char *value, char why[CONF_WHY_SZ])
{
	const struct conf_option *o = reader_table;
	while (o->name != NULL && !str_eq(o->name, option))
		o++;
	if (o->name == NULL)
		log_bug("kiosk.conf: a reader has no %s", option);
	return (value[0] == '\0' && (o->flags & CONF_OPTION_EMPTY) != 0) ||
	       o->set(o, (char *)r + o->off, value, 0, why);
}

void kiosk_conf_reader_init(struct reader_conf *r)
{
	char why[CONF_WHY_SZ];
	*r = (struct reader_conf){.name = ""};
	for (const struct conf_option *o = reader_table; o->name != NULL; o++)
		if (o->missing != NULL && !kiosk_conf_reader_set(r, o->name, o->missing, why))
			log_bug("kiosk.conf: reader: %s: %s", o->name, why);
}

static enum err_code read_reader(
    const struct conf_tree *tree, struct conf_node *n, struct kiosk_conf *c, struct err *e)
{
	struct conf_section s = {.own_tree = tree, .own = n, .first_lang = "en", .e = e};
	n->read = true;
	if (!n->section || n->title[0] == '\0')
		return conf_section_error(
		    &s, NULL, "must be a section with a name; allowed is reader \"name\" { ... }");
	if (c->n_readers == KIOSK_READERS)
		return conf_section_error(&s, NULL, "is one too many; allowed are four readers");
	struct reader_conf *r = &c->readers[c->n_readers++];
	str_copy(r->name, sizeof r->name, n->title);
	enum err_code rc = conf_section_read(&s, reader_table, r);
	return rc == ERR_OK ? conf_section_end(&s, reader_table) : rc;
}

static enum err_code read_readers(const struct conf_tree *tree, struct kiosk_conf *c, struct err *e)
{
	enum err_code rc = ERR_OK;
	for (int i = 0; rc == ERR_OK && tree != NULL && i < tree->root.n_kids; i++)
		if (str_eq(tree->root.kids[i]->name, "reader"))
			rc = read_reader(tree, tree->root.kids[i], c, e);
	return rc;
}

/* --- the others -------------------------------------------------------------------------- */

static enum err_code read_section(const struct conf_tree *tree, const char *name,
    const struct conf_option *table, struct kiosk_conf *c, struct err *e)
{
	struct conf_section s = {.own_tree = tree, .first_lang = "en", .e = e};
	s.own = tree != NULL ? conf_node_find(&tree->root, name, "") : NULL;
	if (s.own != NULL) {
		s.own->read = true;
		if (!s.own->section)
			return conf_section_error(
			    &s, NULL, "must be a section; allowed is name { ... }");
	}
	enum err_code rc = conf_section_read(&s, table, c);
	return rc == ERR_OK ? conf_section_end(&s, table) : rc;
}

static enum err_code read_tree(const struct conf_tree *tree, struct kiosk_conf *c, struct err *e)
{
	enum err_code rc = read_section(tree, "kiosk", kiosk_table, c, e);
	if (rc == ERR_OK)
		rc = read_section(tree, "camera", camera_table, c, e);
	if (rc == ERR_OK)
		rc = read_section(tree, "wedge", wedge_table, c, e);
	if (rc == ERR_OK)
		rc = read_readers(tree, c, e);
	for (int i = 0; rc == ERR_OK && tree != NULL && i < tree->root.n_kids; i++)
		if (!tree->root.kids[i]->read)
			rc = err_set(e, ERR_CONFIG,
			    "%s:%d: %s: is not known here; allowed are kiosk, camera, wedge, "
			    "reader",
			    tree->file, tree->root.kids[i]->line, tree->root.kids[i]->name);
	return rc;
}

enum err_code kiosk_conf_load(struct kiosk_conf *c, const char *path, struct err *e)
{
	char *text = NULL;
	size_t len = 0;
	struct conf_tree *tree = NULL;
	*c = (struct kiosk_conf){.wedge = wedge_conf_default()};
	enum err_code rc = read_tree(NULL, c, e);
	if (rc == ERR_OK)
		rc = path_read(&text, &len, path, FILE_MAX, e);
	if (rc == ERR_OK)
		rc = conf_tree_parse(&tree, path, text, len, e);
	if (rc == ERR_OK)
		rc = read_tree(tree, c, e);
	conf_tree_free(tree);
	free(text);
	return rc;
}
