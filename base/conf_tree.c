#include "base/conf_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

struct scan {
	struct conf_tree *tree;
	const char *p, *end;
	int line;
	struct err *e;
};

static enum err_code bad(struct scan *s, const char *what)
{
	return err_set(s->e, ERR_CONFIG, "%s:%d: %s", s->tree->file, s->line, what);
}

/* White space and comments. */
static void skip(struct scan *s)
{
	for (; s->p < s->end; s->p++) {
		if (*s->p == '#') {
			while (s->p < s->end && *s->p != '\n')
				s->p++;
		}
		if (s->p == s->end)
			return;
		if (*s->p == '\n')
			s->line++;
		else if (*s->p != ' ' && *s->p != '\t' && *s->p != '\r')
			return;
	}
}

static bool at(struct scan *s, char c)
{
	skip(s);
	return s->p < s->end && *s->p == c;
}

static bool take(struct scan *s, char c)
{
	if (!at(s, c))
		return false;
	s->p++;
	return true;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static enum err_code read_name(struct scan *s, char dst[TEXT_WORD_SZ])
{
	size_t n = 0;
	skip(s);
	while (s->p + n < s->end && is_name(s->p[n]))
		n++;
	if (n == 0)
		return bad(s, "neither a name nor }; names have the letters a-z, digits and -");
	if (n >= TEXT_WORD_SZ)
		return bad(s, "a name is too long; allowed are 64 letters");
	memcpy(dst, s->p, n);
	dst[n] = '\0';
	s->p += n;
	return ERR_OK;
}

/* One quoted piece, appended. */
static enum err_code read_piece(struct scan *s, struct str_buf *b)
{
	for (s->p++; s->p < s->end && *s->p != '"'; s->p++) {
		char c = *s->p;
		if (c == '\n' || c == '\0')
			return bad(s, "a string must end on its line; allowed is to put "
				      "\"another\" \"beside it\", and \\n");
		if (c == '$' && s->p + 1 < s->end && s->p[1] == '{')
			return bad(s, "${ has no meaning here and is not allowed: the environment "
				      "is not read");
		if (c == '\\') {
			c = s->p + 1 < s->end ? *++s->p : '\0';
			if (c != '"' && c != '\\' && c != 'n')
				return bad(s, "unknown escape; allowed are \\\" \\\\ and \\n");
			if (c == 'n')
				c = '\n';
		}
		if (!str_buf_add(b, &c, 1))
			return bad(s, "a value is too long; allowed are 8191 bytes");
	}
	if (s->p == s->end)
		return bad(s, "the file ends inside a string");
	s->p++;
	return ERR_OK;
}

static enum err_code read_value(struct scan *s, char **own_value)
{
	struct str_buf b = {.max = CONF_TREE_VALUE_SZ - 1};
	enum err_code code;
	skip(s);
	if (s->p == s->end || *s->p != '"')
		return bad(s, "a value is missing; allowed is a \"string\" in double quotes");
	do
		code = read_piece(s, &b);
	while (code == ERR_OK && at(s, '"'));
	if (code == ERR_OK && b.data == NULL)
		(void)str_buf_add(&b, "", 0);
	if (code == ERR_OK) {
		*own_value = mem_new(b.len + 1, 1);
		if (text_clean(*own_value, b.len + 1, b.data, b.len, TEXT_LINES | TEXT_STRICT,
			NULL) != ERR_OK)
			code = bad(s, "a value holds control, invisible or invalid characters; "
				      "allowed is UTF-8 text");
	}
	str_buf_fini(&b);
	return code;
}

static enum err_code add_value(struct scan *s, struct conf_node *n)
{
	if (n->n_values == CONF_TREE_VALUES)
		return bad(s, "a list is too long; allowed are 256 values");
	n->values = mem_grow(n->values, (size_t)n->n_values + 1, sizeof *n->values);
	n->values[n->n_values] = NULL;
	enum err_code code = read_value(s, &n->values[n->n_values]);
	n->n_values++; /* also a bad one: then NULL or freed with the rest */
	return code;
}

static enum err_code read_option(struct scan *s, struct conf_node *n)
{
	if (!take(s, '{'))
		return add_value(s, n);
	n->list = true;
	while (!take(s, '}')) {
		enum err_code code = add_value(s, n);
		if (code != ERR_OK)
			return code;
		if (!take(s, ',') && !at(s, '}'))
			return bad(s, "a list goes on with , or ends with }");
	}
	return ERR_OK;
}

struct conf_node *conf_node_find(const struct conf_node *n, const char *name, const char *title)
{
	for (int i = 0; i < n->n_kids; i++) {
		if (strcmp(n->kids[i]->name, name) == 0 &&
		    (title == NULL || strcmp(n->kids[i]->title, title) == 0))
			return n->kids[i];
	}
	return NULL;
}

/* A title names things, files and sockets too. */
static bool is_title(const char *t)
{
	size_t n = strspn(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
	return n > 0 && n < TEXT_WORD_SZ && t[n] == '\0' && t[0] != '.' && t[0] != '-';
}

static enum err_code read_title(struct scan *s, struct conf_node *n)
{
	char *title = NULL;
	enum err_code code = read_value(s, &title);
	if (code == ERR_OK && !is_title(title))
		code = bad(s, "not a title; allowed are 64 of A-Z a-z 0-9 . _ - (first a letter, a "
			      "digit or _)");
	if (code == ERR_OK)
		(void)str_copy(n->title, sizeof n->title, title);
	free(title);
	return code;
}

static enum err_code read_body(struct scan *s, struct conf_node *parent, int depth);

/* name = …, name { … } or name "title" { … }; n is in the tree already, so that it is freed with it. */
static enum err_code read_item(
    struct scan *s, struct conf_node *parent, struct conf_node *n, int depth)
{
	enum err_code code = read_name(s, n->name);
	if (code != ERR_OK)
		return code;
	n->line = s->line;
	if (take(s, '='))
		code = read_option(s, n);
	else if (depth == CONF_TREE_DEPTH)
		code = bad(s, "= is missing; sections do not nest any deeper");
	else {
		n->section = true;
		if (at(s, '"'))
			code = read_title(s, n);
		if (code == ERR_OK)
			code = take(s, '{') ? read_body(s, n, depth + 1)
					    : bad(s, "= or { is missing after a name");
	}
	if (code != ERR_OK)
		return code;
	/* The kids before n: itself is found only if it is the first. */
	if (conf_node_find(parent, n->name, n->title) != n)
		return err_set(s->e, ERR_CONFIG, "%s:%d: %s%s%s: stands here for the second time",
		    s->tree->file, n->line, n->name, n->title[0] != '\0' ? " " : "", n->title);
	return ERR_OK;
}

static enum err_code read_body(struct scan *s, struct conf_node *parent, int depth)
{
	int opened = s->line;
	for (;;) {
		if (depth > 0 && take(s, '}'))
			return ERR_OK;
		skip(s);
		if (s->p == s->end) {
			s->line = opened;
			return depth == 0
				   ? ERR_OK
				   : bad(s, "a section is opened here and never closed with }");
		}
		if (s->tree->n_nodes++ == CONF_TREE_NODES)
			return bad(s, "too many options");
		struct conf_node *n = mem_new(1, sizeof *n);
		parent->kids =
		    mem_grow(parent->kids, (size_t)parent->n_kids + 1, sizeof(struct conf_node *));
		parent->kids[parent->n_kids++] = n;
		enum err_code code = read_item(s, parent, n, depth);
		if (code != ERR_OK)
			return code;
	}
}

enum err_code conf_tree_parse(
    struct conf_tree **own_tree, const char *file, const char *text, size_t len, struct err *e)
{
	struct conf_tree *t = mem_new(1, sizeof *t);
	t->file = mem_strdup(file);
	struct scan s = {.tree = t, .p = text, .end = text + len, .line = 1, .e = e};
	enum err_code code = read_body(&s, &t->root, 0);
	if (code == ERR_OK)
		*own_tree = t;
	else
		conf_tree_free(t);
	return code;
}

static void fini_node(struct conf_node *n)
{
	for (int i = 0; i < n->n_values; i++)
		free(n->values[i]);
	free(n->values);
	for (int i = 0; i < n->n_kids; i++) {
		fini_node(n->kids[i]);
		free(n->kids[i]);
	}
	free(n->kids);
}

void conf_tree_free(struct conf_tree *own_tree)
{
	if (own_tree == NULL)
		return;
	fini_node(&own_tree->root);
	free(own_tree->file);
	free(own_tree);
}
