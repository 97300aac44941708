#include "access/uhppote_link.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

enum { ADDRESS_SZ = 256 };

enum err_code uhppote_link_init(struct uhppote_link *l, const char *address, struct err *e)
{
	char host[ADDRESS_SZ];
	bool whole = str_copy(host, sizeof host, address);
	char *colon = strrchr(host, ':');
	if (!whole || colon == NULL || colon == host || colon[1] == '\0')
		return err_set(e, ERR_CONFIG, "address: must be host:port");
	*colon = '\0';
	struct addrinfo hints = {
	    .ai_family = AF_INET, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	int rc = getaddrinfo(host, colon + 1, &hints, &found);
	if (rc != 0)
		return err_set(e, ERR_CONFIG, "address: %s", gai_strerror(rc));
	memcpy(&l->to, found->ai_addr, sizeof l->to);
	freeaddrinfo(found);
	if (l->to.sin_port == 0)
		return err_set(e, ERR_CONFIG, "address: port 0");
	return ERR_OK;
}

/* A socket connected to the controller, or -1 and errno. */
static int connected(const struct uhppote_link *l, in_port_t *port)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	struct sockaddr_in self = {0};
	socklen_t n = sizeof self;
	if (connect(fd, (const struct sockaddr *)&l->to, sizeof l->to) != 0 ||
	    getsockname(fd, (struct sockaddr *)&self, &n) != 0) {
		int saved = errno;
		(void)close(fd);
		errno = saved;
		return -1;
	}
	*port = ntohs(self.sin_port);
	return fd;
}

/* Linux' ephemeral ports end at 60999: 60000, which controllers talk to among themselves, is one of them. */
static int socket_new(const struct uhppote_link *l)
{
	in_port_t port;
	int fd = connected(l, &port);
	if (fd < 0 || port != UHPPOTE_PORT)
		return fd;
	int other = connected(l, &port);
	int saved = errno;
	(void)close(fd);
	errno = saved;
	return other;
}

/* What came that was no answer to the question: it decides what a time-out is called. */
struct strays {
	int malformed, strangers; /* nonsense of the controller; sense of another one */
	struct err last; /* of the malformed */
};

static bool answers(const struct uhppote_link *l, const struct uhppote_frame *q,
    const struct uhppote_frame *a, struct strays *s)
{
	if (uhppote_frame_serial(a) != l->serial) {
		s->strangers++;
		return false;
	}
	bool good = uhppote_frame_fn(a) == uhppote_frame_fn(q);
	/* The two answers that name what was asked for, or 0 where it is not there. */
	if (good && uhppote_frame_fn(q) == UHPPOTE_GET_CARD)
		good = uhppote_number_get(a) == 0 || uhppote_number_get(a) == uhppote_number_get(q);
	else if (good && uhppote_frame_fn(q) == UHPPOTE_GET_PROFILE)
		good = uhppote_byte_get(a) == 0 || uhppote_byte_get(a) == uhppote_byte_get(q);
	if (!good) { /* nothing else was ever asked from this port */
		s->malformed++;
		(void)err_set(&s->last, ERR_PROTOCOL, "it answers another question");
	}
	return good;
}

static enum err_code await(const struct uhppote_link *l, int fd, const struct uhppote_frame *q,
    struct uhppote_frame *a, struct strays *s)
{
	int64_t until = clock_mono(&l->clock) + l->timeout_ms;
	for (;;) {
		int64_t left = until - clock_mono(&l->clock);
		if (left <= 0)
			return ERR_TIMEOUT;
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			return ERR_IO;
		uint8_t bytes[UHPPOTE_FRAME_SZ + 1]; /* one more, so that a longer datagram shows */
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0) /* an ICMP error (udp(7)): nobody there */
			return ERR_UNREACHABLE;
		if (uhppote_frame_parse(a, bytes, (size_t)n, &s->last) != ERR_OK)
			s->malformed++;
		else if (answers(l, q, a, s))
			return ERR_OK;
	}
}

static enum err_code attempt(const struct uhppote_link *l, const struct uhppote_frame *q,
    struct uhppote_frame *a, struct strays *s)
{
	int fd = socket_new(l);
	if (fd < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOBUFS ? ERR_IO
									      : ERR_UNREACHABLE;
	enum err_code rc = ERR_UNREACHABLE;
	if (send(fd, q->b, sizeof q->b, MSG_NOSIGNAL) == (ssize_t)sizeof q->b)
		rc = await(l, fd, q, a, s);
	(void)close(fd);
	return rc;
}

enum err_code uhppote_link_ask(const struct uhppote_link *l, const struct uhppote_frame *question,
    struct uhppote_frame *answer, struct err *e)
{
	struct strays s = {0};
	enum err_code rc = ERR_TIMEOUT;
	for (int i = 0; i <= l->retries && rc != ERR_OK; i++)
		rc = attempt(l, question, answer, &s);
	if (rc == ERR_OK)
		return ERR_OK;
	if (rc == ERR_IO)
		return err_set(e, ERR_IO, "no socket to ask from");
	if (rc == ERR_UNREACHABLE)
		return err_set(e, ERR_UNREACHABLE, "nobody listens at the controller's address");
	if (s.malformed > 0)
		return err_set(
		    e, ERR_PROTOCOL, "the controller does not speak its protocol: %s", s.last.msg);
	if (s.strangers > 0)
		return err_set(e, ERR_TIMEOUT,
		    "no answer from controller %u; one with another serial number answers there",
		    l->serial);
	return err_set(e, ERR_TIMEOUT, "no answer from controller %u within %d ms", l->serial,
	    l->timeout_ms * (l->retries + 1));
}
