#include "daemon/offline.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "daemon/bookmark.h"
#include "daemon/folders.h"
#include "daemon/keeper.h"
#include "daemon/open.h"
#include "daemon/read.h"
#include "db/book.h"
#include "db/journal.h"
#include "pass/key.h"
#include "pass/seal.h"

/* Files that are made must be the daemon's. */
static enum err_code become_daemon(const struct conf *conf, struct err *e)
{
	return geteuid() || conf->demo ? ERR_OK : keeper_drop(FOLDERS_USER, NULL, e);
}

/* --- --init ------------------------------------------------------------------------------ */

static enum err_code must_be_new(const struct conf *conf, const char *book, struct err *e)
{
	char path[PATH_MAX];
	static const char *const files[] = {
	    "pass-001.key", OPEN_JOURNAL_KEY ".key", SEAL_HASH_FILE};
	if (!access(book, F_OK))
		return err_set(e, ERR_CONFLICT, "%s is there already; nothing was changed", book);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		enum err_code c = path_join(path, conf->paths.keys, files[i], e);
		if (c)
			return c;
		if (!access(path, F_OK))
			return err_set(
			    e, ERR_CONFLICT, "%s is there already; nothing was changed", path);
	}
	return ERR_OK;
}

static enum err_code book_make(const struct conf *conf, const char *path, bool demo, struct err *e)
{
	struct book *b = NULL;
	struct clock clock = clock_system();
	char site[8];
	struct db_journal_entry en = {.actor = "rule:init", .what = "book.init"};
	str_print(site, sizeof site, "%d", conf->site.id);
	enum err_code c = book_open(&b, path, BOOK_RW | BOOK_CREATE, e);
	if (!c)
		c = book_begin(b, clock_wall(&clock), e);
	if (!c)
		c = book_meta_set(b, OPEN_META_SITE, site, e);
	if (!c && demo)
		c = book_meta_set(b, OPEN_META_DEMO, "yes", e);
	if (!c)
		c = db_journal_append(b, &en, NULL, e);
	if (!c)
		c = book_commit(b, e);
	if (!c)
		c = bookmark_write(conf, b, BOOKMARK_CLOSED, e);
	book_close(b);
	return c;
}

/* None of these was there before. What cannot be removed either is named by the next --init. */
static void init_undo(const struct conf *conf, const char *book)
{
	static const char *const keys[] = {"pass-001.key", "pass-001.pub", OPEN_JOURNAL_KEY ".key",
	    OPEN_JOURNAL_KEY ".pub", SEAL_HASH_FILE};
	static const char *const books[] = {"-wal", "-shm", ""};
	char path[PATH_MAX];
	struct err e;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (!path_join(path, conf->paths.keys, keys[i], &e))
			(void)unlink(path);
	for (size_t i = 0; i < sizeof books / sizeof books[0]; i++)
		if (str_print(path, sizeof path, "%s%s", book, books[i]))
			(void)unlink(path);
	if (bookmark_put_back(NULL, conf, &e))
		log_error("after an --init that failed: %s", e.msg);
}

static enum err_code init_make(
    const struct conf *conf, const char *book, bool demo, uint8_t *id, struct err *e)
{
	enum err_code c = pass_key_new(conf->paths.keys, id, e);
	if (!c)
		c = pass_signer_new_file(conf->paths.keys, OPEN_JOURNAL_KEY, e);
	if (!c)
		c = seal_hasher_new_file(conf->paths.keys, e);
	return c ? c : book_make(conf, book, demo, e);
}

enum err_code offline_init(const struct conf *conf, bool demo, struct err *e)
{
	char book[PATH_MAX];
	uint8_t id = 0;
	if (demo != conf->demo)
		return err_set(e, ERR_CONFIG,
		    demo ? "--demo goes with a configuration that says demo = \"yes\""
			 : "the configuration is a demo's: say --init --demo");
	enum err_code c = folders_state(conf, e);
	if (!c)
		c = become_daemon(conf, e);
	if (!c)
		c = open_book_path(book, conf, e);
	if (!c)
		c = must_be_new(conf, book, e);
	if (c)
		return c;
	c = init_make(conf, book, demo, &id, e);
	if (c) {
		init_undo(conf, book);
		return c;
	}
	printf("made %s: the keys that sign passes (key %u) and the journal, and one that tells "
	       "documents again; keep a copy in a safe place\n",
	    conf->paths.keys, id);
	printf("made %s: an empty book of site %d\n", book, conf->site.id);
	printf("made %s: for backups\n", conf->paths.backups);
	return ERR_OK;
}

/* --- --verify, --backup ------------------------------------------------------------------ */

enum err_code offline_verify(const struct conf *conf, struct err *e)
{
	struct book *b = NULL;
	json_t *report = NULL;
	char path[PATH_MAX];
	enum err_code c = become_daemon(conf, e);
	if (!c)
		c = open_book_path(path, conf, e);
	if (!c)
		c = book_open(&b, path, BOOK_RO, e);
	/* The journal first: it names an entry where the book can only name a page. */
	if (!c)
		c = read_journal(conf, b, &report, e);
	if (!c && !json_is_true(json_object_get(report, "ok")))
		c = err_set(e, ERR_CORRUPT, "journal: entry %lld: %s",
		    (long long)json_integer_value(json_object_get(report, "first_bad")),
		    json_string_value(json_object_get(report, "why")));
	if (!c)
		c = book_verify(b, false, e);
	if (!c)
		printf("the book is whole; its journal of %lld entries holds together, with %lld "
		       "signed heads\n",
		    (long long)json_integer_value(json_object_get(report, "rows")),
		    (long long)json_integer_value(json_object_get(report, "heads")));
	json_decref(report);
	book_close(b);
	return c;
}

enum err_code offline_backup(const struct conf *conf, const char *file, struct err *e)
{
	struct book *b = NULL;
	json_t *made = NULL;
	char path[PATH_MAX];
	enum err_code c = become_daemon(conf, e);
	if (!c)
		c = open_book_path(path, conf, e);
	if (!c)
		c = book_open(&b, path, BOOK_RO, e);
	if (!c)
		c = read_backup(b, file, &made, e);
	if (!c)
		printf("made %s: %lld bytes, SHA-256 %s\n", file,
		    (long long)json_integer_value(json_object_get(made, "bytes")),
		    json_string_value(json_object_get(made, "sha256")));
	json_decref(made);
	book_close(b);
	return c;
}
