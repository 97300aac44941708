#include "daemon/folders.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "daemon/open.h"
#include "daemon/proc.h"

/* Make it if it is missing; as root and outside a demo it becomes user's, whoever made it. */
static enum err_code folder(
    const struct conf *conf, const char *path, unsigned mode, const char *user, struct err *e)
{
	struct stat st;
	enum err_code c = open_folder(path, mode, e);
	if (c || geteuid() || conf->demo)
		return c;
	const struct passwd *pw = getpwnam(user);
	if (!pw)
		return err_set(e, ERR_CONFIG,
		    "there is no user %s; make it (systemd-sysusers) or do not start foyerd as "
		    "root",
		    user);
	if (stat(path, &st) || (st.st_uid != pw->pw_uid && chown(path, pw->pw_uid, pw->pw_gid)))
		return err_errno(e, ERR_IO, "%s", path);
	return ERR_OK;
}

gid_t folders_kiosk_gid(void)
{
	const struct group *gr = getgrnam(FOLDERS_KIOSK_GROUP);
	return gr ? gr->gr_gid : (gid_t)-1;
}

/* Where a folder above is given away, root may not make another one in it any more (a service
 * has no CAP_DAC_OVERRIDE): all are made first. */
enum err_code folders_run(const struct conf *conf, struct err *e)
{
	char kiosk[PATH_MAX], courier[PATH_MAX], below[COURIER_KINDS][PATH_MAX];
	enum err_code c = path_join(kiosk, conf->paths.run, "kiosk", e);
	if (!c)
		c = path_join(courier, conf->paths.run, "courier", e);
	if (!c)
		c = open_folder(conf->paths.run, 0755, e);
	if (!c)
		c = open_folder(courier, 0755, e);
	for (int i = 0; i < COURIER_KINDS && !c; i++) {
		c = path_join(below[i], courier, courier_kind_name((enum courier_kind)i), e);
		if (!c)
			c = folder(conf, below[i], 0700, child_kind_user((enum child_kind)i), e);
	}
	if (!c)
		c = folder(conf, kiosk, 0755, FOLDERS_USER, e);
	if (!c)
		c = folder(conf, courier, 0755, FOLDERS_USER, e);
	return c ? c : folder(conf, conf->paths.run, 0755, FOLDERS_USER, e);
}

enum err_code folders_state(const struct conf *conf, struct err *e)
{
	enum err_code c = open_folder(conf->paths.state, 0700, e);
	if (!c)
		c = folder(conf, conf->paths.keys, 0700, FOLDERS_USER, e);
	if (!c)
		c = folder(conf, conf->paths.backups, 0700, FOLDERS_USER, e);
	return c ? c : folder(conf, conf->paths.state, 0700, FOLDERS_USER, e);
}
