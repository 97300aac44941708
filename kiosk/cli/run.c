#include "kiosk/cli/cli.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/path.h"
#include "base/str.h"

#define SOCKET_NAME "api.sock"
#define SOCKET_DEFAULT "/run/foyer/" SOCKET_NAME

/* Where foyerd listens: -s, $FOYER_SOCKET, below paths.run of the configuration if we may read
 * it, else where it lies by default. Staff usually may not. */
static enum cli_exit socket_find(struct cli *c)
{
	const char *told = getenv("FOYER_SOCKET");
	struct conf *conf = NULL;
	struct err e;
	if (c->socket[0] != '\0')
		return CLI_OK;
	if (c->conf == NULL && told != NULL && told[0] != '\0')
		return str_copy(c->socket, sizeof c->socket, told)
			   ? CLI_OK
			   : cli_usage(c, "$FOYER_SOCKET is too long");
	(void)str_copy(c->socket, sizeof c->socket, SOCKET_DEFAULT);
	const char *path = c->conf != NULL ? c->conf : conf_path_default();
	if (c->conf == NULL && access(path, R_OK) != 0)
		return CLI_OK;
	if (conf_load(&conf, path, &e) != ERR_OK) {
		/* Somebody else's mistake there is doctor's business; in a file that was named
		 * it is ours. */
		return c->conf != NULL && c->command->run != cmd_doctor ? cli_usage(c, "%s", e.msg)
									: CLI_OK;
	}
	if (path_join(c->socket, conf->paths.run, SOCKET_NAME, &e) != ERR_OK)
		(void)str_copy(c->socket, sizeof c->socket, SOCKET_DEFAULT);
	conf_free(conf);
	return CLI_OK;
}

static enum cli_exit which(struct cli *c, int n, char **words, int *used)
{
	bool family;
	if (n == 0) {
		cli_help(&c->err);
		return CLI_USAGE;
	}
	c->command = cli_command_find(words, n, used, &family);
	if (c->command != NULL)
		return CLI_OK;
	if (!family)
		return cli_usage(c, "there is no command %s", words[0]);
	print_line(&c->err, 0, "foyer: %s what? foyer help %s says which.", words[0], words[0]);
	return CLI_USAGE;
}

enum cli_exit cli_run(struct cli *c, int argc, char **argv)
{
	int used = 0, other = 0, name = 0;
	enum cli_exit rc = cli_args_before(c, argc, argv, &used, &other);
	if (rc != CLI_OK)
		return rc;
	if (other == 'V') {
		print_line(&c->out, 0, "foyer " FOYER_VERSION);
		return CLI_OK;
	}
	if (other == 'h') {
		cli_help(&c->out);
		return CLI_OK;
	}
	rc = which(c, argc - used, argv + used, &name);
	if (rc == CLI_OK) {
		/* getopt passes over the first word: the last one of the command's name. */
		int at = used + name - 1;
		rc = cli_args_read(c, argc - at, argv + at);
	}
	if (rc != CLI_OK)
		return rc;
	if (c->command->most != CLI_RAW && cli_flag(c, "help")) {
		cli_help_command(c, c->command);
		return CLI_OK;
	}
	rc = socket_find(c);
	return rc == CLI_OK ? c->command->run(c) : rc;
}
