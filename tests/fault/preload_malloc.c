/*
 * Loaded before foyer-kiosk (LD_PRELOAD, ld.so(8)): its n-th malloc fails, counted from when it has its screen (set_term(3ncurses)): curses
 * itself does not survive want of memory while it makes one. FAULT_MALLOC="N FILE": which one (0: none), and where the number of them is
 * written when the program ends well. Only this program, not what it starts.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc's own, which a program may replace so (https://sourceware.org/glibc/manual/latest/html_node/Replacing-malloc.html). */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

static struct {
	bool armed;
	long at, seen;
	int file;
} want = {.file = -1};

__attribute__((constructor)) static void begin(void)
{
	const char *s = getenv("FAULT_MALLOC");
	char *end = NULL;
	if (s == NULL)
		return;
	want.at = strtol(s, &end, 10);
	if (*end == ' ') /* before the program locks itself in */
		want.file = open(end + 1, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	(void)unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void tell(void)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%ld\n", want.seen);
	if (want.file >= 0 && write(want.file, text, (size_t)n) == n)
		(void)close(want.file);
}

void *set_term(void *screen); /* of curses, whose header only kiosk/ knows */
void *set_term(void *screen)
{
	union {
		void *object;
		void *(*function)(void *);
	} real = {.object = dlsym(RTLD_NEXT, "set_term")};
	void *before = real.function(screen);
	want.armed = true;
	return before;
}

static bool fails(void)
{
	if (!want.armed || ++want.seen != want.at)
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
