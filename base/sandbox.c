#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"

/* Debian 12's headers end at Landlock's second level (Linux 6.1), its backported kernels do not.
 * The values are the kernel's user interface (linux/landlock.h) and never change. */
#define FS_TRUNCATE (UINT64_C(1) << 14) /* level 3 */
#define FS_IOCTL_DEV (UINT64_C(1) << 15) /* level 5 */
#define NET_CONNECT_TCP (UINT64_C(1) << 1)
#define NET_BIND_TCP (UINT64_C(1) << 0)
#define SCOPE_ABSTRACT_UNIX (UINT64_C(1) << 0)
#define SCOPE_SIGNAL (UINT64_C(1) << 1)
enum {
	SOCKET_KIND = 0xf, /* socket(2): the type without its flags */
	LEVEL_REFER = 2,
	LEVEL_TRUNCATE = 3,
	LEVEL_NET = 4,
	LEVEL_IOCTL = 5,
	LEVEL_SCOPE = 6,
	RULE_NET_PORT = 2,
	PORT_DNS = 53,
	FILTER_S = 10 /* a filter takes milliseconds */
};

struct ruleset_attr { /* struct landlock_ruleset_attr as of level 6 */
	uint64_t fs, net, scoped;
};
struct net_port_attr { /* struct landlock_net_port_attr */
	uint64_t access, port;
};

static const uint64_t fs_read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t fs_of_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
				    LANDLOCK_ACCESS_FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV;

static const char *const public_files[] = {
    "/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom"};
static const char *const resolver_files[] = {"/etc/resolv.conf", "/run/systemd/resolve",
    "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services",
    "/etc/protocols", "/etc/ssl", "/etc/crypto-policies"};

int sandbox_landlock(void)
{
	long level =
	    syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
	return level > 0 ? (int)level : 0;
}

static uint64_t fs_handled(int level)
{
	uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* all of level 1 */
	if (level >= LEVEL_REFER)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (level >= LEVEL_TRUNCATE)
		all |= FS_TRUNCATE;
	if (level >= LEVEL_IOCTL)
		all |= FS_IOCTL_DEV;
	return all;
}

/* A path that is not there is passed over: distributions differ in what they have. */
static enum err_code path_allow(int rules, const char *path, uint64_t access, struct err *e)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || errno == EACCES || errno == ENOTDIR
			   ? ERR_OK
			   : err_errno(e, ERR_IO, "sandbox: %s", path);
	enum err_code code = ERR_OK;
	struct stat st;
	if (fstat(fd, &st) != 0) {
		code = err_errno(e, ERR_IO, "sandbox: %s", path);
		goto out;
	}
	if (!S_ISDIR(st.st_mode))
		access &= fs_of_files;
	struct landlock_path_beneath_attr a = {.allowed_access = access, .parent_fd = fd};
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &a, 0U) != 0)
		code = err_errno(e, ERR_IO, "sandbox: %s", path);
out:
	(void)close(fd);
	return code;
}

static enum err_code paths_allow(
    int rules, const char *const *paths, size_t n, uint64_t access, struct err *e)
{
	enum err_code code = ERR_OK;
	for (size_t i = 0; i < n && paths[i] != NULL && code == ERR_OK; i++)
		code = path_allow(rules, paths[i], access, e);
	return code;
}

static enum err_code port_allow(int rules, uint16_t port, struct err *e)
{
	struct net_port_attr a = {.access = NET_CONNECT_TCP, .port = port};
	if (syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &a, 0U) != 0)
		return err_errno(e, ERR_IO, "sandbox: TCP port %u", (unsigned)port);
	return ERR_OK;
}

/* Our own loader is that of every program of ours: execve(2) of it needs the right to run it too. */
static int loader_find(struct dl_phdr_info *i, size_t i_sz, void *arg)
{
	const char **loader = arg;
	(void)i_sz;
	for (int k = 0; k < i->dlpi_phnum; k++)
		if (i->dlpi_phdr[k].p_type == PT_INTERP)
			*loader = (const char *)(i->dlpi_addr + i->dlpi_phdr[k].p_vaddr);
	return 1; /* the program itself comes first; its libraries have none */
}

static enum err_code programs_allow(int rules, const struct sandbox *s, struct err *e)
{
	const uint64_t run = fs_read | LANDLOCK_ACCESS_FS_EXECUTE;
	const char *loader = NULL;
	if (s->program[0] == NULL)
		return ERR_OK;
	(void)dl_iterate_phdr(loader_find, &loader);
	enum err_code code = paths_allow(rules, s->program, SANDBOX_PROGRAMS, run, e);
	return code == ERR_OK && loader != NULL ? path_allow(rules, loader, run, e) : code;
}

static enum err_code rules_fill(int rules, const struct sandbox *s, int level, struct err *e)
{
	const uint64_t all = fs_handled(level);
	const uint64_t device = fs_read | LANDLOCK_ACCESS_FS_WRITE_FILE | (all & FS_IOCTL_DEV);
	const uint64_t write =
	    all & ~(LANDLOCK_ACCESS_FS_EXECUTE | FS_IOCTL_DEV | LANDLOCK_ACCESS_FS_MAKE_CHAR |
		      LANDLOCK_ACCESS_FS_MAKE_BLOCK);
	static const char *const null[] = {"/dev/null"};
	const struct {
		const char *const *paths;
		size_t n;
		uint64_t access;
	} lists[] = {
	    {public_files, sizeof public_files / sizeof public_files[0], fs_read},
	    {null, 1, fs_read | LANDLOCK_ACCESS_FS_WRITE_FILE | (all & FS_TRUNCATE)},
	    {resolver_files,
		s->allow & SANDBOX_RESOLVE ? sizeof resolver_files / sizeof resolver_files[0] : 0,
		fs_read},
	    {s->read, SANDBOX_PATHS, fs_read},
	    {s->write, SANDBOX_PATHS, write},
	    {s->device, SANDBOX_PATHS, device},
	};
	enum err_code code = ERR_OK;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0] && code == ERR_OK; i++)
		code = paths_allow(rules, lists[i].paths, lists[i].n, lists[i].access, e);
	if (code == ERR_OK)
		code = programs_allow(rules, s, e);
	if (level < LEVEL_NET)
		return code;
	if (code == ERR_OK && s->allow & SANDBOX_RESOLVE)
		code = port_allow(rules, PORT_DNS, e);
	for (size_t i = 0; i < SANDBOX_PORTS && s->connect[i] != 0 && code == ERR_OK; i++)
		code = port_allow(rules, s->connect[i], e);
	return code;
}

static enum err_code landlock_enter(const struct sandbox *s, struct err *e)
{
	int level = sandbox_landlock();
	if (level == 0) {
		log_warn("no Landlock here (%s): files are not fenced in, the rest of the sandbox "
			 "is",
		    strerror(errno));
		return ERR_OK;
	}
	struct ruleset_attr attr = {.fs = fs_handled(level)};
	size_t attr_sz =
	    sizeof attr
		.fs; /* an older kernel refuses bytes it does not know only where they are not 0 */
	if (level >= LEVEL_NET) {
		attr.net = NET_CONNECT_TCP | NET_BIND_TCP;
		attr_sz += sizeof attr.net;
	}
	if (level >= LEVEL_SCOPE) {
		attr.scoped = SCOPE_ABSTRACT_UNIX | (s->allow & SANDBOX_SIGNAL ? 0 : SCOPE_SIGNAL);
		attr_sz = sizeof attr;
	}
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, attr_sz, 0U);
	if (rules < 0)
		return err_errno(e, ERR_IO, "sandbox: Landlock");
	enum err_code code = rules_fill(rules, s, level, e);
	if (code == ERR_OK && syscall(SYS_landlock_restrict_self, rules, 0U) != 0)
		code = err_errno(e, ERR_IO, "sandbox: Landlock");
	(void)close(rules);
	return code;
}

/* --- seccomp ----------------------------------------------------------------------------- */

/* What nobody here needs, and what has been the way out of many a sandbox. */
static const int denied_calls[] = {SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp), SCMP_SYS(pidfd_getfd), SCMP_SYS(mount),
    SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(move_mount),
    SCMP_SYS(open_tree), SCMP_SYS(fsopen), SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick),
    SCMP_SYS(mount_setattr), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at), SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(init_module),
    SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(reboot), SCMP_SYS(swapon),
    SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(syslog), SCMP_SYS(vhangup),
    SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
    SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(personality)};
static const int run_calls[] = {SCMP_SYS(execve), SCMP_SYS(execveat)};
static const int listen_calls[] = {SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4)};
static const int clock_calls[] = {SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex)};

static bool family_allowed(int family, unsigned allow)
{
	switch (family) {
	case AF_UNIX: return (allow & SANDBOX_UNIX) != 0;
	case AF_INET:
	case AF_INET6: return (allow & SANDBOX_INET) != 0;
	default: return false;
	}
}

/* Of the Internet's sockets: no streams where no TCP port is named, and no protocol but TCP and UDP.
 * Landlock looks at TCP alone: Multipath TCP (protocol 262) or SCTP would go past it. */
static int protocols_deny(scmp_filter_ctx ctx, int family, bool tcp)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	const struct scmp_arg_cmp of = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family);
	int rc = tcp ? 0
		     : seccomp_rule_add(ctx, no, SCMP_SYS(socket), 2, of,
			   SCMP_A1(SCMP_CMP_MASKED_EQ, SOCKET_KIND, SOCK_STREAM));
	for (scmp_datum_t p = 1; p < IPPROTO_UDP && rc == 0; p++) {
		if (p != IPPROTO_TCP)
			rc = seccomp_rule_add(
			    ctx, no, SCMP_SYS(socket), 2, of, SCMP_A2(SCMP_CMP_EQ, p));
	}
	return rc != 0 ? rc
		       : seccomp_rule_add(
			     ctx, no, SCMP_SYS(socket), 2, of, SCMP_A2(SCMP_CMP_GT, IPPROTO_UDP));
}

/* TCP Fast Open connects in a send, where Landlock does not look (seen on Linux 6.18). */
static int fastopen_deny(scmp_filter_ctx ctx)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	const struct {
		int call;
		struct scmp_arg_cmp flags;
	} sends[] = {
	    {SCMP_SYS(sendto), SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN)},
	    {SCMP_SYS(sendmsg), SCMP_A2(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN)},
	    {SCMP_SYS(sendmmsg), SCMP_A3(SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN)},
	};
	int rc = 0;
	for (size_t i = 0; i < sizeof sends / sizeof sends[0] && rc == 0; i++)
		rc = seccomp_rule_add(ctx, no, sends[i].call, 1, sends[i].flags);
	return rc;
}

static int sockets_deny(scmp_filter_ctx ctx, const struct sandbox *s)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	const bool tcp = s->connect[0] != 0 || (s->allow & SANDBOX_RESOLVE);
	int rc = fastopen_deny(ctx);
	for (int family = 0; family < AF_MAX && rc == 0; family++) {
		if (!family_allowed(family, s->allow))
			rc = seccomp_rule_add(ctx, no, SCMP_SYS(socket), 1,
			    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family));
		else if (family != AF_UNIX)
			rc = protocols_deny(ctx, family, tcp);
	}
	/* also anything with bits above the 32 that the kernel looks at */
	return rc != 0 ? rc
		       : seccomp_rule_add(ctx, no, SCMP_SYS(socket), 1,
			     SCMP_A0(SCMP_CMP_GE, (scmp_datum_t)AF_MAX));
}

static int list_deny(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	return rc;
}
#define LIST(calls) calls, sizeof(calls) / sizeof(calls)[0]

static int calls_deny(scmp_filter_ctx ctx, const struct sandbox *s)
{
	const uint32_t no = SCMP_ACT_ERRNO(EPERM);
	const unsigned allow = s->allow;
	int rc = list_deny(ctx, LIST(denied_calls));
	if (rc == 0 && s->program[0] == NULL)
		rc = list_deny(ctx, LIST(run_calls));
	if (rc == 0 && !(allow & SANDBOX_LISTEN))
		rc = list_deny(ctx, LIST(listen_calls));
	if (rc == 0 && !(allow & SANDBOX_CLOCK))
		rc = list_deny(ctx, LIST(clock_calls));
	/* The kernel looks at the low 32 bits of an ioctl's number, so must the rule. */
	if (rc == 0)
		rc = seccomp_rule_add(
		    ctx, no, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCSTI));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, no, SCMP_SYS(ioctl), 1,
		    SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCLINUX));
	return rc == 0 ? sockets_deny(ctx, s) : rc;
}

static enum err_code filter_load(const struct sandbox *s, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(
	    SCMP_ACT_ALLOW); /* a foreign architecture's calls kill: libseccomp's default */
	if (ctx == NULL)
		return err_set(e, ERR_UNSUPPORTED, "sandbox: no seccomp");
	int rc = calls_deny(ctx, s);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc != 0) {
		errno = -rc;
		return err_errno(e, ERR_UNSUPPORTED, "sandbox: seccomp");
	}
	return ERR_OK;
}

/* libseccomp 2.5.4 never returns from building a filter when it gets no memory. Nobody is served yet: SIGALRM ends the program, and the
 * service manager starts it anew. */
static enum err_code seccomp_enter(const struct sandbox *s, struct err *e)
{
	const struct sigaction end = {.sa_handler = SIG_DFL};
	struct sigaction before;
	sigset_t only, blocked;
	(void)sigemptyset(&only);
	(void)sigaddset(&only, SIGALRM);
	if (sigaction(SIGALRM, &end, &before) != 0 ||
	    sigprocmask(SIG_UNBLOCK, &only, &blocked) != 0)
		return err_errno(e, ERR_IO, "sandbox: alarm");
	unsigned left = alarm(FILTER_S);
	enum err_code code = filter_load(s, e);
	(void)alarm(left);
	(void)sigprocmask(SIG_SETMASK, &blocked, NULL);
	(void)sigaction(SIGALRM, &before, NULL);
	return code;
}

/* --- limits ------------------------------------------------------------------------------ */

/* A limit can only be lowered: an ordinary user cannot raise a hard one, and nobody here wants
 * to. */
static enum err_code limit_set(int what, rlim_t n, struct err *e)
{
	struct rlimit now;
	if (getrlimit((__rlimit_resource_t)what, &now) != 0)
		return err_errno(e, ERR_IO, "sandbox: limit");
	if (now.rlim_max != RLIM_INFINITY && now.rlim_max < n)
		n = now.rlim_max;
	const struct rlimit want = {.rlim_cur = n, .rlim_max = n};
	if (setrlimit((__rlimit_resource_t)what, &want) != 0)
		return err_errno(e, ERR_IO, "sandbox: limit");
	return ERR_OK;
}

static enum err_code limits_set(const struct sandbox *s, struct err *e)
{
	enum err_code code = limit_set(RLIMIT_CORE, 0, e);
	if (code == ERR_OK)
		code = limit_set(RLIMIT_NOFILE, s->max_files != 0 ? s->max_files : 64, e);
	if (code == ERR_OK && s->max_memory != 0)
		code = limit_set(RLIMIT_AS, s->max_memory, e);
	if (code == ERR_OK && s->max_file_size != 0)
		code = limit_set(RLIMIT_FSIZE, s->max_file_size, e);
	return code;
}

enum err_code sandbox_enter(const struct sandbox *s, struct err *e)
{
	FAULT("sandbox.entering");
	if (s->allow & SANDBOX_WITH_PARENT && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return err_errno(e, ERR_IO, "sandbox: parent's death");
	if (prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0)
		return err_errno(e, ERR_IO, "sandbox: no new privileges");
	enum err_code code = landlock_enter(s, e);
	if (code == ERR_OK)
		code = limits_set(s, e);
	if (code == ERR_OK) /* last: from here on much is refused */
		code = seccomp_enter(s, e);
	if (code == ERR_OK)
		FAULT("sandbox.entered");
	return code;
}
