/*
 * What of a file is on the disk, and what only in the page cache; and what of it is left when the power goes. For lib_vfs.c, which
 * tells what SQLite does.
 *
 * At a cut each 512-byte sector of what was written since a file's last good sync has come to the disk or has not, by chance: torn, out of
 * order, or with rubbish where it was being written (and nowhere else: https://sqlite.org/psow.html). A truncation and a deletion are the file
 * system's own, in order and whole: what was written after one that did not come to the disk did not come either.
 */
#ifndef TESTS_FAULT_LIB_POWER_H
#define TESTS_FAULT_LIB_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

struct power_file;

/* The file at path as it is there now: all of it is on the disk. */
struct power_file *power_file_new(const char *path, bool is_log);
bool power_file_is(const struct power_file *f, const char *path);
bool power_file_is_log(const struct power_file *f);

void power_write(struct power_file *f, int64_t at, const void *bytes, int n);
void power_truncate(struct power_file *f, int64_t size);
void power_delete(struct power_file *f);

/* Everything is on the disk. */
void power_synced(struct power_file *f);
/* By chance a part is, and the rest never comes. */
void power_lost(struct power_file *f, const struct random *random);
/* What is on the disk, as a file of the same name in the folder. Aborts where it cannot. */
void power_image(const struct power_file *f, const char *folder);

#endif
