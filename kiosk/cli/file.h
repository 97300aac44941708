/*
 * A file that a command makes: there whole, mode 0600, or not at all. It hides the temporary name.
 * What is there already stays, unless forced, and what is no regular file stays even then.
 */
#ifndef KIOSK_CLI_FILE_H
#define KIOSK_CLI_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct file {
	int fd; /* -1: none */
	bool force;
	char path[PATH_MAX], tmp[PATH_MAX];
};
/* ERR_CONFLICT: it is there already. */
enum err_code file_begin(struct file *f, const char *path, bool force, struct err *e) MUST_USE;
enum err_code file_add(struct file *f, const void *bytes, size_t n, struct err *e) MUST_USE;
/* Sync it and give it its name. After an error, as after file_abandon, nothing is left of it. */
enum err_code file_finish(struct file *f, struct err *e) MUST_USE;
void file_abandon(struct file *f);

#endif
