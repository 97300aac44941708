#include "daemon/erased.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "base/uuid.h"
#include "db/visitor.h"

enum { BATCH = 100, LINE_SZ = UUID_TEXT_SZ + 24, LINES_MOST = 10 * 1000 * 1000 };

static enum err_code list_path(char dst[PATH_MAX], const char *backups, struct err *e)
{
	return path_join(dst, backups, "erased.list", e);
}

static bool line_parse(struct db_erased *r, const char *line)
{
	char id[UUID_TEXT_SZ];
	if (strlen(line) <= UUID_TEXT_SZ || line[UUID_TEXT_SZ - 1] != ' ')
		return false;
	memcpy(id, line, UUID_TEXT_SZ - 1);
	id[UUID_TEXT_SZ - 1] = 0;
	char *end;
	errno = 0;
	long long ms = strtoll(line + UUID_TEXT_SZ, &end, 10);
	r->erased_ms = ms;
	return uuid_parse(&r->id, id) && !errno && end != line + UUID_TEXT_SZ &&
	       (*end == '\n' || !*end) && ms > 0;
}

/* The last whole line. A list cut by a power failure may end in half a line: it is cut off, and
 * written again. */
static enum err_code last_line(FILE *f, struct db_erased *last, bool *any, struct err *e)
{
	char line[LINE_SZ];
	long good = 0;
	*any = false;
	while (fgets(line, sizeof line, f)) {
		struct db_erased r;
		if (!strchr(line, '\n') || !line_parse(&r, line))
			break;
		*last = r;
		*any = true;
		good = ftell(f);
	}
	if (ferror(f) || good < 0 || ftruncate(fileno(f), good) || fseek(f, good, SEEK_SET))
		return err_errno(e, ERR_IO, "erased.list");
	return ERR_OK;
}

static enum err_code rows_append(
    FILE *f, struct book *b, struct db_erased *last, bool any, struct err *e)
{
	struct db_erased rows[BATCH];
	int n;
	do {
		enum err_code c = db_visitor_list_erased(b, any ? last : NULL, rows, BATCH, &n, e);
		if (c)
			return c;
		for (int i = 0; i < n; i++) {
			char id[UUID_TEXT_SZ];
			fprintf(f, "%s %lld\n", uuid_print(id, &rows[i].id),
			    (long long)rows[i].erased_ms);
			*last = rows[i];
			any = true;
		}
	} while (n == BATCH);
	return ERR_OK;
}

enum err_code erased_list_update(struct book *b, const char *backups, struct err *e)
{
	char path[PATH_MAX];
	struct db_erased last = {0};
	bool any;
	enum err_code c = list_path(path, backups, e);
	if (c)
		return c;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r+");
	if (!f) {
		c = err_errno(e, ERR_IO, "%s", path);
		if (fd >= 0)
			close(fd);
		return c;
	}
	c = last_line(f, &last, &any, e);
	if (!c)
		c = rows_append(f, b, &last, any, e);
	if (!c && (fflush(f) || fsync(fd)))
		c = err_errno(e, ERR_IO, "%s", path);
	if (fclose(f) && !c)
		c = err_errno(e, ERR_IO, "%s", path);
	return c;
}

static enum err_code erase_one(
    struct book *b, const struct uuid *id, int64_t wall_ms, int *n, int *left, struct err *e)
{
	struct db_visitor v;
	enum err_code c = db_visitor_get(b, id, &v, e);
	if (c == ERR_NOT_FOUND || (!c && v.erased_ms))
		return ERR_OK;
	if (!c)
		c = book_begin(b, wall_ms, e);
	if (c)
		return c;
	c = db_visitor_erase(b, id, e);
	if (!c)
		c = book_commit(b, e);
	else
		book_rollback(b);
	if (c == ERR_CONFLICT) {
		++*left;
		return ERR_OK;
	}
	if (!c)
		++*n;
	return c;
}

enum err_code erased_list_apply(
    struct book *b, const char *backups, int64_t wall_ms, int *n, int *left, struct err *e)
{
	char path[PATH_MAX], line[LINE_SZ];
	*n = *left = 0;
	enum err_code c = list_path(path, backups, e);
	if (c)
		return c;
	FILE *f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? ERR_OK : err_errno(e, ERR_IO, "%s", path);
	for (int lines = 0; !c && lines < LINES_MOST && fgets(line, sizeof line, f); lines++) {
		struct db_erased r;
		if (!line_parse(&r, line))
			c = err_set(e, ERR_CORRUPT, "%s: line %d is damaged", path, lines + 1);
		else
			c = erase_one(b, &r.id, wall_ms, n, left, e);
	}
	fclose(f);
	return c;
}
