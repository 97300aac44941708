#include "daemon/host_check.h"

#include <string.h>

static bool is_lang(const char *s)
{
	return !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")];
}

enum err_code host_check(const struct db_host *h, struct err *e)
{
	if (!h->uid[0] || strchr(h->uid, ' ') || strchr(h->uid, '/'))
		return err_set(e, ERR_INPUT, "uid: must be there, without spaces or slashes");
	if (!h->name[0])
		return err_set(e, ERR_INPUT, "name: must not be empty");
	if (h->mail[0] && !text_is_mail(h->mail))
		return err_set(e, ERR_INPUT, "mail: must be an address like name@example.org");
	if (!is_lang(h->lang))
		return err_set(e, ERR_INPUT, "lang: must be a language tag like de");
	if (h->away_until_ms && h->away_until_ms <= h->away_from_ms)
		return err_set(e, ERR_INPUT, "away_until_ms: must be later than away_from_ms");
	return ERR_OK;
}
