#include "daemon/cell.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/path.h"
#include "base/sandbox.h"
#include "base/str.h"

/* Whose names peers and roles have: passwd and group, and whatever nsswitch.conf(5) adds to them (SSSD, LDAP, systemd-userdb: they are
 * asked over Unix sockets, or read here). The disks below the book, and whether a time server keeps the clock, for doctor. */
static const char *const machine[] = {"/etc", "/run/systemd", "/run/userdb", "/run/host/userdb",
    "/var/lib/sss", "/var/lib/extrausers", "/var/cache/nscd", "/sys/dev", "/sys/devices"};
enum { MACHINE = sizeof machine / sizeof machine[0] };

/* The folder around: a file or folder in it may be replaced by another one of its name, and is still let in. Not the whole machine. */
static const char *around(char dst[PATH_MAX], const char *path)
{
	char copy[PATH_MAX];
	str_copy(copy, sizeof copy, path);
	const char *dir = dirname(copy);
	str_copy(dst, PATH_MAX, str_eq(dir, "/") ? path : dir);
	return dst;
}

enum err_code cell_enter(const struct foyerd *d, struct err *e)
{
	const struct conf *conf = d->conf;
	char data[PATH_MAX], home[PATH_MAX], texts[CONF_AGREEMENTS][PATH_MAX];
	struct rlimit files;
	struct sandbox cell = {
	    .write = {conf->paths.state, conf->paths.run, conf->paths.backups},
	    .allow = SANDBOX_UNIX | SANDBOX_LISTEN | SANDBOX_CLOCK,
	};
	int n = MACHINE;
	memcpy(cell.read, machine, sizeof machine);
	cell.read[n++] = conf->paths.keys;
	cell.read[n++] = path_data(data, "");
	cell.read[n++] = around(home, d->conf_path);
	for (int i = 0; i < conf->n_agreements; i++)
		cell.read[n++] = around(texts[i], conf->agreements[i].dir);
	if (getrlimit(RLIMIT_NOFILE, &files))
		return err_errno(e, ERR_IO, "open files");
	cell.max_files = (unsigned)files.rlim_cur;
	return sandbox_enter(&cell, e);
}

enum err_code cell_enter_names(struct err *e)
{
	struct sandbox cell = {.allow = SANDBOX_UNIX | SANDBOX_WITH_PARENT};
	memcpy(cell.read, machine, sizeof machine);
	return sandbox_enter(&cell, e);
}

enum err_code cell_check(const struct conf *conf, struct err *e)
{
	for (int i = 0; i < conf->n_agreements; i++) {
		const struct conf_agreement *a = &conf->agreements[i];
		int fd = open(a->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		else if (errno == EACCES)
			return err_set(e, ERR_CONFIG,
			    "agreement %s: %s is out of reach, which may need a new start", a->name,
			    a->dir);
	}
	return ERR_OK;
}
