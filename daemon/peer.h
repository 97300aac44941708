/*
 * Who is at the other end of a Unix socket, and which roles foyer.conf gives them. It hides
 * SO_PEERCRED and SO_PEERGROUPS. root is nobody unless configured. foyerd's own
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

/* The gid of a group that foyer.conf names, and foyerd's own uid. */
struct peer_groups {
	bool (*find)(const void *arg, const char *name, gid_t *gid);
	const void *arg;
	uid_t self;
};

/* The roles as a bit mask of enum conf_role; user is the login name. */
unsigned peer_roles(const struct peer *p, const char *user, const struct conf *conf,
    const struct peer_groups *groups);

#endif
