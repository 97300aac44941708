#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

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

/* No byte below space, no DEL, no C1 control (U+0080..U+009F, two bytes in UTF-8), no line or bidi control of U+2028..U+202E. */
static void flatten(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p != '\0'; p++) {
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
			p[0] = p[1] = '?';
		else if (*p == 0xe2 && p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)
			p[0] = p[1] = p[2] = '?';
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
