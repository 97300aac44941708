#include "kiosk/ui/guard.h"

#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/str.h"

/* What the guarded program does: raw mode, a word, and then its end. */
static _Noreturn void act(int how)
{
	struct termios raw;
	if (ui_guard(STDIN_FILENO, NULL) != ERR_OK)
		_exit(99);
	tcgetattr(STDIN_FILENO, &raw);
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	ssize_t n = write(STDOUT_FILENO, "ready", 5);
	if (how == 0)
		_exit(n == 5 ? 7 : 98);
	if (how == SIGTERM) /* comes from the parent, who forwards it */
		for (;;)
			pause();
	signal(how, SIG_DFL);
	raise(how);
	_exit(97);
}

/* Run it on a terminal of its own; its exit status, what it wrote, and the terminal's settings after it. */
static int run(int how, struct str_buf *wrote, struct termios *after)
{
	int master, status;
	char buf[4096];
	pid_t pid = forkpty(&master, NULL, NULL, NULL);
	assert_true(pid >= 0);
	if (pid == 0)
		act(how);
	for (bool told = false;;) {
		ssize_t n = read(master, buf, sizeof buf);
		if (n <= 0)
			break; /* EIO: the last one has closed it */
		str_buf_add(wrote, buf, (size_t)n);
		if (how == SIGTERM && !told && strstr(wrote->data, "ready") != NULL) {
			told = true;
			kill(pid, SIGTERM);
			kill(pid, SIGINT); /* means nothing */
		}
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(tcgetattr(master, after), 0);
	close(master);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void ui_guard__program_ends__its_status_is_ours(void **state)
{
	struct str_buf wrote = STR_BUF_INIT;
	struct termios after;
	(void)state;
	assert_int_equal(run(0, &wrote, &after), 7);
	assert_string_equal(wrote.data, "ready");
	str_buf_fini(&wrote);
}

static void ui_guard__program_crashes__the_terminal_comes_back(void **state)
{
	static const int ends[] = {SIGKILL, SIGABRT, SIGBUS};
	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		struct str_buf wrote = STR_BUF_INIT;
		struct termios after;
		assert_int_equal(run(ends[i], &wrote, &after), 128 + ends[i]);
		assert_true(after.c_lflag & ICANON);
		assert_true(after.c_lflag & ECHO);
		assert_non_null(strstr(wrote.data, "\033[?1049l"));
		assert_non_null(strstr(wrote.data, "\033[?25h"));
		str_buf_fini(&wrote);
	}
}

static void ui_guard__terminated__the_program_hears_of_it(void **state)
{
	struct str_buf wrote = STR_BUF_INIT;
	struct termios after;
	(void)state;
	assert_int_equal(run(SIGTERM, &wrote, &after), 128 + SIGTERM);
	assert_true(after.c_lflag & ICANON);
	str_buf_fini(&wrote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ui_guard__program_ends__its_status_is_ours),
	    cmocka_unit_test(ui_guard__program_crashes__the_terminal_comes_back),
	    cmocka_unit_test(ui_guard__terminated__the_program_hears_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
