#include "daemon/documents.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

struct documents {
	struct seal_hasher *hasher;
	bool seals;
	struct seal_public seal;
	struct matcher *matcher;
};

static bool asked_for(const struct conf *conf)
{
	for (int i = 0; i < conf->n_types; i++)
		if (conf->types[i].id == CONF_ID_REQUIRED)
			return true;
	return false;
}

/* A key that is lost costs no more than what it had told again. */
static enum err_code hasher_load(struct seal_hasher **h, const char *dir, struct err *e)
{
	enum err_code c = seal_hasher_load(h, dir, e);
	if (c != ERR_NOT_FOUND)
		return c;
	c = seal_hasher_new_file(dir, e);
	if (!c)
		log_info(
		    "%s/" SEAL_HASH_FILE " was made: no document is known again from before", dir);
	return c ? c : seal_hasher_load(h, dir, e);
}

static enum err_code seal_load(struct seal_public *p, const struct conf *conf, struct err *e)
{
	enum err_code c = seal_public_load(p, conf->site.seal_key, e);
	return c ? err_context(e, "seal-key") : ERR_OK;
}

enum err_code documents_check(const struct conf *conf, struct err *e)
{
	struct seal_public p;
	return asked_for(conf) && conf->site.seal_key[0] ? seal_load(&p, conf, e) : ERR_OK;
}

_Static_assert(DOCUMENTS_ISSUER_SZ >= 2 * DOCUMENT_STATE_SZ, "state and jurisdiction");

enum err_code documents_load(struct documents **own_d, const struct conf *conf, struct err *e)
{
	*own_d = NULL;
	if (!asked_for(conf))
		return ERR_OK;
	struct documents *d = mem_new(1, sizeof *d);
	enum err_code c = hasher_load(&d->hasher, conf->paths.keys, e);
	d->seals = conf->site.seal_key[0] != '\0';
	if (!c && d->seals)
		c = seal_load(&d->seal, conf, e);
	if (!c)
		c = matcher_new(&d->matcher, e);
	if (c) {
		documents_free(d);
		return c;
	}
	*own_d = d;
	return ERR_OK;
}

void documents_free(struct documents *own_d)
{
	if (!own_d)
		return;
	seal_hasher_free(own_d->hasher);
	matcher_free(own_d->matcher);
	free(own_d);
}

struct matcher *documents_matcher(const struct documents *d)
{
	return d->matcher;
}

void documents_number(const struct documents *d, enum document_kind kind, const char *issuer,
    const char *number, uint8_t hash[SEAL_HASH_BYTES])
{
	char text[DOCUMENT_WORD_SZ + DOCUMENTS_ISSUER_SZ + DOCUMENT_NUMBER_SZ];
	const char *const parts[] = {document_kind_name(kind), issuer, number};
	size_t n = 0;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		const size_t more = strlen(parts[i]) + (i < 2); /* the last one without its end */
		memcpy(text + n, parts[i], more);
		n += more;
	}
	seal_hash(d->hasher, hash, text, n);
	explicit_bzero(text, sizeof text);
}

const struct seal_public *documents_seal(const struct documents *d)
{
	return d->seals ? &d->seal : NULL;
}
