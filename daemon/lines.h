/*
 * Lines from a child: bounded reading of a non-blocking pipe, and its standard error into our log.
 */
#ifndef DAEMON_LINES_H
#define DAEMON_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { LINES_LOG_MOST = 1024 };

/* Read what there is into b and hand out whole lines (NUL-terminated, without LF). False at the
 * end of the pipe, or when an unfinished line is longer than most. */
bool lines_read(int fd, struct str_buf *b, size_t most,
    void (*take)(void *arg, const char *text, size_t len), void *arg);

/* One line of a child's standard error, "<N>text" as for a service manager (sd-daemon(3)): 3
 * error, 4 warning, 6 information, 7 debug. */
void lines_log(const char *who, const char *text, size_t len);

#endif
