/*
 * Backups, made by a `foyerd --read backup` child while visitors go on coming, and listed. A backup
 * holds what the book holds: the folder is 0700.
 */
#include "daemon/handlers.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/str.h"
#include "daemon/erased.h"
#include "daemon/reader.h"
#include "daemon/server.h"
#include "daemon/slow.h"
#include "db/journal.h"

/* One that is being made. */
struct backup {
	struct foyerd *d;
	struct slow *slow;
};

static void made(void *arg, const json_t *result, const struct err *why)
{
	struct backup *k = arg;
	struct err e = {0};
	enum err_code c = ERR_OK;
	if (why)
		c = err_set(&e, why->code, "%s", why->msg);
	else if (k->d->closed)
		c = err_set(
		    &e, ERR_IO, "the book is closed until it was opened again and verified");
	else
		c = erased_list_update(k->d->book, k->d->conf->paths.backups, &e);
	if (c) {
		slow_fail(k->slow, &e);
	} else {
		const char *sha = json_string_value(json_object_get(result, "sha256"));
		struct db_journal_entry en = {
		    .what = "backup", .fields = {{"sha256", sha ? sha : ""}}, .n_fields = 1};
		slow_done(k->slow, 201, json_deep_copy(result), &en);
	}
	free(k);
}

enum err_code h_backup_new(struct request *rq, struct err *e)
{
	char path[PATH_MAX], name[64];
	bool replayed;
	struct slow *slow;
	if (json_object_size(rq->body))
		return err_set(e, ERR_INPUT, "the body must be {}");
	time_t now = (time_t)(rq->now_ms / CLOCK_SECOND);
	struct tm tm;
	strftime(name, sizeof name, "foyer-%Y%m%dT%H%M%SZ.book", gmtime_r(&now, &tm));
	enum err_code c = path_join(path, rq->d->conf->paths.backups, name, e);
	if (!c)
		c = slow_begin(rq, &slow, &replayed, e);
	if (c || replayed)
		return c;
	struct backup *k = mem_new(1, sizeof *k);
	k->d = rq->d;
	k->slow = slow;
	struct reader_done done = {made, k};
	c = reader_ask(rq->d->readers, "backup", json_pack("{s:s}", "file", path), &done, e);
	if (c) {
		slow_fail(slow, e);
		free(k);
	}
	return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

enum { LISTED_MOST = 1000 };

static int names_read(const char *dir, char *names[LISTED_MOST], struct err *e)
{
	DIR *d = opendir(dir);
	const struct dirent *at;
	int n = 0;
	if (!d)
		return err_errno(e, ERR_IO, "%s", dir), -1;
	while (n < LISTED_MOST && (at = readdir(d))) {
		size_t len = strlen(at->d_name);
		if (len > 5 && at->d_name[0] != '.' && str_eq(at->d_name + len - 5, ".book"))
			names[n++] = mem_strdup(at->d_name);
	}
	closedir(d);
	qsort(names, (size_t)n, sizeof names[0], by_name);
	return n;
}

enum err_code h_backup_list(struct request *rq, struct err *e)
{
	char *names[LISTED_MOST], path[PATH_MAX];
	const char *dir = rq->d->conf->paths.backups;
	int n = names_read(dir, names, e);
	if (n < 0)
		return e->code;
	json_t *items = json_array();
	for (int i = 0; i < n; i++) {
		struct stat st;
		struct err why;
		if (!path_join(path, dir, names[i], &why) && !stat(path, &st) &&
		    S_ISREG(st.st_mode))
			json_array_append_new(items, json_pack("{s:s, s:I, s:I}", "file", path,
							 "bytes", (json_int_t)st.st_size, "made_ms",
							 (json_int_t)st.st_mtim.tv_sec * 1000));
		free(names[i]);
	}
	return request_reply(rq, 200, request_list(items, NULL));
}
