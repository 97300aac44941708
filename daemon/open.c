#include "daemon/open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"

enum err_code open_book_path(char dst[PATH_MAX], const struct conf *conf, struct err *e)
{
	return path_join(dst, conf->paths.state, "book", e);
}

enum err_code open_lock(int *fd, const struct conf *conf, struct err *e)
{
	char path[PATH_MAX];
	enum err_code c = path_join(path, conf->paths.state, "foyerd.lock", e);
	if (c)
		return c;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return err_errno(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", path);
	if (flock(*fd, LOCK_EX | LOCK_NB)) {
		c = errno == EWOULDBLOCK
			? err_set(e, ERR_BUSY, "another foyerd has this book (%s)", path)
			: err_errno(e, ERR_IO, "%s", path);
		close(*fd);
	}
	return c;
}

enum err_code open_check(struct book *b, const struct conf *conf, struct err *e)
{
	char demo[8] = "", site[8] = "";
	enum err_code c = book_meta_get(b, OPEN_META_DEMO, demo, sizeof demo, e);
	if (c && c != ERR_NOT_FOUND)
		return c;
	if (conf->demo && !str_eq(demo, "yes"))
		return err_set(e, ERR_CONFIG,
		    "the configuration says demo, but this book was not made by the demo");
	/* Whoever ran the demo was everybody in that book. */
	if (!conf->demo && str_eq(demo, "yes"))
		return err_set(e, ERR_CONFIG,
		    "this book was made by the demo; make one of your own with foyerd --init");
	c = book_meta_get(b, OPEN_META_SITE, site, sizeof site, e);
	if (c == ERR_NOT_FOUND)
		return ERR_OK;
	if (!c && strtol(site, NULL, 10) != conf->site.id)
		c = err_set(e, ERR_CONFIG, "site.id is %d, but this book is of site %s",
		    conf->site.id, site);
	return c;
}

enum err_code open_folder(const char *path, unsigned mode, struct err *e)
{
	if (mkdir(path, 0700)) {
		struct stat st;
		if (errno != EEXIST)
			return err_errno(e, ERR_IO, "%s", path);
		if (stat(path, &st) || !S_ISDIR(st.st_mode))
			return err_set(e, ERR_CONFLICT, "%s: is there and is no folder", path);
		return ERR_OK;
	}
	return chmod(path, mode) ? err_errno(e, ERR_IO, "%s", path) : ERR_OK;
}
