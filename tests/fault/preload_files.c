/*
 * Loaded before a program (LD_PRELOAD, ld.so(8)): the n-th of its calls that change a disk fails, and only that one: with ENOSPC where room is asked
 * for, else EIO. FAULT_FILES="N FILE": which one (0: none), and where the number of them is written when the program ends. SQLite's are among
 * them. Only this program, not what it starts.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	long at, seen;
	int file;
} want = {.file = -1};

__attribute__((constructor)) static void begin(void)
{
	const char *s = getenv("FAULT_FILES");
	char *end = NULL;
	if (s == NULL)
		return;
	want.at = strtol(s, &end, 10);
	if (*end == ' ')
		want.file = open(end + 1, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	(void)unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void tell(void)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%ld\n", want.seen);
	if (want.file >= 0)
		(void)syscall(SYS_write, want.file, text, n);
}

static bool fails(int why)
{
	if (++want.seen != want.at)
		return false;
	errno = why;
	return true;
}

int fsync(int fd)
{
	return fails(EIO) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return fails(EIO) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

ssize_t write(int fd, const void *from, size_t n)
{
	return fd > 2 && fails(ENOSPC) ? -1 : syscall(SYS_write, fd, from, n);
}

ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at)
{
	return fails(ENOSPC) ? -1 : syscall(SYS_pwrite64, fd, from, n, at);
}

int ftruncate64(int fd, off64_t len)
{
	return fails(EIO) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int fchmod(int fd, mode_t mode)
{
	return fails(EIO) ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int link(const char *from, const char *to)
{
	return fails(EIO) ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int rename(const char *from, const char *to)
{
	return fails(EIO) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
	return fails(EIO) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
	return fails(ENOSPC) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int mkostemp(char *template, int flags)
{
	union {
		void *object;
		int (*function)(char *, int);
	} real = {.object = dlsym(RTLD_NEXT, "mkostemp")};
	return fails(ENOSPC) ? -1 : real.function(template, flags);
}
