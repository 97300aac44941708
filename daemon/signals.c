#include "daemon/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void ready(void *arg, short revents)
{
	(void)revents;
	struct signals *s = arg;
	struct signalfd_siginfo si;
	while (read(s->source.fd, &si, sizeof si) == (ssize_t)sizeof si) {
		switch (si.ssi_signo) {
		case SIGTERM:
		case SIGINT: s->stop(s->arg); break;
		case SIGHUP: s->reload(s->arg); break;
		default: break;
		}
	}
}

enum err_code signals_open(struct signals *s, struct loop *loop, struct err *e)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return err_errno(e, ERR_IO, "sigprocmask");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file size limit is a full disk: write(2) says EFBIG */
	s->loop = loop;
	s->source = (struct loop_source){.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
	    .events = POLLIN,
	    .fn = ready,
	    .arg = s};
	if (s->source.fd < 0)
		return err_errno(e, ERR_IO, "signalfd");
	return loop_add(loop, &s->source, e);
}

void signals_close(struct signals *s)
{
	loop_remove(s->loop, &s->source);
	close(s->source.fd);
}
