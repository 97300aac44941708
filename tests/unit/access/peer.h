/*
 * The other end of a test: a child process that plays a controller on a UDP socket of 127.0.0.1. It hides fork and its end.
 *
 * A script runs in the child; what it wants to tell the test lies in memory from peer_shared. A child lives ten seconds at most.
 */
#ifndef TESTS_UNIT_ACCESS_PEER_H
#define TESTS_UNIT_ACCESS_PEER_H

#include <netinet/in.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#include "access/uhppote_wire.h"

enum { PEER_SERIAL = 405419896, PEER_ADDRESS_SZ = 32 };

struct peer {
	pid_t pid;
	char address[PEER_ADDRESS_SZ]; /* "127.0.0.1:PORT" */
};
typedef void peer_script(int fd, void *shared);

void peer_start(struct peer *p, peer_script *script, void *shared);
/* Wait for the script's end; the test fails unless it came to its end well. */
void peer_end(struct peer *p);
/* End a script that has none. */
void peer_stop(struct peer *p);
void *peer_shared(size_t n);
/* An address where nobody listens. */
void peer_nobody(char address[PEER_ADDRESS_SZ]);

/* In the script. */
#define PEER_CHECK(x)                                                                              \
	do {                                                                                       \
		if (!(x)) {                                                                        \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);              \
			_exit(1);                                                                  \
		}                                                                                  \
	} while (0)
void peer_get(int fd, struct uhppote_frame *q, struct sockaddr_in *from);
void peer_put(int fd, const void *bytes, size_t n, const struct sockaddr_in *to);

#endif
