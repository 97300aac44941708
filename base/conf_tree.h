/*
 * The grammar of foyer.conf: text in, a tree of sections and options out, each with its line. It hides the scanner. What the names
 * mean is conf.c's business; only what holds for all of them is decided here.
 *
 *     section "title" { option = "value"   other = { "a", "b" } }      # comment to the end of the line
 *
 * Every value is a quoted string: \" \\ \n are its only escapes, strings side by side are joined, nothing is expanded. No option stands
 * twice in a section, no section twice with one title. Values come out clean (text_clean with TEXT_LINES).
 */
#ifndef BASE_CONF_TREE_H
#define BASE_CONF_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/text.h"

enum {
	CONF_TREE_DEPTH = 2,
	CONF_TREE_VALUES = 256,
	CONF_TREE_NODES = 8192,
	CONF_TREE_VALUE_SZ = 8 * 1024
};

struct conf_node {
	char name[TEXT_WORD_SZ];
	char title[TEXT_WORD_SZ]; /* of a section; "" without */
	int line;
	bool section, list;
	bool read; /* for who reads the tree: somebody asked for it */
	char **values;
	int n_values;
	struct conf_node **kids;
	int n_kids;
};

struct conf_tree {
	char *file; /* as errors call it */
	struct conf_node root;
	int n_nodes;
};

/* Parse text[len], which need not end in NUL. *own_tree: conf_tree_free. ERR_CONFIG "file:line: what is wrong; what is allowed". */
enum err_code conf_tree_parse(struct conf_tree **own_tree, const char *file, const char *text,
    size_t len, struct err *e) MUST_USE;
void conf_tree_free(struct conf_tree *own_tree);

/* The kid of that name and title (NULL: any title), or NULL. */
struct conf_node *conf_node_find(const struct conf_node *n, const char *name, const char *title);

#endif
