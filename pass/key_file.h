/*
 * A key pair on disk, NAME.key and NAME.pub, for key.c alone. It hides the files' form, their modes, and the order in which they are
 * made so that a cut leaves a folder that still loads. Errors as in key.h.
 */
#ifndef PASS_KEY_FILE_H
#define PASS_KEY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { KEY_PUBLIC_BYTES = 32, KEY_SECRET_BYTES = 64, KEY_NAME_SZ = 33 };

struct key_pair {
	uint8_t public[KEY_PUBLIC_BYTES];
	uint8_t *own_secret; /* KEY_SECRET_BYTES, locked, sodium_free; NULL: we only verify */
};

/* The folder, which the caller closes; with the lock every other maker is kept out until then. Starts libsodium. */
enum err_code key_folder_open(int *fd, const char *dir, struct err *e) MUST_USE;
enum err_code key_folder_lock(int *fd, const char *dir, struct err *e) MUST_USE;

struct key_halves {
	bool public, secret;
};
enum err_code key_file_exists(
    struct key_halves *h, int folder, const char *name, struct err *e) MUST_USE;

/* Both halves, which must fit; or the public one. */
enum err_code key_file_read(
    struct key_pair *p, int folder, const char *name, struct err *e) MUST_USE;
enum err_code key_file_read_public(
    uint8_t dst[KEY_PUBLIC_BYTES], int folder, const char *name, struct err *e) MUST_USE;

/* One half alone, wherever it lies: 32 bytes as 64 hex digits, after a word that says what they are, so that no key is taken for another; at
 * most KEY_WORD_MOST letters, "" for none. Reading checks the modes as above; making refuses what is there (ERR_CONFLICT). */
enum { KEY_WORD_MOST = 32 };
struct key_sort {
	bool secret;
	const char *word;
};
enum err_code key_file_read_one(
    uint8_t dst[KEY_PUBLIC_BYTES], const char *path, struct key_sort sort, struct err *e) MUST_USE;
enum err_code key_file_make_one(const char *path, struct key_sort sort,
    const uint8_t bytes[KEY_PUBLIC_BYTES], struct err *e) MUST_USE;
/* Locked memory, for sodium_free. */
enum err_code key_secret_new(uint8_t **own_p, size_t n, struct err *e) MUST_USE;

/* Make both halves; the caller holds the lock on folder, which is dir, and has seen that neither is there. */
enum err_code key_file_make(int folder, const char *dir, const char *name, struct err *e) MUST_USE;

#endif
