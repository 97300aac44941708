#include "daemon/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"

enum {
	KEEPER_CHILDREN = 256,
	GROUPS_MOST = 64,
	KEEPER_ENDED = 'e',
	KEEPER_STARTED = 's',
	KEEPER_FAILED = 'f',
	KEEPER_SPAWN = 'S',
	KEEPER_KILL = 'K'
};

/* One datagram each way (SOCK_SEQPACKET keeps their bounds). */
struct keeper_msg {
	char op;
	int kind;
	uint64_t ticket; /* which proc asked: told back */
	pid_t pid;
	int status;
};

struct keeper_program {
	char path[PATH_MAX];
	char user[32];
	uid_t uid;
	gid_t gid;
};

struct keeper {
	struct loop_source source;
	struct loop *loop;
	struct procs *ps;
	pid_t pid;
	uint64_t last_ticket;
	struct {
		uint64_t ticket;
		struct proc *proc;
	} asked[KEEPER_CHILDREN];
	int n_asked;
};

/* --- in the keeper: root, single-threaded, nothing but this ------------------------------ */

struct keeper_side {
	int sock, signals;
	struct keeper_program programs[COURIER_KINDS];
	pid_t children[KEEPER_CHILDREN];
	int n_children;
};

static bool msg_send(int sock, const struct keeper_msg *m, const int fds[3])
{
	struct iovec iov = {.iov_base = (void *)(uintptr_t)m, .iov_len = sizeof *m};
	union {
		char buf[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};
	if (fds) {
		h.msg_control = control.buf;
		h.msg_controllen = sizeof control.buf;
		struct cmsghdr *c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(3 * sizeof(int));
		memcpy(CMSG_DATA(c), fds, 3 * sizeof(int));
	}
	return sendmsg(sock, &h, MSG_NOSIGNAL) == (ssize_t)sizeof *m;
}

/* 1: a message, 0: the other end is gone, -1: nothing now. */
static int msg_recv(int sock, struct keeper_msg *m, int fds[3])
{
	struct iovec iov = {.iov_base = m, .iov_len = sizeof *m};
	union {
		char buf[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr h = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.buf,
	    .msg_controllen = sizeof control.buf};
	fds[0] = fds[1] = fds[2] = -1;
	ssize_t n = recvmsg(sock, &h, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? -1 : 0;
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(3 * sizeof(int)))
		memcpy(fds, CMSG_DATA(c), 3 * sizeof(int));
	return n == (ssize_t)sizeof *m ? 1 : 0;
}

/* After fork: become the courier's user and the courier. Never returns. */
static void child_become(const struct keeper_program *p, const int child[3])
{
	sigset_t none;
	char name[32];
	char *const argv[] = {name, NULL};
	char *env[PROC_ENV];
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	str_copy(name, sizeof name, p->user);
	for (int i = 0; i < 3; i++)
		if (dup2(child[i], i) < 0)
			_exit(127);
	if (close_range(3, ~0u, 0))
		_exit(127);
	if (initgroups(p->user, p->gid) || setresgid(p->gid, p->gid, p->gid) ||
	    setresuid(p->uid, p->uid, p->uid))
		_exit(126);
	if (chdir("/"))
		_exit(127);
	proc_environment(env);
	execve(p->path, argv, env);
	_exit(127);
}

static void side_spawn(struct keeper_side *k, const struct keeper_msg *ask)
{
	struct keeper_msg answer = {.op = KEEPER_FAILED, .ticket = ask->ticket};
	int parent[3], child[3];
	struct err e;
	bool known = ask->kind >= 0 && ask->kind < COURIER_KINDS && k->n_children < KEEPER_CHILDREN;
	if (!known || proc_pipes(parent, child, &e)) {
		msg_send(k->sock, &answer, NULL);
		return;
	}
	pid_t pid = fork();
	if (pid == 0)
		child_become(&k->programs[ask->kind], child);
	if (pid > 0) {
		k->children[k->n_children++] = pid;
		answer.op = KEEPER_STARTED;
		answer.pid = pid;
	}
	msg_send(k->sock, &answer, pid > 0 ? parent : NULL);
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
				msg_send(k->sock, &m, NULL);
				break;
			}
		}
	}
}

static void side_run(struct keeper_side *k)
{
	for (;;) {
		struct pollfd p[2] = {
		    {.fd = k->sock, .events = POLLIN}, {.fd = k->signals, .events = POLLIN}};
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents) {
			struct signalfd_siginfo si;
			while (read(k->signals, &si, sizeof si) == (ssize_t)sizeof si)
				continue;
			side_reap(k);
		}
		if (!p[0].revents)
			continue;
		struct keeper_msg m;
		int fds[3];
		int got = msg_recv(k->sock, &m, fds);
		proc_close(fds);
		if (got == 0)
			break;
		if (got == 1 && m.op == KEEPER_SPAWN)
			side_spawn(k, &m);
		else if (got == 1 && m.op == KEEPER_KILL)
			side_kill(k, m.pid);
	}
	for (int i = 0; i < k->n_children; i++)
		kill(k->children[i], SIGKILL);
	_exit(0);
}

/* --- in foyerd --------------------------------------------------------------------------- */

static enum err_code program_find(struct keeper_program *p, enum courier_kind kind, struct err *e)
{
	struct err why;
	const char *name = courier_kind_program(kind);
	if (path_program(p->path, name, &why))
		return err_set(e, ERR_CONFIG, "%s", why.msg);
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

static void side_start(struct keeper_side *side)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	sigemptyset(&all);
	sigaddset(&all, SIGCHLD);
	side->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "foyerd-keeper");
	if (side->signals < 0)
		_exit(1);
	side_run(side);
}

enum err_code keeper_start(struct keeper **own_k, struct err *e)
{
	struct keeper_side side = {0};
	int socks[2];
	for (int i = 0; i < COURIER_KINDS; i++) {
		enum err_code c = program_find(&side.programs[i], (enum courier_kind)i, e);
		if (c)
			return c;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks))
		return err_errno(e, ERR_IO, "socketpair");
	pid_t pid = fork();
	if (pid == 0) {
		FAULT_OPEN("keeper");
		close(socks[0]);
		side.sock = socks[1];
		side_start(&side);
	}
	close(socks[1]);
	if (pid < 0) {
		enum err_code c = err_errno(e, ERR_IO, "fork");
		close(socks[0]);
		return c;
	}
	struct keeper *k = mem_new(1, sizeof *k);
	k->pid = pid;
	k->source.fd = socks[0];
	fcntl(socks[0], F_SETFL, O_NONBLOCK);
	*own_k = k;
	return ERR_OK;
}

enum err_code keeper_drop(const char *user, const char *also_group, struct err *e)
{
	const struct passwd *pw = getpwnam(user);
	if (!pw || !pw->pw_uid)
		return err_set(e, ERR_CONFIG,
		    "there is no ordinary user %s to become; make it or do not start foyerd as "
		    "root",
		    user);
	gid_t groups[GROUPS_MOST];
	int n = GROUPS_MOST - 1;
	if (getgrouplist(user, pw->pw_gid, groups, &n) < 0)
		return err_set(e, ERR_CONFIG, "user %s is in too many groups", user);
	const struct group *gr = also_group ? getgrnam(also_group) : NULL;
	if (gr)
		groups[n++] = gr->gr_gid;
	if (setgroups((size_t)n, groups) || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		return err_errno(e, ERR_DENIED, "becoming user %s", user);
	/* It must be for good. */
	if (!setuid(0))
		log_bug("root could be had back");
	return ERR_OK;
}

static struct proc *proc_by_pid(const struct procs *ps, pid_t pid)
{
	for (struct proc *p = ps->list; p; p = p->next)
		if (p->pid == pid)
			return p;
	return NULL;
}

static struct proc *asked_take(struct keeper *k, uint64_t ticket)
{
	for (int i = 0; i < k->n_asked; i++) {
		if (k->asked[i].ticket == ticket) {
			struct proc *p = k->asked[i].proc;
			k->asked[i] = k->asked[--k->n_asked];
			return p;
		}
	}
	return NULL;
}

static void keeper_ready(void *arg, short revents)
{
	(void)revents;
	struct keeper *k = arg;
	struct keeper_msg m;
	int fds[3];
	int got;
	while ((got = msg_recv(k->source.fd, &m, fds)) == 1) {
		struct proc *p =
		    m.op == KEEPER_ENDED ? proc_by_pid(k->ps, m.pid) : asked_take(k, m.ticket);
		if (!p)
			proc_close(fds);
		else if (m.op == KEEPER_STARTED && fds[0] >= 0)
			procs_started(k->ps, p, m.pid, fds);
		else
			procs_ended(k->ps, p, m.op == KEEPER_ENDED ? m.status : -1);
	}
	/* Its couriers die with it, and nobody is left to say so or to start others. */
	if (got == 0)
		log_bug("the keeper ended");
}

enum err_code keeper_join(struct keeper *k, struct loop *loop, struct procs *ps, struct err *e)
{
	k->loop = loop;
	k->ps = ps;
	k->source.events = POLLIN;
	k->source.fn = keeper_ready;
	k->source.arg = k;
	ps->keeper = k;
	return loop_add(loop, &k->source, e);
}

enum err_code keeper_spawn(struct keeper *k, struct proc *p, enum courier_kind kind, struct err *e)
{
	struct keeper_msg m = {.op = KEEPER_SPAWN, .kind = kind, .ticket = ++k->last_ticket};
	if (!k->pid)
		return err_set(e, ERR_UNREACHABLE, "the keeper is gone");
	if (k->n_asked == KEEPER_CHILDREN)
		return err_set(e, ERR_TOO_MANY, "too many couriers are being started");
	if (!msg_send(k->source.fd, &m, NULL))
		return err_errno(e, ERR_IO, "the keeper does not listen");
	k->asked[k->n_asked].ticket = m.ticket;
	k->asked[k->n_asked++].proc = p;
	return ERR_OK;
}

bool keeper_kill(struct keeper *k, pid_t pid)
{
	struct keeper_msg m = {.op = KEEPER_KILL, .pid = pid};
	return msg_send(k->source.fd, &m, NULL);
}

void keeper_free(struct keeper *own_k)
{
	if (!own_k)
		return;
	if (own_k->loop)
		loop_remove(own_k->loop, &own_k->source);
	close(own_k->source.fd);
	if (own_k->pid)
		waitpid(own_k->pid, NULL, 0);
	free(own_k);
}
