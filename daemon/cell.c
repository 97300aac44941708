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

/* The disks below the book, for doctor. (Whether systemd-timesyncd's mark is there it asks access(2), where Landlock does not look.) */
static const char *const disks[] = {"/sys/dev", "/sys/devices"};
enum { DISKS = sizeof disks / sizeof disks[0] };

/* Whose names peers and roles have: passwd and group, and whatever nsswitch.conf(5) adds to them (SSSD, LDAP, systemd-userdb: they are
 * asked over Unix sockets, or read here). */
static const char *const names[] = {"/etc", "/run/systemd", "/run/userdb", "/run/host/userdb",
    "/var/lib/sss", "/var/lib/extrausers", "/var/cache/nscd"};

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
	char data[PATH_MAX], home[PATH_MAX], texts[CONF_AGREEMENTS][PATH_MAX], seal[PATH_MAX];
	struct rlimit files;
	struct sandbox cell = {
	    .write = {conf->paths.state, conf->paths.run, conf->paths.backups},
	    .allow = SANDBOX_UNIX | SANDBOX_LISTEN | SANDBOX_CLOCK,
	};
	int n = DISKS;
	memcpy(cell.read, disks, sizeof disks);
	cell.read[n++] = conf->paths.keys;
	cell.read[n++] = path_data(data, "");
	cell.read[n++] = around(home, d->conf_path);
	for (int i = 0; i < conf->n_agreements; i++)
		cell.read[n++] = around(texts[i], conf->agreements[i].dir);
	if (conf->site.seal_key[0])
		cell.read[n++] = around(seal, conf->site.seal_key);
	if (getrlimit(RLIMIT_NOFILE, &files))
		return err_errno(e, ERR_IO, "open files");
	cell.max_files = (unsigned)files.rlim_cur;
	return sandbox_enter(&cell, e);
}

enum err_code cell_enter_names(struct err *e)
{
	struct sandbox cell = {.allow = SANDBOX_UNIX | SANDBOX_WITH_PARENT};
	memcpy(cell.read, names, sizeof names);
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
