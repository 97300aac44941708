/*
 * Where things lie: beside the program in a build folder, or where `make install` put them. It hides which.
 */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <limits.h>
#include <stddef.h>

#include "base/err.h"

/* A file of the data directory: of $FOYER_DATADIR if that is set (an absolute path; tests), else of DIR-OF-PROGRAM/share/foyer if that is
 * there (a build folder), else of PREFIX/share/foyer. Returns dst. */
const char *path_data(char dst[PATH_MAX], const char *below);

/* A program of ours: DIR-OF-PROGRAM/NAME if executable there, else PREFIX/lib/foyer/NAME, else PREFIX/bin/NAME. ERR_NOT_FOUND. */
enum err_code path_program(char dst[PATH_MAX], const char *name, struct err *e) MUST_USE;

/* Join with one slash. ERR_TOO_LONG. */
enum err_code path_join(
    char dst[PATH_MAX], const char *dir, const char *name, struct err *e) MUST_USE;

/* What a path means from here, for those who are elsewhere. ERR_TOO_LONG, ERR_IO. */
enum err_code path_absolute(char dst[PATH_MAX], const char *path, struct err *e) MUST_USE;

/* Read a whole regular file of at most max bytes; *own_data is NUL-terminated, the caller frees. */
enum err_code path_read(
    char **own_data, size_t *len, const char *path, size_t max, struct err *e) MUST_USE;

/* Write a file so that it is there whole or not at all: temporary name beside it, fsync, rename, fsync of the folder. */
enum err_code path_write(
    const char *path, const void *data, size_t len, unsigned mode, struct err *e) MUST_USE;

/* A secret: a regular file, not a symlink, owned by us or root, no bits for others or for a foreign group's write (mode & 0037 == 0), at most max bytes.
 * The trailing newline is cut. The caller clears dst. */
enum err_code path_read_secret(char *dst, size_t dst_sz, const char *path, struct err *e) MUST_USE;

#endif
