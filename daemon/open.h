/*
 * Where the book and its keys lie and who may have them: paths, the lock that keeps a second foyerd
 * out, and the checks that a book and a configuration belong together.
 */
#ifndef DAEMON_OPEN_H
#define DAEMON_OPEN_H

#include <limits.h>

#include "base/conf.h"
#include "base/err.h"
#include "db/book.h"

/* Names of facts of the book (book_meta_get). */
#define OPEN_META_SITE "site" /* site.id of the configuration that made it */
#define OPEN_META_DEMO "demo" /* "yes": made by the demo */

#define OPEN_JOURNAL_KEY "journal" /* the pair in paths.keys that signs the journal's head */

enum err_code open_book_path(char dst[PATH_MAX], const struct conf *conf, struct err *e) MUST_USE;

/* flock on STATE/foyerd.lock: whoever holds it may write the book. ERR_BUSY: another one does.
 * close(*fd) lets go. */
enum err_code open_lock(int *fd, const struct conf *conf, struct err *e) MUST_USE;

/* ERR_CONFIG: a demo's configuration on a book that the demo did not make, or another site's
 * book. */
enum err_code open_check(struct book *b, const struct conf *conf, struct err *e) MUST_USE;

/* A folder with this mode; one that is there stays as it is. */
enum err_code open_folder(const char *path, unsigned mode, struct err *e) MUST_USE;

#endif
