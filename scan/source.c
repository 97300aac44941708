#include "scan/source.h"

#include <sys/stat.h>

#include "base/str.h"
#include "scan/files.h"
#include "scan/v4l2.h"

enum err_code source_open(struct source *s, const char *path, int64_t now_ms, struct err *e)
{
	struct stat st;
	*s = (struct source){0};
	if (stat(path, &st) != 0)
		return source_errno(e, path);
	if (S_ISCHR(st.st_mode)) {
		const struct v4l2_system system = v4l2_system_real();
		return v4l2_open(s, path, &system, now_ms, e);
	}
	if (S_ISDIR(st.st_mode))
		return files_open_folder(s, path, e);
	if (S_ISREG(st.st_mode))
		return files_open_one(s, path, e);
	return err_set(e, ERR_UNSUPPORTED, "%s: neither a device, nor a file, nor a folder", path);
}

void source_close(struct source *s)
{
	if (s->calls != NULL)
		s->calls->free(s->self);
	*s = (struct source){0};
}
