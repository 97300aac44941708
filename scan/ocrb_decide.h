/*
 * From scores to lines. It hides which characters can stand where in each format (ICAO Doc 9303-3 to -7), and how check digits choose between
 * characters that look alike here.
 */
#ifndef SCAN_OCRB_DECIDE_H
#define SCAN_OCRB_DECIDE_H

#include "scan/mrz.h"
#include "scan/ocrb_match.h"

enum { OCRB_TEXT_SZ = MRZ_LINES * (MRZ_WIDTH + 1) + 1 };

/* The lines of a zone this wide, each ended by '\n'. ERR_INPUT: no characters. ERR_REJECTED: a zone, but no reading of what is unclear lets its
 * check digits agree. Otherwise text is as it was. */
enum err_code ocrb_decide(char text[OCRB_TEXT_SZ], const struct ocrb_scores *s, int width) MUST_USE;

#endif
