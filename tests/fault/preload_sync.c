/*
 * Loaded before a program (LD_PRELOAD, ld.so(8)): its disk. While the file that FAULT_SYNC names is there, a sync fails, fsync(2)'s EIO. Only this
 * program, not what it starts.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *file;

__attribute__((constructor)) static void begin(void)
{
	file = getenv("FAULT_SYNC");
	(void)unsetenv("LD_PRELOAD");
}

static int sync_by(long call, int fd)
{
	if (file != NULL && access(file, F_OK) == 0) {
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
