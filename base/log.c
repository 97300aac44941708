#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <utf8proc.h>

#include "base/str.h"

/* The one global of the house: where lines go. */
static struct {
	const char *name;
	enum log_target target;
	enum log_level least;
} sink = {NULL, LOG_TARGET_STDERR, LOG_LEVEL_INFO};

enum { LINE_SZ = 1024, OUT_SZ = LINE_SZ + 128 };

void log_open(const char *name, enum log_target target, enum log_level least)
{
	if (sink.target == LOG_TARGET_SYSLOG)
		closelog();
	sink.name = name;
	sink.target = target;
	sink.least = least;
	if (target == LOG_TARGET_SYSLOG)
		openlog(name, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

static int priority_of(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR: return LOG_ERR;
	case LOG_LEVEL_WARN: return LOG_WARNING;
	case LOG_LEVEL_INFO: return LOG_INFO;
	case LOG_LEVEL_DEBUG: return LOG_DEBUG;
	}
	return LOG_ERR;
}

static bool is_plain(int32_t cp)
{
	return cp >= 0x20 && !(cp >= 0x7f && cp <= 0x9f) && !(cp >= 0x2028 && cp <= 0x202e) &&
	       !(cp >= 0x2066 && cp <= 0x2069);
}

/* '?' for every byte of what could end a line, drive a terminal or turn the reading direction, and of what is no UTF-8. */
static void flatten(char *s)
{
	size_t n = strlen(s);
	for (size_t i = 0, k; i < n; i += k) {
		int32_t cp;
		utf8proc_ssize_t r =
		    utf8proc_iterate((const uint8_t *)s + i, (utf8proc_ssize_t)(n - i), &cp);
		k = r > 0 ? (size_t)r : 1;
		if (r <= 0 || !is_plain(cp))
			memset(s + i, '?', k);
	}
}

/* One write a line, so that lines of several processes do not mix. The log has nowhere to report its own failure. */
static void write_all(const char *s, size_t n)
{
	while (n > 0) {
		ssize_t w = write(STDERR_FILENO, s, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return;
		s += w;
		n -= (size_t)w;
	}
}

static void emit(enum log_level level, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
static void emit(enum log_level level, const char *fmt, va_list ap)
{
	int saved = errno;
	char line[LINE_SZ], out[OUT_SZ];
	if (vsnprintf(line, sizeof line, fmt, ap) < 0)
		(void)str_copy(line, sizeof line, "(a log line that cannot be formatted)");
	flatten(line);
	switch (sink.target) {
	case LOG_TARGET_SYSLOG: syslog(priority_of(level), "%s", line); break;
	case LOG_TARGET_JOURNAL: /* sd-daemon(3): "<N>" before the line */
		(void)str_print(out, sizeof out, "<%d>%s\n", priority_of(level), line);
		write_all(out, strlen(out));
		break;
	case LOG_TARGET_STDERR:
		(void)str_print(out, sizeof out, "%s%s%s\n", sink.name != NULL ? sink.name : "",
		    sink.name != NULL ? ": " : "", line);
		write_all(out, strlen(out));
		break;
	}
	errno = saved;
}

void log_error(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	emit(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	if (sink.least < LOG_LEVEL_WARN)
		return;
	va_list ap;
	va_start(ap, fmt);
	emit(LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}

void log_info(const char *fmt, ...)
{
	if (sink.least < LOG_LEVEL_INFO)
		return;
	va_list ap;
	va_start(ap, fmt);
	emit(LOG_LEVEL_INFO, fmt, ap);
	va_end(ap);
}

void log_debug(const char *fmt, ...)
{
	if (sink.least < LOG_LEVEL_DEBUG)
		return;
	va_list ap;
	va_start(ap, fmt);
	emit(LOG_LEVEL_DEBUG, fmt, ap);
	va_end(ap);
}

void log_bug(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	emit(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
	abort();
}
