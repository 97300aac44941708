#include "scan/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "scan/picture.h"

enum { QUEUE_MAX = 64, EMPTY_WIDTH = 640, EMPTY_HEIGHT = 480, EMPTY_GREY = 128 };

struct files {
	char folder[PATH_MAX]; /* not held open: then its end would not be told */
	int notes; /* inotify; -1: one file */
	struct str_buf picture; /* bytes of a file, cleared once decoded */
	bool begun, showing;
	int64_t until_ms; /* showing */
	char queue[QUEUE_MAX][NAME_MAX + 1];
	int queued;
};

/* The bytes of a regular file into *out, which is cleared first. */
static enum err_code read_file(struct str_buf *out, const char *path, int flags, struct err *e)
{
	char block[64 * 1024];
	struct stat st;
	enum err_code code = ERR_OK;
	ssize_t n = 0;
	str_buf_clear(out);
	out->max = PICTURE_BYTES_MAX;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);
	if (fd < 0)
		return source_errno(e, "open");
	if (fstat(fd, &st) != 0) {
		code = source_errno(e, "stat");
	} else if (!S_ISREG(st.st_mode)) {
		code = err_set(e, ERR_INPUT, "no regular file");
	} else if (st.st_size > PICTURE_BYTES_MAX) {
		code = err_set(e, ERR_TOO_LONG, "more than %d bytes", PICTURE_BYTES_MAX);
	}
	while (code == ERR_OK && (n = read(fd, block, sizeof block)) > 0)
		if (!str_buf_add(out, block, (size_t)n))
			code = err_set(e, ERR_TOO_LONG, "more than %d bytes", PICTURE_BYTES_MAX);
	if (code == ERR_OK && n < 0)
		code = source_errno(e, "read");
	explicit_bzero(block, sizeof block);
	(void)close(fd);
	return code;
}

static enum err_code empty_scene(struct image *im, struct err *e)
{
	enum err_code code = image_resize(im, EMPTY_WIDTH, EMPTY_HEIGHT, e);
	if (code == ERR_OK)
		image_fill(im, EMPTY_GREY);
	return code;
}

static enum err_code decode(struct files *f, struct image *im, struct err *e)
{
	enum err_code code =
	    picture_decode(im, (const uint8_t *)f->picture.data, f->picture.len, e);
	str_buf_fini(&f->picture);
	return code;
}

static void files_free(void *own_self)
{
	struct files *f = own_self;
	if (f->notes >= 0)
		(void)close(f->notes);
	str_buf_fini(&f->picture);
	explicit_bzero(f, sizeof *f);
	free(f);
}

static struct files *files_new(void)
{
	struct files *f = mem_new(1, sizeof *f);
	f->notes = -1;
	return f;
}

/* --- one file ---------------------------------------------------------------------------- */

static int one_fd(const void *self)
{
	(void)self;
	return -1;
}

static int64_t one_due(const void *self)
{
	const struct files *f = self;
	return f->begun ? INT64_MAX : INT64_MIN;
}

static enum err_code one_picture(
    void *self, struct image *im, bool *got, int64_t now_ms, struct err *e)
{
	struct files *f = self;
	(void)now_ms;
	*got = !f->begun;
	f->begun = true;
	if (!*got || decode(f, im, e) == ERR_OK)
		return ERR_OK;
	log_warn("the picture was passed over: %s", e->msg);
	return empty_scene(im, e);
}

enum err_code files_open_one(struct source *s, const char *path, struct err *e)
{
	static const struct source_calls calls = {one_fd, one_due, one_picture, files_free};
	struct files *f = files_new();
	enum err_code code = read_file(&f->picture, path, 0, e);
	if (code != ERR_OK) {
		files_free(f);
		return code;
	}
	*s = (struct source){.calls = &calls, .self = f};
	return ERR_OK;
}

/* --- a folder ---------------------------------------------------------------------------- */

static int folder_fd(const void *self)
{
	const struct files *f = self;
	return f->notes;
}

static int64_t folder_due(const void *self)
{
	const struct files *f = self;
	if (!f->begun)
		return INT64_MIN;
	if (f->showing)
		return f->until_ms;
	return f->queued > 0 ? INT64_MIN : INT64_MAX;
}

/* False: too many wait already. */
static bool queue_add(struct files *f, const char *name)
{
	if (name[0] == '.' || name[0] == '\0')
		return true;
	for (int i = 0; i < f->queued; i++)
		if (str_eq(f->queue[i], name))
			return true;
	if (f->queued == QUEUE_MAX)
		return false;
	(void)str_copy(f->queue[f->queued++], sizeof f->queue[0], name);
	return true;
}

/* What inotify(7) tells of one read. */
static enum err_code take_block(struct files *f, const char *notes, ssize_t n, struct err *e)
{
	bool room = true;
	const struct inotify_event *note;
	for (const char *p = notes; p < notes + n; p += sizeof *note + note->len) {
		note = (const struct inotify_event *)(const void *)p;
		if (note->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED))
			return err_set(e, ERR_UNREACHABLE, "the folder is gone");
		if (note->mask & IN_Q_OVERFLOW)
			room = false;
		else if (note->len > 0 && !(note->mask & IN_ISDIR))
			room = queue_add(f, note->name) && room;
	}
	if (!room)
		log_warn("pictures were passed over: too many at once");
	return ERR_OK;
}

static enum err_code take_notes(struct files *f, struct err *e)
{
	_Alignas(struct inotify_event) char notes[4096];
	for (;;) {
		ssize_t n = read(f->notes, notes, sizeof notes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return ERR_OK;
		if (n <= 0)
			return err_errno(e, ERR_IO, "inotify");
		enum err_code code = take_block(f, notes, n, e);
		if (code != ERR_OK)
			return code;
	}
}

static enum err_code read_picture(
    struct files *f, struct image *im, const char *name, struct err *e)
{
	char path[PATH_MAX];
	enum err_code code = path_join(path, f->folder, name, e);
	if (code == ERR_OK)
		code = read_file(&f->picture, path, O_NOFOLLOW, e);
	return code != ERR_OK ? code : decode(f, im, e);
}

/* The next one in the queue that is a picture. */
static bool next_shown(struct files *f, struct image *im)
{
	struct err e;
	bool found = false;
	int i = 0;
	while (i < f->queued && !found) {
		found = read_picture(f, im, f->queue[i++], &e) == ERR_OK;
		if (!found)
			log_warn("a picture was passed over: %s", e.msg);
	}
	f->queued -= i;
	memmove(f->queue, f->queue + i, (size_t)f->queued * sizeof f->queue[0]);
	return found;
}

static enum err_code folder_picture(
    void *self, struct image *im, bool *got, int64_t now_ms, struct err *e)
{
	struct files *f = self;
	*got = false;
	enum err_code code = take_notes(f, e);
	if (code != ERR_OK || (f->showing && now_ms < f->until_ms))
		return code;
	if (next_shown(f, im)) {
		*got = f->begun = f->showing = true;
		f->until_ms = now_ms + FILES_SHOW_MS;
	} else if (f->showing || !f->begun) {
		*got = f->begun = true;
		f->showing = false;
		code = empty_scene(im, e);
	}
	return code;
}

enum err_code files_open_folder(struct source *s, const char *path, struct err *e)
{
	static const struct source_calls calls = {
	    folder_fd, folder_due, folder_picture, files_free};
	const uint32_t what =
	    IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
	struct files *f = files_new();
	enum err_code code = ERR_OK;
	*s = (struct source){.calls = &calls, .self = f};
	f->notes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (f->notes < 0 || inotify_add_watch(f->notes, path, what) < 0)
		code = source_errno(e, path);
	else if (!str_copy(f->folder, sizeof f->folder, path))
		code = err_set(e, ERR_TOO_LONG, "a path of more than %d bytes", PATH_MAX);
	else
		memcpy(s->folder, f->folder, sizeof s->folder);
	if (code != ERR_OK)
		source_close(s);
	return code;
}
