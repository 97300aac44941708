/*
 * The terminal comes back whatever happens: the program goes on in a child, while a small parent keeps the terminal's settings and restores them
 * when the child is gone, even by a crash or SIGKILL. It hides the fork and the forwarding of SIGTERM and SIGHUP.
 */
#ifndef KIOSK_UI_GUARD_H
#define KIOSK_UI_GUARD_H

#include "base/err.h"

/* Call once, before anything touches the terminal fd. Returns in the child only, with an error where fork failed. The child gets SIGTERM should
 * the parent die. The parent ends with the child's exit code (128 + signal where it was killed). */
enum err_code ui_guard(int tty, struct err *e) MUST_USE;

#endif
