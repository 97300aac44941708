#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum err_class class;
} codes[] = {
    [ERR_OK] = {"ok", ERR_CLASS_NONE},
    [ERR_BUSY] = {"busy", ERR_CLASS_RETRY},
    [ERR_TIMEOUT] = {"timeout", ERR_CLASS_RETRY},
    [ERR_UNREACHABLE] = {"unreachable", ERR_CLASS_RETRY},
    [ERR_IO] = {"io", ERR_CLASS_RETRY},
    [ERR_NO_SPACE] = {"no-space", ERR_CLASS_RETRY},
    [ERR_REFUSED] = {"refused", ERR_CLASS_RETRY},
    [ERR_CONFIG] = {"config", ERR_CLASS_PERMANENT},
    [ERR_DENIED] = {"denied", ERR_CLASS_PERMANENT},
    [ERR_PROTOCOL] = {"protocol", ERR_CLASS_PERMANENT},
    [ERR_CORRUPT] = {"corrupt", ERR_CLASS_PERMANENT},
    [ERR_NEWER] = {"newer", ERR_CLASS_PERMANENT},
    [ERR_UNSUPPORTED] = {"unsupported", ERR_CLASS_PERMANENT},
    [ERR_REJECTED] = {"rejected", ERR_CLASS_PERMANENT},
    [ERR_INPUT] = {"input", ERR_CLASS_USER},
    [ERR_TOO_LONG] = {"too-long", ERR_CLASS_USER},
    [ERR_NOT_FOUND] = {"not-found", ERR_CLASS_USER},
    [ERR_CONFLICT] = {"conflict", ERR_CLASS_USER},
    [ERR_TOO_MANY] = {"too-many", ERR_CLASS_USER},
    [ERR_BUG] = {"bug", ERR_CLASS_BUG},
};
enum { N_CODES = sizeof codes / sizeof codes[0] };

enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	if (e == NULL)
		return code;
	va_list ap;
	va_start(ap, fmt);
	e->code = code;
	(void)vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	return code;
}

enum err_code err_errno(struct err *e, enum err_code code, const char *fmt, ...)
{
	int saved = errno;
	if (e == NULL)
		return code;
	va_list ap;
	va_start(ap, fmt);
	e->code = code;
	int n = vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof e->msg)
		(void)snprintf(e->msg + n, sizeof e->msg - (size_t)n, ": %s", strerror(saved));
	errno = saved;
	return code;
}

enum err_code err_context(struct err *e, const char *fmt, ...)
{
	if (e == NULL)
		abort();
	char old[sizeof e->msg];
	memcpy(old, e->msg, sizeof old);
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(e->msg, sizeof e->msg, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof e->msg)
		(void)snprintf(e->msg + n, sizeof e->msg - (size_t)n, ": %.200s", old);
	return e->code;
}

enum err_class err_class_of(enum err_code code)
{
	return (size_t)code < N_CODES ? codes[code].class : ERR_CLASS_BUG;
}

const char *err_name(enum err_code code)
{
	return (size_t)code < N_CODES ? codes[code].name : "bug";
}

enum err_code err_from_name(const char *name)
{
	for (size_t i = 0; i < N_CODES; i++) {
		if (strcmp(codes[i].name, name) == 0)
			return (enum err_code)i;
	}
	return ERR_BUG;
}
