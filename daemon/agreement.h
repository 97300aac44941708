/*
 * The text of an agreement as it is now: read from its folder, known by its hash. It hides the files and the choice of language.
 */
#ifndef DAEMON_AGREEMENT_H
#define DAEMON_AGREEMENT_H

#include "base/conf.h"
#include "db/agreement.h"

struct agreement {
	char name[TEXT_WORD_SZ];
	char lang
	    [TEXT_LANG_SZ]; /* the language it is in: the one asked for, else the site's first, else English */
	char hash[DB_HASH_SZ]; /* BLAKE2b of the text, 32 hex digits: its version */
	char *whole; /* agreement_fini frees */
	/* After agreement_show. */
	char title[TEXT_NAME_SZ];
	char *text; /* without the title line; agreement_fini frees */
};

/* Which text it is, and all of it. ERR_NOT_FOUND: no such agreement; ERR_CONFIG: no text in any language, or one that cannot be read. */
enum err_code agreement_load(struct agreement *a, const struct conf *conf, const char *name,
    const char *lang, struct err *e) MUST_USE;
/* As it is shown: clean, and its title apart. ERR_CONFIG: it cannot be read, so nobody can have signed it. */
enum err_code agreement_show(struct agreement *a, struct err *e) MUST_USE;
void agreement_fini(struct agreement *a);

#endif
