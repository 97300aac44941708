/*
 * foyerd's side of the keepers, which start and kill children for it. It hides descriptor passing, and who the keepers are:
 *
 *   its own   a small process, forked before anything is opened. Where foyerd was started as root it stays root, so that each courier
 *             runs under its own user; else it is who foyerd is, only not locked in.
 *   others    where a service manager starts one for each kind of courier, under that courier's user (`foyerd --keep KIND`), they
 *             are reached through sockets DIR/KIND.sock. Then no process of the house is ever root, and its own keeper only starts
 *             readers.
 *
 * Its own keeper ends with foyerd, and foyerd with it. Another one that ends has taken its couriers along; it is looked for again when
 * the next one is to be started.
 */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#include <stdbool.h>

#include "base/err.h"
#include "daemon/loop.h"
#include "daemon/proc.h"

struct keeper_new {
	const char *conf_path; /* for readers; absolute */
	bool become; /* each child under its own user: we are root */
	const char *others; /* DIR; NULL: couriers are its own keeper's too */
};

/* Before anything else is opened: fork. Programs are looked up here; where children are to have users of their own, ERR_CONFIG names
 * the user or program that is missing, else what is missing cannot be started later. */
enum err_code keeper_start(
    struct keeper **own_k, const struct keeper_new *n, struct err *e) MUST_USE;

/* Become user with its groups, and also_group (NULL: none; one that does not exist: none); from
 * then on foyerd is nobody special. */
enum err_code keeper_drop(const char *user, const char *also_group, struct err *e) MUST_USE;

/* Join the loop: answers of the keepers go to ps. */
enum err_code keeper_join(
    struct keeper *k, struct loop *loop, struct procs *ps, struct err *e) MUST_USE;

/* Whether couriers run under users of their own. */
bool keeper_separates(const struct keeper *k);

/* For proc.c: p->started or p->ended follows. */
enum err_code keeper_spawn(struct keeper *k, struct proc *p, struct err *e) MUST_USE;
/* A started one; p->ended follows. */
void keeper_kill(struct keeper *k, const struct proc *p);

/* Close the sockets and wait for its own keeper to end. */
void keeper_free(struct keeper *own_k);

#endif
