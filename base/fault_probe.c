#include "base/fault_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/str.h"

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

static int passwd_read(void)
{
	return try_open("/etc/passwd", O_RDONLY);
}

static int file_made(void)
{
	return try_open("/var/tmp/foyer-fault-probe", O_WRONLY | O_CREAT | O_EXCL);
}

/* vfork would share the answer; a pipe that execve closes tells it as well: nothing in it means that the program began. */
static int program_run(void)
{
	int fds[2], said = 0;
	if (pipe2(fds, O_CLOEXEC) != 0)
		return errno;
	pid_t child = fork();
	if (child == 0) {
		char name[] = "true";
		char *const argv[] = {name, NULL}, *const env[] = {NULL};
		(void)execve("/usr/bin/true", argv, env);
		said = errno;
		ssize_t n = write(fds[1], &said, sizeof said);
		_exit(n < 0);
	}
	(void)close(fds[1]);
	if (child < 0)
		said = errno;
	else if (read(fds[0], &said, sizeof said) != (ssize_t)sizeof said)
		said = 0;
	(void)close(fds[0]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) {
	}
	return said;
}

static int key_pushed(void)
{
	const char key = 'x';
	return ioctl(STDIN_FILENO, TIOCSTI, &key) == 0 ? 0 : errno;
}

static int other_traced(void)
{
	if (ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) != 0)
		return errno;
	(void)ptrace(PTRACE_DETACH, getppid(), NULL, NULL);
	return 0;
}

/* Port 1 of the loopback is nobody's: ECONNREFUSED says that the sandbox let it through. */
static int tcp_elsewhere(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	const struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_port = htons(1), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int said = connect(fd, (const struct sockaddr *)&a, sizeof a) == 0 ? 0 : errno;
	(void)close(fd);
	return said;
}

static int raw_packets(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

static int ears_opened(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	int said = listen(fd, 1) == 0 ? 0 : errno;
	(void)close(fd);
	return said;
}

void fault_probe(char *report, size_t report_sz)
{
	static const struct {
		const char *name;
		int (*try)(void);
	} tries[] = {
	    {"passwd", passwd_read},
	    {"create", file_made},
	    {"execve", program_run},
	    {"tiocsti", key_pushed},
	    {"ptrace", other_traced},
	    {"connect", tcp_elsewhere},
	    {"packet", raw_packets},
	    {"listen", ears_opened},
	};
	size_t used = 0;
	(void)str_print(report, report_sz, "probe");
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		int said = tries[i].try();
		const char *name = said == 0 ? "ok" : strerrorname_np(said);
		used = strlen(report);
		(void)str_print(report + used, report_sz - used, " %s=%s", tries[i].name,
		    name != NULL ? name : "?");
	}
}
