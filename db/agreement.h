/*
 * Agreements: the texts as they were shown, by hash, and who signed which.
 */
#ifndef DB_AGREEMENT_H
#define DB_AGREEMENT_H

#include "base/text.h"
#include "db/book.h"

enum { DB_AGREEMENT_MAX = 128 * 1024 }; /* bytes of one text */

struct db_agreement {
	char name[TEXT_WORD_SZ];
	char lang[TEXT_LANG_SZ];
	char hash[DB_HASH_SZ];
	int64_t first_seen_ms;
};

/* Keep a text; the same again changes nothing. ERR_TOO_LONG. first_seen_ms is filled. */
enum err_code db_agreement_put(
    struct book *b, struct db_agreement *a, const char *text, struct err *e) MUST_USE;
/* The text of a version that was shown once; malloc'ed, the caller frees. */
enum err_code db_agreement_text(
    struct book *b, const struct db_agreement *a, char **own_text, struct err *e) MUST_USE;

struct db_signature {
	struct uuid id, visitor, visit;
	struct uuid signed_for; /* whom it binds, where that is not the one who signed; else nil */
	char agreement[TEXT_WORD_SZ];
	char hash[DB_HASH_SZ];
	char lang[TEXT_LANG_SZ];
	char name[TEXT_NAME_SZ]; /* as it stood on the screen */
	int64_t signed_ms;
};

/* The version must be there (db_agreement_put): ERR_NOT_FOUND. A nil id is filled. */
enum err_code db_signature_insert(struct book *b, struct db_signature *s, struct err *e) MUST_USE;
/* The visitor's newest signature under this agreement with this hash: is it still good?
 * ERR_NOT_FOUND: never signed this text. hash "": any version. */
enum err_code db_signature_newest(struct book *b, const struct uuid *visitor, const char *agreement,
    const char *hash, struct db_signature *s, struct err *e) MUST_USE;
/* Signatures given at a visit, oldest first. */
enum err_code db_signature_list(struct book *b, const struct uuid *visit, struct db_signature *list,
    int max, int *n, struct err *e) MUST_USE;

#endif
