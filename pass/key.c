#include "pass/key.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "pass/key_file.h"

enum { ID_MAX = 255, NAME_LEN_MAX = KEY_NAME_SZ - 1 };
_Static_assert(PASS_SIG_BYTES == crypto_sign_BYTES, "Ed25519, RFC 8032");

struct pass_ring {
	int signer; /* id, 0: none */
	uint8_t *own_secret; /* the signer's */
	bool has[ID_MAX + 1];
	uint8_t public[ID_MAX + 1][KEY_PUBLIC_BYTES];
};

struct pass_signer {
	struct key_pair pair;
};

static void ring_name(char dst[KEY_NAME_SZ], int id)
{
	(void)str_print(dst, KEY_NAME_SZ, "pass-%03d", id);
}

static enum err_code ring_add(struct pass_ring *ring, int folder, int id, struct err *e)
{
	char name[KEY_NAME_SZ];
	struct key_halves halves;
	ring_name(name, id);
	enum err_code code = key_file_exists(&halves, folder, name, e);
	if (code != ERR_OK || (!halves.public && !halves.secret))
		return code;
	if (!halves.public)
		return err_set(e, ERR_CORRUPT, "%s.key has no %s.pub", name, name);

	struct key_pair pair = {0};
	code = halves.secret ? key_file_read(&pair, folder, name, e)
			     : key_file_read_public(pair.public, folder, name, e);
	if (code != ERR_OK)
		return code;
	ring->has[id] = true;
	memcpy(ring->public[id], pair.public, sizeof pair.public);
	if (halves.secret) {
		sodium_free(ring->own_secret);
		ring->own_secret = pair.own_secret;
		ring->signer = id;
	}
	return ERR_OK;
}

enum err_code pass_ring_load(struct pass_ring **own_ring, const char *dir, struct err *e)
{
	int folder;
	*own_ring = NULL;
	enum err_code code = key_folder_open(&folder, dir, e);
	if (code != ERR_OK)
		return code;
	struct pass_ring *ring = mem_new(1, sizeof *ring);
	for (int id = 1; id <= ID_MAX && code == ERR_OK; id++)
		code = ring_add(ring, folder, id, e);
	(void)close(folder);
	if (code != ERR_OK) {
		pass_ring_free(ring);
		return code;
	}
	*own_ring = ring;
	return ERR_OK;
}

void pass_ring_free(struct pass_ring *own_ring)
{
	if (own_ring == NULL)
		return;
	sodium_free(own_ring->own_secret); /* clears it */
	free(own_ring);
}

static enum err_code highest_id(int *id, int folder, struct err *e)
{
	char name[KEY_NAME_SZ];
	struct key_halves halves;
	for (*id = ID_MAX; *id > 0; (*id)--) {
		ring_name(name, *id);
		enum err_code code = key_file_exists(&halves, folder, name, e);
		if (code != ERR_OK || halves.public || halves.secret)
			return code;
	}
	return ERR_OK;
}

enum err_code pass_key_new(const char *dir, uint8_t *id, struct err *e)
{
	int folder, highest = 0;
	char name[KEY_NAME_SZ];
	*id = 0;
	enum err_code code = key_folder_lock(&folder, dir, e);
	if (code != ERR_OK)
		return code;
	code = highest_id(&highest, folder, e);
	if (code == ERR_OK && highest == ID_MAX)
		code = err_set(e, ERR_TOO_MANY, "pass-%03d is the last key id", ID_MAX);
	if (code == ERR_OK) {
		ring_name(name, highest + 1);
		code = key_file_make(folder, dir, name, e);
	}
	if (code == ERR_OK)
		*id = (uint8_t)(highest + 1);
	(void)close(folder);
	return code;
}

int pass_ring_ids(const struct pass_ring *ring, uint8_t ids[255])
{
	int n = 0;
	for (int id = 1; id <= ID_MAX; id++) {
		if (ring->has[id])
			ids[n++] = (uint8_t)id;
	}
	return n;
}

int pass_ring_signer(const struct pass_ring *ring)
{
	return ring->signer;
}

void pass_ring_sign(
    const struct pass_ring *ring, uint8_t sig[PASS_SIG_BYTES], const void *msg, size_t len)
{
	(void)crypto_sign_detached(sig, NULL, msg, len, ring->own_secret);
}

bool pass_ring_has(const struct pass_ring *ring, uint8_t id)
{
	return ring->has[id];
}

bool pass_ring_verify(const struct pass_ring *ring, uint8_t id, const uint8_t sig[PASS_SIG_BYTES],
    const void *msg, size_t len)
{
	return ring->has[id] && crypto_sign_verify_detached(sig, msg, len, ring->public[id]) == 0;
}

/* --- named signers ----------------------------------------------------------------------- */

static enum err_code name_check(const char *name, struct err *e)
{
	size_t len = strlen(name);
	if (len == 0 || len > NAME_LEN_MAX ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return err_set(
		    e, ERR_INPUT, "a key's name is 1 to %d of a-z, 0-9 and hyphen", NAME_LEN_MAX);
	return ERR_OK;
}

enum err_code pass_signer_new_file(const char *dir, const char *name, struct err *e)
{
	int folder;
	struct key_halves halves;
	enum err_code code = name_check(name, e);
	if (code == ERR_OK)
		code = key_folder_lock(&folder, dir, e);
	if (code != ERR_OK)
		return code;
	code = key_file_exists(&halves, folder, name, e);
	if (code == ERR_OK && (halves.public || halves.secret))
		code = err_set(
		    e, ERR_CONFLICT, "%s.%s is there already", name, halves.secret ? "key" : "pub");
	if (code == ERR_OK)
		code = key_file_make(folder, dir, name, e);
	(void)close(folder);
	return code;
}

enum err_code pass_signer_load(
    struct pass_signer **own_s, const char *dir, const char *name, struct err *e)
{
	int folder;
	*own_s = NULL;
	enum err_code code = name_check(name, e);
	if (code == ERR_OK)
		code = key_folder_open(&folder, dir, e);
	if (code != ERR_OK)
		return code;
	struct pass_signer *s = mem_new(1, sizeof *s);
	code = key_file_read(&s->pair, folder, name, e);
	(void)close(folder);
	if (code != ERR_OK) {
		free(s);
		return code;
	}
	*own_s = s;
	return ERR_OK;
}

void pass_signer_free(struct pass_signer *own_s)
{
	if (own_s == NULL)
		return;
	sodium_free(own_s->pair.own_secret); /* clears it */
	free(own_s);
}

void pass_signer_sign(
    const struct pass_signer *s, uint8_t sig[PASS_SIG_BYTES], const void *msg, size_t len)
{
	(void)crypto_sign_detached(sig, NULL, msg, len, s->pair.own_secret);
}

enum err_code pass_signer_verify_file(const char *dir, const char *name,
    const uint8_t sig[PASS_SIG_BYTES], const void *msg, size_t len, struct err *e)
{
	int folder;
	uint8_t public[KEY_PUBLIC_BYTES];
	enum err_code code = name_check(name, e);
	if (code == ERR_OK)
		code = key_folder_open(&folder, dir, e);
	if (code != ERR_OK)
		return code;
	code = key_file_read_public(public, folder, name, e);
	(void)close(folder);
	if (code == ERR_OK && crypto_sign_verify_detached(sig, msg, len, public) != 0)
		code = err_set(e, ERR_CORRUPT, "the signature does not hold under %s.pub", name);
	return code;
}
