/*
 * What is kept of a document: sealed for somebody else, or hashed under a key of ours. It hides libsodium's sealed boxes and where the keys lie.
 *
 * Sealing takes the public half, FILE.pub (0444), alone: whoever sealed cannot open (crypto_box_seal: X25519, XSalsa20-Poly1305). The secret
 * half, FILE (0400), opens. Each is a word that says which half it is, and 64 hex digits. A number is told again by a keyed hash (BLAKE2b, RFC 7693), whose key is document.key among
 * the keys of passes. Secrets live in locked memory. Errors as in key.h.
 */
#ifndef PASS_SEAL_H
#define PASS_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	SEAL_PUBLIC_BYTES = 32,
	SEAL_MORE = 48, /* what sealing adds */
	SEAL_MOST = 1024, /* of what is sealed */
	SEAL_BOX_SZ = SEAL_MOST + SEAL_MORE,
	SEAL_TEXT_SZ = 4 * ((SEAL_BOX_SZ + 2) / 3) + 1, /* base64 */
	SEAL_HASH_BYTES = 32
};

/* Make file and file.pub. ERR_CONFLICT: one of them is there already; nothing was changed. */
enum err_code seal_key_new(const char *file, struct err *e) MUST_USE;

struct seal_public {
	uint8_t key[SEAL_PUBLIC_BYTES];
};
enum err_code seal_public_load(struct seal_public *p, const char *path, struct err *e) MUST_USE;
/* msg[len], at most SEAL_MOST, into box[len + SEAL_MORE]; *n: how many bytes. ERR_TOO_LONG; ERR_CORRUPT: no key that one can seal for. */
enum err_code seal_close(const struct seal_public *p, uint8_t box[SEAL_BOX_SZ], size_t *n,
    const void *msg, size_t len, struct err *e) MUST_USE;
/* As text: base64, RFC 4648 section 4. dst of SEAL_TEXT_SZ. */
const char *seal_text(char dst[SEAL_TEXT_SZ], const uint8_t *box, size_t n);

struct seal_secret; /* seal_secret_free */
enum err_code seal_secret_load(
    struct seal_secret **own_s, const char *file, struct err *e) MUST_USE;
void seal_secret_free(struct seal_secret *own_s); /* may be NULL */
/* What was sealed, as a text; dst of SEAL_MOST + 1, cleared by the caller. ERR_INPUT: no base64. ERR_REJECTED: not for this key, or changed. */
enum err_code seal_open(
    const struct seal_secret *s, char dst[SEAL_MOST + 1], const char *text, struct err *e) MUST_USE;

/* document.key of dir. Making one never replaces another (ERR_CONFLICT). */
#define SEAL_HASH_FILE "document.key"
struct seal_hasher; /* seal_hasher_free */
enum err_code seal_hasher_new_file(const char *dir, struct err *e) MUST_USE;
enum err_code seal_hasher_load(struct seal_hasher **own_h, const char *dir, struct err *e) MUST_USE;
void seal_hasher_free(struct seal_hasher *own_h); /* may be NULL */
void seal_hash(
    const struct seal_hasher *h, uint8_t dst[SEAL_HASH_BYTES], const void *msg, size_t len);

#endif
