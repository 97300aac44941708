/*
 * Child processes: started with three pipes, told about when they end. foyerd itself starts none: a keeper does (keeper.h), for
 * foyerd has locked itself in, and some children have a user of their own. A child that was killed is over only when `ended` says
 * so: it was reaped then.
 */
#ifndef DAEMON_PROC_H
#define DAEMON_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

enum courier_kind { COURIER_PRINT, COURIER_ACCESS, COURIER_NOTIFY };
enum { COURIER_KINDS = 3 };
const char *courier_kind_name(enum courier_kind k); /* "print", "access", "notify" */

/* What a keeper can start: a courier of each kind, and `foyerd --read`. */
enum child_kind {
	CHILD_PRINT = COURIER_PRINT,
	CHILD_ACCESS = COURIER_ACCESS,
	CHILD_NOTIFY = COURIER_NOTIFY,
	CHILD_READER,
};
enum { CHILD_KINDS = 4 };
const char *child_kind_program(enum child_kind k); /* "foyer-print" … "foyerd" */
const char *child_kind_user(enum child_kind k); /* "foyer-print" … "foyer" */

struct keeper;

/* Embedded in its owner, who keeps it until `ended`. */
struct proc {
	/* fds: write end of its stdin, read ends of its stdout and stderr; non-blocking; the
	 * owner closes them. Called once. */
	void (*started)(void *arg, const int fds[3]);
	/* Once: after its exit (waitpid's status), or -1 when it could not be started at all or
	 * nobody knows. Perhaps before the start function returns. */
	void (*ended)(void *arg, int status);
	void *arg;
	enum child_kind kind;
	pid_t pid; /* 0 until started */
	bool kill_asked;
	bool lost; /* its keeper is gone */
	struct proc *next;
};

struct procs {
	struct proc *list;
	struct keeper *keeper; /* NULL: nothing can be started */
};

/* `ended` with -1 follows where it fails. */
void procs_start(struct procs *ps, struct proc *p, enum child_kind kind);

/* SIGKILL. A child not started yet is killed as soon as it is. */
void procs_kill(struct procs *ps, struct proc *p);

/* For the keeper: a child was started or has ended. */
void procs_started(struct procs *ps, struct proc *p, pid_t pid, const int fds[3]);
void procs_ended(struct procs *ps, struct proc *p, int status);

/* Six ends of three pipes, all close-on-exec; parent's ends non-blocking. */
enum err_code proc_pipes(int parent[3], int child[3], struct err *e) MUST_USE;
void proc_close(int fds[3]);

enum { PROC_ENV = 8 };
/* The few variables that a child of ours needs. Borrowed pointers, NULL at the end. */
void proc_environment(char *env[PROC_ENV]);

#endif
