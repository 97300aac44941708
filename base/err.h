/*
 * Errors: what went wrong, in which class, in a sentence for an operator.
 *
 * A fallible function returns enum err_code (0 is OK) and fills the caller's struct err. The caller owns the
 * struct; nothing here allocates. A NULL struct err is allowed everywhere: then only the code is told.
 * Messages hold no personal data and no secret: they go to the log as they are.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum err_code {
	ERR_OK = 0,
	/* RETRY: the same thing may work later. */
	ERR_BUSY, /* somebody else holds it */
	ERR_TIMEOUT, /* no answer in time */
	ERR_UNREACHABLE, /* nobody listens, no route, connection lost */
	ERR_IO, /* the system refused a read, a write, a fork */
	ERR_NO_SPACE, /* disk, spool or controller full */
	ERR_REFUSED, /* the other side said "not now" */
	/* PERMANENT: the same thing will not work until somebody mends something. */
	ERR_CONFIG, /* a line of the configuration is wrong */
	ERR_DENIED, /* no permission */
	ERR_PROTOCOL, /* the other side does not speak what we expect */
	ERR_CORRUPT, /* data at rest is damaged */
	ERR_NEWER, /* made by a newer foyer */
	ERR_UNSUPPORTED, /* this build or machine cannot */
	ERR_REJECTED, /* the other side said "never" */
	/* USER: the person who asked can mend it. */
	ERR_INPUT, /* a value is malformed or out of range */
	ERR_TOO_LONG, /* a value is longer than its bound */
	ERR_NOT_FOUND, /* there is no such thing */
	ERR_CONFLICT, /* it is there already, or in a state that forbids this */
	ERR_TOO_MANY, /* a rate or a number is exhausted */
	/* BUG: this program is wrong; log, abort, be restarted. */
	ERR_BUG,
};

enum err_class {
	ERR_CLASS_NONE,
	ERR_CLASS_RETRY,
	ERR_CLASS_PERMANENT,
	ERR_CLASS_USER,
	ERR_CLASS_BUG
};

struct err {
	enum err_code code;
	char msg[256]; /* UTF-8, one line, no full stop */
};

/* Fill *e (may be NULL) and return code, so that `return err_set(e, ERR_X, "...")` reads well. */
enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same, and appends ": strerror(errno)". */
enum err_code err_errno(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Put "context: " before the message of an error that is being passed on; keeps and returns its code. *e is where that
 * code is kept, so this one call may not have NULL (it aborts): who allows its caller a NULL uses a struct err of its own. */
enum err_code err_context(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* What a caller should do about it. */
enum err_class err_class_of(enum err_code code);

/* Stable word for wire and log: "timeout", "not-found", …; and back (ERR_BUG for an unknown word). */
const char *err_name(enum err_code code);
enum err_code err_from_name(const char *name);

#endif
