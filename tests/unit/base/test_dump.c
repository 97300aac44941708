#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dump.h"

/* In a child, for there is no way back from the limit. */
static void dump__forbidden__no_image_of_an_abort(void **state)
{
	(void)state;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct rlimit core;
		dump_forbid();
		if (prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) != 0 ||
		    getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0)
			_exit(1);
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
	assert_false(WCOREDUMP(status));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dump__forbidden__no_image_of_an_abort),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
