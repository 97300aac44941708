#include "tests/fault/lib_power.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

enum { SECTOR = 512, NAME_SZ = 512 };

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

enum change_kind { CHANGE_WRITE, CHANGE_TRUNCATE, CHANGE_DELETE };
struct change {
	enum change_kind kind;
	int64_t at; /* of a truncation: the new size */
	int n;
	uint8_t *own_bytes;
};

struct power_file {
	char path[NAME_SZ];
	bool is_log;
	struct bytes {
		uint8_t *own_p;
		int64_t n, room;
		bool there;
	} kept; /* as of the last sync */
	struct change *own_changes; /* since then, in order */
	int n_changes;
};

static void bytes_grow(struct bytes *b, int64_t n)
{
	if (n > b->room) {
		b->room = n * 2;
		b->own_p = mem_grow(b->own_p, (size_t)b->room, 1);
	}
	if (n > b->n) {
		memset(b->own_p + b->n, 0, (size_t)(n - b->n));
		b->n = n;
	}
}

static void bytes_put(struct bytes *b, int64_t at, const uint8_t *p, int n)
{
	bytes_grow(b, at + n);
	memcpy(b->own_p + at, p, (size_t)n);
	b->there = true;
}

static void bytes_cut(struct bytes *b, const struct change *c)
{
	if (c->kind == CHANGE_DELETE)
		b->there = false;
	int64_t size = c->kind == CHANGE_DELETE ? 0 : c->at;
	if (size < b->n)
		b->n = size;
	else
		bytes_grow(b, size);
}

static void changes_clear(struct power_file *f)
{
	for (int i = 0; i < f->n_changes; i++)
		free(f->own_changes[i].own_bytes);
	f->n_changes = 0;
}

void power_synced(struct power_file *f)
{
	for (int i = 0; i < f->n_changes; i++) {
		const struct change *c = &f->own_changes[i];
		if (c->kind == CHANGE_WRITE)
			bytes_put(&f->kept, c->at, c->own_bytes, c->n);
		else
			bytes_cut(&f->kept, c);
	}
	changes_clear(f);
}

static void change_add(
    struct power_file *f, enum change_kind kind, int64_t at, const void *bytes, int n)
{
	f->own_changes = mem_grow(f->own_changes, (size_t)f->n_changes + 1, sizeof *f->own_changes);
	struct change *c = &f->own_changes[f->n_changes++];
	*c = (struct change){.kind = kind, .at = at, .n = n};
	if (n > 0) {
		c->own_bytes = mem_new((size_t)n, 1);
		memcpy(c->own_bytes, bytes, (size_t)n);
	}
}

struct power_file *power_file_new(const char *path, bool is_log)
{
	struct power_file *f = mem_new(1, sizeof *f);
	must(str_copy(f->path, sizeof f->path, path), "a path");
	f->is_log = is_log;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t buf[65536];
	ssize_t n;
	while (fd >= 0 && (n = read(fd, buf, sizeof buf)) > 0)
		bytes_put(&f->kept, f->kept.n, buf, (int)n);
	f->kept.there = fd >= 0;
	if (fd >= 0)
		(void)close(fd);
	return f;
}

bool power_file_is(const struct power_file *f, const char *path)
{
	return strcmp(f->path, path) == 0;
}

bool power_file_is_log(const struct power_file *f)
{
	return f->is_log;
}

void power_write(struct power_file *f, int64_t at, const void *bytes, int n)
{
	change_add(f, CHANGE_WRITE, at, bytes, n);
}

void power_truncate(struct power_file *f, int64_t size)
{
	change_add(f, CHANGE_TRUNCATE, size, NULL, 0);
}

void power_delete(struct power_file *f)
{
	change_add(f, CHANGE_DELETE, 0, NULL, 0);
}

/* --- a cut ------------------------------------------------------------------------------------ */

static bool chance(const struct random *r, uint32_t percent)
{
	return random_below(r, 100) < percent;
}

/* Each sector of a write for itself: there, not there, or half there, and then with rubbish behind or with what was there before. */
static void write_partly(
    const struct random *r, struct bytes *b, const struct change *c, uint32_t percent)
{
	for (int done = 0; done < c->n;) {
		int n = (int)(SECTOR - (c->at + done) % SECTOR);
		n = n < c->n - done ? n : c->n - done;
		if (chance(r, percent)) {
			int whole = chance(r, 12) ? (int)random_below(r, (uint32_t)n + 1) : n;
			bytes_put(b, c->at + done, c->own_bytes + done, whole);
			if (whole < n && chance(r, 50)) {
				bytes_grow(b, c->at + done + n);
				random_fill(
				    r, b->own_p + c->at + done + whole, (size_t)(n - whole));
			}
		}
		done += n;
	}
}

void power_lost(struct power_file *f, const struct random *r)
{
	static const uint32_t percents[] = {0, 10, 50, 90, 100};
	uint32_t percent = percents[random_below(r, 5)];
	uint32_t barriers = 0;
	int64_t most = f->kept.n;
	for (int i = 0; i < f->n_changes; i++)
		barriers += f->own_changes[i].kind != CHANGE_WRITE;
	barriers = random_below(r, barriers + 1);
	for (int i = 0; i < f->n_changes; i++) {
		const struct change *c = &f->own_changes[i];
		if (c->kind == CHANGE_WRITE) {
			write_partly(r, &f->kept, c, percent);
			most = c->at + c->n > most ? c->at + c->n : most;
			continue;
		}
		if (barriers-- == 0)
			break;
		bytes_cut(&f->kept, c);
		most = f->kept.n;
	}
	/* The size of a file travels apart from its bytes. */
	if (f->kept.there && chance(r, 50))
		bytes_grow(&f->kept, most);
	changes_clear(f);
}

void power_image(const struct power_file *f, const char *folder)
{
	char path[NAME_SZ];
	const char *slash = strrchr(f->path, '/');
	must(str_print(path, sizeof path, "%s%s", folder, slash), "a path");
	if (!f->kept.there) {
		(void)unlink(path);
		return;
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	must(fd >= 0, path);
	for (int64_t done = 0; done < f->kept.n;) {
		ssize_t n = write(fd, f->kept.own_p + done, (size_t)(f->kept.n - done));
		must(n > 0, path);
		done += n;
	}
	must(close(fd) == 0, path);
}
