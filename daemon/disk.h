/*
 * Does a folder lie on an encrypted disk? It walks /sys/dev/block from the folder's device down
 * through mapped devices to disks, looking for dm-crypt (LUKS). Anything it cannot follow (an
 * overlay, a network file system) is not known to be encrypted.
 */
#ifndef DAEMON_DISK_H
#define DAEMON_DISK_H

#include <stdbool.h>

/* sys: "/sys". All of the devices below must be dm-crypt, or stand on it. */
bool disk_is_encrypted(const char *sys, unsigned major, unsigned minor);
bool disk_path_is_encrypted(const char *path);

#endif
