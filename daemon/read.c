#include "daemon/read.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "base/sandbox.h"
#include "base/str.h"
#include "daemon/cell.h"
#include "daemon/open.h"
#include "daemon/who.h"
#include "db/export.h"
#include "db/journal.h"
#include "pass/key.h"

enum { ASK_MOST = 16 * 1024 };

/* --- the journal ------------------------------------------------------------------------- */

static bool signature_holds(
    void *arg, const uint8_t sig[DB_JOURNAL_SIG], const void *msg, size_t len)
{
	const struct conf *conf = arg;
	struct err e;
	return pass_signer_verify_file(conf->paths.keys, OPEN_JOURNAL_KEY, sig, msg, len, &e) ==
	       ERR_OK;
}

enum err_code read_journal(
    const struct conf *conf, struct book *b, json_t **own_answer, struct err *e)
{
	struct db_journal_check check = {
	    .signature = signature_holds, .arg = (void *)(uintptr_t)conf};
	struct db_journal_report r;
	enum err_code c = db_journal_verify(b, &check, &r, e);
	if (c)
		return c;
	char hex[2 * DB_JOURNAL_HASH + 1];
	sodium_bin2hex(hex, sizeof hex, r.head.hash, sizeof r.head.hash);
	*own_answer = json_pack("{s:b, s:I, s:I, s:I, s:o, s:s, s:{s:I, s:I, s:s}}", "ok", r.ok,
	    "rows", (json_int_t)r.rows, "erased", (json_int_t)r.erased, "heads",
	    (json_int_t)r.heads, "first_bad", r.first_bad ? json_integer(r.first_bad) : json_null(),
	    "why", r.why, "head", "node", (json_int_t)r.head.node, "seq", (json_int_t)r.head.seq,
	    "hash", hex);
	return ERR_OK;
}

/* --- backups ----------------------------------------------------------------------------- */

static enum err_code file_sha256(const char *path, char hex[65], struct err *e)
{
	unsigned char buf[65536], h[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, ERR_IO, "%s", path);
	crypto_hash_sha256_init(&st);
	ssize_t n;
	while ((n = read(fd, buf, sizeof buf)) > 0)
		crypto_hash_sha256_update(&st, buf, (unsigned long long)n);
	enum err_code c = n < 0 ? err_errno(e, ERR_IO, "%s", path) : ERR_OK;
	close(fd);
	crypto_hash_sha256_final(&st, h);
	sodium_bin2hex(hex, 65, h, sizeof h);
	return c;
}

enum err_code read_backup(struct book *b, const char *path, json_t **own_answer, struct err *e)
{
	int64_t bytes = 0;
	char hex[65];
	enum err_code c = book_backup(b, path, &bytes, e);
	if (!c)
		c = file_sha256(path, hex, e);
	if (!c)
		*own_answer = json_pack(
		    "{s:s, s:I, s:s}", "file", path, "bytes", (json_int_t)bytes, "sha256", hex);
	return c;
}

/* --- exports ----------------------------------------------------------------------------- */

static bool row_print(void *arg, const struct db_cell *cells, int n)
{
	bool *failed = arg;
	json_t *row = json_object();
	for (int i = 0; i < n; i++) {
		json_t *v = NULL;
		switch (cells[i].kind) {
		case DB_CELL_NULL: v = json_null(); break;
		case DB_CELL_INT: v = json_integer(cells[i].i); break;
		case DB_CELL_TEXT: v = json_string(cells[i].text); break;
		}
		json_object_set_new(row, cells[i].name, v ? v : json_null());
	}
	char *line = json_print_line(row);
	*failed = puts(line) == EOF;
	free(line);
	json_decref(row);
	return !*failed;
}

static enum err_code export_run(struct book *b, const json_t *ask, struct err *e)
{
	char what[TEXT_WORD_SZ] = "", words[TEXT_FIELD_SZ] = "";
	struct db_export_query q = {0};
	struct json_reader r;
	bool failed = false;
	json_read_begin(&r, ask, e);
	json_read_text(&r, "what", JSON_REQUIRED, what, sizeof what, TEXT_LINE);
	json_read_text(&r, "q", JSON_OPTIONAL, words, sizeof words, TEXT_LINE);
	json_read_int(&r, "from_ms", JSON_OPTIONAL, &q.from_ms, 0, INT64_MAX);
	json_read_int(&r, "until_ms", JSON_OPTIONAL, &q.until_ms, 0, INT64_MAX);
	enum err_code c = json_read_end(&r);
	if (!c && !db_export_parse(&q.what, what))
		c = err_set(e, ERR_INPUT, "what: must be visits, hosts, journal or person");
	q.words = words[0] ? words : NULL;
	if (!c)
		c = db_export(b, &q, row_print, &failed, e);
	if (!c && (failed || fflush(stdout)))
		c = err_set(e, ERR_IO, "nobody reads the export any more");
	return c;
}

/* --- the child --------------------------------------------------------------------------- */

static enum err_code ask_read(json_t **ask, char kind[16], struct err *e)
{
	struct str_buf b = {.max = ASK_MOST};
	char buf[4096];
	ssize_t n;
	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		if (!str_buf_add(&b, buf, (size_t)n))
			break;
	enum err_code c = json_parse_object(ask, b.data ? b.data : "", b.len, ASK_MOST, e);
	str_buf_fini(&b);
	const char *read = json_string_value(json_object_get(*ask, "read"));
	if (!c && (!read || !str_copy(kind, 16, read)))
		c = err_set(e, ERR_INPUT, "read: must be there");
	json_object_del(*ask, "read"); /* what each kind allows beside it is its own affair */
	return c;
}

static enum err_code verify_run(struct book *b, const json_t *ask, json_t **answer, struct err *e)
{
	enum err_code c = book_verify(b, json_is_true(json_object_get(ask, "quick")), e);
	if (c && c != ERR_CORRUPT)
		return c;
	*answer = json_pack("{s:b, s:s}", "ok", c == ERR_OK, "why", c ? e->msg : "");
	return ERR_OK;
}

static enum err_code backup_run(struct book *b, const json_t *ask, json_t **answer, struct err *e)
{
	const char *file = json_string_value(json_object_get(ask, "file"));
	return file ? read_backup(b, file, answer, e)
		    : err_set(e, ERR_INPUT, "file: must be there");
}

/* A reader needs the log beside the book for writing, and its memory (https://sqlite.org/wal.html#readonly). */
static enum err_code lock_in(const struct conf *conf, struct err *e)
{
	const struct sandbox cell = {.read = {conf->paths.keys},
	    .write = {conf->paths.state, conf->paths.backups},
	    .allow = SANDBOX_WITH_PARENT};
	return sandbox_enter(&cell, e);
}

int read_main(const struct conf *conf)
{
	struct err e = {0};
	json_t *ask = NULL, *answer = NULL;
	struct book *b = NULL;
	char path[PATH_MAX], kind[16] = "";
	enum err_code c = ask_read(&ask, kind, &e); /* from foyerd: it says which cell */
	bool is_export = str_eq(kind, "export"), names = str_eq(kind, "who");
	FAULT_OPEN(names ? "foyerd-names" : "foyerd-read");
	if (!c && !names && !conf)
		c = err_set(&e, ERR_CONFIG, "the configuration cannot be read");
	if (!c)
		c = names ? cell_enter_names(&e) : lock_in(conf, &e);
	if (!c && !names)
		c = open_book_path(path, conf, &e);
	if (!c && !names)
		c = book_open(&b, path, BOOK_RO, &e);
	if (c)
		;
	else if (names)
		c = who_look(ask, &answer, &e);
	else if (is_export)
		c = export_run(b, ask, &e);
	else if (str_eq(kind, "verify"))
		c = verify_run(b, ask, &answer, &e);
	else if (str_eq(kind, "journal"))
		c = read_journal(conf, b, &answer, &e);
	else if (str_eq(kind, "backup"))
		c = backup_run(b, ask, &answer, &e);
	else
		c = err_set(&e, ERR_INPUT, "read: must be verify, journal, backup, export or who");
	if (c) {
		log_error("--read %s: %s", kind, e.msg);
		answer = is_export
			     ? NULL
			     : json_pack("{s:s, s:s}", "error", err_name(c), "message", e.msg);
	}
	FAULT("reader.read");
	char *line = answer ? json_print_line(answer) : NULL;
	if (line)
		puts(line);
	bool said = !fflush(stdout);
	free(line);
	json_decref(answer);
	json_decref(ask);
	book_close(b);
	return c || !said ? 1 : 0;
}
