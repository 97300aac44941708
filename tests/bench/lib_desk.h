/*
 * A foyerd without sockets, couriers and duties over a folder's own configuration, keys and book: requests go through the real route
 * table, in this process. What is measured so is foyerd's own work, without the way to it.
 */
#ifndef TESTS_BENCH_LIB_DESK_H
#define TESTS_BENCH_LIB_DESK_H

#include "daemon/dispatch.h"
#include "daemon/server.h"

struct desk {
	struct foyerd d;
};

void desk_open(struct desk *k, const char *folder); /* reads only */
void desk_close(struct desk *k);

/* One request that changes nothing; the answer must have status 200, and is thrown away. query: names and values, up to the first NULL.
 * body: or NULL. */
struct desk_ask {
	bool kiosk; /* else a manager asks */
	const char *method, *path, *query[2][2], *body;
};
void desk_ask(struct desk *k, const struct desk_ask *a);

#endif
