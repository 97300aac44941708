#include "daemon/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "daemon/keeper.h"

const char *courier_kind_name(enum courier_kind k)
{
	switch (k) {
	case COURIER_PRINT: return "print";
	case COURIER_ACCESS: return "access";
	case COURIER_NOTIFY: return "notify";
	}
	return "";
}

const char *courier_kind_program(enum courier_kind k)
{
	switch (k) {
	case COURIER_PRINT: return "foyer-print";
	case COURIER_ACCESS: return "foyer-access";
	case COURIER_NOTIFY: return "foyer-notify";
	}
	return "";
}

void proc_close(int fds[3])
{
	for (int i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

enum err_code proc_pipes(int parent[3], int child[3], struct err *e)
{
	for (int i = 0; i < 3; i++)
		parent[i] = child[i] = -1;
	for (int i = 0; i < 3; i++) {
		int fds[2];
		if (pipe2(fds, O_CLOEXEC)) {
			enum err_code c = err_errno(e, ERR_IO, "pipe");
			proc_close(parent);
			proc_close(child);
			return c;
		}
		child[i] = fds[i == 0 ? 0 : 1];
		parent[i] = fds[i == 0 ? 1 : 0];
		int flags = fcntl(parent[i], F_GETFL);
		if (flags >= 0)
			fcntl(parent[i], F_SETFL, flags | O_NONBLOCK);
	}
	return ERR_OK;
}

void proc_environment(char *env[PROC_ENV])
{
	static const char *const keep[] = {"PATH=", "TZ=", "TMPDIR=", "FOYER_CONF=",
#ifdef FOYER_FAULT
	    "FOYER_FAULT="
#endif
	};
	static char lang[] = "LC_ALL=C.UTF-8";
	int n = 0;
	env[n++] = lang;
	for (char **v = environ; v && *v; v++)
		for (size_t k = 0; k < sizeof keep / sizeof keep[0] && n < PROC_ENV - 1; k++)
			if (str_starts(*v, keep[k]))
				env[n++] = *v;
	env[n] = NULL;
}

enum err_code proc_spawn(
    pid_t *pid, int parent[3], const char *path, char *const argv[], struct err *e)
{
	int child[3];
	enum err_code c = proc_pipes(parent, child, e);
	if (c)
		return c;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, defaults;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	sigaddset(&defaults, SIGXFSZ);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attr);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&files, child[i], i);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	char *env[PROC_ENV];
	proc_environment(env);
	errno = posix_spawn(pid, path, &files, &attr, argv, env);
	if (errno)
		c = err_errno(e, ERR_IO, "%s", path);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	proc_close(child);
	if (c)
		proc_close(parent);
	return c;
}

void procs_started(struct procs *ps, struct proc *p, pid_t pid, const int fds[3])
{
	p->pid = pid;
	if (p->kill_asked)
		procs_kill(ps, p);
	p->started(p->arg, fds);
}

void procs_ended(struct procs *ps, struct proc *p, int status)
{
	for (struct proc **at = &ps->list; *at; at = &(*at)->next) {
		if (*at == p) {
			*at = p->next;
			break;
		}
	}
	p->pid = 0;
	p->ended(p->arg, status);
}

static void procs_add(struct procs *ps, struct proc *p)
{
	p->pid = 0;
	p->kill_asked = false;
	p->next = ps->list;
	ps->list = p;
}

static void start_here(struct procs *ps, struct proc *p, const char *path, char *const argv[])
{
	struct err e;
	int fds[3];
	pid_t pid;
	if (proc_spawn(&pid, fds, path, argv, &e)) {
		log_error("%s", e.msg);
		procs_ended(ps, p, -1);
		return;
	}
	procs_started(ps, p, pid, fds);
}

void procs_start(struct procs *ps, struct proc *p, const char *path, char *const argv[])
{
	procs_add(ps, p);
	start_here(ps, p, path, argv);
}

void procs_start_courier(struct procs *ps, struct proc *p, enum courier_kind kind)
{
	struct err e;
	procs_add(ps, p);
	if (ps->keeper) {
		if (keeper_spawn(ps->keeper, p, kind, &e)) {
			log_error("%s: %s", courier_kind_program(kind), e.msg);
			procs_ended(ps, p, -1);
		}
		return;
	}
	char path[PATH_MAX], name[16];
	if (path_program(path, courier_kind_program(kind), &e)) {
		log_error("%s", e.msg);
		procs_ended(ps, p, -1);
		return;
	}
	str_copy(name, sizeof name, courier_kind_program(kind));
	char *const argv[] = {name, NULL};
	start_here(ps, p, path, argv);
}

void procs_kill(struct procs *ps, struct proc *p)
{
	p->kill_asked = true;
	if (!p->pid)
		return;
	if (!ps->keeper || !keeper_kill(ps->keeper, p->pid))
		kill(p->pid, SIGKILL);
}

void procs_reap(struct procs *ps)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (struct proc *p = ps->list; p; p = p->next) {
			if (p->pid == pid) {
				procs_ended(ps, p, status);
				break;
			}
		}
	}
}
