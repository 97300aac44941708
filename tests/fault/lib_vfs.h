/*
 * The disk under a book, for tests: an SQLite VFS (https://sqlite.org/vfs.html) over the ordinary one, the default from disk_install on. It hides
 * how the n-th call fails, and how the power is cut: then what of the book and its log came to the disk (lib_power.h) is written to a
 * folder of its own, the shared memory is lost, and the process ends with DISK_CUT.
 *
 * One struct disk a process. What fails in here itself aborts.
 */
#ifndef TESTS_FAULT_LIB_VFS_H
#define TESTS_FAULT_LIB_VFS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

enum {
	DISK_CUT = 77, /* exit status of a process whose power was cut */
	DISK_FILES = 8,
};

enum disk_call {
	DISK_OPEN = 1 << 0,
	DISK_READ = 1 << 1,
	DISK_WRITE = 1 << 2,
	DISK_TRUNCATE = 1 << 3,
	DISK_SYNC = 1 << 4,
	DISK_DELETE = 1 << 5,
	DISK_STAT = 1 << 6, /* sizes, and whether a file is there */
	DISK_SHM = 1 << 7, /* a page of the shared memory */
	DISK_CHANGES = DISK_WRITE | DISK_TRUNCATE | DISK_SYNC | DISK_DELETE,
	DISK_ANY = 255,
};

/* Who syncs in vain. */
enum disk_lie { DISK_HONEST, DISK_LIES_ABOUT_LOG = 1, DISK_LIES_ABOUT_BOOK = 2, DISK_LIES = 3 };

struct power_file; /* lib_power.h */
struct disk {
	/* The n-th call of these kinds fails (0: none), and with for_ever every one after it. full: for want of room, else EIO. */
	struct disk_fault {
		unsigned calls;
		int64_t at;
		bool for_ever, full;
	} fault;
	int64_t seen; /* calls of fault.calls since disk_fail */
	int failed; /* of them */
	bool read_only; /* what is opened from now on is opened for reading */
	/* Power. */
	struct disk_power {
		const char *image; /* folder; NULL: no power cuts */
		struct random *random;
		int64_t
		    cut_at; /* the n-th of DISK_CHANGES is the last, counted from the sync that fails where one does; 0: none */
		int64_t
		    sync_fails_at; /* the n-th sync fails, and what was to be synced is lost in part; 0: none */
		enum disk_lie lies;
	} power;
	int64_t changes, syncs;
	struct power_file *files[DISK_FILES];
	int n_files;
	/* Called when a COMMIT has returned. */
	void (*committed)(void *arg);
	void *arg;
};

/* Once a process; d outlives every connection. */
void disk_install(struct disk *d);

/* From now on; NULL: heals. */
void disk_fail(struct disk *d, const struct disk_fault *f);

/* From now on: what a file holds when it is opened for the first time is on the disk. */
void disk_power(struct disk *d, const struct disk_power *p);
/* The power goes now. */
void disk_cut(const struct disk *d) __attribute__((noreturn));

#endif
