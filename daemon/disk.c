#include "daemon/disk.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/path.h"
#include "base/str.h"

enum { DEPTH_MOST = 16 };

/* dm/uuid of a dm-crypt device begins with "CRYPT-" (cryptsetup's convention; kernel
 * Documentation/ABI/testing/sysfs-block-dm). */
static bool is_crypt(const char *dir)
{
	char path[PATH_MAX], *text = NULL;
	size_t len;
	struct err e;
	if (path_join(path, dir, "dm/uuid", &e) || path_read(&text, &len, path, 4096, &e))
		return false;
	bool crypt = str_starts(text, "CRYPT-");
	free(text);
	return crypt;
}

static bool below_is_encrypted(const char *dir, int depth)
{
	char slaves[PATH_MAX], below[PATH_MAX];
	struct err e;
	if (is_crypt(dir))
		return true;
	if (depth == DEPTH_MOST || path_join(slaves, dir, "slaves", &e))
		return false;
	DIR *d = opendir(slaves);
	if (!d)
		return false;
	int n = 0;
	bool all = true;
	const struct dirent *at;
	while (all && (at = readdir(d))) {
		if (at->d_name[0] == '.')
			continue;
		n++;
		all = !path_join(below, slaves, at->d_name, &e) &&
		      below_is_encrypted(below, depth + 1);
	}
	closedir(d);
	return n && all;
}

bool disk_is_encrypted(const char *sys, unsigned major, unsigned minor)
{
	char dir[PATH_MAX];
	return str_print(dir, sizeof dir, "%s/dev/block/%u:%u", sys, major, minor) &&
	       below_is_encrypted(dir, 0);
}

bool disk_path_is_encrypted(const char *path)
{
	struct stat st;
	return !stat(path, &st) && disk_is_encrypted("/sys", major(st.st_dev), minor(st.st_dev));
}
