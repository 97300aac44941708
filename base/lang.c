#include "base/lang.h"

#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "base/text.h"

/* libintl keeps what it found; raising this counter of glibc's makes it look again (gettext manual, "Being a gettext grok"). */
extern int _nl_msg_cat_cntr;

static const struct {
	const char *tag, *name;
} names[] = {
    {"en", "English"},
    {"de", "Deutsch"},
    {"fr", "Français"},
    {"es", "Español"},
    {"it", "Italiano"},
    {"nl", "Nederlands"},
    {"pl", "Polski"},
    {"pt", "Português"},
    {"sv", "Svenska"},
    {"da", "Dansk"},
    {"cs", "Čeština"},
    {"tr", "Türkçe"},
    {"ar", "العربية"},
    {"zh", "中文"},
    {"ja", "日本語"},
    {"ko", "한국어"},
    {"uk", "Українська"},
    {"ru", "Русский"},
};

/* What lang_set took last: libintl's own state is as global as this. */
static char current[TEXT_LANG_SZ] = "en";

enum err_code lang_init(struct err *e)
{
	static const char any[] = "One moment, please …"; /* the kiosk's */
	char dir[PATH_MAX];
	/* Not "C": there gettext ignores LANGUAGE. */
	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return err_set(e, ERR_UNSUPPORTED, "this machine has no locale C.UTF-8");
	if (bindtextdomain("foyer", path_data(dir, "locale")) == NULL ||
	    bind_textdomain_codeset("foyer", "UTF-8") == NULL || textdomain("foyer") == NULL)
		return err_errno(e, ERR_IO, "message catalogues");
	/* Every catalogue is opened now: glibc 2.36 does so at the first text in a language, and does not survive want of memory there
	 * (_nl_find_msg does not ask what became of __gconv_create_spec). */
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		lang_set(names[i].tag);
		(void)gettext(any);
	}
	lang_set("en");
	return ERR_OK;
}

/* LANGUAGE is a list and names folders: a tag is letters, digits and hyphens, or it is not taken. */
static bool is_tag(const char *lang)
{
	size_t n = strspn(lang, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
	return n >= 2 && n < TEXT_LANG_SZ && lang[n] == '\0';
}

void lang_set(const char *lang)
{
	char name[TEXT_LANG_SZ];
	(void)str_copy(current, sizeof current, is_tag(lang) ? lang : "en");
	(void)str_copy(name, sizeof name, current);
	for (char *p = name; *p != '\0'; p++) { /* pt-BR is pt_BR to gettext */
		if (*p == '-')
			*p = '_';
	}
	if (setenv("LANGUAGE", name, 1) == 0)
		_nl_msg_cat_cntr++;
}

const char *lang_get(void)
{
	return current;
}

const char *lang_own_name(const char *lang)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i].tag, lang) == 0)
			return names[i].name;
	}
	return lang;
}
