/*
 * No malloc succeeds while a cell is entered: whoever says that it is locked in has the whole filter, byte for byte.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"

enum { HASH = 32 };

/* Shared with the child that is locked in. */
static struct seen {
	int loaded; /* filters that the kernel took */
	unsigned len; /* of the last, in instructions */
	uint8_t hash[HASH];
} * seen;

static bool armed;

/* --- in place of the library's own ------------------------------------------------------- */

static bool fails(void)
{
	if (armed)
		errno = ENOMEM;
	return armed;
}

#include "tests/fault/malloc.inc"

typedef long (*syscall_fn)(long, ...);
static syscall_fn real_syscall;

/* seccomp(2): what is loaded is looked at. */
long syscall(long n, ...)
{
	long a[6];
	va_list ap;
	va_start(ap, n);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	const struct sock_fprog *p = n == SYS_seccomp && a[0] == SECCOMP_SET_MODE_FILTER
					 ? (const struct sock_fprog *)a[2]
					 : NULL;
	if (p != NULL) { /* NULL: it asks what the kernel can */
		seen->len = p->len;
		(void)crypto_generichash(seen->hash, HASH, (const uint8_t *)p->filter,
		    p->len * sizeof *p->filter, NULL, 0);
	}
	long rc = real_syscall(n, a[0], a[1], a[2], a[3], a[4], a[5]);
	seen->loaded += p != NULL && rc == 0;
	return rc;
}

/* --- in ------------------------------------------------------------------------------------ */

/* What of a cell is in force once a child has entered it; nothing of one that did not get in. */
static struct seen enter(const struct sandbox *cell, bool without_memory)
{
	int status = 0;
	memset(seen, 0, sizeof *seen);
	pid_t pid = fork();
	if (pid == 0) {
		struct err e;
		const struct rlimit none = {0, 0};
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)alarm(10); /* whoever hangs has fallen */
		armed = without_memory;
		_exit(sandbox_enter(cell, &e) == ERR_OK ? 0 : 1);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	return status == 0 ? *seen : (struct seen){0};
}

static bool whole_without_memory(const char *name, const struct sandbox *cell)
{
	const struct seen with = enter(cell, false), without = enter(cell, true);
	bool good = with.loaded == 1 && memcmp(&with, &without, sizeof with) == 0;
	printf("# %s: %u instructions, %u without memory%s\n", name, with.len, without.len,
	    good ? "" : ": NOT the same");
	return good;
}

int main(void)
{
	static const struct sandbox shut = {0},
				    foyerd = {.allow =
						  SANDBOX_UNIX | SANDBOX_LISTEN | SANDBOX_CLOCK},
				    mail = {.allow = SANDBOX_INET | SANDBOX_RESOLVE,
					.connect = {25}},
				    kiosk = {.allow = SANDBOX_UNIX, .program = {"/usr/bin/true"}};
	const struct {
		const char *name;
		const struct sandbox *cell;
	} cells[] = {{"shut", &shut}, {"foyerd", &foyerd}, {"mail", &mail}, {"kiosk", &kiosk}};
	union {
		void *object;
		syscall_fn function;
	} real = {.object = dlsym(RTLD_NEXT, "syscall")};
	real_syscall = real.function;
	seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED || real_syscall == NULL || sodium_init() < 0)
		abort();
	bool good = true;
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
		good &= whole_without_memory(cells[i].name, cells[i].cell);
	return good ? 0 : 1;
}
