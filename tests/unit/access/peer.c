#include "tests/unit/access/peer.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/str.h"

enum { LIFE_S = 10 };

static int bound(char address[PEER_ADDRESS_SZ])
{
	struct sockaddr_in self = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof self;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&self, sizeof self), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&self, &n), 0);
	assert_true(str_print(address, PEER_ADDRESS_SZ, "127.0.0.1:%d", ntohs(self.sin_port)));
	return fd;
}

void peer_start(struct peer *p, peer_script *script, void *shared)
{
	int fd = bound(p->address);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		(void)alarm(LIFE_S);
		script(fd, shared);
		_exit(0);
	}
	(void)close(fd);
}

void peer_end(struct peer *p)
{
	int status = -1;
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void peer_stop(struct peer *p)
{
	assert_int_equal(kill(p->pid, SIGKILL), 0);
	assert_int_equal(waitpid(p->pid, NULL, 0), p->pid);
}

void *peer_shared(size_t n)
{
	void *m = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(m != MAP_FAILED);
	return m;
}

void peer_nobody(char address[PEER_ADDRESS_SZ])
{
	(void)close(bound(address));
}

void peer_get(int fd, struct uhppote_frame *q, struct sockaddr_in *from)
{
	socklen_t len = sizeof *from;
	uint8_t bytes[UHPPOTE_FRAME_SZ + 1];
	ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)from, &len);
	PEER_CHECK(n == UHPPOTE_FRAME_SZ);
	PEER_CHECK(uhppote_frame_parse(q, bytes, (size_t)n, NULL) == ERR_OK);
}

void peer_put(int fd, const void *bytes, size_t n, const struct sockaddr_in *to)
{
	PEER_CHECK(sendto(fd, bytes, n, 0, (const struct sockaddr *)to, sizeof *to) == (ssize_t)n);
}
