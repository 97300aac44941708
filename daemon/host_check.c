#include "daemon/host_check.h"

#include <string.h>

#include "base/str.h"

enum err_code host_check(const struct db_host *h, struct err *e)
{
	if (!h->uid[0] || strchr(h->uid, ' ') || strchr(h->uid, '/'))
		return err_set(e, ERR_INPUT, "uid: must be there, without spaces or slashes");
	if (!h->name[0])
		return err_set(e, ERR_INPUT, "name: must not be empty");
	if (h->mail[0] && !text_is_mail(h->mail))
		return err_set(e, ERR_INPUT, "mail: must be an address like name@example.org");
	if (h->away_until_ms && h->away_until_ms <= h->away_from_ms)
		return err_set(e, ERR_INPUT, "away_until_ms: must be later than away_from_ms");
	return ERR_OK;
}

enum err_code host_lang_check(const struct conf *conf, const char *lang, struct err *e)
{
	char list[CONF_LANGS * (TEXT_LANG_SZ + 2)] = "";
	for (int i = 0; i < conf->site.n_langs; i++) {
		const char *one = conf->site.langs[i];
		if (str_eq(lang, one))
			return ERR_OK;
		size_t at = strlen(list);
		str_print(list + at, sizeof list - at, "%s%s", at ? ", " : "", one);
	}
	if (!lang[0])
		return ERR_OK;
	return err_set(
	    e, ERR_INPUT, "lang: must be one of the site's languages (%s), or empty", list);
}
