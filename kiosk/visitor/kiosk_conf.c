#include "kiosk/visitor/kiosk_conf.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/conf_read.h"
#include "base/path.h"
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
	for (int i = 0; rc == ERR_OK && tree != NULL && i < tree->root.n_kids; i++)
		if (!tree->root.kids[i]->read)
			rc = err_set(e, ERR_CONFIG,
			    "%s:%d: %s: is not known here; allowed are kiosk, camera, wedge",
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
