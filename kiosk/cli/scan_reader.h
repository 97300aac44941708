/*
 * foyer scan at a reader: a scanner or passport reader at a serial port, or one that types. It hides how it is told from a camera, and that a port is
 * given back as it was.
 */
#ifndef KIOSK_CLI_SCAN_READER_H
#define KIOSK_CLI_SCAN_READER_H

#include <jansson.h>

#include "kiosk/cli/cli.h"
#include "scan/reader.h"

/* The reader at path, set as kiosk.conf's defaults and c's options have it; r->device is "" where none is there, but a picture, a folder, a camera or
 * nothing. CLI_USAGE, complained: an option's value is wrong, or it is not for what is there. */
enum cli_exit scan_reader_conf(struct cli *c, const char *path, struct reader_conf *r);

/* One scan, for wait_s at most; added to codes. Complains where nothing came: CLI_NO, CLI_UNREACHABLE (another program has it), CLI_DENIED. */
enum cli_exit scan_reader(
    struct cli *c, const struct reader_conf *r, int64_t wait_s, json_t *codes);

#endif
