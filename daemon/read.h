/*
 * What a `foyerd --read` child does: one question on standard input (a JSON object), the answer on
 * standard output. Its handle of the book is read-only, so whatever it does, the book stays as it
 * is; and it locks itself in with the book and the folder of backups (base/sandbox.h).
 *
 * The question's "read" says what to do; its other members and the answer's:
 *
 *   verify   {"quick":bool}              {"ok":bool,"why":"…"}
 *   journal  {}                          {"ok","rows","erased","heads","first_bad","why","head"}
 *   backup   {"file":"…"}                {"file","bytes","sha256"}
 *   export   {"what","q","from_ms","until_ms"}   a line a row
 *   who      {"uid","groups":[…]}        {"user","groups":{…}}; needs neither book nor foyer.conf
 *
 * An error is {"error": word, "message": …} and exit 1 (nothing but exit 1 for an export, whose
 * lines may have begun).
 */
#ifndef DAEMON_READ_H
#define DAEMON_READ_H

#include <jansson.h>

#include "base/conf.h"
#include "db/book.h"

/* The child's exit status. */
/* conf NULL: it cannot be read; then only names are looked up. */
int read_main(const struct conf *conf);

/* Shared with `foyerd --verify` and `--backup`, which serve when no daemon runs. The caller
 * drops *own_answer. */
enum err_code read_journal(
    const struct conf *conf, struct book *b, json_t **own_answer, struct err *e) MUST_USE;
enum err_code read_backup(
    struct book *b, const char *path, json_t **own_answer, struct err *e) MUST_USE;

#endif
