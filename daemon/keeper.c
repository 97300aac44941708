#include "daemon/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/dump.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/str.h"
#include "daemon/keeper_side.h"
#include "daemon/keeper_wire.h"

enum {
	GROUPS_MOST = 64,
	ANSWER_MS = 15 * 1000, /* a fork takes a thousandth of it */
};

/* To one keeper. */
struct keeper_link {
	struct loop_source source; /* fd -1: nobody there, as far as we know */
	struct keeper *keeper;
	struct sockaddr_un at; /* where to look for it; sun_path "": it is our own */
	struct {
		uint64_t ticket;
		struct proc *proc;
	} asked[KEEPER_CHILDREN];
	int n_asked;
	struct loop_timer late; /* while something is asked */
};

struct keeper {
	struct keeper_link own, others[COURIER_KINDS];
	struct loop *loop;
	struct procs *ps;
	pid_t pid; /* our own keeper's */
	bool separates;
	uint64_t last_ticket;
};

static bool is_own(const struct keeper_link *l)
{
	return !l->at.sun_path[0];
}

static struct keeper_link *link_of(struct keeper *k, enum child_kind kind)
{
	return kind != CHILD_READER && !is_own(&k->others[kind]) ? &k->others[kind] : &k->own;
}

/* --- beginning --------------------------------------------------------------------------- */

/* It ends when foyerd's end of its socket does. Where somebody stopped it, it must first go on. No death signal of foyerd's gets
 * through to it (PR_SET_PDEATHSIG): foyerd sends it, as somebody who is nobody special any more and whose cell lets no signal out. But
 * a stopped process group which nobody of its session looks after any more is continued by the kernel itself (setpgid(2); _exit in
 * POSIX.1-2017): it is in one of its own. */
static _Noreturn void side_begin(struct keeper_side *side)
{
	FAULT_OPEN("keeper");
	if (setpgid(0, 0))
		_exit(1);
	keeper_side_run(side);
}

static enum err_code others_find(struct keeper *k, const char *dir, struct err *e)
{
	for (int i = 0; i < COURIER_KINDS; i++) {
		struct sockaddr_un *at = &k->others[i].at;
		at->sun_family = AF_UNIX;
		if (!str_print(at->sun_path, sizeof at->sun_path, "%s/%s.sock", dir,
			courier_kind_name((enum courier_kind)i)))
			return err_set(
			    e, ERR_CONFIG, "%s: too long for a socket's path (107 bytes)", dir);
	}
	return ERR_OK;
}

enum err_code keeper_start(struct keeper **own_k, const struct keeper_new *n, struct err *e)
{
	struct keeper_side side = {0};
	int socks[2];
	for (int i = n->others ? CHILD_READER : 0; i < CHILD_KINDS; i++) {
		enum err_code c =
		    keeper_side_program(&side, (enum child_kind)i, n->conf_path, n->become, e);
		if (c && n->become)
			return c;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks))
		return err_errno(e, ERR_IO, "socketpair");
	pid_t pid = fork();
	if (pid == 0) {
		close(socks[0]);
		side.sock = socks[1];
		side_begin(&side);
	}
	close(socks[1]);
	if (pid < 0) {
		enum err_code c = err_errno(e, ERR_IO, "fork");
		close(socks[0]);
		return c;
	}
	struct keeper *k = mem_new(1, sizeof *k);
	*own_k = k;
	k->pid = pid;
	k->separates = n->become || n->others;
	k->own.keeper = k;
	k->own.source.fd = socks[0];
	fcntl(socks[0], F_SETFL, O_NONBLOCK);
	for (int i = 0; i < COURIER_KINDS; i++) {
		k->others[i].keeper = k;
		k->others[i].source.fd = -1;
	}
	return n->others ? others_find(k, n->others, e) : ERR_OK;
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
	dump_forbid(); /* another user: it was taken back */
	return ERR_OK;
}

bool keeper_separates(const struct keeper *k)
{
	return k->separates;
}

/* --- answers ----------------------------------------------------------------------------- */

static struct proc *proc_by_pid(struct keeper_link *l, pid_t pid)
{
	for (struct proc *p = l->keeper->ps->list; p; p = p->next)
		if (p->pid == pid && link_of(l->keeper, p->kind) == l)
			return p;
	return NULL;
}

/* From the last answer on, as long as one is due. */
static void answer_due(struct keeper_link *l)
{
	if (l->n_asked > 0)
		loop_timer_set(l->keeper->loop, &l->late, ANSWER_MS);
	else
		loop_timer_clear(l->keeper->loop, &l->late);
}

static struct proc *asked_take(struct keeper_link *l, uint64_t ticket)
{
	for (int i = 0; i < l->n_asked; i++) {
		if (l->asked[i].ticket == ticket) {
			struct proc *p = l->asked[i].proc;
			l->asked[i] = l->asked[--l->n_asked];
			answer_due(l);
			return p;
		}
	}
	return NULL;
}

static void link_close(struct keeper_link *l)
{
	if (l->keeper->loop) {
		loop_remove(l->keeper->loop, &l->source);
		loop_timer_clear(l->keeper->loop, &l->late);
	}
	if (l->source.fd >= 0)
		close(l->source.fd);
	l->source.fd = -1;
	l->n_asked = 0;
}

static struct proc *lost_one(const struct procs *ps)
{
	for (struct proc *p = ps->list; p; p = p->next)
		if (p->lost)
			return p;
	return NULL;
}

/* Its couriers die with it (PR_SET_PDEATHSIG), and it cannot say so any more. */
static void link_lost(struct keeper_link *l, const char *why)
{
	struct procs *ps = l->keeper->ps;
	if (is_own(l))
		log_bug("the keeper %s", why);
	log_warn("the keeper behind %s %s: its couriers are taken for dead", l->at.sun_path, why);
	link_close(l);
	for (struct proc *p = ps->list; p; p = p->next)
		p->lost = p->lost || link_of(l->keeper, p->kind) == l;
	for (struct proc *p; (p = lost_one(ps));)
		procs_ended(ps, p, -1);
}

static void answer_late(void *arg)
{
	link_lost(arg, "does not answer");
}

static void link_ready(void *arg, short revents)
{
	(void)revents;
	struct keeper_link *l = arg;
	struct procs *ps = l->keeper->ps;
	struct keeper_msg m;
	int fds[3], got;
	while ((got = keeper_msg_recv(l->source.fd, &m, fds)) == 1) {
		struct proc *p =
		    m.op == KEEPER_ENDED ? proc_by_pid(l, m.pid) : asked_take(l, m.ticket);
		if (!p)
			proc_close(fds);
		else if (m.op == KEEPER_STARTED && fds[0] >= 0)
			procs_started(ps, p, m.pid, fds);
		else
			procs_ended(ps, p, m.op == KEEPER_ENDED ? m.status : -1);
	}
	if (got == 0)
		link_lost(l, "ended");
}

/* --- questions --------------------------------------------------------------------------- */

static enum err_code link_join(struct keeper_link *l, struct err *e)
{
	l->source.events = POLLIN;
	l->source.fn = link_ready;
	l->source.arg = l;
	l->late = (struct loop_timer){.fn = answer_late, .arg = l};
	return loop_add(l->keeper->loop, &l->source, e);
}

static enum err_code link_connect(struct keeper_link *l, struct err *e)
{
	if (l->source.fd >= 0)
		return ERR_OK;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(e, ERR_IO, "socket");
	if (connect(fd, (const struct sockaddr *)&l->at, sizeof l->at)) {
		enum err_code c = err_errno(e, ERR_UNREACHABLE, "%s", l->at.sun_path);
		close(fd);
		return c;
	}
	l->source.fd = fd;
	enum err_code c = link_join(l, e);
	if (c)
		link_close(l);
	return c;
}

enum err_code keeper_join(struct keeper *k, struct loop *loop, struct procs *ps, struct err *e)
{
	k->loop = loop;
	k->ps = ps;
	ps->keeper = k;
	return link_join(&k->own, e);
}

enum err_code keeper_spawn(struct keeper *k, struct proc *p, struct err *e)
{
	struct keeper_link *l = link_of(k, p->kind);
	struct keeper_msg m = {
	    .op = KEEPER_SPAWN, .kind = (int)p->kind, .ticket = ++k->last_ticket};
	if (l->n_asked == KEEPER_CHILDREN)
		return err_set(e, ERR_TOO_MANY, "too many are being started");
	enum err_code c = link_connect(l, e);
	if (c)
		return c;
	if (!keeper_msg_send(l->source.fd, &m, NULL))
		return err_errno(e, ERR_IO, "the keeper does not listen");
	l->asked[l->n_asked].ticket = m.ticket;
	l->asked[l->n_asked++].proc = p;
	if (l->n_asked == 1)
		answer_due(l);
	return ERR_OK;
}

void keeper_kill(struct keeper *k, const struct proc *p)
{
	const struct keeper_msg m = {.op = KEEPER_KILL, .pid = p->pid};
	if (!keeper_msg_send(link_of(k, p->kind)->source.fd, &m, NULL))
		log_warn("%s could not be killed", child_kind_program(p->kind));
}

void keeper_free(struct keeper *own_k)
{
	if (!own_k)
		return;
	link_close(&own_k->own);
	for (int i = 0; i < COURIER_KINDS; i++)
		link_close(&own_k->others[i]);
	waitpid(own_k->pid, NULL, 0);
	free(own_k);
}
