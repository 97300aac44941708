#include "base/fault_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"

/* Test builds only, like fault.c's. */
static int terminal = -1, keyboard = -1; /* a pseudo-terminal's two sides */

void fault_probe_open(void)
{
	char path[64];
	if (keyboard >= 0)
		(void)close(keyboard);
	if (terminal >= 0)
		(void)close(terminal);
	terminal = -1;
	keyboard = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (keyboard >= 0 && grantpt(keyboard) == 0 && unlockpt(keyboard) == 0 &&
	    ptsname_r(keyboard, path, sizeof path) == 0)
		terminal = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

/* In a process of its own, which it may spoil. */
static int in_child(int (*try)(void))
{
	int status = 0;
	pid_t child = fork();
	if (child < 0)
		return errno;
	if (child == 0)
		_exit(try());
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

/* --- files and programs ------------------------------------------------------------------ */

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	(void)close(fd);
	if (flags & O_CREAT)
		(void)unlink(path);
	return 0;
}

static int passwd_read(uint16_t port)
{
	(void)port;
	return try_open("/etc/passwd", O_RDONLY);
}

static int proc_read(uint16_t port)
{
	(void)port;
	return try_open("/proc/version", O_RDONLY);
}

static int file_made(uint16_t port)
{
	char path[64];
	(void)port;
	(void)str_print(path, sizeof path, "/var/tmp/foyer-fault-probe.%ld", (long)getpid());
	return try_open(path, O_WRONLY | O_CREAT | O_EXCL);
}

static int run_true(void)
{
	char name[] = "true";
	char *const argv[] = {name, NULL}, *const env[] = {NULL};
	(void)execve("/usr/bin/true", argv, env);
	return errno;
}

static int program_run(uint16_t port)
{
	(void)port;
	return in_child(run_true);
}

/* Into the terminal that this process commands: tty_ioctl(4) allows no other. */
static int push_key(void)
{
	const char key = 'x';
	if (setsid() < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0)
		return ENOTTY;
	return ioctl(terminal, TIOCSTI, &key) == 0 ? 0 : errno;
}

static int key_pushed(uint16_t port)
{
	(void)port;
	return in_child(push_key);
}

static int trace_me(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : errno;
}

static int traced(uint16_t port)
{
	(void)port;
	return in_child(trace_me);
}

/* --- sockets ----------------------------------------------------------------------------- */

static int close_and(int fd, int said)
{
	(void)close(fd);
	return said;
}

static int connect_over(int protocol, uint16_t port)
{
	const struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return errno;
	return close_and(fd, connect(fd, (const struct sockaddr *)&a, sizeof a) == 0 ? 0 : errno);
}

static int tcp_elsewhere(uint16_t port)
{
	return connect_over(IPPROTO_TCP, port);
}

static int mptcp_elsewhere(uint16_t port)
{
	return connect_over(IPPROTO_MPTCP, port);
}

static int fastopen_elsewhere(uint16_t port)
{
	const struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	ssize_t n =
	    sendto(fd, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL, (const struct sockaddr *)&a, sizeof a);
	return close_and(fd, n == 1 ? 0 : errno);
}

static int ears_opened(uint16_t port)
{
	(void)port;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	return close_and(fd, listen(fd, 1) == 0 ? 0 : errno);
}

static int try_socket(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);
	return fd < 0 ? errno : close_and(fd, 0);
}

static int udp_opened(uint16_t port)
{
	(void)port;
	return try_socket(AF_INET, SOCK_DGRAM);
}

static int unix_opened(uint16_t port)
{
	(void)port;
	return try_socket(AF_UNIX, SOCK_STREAM);
}

static int netlink_opened(uint16_t port)
{
	(void)port;
	return try_socket(AF_NETLINK, SOCK_RAW);
}

void fault_probe(char *report, size_t report_sz, uint16_t port)
{
	static const struct {
		const char *name;
		int (*try)(uint16_t port);
	} tries[] = {
	    {"passwd", passwd_read},
	    {"proc", proc_read},
	    {"create", file_made},
	    {"execve", program_run},
	    {"tiocsti", key_pushed},
	    {"ptrace", traced},
	    {"connect", tcp_elsewhere},
	    {"mptcp", mptcp_elsewhere},
	    {"fastopen", fastopen_elsewhere},
	    {"listen", ears_opened},
	    {"udp", udp_opened},
	    {"unix", unix_opened},
	    {"netlink", netlink_opened},
	};
	size_t used = 0;
	(void)str_print(report, report_sz, "probe");
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		int said = tries[i].try(port);
		const char *name = said == 0 ? "ok" : strerrorname_np(said);
		used = strlen(report);
		(void)str_print(report + used, report_sz - used, " %s=%s", tries[i].name,
		    name != NULL ? name : "?");
	}
}
