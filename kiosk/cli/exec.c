#include "kiosk/cli/cli.h"

#include <string.h>
#include <unistd.h>

#include "base/path.h"

static enum cli_exit become(struct cli *c, const char *path, const char *argv[])
{
	struct err e;
	argv[0] = path;
	(void)fflush(c->out.f);
	/* execv(3) takes char *const[] for history's sake; it changes none of them. */
	(void)execv(path, (char *const *)(uintptr_t)argv);
	(void)err_errno(&e, ERR_IO, "%s", path);
	cli_complain(c, "%s", e.msg);
	return CLI_NO;
}

enum cli_exit cli_exec_program(struct cli *c, const char *name, const char *argv[])
{
	char path[PATH_MAX];
	struct err e;
	if (path_program(path, name, &e) == ERR_OK)
		return become(c, path, argv);
	cli_complain(c, "%s", e.msg);
	return CLI_NO;
}

enum cli_exit cli_exec_data(struct cli *c, const char *below, const char *argv[])
{
	char path[PATH_MAX];
	return become(c, path_data(path, below), argv);
}
