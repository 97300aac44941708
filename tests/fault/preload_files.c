/*
 * Of the calls that change a disk, SQLite's among them, the n-th fails (preload.inc): with ENOSPC where room is asked for, else EIO.
 * FAULT_FILES="N FILE".
 */
#include <dlfcn.h>
#include <sys/stat.h>

#include "tests/fault/preload.inc"

__attribute__((constructor)) static void begin(void)
{
	want_take("FAULT_FILES");
	want.armed = true;
}

int fsync(int fd)
{
	return fails_with(EIO) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return fails_with(EIO) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

ssize_t write(int fd, const void *from, size_t n)
{
	return fd > 2 && fails_with(ENOSPC) ? -1 : syscall(SYS_write, fd, from, n);
}

ssize_t pwrite64(int fd, const void *from, size_t n, off64_t at)
{
	return fails_with(ENOSPC) ? -1 : syscall(SYS_pwrite64, fd, from, n, at);
}

int ftruncate64(int fd, off64_t len)
{
	return fails_with(EIO) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int fchmod(int fd, mode_t mode)
{
	return fails_with(EIO) ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int link(const char *from, const char *to)
{
	return fails_with(EIO) ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int rename(const char *from, const char *to)
{
	return fails_with(EIO) ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *path)
{
	return fails_with(EIO) ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
	return fails_with(ENOSPC) ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int mkostemp(char *template, int flags)
{
	union {
		void *object;
		int (*function)(char *, int);
	} real = {.object = dlsym(RTLD_NEXT, "mkostemp")};
	return fails_with(ENOSPC) ? -1 : real.function(template, flags);
}
