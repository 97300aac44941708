/*
 * Loaded before a program (LD_PRELOAD, ld.so(8)): its disk. While there is something in the file that FAULT_SYNC names, a sync fails, fsync(2)'s
 * EIO. Only this program, not what it starts. The file is opened before the program locks itself in.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int file = -1;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAULT_SYNC");
	if (path != NULL)
		file = open(path, O_RDONLY | O_CLOEXEC);
	(void)unsetenv("LD_PRELOAD");
}

static int sync_by(long call, int fd)
{
	char c;
	if (file >= 0 && pread(file, &c, 1, 0) == 1) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(call, fd);
}

int fsync(int fd)
{
	return sync_by(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_by(SYS_fdatasync, fd);
}
