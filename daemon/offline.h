/*
 * What foyerd does when no daemon runs: --init, --verify, --backup, --restore. Each says on
 * standard output what it did. Files end up with the owner and mode that the daemon needs: started
 * as root (and not for a demo), user foyer does the work.
 */
#ifndef DAEMON_OFFLINE_H
#define DAEMON_OFFLINE_H

#include <stdbool.h>

#include "base/conf.h"
#include "base/err.h"

/* Folders, a key for passes, a key for the journal's head, an empty book. ERR_CONFLICT:
 * something is there already; nothing was changed then. */
enum err_code offline_init(const struct conf *conf, bool demo, struct err *e) MUST_USE;

/* Structure, references, journal. ERR_CORRUPT. */
enum err_code offline_verify(const struct conf *conf, struct err *e) MUST_USE;

/* ERR_CONFLICT: the file is there. */
enum err_code offline_backup(const struct conf *conf, const char *file, struct err *e) MUST_USE;

/* Verify the backup, put it in the book's place, erase again who was erased since; the old book
 * is kept as book.before-restore-TIME. ERR_BUSY: a daemon runs. On any error the book stays as
 * it was. */
enum err_code offline_restore(const struct conf *conf, const char *file, struct err *e) MUST_USE;

#endif
