/*
 * What foyerd and a keeper say to each other: one datagram each way over a SOCK_SEQPACKET socket, which keeps their bounds. It hides
 * descriptor passing. For keeper.c and keeper_side.c alone; both ends are always of one version.
 */
#ifndef DAEMON_KEEPER_WIRE_H
#define DAEMON_KEEPER_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { KEEPER_CHILDREN = 256 }; /* of one keeper */

enum keeper_op {
	KEEPER_SPAWN = 'S', /* kind, ticket */
	KEEPER_KILL = 'K', /* pid */
	KEEPER_STARTED = 's', /* ticket, pid; three descriptors come with it */
	KEEPER_FAILED = 'f', /* ticket */
	KEEPER_ENDED = 'e', /* pid, status */
};

struct keeper_msg {
	char op;
	int kind; /* enum child_kind */
	uint64_t ticket; /* which proc asked: told back */
	pid_t pid;
	int status; /* as from waitpid(2) */
};

/* fds NULL: none go with it. */
bool keeper_msg_send(int sock, const struct keeper_msg *m, const int fds[3]);
/* 1: a message, 0: the other end is gone, -1: nothing now. fds are the caller's to close; -1 where none came. */
int keeper_msg_recv(int sock, struct keeper_msg *m, int fds[3]);

#endif
