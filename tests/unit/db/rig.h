/*
 * A fresh book in a folder of its own for each test of db/, and the few rows that most tests begin
 * with.
 */
#ifndef TESTS_UNIT_DB_RIG_H
#define TESTS_UNIT_DB_RIG_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/book.h"
#include "db/visits.h"

enum { RIG_NOW = 1795000000 }; /* seconds: 2026-11-18; times of tests count from here */
#define RIG_MS ((int64_t)RIG_NOW * 1000)

struct rig {
	struct book *b;
	char dir[PATH_MAX], path[PATH_MAX];
	struct random_fake seed;
	int64_t wall_ms;
};

int rig_setup(void **state); /* *state: a struct rig with an open, empty book and no transaction */
int rig_teardown(void **state);
void rig_reopen(struct rig *r, unsigned flags);
/* A path in the rig's folder. */
const char *rig_path(const struct rig *r, char dst[PATH_MAX], const char *name);

void rig_begin(struct rig *r);
void rig_commit(struct rig *r);

/* Rows, inside a transaction. */
struct uuid rig_visitor(struct rig *r, const char *name, const char *company);
struct uuid rig_host(struct rig *r, const char *uid, const char *name);
struct db_visit rig_visit(struct rig *r, const char *name, enum db_visit_state state);

/* Run SQL behind the book's back, with a connection of its own and no rules. */
void rig_meddle(const struct rig *r, const char *sql);
int64_t rig_number(const struct rig *r, const char *sql);

/* The call must answer ERR_OK; its struct err is named e. */
#define GOOD(call)                                                                                 \
	do {                                                                                       \
		struct err e = {0};                                                                \
		enum err_code rig_code = (call);                                                   \
		if (rig_code != ERR_OK)                                                            \
			fail_msg("%s: %s: %s", #call, err_name(rig_code), e.msg);                  \
	} while (0)

/* The call must answer this code, with a message. */
#define ANSWERS(want, call)                                                                        \
	do {                                                                                       \
		struct err e = {0};                                                                \
		enum err_code rig_code = (call);                                                   \
		if (rig_code != (want))                                                            \
			fail_msg("%s: %s, not %s: %s", #call, err_name(rig_code), err_name(want),  \
			    e.msg);                                                                \
		assert_int_equal(e.code, want);                                                    \
		assert_true(e.msg[0] != '\0');                                                     \
	} while (0)

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)

#endif
