#include "daemon/keeper_side.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"

enum { LISTEN_FD = 3 }; /* the first that a service manager passes: sd_listen_fds(3) */

/* After fork: become the child's user and the child. Never returns. */
static void child_become(const struct keeper_program *p, const int child[3], pid_t keeper)
{
	sigset_t none;
	char *env[PROC_ENV];
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	for (int i = 0; i < 3; i++)
		if (dup2(child[i], i) < 0)
			_exit(127);
	if (close_range(3, ~0u, 0))
		_exit(127);
	if (p->user[0] && (initgroups(p->user, p->gid) || setresgid(p->gid, p->gid, p->gid) ||
			      setresuid(p->uid, p->uid, p->uid)))
		_exit(126);
	/* A change of user takes it back, execve(2) of an ordinary program does not. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != keeper)
		_exit(127);
	if (chdir("/"))
		_exit(127);
	proc_environment(env);
	execve(p->path, p->argv, env);
	_exit(127);
}

static void side_spawn(struct keeper_side *k, const struct keeper_msg *ask)
{
	struct keeper_msg answer = {.op = KEEPER_FAILED, .ticket = ask->ticket};
	int parent[3], child[3];
	struct err e;
	bool known = ask->kind >= 0 && ask->kind < CHILD_KINDS && k->n_children < KEEPER_CHILDREN;
	if (known && !k->programs[ask->kind].path[0]) {
		log_error("%s is not installed", child_kind_program((enum child_kind)ask->kind));
		known = false;
	}
	if (!known || proc_pipes(parent, child, &e)) {
		keeper_msg_send(k->sock, &answer, NULL);
		return;
	}
	pid_t self = getpid(), pid = fork();
	if (pid == 0)
		child_become(&k->programs[ask->kind], child, self);
	if (pid > 0) {
		k->children[k->n_children++] = pid;
		answer.op = KEEPER_STARTED;
		answer.pid = pid;
		FAULT("keeper.spawned");
	}
	keeper_msg_send(k->sock, &answer, pid > 0 ? parent : NULL);
	proc_close(parent);
	proc_close(child);
}

static void side_kill(const struct keeper_side *k, pid_t pid)
{
	for (int i = 0; i < k->n_children; i++)
		if (k->children[i] == pid)
			kill(pid, SIGKILL);
}

static void side_reap(struct keeper_side *k)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < k->n_children; i++) {
			if (k->children[i] == pid) {
				k->children[i] = k->children[--k->n_children];
				struct keeper_msg m = {
				    .op = KEEPER_ENDED, .pid = pid, .status = status};
				keeper_msg_send(k->sock, &m, NULL);
				break;
			}
		}
	}
}

/* True: it is told to end. */
static bool side_told(struct keeper_side *k)
{
	struct signalfd_siginfo si;
	bool end = false;
	while (read(k->signals, &si, sizeof si) == (ssize_t)sizeof si)
		end = end || si.ssi_signo == SIGTERM;
	side_reap(k);
	return end;
}

static void side_loop(struct keeper_side *k)
{
	for (;;) {
		struct pollfd p[2] = {
		    {.fd = k->sock, .events = POLLIN}, {.fd = k->signals, .events = POLLIN}};
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[1].revents && side_told(k))
			return;
		if (!p[0].revents)
			continue;
		struct keeper_msg m;
		int fds[3];
		int got = keeper_msg_recv(k->sock, &m, fds);
		proc_close(fds);
		if (got == 0)
			return;
		if (got == 1 && m.op == KEEPER_SPAWN)
			side_spawn(k, &m);
		else if (got == 1 && m.op == KEEPER_KILL)
			side_kill(k, m.pid);
	}
}

void keeper_side_run(struct keeper_side *side)
{
	sigset_t set;
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (side->managed)
		sigaddset(&set, SIGTERM);
	side->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	prctl(PR_SET_NAME, "foyerd-keeper");
	prctl(PR_SET_DUMPABLE, 0);
	if (side->signals < 0)
		_exit(1);
	side_loop(side);
	for (int i = 0; i < side->n_children; i++)
		kill(side->children[i], SIGKILL);
	_exit(0);
}

/* --- which program, which user ----------------------------------------------------------- */

static enum err_code user_find(struct keeper_program *p, const char *name, struct err *e)
{
	const struct passwd *pw = getpwnam(name);
	if (!pw)
		return err_set(e, ERR_CONFIG,
		    "there is no user %s; make it (systemd-sysusers) or do not start foyerd as "
		    "root",
		    name);
	if (!pw->pw_uid)
		return err_set(e, ERR_CONFIG, "user %s must not be root", name);
	str_copy(p->user, sizeof p->user, name);
	p->uid = pw->pw_uid;
	p->gid = pw->pw_gid;
	return ERR_OK;
}

/* execve(2) wants them writable; it writes none of them. */
static char *word(const char *text)
{
	return (char *)(uintptr_t)text;
}

enum err_code keeper_side_program(struct keeper_side *side, enum child_kind kind,
    const char *conf_path, bool become, struct err *e)
{
	struct keeper_program *p = &side->programs[kind];
	const char *name = child_kind_program(kind);
	struct err why;
	*p = (struct keeper_program){.argv = {word(name)}};
	if (path_program(p->path, name, &why))
		return err_set(e, ERR_CONFIG, "%s", why.msg);
	if (kind == CHILD_READER) {
		p->argv[1] = word("-c");
		p->argv[2] = word(conf_path);
		p->argv[3] = word("--read");
	}
	return become ? user_find(p, child_kind_user(kind), e) : ERR_OK;
}

/* --- started by the service manager ------------------------------------------------------ */

static bool kind_of(const char *name, enum child_kind *kind)
{
	for (int i = 0; i < COURIER_KINDS; i++) {
		*kind = (enum child_kind)i;
		if (str_eq(name, courier_kind_name((enum courier_kind)i)))
			return true;
	}
	return false;
}

/* Whether our service manager passed one socket to this very process. */
static bool socket_passed(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	return pid && n && strtol(pid, NULL, 10) == (long)getpid() && str_eq(n, "1");
}

enum err_code keeper_side_serve(const char *name, struct err *e)
{
	static struct keeper_side side;
	enum child_kind kind;
	if (!kind_of(name, &kind))
		return err_set(e, ERR_INPUT, "--keep: must be print, access or notify");
	if (!socket_passed())
		return err_set(
		    e, ERR_INPUT, "--keep is for the service manager, which passes a socket");
	enum err_code c = keeper_side_program(&side, kind, NULL, false, e);
	if (c)
		return c;
	side.managed = true;
	side.sock = accept4(LISTEN_FD, NULL, NULL, SOCK_CLOEXEC);
	if (side.sock < 0)
		return err_errno(e, ERR_IO, "accept");
	close(LISTEN_FD);
	keeper_side_run(&side);
}
