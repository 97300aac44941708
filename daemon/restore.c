/*
 * --restore: the backup is copied beside the book, opened, migrated, verified and erased again
 * there; only then it takes the book's place.
 */
#include "daemon/offline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "daemon/bookmark.h"
#include "daemon/erased.h"
#include "daemon/folders.h"
#include "daemon/keeper.h"
#include "daemon/open.h"
#include "db/book.h"
#include "db/journal.h"

static enum err_code copy(int from, const char *path, struct err *e)
{
	char buf[65536];
	ssize_t n = 0;
	enum err_code c = ERR_OK;
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (to < 0)
		return err_errno(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "%s", path);
	while (!c && (n = read(from, buf, sizeof buf)) > 0)
		for (ssize_t at = 0, w; !c && at < n; at += w)
			if ((w = write(to, buf + at, (size_t)(n - at))) < 0)
				c = err_errno(
				    e, errno == ENOSPC ? ERR_NO_SPACE : ERR_IO, "%s", path);
	if (!c && (n < 0 || fsync(to)))
		c = err_errno(e, ERR_IO, "%s", path);
	if (close(to) && !c)
		c = err_errno(e, ERR_IO, "%s", path);
	return c;
}

static enum err_code facts_write(struct book *b, int64_t wall_ms, int left, struct err *e)
{
	struct db_journal_entry en = {.actor = "rule:restore", .what = "book.restore"};
	enum err_code c = book_begin(b, wall_ms, e);
	if (!c)
		c = book_meta_set(b, ERASED_PENDING, left ? "1" : "0", e);
	if (!c)
		c = db_journal_append(b, &en, NULL, e);
	return c ? c : book_commit(b, e);
}

/* The copy becomes a book that may be used. */
static enum err_code prepare(const struct conf *conf, const char *path, int *erased, struct err *e)
{
	struct book *b = NULL;
	struct clock clock = clock_system();
	int left = 0;
	enum err_code c = book_open(&b, path, BOOK_RW, e);
	if (!c)
		c = book_verify(b, false, e);
	if (!c)
		c = open_check(b, conf, e);
	if (!c)
		c = erased_list_apply(b, conf->paths.backups, clock_wall(&clock), erased, &left, e);
	if (!c)
		c = facts_write(b, clock_wall(&clock), left, e);
	if (!c)
		c = book_checkpoint(b, BOOK_CHECKPOINT_TRUNCATE, e);
	/* Before it takes the book's place: a start in between refuses the old book, and the next --restore mends that. */
	if (!c)
		c = bookmark_write(conf, b, BOOKMARK_CLOSED, e);
	book_close(b);
	return c;
}

/* A book and its write-ahead log belong together, also when it cannot be opened any more. */
static const char *const tails[] = {"", "-wal", "-shm"};
enum { TAILS = sizeof tails / sizeof tails[0] };

/* A log that is left beside a copy would be taken for the next copy's. */
static enum err_code copy_remove(const char *coming, struct err *e)
{
	char path[PATH_MAX];
	for (size_t i = 0; i < TAILS; i++) {
		if (!str_print(path, sizeof path, "%s%s", coming, tails[i]))
			return err_set(e, ERR_TOO_LONG, "%s: the path is too long", coming);
		if (unlink(path) && errno != ENOENT)
			return err_errno(e, ERR_IO, "%s", path);
	}
	return ERR_OK;
}

static enum err_code aside(const char *book, const char *kept, struct err *e)
{
	char from[PATH_MAX], to[PATH_MAX];
	for (size_t i = 0; i < TAILS; i++) {
		if (!str_print(from, sizeof from, "%s%s", book, tails[i]) ||
		    !str_print(to, sizeof to, "%s%s", kept, tails[i]))
			return err_set(e, ERR_TOO_LONG, "%s: the path is too long", book);
		if (rename(from, to) && errno != ENOENT)
			return err_errno(e, ERR_IO, "%s", from);
	}
	return ERR_OK;
}

static enum err_code folder_sync(const char *dir, struct err *e)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err_code c = fd < 0 || fsync(fd) ? err_errno(e, ERR_IO, "%s", dir) : ERR_OK;
	if (fd >= 0)
		close(fd);
	return c;
}

/* Into the place, or everything as it was. */
static enum err_code swap(const char *book, const char *coming, const char *kept, struct err *e)
{
	struct err why;
	enum err_code c = aside(book, kept, e);
	if (!c && rename(coming, book))
		c = err_errno(e, ERR_IO, "%s", coming);
	if (c && aside(kept, book, &why))
		log_error("the old book is %s: %s", kept, why.msg);
	return c;
}

static enum err_code replace(const struct conf *conf, int source, struct err *e)
{
	char book[PATH_MAX], coming[PATH_MAX], kept[PATH_MAX], name[64];
	struct clock clock = clock_system();
	time_t now = (time_t)(clock_wall(&clock) / CLOCK_SECOND);
	struct tm tm;
	int erased = 0;
	char *mark = NULL;
	strftime(name, sizeof name, "book.before-restore-%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	enum err_code c = open_book_path(book, conf, e);
	if (!c)
		c = path_join(coming, conf->paths.state, "book.restoring", e);
	if (!c)
		c = path_join(kept, conf->paths.state, name, e);
	if (c)
		return c;
	const bool readable = !bookmark_text(&mark, conf, e); /* one that is not is replaced */
	c = copy_remove(coming, e); /* left by a restore that was broken off; we hold the lock */
	if (!c)
		c = copy(source, coming, e);
	if (!c)
		c = prepare(conf, coming, &erased, e);
	if (!c)
		c = swap(book, coming, kept, e);
	if (c) {
		struct err why;
		if (copy_remove(coming, &why) || (readable && bookmark_put_back(mark, conf, &why)))
			log_error("after a restore that failed: %s", why.msg);
		free(mark);
		return c;
	}
	free(mark);
	c = folder_sync(conf->paths.state, e);
	if (c)
		return c;
	printf("the backup is in place; %d who had been erased since were erased again; the old "
	       "book is %s\n",
	    erased, kept);
	return ERR_OK;
}

enum err_code offline_restore(const struct conf *conf, const char *file, struct err *e)
{
	int lock = -1;
	/* Opened first: a backup that only root may read is fine. */
	int source = open(file, O_RDONLY | O_CLOEXEC);
	if (source < 0)
		return err_errno(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", file);
	enum err_code c = geteuid() || conf->demo ? ERR_OK : keeper_drop(FOLDERS_USER, NULL, e);
	if (!c)
		c = open_lock(&lock, conf, e);
	if (!c) {
		c = replace(conf, source, e);
		close(lock);
	}
	close(source);
	return c;
}
