/*
 * foyerd's command line. foyerd(8) documents it.
 */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include <limits.h>
#include <stdbool.h>

#include "base/err.h"

enum mode {
	MODE_RUN,
	MODE_HELP,
	MODE_VERSION,
	MODE_CHECK,
	MODE_INIT,
	MODE_VERIFY,
	MODE_BACKUP,
	MODE_RESTORE,
	MODE_READ,
	MODE_KEEP
};

struct options {
	enum mode mode;
	const char *conf; /* path; never NULL */
	const char *arg; /* of CHECK, BACKUP, RESTORE, KEEP */
	const char *keepers; /* RUN: folder of their sockets; NULL: none */
	bool foreground; /* the log goes to the terminal as it is */
	bool demo; /* INIT: a book that a demo's configuration may open */
};

/* ERR_INPUT says what is wrong with the line. Strings are argv's. */
enum err_code options_parse(struct options *o, int argc, char *argv[], struct err *e) MUST_USE;
const char *options_help(void);

#endif
