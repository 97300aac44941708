/*
 * The machine-readable zone of an identity document in a grey picture, in OCR-B: TD1, TD2, TD3, MRV-A, MRV-B (ICAO Doc 9303) and the French
 * identity card of 1988. It hides all of the reading: where the zone is, at any angle, upright or on its head, and how unclear characters are decided.
 * Nothing is read from or written to anywhere else, and the work that any picture can cause is bounded.
 *
 * What is told has check digits that agree (scan/mrz.h). They decide only between characters that look alike in this picture: what is clear stays as
 * it is, and a zone with a wrong check digit is not told. No check digit is over most names: what stands there is what it looks like.
 */
#ifndef SCAN_OCRB_H
#define SCAN_OCRB_H

#include <stddef.h>

#include "scan/code.h"
#include "scan/image.h"
#include "scan/ocrb_decide.h"

/* The zone's lines as printed, each ended by '\n', for mrz_read; personal data. ERR_INPUT: no zone; ERR_REJECTED: one whose check digits
 * disagree, or that cannot be read well enough; ERR_TOO_LONG: sz is less than OCRB_TEXT_SZ. Then text is "". */
enum err_code ocrb_read(const struct image *im, char *text, size_t sz, struct err *e) MUST_USE;
/* The same, and where it lies. */
enum err_code ocrb_read_where(
    const struct image *im, char *text, size_t sz, struct code_box *where, struct err *e) MUST_USE;

#endif
