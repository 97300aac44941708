/*
 * Child processes: started with three pipes, told about when they end. It hides posix_spawn,
 * waitpid and whether a courier is spawned here or by the keeper under a user of its own. A child
 * that was killed is over only when `ended` says so: it was reaped then.
 */
#ifndef DAEMON_PROC_H
#define DAEMON_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

enum courier_kind { COURIER_PRINT, COURIER_ACCESS, COURIER_NOTIFY };
enum { COURIER_KINDS = 3 };
const char *courier_kind_name(enum courier_kind k); /* "print", "access", "notify" */
const char *courier_kind_program(
    enum courier_kind k); /* "foyer-print" … also the user's name that it runs under */

struct keeper;

/* Embedded in its owner, who keeps it until `ended`. */
struct proc {
	/* fds: write end of its stdin, read ends of its stdout and stderr; non-blocking; the
	 * owner closes them. Called once, perhaps before the start function returns. */
	void (*started)(void *arg, const int fds[3]);
	/* Once: after its exit (waitpid's status), or -1 when it could not be started at all. */
	void (*ended)(void *arg, int status);
	void *arg;
	pid_t pid; /* 0 until started */
	bool kill_asked;
	struct proc *next;
};

struct procs {
	struct proc *list;
	struct keeper *keeper; /* NULL: we spawn couriers ourselves */
};

/* A courier: through the keeper where there is one. `ended` with -1 follows where it fails. */
void procs_start_courier(struct procs *ps, struct proc *p, enum courier_kind kind);

/* A program of ours, as ourselves. */
void procs_start(struct procs *ps, struct proc *p, const char *path, char *const argv[]);

/* SIGKILL. A child not started yet is killed as soon as it is. */
void procs_kill(struct procs *ps, struct proc *p);

/* After SIGCHLD: reap whatever ended. */
void procs_reap(struct procs *ps);

/* For the keeper: a courier was started or has ended. */
void procs_started(struct procs *ps, struct proc *p, pid_t pid, const int fds[3]);
void procs_ended(struct procs *ps, struct proc *p, int status);

/* Start path with its standard descriptors on new pipes. parent[] is as for `started`. */
enum err_code proc_spawn(
    pid_t *pid, int parent[3], const char *path, char *const argv[], struct err *e) MUST_USE;
/* Six ends of three pipes, all close-on-exec; parent's ends non-blocking. */
enum err_code proc_pipes(int parent[3], int child[3], struct err *e) MUST_USE;
void proc_close(int fds[3]);

enum { PROC_ENV = 8 };
/* The few variables that a child of ours needs. Borrowed pointers, NULL at the end. */
void proc_environment(char *env[PROC_ENV]);

#endif
