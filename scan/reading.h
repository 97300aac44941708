/*
 * One scan of a reader that is read by ourselves (scan/reader.h): the bytes it sends until it is silent. It hides what stands around a text: a
 * prefix and a suffix as configured, STX and ETX, the Enter at its end, the symbology's identifier.
 *
 * Silence alone ends a scan: CR stands within a licence's text and between the lines of a passport. Pure: bytes and monotonic milliseconds go
 * in, texts come out. No allocation. The struct holds secrets: reading_fini clears it.
 */
#ifndef SCAN_READING_H
#define SCAN_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { READING_TEXT_SZ = 4097, READING_FIX_SZ = 9 };

struct reading_conf {
	int end_ms; /* silence that ends a scan */
	char prefix[READING_FIX_SZ], suffix[READING_FIX_SZ]; /* cut off; "": none */
};

struct reading {
	struct reading_conf conf;
	char text[READING_TEXT_SZ];
	size_t len;
	int64_t last_ms;
	bool begun, spoilt;
};

void reading_init(struct reading *r, const struct reading_conf *conf);
void reading_fini(struct reading *r);

/* Bytes of a scan, U+0000 left out; what does not fit is cut. Take what has ended before (reading_next) first. */
void reading_add(struct reading *r, const char *bytes, size_t n, int64_t now_ms);
/* Some of this scan was lost: what it said and says is thrown away until silence. */
void reading_spoil(struct reading *r, int64_t now_ms);
/* Forget a scan that was begun: its reader is gone. */
void reading_drop(struct reading *r);

/* READING_TEXT: dst holds a scan, 1 … READING_TEXT_SZ - 1 bytes of any kind without U+0000; may hold control characters. READING_SPOILT: there
 * was one, and it should be made once more. READING_NONE: nothing at present. */
enum reading_end { READING_NONE, READING_TEXT, READING_SPOILT };
enum reading_end reading_next(struct reading *r, char dst[READING_TEXT_SZ], int64_t now_ms);
int64_t reading_due_ms(const struct reading *r); /* when it has something; INT64_MAX: never */

#endif
