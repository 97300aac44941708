#include "tests/fault/lib_vfs.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "tests/fault/lib_power.h"

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

/* --- failing calls ---------------------------------------------------------------------------- */

static bool fails(struct disk *d, enum disk_call call)
{
	if ((d->fault.calls & call) == 0)
		return false;
	d->seen++;
	bool now = d->fault.at != 0 &&
		   (d->fault.for_ever ? d->seen >= d->fault.at : d->seen == d->fault.at);
	d->failed += now;
	return now;
}

/* --- power ------------------------------------------------------------------------------------ */

static struct power_file *file_of(const struct disk *d, const char *path)
{
	for (int i = 0; i < d->n_files; i++) {
		if (power_file_is(d->files[i], path))
			return d->files[i];
	}
	return NULL;
}

static struct power_file *file_take(struct disk *d, const char *path, bool is_log)
{
	struct power_file *f = file_of(d, path);
	if (f != NULL)
		return f;
	must(d->n_files < DISK_FILES, "too many files");
	return d->files[d->n_files++] = power_file_new(path, is_log);
}

void disk_cut(const struct disk *d)
{
	for (int i = 0; i < d->n_files; i++) {
		power_lost(d->files[i], d->power.random);
		power_image(d->files[i], d->power.image);
	}
	_exit(DISK_CUT);
}

static void cut_here(struct disk *d)
{
	bool armed = d->syncs >= d->power.sync_fails_at;
	if (d->power.image != NULL && ++d->changes == d->power.cut_at && armed)
		disk_cut(d);
}

/* --- a file ------------------------------------------------------------------------------------ */

struct handle {
	sqlite3_file base;
	struct disk *disk;
	struct power_file *file; /* NULL: nothing that a power cut is about */
	sqlite3_file *real; /* behind this struct */
};

static struct handle *handle_of(sqlite3_file *f)
{
	return (struct handle *)f;
}

static int x_close(sqlite3_file *f)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xClose(real);
}

static int x_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	struct handle *h = handle_of(f);
	return fails(h->disk, DISK_READ) ? SQLITE_IOERR_READ
					 : h->real->pMethods->xRead(h->real, p, n, at);
}

static int x_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct handle *h = handle_of(f);
	bool now = fails(h->disk, DISK_WRITE);
	int k = now ? n / 2 : n; /* write(2) may have taken a part */
	if (h->file != NULL && k > 0) {
		power_write(h->file, at, p, k);
		cut_here(h->disk);
	}
	int rc = h->real->pMethods->xWrite(h->real, p, k, at);
	if (now)
		return h->disk->fault.full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	return rc;
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct handle *h = handle_of(f);
	if (fails(h->disk, DISK_TRUNCATE))
		return SQLITE_IOERR_TRUNCATE;
	if (h->file != NULL) {
		power_truncate(h->file, size);
		cut_here(h->disk);
	}
	return h->real->pMethods->xTruncate(h->real, size);
}

/* Linux tells a failed sync once, and holds what it could not write for written: the next sync is good, and the bytes are lost
 * (https://wiki.postgresql.org/wiki/Fsync_Errors). They are still to be read, from the page cache. */
static int x_sync(sqlite3_file *f, int flags)
{
	struct handle *h = handle_of(f);
	struct disk *d = h->disk;
	if (fails(d, DISK_SYNC))
		return SQLITE_IOERR_FSYNC;
	if (h->file == NULL)
		return h->real->pMethods->xSync(h->real, flags);
	cut_here(d);
	if (++d->syncs == d->power.sync_fails_at) {
		power_lost(h->file, d->power.random);
		d->changes = 0;
		return SQLITE_IOERR_FSYNC;
	}
	unsigned lie = power_file_is_log(h->file) ? DISK_LIES_ABOUT_LOG : DISK_LIES_ABOUT_BOOK;
	if ((d->power.lies & lie) == 0)
		power_synced(h->file);
	return SQLITE_OK;
}

static int x_size(sqlite3_file *f, sqlite3_int64 *size)
{
	struct handle *h = handle_of(f);
	return fails(h->disk, DISK_STAT) ? SQLITE_IOERR_FSTAT
					 : h->real->pMethods->xFileSize(h->real, size);
}

static int x_lock(sqlite3_file *f, int how)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xLock(real, how);
}

static int x_unlock(sqlite3_file *f, int how)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xUnlock(real, how);
}

static int x_reserved(sqlite3_file *f, int *out)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xCheckReservedLock(real, out);
}

static int x_control(sqlite3_file *f, int op, void *arg)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xFileControl(real, op, arg);
}

static int x_sector(sqlite3_file *f)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xSectorSize(real);
}

static int x_character(sqlite3_file *f)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xDeviceCharacteristics(real);
}

static int x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	struct handle *h = handle_of(f);
	if (fails(h->disk, DISK_SHM))
		return h->disk->fault.full ? SQLITE_IOERR_SHMSIZE : SQLITE_IOERR_SHMMAP;
	return h->real->pMethods->xShmMap(h->real, page, size, extend, p);
}

static int x_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xShmLock(real, at, n, flags);
}

static void x_shm_barrier(sqlite3_file *f)
{
	sqlite3_file *real = handle_of(f)->real;
	real->pMethods->xShmBarrier(real);
}

static int x_shm_unmap(sqlite3_file *f, int del)
{
	sqlite3_file *real = handle_of(f)->real;
	return real->pMethods->xShmUnmap(real, del);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* no memory mapping: foyer asks for none */
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_size,
    .xLock = x_lock,
    .xUnlock = x_unlock,
    .xCheckReservedLock = x_reserved,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_character,
    .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock,
    .xShmBarrier = x_shm_barrier,
    .xShmUnmap = x_shm_unmap,
};

/* --- the file system --------------------------------------------------------------------------- */

struct layer {
	sqlite3_vfs *real;
	struct disk *disk;
};

static int x_open(sqlite3_vfs *v, sqlite3_filename path, sqlite3_file *f, int flags, int *out)
{
	const struct layer *l = v->pAppData;
	struct handle *h = handle_of(f);
	h->base.pMethods = NULL;
	h->disk = l->disk;
	h->file = NULL;
	h->real = (sqlite3_file *)(h + 1);
	if (fails(l->disk, DISK_OPEN))
		return SQLITE_CANTOPEN;
	if (l->disk->read_only && (flags & SQLITE_OPEN_MAIN_DB) != 0)
		flags =
		    (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
	unsigned ours = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
	bool powered = l->disk->power.image != NULL && ((unsigned)flags & ours) != 0;
	/* Before it may be made: then it was not there. */
	if (powered)
		h->file = file_take(l->disk, path, (flags & SQLITE_OPEN_WAL) != 0);
	int rc = l->real->xOpen(l->real, path, h->real, flags, out);
	if (rc == SQLITE_OK)
		h->base.pMethods = &methods;
	return rc;
}

static int x_delete(sqlite3_vfs *v, const char *path, int sync)
{
	const struct layer *l = v->pAppData;
	if (fails(l->disk, DISK_DELETE))
		return SQLITE_IOERR_DELETE;
	struct power_file *f = file_of(l->disk, path);
	if (f != NULL) {
		power_delete(f);
		cut_here(l->disk);
		if (sync != 0)
			power_synced(f);
	}
	return l->real->xDelete(l->real, path, 0);
}

static int x_access(sqlite3_vfs *v, const char *path, int flags, int *out)
{
	const struct layer *l = v->pAppData;
	return fails(l->disk, DISK_STAT) ? SQLITE_IOERR_ACCESS
					 : l->real->xAccess(l->real, path, flags, out);
}

/* What sqlite3_trace_v2 says when a statement ended. */
static int traced(unsigned what, void *arg, void *statement, void *ns)
{
	(void)what;
	(void)ns;
	const struct disk *d = arg;
	const char *sql = sqlite3_sql(statement);
	if (d->committed != NULL && sql != NULL && strcmp(sql, "COMMIT") == 0 &&
	    sqlite3_get_autocommit(sqlite3_db_handle(statement)) != 0)
		d->committed(d->arg);
	return 0;
}

static int connected(sqlite3 *db, const char **why, const struct sqlite3_api_routines *api)
{
	(void)why;
	(void)api;
	const struct layer *l = sqlite3_vfs_find(NULL)->pAppData;
	return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, traced, l->disk);
}

void disk_install(struct disk *d)
{
	static sqlite3_vfs vfs;
	static struct layer layer;
	must(sqlite3_initialize() == SQLITE_OK, "SQLite");
	layer = (struct layer){.real = sqlite3_vfs_find("unix"), .disk = d};
	vfs = *layer.real;
	vfs.pNext = NULL;
	vfs.zName = "failing";
	vfs.szOsFile = (int)sizeof(struct handle) + layer.real->szOsFile;
	vfs.pAppData = &layer;
	vfs.xOpen = x_open;
	vfs.xDelete = x_delete;
	vfs.xAccess = x_access;
	must(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK, "SQLite");
	must(sqlite3_auto_extension((void (*)(void))(uintptr_t)connected) == SQLITE_OK, "SQLite");
}

void disk_fail(struct disk *d, const struct disk_fault *f)
{
	d->fault = f != NULL ? *f : (struct disk_fault){0};
	d->seen = 0;
	d->failed = 0;
}

void disk_power(struct disk *d, const struct disk_power *p)
{
	d->power = *p;
	d->changes = d->syncs = 0;
	d->failed = 0;
}
