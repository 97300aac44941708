#include "daemon/proc.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/folders.h"
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

const char *child_kind_program(enum child_kind k)
{
	switch (k) {
	case CHILD_PRINT: return "foyer-print";
	case CHILD_ACCESS: return "foyer-access";
	case CHILD_NOTIFY: return "foyer-notify";
	case CHILD_READER: return "foyerd";
	}
	return "";
}

const char *child_kind_user(enum child_kind k)
{
	return k == CHILD_READER ? FOLDERS_USER : child_kind_program(k);
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

void procs_start(struct procs *ps, struct proc *p, enum child_kind kind)
{
	struct err e;
	p->kind = kind;
	p->pid = 0;
	p->kill_asked = p->lost = false;
	p->next = ps->list;
	ps->list = p;
	enum err_code c = ps->keeper ? keeper_spawn(ps->keeper, p, &e)
				     : err_set(&e, ERR_UNSUPPORTED, "there is no keeper");
	if (c) {
		log_error("%s: %s", child_kind_program(kind), e.msg);
		procs_ended(ps, p, -1);
	}
}

void procs_kill(struct procs *ps, struct proc *p)
{
	p->kill_asked = true;
	if (p->pid)
		keeper_kill(ps->keeper, p);
}
