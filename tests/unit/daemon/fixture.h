/*
 * A foyerd without sockets and couriers: a configuration, a fresh book and keys in a folder of its
 * own, a clock that stands still.
 */
#ifndef TESTS_DAEMON_FIXTURE_H
#define TESTS_DAEMON_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/str.h"
#include "daemon/dispatch.h"
#include "daemon/loop.h"
#include "daemon/server.h"

#define FIXTURE_NOW_MS INT64_C(1795424400000) /* 2026-11-23 09:00 UTC */

struct fixture {
	char dir[PATH_MAX];
	struct foyerd d;
	struct loop loop;
	struct clock_fake time;
};

/* cmocka's setup and teardown: *state is a struct fixture. */
int fixture_new(void **state);
int fixture_free(void **state);

/* dispatch() on the real route table as somebody with these roles (ROLE(KIOSK): at the kiosk
 * "lobby"); key NULL: none. Fails the test where there is no such route for these roles. */
struct answer fixture_ask(struct fixture *f, unsigned roles, const char *method, const char *path,
    const char *key, const char *body);

/* The answer's object; the caller drops it. */
json_t *fixture_json(const struct answer *a);

/* Go on until *later's answer is there; its object. */
json_t *fixture_wait(struct fixture *f, struct answer *a);

/* How many rows of those who wait for reception have this reason. */
int fixture_waits(struct fixture *f, const char *reason);

/* A fresh key as text. */
const char *fixture_key(char dst[UUID_TEXT_SZ]);

#endif
