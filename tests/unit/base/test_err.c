#include "base/err.h"

#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void err__set__fills_and_returns_code(void **state)
{
	(void)state;
	struct err e = {0};
	assert_int_equal(err_set(&e, ERR_TIMEOUT, "after %d s", 3), ERR_TIMEOUT);
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_string_equal(e.msg, "after 3 s");
	assert_int_equal(err_set(NULL, ERR_IO, "x"), ERR_IO);
}

static void err__set__long_message_is_cut(void **state)
{
	(void)state;
	struct err e;
	char longer[1000];
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	(void)err_set(&e, ERR_IO, "%s", longer);
	assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
	(void)err_context(&e, "%s", longer);
	assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
}

static void err__errno__appends_reason_and_keeps_errno(void **state)
{
	(void)state;
	struct err e;
	errno = ENOENT;
	assert_int_equal(err_errno(&e, ERR_NOT_FOUND, "the file"), ERR_NOT_FOUND);
	assert_string_equal(e.msg, "the file: No such file or directory");
	assert_int_equal(errno, ENOENT);
}

static void err__context__goes_before_and_keeps_code(void **state)
{
	(void)state;
	struct err e;
	(void)err_set(&e, ERR_BUSY, "locked");
	assert_int_equal(err_context(&e, "printer %s", "lobby"), ERR_BUSY);
	assert_string_equal(e.msg, "printer lobby: locked");
}

static void err__context__null_aborts(void **state)
{
	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		(void)err_context(NULL, "x");
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void err__name__every_code_round_trips(void **state)
{
	(void)state;
	for (int c = ERR_OK; c <= ERR_BUG; c++) {
		assert_int_equal(err_from_name(err_name((enum err_code)c)), c);
		assert_true(c == ERR_OK || err_class_of((enum err_code)c) != ERR_CLASS_NONE);
	}
	assert_int_equal(err_from_name("no such word"), ERR_BUG);
	assert_int_equal(err_class_of((enum err_code)999), ERR_CLASS_BUG);
	assert_int_equal(err_class_of(ERR_TIMEOUT), ERR_CLASS_RETRY);
	assert_int_equal(err_class_of(ERR_REJECTED), ERR_CLASS_PERMANENT);
	assert_int_equal(err_class_of(ERR_TOO_MANY), ERR_CLASS_USER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(err__set__fills_and_returns_code),
	    cmocka_unit_test(err__set__long_message_is_cut),
	    cmocka_unit_test(err__errno__appends_reason_and_keeps_errno),
	    cmocka_unit_test(err__context__goes_before_and_keeps_code),
	    cmocka_unit_test(err__context__null_aborts),
	    cmocka_unit_test(err__name__every_code_round_trips),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
