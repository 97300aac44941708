/*
 * The shared memory of the write-ahead log ("book-shm"), which SQLite maps into foyerd and its reading children. A mapped page whose block is
 * not on the disk yet gets one when it is written to, and where the disk is full the kernel has no answer but SIGBUS. SQLite writes a byte
 * into each 4 KiB before it maps them, which is no help where blocks are smaller (ext4 with 1 KiB). It hides how this is prevented: every
 * region is allocated on the disk before it is mapped, so a full disk is an error like any other.
 *
 * Leaving the shared memory out (locking_mode = EXCLUSIVE) would do too, but `foyerd --read` needs it; a ballast to be freed in need would have to
 * be freed before anybody knows of the need.
 */
#ifndef DB_SHM_H
#define DB_SHM_H

/* Before a connection is opened; as often as one likes. For all connections of this process. */
void shm_allocate_first(void);

#endif
