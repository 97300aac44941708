#include "base/conf_read.h"

#include <string.h>

#include "base/str.h"

static enum err_code fail(const struct conf_section *s, const struct conf_tree *t, int line,
    const char *option, const char *what)
{
	const struct conf_node *n = s->own != NULL ? s->own : s->shipped;
	return err_set(s->e, ERR_CONFIG, "%s:%d: %s%s%s%s%s: %s", t->file, line, n->name,
	    n->title[0] != '\0' ? " " : "", n->title, option != NULL ? ": " : "",
	    option != NULL ? option : "", what);
}

enum err_code conf_section_error(const struct conf_section *s, const char *option, const char *what)
{
	const struct conf_node *o = NULL;
	if (option != NULL && s->own != NULL && (o = conf_node_find(s->own, option, "")) != NULL)
		return fail(s, s->own_tree, o->line, option, what);
	if (option != NULL && s->shipped != NULL &&
	    (o = conf_node_find(s->shipped, option, "")) != NULL)
		return fail(s, s->shipped_tree, o->line, option, what);
	if (s->own != NULL)
		return fail(s, s->own_tree, s->own->line, option, what);
	return fail(s, s->shipped_tree, s->shipped->line, option, what);
}

/* The option as it counts: the site's, else the shipped one. Both are marked as read. */
static struct conf_node *look_up(struct conf_section *s, const char *name)
{
	struct conf_node *own = s->own != NULL ? conf_node_find(s->own, name, "") : NULL;
	struct conf_node *shipped =
	    s->shipped != NULL ? conf_node_find(s->shipped, name, "") : NULL;
	if (own != NULL)
		own->read = true;
	if (shipped != NULL)
		shipped->read = true;
	return own != NULL ? own : shipped;
}

static enum err_code set_values(
    struct conf_section *s, const struct conf_option *o, const struct conf_node *n, void *dst)
{
	char why[CONF_WHY_SZ];
	bool list = (o->flags & CONF_OPTION_LIST) != 0;
	if (n->section || n->list != list)
		return conf_section_error(s, o->name,
		    list ? "must be a list; allowed is { \"a\", \"b\" }"
			 : "must be one value; allowed is \"a\"");
	if (list && n->n_values > o->max) {
		(void)str_print(
		    why, sizeof why, "has too many values; allowed are %d", (int)o->max);
		return conf_section_error(s, o->name, why);
	}
	for (int i = 0; i < n->n_values; i++) {
		const char *v = n->values[i];
		for (int k = 0; k < i; k++) {
			if (strcmp(n->values[k], v) == 0)
				return conf_section_error(s, o->name, "names a value twice");
		}
		if (*v == '\0' && (o->flags & CONF_OPTION_EMPTY) && !list)
			memset((char *)dst + o->off, 0, 1);
		else if (!o->set(o, (char *)dst + o->off, v, i, why))
			return conf_section_error(s, o->name, why);
	}
	if (list)
		memcpy((char *)dst + o->count_off, &n->n_values, sizeof(int));
	if ((o->flags & CONF_OPTION_MUST) && (n->n_values == 0 || n->values[0][0] == '\0'))
		return conf_section_error(s, o->name, "is empty; it must be given");
	return ERR_OK;
}

/* --- texts in several languages ---------------------------------------------------------- */

static struct conf_node *text_node(struct conf_node *section, const char *name, const char *lang)
{
	char full[TEXT_WORD_SZ + TEXT_LANG_SZ];
	if (section == NULL)
		return NULL;
	(void)str_print(full, sizeof full, "%s%s%s", name, *lang != '\0' ? "-" : "", lang);
	struct conf_node *n = conf_node_find(section, full, "");
	if (n != NULL)
		n->read = true;
	return n;
}

static enum err_code add_text(struct conf_section *s, const struct conf_option *o,
    struct conf_text *t, const char *lang, const struct conf_node *n)
{
	char why[CONF_WHY_SZ];
	if (n->section || n->list)
		return conf_section_error(s, n->name, "must be one value; allowed is \"a text\"");
	if (strlen(n->values[0]) > (size_t)o->max) {
		(void)str_print(why, sizeof why, "is too long; allowed are %d bytes", (int)o->max);
		return conf_section_error(s, n->name, why);
	}
	if (t->n == CONF_LANGS)
		return conf_section_error(
		    s, n->name, "stands here in too many languages; allowed are 8");
	(void)str_copy(t->of[t->n].lang, TEXT_LANG_SZ, lang);
	t->of[t->n++].text = n->values[0];
	return ERR_OK;
}

/* The site's translations replace the shipped ones as one: a notice half ours, half theirs would be neither. */
static enum err_code read_texts(
    struct conf_section *s, const struct conf_option *o, struct conf_text *t)
{
	struct conf_node *from = NULL, *plain, *n;
	struct conf_node *const sections[] = {s->shipped, s->own};
	*t = (struct conf_text){0};
	for (int k = 0; k < 2; k++) {
		bool any = text_node(sections[k], o->name, "") != NULL;
		for (int i = 0; conf_languages[i] != NULL; i++)
			any |= text_node(sections[k], o->name, conf_languages[i]) != NULL;
		if (any)
			from = sections[k];
	}
	if (from == NULL)
		return o->flags & CONF_OPTION_MUST
			   ? conf_section_error(s, o->name, "is missing; it must be given")
			   : ERR_OK;

	plain = text_node(from, o->name, "");
	const char *plain_lang =
	    text_node(from, o->name, s->first_lang) == NULL ? s->first_lang : "en";
	if (plain != NULL && text_node(from, o->name, plain_lang) != NULL)
		return conf_section_error(
		    s, o->name, "stands here beside its own language and English; leave one out");
	/* Two rounds: the site's first language, then the others. */
	for (int round = 0; round < 2; round++) {
		for (int i = 0; conf_languages[i] != NULL; i++) {
			const char *lang = conf_languages[i];
			if ((strcmp(lang, s->first_lang) == 0) != (round == 0))
				continue;
			n = text_node(from, o->name, lang);
			if (n == NULL && strcmp(lang, plain_lang) == 0)
				n = plain;
			enum err_code code = n != NULL ? add_text(s, o, t, lang, n) : ERR_OK;
			if (code != ERR_OK)
				return code;
		}
	}
	return ERR_OK;
}

/* --- sections ---------------------------------------------------------------------------- */

static enum err_code read_option(struct conf_section *s, const struct conf_option *o, void *dst)
{
	char why[CONF_WHY_SZ];
	if (o->flags & CONF_OPTION_TEXTS)
		return read_texts(s, o, (struct conf_text *)(void *)((char *)dst + o->off));
	const struct conf_node *n = look_up(s, o->name);
	if (n != NULL)
		return set_values(s, o, n, dst);
	if (o->flags & CONF_OPTION_MUST)
		return conf_section_error(s, o->name, "is missing; it must be given");
	if (o->missing != NULL && !o->set(o, (char *)dst + o->off, o->missing, 0, why))
		return conf_section_error(s, o->name, why);
	return ERR_OK;
}

enum err_code conf_section_read(struct conf_section *s, const struct conf_option *table, void *dst)
{
	enum err_code code = ERR_OK;
	for (const struct conf_option *o = table; o->name != NULL && code == ERR_OK; o++)
		code = read_option(s, o, dst);
	return code;
}

static enum err_code refuse_unread(const struct conf_section *s, const struct conf_tree *t,
    const struct conf_node *section, const struct conf_option *table)
{
	for (int i = 0; section != NULL && i < section->n_kids; i++) {
		const struct conf_node *n = section->kids[i];
		if (n->read)
			continue;
		char why[CONF_WHY_SZ] = "is not known here; allowed are";
		for (const struct conf_option *o = table; o->name != NULL; o++) {
			size_t len = strlen(why);
			(void)str_print(
			    why + len, sizeof why - len, "%s %s", o > table ? "," : "", o->name);
		}
		return fail(s, t, n->line, n->name, why);
	}
	return ERR_OK;
}

enum err_code conf_section_end(struct conf_section *s, const struct conf_option *table)
{
	enum err_code code = refuse_unread(s, s->own_tree, s->own, table);
	return code == ERR_OK ? refuse_unread(s, s->shipped_tree, s->shipped, table) : code;
}
