/*
 * What foyerd needs to judge identity documents: the key that tells a number again, the public half of the key that what is kept is sealed for, and
 * the matcher of names (some MiB). Where no type asks for a document, none of them is made.
 */
#ifndef DAEMON_DOCUMENTS_H
#define DAEMON_DOCUMENTS_H

#include "base/conf.h"
#include "base/err.h"
#include "match/match.h"
#include "pass/seal.h"
#include "scan/document.h"

struct documents; /* documents_free */

/* NULL, and ERR_OK, where no type asks. A house that has no key for numbers yet is given one. Errors as in pass/seal.h. */
enum err_code documents_load(
    struct documents **own_d, const struct conf *conf, struct err *e) MUST_USE;
/* Only whether the sealing key that conf names is one: for a configuration that is looked at before it counts. */
enum err_code documents_check(const struct conf *conf, struct err *e) MUST_USE;
void documents_free(struct documents *own_d); /* may be NULL */

struct matcher *documents_matcher(const struct documents *d); /* borrowed */
/* "KIND\0ISSUER\0NUMBER" by the house's key: two kinds of one issuer may bear one number. issuer: the state, and the jurisdiction within it. */
enum { DOCUMENTS_ISSUER_SZ = 8 };
void documents_number(const struct documents *d, enum document_kind kind, const char *issuer,
    const char *number, uint8_t hash[SEAL_HASH_BYTES]);
/* NULL: nothing is kept here. */
const struct seal_public *documents_seal(const struct documents *d);

#endif
