/*
 * Driving licences and identity cards of the United States and Canada: what their PDF417 says, versions 00 to 11 of the AAMVA DL/ID Card Design
 * Standard, and the magnetic tracks that British Columbia put into its barcode. It hides headers that lie, separators that scanners mangle, and
 * what changed between versions.
 *
 * Offsets and lengths of the header are never used. Elements are found by their names; the first of a name counts. Dates are tried in the order
 * of the version and country first, then in the other; a letter that stands for a digit in one is mended and noted (document.h, repairs).
 *
 * Pure.
 */
#ifndef SCAN_AAMVA_H
#define SCAN_AAMVA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "scan/document.h"

enum { AAMVA_TEXT_MOST = 4096, AAMVA_ELEMENTS = 64, AAMVA_VALUE_SZ = 128 };

/* An element's value, trimmed, as UTF-8; "" where it says that there is none ("NONE", "unavl"). */
struct aamva_element {
	char id[4];
	char value[AAMVA_VALUE_SZ];
};

struct aamva_text {
	int version; /* 0 … 99, -1: not said */
	char iin[7]; /* issuer identification number; "" */
	bool id_card; /* the ID subfile, not DL */
	bool
	    split_by_name; /* separators were gone: elements were told apart by their names alone */
	struct aamva_element elements[AAMVA_ELEMENTS];
	int n;
};

/* text[len], any bytes. ERR_INPUT: no AAMVA text. *t is cleared by the caller (it holds personal data). */
enum err_code aamva_text(
    struct aamva_text *t, const void *text, size_t len, struct err *e) MUST_USE;
/* The value, or "". */
const char *aamva_get(const struct aamva_text *t, const char *id);

/* today: the century of a track's year. ERR_INPUT: no AAMVA text. ERR_REJECTED: it lacks a name, a birth date or a number. */
enum err_code aamva_read(struct document *d, const void *text, size_t len,
    const struct document_date *today, struct err *e) MUST_USE;
/* Who issues what "BC" or "VA" issues: "CAN" or "USA". */
const char *aamva_state(const char *region);

bool aamva_looks_like(const void *text, size_t len);

/* aamva_track.c: ANSI/AAMVA magnetic tracks "%BC…?;636028…?". ERR_INPUT: none. */
enum err_code aamva_tracks(struct document *d, const void *text, size_t len,
    const struct document_date *today, struct err *e) MUST_USE;
/* A piece of a name as all readers here put it: trimmed, clean, "" for "NONE" and its kin. */
void aamva_clean(char *dst, size_t dst_sz, const char *s, size_t len);

#endif
