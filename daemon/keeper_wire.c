#include "daemon/keeper_wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

union control {
	char buf[CMSG_SPACE(3 * sizeof(int))];
	struct cmsghdr align;
};

bool keeper_msg_send(int sock, const struct keeper_msg *m, const int fds[3])
{
	struct iovec iov = {.iov_base = (void *)(uintptr_t)m, .iov_len = sizeof *m};
	union control control = {0};
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};
	if (fds) {
		h.msg_control = control.buf;
		h.msg_controllen = sizeof control.buf;
		struct cmsghdr *c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(3 * sizeof(int));
		memcpy(CMSG_DATA(c), fds, 3 * sizeof(int));
	}
	return sendmsg(sock, &h, MSG_NOSIGNAL) == (ssize_t)sizeof *m;
}

int keeper_msg_recv(int sock, struct keeper_msg *m, int fds[3])
{
	struct iovec iov = {.iov_base = m, .iov_len = sizeof *m};
	union control control;
	struct msghdr h = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = sizeof control.buf};
	fds[0] = fds[1] = fds[2] = -1;
	ssize_t n = recvmsg(sock, &h, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : 0;
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(3 * sizeof(int)))
		memcpy(fds, CMSG_DATA(c), 3 * sizeof(int));
	return n == (ssize_t)sizeof *m ? 1 : 0;
}
