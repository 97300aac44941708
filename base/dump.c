#include "base/dump.h"

#include <sys/prctl.h>
#include <sys/resource.h>

void dump_forbid(void)
{
	const struct rlimit none = {0, 0};
	(void)setrlimit(RLIMIT_CORE, &none);
	/* core(5): a pattern that is a pipe asks no limit, only this. */
	(void)prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}
