/*
 * Keys that sign passes: a folder of pass-NNN.key (Ed25519 seed, 64 hex digits, mode 0400, foyerd alone) and pass-NNN.pub
 * (0444). NNN is the key id, 1..255. The highest id with a .key signs; every .pub verifies, so a key is rotated by making the next one
 * and retired by deleting both files when the last pass it signed has expired. Secret keys live in locked memory (sodium_malloc).
 *
 * Errors of reading: ERR_NOT_FOUND (no folder, no such file), ERR_DENIED (a file that is no regular one, a .key of another mode than
 * 0400 or of another owner than us and root, a .pub that others may write), ERR_CORRUPT (not 64 hex digits, a .key that does not fit
 * its .pub or has none), ERR_NO_SPACE (memory cannot be locked: RLIMIT_MEMLOCK), ERR_IO.
 */
#ifndef PASS_KEY_H
#define PASS_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { PASS_SIG_BYTES = 64 };

struct pass_ring; /* pass_ring_free */

/* Read every key of dir. An empty folder is an empty ring. */
enum err_code pass_ring_load(struct pass_ring **own_ring, const char *dir, struct err *e) MUST_USE;
void pass_ring_free(struct pass_ring *own_ring); /* may be NULL */

/* Make the next key in dir (id = highest + 1), which must be there. *id tells which. ERR_TOO_MANY after 255. */
enum err_code pass_key_new(const char *dir, uint8_t *id, struct err *e) MUST_USE;

/* Ids that can verify, ascending, for doctor. Returns how many. */
int pass_ring_ids(const struct pass_ring *ring, uint8_t ids[255]);
int pass_ring_signer(const struct pass_ring *ring); /* 0: none */

/* What token.c needs. Signing wants a signer (pass_ring_signer); verifying is false for an id that the ring has not. */
void pass_ring_sign(
    const struct pass_ring *ring, uint8_t sig[PASS_SIG_BYTES], const void *msg, size_t len);
bool pass_ring_has(const struct pass_ring *ring, uint8_t id);
bool pass_ring_verify(const struct pass_ring *ring, uint8_t id, const uint8_t sig[PASS_SIG_BYTES],
    const void *msg, size_t len);

/* For other signed things of the house (the journal's head): a named Ed25519 key pair NAME.key/NAME.pub in dir, same modes. NAME is 1 to
 * 32 of a-z, 0-9 and hyphen (ERR_INPUT). Making one never replaces another (ERR_CONFLICT). */
struct pass_signer; /* pass_signer_free */
enum err_code pass_signer_new_file(const char *dir, const char *name, struct err *e) MUST_USE;
enum err_code pass_signer_load(
    struct pass_signer **own_s, const char *dir, const char *name, struct err *e) MUST_USE;
void pass_signer_free(struct pass_signer *own_s); /* may be NULL */
void pass_signer_sign(
    const struct pass_signer *s, uint8_t sig[PASS_SIG_BYTES], const void *msg, size_t len);
/* Verify needs only the .pub. ERR_CORRUPT if the signature does not hold. */
enum err_code pass_signer_verify_file(const char *dir, const char *name,
    const uint8_t sig[PASS_SIG_BYTES], const void *msg, size_t len, struct err *e) MUST_USE;

#endif
