#include "base/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/fault_probe.h"
#include "base/str.h"

enum { WORD_SZ = 64 };

/* Test builds only: what a point needs to know lies here, because a point is one word in the middle of somebody else's function. */
static struct {
	const char *program;
	pid_t pid; /* whose connection it is: a forked child makes its own */
	int fd; /* -1: nobody to ask */
} test = {"?", 0, -1};

static void connect_once(void)
{
	if (test.pid == getpid())
		return;
	if (test.pid != 0 && test.fd >= 0)
		(void)close(test.fd);
	test.pid = getpid();
	test.fd = -1;
	fault_probe_open();
	const char *path = getenv("FOYER_FAULT");
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	if (path == NULL || !str_copy(a.sun_path, sizeof a.sun_path, path))
		return;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof a) != 0) {
		(void)close(fd);
		fd = -1;
	}
	test.fd = fd;
}

void fault_open(const char *program)
{
	test.program = program;
	connect_once();
}

static bool ask(const char *line, char word[WORD_SZ])
{
	ssize_t n;
	if (send(test.fd, line, strlen(line), MSG_NOSIGNAL) < 0)
		return false;
	do
		n = recv(test.fd, word, WORD_SZ - 1, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	word[n] = '\0';
	return true;
}

static void wait_ms(const char *number)
{
	uint64_t ms = strtoull(number, NULL, 10);
	struct timespec left = {
	    .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	while (nanosleep(&left, &left) != 0 && errno == EINTR) {
	}
}

bool fault_at(const char *point)
{
	char line[FAULT_PROBE_SZ], word[WORD_SZ];
	connect_once();
	if (test.fd < 0)
		return false;
	const int saved = errno;
	bool wrong = false;
	(void)str_print(line, sizeof line, "%s %ld %s", test.program, (long)getpid(), point);
	if (!ask(line, word)) {
		(void)close(test.fd);
		test.fd = -1;
		errno = saved;
		return false;
	}
	if (str_starts(word, "probe ")) {
		fault_probe(
		    line, sizeof line, (uint16_t)strtoul(word + strlen("probe "), NULL, 10));
		(void)ask(line, word);
	}
	if (strcmp(word, "kill") == 0)
		(void)kill(getpid(), SIGKILL);
	else if (strcmp(word, "stop") == 0)
		(void)raise(SIGSTOP);
	else if (strcmp(word, "orphan") == 0 && prctl(PR_SET_PDEATHSIG, 0L) == 0 && setsid() > 0)
		(void)raise(SIGSTOP);
	else if (str_starts(word, "delay "))
		wait_ms(word + strlen("delay "));
	else
		wrong = strcmp(word, "wrong") == 0;
	errno = saved;
	return wrong;
}
