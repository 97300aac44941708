/*
 * The n-th malloc fails while a cell is entered, for every n: whoever says that it is locked in has the whole filter, byte for byte. (With none to
 * fail there is nothing to walk over, and that is best.)
 *
 * ROUNDS: at most so many of the n of each cell, spread over all of them (unset: all).
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
	long mallocs;
	int loaded; /* filters that the kernel took */
	unsigned len; /* of the last, in instructions */
	uint8_t hash[HASH];
} * seen;

static struct {
	bool armed;
	long at;
} want;

/* --- in place of the library's own ------------------------------------------------------- */

/* glibc's own (https://sourceware.org/glibc/manual/latest/html_node/Replacing-malloc.html). */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static bool fails(void)
{
	if (!want.armed || ++seen->mallocs != want.at)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return fails() ? NULL : __libc_realloc(p, n);
}

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

/* --- the walk ---------------------------------------------------------------------------- */

enum end { END_IN, END_REFUSED, END_FAULT, ENDS };

static enum end try_one(const struct sandbox *cell, long at)
{
	int status = 0;
	memset(seen, 0, sizeof *seen);
	pid_t pid = fork();
	if (pid == 0) {
		struct err e;
		const struct rlimit none = {0, 0};
		(void)setrlimit(RLIMIT_CORE, &none);
		(void)alarm(10); /* whoever hangs has fallen */
		want.at = at;
		want.armed = true;
		_exit(sandbox_enter(cell, &e) == ERR_OK ? END_IN : END_REFUSED);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	if (WIFSIGNALED(status))
		return END_FAULT;
	return (enum end)WEXITSTATUS(status);
}

/* How many were in by half, or fell. */
static int walk(const char *name, const struct sandbox *cell, long rounds)
{
	if (try_one(cell, 0) != END_IN || seen->loaded != 1) {
		printf("%s: nobody can be locked in\n", name);
		return 1;
	}
	const struct seen whole = *seen;
	int ends[ENDS] = {0}, half = 0;
	long step = rounds > 0 && rounds < whole.mallocs ? whole.mallocs / rounds : 1;
	for (long n = 1; n <= whole.mallocs; n += step) {
		enum end end = try_one(cell, n);
		ends[end]++;
		if (end != END_IN ||
		    (seen->loaded == 1 && memcmp(seen->hash, whole.hash, HASH) == 0))
			continue;
		half++;
		printf(
		    "%s: malloc %ld of %ld fails: %d filters of %u instructions, not one of %u\n",
		    name, n, whole.mallocs, seen->loaded, seen->len, whole.len);
	}
	printf("# %s: %u instructions; %ld mallocs failed, %d times in with the whole filter, %d "
	       "refused, %d fell, %d in by half\n",
	    name, whole.len, whole.mallocs, ends[END_IN] - half, ends[END_REFUSED], ends[END_FAULT],
	    half);
	return half + ends[END_FAULT];
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
	const char *s = getenv("ROUNDS");
	union {
		void *object;
		syscall_fn function;
	} real = {.object = dlsym(RTLD_NEXT, "syscall")};
	real_syscall = real.function;
	seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED || real_syscall == NULL || sodium_init() < 0)
		abort();
	int half = 0;
	for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
		half += walk(cells[i].name, cells[i].cell, s != NULL ? strtol(s, NULL, 10) : 0);
	return half != 0;
}
