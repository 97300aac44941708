#include "base/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
/* cmocka wants those four before it */
#include <cmocka.h>

#include "base/str.h"

/* Each test's promises are tried in a child, which enters the sandbox and never comes back. It
 * says the number of the first line that did not hold; 0: all held. */
#define HOLDS(what)                                                                                \
	do {                                                                                       \
		if (!(what))                                                                       \
			_exit(__LINE__ > 250 ? 250 : __LINE__);                                    \
	} while (0)
#define REFUSED(what, why) HOLDS((errno = 0, (what) < 0) && errno == (why))

static char inside[512], outside[512];
static uint16_t open_port, other_port;

static void in_child(void (*tries)(void))
{
	int status;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		tries();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_msg("a promise was broken at line %d (status %#x)", WEXITSTATUS(status),
		    (unsigned)status);
}

static bool entered(const struct sandbox *s)
{
	struct err e = {0};
	if (sandbox_enter(s, &e) == ERR_OK)
		return true;
	(void)fprintf(stderr, "%s\n", e.msg);
	return false;
}

static int open_file(const char *dir, int flags)
{
	char path[600];
	(void)str_print(path, sizeof path, "%s/file", dir);
	int fd = open(path, flags | O_CLOEXEC, 0600);
	if (fd >= 0)
		(void)close(fd);
	return fd;
}

static int connect_to(uint16_t port)
{
	const struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	int rc = connect(fd, (const struct sockaddr *)&a, sizeof a), why = errno;
	(void)close(fd);
	errno = why;
	return rc;
}

static void try_calls(void)
{
	int before = open("/dev/null", O_RDWR | O_CLOEXEC);
	HOLDS(entered(&(struct sandbox){0}));
	char *const argv[] = {(char[]){"true"}, NULL};
	REFUSED(execv("/bin/true", argv), EPERM);
	REFUSED(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM);
	REFUSED(mount("none", "/", "tmpfs", 0, NULL), EPERM);
	REFUSED(listen(before, 1), EPERM);
	REFUSED(accept4(before, NULL, NULL, 0), EPERM);
	REFUSED(adjtimex(&(struct timex){0}), EPERM);
	REFUSED(ioctl(0, TIOCSTI, "x"), EPERM);
	REFUSED(ioctl(0, TIOCSTI | (1UL << 32), "x"), EPERM);
	REFUSED(socket(AF_INET, SOCK_STREAM, 0), EPERM);
	REFUSED(socket(AF_INET6, SOCK_DGRAM, 0), EPERM);
	REFUSED(socket(AF_UNIX, SOCK_STREAM, 0), EPERM);
	REFUSED(socket(AF_NETLINK, SOCK_RAW, 0), EPERM);
	REFUSED(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
	HOLDS(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	HOLDS(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	HOLDS(write(before, "x", 1) == 1); /* what was open stays open */
	struct rlimit core, files;
	HOLDS(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0);
	HOLDS(getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max == 64);
}

static void try_files(void)
{
	HOLDS(entered(&(struct sandbox){.read = {"/nonexistent/x", inside}}));
	HOLDS(open_file(inside, O_RDONLY) >= 0);
	HOLDS(access("/usr/bin", R_OK) == 0 && open("/usr/bin", O_RDONLY | O_CLOEXEC) >= 0);
	HOLDS(open("/dev/null", O_WRONLY | O_CLOEXEC) >= 0);
	REFUSED(open_file(inside, O_RDWR), EACCES);
	REFUSED(open_file(outside, O_RDONLY), EACCES);
	REFUSED(open("/etc/shadow", O_RDONLY), EACCES);
	REFUSED(mkdir("/tmp/foyer-sandbox-must-not-be", 0700), EACCES);
}

static void try_write(void)
{
	char path[600];
	HOLDS(entered(&(struct sandbox){.write = {inside}}));
	HOLDS(open_file(inside, O_RDWR | O_TRUNC) >= 0);
	(void)str_print(path, sizeof path, "%s/new", inside);
	HOLDS(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0);
	HOLDS(unlink(path) == 0);
	REFUSED(open_file(outside, O_RDWR), EACCES);
	REFUSED(open_file(outside, O_WRONLY | O_TRUNC), EACCES);
}

static void try_network(void)
{
	HOLDS(entered(&(struct sandbox){.connect = {open_port}, .allow = SANDBOX_INET}));
	HOLDS(connect_to(open_port) == 0);
	int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	HOLDS(udp >= 0);
	REFUSED(listen(udp, 1), EPERM);
	REFUSED(socket(AF_UNIX, SOCK_STREAM, 0), EPERM);
	if (sandbox_landlock() >= 4)
		REFUSED(connect_to(other_port), EACCES);
	/* Landlock looks at connect(2) and at TCP alone; these would go past it. */
	const struct sockaddr_in other = {.sin_family = AF_INET,
	    .sin_port = htons(other_port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REFUSED(sendto(tcp, "x", 1, MSG_FASTOPEN, (const struct sockaddr *)&other, sizeof other),
	    EPERM);
	struct msghdr m = {.msg_name = (void *)(uintptr_t)&other, .msg_namelen = sizeof other};
	REFUSED(sendmsg(tcp, &m, MSG_FASTOPEN | MSG_NOSIGNAL), EPERM);
	REFUSED(sendmmsg(tcp, &(struct mmsghdr){.msg_hdr = m}, 1, MSG_FASTOPEN), EPERM);
	REFUSED(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP), EPERM);
	REFUSED(socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP), EPERM);
	REFUSED(socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6), EPERM);
	HOLDS(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) >= 0);
	HOLDS(socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) >= 0);
}

static void try_datagrams(void)
{
	HOLDS(entered(&(struct sandbox){.allow = SANDBOX_INET}));
	HOLDS(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) >= 0);
	REFUSED(socket(AF_INET, SOCK_STREAM, 0), EPERM);
	REFUSED(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP), EPERM);
}

static void try_listen(void)
{
	const struct sockaddr_un a = {.sun_family = AF_UNIX}; /* autobind: unix(7) */
	HOLDS(entered(&(struct sandbox){.allow = SANDBOX_UNIX | SANDBOX_LISTEN}));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	HOLDS(bind(fd, (const struct sockaddr *)&a, sizeof a.sun_family) == 0);
	HOLDS(listen(fd, 1) == 0);
	REFUSED(accept4(fd, NULL, NULL, SOCK_CLOEXEC), EAGAIN);
}

static void try_clock(void)
{
	struct timex t = {0};
	HOLDS(entered(&(struct sandbox){.allow = SANDBOX_CLOCK}));
	HOLDS(adjtimex(&t) >= 0);
}

static void try_signals(void)
{
	HOLDS(entered(&(struct sandbox){.allow = 0}));
	REFUSED(kill(getppid(), 0), EPERM);
	pid_t child = fork();
	if (child == 0)
		for (;;)
			(void)pause();
	HOLDS(kill(child, SIGKILL) == 0); /* it lives in the same cell */
}

static void try_signal_allowed(void)
{
	HOLDS(entered(&(struct sandbox){.allow = SANDBOX_SIGNAL}));
	HOLDS(kill(getppid(), 0) == 0);
}

static void try_program(void)
{
	HOLDS(entered(&(struct sandbox){.program = {"/usr/bin/true"}}));
	char *const argv[] = {(char[]){"true"}, NULL};
	if (sandbox_landlock() > 0)
		REFUSED(execv("/usr/bin/false", argv), EACCES);
	(void)execv("/usr/bin/true", argv);
	_exit(1);
}

static void calls__nothing_allowed__all_refused(void **state)
{
	(void)state;
	in_child(try_calls);
}

static void files__only_what_is_named(void **state)
{
	(void)state;
	if (sandbox_landlock() == 0)
		skip();
	in_child(try_files);
	in_child(try_write);
}

static void network__only_what_is_named(void **state)
{
	(void)state;
	in_child(try_network);
	in_child(try_datagrams);
	in_child(try_listen);
}

static void program__named__runs_and_no_other(void **state)
{
	(void)state;
	in_child(try_program);
}

static void clock__allowed__is_asked(void **state)
{
	(void)state;
	in_child(try_clock);
}

static void signals__outside__only_where_allowed(void **state)
{
	(void)state;
	in_child(try_signal_allowed);
	if (sandbox_landlock() < 6)
		skip();
	in_child(try_signals);
}

static void parent__dies__child_is_killed(void **state)
{
	(void)state;
	int life[2], status;
	char c;
	assert_int_equal(pipe(life), 0);
	pid_t parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		int ready[2];
		HOLDS(pipe(ready) == 0);
		if (fork() == 0) { /* holds the pipe open until it is killed */
			HOLDS(entered(&(struct sandbox){.allow = SANDBOX_WITH_PARENT}));
			HOLDS(write(ready[1], "x", 1) == 1);
			for (;;)
				(void)pause();
		}
		HOLDS(read(ready[0], &c, 1) == 1);
		_exit(0);
	}
	assert_int_equal(close(life[1]), 0);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_int_equal(status, 0);
	assert_int_equal(
	    read(life[0], &c, 1), 0); /* the end: nobody holds the other side any more */
	assert_int_equal(close(life[0]), 0);
}

static uint16_t listener(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&a, n) == 0 && listen(fd, 8) == 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	return ntohs(a.sin_port);
}

static int prepare(void **state)
{
	(void)state;
	const char *tmp = getenv("TMPDIR");
	(void)str_print(inside, sizeof inside, "%s/in.XXXXXX", tmp != NULL ? tmp : "/tmp");
	(void)str_print(outside, sizeof outside, "%s/out.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(inside) == NULL || mkdtemp(outside) == NULL)
		return -1;
	open_port = listener();
	other_port = listener();
	return open_file(inside, O_RDWR | O_CREAT) >= 0 && open_file(outside, O_RDWR | O_CREAT) >= 0
		   ? 0
		   : -1;
}

static int tidy(void **state)
{
	(void)state;
	char path[600];
	const char *const dirs[] = {inside, outside};
	for (int i = 0; i < 2; i++) {
		(void)str_print(path, sizeof path, "%s/file", dirs[i]);
		if (unlink(path) != 0 || rmdir(dirs[i]) != 0)
			return -1;
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls__nothing_allowed__all_refused),
	    cmocka_unit_test(files__only_what_is_named),
	    cmocka_unit_test(network__only_what_is_named),
	    cmocka_unit_test(program__named__runs_and_no_other),
	    cmocka_unit_test(clock__allowed__is_asked),
	    cmocka_unit_test(signals__outside__only_where_allowed),
	    cmocka_unit_test(parent__dies__child_is_killed),
	};
	return cmocka_run_group_tests(tests, prepare, tidy);
}
