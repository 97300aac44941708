#include "base/log.h"

#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* What write_lines writes to standard error, in a child. */
static char seen[8192];
static int exit_status;

static void capture(void (*write_lines)(void))
{
	int fd[2];
	assert_int_equal(pipe(fd), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		(void)dup2(fd[1], STDERR_FILENO);
		(void)close(fd[0]);
		(void)close(fd[1]);
		write_lines();
		_exit(0);
	}
	(void)close(fd[1]);
	size_t n = 0;
	ssize_t r;
	while ((r = read(fd[0], seen + n, sizeof seen - 1 - n)) > 0)
		n += (size_t)r;
	seen[n] = '\0';
	(void)close(fd[0]);
	assert_int_equal(waitpid(pid, &exit_status, 0), pid);
}

static void before_open(void)
{
	log_info("plain %d", 1);
	log_debug("not shown");
}

static void journal(void)
{
	log_open("foyerd", LOG_TARGET_JOURNAL, LOG_LEVEL_DEBUG);
	log_error("e");
	log_warn("w");
	log_info("i");
	log_debug("d");
}

static void quiet(void)
{
	log_open("foyerd", LOG_TARGET_STDERR, LOG_LEVEL_ERROR);
	log_error("shown");
	log_warn("hidden");
	log_info("hidden");
}

static void forged(void)
{
	log_open("x", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
	log_info("name is %s", "a\nx: all is well\r\x1b[2J\x7f\xc2\x9b"
			       "31m\xe2\x80\xae\xe2\x80\xa8\xe2\x81\xa6\x9b\xffZoë");
}

static void huge(void)
{
	char big[5000];
	memset(big, 'y', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	log_open("x", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
	log_info("%s", big);
}

static void bug(void)
{
	log_bug("never %s", "here");
}

static void log__stderr__plain_before_open(void **state)
{
	(void)state;
	capture(before_open);
	assert_string_equal(seen, "plain 1\n");
}

static void log__journal__priority_prefix(void **state)
{
	(void)state;
	capture(journal);
	assert_string_equal(seen, "<3>e\n<4>w\n<6>i\n<7>d\n");
}

static void log__open__least_level_counts(void **state)
{
	(void)state;
	capture(quiet);
	assert_string_equal(seen, "foyerd: shown\n");
}

static void log__line__cannot_be_forged(void **state)
{
	(void)state;
	capture(forged);
	assert_string_equal(seen, "x: name is a?x: all is well??[2J???31m???????????Zoë\n");
}

static void log__line__is_bounded_and_one(void **state)
{
	(void)state;
	capture(huge);
	assert_true(strlen(seen) < 1200 && strlen(seen) > 1000);
	assert_ptr_equal(strchr(seen, '\n'), seen + strlen(seen) - 1);
}

static void log__bug__logs_and_aborts(void **state)
{
	(void)state;
	capture(bug);
	assert_string_equal(seen, "never here\n");
	assert_true(WIFSIGNALED(exit_status) && WTERMSIG(exit_status) == SIGABRT);
}

static void log__any__keeps_errno(void **state)
{
	(void)state;
	errno = EBUSY;
	log_debug("nothing");
	log_open("t", LOG_TARGET_SYSLOG, LOG_LEVEL_INFO);
	errno = EBUSY;
	log_info("a unit test of foyer wrote this");
	assert_int_equal(errno, EBUSY);
	log_open("t", LOG_TARGET_STDERR, LOG_LEVEL_INFO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(log__stderr__plain_before_open),
	    cmocka_unit_test(log__journal__priority_prefix),
	    cmocka_unit_test(log__open__least_level_counts),
	    cmocka_unit_test(log__line__cannot_be_forged),
	    cmocka_unit_test(log__line__is_bounded_and_one),
	    cmocka_unit_test(log__bug__logs_and_aborts),
	    cmocka_unit_test(log__any__keeps_errno),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
