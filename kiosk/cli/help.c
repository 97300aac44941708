#include "kiosk/cli/cli.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "kiosk/cli/table.h"

static void option_label(char dst[64], const struct cli_option *o)
{
	char letter[8] = "";
	if (o->letter != 0)
		(void)str_print(letter, sizeof letter, "-%c, ", o->letter);
	(void)str_print(dst, 64, "%s--%s%s%s", letter, o->name, o->arg != NULL ? " " : "",
	    o->arg != NULL ? o->arg : "");
}

/* Two columns, the second wrapped beside the first. */
static void row(const struct print *p, int at, const char *left, const char *right)
{
	char line[PRINT_LINE_SZ];
	int used = text_width(left);
	const char *rest = right;
	(void)fprintf(p->f, "  %s", left);
	if (used + 2 > at) {
		(void)fputc('\n', p->f);
		used = -2;
	}
	(void)fprintf(p->f, "%*s", at - used, "");
	for (;;) {
		size_t n =
		    p->columns > at + 12 ? text_wrap(rest, p->columns - at - 2) : strlen(rest);
		(void)str_print(line, sizeof line, "%.*s", (int)n, rest);
		(void)fprintf(p->f, "%s\n", line);
		rest += n;
		rest += strspn(rest, " ");
		if (*rest == '\0')
			return;
		(void)fprintf(p->f, "%*s", at + 2, "");
	}
}

static void options(const struct print *p, const struct cli_option *o)
{
	enum { AT = 26 };
	char label[64];
	for (; o != NULL && o->name != NULL; o++) {
		option_label(label, o);
		row(p, AT, label, o->help);
	}
}

void cli_help_command(struct cli *c, const struct cli_command *cmd)
{
	const struct print *p = &c->out;
	print_styled(p, PRINT_BOLD, "foyer %s%s%s%s", cmd->name,
	    cmd->options != NULL ? " [options]" : "", cmd->args[0] != '\0' ? " " : "", cmd->args);
	print_line(p, 0, "%s", cmd->summary);
	if (cmd->most == CLI_RAW)
		return;
	(void)fputc('\n', p->f);
	options(p, cmd->options);
	options(p, cli_options_common);
}

void cli_help(const struct print *p)
{
	enum { AT = 18 };
	print_styled(p, PRINT_BOLD, "foyer [-s SOCKET] [-c CONF] COMMAND …");
	print_line(p, 0,
	    "Visitor management from a command line. foyer help COMMAND says more; so does "
	    "foyer(1).");
	(void)fputc('\n', p->f);
	for (const struct cli_command *cmd = cli_commands; cmd->name != NULL; cmd++)
		row(p, AT, cmd->name, cmd->summary);
	(void)fputc('\n', p->f);
	options(p, cli_options_common);
	row(p, 26, "-V, --version", "say which foyer this is");
}

enum cli_exit cmd_help(struct cli *c)
{
	int used = 0;
	bool family = false;
	if (c->args.n_words == 0) {
		cli_help(&c->out);
		return CLI_OK;
	}
	const struct cli_command *cmd =
	    cli_command_find(c->args.words, c->args.n_words, &used, &family);
	const char *first = c->args.words[0];
	size_t len = strlen(first);
	bool any = false;
	if (cmd != NULL && used == c->args.n_words) {
		cli_help_command(c, cmd);
		any = true;
	}
	/* "help host": all that begin with it. */
	for (const struct cli_command *k = cli_commands; k->name != NULL && c->args.n_words == 1;
	     k++) {
		if (k == cmd || !str_starts(k->name, first) || k->name[len] != ' ')
			continue;
		if (any)
			(void)fputc('\n', c->out.f);
		cli_help_command(c, k);
		any = true;
	}
	return any ? CLI_OK : cli_usage(c, "there is no command %s", first);
}
