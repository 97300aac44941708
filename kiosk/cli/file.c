#include "kiosk/cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

static enum err_code there_already(const char *path, struct err *e)
{
	return err_set(e, ERR_CONFLICT, "%s: is there already; --force replaces it", path);
}

enum err_code file_begin(struct file *f, const char *path, bool force, struct err *e)
{
	struct stat st;
	*f = (struct file){.fd = -1, .force = force};
	if (!str_copy(f->path, sizeof f->path, path) ||
	    !str_print(f->tmp, sizeof f->tmp, "%s.XXXXXX", path))
		return err_set(
		    e, ERR_TOO_LONG, "the file's name is longer than %d bytes", PATH_MAX - 8);
	bool there = lstat(path, &st) == 0;
	if (there && !S_ISREG(st.st_mode))
		return err_set(e, ERR_CONFLICT, "%s: is no regular file", path);
	if (there && !force)
		return there_already(path, e);
	f->fd = mkostemp(f->tmp, O_CLOEXEC); /* 0600, mkstemp(3) */
	return f->fd >= 0 ? ERR_OK : err_errno(e, ERR_IO, "%s", path);
}

enum err_code file_add(struct file *f, const void *bytes, size_t n, struct err *e)
{
	const char *p = bytes;
	while (n > 0) {
		ssize_t w = write(f->fd, p, n);
		if (w < 0 && errno != EINTR)
			return err_errno(e, errno == ENOSPC ? ERR_NO_SPACE : ERR_IO, "%s", f->path);
		if (w > 0) {
			p += w;
			n -= (size_t)w;
		}
	}
	return ERR_OK;
}

enum err_code file_finish(struct file *f, struct err *e)
{
	enum err_code code = fsync(f->fd) == 0 ? ERR_OK : err_errno(e, ERR_IO, "%s", f->path);
	/* Somebody may have taken the name since: renameat2(2) sees that, where rename(2) would
	 * replace theirs. */
	if (code == ERR_OK &&
	    renameat2(AT_FDCWD, f->tmp, AT_FDCWD, f->path, f->force ? 0 : RENAME_NOREPLACE) != 0)
		code = errno == EEXIST ? there_already(f->path, e)
				       : err_errno(e, ERR_IO, "%s", f->path);
	file_abandon(f);
	return code;
}

void file_abandon(struct file *f)
{
	if (f->fd < 0)
		return;
	(void)close(f->fd);
	(void)unlink(f->tmp); /* gone already after a rename */
	f->fd = -1;
}
