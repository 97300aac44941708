/*
 * A clock that a test drives: preloaded into one program, it adds the milliseconds that stand in the file FOYER_SHIFT_CLOCK (eight bytes, in this
 * machine's order) to what that program reads of time. Timers of the kernel do not move with it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shift_ms;

__attribute__((constructor)) static void shift_open(void)
{
	const char *path = getenv("FOYER_SHIFT_CLOCK");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	const void *page = mmap(NULL, sizeof *shift_ms, PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (page != MAP_FAILED)
		shift_ms = page;
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	long rc = syscall(SYS_clock_gettime, id, ts);
	if (rc == 0 && shift_ms != NULL && (id == CLOCK_REALTIME || id == CLOCK_BOOTTIME)) {
		int64_t ms = *shift_ms + ts->tv_nsec / 1000000;
		ts->tv_sec += (time_t)(ms / 1000);
		ts->tv_nsec = (long)(ms % 1000) * 1000000 + ts->tv_nsec % 1000000;
	}
	return (int)rc;
}
