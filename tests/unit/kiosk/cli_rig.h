/*
 * One foyer command in a test: a folder of its own, output into memory, and a foyerd whose answers
 * are written down beforehand. The server is a child process that takes one connection after the
 * other and answers each with the next line of the script; what it was asked can be read
 * afterwards.
 */
#ifndef TESTS_UNIT_KIOSK_CLI_RIG_H
#define TESTS_UNIT_KIOSK_CLI_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kiosk/cli/cli.h"

#define RIG_ME                                                                                     \
	"200 "                                                                                     \
	"{\"user\":\"anna\",\"uid\":1000,\"roles\":[\"desk\"],\"site\":\"Test\",\"timezone\":"     \
	"\"Europe/Berlin\",\"now_ms\":1795420800000,"                                              \
	"\"version\":\"0.1.0\",\"demo\":false}" /* 2026-11-23 09:00 in Berlin */
#define RIG_DROP "" /* the connection is closed without an answer */
#define RIG_LOOK "-" /* a connection that asks nothing: only whether somebody listens */
#define RIG_ITEMS(items) "200 {\"items\":[" items "],\"next\":null}"

struct cli_rig {
	struct cli c;
	char dir[PATH_MAX], socket[PATH_MAX];
	char *out, *err; /* after a run */
	size_t out_len, err_len;
	char *asked; /* after rig_asked: what the server was sent, whole */
	int server; /* pid; 0: none */
	char seen[PATH_MAX];
};

int rig_setup(void **state); /* *state is the struct cli_rig */
int rig_teardown(void **state);

/* "STATUS BODY" each, ended by NULL: one a connection. */
void rig_serve(struct cli_rig *r, const char *const script[]);
/* foyer, with these words after -s SOCKET; ended by NULL. columns 0: no bound. */
enum cli_exit rig_run_wide(struct cli_rig *r, int columns, const char *const words[]);
#define RUN(r, ...) rig_run_wide(r, 0, (const char *const[]){__VA_ARGS__, NULL})

/* Wait until the script is played to its end, and what was asked meanwhile. */
const char *rig_asked(struct cli_rig *r);
const char *rig_path(struct cli_rig *r, const char *name, char dst[PATH_MAX]);
void rig_write(struct cli_rig *r, const char *name, const char *text, unsigned mode);

#define assert_has(text, part) assert_true(strstr(text, part) != NULL)
#define assert_has_not(text, part) assert_true(strstr(text, part) == NULL)

#endif
