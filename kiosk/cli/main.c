/* foyer: the command line. foyer(1). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/dump.h"
#include "base/log.h"
#include "base/str.h"
#include "kiosk/cli/cli.h"

/* Names of visitors stand on the command line, and everybody on this machine can read that
 * (proc(5), cmdline). We work on a copy. */
static char **words_taken(int argc, char **argv)
{
	char **copy = mem_new((size_t)argc + 1, sizeof *copy);
	for (int i = 0; i < argc; i++) {
		copy[i] = mem_strdup(argv[i]);
		if (i > 1)
			explicit_bzero(argv[i], strlen(argv[i]));
	}
	return copy;
}

int main(int argc, char **argv)
{
	struct cli c = {.clock = clock_system()};
	struct err e;
	dump_forbid(); /* names and passes are in this memory */
	char **words = words_taken(argc, argv);
	log_open("foyer", LOG_TARGET_STDERR, LOG_LEVEL_ERROR);
	c.out = print_to(stdout);
	c.err = print_to(stderr);
	enum cli_exit rc = cli_run(&c, argc, words);
	if (print_flush(&c.out, &e) != ERR_OK && rc == CLI_OK) {
		cli_complain(&c, "%s", e.msg);
		rc = CLI_NO;
	}
	for (int i = 0; i < argc; i++) {
		explicit_bzero(words[i], strlen(words[i]));
		free(words[i]);
	}
	free(words);
	return (int)rc;
}
