#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/* The folder of the running program, "" where /proc does not tell. */
static void program_dir(char dst[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", dst, PATH_MAX - 1);
	dst[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(dst, '/');
	if (slash != NULL)
		*slash = '\0';
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *path_data(char dst[PATH_MAX], const char *below)
{
	char here[PATH_MAX], root[PATH_MAX];
	const char *told = secure_getenv("FOYER_DATADIR");
	program_dir(here);
	if (told != NULL && told[0] == '/')
		(void)str_copy(root, sizeof root, told);
	else if (!str_print(root, sizeof root, "%s/share/foyer", here) || !is_dir(root))
		(void)str_copy(root, sizeof root, FOYER_DATADIR);
	if (!str_print(dst, PATH_MAX, "%s/%s", root, below))
		(void)str_print(dst, PATH_MAX, FOYER_DATADIR "/%s", below);
	return dst;
}

enum err_code path_program(char dst[PATH_MAX], const char *name, struct err *e)
{
	char here[PATH_MAX];
	program_dir(here);
	const char *const dirs[] = {here, FOYER_LIBEXECDIR, FOYER_LIBEXECDIR "/../../bin"};
	for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
		if (strchr(name, '/') == NULL && str_print(dst, PATH_MAX, "%s/%s", dirs[i], name) &&
		    !is_dir(dst) && access(dst, X_OK) == 0)
			return ERR_OK;
	}
	dst[0] = '\0';
	return err_set(e, ERR_NOT_FOUND,
	    "program %s is neither beside this one nor in " FOYER_LIBEXECDIR, name);
}

enum err_code path_join(char dst[PATH_MAX], const char *dir, const char *name, struct err *e)
{
	size_t n = strlen(dir);
	while (n > 0 && dir[n - 1] == '/')
		n--;
	while (*name == '/')
		name++;
	bool relative = *dir == '\0';
	if (n >= PATH_MAX ||
	    !str_print(dst, PATH_MAX, "%.*s%s%s", (int)n, dir, relative ? "" : "/", name)) {
		dst[0] = '\0';
		return err_set(e, ERR_TOO_LONG, "path is longer than %d bytes", PATH_MAX - 1);
	}
	return ERR_OK;
}

enum err_code path_absolute(char dst[PATH_MAX], const char *path, struct err *e)
{
	char here[PATH_MAX] = "";
	if (*path != '/' && getcwd(here, sizeof here) == NULL) {
		dst[0] = '\0';
		return err_errno(e, ERR_IO, "the current folder");
	}
	return path_join(dst, *path == '/' ? "/" : here, path, e);
}

static enum err_code code_of_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR: return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case ELOOP:
	case EROFS: return ERR_DENIED;
	case ENOSPC:
	case EDQUOT: return ERR_NO_SPACE;
	default: return ERR_IO;
	}
}

/* Open to read, a regular file only. O_NONBLOCK: a FIFO in its place must not hang us. */
static enum err_code open_regular(
    int *fd, struct stat *st, const char *path, int flags, struct err *e)
{
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	if (*fd < 0)
		return err_errno(e, code_of_errno(), "%s", path);
	if (fstat(*fd, st) == 0 && S_ISREG(st->st_mode))
		return ERR_OK;
	(void)close(*fd);
	*fd = -1;
	return err_set(e, ERR_DENIED, "%s: not a regular file", path);
}

/* Up to n bytes; -1 and errno. */
static ssize_t read_full(int fd, char *dst, size_t n)
{
	size_t got = 0;
	while (got < n) {
		ssize_t r = read(fd, dst + got, n - got);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

enum err_code path_read(char **own_data, size_t *len, const char *path, size_t max, struct err *e)
{
	int fd;
	struct stat st;
	char *data = NULL;
	enum err_code code = open_regular(&fd, &st, path, 0, e);
	if (code != ERR_OK)
		return code;
	if (st.st_size > 0 && (uintmax_t)st.st_size > max) {
		code = err_set(e, ERR_TOO_LONG, "%s: larger than %zu bytes", path, max);
		goto out;
	}
	/* A file of /proc tells 0: then max is what we are ready to hold. One byte more shows that it grew. */
	size_t room = st.st_size > 0 ? (size_t)st.st_size + 1 : max + 1;
	data = mem_new(room + 1, 1);
	ssize_t n = read_full(fd, data, room);
	if (n < 0) {
		code = err_errno(e, ERR_IO, "%s", path);
	} else if ((size_t)n > max) {
		code = err_set(e, ERR_TOO_LONG, "%s: larger than %zu bytes", path, max);
	} else if (st.st_size > 0 && (size_t)n == room) {
		code = err_set(e, ERR_BUSY, "%s: changed while it was read", path);
	} else {
		data[n] = '\0';
		*own_data = data;
		*len = (size_t)n;
		data = NULL;
	}
out:
	free(data);
	(void)close(fd);
	return code;
}

static bool write_full(int fd, const char *src, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, src, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return false;
		src += w;
		n -= (size_t)w;
	}
	return true;
}

static enum err_code sync_folder_of(const char *path, struct err *e)
{
	char dir[PATH_MAX];
	(void)str_copy(dir, sizeof dir, path);
	char *slash = strrchr(dir, '/');
	if (slash == NULL)
		(void)str_copy(dir, sizeof dir, ".");
	else
		slash[slash == dir ? 1 : 0] = '\0';
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0) {
		enum err_code code = err_errno(e, code_of_errno(), "%s", dir);
		if (fd >= 0)
			(void)close(fd);
		return code;
	}
	(void)close(fd);
	return ERR_OK;
}

enum err_code path_write(
    const char *path, const void *data, size_t len, unsigned mode, struct err *e)
{
	char tmp[PATH_MAX];
	if (!str_print(tmp, sizeof tmp, "%s.XXXXXX", path))
		return err_set(e, ERR_TOO_LONG, "path is longer than %d bytes", PATH_MAX - 1);
	int fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, code_of_errno(), "%s", path);
	bool ok = fchmod(fd, (mode_t)mode) == 0 && write_full(fd, data, len) && fsync(fd) == 0;
	int saved = errno;
	if (close(fd) != 0 && ok) {
		ok = false;
		saved = errno;
	}
	if (ok && rename(tmp, path) == 0)
		return sync_folder_of(path, e);
	if (!ok)
		errno = saved;
	enum err_code code = err_errno(e, code_of_errno(), "%s", path);
	(void)unlink(tmp);
	return code;
}

enum err_code path_read_secret(char *dst, size_t dst_sz, const char *path, struct err *e)
{
	int fd;
	struct stat st;
	dst[0] = '\0';
	enum err_code code = open_regular(&fd, &st, path, O_NOFOLLOW, e);
	if (code != ERR_OK)
		return code;
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		code = err_set(
		    e, ERR_DENIED, "%s: must belong to root or to the user who reads it", path);
		goto out;
	}
	if ((st.st_mode & 0037) != 0) {
		code = err_set(e, ERR_DENIED, "%s: mode %03o is too open; allowed is at most 0640",
		    path, (unsigned)(st.st_mode & 0777));
		goto out;
	}
	ssize_t n = read_full(fd, dst, dst_sz);
	if (n < 0) {
		code = err_errno(e, ERR_IO, "%s", path);
		goto out;
	}
	if (n > 0 && dst[n - 1] == '\n')
		n--;
	if ((size_t)n >= dst_sz)
		code = err_set(e, ERR_TOO_LONG, "%s: longer than %zu bytes", path, dst_sz - 1);
	else if (n == 0)
		code = err_set(e, ERR_CONFIG, "%s: is empty", path);
	else if (memchr(dst, '\0', (size_t)n) != NULL || memchr(dst, '\n', (size_t)n) != NULL)
		code = err_set(e, ERR_CONFIG, "%s: must be one line of text", path);
	else
		dst[n] = '\0';
out:
	if (code != ERR_OK)
		explicit_bzero(dst, dst_sz);
	(void)close(fd);
	return code;
}
