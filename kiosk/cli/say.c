#include "kiosk/cli/cli.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

static void complain(struct cli *c, const char *fmt, va_list ap)
{
	char raw[PRINT_LINE_SZ];
	if (vsnprintf(raw, sizeof raw, fmt, ap) < 0)
		raw[0] = '\0';
	(void)fflush(c->out.f); /* what was said before stands before it */
	print_line(&c->err, 0, "foyer: %s", raw);
}

void cli_complain(struct cli *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	complain(c, fmt, ap);
	va_end(ap);
}

enum cli_exit cli_usage(struct cli *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	complain(c, fmt, ap);
	va_end(ap);
	if (c->command != NULL)
		print_line(&c->err, 0, "foyer help %s says more.", c->command->name);
	else
		print_line(&c->err, 0, "foyer help says more.");
	return CLI_USAGE;
}

bool cli_can_ask(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool cli_ask(struct cli *c, const char *question)
{
	char line[16];
	if (!cli_can_ask())
		return false;
	(void)fflush(c->out.f);
	(void)fprintf(c->err.f, "%s [y/N] ", question);
	(void)fflush(c->err.f);
	if (fgets(line, sizeof line, stdin) == NULL)
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return strcasecmp(line, "y") == 0 || strcasecmp(line, "yes") == 0;
}
