#include "kiosk/cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"

/* getopt_long(3)'s tables, made from ours. */
struct spec {
	const struct cli_option *of[CLI_OPTIONS_MOST];
	struct option longs[CLI_OPTIONS_MOST + 1];
	char shorts[2 * CLI_OPTIONS_MOST + 3];
	int n;
};

static void spec_add(struct spec *s, const struct cli_option *options)
{
	for (const struct cli_option *o = options; o != NULL && o->name != NULL; o++) {
		if (s->n == CLI_OPTIONS_MOST)
			log_bug("a command with over %d options", CLI_OPTIONS_MOST);
		s->of[s->n] = o;
		s->longs[s->n] = (struct option){
		    .name = o->name, .has_arg = o->arg != NULL ? required_argument : no_argument};
		s->n++;
		if (o->letter == 0)
			continue;
		size_t len = strlen(s->shorts);
		(void)str_print(s->shorts + len, sizeof s->shorts - len, "%c%s", o->letter,
		    o->arg != NULL ? ":" : "");
	}
}

static const struct cli_option *by_letter(const struct spec *s, int letter)
{
	for (int i = 0; i < s->n; i++) {
		if (s->of[i]->letter == letter)
			return s->of[i];
	}
	return NULL;
}

static enum cli_exit take(struct cli *c, const struct cli_option *o, char *value)
{
	if (str_eq(o->name, "json"))
		c->json = true;
	else if (str_eq(o->name, "conf"))
		c->conf = value;
	else if (str_eq(o->name, "socket") && !str_copy(c->socket, sizeof c->socket, value))
		return cli_usage(c, "--socket: is longer than %d bytes", PATH_MAX - 1);
	if (c->args.n_set == CLI_OPTIONS_MOST)
		return cli_usage(c, "more than %d options", CLI_OPTIONS_MOST);
	c->args.set[c->args.n_set].name = o->name;
	c->args.set[c->args.n_set].value = value != NULL ? value : "";
	c->args.n_set++;
	return CLI_OK;
}

/* Read options until the first word (stop) or through all of argv. optind says where the words
 * begin. */
static enum cli_exit read_options(struct cli *c, struct spec *s, bool stop, int argc, char **argv)
{
	char shorts[sizeof s->shorts + 2];
	int at, got;
	enum cli_exit rc = CLI_OK;
	(void)str_print(shorts, sizeof shorts, "%s:%s", stop ? "+" : "", s->shorts);
	opterr = 0;
	optind = 0; /* GNU: begin anew */
	while (rc == CLI_OK && (got = getopt_long(argc, argv, shorts, s->longs, &at)) != -1) {
		const char *word = argv[optind > 0 ? optind - 1 : 0];
		if (got == ':')
			return cli_usage(c, "%s: needs a value", word);
		if (got == '?')
			return cli_usage(c, "unknown option: %s", word);
		rc = take(c, got == 0 ? s->of[at] : by_letter(s, got), optarg);
	}
	return rc;
}

enum cli_exit cli_args_before(struct cli *c, int argc, char **argv, int *used, int *other)
{
	static const struct cli_option version[] = {{"version", 'V', NULL, ""}, {0}};
	struct spec s = {.n = 0};
	spec_add(&s, cli_options_common);
	spec_add(&s, version);
	enum cli_exit rc = read_options(c, &s, true, argc, argv);
	*used = optind;
	*other = 0;
	for (int i = 0; i < c->args.n_set; i++) {
		if (str_eq(c->args.set[i].name, "version"))
			*other = 'V';
		else if (str_eq(c->args.set[i].name, "help") && *other == 0)
			*other = 'h';
	}
	return rc;
}

enum cli_exit cli_args_read(struct cli *c, int argc, char **argv)
{
	struct spec s = {.n = 0};
	const struct cli_command *cmd = c->command;
	if (cmd->most == CLI_RAW) {
		c->args.words = argv + 1;
		c->args.n_words = argc - 1;
		return CLI_OK;
	}
	spec_add(&s, cli_options_common);
	spec_add(&s, cmd->options);
	enum cli_exit rc = read_options(c, &s, false, argc, argv);
	if (rc != CLI_OK)
		return rc;
	c->args.words = argv + optind;
	c->args.n_words = argc - optind;
	if (cli_flag(c, "help"))
		return CLI_OK;
	if (c->args.n_words < cmd->least)
		return cli_usage(c, "%s needs %s", cmd->name, cmd->args);
	if (c->args.n_words > cmd->most)
		return cli_usage(
		    c, "%s: one word too many: %s", cmd->name, c->args.words[cmd->most]);
	return CLI_OK;
}

static bool has(const struct cli_option *options, const char *name)
{
	for (; options != NULL && options->name != NULL; options++) {
		if (str_eq(options->name, name))
			return true;
	}
	return false;
}

const char *cli_opt(const struct cli *c, const char *name)
{
	if (!has(cli_options_common, name) && !has(c->command->options, name))
		log_bug("%s asks for --%s, which it does not have", c->command->name, name);
	for (int i = c->args.n_set - 1; i >= 0; i--) {
		if (str_eq(c->args.set[i].name, name))
			return c->args.set[i].value;
	}
	return NULL;
}

bool cli_flag(const struct cli *c, const char *name)
{
	return cli_opt(c, name) != NULL;
}

bool cli_has(const struct cli *c, const char *name)
{
	return has(c->command->options, name) && cli_flag(c, name);
}

int cli_count(const struct cli *c, const char *const names[])
{
	int n = 0;
	for (; *names != NULL; names++)
		n += cli_flag(c, *names) ? 1 : 0;
	return n;
}

enum cli_exit cli_opt_int(struct cli *c, const char *name, int64_t *n, int64_t least, int64_t most)
{
	const char *s = cli_opt(c, name);
	if (s == NULL)
		return CLI_OK;
	char *end;
	errno = 0;
	long long v = strtoll(s, &end, 10);
	if (s[0] < '0' || s[0] > '9' || *end != '\0' || errno != 0 || v < least || v > most)
		return cli_usage(c, "--%s: must be a whole number from %lld to %lld", name,
		    (long long)least, (long long)most);
	*n = v;
	return CLI_OK;
}

char *cli_words(const struct cli *c)
{
	struct str_buf b = STR_BUF_INIT;
	for (int i = 0; i < c->args.n_words; i++) {
		const char *w = c->args.words[i];
		if (i > 0)
			(void)str_buf_add(&b, " ", 1);
		(void)str_buf_add(&b, w, strlen(w));
	}
	char *all = mem_strdup(b.data != NULL ? b.data : "");
	str_buf_fini(&b);
	return all;
}

const char *cli_word(const struct cli *c, int i)
{
	return i < c->args.n_words ? c->args.words[i] : NULL;
}
