#include "db/shm.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stddef.h>
#include <sys/mman.h>

/* SQLite's own descriptor is used: to open and close the file once more would let go of SQLite's locks on it (fcntl(2), F_SETLK). */
static void *map(void *at, size_t len, int prot, int flags, int fd, off_t from)
{
	if ((prot & PROT_WRITE) != 0 && (flags & MAP_SHARED) != 0) {
		int failed = posix_fallocate(fd, from, (off_t)len);
		if (failed == ENOSPC || failed == EDQUOT || failed == EIO || failed == EROFS) {
			errno = failed;
			return MAP_FAILED;
		}
	}
	return mmap(at, len, prot, flags, fd, from);
}

void shm_allocate_first(void)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	if (vfs != NULL && vfs->iVersion >= 3)
		(void)vfs->xSetSystemCall(vfs, "mmap", (sqlite3_syscall_ptr)map);
}
