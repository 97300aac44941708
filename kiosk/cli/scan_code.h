/*
 * What foyer scan tells of a code: its text in UTF-8, its bytes, and the fields of an identity document. It hides character sets.
 */
#ifndef KIOSK_CLI_SCAN_CODE_H
#define KIOSK_CLI_SCAN_CODE_H

#include <jansson.h>
#include <stddef.h>

#include "base/clock.h"

/* SCAN_READER: a scanner sent it, which does not say what it has read. SCAN_STRAY: as code.h's. */
enum scan_kind { SCAN_QR, SCAN_PDF417, SCAN_STRAY, SCAN_MRZ, SCAN_READER };

/* The caller's. bytes[len]: any, 1 … CAMERA_CODE_MAX. clock: the century of a document's years. */
json_t *scan_code(enum scan_kind kind, const void *bytes, size_t len, const struct clock *clock);

#endif
