/*
 * Who is at the other end of a Unix socket, and which roles foyer.conf gives them. It hides
 * SO_PEERCRED, SO_PEERGROUPS and the user database. root is nobody unless configured. foyerd's own
 * uid is nobody, except in a demo (conf.demo): there it is everybody.
 */
#ifndef DAEMON_PEER_H
#define DAEMON_PEER_H

#include <sys/types.h>

#include "base/conf.h"
#include "base/err.h"

enum { PEER_GROUPS = 1024 };

struct peer {
	uid_t uid;
	gid_t groups[PEER_GROUPS]; /* all of them, the primary one first */
	int n_groups;
};

/* Taken once, at accept. ERR_IO. */
enum err_code peer_of(struct peer *p, int fd, struct err *e) MUST_USE;

/* The user's login name, "uid:1000" where there is none. Once a connection: it may ask the name
 * service. */
void peer_name(const struct peer *p, char dst[TEXT_WORD_SZ]);

/* The roles as a bit mask of enum conf_role; user is peer_name's. self is foyerd's own uid.
 * Groups are compared by their name. */
unsigned peer_roles(const struct peer *p, const char *user, const struct conf *conf, uid_t self);

#endif
