/*
 * The keeper's own process: it starts children for foyerd and kills those that it started, and does nothing else. It hides fork,
 * exec, and becoming somebody else.
 *
 * It is asked for a kind, never for a path or an argument: which program and which user belong to a kind is fixed before the first
 * question. When foyerd's end of the socket is closed it kills its children and ends.
 */
#ifndef DAEMON_KEEPER_SIDE_H
#define DAEMON_KEEPER_SIDE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "daemon/keeper_wire.h"
#include "daemon/proc.h"

struct keeper_program {
	char path[PATH_MAX]; /* "": this keeper does not start that kind */
	char *argv[5];
	char user[32]; /* whom the child becomes; "": who the keeper is */
	uid_t uid;
	gid_t gid;
};

struct keeper_side {
	int sock;
	/* SIGTERM ends it: a service manager is its parent. Else only foyerd's end does, for a terminal's signals reach all of
	 * foyerd's processes. */
	bool managed;
	struct keeper_program programs[CHILD_KINDS];
	/* inside */
	int signals;
	pid_t children[KEEPER_CHILDREN];
	int n_children;
};

/* Look up a kind's program, and its user where children become others. ERR_CONFIG names what is missing. conf_path (for a reader) is
 * borrowed for good. */
enum err_code keeper_side_program(struct keeper_side *side, enum child_kind kind,
    const char *conf_path, bool become, struct err *e) MUST_USE;

/* Until the other end of sock is gone. */
_Noreturn void keeper_side_run(struct keeper_side *side);

/* `foyerd --keep KIND`: couriers of one kind, under the user it was started as. The service manager hands it a listening socket
 * (sd_listen_fds(3)); the first who connects is served, and when that one goes it ends. Returns only with an error. */
enum err_code keeper_side_serve(const char *kind, struct err *e) MUST_USE;

#endif
