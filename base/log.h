/*
 * The log: one line a fact, to standard error (with a "<N>" priority prefix when a service manager reads it) or
 * to syslog. It hides which. Callers write no personal data and no secret: ids, numbers, counts and error messages
 * only. Control characters in arguments are replaced, so that no caller can forge a line.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Where lines go from now on. name is kept by pointer ("foyerd"). stderr without prefix until this is called. */
enum log_target { LOG_TARGET_STDERR, LOG_TARGET_JOURNAL, LOG_TARGET_SYSLOG };
void log_open(const char *name, enum log_target target, enum log_level least);

void log_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* log_error, then abort: for ERR_BUG and for what must never be. */
void log_bug(const char *fmt, ...) PRINTF_LIKE(1, 2) __attribute__((noreturn));

#endif
