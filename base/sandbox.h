/*
 * The cell that each program of the house locks itself into once it holds what it needs. It hides
 * Landlock's levels and seccomp (base/filter.h).
 *
 * Entered by a process with one thread, after its secrets are read; there is no way back, and
 * children inherit it. What stays open:
 *
 *   files    the machine's public software (/usr, /lib, /lib64, /dev/null, /dev/urandom) to read,
 *            and what the caller names; descriptors that are open already keep working (Landlock
 *            looks at open(2) only).
 *   network  socket families by flag, of the Internet's protocols UDP, and TCP where a port is
 *            named. Where the kernel can (Landlock 4, Linux 6.7), TCP connects only to those ports.
 *            Where to UDP goes cannot be fenced in. Connecting a Unix socket is no file access to Landlock:
 *            SANDBOX_UNIX opens them all.
 *   programs what the caller names, and the loader that they name in turn; nothing named: no
 *            execve at all. Without Landlock naming one lets all of them through.
 *   system   everything but a list of calls nobody here needs (ptrace, mount, bpf, listen, clocks,
 *            TIOCSTI, …): they answer EPERM.
 *   others   where the kernel can (Landlock 6, Linux 6.12), no signal to a process outside, and no
 *            abstract Unix socket that somebody outside listens on.
 *
 * A kernel without Landlock gets a log line and the rest of the cell; doctor says so too
 * (sandbox_landlock). Without seccomp the caller gets ERR_UNSUPPORTED and decides. Limits set here:
 * no core file, not dumpable, the descriptors and bytes named.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { SANDBOX_PATHS = 32, SANDBOX_PORTS = 8, SANDBOX_PROGRAMS = 2 };

enum sandbox_allow {
	SANDBOX_UNIX = 1 << 0, /* AF_UNIX sockets */
	SANDBOX_INET = 1 << 1, /* AF_INET and AF_INET6 sockets, TCP and UDP */
	/* With INET: the files that name look-up reads (resolv.conf, hosts, nsswitch.conf, …),
	 * /etc/ssl, TCP port 53. */
	SANDBOX_RESOLVE = 1 << 2,
	SANDBOX_WITH_PARENT = 1 << 3, /* SIGKILL when the parent dies */
	SANDBOX_LISTEN = 1 << 4, /* listen and accept, on the families allowed */
	SANDBOX_SIGNAL = 1 << 5, /* signals to processes outside, as far as their users allow */
	/* Ask how the clock is kept (adjtimex); to set it takes a capability that nobody here has. */
	SANDBOX_CLOCK = 1 << 6,
};

/* Borrowed for the call. Zero-initialise; a NULL path, a 0 port end their list. A path that is
 * not there, or not ours to see, is passed over. */
struct sandbox {
	const char *read[SANDBOX_PATHS]; /* a file, or a folder with all below it: read */
	const char *write[SANDBOX_PATHS]; /* the same: read, write, make, rename, remove */
	const char *device[SANDBOX_PATHS]; /* the same: read, write, ioctl */
	const char *program[SANDBOX_PROGRAMS]; /* a program, or a folder of them: read, run */
	/* TCP ports; none named: no TCP connect (where the kernel can refuse it). */
	uint16_t connect[SANDBOX_PORTS];
	unsigned allow; /* enum sandbox_allow */
	unsigned max_files; /* open descriptors; 0: 64 */
	size_t max_memory; /* bytes of address space; 0: no bound. Not under AddressSanitizer. */
	size_t max_file_size; /* bytes of any file written; 0: no bound */
};

/* ERR_UNSUPPORTED: no seccomp. ERR_IO: the kernel refused something that it should not. Half
 * entered then: the caller exits. */
enum err_code sandbox_enter(const struct sandbox *s, struct err *e) MUST_USE;

/* Landlock's ABI level on this kernel; 0: none. */
int sandbox_landlock(void);

#endif
