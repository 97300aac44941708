/* init, backup, restore, demo: what another program of ours does. */
#include "kiosk/cli/cli.h"

#include <stdlib.h>

#include "kiosk/cli/api.h"

enum { WORDS = 8 };

/* foyerd [-c CONF] what [arg] */
static enum cli_exit foyerd(struct cli *c, const char *what, const char *arg)
{
	const char *argv[WORDS] = {"foyerd"};
	int n = 1;
	if (c->conf != NULL) {
		argv[n++] = "-c";
		argv[n++] = c->conf;
	}
	argv[n++] = what;
	argv[n] = arg;
	return cli_exec_program(c, "foyerd", argv);
}

enum cli_exit cmd_init(struct cli *c)
{
	return foyerd(c, "--init", cli_flag(c, "demo") ? "--demo" : NULL);
}

enum cli_exit cmd_backup(struct cli *c)
{
	struct api_target t = api_target_of("/v1/backups");
	const char *file = cli_word(c, 0);
	json_t *made = NULL;
	if (!api_is_there(c)) {
		if (file == NULL)
			return cli_usage(
			    c, "foyerd does not run, so say which FILE the backup goes to");
		return foyerd(c, "--backup", file);
	}
	if (file != NULL)
		return cli_usage(
		    c, "foyerd runs, and writes backups into its own folder: leave FILE out");
	enum cli_exit rc = api_send_slow(c, "POST", &t, NULL, &made);
	if (rc == CLI_OK && c->json) {
		print_json(&c->out, made);
	} else if (rc == CLI_OK) {
		print_line(&c->out, 0, "Made %s", print_text(made, "file"));
		print_pair(&c->out, "bytes", "%lld", print_int(made, "bytes"));
		print_pair(&c->out, "SHA-256", "%s", print_text(made, "sha256"));
	}
	json_decref(made);
	return rc;
}

enum cli_exit cmd_restore(struct cli *c)
{
	if (!api_is_there(c))
		return foyerd(c, "--restore", cli_word(c, 0));
	cli_complain(c, "foyerd runs: stop it first (systemctl stop foyerd)");
	return CLI_NO;
}

enum cli_exit cmd_demo(struct cli *c)
{
	const char *argv[WORDS] = {"lobby"};
	if (c->args.n_words > WORDS - 2)
		return cli_usage(c, "demo: too many words");
	for (int i = 0; i < c->args.n_words; i++)
		argv[i + 1] = c->args.words[i];
	return cli_exec_data(c, "demo/lobby", argv);
}
