/*
 * The keeper: a small process that stays root when foyerd was started as root, and does two things
 * for it: start a courier under its own user, and kill a courier that it started. foyerd itself
 * drops to user foyer. It hides descriptor passing and the privilege.
 *
 * It takes a kind, never a path or an argument: which program and which user belong to a kind is
 * fixed before foyerd drops its rights. It ends, and its couriers with it, when foyerd's end of the
 * socket is closed.
 */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

#include <stdbool.h>

#include "base/err.h"
#include "daemon/loop.h"
#include "daemon/proc.h"

/* As root, before anything else is opened: fork the keeper. Programs and users are looked up
 * here: ERR_CONFIG names what is missing. */
enum err_code keeper_start(struct keeper **own_k, struct err *e) MUST_USE;

/* Become user with its groups, and also_group (NULL: none; one that does not exist: none); from
 * then on foyerd is nobody special. */
enum err_code keeper_drop(const char *user, const char *also_group, struct err *e) MUST_USE;

/* Join the loop: answers of the keeper go to ps. */
enum err_code keeper_join(
    struct keeper *k, struct loop *loop, struct procs *ps, struct err *e) MUST_USE;

/* p->started or p->ended follows. */
enum err_code keeper_spawn(
    struct keeper *k, struct proc *p, enum courier_kind kind, struct err *e) MUST_USE;
/* False if pid is none of the keeper's. */
bool keeper_kill(struct keeper *k, pid_t pid);

/* Close the socket and wait for the keeper to end. */
void keeper_free(struct keeper *own_k);

#endif
