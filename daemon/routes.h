/*
 * The one table of what foyerd answers: method, path, who may, how, and which function. Roles are
 * checked here and nowhere else; a handler only narrows (a host sees the own visits).
 * etc/openapi.yaml lists the same operations with the same roles; a test holds them together.
 */
#ifndef DAEMON_ROUTES_H
#define DAEMON_ROUTES_H

#include <stddef.h>

#include "daemon/request.h"

enum route_method { ROUTE_GET, ROUTE_POST, ROUTE_PUT };

enum route_flags {
	ROUTE_WRITES = 1 << 0, /* transaction and Idempotency-Key around the handler */
	ROUTE_BIG = 1 << 1, /* a body of up to 1 MiB */
	ROUTE_BOOKLESS = 1 << 3, /* works while the book is closed (damaged, disk failing) */
	ROUTE_STREAM = 1 << 2, /* the handler leaves a stream behind or answers later (stream.h) */
};

struct route {
	enum route_method method;
	const char *
	    path; /* "/v1/visits/{id}/approve": at most one {…}, which stands for one non-empty segment */
	unsigned roles;
	unsigned flags;
	enum err_code (*fn)(struct request *rq, struct err *e);
	const char *operation; /* operationId in etc/openapi.yaml */
};

/* Every route; *n tells how many. */
const struct route *routes_all(size_t *n);

enum route_found { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD, ROUTE_NO_ROLE };
/* Which route takes method and path for somebody with roles. Fills *r and param on ROUTE_FOUND.
 * allow (for 405) collects "GET, POST". */
enum route_found route_find(const struct route **r, char param[REQUEST_PARAM_SZ],
    const char *method, const char *path, unsigned roles, char allow[32]);

const char *route_method_name(enum route_method m);

#endif
