#include "base/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

/* Calls are numbered by the processor. Those with socketcall(2) are not among these: a filter cannot look behind its pointer. */
#if defined __x86_64__ && defined __LP64__
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__ && defined __AARCH64EL__
#define OWN_ARCH AUDIT_ARCH_AARCH64
#elif defined __riscv && __riscv_xlen == 64
#define OWN_ARCH AUDIT_ARCH_RISCV64
#else
#error "base/filter.c: say which AUDIT_ARCH this processor is"
#endif

enum {
	SOCKET_KIND = 0xf, /* socket(2): the type without its flags */
	ALIEN = 0x40000000, /* x86-64: from here on calls of x32 */
	STEPS = 256
};

struct program {
	struct sock_filter step[STEPS];
	unsigned short n;
};

static void add(struct program *p, struct sock_filter step)
{
	if (p->n == STEPS)
		log_bug("a filter of more than %d steps", STEPS);
	p->step[p->n++] = step;
}

/* struct seccomp_data; of an argument the low half, which is all that the kernel looks at where an int is asked for. */
static void load(struct program *p, size_t offset)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void load_argument(struct program *p, int i)
{
	load(p, offsetof(struct seccomp_data, args) + 8 * (size_t)i); /* little end first */
}

static void give(struct program *p, uint32_t verdict)
{
	add(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
}

/* Where what was loaded is (BPF_JEQ), is no less than (BPF_JGE), or has one of the bits of (BPF_JSET) k. */
static void give_if(struct program *p, uint16_t how, uint32_t k, uint32_t verdict)
{
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | how | BPF_K, k, 0, 1));
	give(p, verdict);
}

static const uint32_t no = SECCOMP_RET_ERRNO | EPERM, yes = SECCOMP_RET_ALLOW;

/* What follows is for this call alone and ends with a verdict: call_end. */
static unsigned short call_begin(struct program *p, int call)
{
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 0));
	return (unsigned short)(p->n - 1);
}

static void call_end(struct program *p, unsigned short begin)
{
	give(p, yes);
	p->step[begin].jf = (uint8_t)(p->n - begin - 1);
}

/* What nobody here needs, and what has been the way out of many a sandbox. */
static const int denied_calls[] = {
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_pidfd_getfd,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_mount_setattr,
    SYS_unshare,
    SYS_setns,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_mknodat,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_kexec_file_load,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_quotactl,
    SYS_syslog,
    SYS_vhangup,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_personality,
#ifdef SYS_mknod
    SYS_mknod,
#endif
#ifdef SYS_iopl
    SYS_iopl,
    SYS_ioperm,
#endif
};
static const int run_calls[] = {SYS_execve, SYS_execveat};
static const int listen_calls[] = {SYS_listen, SYS_accept, SYS_accept4};
static const int clock_calls[] = {SYS_clock_adjtime, SYS_adjtimex};

static void list_deny(struct program *p, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		give_if(p, BPF_JEQ, (uint32_t)calls[i], no);
}
#define LIST(calls) calls, sizeof(calls) / sizeof(calls)[0]

/* Of the Internet's sockets: no streams where no TCP port is named, and no protocol but TCP and UDP.
 * Landlock looks at TCP alone: Multipath TCP (protocol 262) or SCTP would go past it. */
static void socket_filter(struct program *p, const struct sandbox *s)
{
	const bool tcp = s->connect[0] != 0 || (s->allow & SANDBOX_RESOLVE);
	unsigned short begin = call_begin(p, SYS_socket);
	load_argument(p, 0);
	if (s->allow & SANDBOX_UNIX)
		give_if(p, BPF_JEQ, AF_UNIX, yes);
	if (s->allow & SANDBOX_INET) {
		add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0));
		add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1));
		add(p, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1));
	}
	give(p, no);
	if (s->allow & SANDBOX_INET) {
		load_argument(p, 1);
		add(p, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SOCKET_KIND));
		if (!tcp)
			give_if(p, BPF_JEQ, SOCK_STREAM, no);
		load_argument(p, 2);
		give_if(p, BPF_JEQ, 0, yes); /* the kind's own */
		give_if(p, BPF_JEQ, IPPROTO_TCP, yes);
		give_if(p, BPF_JEQ, IPPROTO_UDP, yes);
		give(p, no);
	}
	call_end(p, begin);
}

/* TCP Fast Open connects in a send, where Landlock does not look (seen on Linux 6.18). */
static void sends_filter(struct program *p)
{
	static const struct {
		int call, flags; /* which argument */
	} sends[] = {{SYS_sendto, 3}, {SYS_sendmsg, 2}, {SYS_sendmmsg, 3}};
	for (size_t i = 0; i < sizeof sends / sizeof sends[0]; i++) {
		unsigned short begin = call_begin(p, sends[i].call);
		load_argument(p, sends[i].flags);
		give_if(p, BPF_JSET, MSG_FASTOPEN, no);
		call_end(p, begin);
	}
}

static void ioctl_filter(struct program *p)
{
	unsigned short begin = call_begin(p, SYS_ioctl);
	load_argument(p, 1);
	give_if(p, BPF_JEQ, TIOCSTI, no);
	give_if(p, BPF_JEQ, TIOCLINUX, no);
	call_end(p, begin);
}

static void fill(struct program *p, const struct sandbox *s)
{
	load(p, offsetof(struct seccomp_data, arch));
	add(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0));
	give(p, SECCOMP_RET_KILL_PROCESS);
	load(p, offsetof(struct seccomp_data, nr));
	give_if(p, BPF_JGE, ALIEN, no);
	sends_filter(p); /* what is called most first */
	ioctl_filter(p);
	list_deny(p, LIST(denied_calls));
	if (s->program[0] == NULL)
		list_deny(p, LIST(run_calls));
	if (!(s->allow & SANDBOX_LISTEN))
		list_deny(p, LIST(listen_calls));
	if (!(s->allow & SANDBOX_CLOCK))
		list_deny(p, LIST(clock_calls));
	socket_filter(p, s);
	give(p, yes);
}

enum err_code filter_enter(const struct sandbox *s, struct err *e)
{
	struct program p = {.n = 0};
	fill(&p, s);
	const struct sock_fprog prog = {.len = p.n, .filter = p.step};
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0UL, &prog) != 0)
		return err_errno(e, ERR_UNSUPPORTED, "sandbox: seccomp");
	return ERR_OK;
}
