#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/landlock.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/filter.h"
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
	LEVEL_REFER = 2,
	LEVEL_TRUNCATE = 3,
	LEVEL_NET = 4,
	LEVEL_IOCTL = 5,
	LEVEL_SCOPE = 6,
	RULE_NET_PORT = 2,
	PORT_DNS = 53
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
		code = filter_enter(s, e);
	if (code == ERR_OK)
		FAULT("sandbox.entered");
	return code;
}
