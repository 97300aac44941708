#include "pass/seal.h"

#include <limits.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "pass/key_file.h"

_Static_assert((int)SEAL_PUBLIC_BYTES == (int)KEY_PUBLIC_BYTES, "one file format for all");
_Static_assert((unsigned)SEAL_PUBLIC_BYTES == crypto_box_PUBLICKEYBYTES, "X25519, RFC 7748");
_Static_assert(crypto_box_SECRETKEYBYTES == crypto_box_PUBLICKEYBYTES, "X25519, RFC 7748");
_Static_assert((unsigned)SEAL_MORE == crypto_box_SEALBYTES, "crypto_box_seal");
_Static_assert((unsigned)SEAL_HASH_BYTES == crypto_generichash_BYTES, "BLAKE2b-256");
_Static_assert(crypto_generichash_KEYBYTES == KEY_PUBLIC_BYTES, "one file format for all");

enum { KEY_BYTES = KEY_PUBLIC_BYTES };

static const struct key_sort hash_key = {true, ""}, public_half = {false, "foyer-seal-public"},
			     secret_half = {true, "foyer-seal-secret"};

struct seal_secret {
	uint8_t public[KEY_BYTES];
	uint8_t *own_key;
};

struct seal_hasher {
	uint8_t *own_key;
};

static enum err_code start(struct err *e)
{
	return sodium_init() < 0 ? err_set(e, ERR_UNSUPPORTED, "libsodium does not start") : ERR_OK;
}

/* A key of our own: 32 bytes of a file, locked. */
static enum err_code secret_load(
    uint8_t **own_key, const char *path, struct key_sort sort, struct err *e)
{
	*own_key = NULL;
	enum err_code code = start(e);
	if (code == ERR_OK)
		code = key_secret_new(own_key, KEY_BYTES, e);
	if (code == ERR_OK)
		code = key_file_read_one(*own_key, path, sort, e);
	if (code != ERR_OK) {
		sodium_free(*own_key);
		*own_key = NULL;
	}
	return code;
}

/* --- sealing ----------------------------------------------------------------------------- */

/* The public half first: cut short after it, nothing is sealed that nobody can open, for a key without its secret is seen to be missing. */
enum err_code seal_key_new(const char *file, struct err *e)
{
	uint8_t public[KEY_BYTES], *secret = NULL;
	char path[PATH_MAX];
	enum err_code code = start(e);
	if (code == ERR_OK && !str_print(path, sizeof path, "%s.pub", file))
		code = err_set(e, ERR_TOO_LONG, "%s: is too long", file);
	if (code == ERR_OK && access(file, F_OK) == 0)
		code = err_set(e, ERR_CONFLICT, "%s is there already", file);
	if (code == ERR_OK)
		code = key_secret_new(&secret, KEY_BYTES, e);
	if (code != ERR_OK)
		return code;
	(void)crypto_box_keypair(public, secret);
	code = key_file_make_one(path, public_half, public, e);
	if (code == ERR_OK) {
		code = key_file_make_one(file, secret_half, secret, e);
		if (code != ERR_OK)
			(void)unlink(path);
	}
	sodium_free(secret);
	return code;
}

enum err_code seal_public_load(struct seal_public *p, const char *path, struct err *e)
{
	enum err_code code = start(e);
	return code == ERR_OK ? key_file_read_one(p->key, path, public_half, e) : code;
}

enum err_code seal_close(const struct seal_public *p, uint8_t box[SEAL_BOX_SZ], size_t *n,
    const void *msg, size_t len, struct err *e)
{
	*n = 0;
	if (len > SEAL_MOST)
		return err_set(e, ERR_TOO_LONG, "at most %d bytes can be sealed", SEAL_MOST);
	if (crypto_box_seal(box, msg, len, p->key) != 0)
		return err_set(e, ERR_CORRUPT, "seal-key: is no key that one can seal for");
	*n = len + SEAL_MORE;
	return ERR_OK;
}

const char *seal_text(char dst[SEAL_TEXT_SZ], const uint8_t *box, size_t n)
{
	return sodium_bin2base64(dst, SEAL_TEXT_SZ, box, n, sodium_base64_VARIANT_ORIGINAL);
}

/* --- opening ----------------------------------------------------------------------------- */

enum err_code seal_secret_load(struct seal_secret **own_s, const char *file, struct err *e)
{
	struct seal_secret *s = mem_new(1, sizeof *s);
	*own_s = NULL;
	enum err_code code = secret_load(&s->own_key, file, secret_half, e);
	if (code != ERR_OK) {
		free(s);
		return code;
	}
	(void)crypto_scalarmult_base(s->public, s->own_key);
	*own_s = s;
	return ERR_OK;
}

void seal_secret_free(struct seal_secret *own_s)
{
	if (own_s == NULL)
		return;
	sodium_free(own_s->own_key); /* clears it */
	free(own_s);
}

enum err_code seal_open(
    const struct seal_secret *s, char dst[SEAL_MOST + 1], const char *text, struct err *e)
{
	uint8_t box[SEAL_BOX_SZ];
	size_t n = 0;
	dst[0] = '\0';
	if (sodium_base642bin(box, sizeof box, text, strlen(text), NULL, &n, NULL,
		sodium_base64_VARIANT_ORIGINAL) != 0)
		return err_set(e, ERR_INPUT, "this is no sealed text");
	if (n < SEAL_MORE ||
	    crypto_box_seal_open((unsigned char *)dst, box, n, s->public, s->own_key) != 0)
		return err_set(e, ERR_REJECTED, "it was sealed for another key");
	dst[n - SEAL_MORE] = '\0';
	return ERR_OK;
}

/* --- hashing ----------------------------------------------------------------------------- */

enum err_code seal_hasher_new_file(const char *dir, struct err *e)
{
	uint8_t *key = NULL;
	char path[PATH_MAX];
	enum err_code code = start(e);
	if (code == ERR_OK)
		code = path_join(path, dir, SEAL_HASH_FILE, e);
	if (code == ERR_OK)
		code = key_secret_new(&key, KEY_BYTES, e);
	if (code != ERR_OK)
		return code;
	crypto_generichash_keygen(key);
	code = key_file_make_one(path, hash_key, key, e);
	sodium_free(key);
	return code;
}

enum err_code seal_hasher_load(struct seal_hasher **own_h, const char *dir, struct err *e)
{
	struct seal_hasher *h = mem_new(1, sizeof *h);
	char path[PATH_MAX];
	*own_h = NULL;
	enum err_code code = path_join(path, dir, SEAL_HASH_FILE, e);
	if (code == ERR_OK)
		code = secret_load(&h->own_key, path, hash_key, e);
	if (code != ERR_OK) {
		free(h);
		return code;
	}
	*own_h = h;
	return ERR_OK;
}

void seal_hasher_free(struct seal_hasher *own_h)
{
	if (own_h == NULL)
		return;
	sodium_free(own_h->own_key); /* clears it */
	free(own_h);
}

void seal_hash(
    const struct seal_hasher *h, uint8_t dst[SEAL_HASH_BYTES], const void *msg, size_t len)
{
	(void)crypto_generichash(dst, SEAL_HASH_BYTES, msg, len, h->own_key, KEY_BYTES);
}
