/*
 * Machine-readable zones: TD1, TD2, TD3, MRV-A, MRV-B (ICAO Doc 9303, parts 3 to 7) and the French identity card of 1988. It hides lines,
 * fields, check digits and what readers do to them.
 *
 * Lines come as a reader framed them: parted by anything that is no character of a zone, not parted at all, with the fillers at their ends
 * lost, in small letters, with up to seven letters of the reader's own before and after them, through a keyboard of another layout. A digit
 * read as a letter or the other way round is mended only where a check digit proves it and nothing else would fit as well: one in the number or
 * the optional data, any number of letters where only digits can stand. A check digit misses one error in ten: what was mended is less sure
 * (document.h, confidence).
 *
 * Pure.
 */
#ifndef SCAN_MRZ_H
#define SCAN_MRZ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "scan/document.h"

enum { MRZ_LINES = 3, MRZ_WIDTH = 44, MRZ_LINE_SZ = MRZ_WIDTH + 1, MRZ_NAME_SZ = 40 };

enum mrz_format { MRZ_TD1, MRZ_TD2, MRZ_TD3, MRZ_MRV_A, MRZ_MRV_B, MRZ_FRENCH };
const char *mrz_format_name(enum mrz_format f); /* "td1", … "french-id" */

struct mrz_lines {
	char line[MRZ_LINES][MRZ_LINE_SZ]; /* A-Z, 0-9 and "<", each as wide as its format has it */
	int n;
	enum mrz_format format;
	bool padded; /* fillers at a line's end were put back */
};

/* text[len], any bytes. ERR_INPUT: no zone of any format. Nothing is checked but characters and widths. */
enum err_code mrz_lines(struct mrz_lines *m, const void *text, size_t len, struct err *e) MUST_USE;

/* The whole of it: lines, keyboard layouts, check digits, repairs, fields. today decides the century of years of two digits: nobody was born
 * tomorrow, no document expires fifty years from now. ERR_INPUT: no zone. ERR_REJECTED: check digits disagree, or a date is none. */
enum err_code mrz_read(struct document *d, const void *text, size_t len,
    const struct document_date *today, struct err *e) MUST_USE;

/* A zone, whole or not to be trusted, also through a keyboard of another layout. */
bool mrz_looks_like(const void *text, size_t len);

/* The check digit of s[n] (9303-3, 4.9: weights 7, 3, 1): '0' to '9'. */
char mrz_check_digit(const char *s, size_t n);

/* A zone's spelling as a person of that state might write it: "MUELLER" of DEU as "Müller", "MC<DONALD" as "Mc Donald". A suggestion: the way
 * back is not known. dst: DOCUMENT names. */
void mrz_spelling(char *dst, size_t dst_sz, const char *zone, size_t len, const char *state);

/* Whether code[3] is a state or organisation of ISO 3166-1 or 9303-3, section 5 ("D<<" too). */
bool mrz_state_known(const char *code);

#endif
