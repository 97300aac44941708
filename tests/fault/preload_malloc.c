/*
 * Of foyer-kiosk's mallocs the n-th fails (preload.inc), counted from when it has its screen (set_term(3ncurses)): curses itself does not survive
 * want of memory while it makes one. FAULT_MALLOC="N FILE".
 */
#include <dlfcn.h>
#include <stddef.h>

#include "tests/fault/preload.inc"

__attribute__((constructor)) static void begin(void)
{
	want_take("FAULT_MALLOC");
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
	return fails_with(ENOMEM);
}

#include "tests/fault/malloc.inc"
