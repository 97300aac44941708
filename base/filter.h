/*
 * The system calls that a cell refuses (base/sandbox.h), as a program for seccomp(2). It hides the numbers of the calls and the machine that runs
 * over them. It is written here and not by a library, and takes no memory: libseccomp 2.5 may, without any, load a piece of a filter and say
 * that all is well.
 */
#ifndef BASE_FILTER_H
#define BASE_FILTER_H

#include "base/sandbox.h"

/* For good. ERR_UNSUPPORTED: this kernel takes none. */
enum err_code filter_enter(const struct sandbox *s, struct err *e) MUST_USE;

#endif
