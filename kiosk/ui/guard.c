#include "kiosk/ui/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/sandbox.h"

/* For a child that did not say goodbye: mouse reports off, attributes off, cursor on, leave the other screen (xterm and everything like it; the
 * Linux console passes over what it does not know). */
static const char goodbye[] =
    "\033[?1006l\033[?1002l\033[?1000l\033[0m\033[?25h\033[2J\033[H\033[?1049l\033[?1l\033>";

static void restore(int tty, const struct termios *saved)
{
	ssize_t n = write(tty, goodbye, sizeof goodbye - 1);
	(void)n; /* a terminal that is gone needs no goodbye */
	tcsetattr(tty, TCSAFLUSH, saved);
}

static _Noreturn void watch(int tty, const struct termios *saved, pid_t child, const sigset_t *set)
{
	/* It needs the terminal, which is open, and to signal its child. */
	const struct sandbox cell = {.allow = SANDBOX_SIGNAL};
	struct err e;
	int status = 0;
	FAULT_OPEN("foyer-kiosk-guard");
	if (sandbox_enter(&cell, &e) != ERR_OK)
		log_warn("the kiosk's guard is not locked in: %s", e.msg);
	for (;;) {
		int sig = 0;
		pid_t gone = waitpid(child, &status, WNOHANG);
		if (gone == child || (gone < 0 && errno != EINTR))
			break;
		if (sigwait(set, &sig) == 0 && (sig == SIGTERM || sig == SIGHUP))
			kill(child, sig);
	}
	if (WIFSIGNALED(status))
		restore(tty, saved);
	_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

enum err_code ui_guard(int tty, struct err *e)
{
	struct termios saved;
	sigset_t set, old;
	if (tcgetattr(tty, &saved) < 0)
		return err_errno(e, ERR_IO, "terminal settings");
	sigemptyset(&set);
	/* All that a terminal or an administrator sends; SIGCHLD ends the watch. */
	const int taken[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGCHLD};
	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
		sigaddset(&set, taken[i]);
	if (sigprocmask(SIG_BLOCK, &set, &old) < 0)
		return err_errno(e, ERR_IO, "signal mask");
	pid_t self = getpid(), child = fork();
	if (child < 0)
		return err_errno(e, ERR_IO, "fork");
	if (child > 0)
		watch(tty, &saved, child, &set);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != self)
		_exit(1);
	if (sigprocmask(SIG_SETMASK, &old, NULL) < 0)
		return err_errno(e, ERR_IO, "signal mask");
	return ERR_OK;
}
