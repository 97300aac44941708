#include "daemon/agreement.h"

#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/str.h"

static enum err_code read_in(struct agreement *a, const char *dir, const char *lang, struct err *e)
{
	char path[PATH_MAX], file[TEXT_LANG_SZ + 4];
	size_t len = 0;
	(void)str_print(file, sizeof file, "%s.txt", lang);
	enum err_code code = path_join(path, dir, file, e);
	if (code == ERR_OK)
		code = path_read(&a->whole, &len, path, DB_AGREEMENT_MAX, e);
	if (code == ERR_OK)
		(void)str_copy(a->lang, sizeof a->lang, lang);
	return code;
}

/* A language travels from outside into a file name. */
static bool is_tag(const char *s)
{
	return s[0] != '\0' && strlen(s) < TEXT_LANG_SZ &&
	       s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-")] == '\0';
}

static void take_hash(struct agreement *a)
{
	uint8_t hash[16];
	crypto_generichash(
	    hash, sizeof hash, (const unsigned char *)a->whole, strlen(a->whole), NULL, 0);
	(void)sodium_bin2hex(a->hash, sizeof a->hash, hash, sizeof hash);
}

enum err_code agreement_show(struct agreement *a, struct err *e)
{
	size_t len = strlen(a->whole);
	a->text = mem_new(len + 1, 1);
	if (text_clean(a->text, len + 1, a->whole, len, TEXT_LINES, e) != ERR_OK) {
		err_context(e, "agreement %s, %s", a->name, a->lang);
		return e->code = ERR_CONFIG;
	}
	char *line_end = strchr(a->text, '\n');
	if (line_end == NULL)
		return err_set(e, ERR_CONFIG, "agreement %s, %s: needs a title line and a text",
		    a->name, a->lang);
	*line_end = '\0';
	(void)str_copy(a->title, sizeof a->title, a->text);
	char *body = line_end + 1 + strspn(line_end + 1, "\n");
	memmove(a->text, body, strlen(body) + 1);
	return ERR_OK;
}

enum err_code agreement_load(
    struct agreement *a, const struct conf *conf, const char *name, const char *lang, struct err *e)
{
	*a = (struct agreement){0};
	const struct conf_agreement *c = conf_agreement_find(conf, name);
	if (c == NULL)
		return err_set(e, ERR_NOT_FOUND, "no such agreement");
	(void)str_copy(a->name, sizeof a->name, name);
	const char *const tries[] = {lang, conf->site.langs[0], "en"};
	enum err_code code = ERR_NOT_FOUND;
	for (size_t i = 0; i < sizeof tries / sizeof tries[0] && code == ERR_NOT_FOUND; i++) {
		if (is_tag(tries[i]))
			code = read_in(a, c->dir, tries[i], e);
	}
	if (code == ERR_OK) {
		take_hash(a);
		return ERR_OK;
	}
	agreement_fini(a);
	/* Whatever is wrong with the text, the house must mend it: it is no refusal of who asks. */
	err_context(e, "agreement %s", name);
	return e->code = ERR_CONFIG;
}

void agreement_fini(struct agreement *a)
{
	free(a->text);
	free(a->whole);
	*a = (struct agreement){0};
}
