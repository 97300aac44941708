#include "pass/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"

enum {
	SEED_BYTES = crypto_sign_SEEDBYTES,
	HEX_LEN = 2 * SEED_BYTES, /* a public key is as long as a seed */
	FILE_SZ = KEY_NAME_SZ + sizeof ".key",
	TEXT_MOST = KEY_WORD_MOST + 1 + HEX_LEN, /* word, space, digits */
};
_Static_assert(
    crypto_sign_SEEDBYTES == crypto_sign_PUBLICKEYBYTES, "one file format for both halves");
_Static_assert(KEY_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "Ed25519, RFC 8032");
_Static_assert(KEY_SECRET_BYTES == crypto_sign_SECRETKEYBYTES, "Ed25519, RFC 8032");

enum half { HALF_PUBLIC, HALF_SECRET };

/* sodium_malloc locks too, but says nothing when it could not. */
enum err_code key_secret_new(uint8_t **own_p, size_t n, struct err *e)
{
	*own_p = sodium_malloc(n);
	if (*own_p == NULL)
		return err_errno(e, ERR_NO_SPACE, "no memory for a key");
	if (sodium_mlock(*own_p, n) != 0) {
		enum err_code code = err_errno(e, ERR_NO_SPACE, "cannot lock the memory of a key");
		sodium_free(*own_p);
		*own_p = NULL;
		return code;
	}
	return ERR_OK;
}

static enum err_code of_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR: return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case ELOOP: return ERR_DENIED;
	default: return ERR_IO;
	}
}

enum err_code key_folder_open(int *fd, const char *dir, struct err *e)
{
	if (sodium_init() < 0)
		return err_set(e, ERR_UNSUPPORTED, "libsodium does not start");
	*fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd >= 0 ? ERR_OK : err_errno(e, of_errno(), "key folder %s", dir);
}

enum err_code key_folder_lock(int *fd, const char *dir, struct err *e)
{
	enum err_code code = key_folder_open(fd, dir, e);
	if (code != ERR_OK)
		return code;
	int rc;
	do
		rc = flock(*fd, LOCK_EX);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return ERR_OK;
	code = err_errno(e, ERR_IO, "lock %s", dir);
	(void)close(*fd);
	return code;
}

static void file_name(char dst[FILE_SZ], const char *name, enum half half)
{
	(void)str_print(dst, FILE_SZ, "%s.%s", name, half == HALF_SECRET ? "key" : "pub");
}

static enum err_code half_exists(
    bool *yes, int folder, const char *name, enum half half, struct err *e)
{
	char file[FILE_SZ];
	struct stat st;
	file_name(file, name, half);
	*yes = fstatat(folder, file, &st, AT_SYMLINK_NOFOLLOW) == 0;
	return *yes || errno == ENOENT ? ERR_OK : err_errno(e, of_errno(), "%s", file);
}

enum err_code key_file_exists(struct key_halves *h, int folder, const char *name, struct err *e)
{
	*h = (struct key_halves){0};
	enum err_code code = half_exists(&h->public, folder, name, HALF_PUBLIC, e);
	return code != ERR_OK ? code : half_exists(&h->secret, folder, name, HALF_SECRET, e);
}

/* --- reading ----------------------------------------------------------------------------- */

static enum err_code half_check(int fd, const char *file, enum half half, struct err *e)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return err_errno(e, ERR_IO, "%s", file);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_DENIED, "%s is no regular file", file);
	unsigned mode = st.st_mode & 07777;
	if (half == HALF_PUBLIC) {
		if ((mode & 022) != 0)
			return err_set(
			    e, ERR_DENIED, "%s has mode %04o: others may write it", file, mode);
		return ERR_OK;
	}
	if (mode != 0400)
		return err_set(e, ERR_DENIED, "%s has mode %04o, not 0400", file, mode);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return err_set(e, ERR_DENIED, "%s belongs to user %u", file, (unsigned)st.st_uid);
	return ERR_OK;
}

/* As much as a key's text and a byte more, without the newline at its end. */
static enum err_code text_read(
    uint8_t text[TEXT_MOST + 2], size_t *len, int fd, const char *file, struct err *e)
{
	*len = 0;
	while (*len < TEXT_MOST + 2) {
		ssize_t n = read(fd, text + *len, TEXT_MOST + 2 - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, ERR_IO, "%s", file);
		if (n == 0)
			break;
		*len += (size_t)n;
	}
	if (*len > 0 && text[*len - 1] == '\n')
		--*len;
	return ERR_OK;
}

/* The word and a space, if there is to be one, 64 hex digits and perhaps a newline, nothing else. */
static enum err_code half_parse(
    uint8_t dst[SEED_BYTES], int fd, const char *file, const char *word, struct err *e)
{
	uint8_t *text = NULL;
	size_t len, head = strlen(word);
	enum err_code code = key_secret_new(&text, TEXT_MOST + 2, e);
	if (code != ERR_OK)
		return code;
	code = text_read(text, &len, fd, file, e);
	if (code != ERR_OK)
		goto out;
	bool fits = head == 0 || (len > head && memcmp(text, word, head) == 0 && text[head] == ' ');
	if (!fits)
		code = err_set(e, ERR_CORRUPT, "%s does not begin with the word %s", file, word);
	head += head > 0;
	if (fits &&
	    (len - head != HEX_LEN || sodium_hex2bin(dst, SEED_BYTES, (const char *)text + head,
					  HEX_LEN, NULL, NULL, NULL) != 0))
		code = err_set(e, ERR_CORRUPT, "%s does not hold %d hex digits", file, HEX_LEN);
out:
	sodium_free(text);
	return code;
}

static enum err_code file_read(
    uint8_t dst[SEED_BYTES], int folder, const char *file, struct key_sort sort, struct err *e)
{
	enum half half = sort.secret ? HALF_SECRET : HALF_PUBLIC;
	/* O_NONBLOCK: a FIFO must not hold us before it is refused. */
	int fd = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, of_errno(), "%s", file);
	enum err_code code = half_check(fd, file, half, e);
	if (code == ERR_OK)
		code = half_parse(dst, fd, file, sort.word, e);
	(void)close(fd);
	return code;
}

static enum err_code half_read(
    uint8_t dst[SEED_BYTES], int folder, const char *name, enum half half, struct err *e)
{
	char file[FILE_SZ];
	file_name(file, name, half);
	return file_read(dst, folder, file, (struct key_sort){half == HALF_SECRET, ""}, e);
}

enum err_code key_file_read_one(
    uint8_t dst[KEY_PUBLIC_BYTES], const char *path, struct key_sort sort, struct err *e)
{
	return file_read(dst, AT_FDCWD, path, sort, e);
}

enum err_code key_file_read_public(
    uint8_t dst[KEY_PUBLIC_BYTES], int folder, const char *name, struct err *e)
{
	return half_read(dst, folder, name, HALF_PUBLIC, e);
}

enum err_code key_file_read(struct key_pair *p, int folder, const char *name, struct err *e)
{
	uint8_t *seed = NULL;
	uint8_t derived[KEY_PUBLIC_BYTES];
	*p = (struct key_pair){0};
	enum err_code code = key_secret_new(&seed, SEED_BYTES, e);
	if (code == ERR_OK)
		code = key_secret_new(&p->own_secret, KEY_SECRET_BYTES, e);
	if (code == ERR_OK)
		code = half_read(seed, folder, name, HALF_SECRET, e);
	if (code == ERR_OK)
		code = half_read(p->public, folder, name, HALF_PUBLIC, e);
	if (code != ERR_OK)
		goto out;
	(void)crypto_sign_seed_keypair(derived, p->own_secret, seed);
	if (memcmp(derived, p->public, sizeof derived) != 0)
		code = err_set(e, ERR_CORRUPT, "%s.key does not fit %s.pub", name, name);
out:
	sodium_free(seed);
	if (code != ERR_OK) {
		sodium_free(p->own_secret);
		p->own_secret = NULL;
	}
	return code;
}

/* --- making ------------------------------------------------------------------------------ */

static enum err_code file_write(
    const char *path, struct key_sort sort, const uint8_t bytes[SEED_BYTES], struct err *e)
{
	uint8_t *text = NULL;
	size_t head = strlen(sort.word);
	enum err_code code = key_secret_new(&text, TEXT_MOST + 2, e);
	if (code != ERR_OK)
		return code;
	if (head > 0) {
		memcpy(text, sort.word, head);
		text[head++] = ' ';
	}
	(void)sodium_bin2hex((char *)text + head, HEX_LEN + 1, bytes, SEED_BYTES);
	text[head + HEX_LEN] = '\n';
	code = path_write(path, text, head + HEX_LEN + 1, sort.secret ? 0400 : 0444, e);
	sodium_free(text);
	return code;
}

static enum err_code half_write(const char *dir, const char *name, enum half half,
    const uint8_t bytes[SEED_BYTES], struct err *e)
{
	char file[FILE_SZ], path[PATH_MAX];
	file_name(file, name, half);
	enum err_code code = path_join(path, dir, file, e);
	return code == ERR_OK
		   ? file_write(path, (struct key_sort){half == HALF_SECRET, ""}, bytes, e)
		   : code;
}

enum err_code key_file_make_one(
    const char *path, struct key_sort sort, const uint8_t bytes[KEY_PUBLIC_BYTES], struct err *e)
{
	struct stat st;
	if (lstat(path, &st) == 0)
		return err_set(e, ERR_CONFLICT, "%s is there already", path);
	enum err_code code = file_write(path, sort, bytes, e);
	if (code != ERR_OK)
		(void)unlink(path); /* it may have come to be there before its folder failed */
	return code;
}

static void half_remove(int folder, const char *name, enum half half)
{
	char file[FILE_SZ];
	file_name(file, name, half);
	(void)unlinkat(folder, file, 0);
}

/* The .pub first: cut short after it, the folder holds a key that nobody can sign with, and still loads. */
enum err_code key_file_make(int folder, const char *dir, const char *name, struct err *e)
{
	uint8_t public[KEY_PUBLIC_BYTES];
	uint8_t *seed = NULL, *secret = NULL;
	enum err_code code = key_secret_new(&seed, SEED_BYTES, e);
	if (code == ERR_OK)
		code = key_secret_new(&secret, KEY_SECRET_BYTES, e);
	if (code != ERR_OK)
		goto out;
	randombytes_buf(seed, SEED_BYTES);
	(void)crypto_sign_seed_keypair(public, secret, seed);
	code = half_write(dir, name, HALF_PUBLIC, public, e);
	if (code == ERR_OK)
		code = half_write(dir, name, HALF_SECRET, seed, e);
	if (code != ERR_OK) {
		half_remove(folder, name, HALF_SECRET);
		half_remove(folder, name, HALF_PUBLIC);
	}
out:
	sodium_free(seed);
	sodium_free(secret);
	return code;
}
