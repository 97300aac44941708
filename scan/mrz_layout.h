/*
 * Where things stand in the machine-readable zone of each format, and what each check digit is over.
 */
#ifndef SCAN_MRZ_LAYOUT_H
#define SCAN_MRZ_LAYOUT_H

#include "scan/mrz.h"

struct mrz_span {
	int line, from, len;
};

enum { MRZ_SPANS = 4, MRZ_FORMATS = MRZ_FRENCH + 1 };

/* A span without a length is not there. */
struct mrz_layout {
	struct mrz_span names, state, nationality, number, number_cd, birth, birth_cd, sex, expiry,
	    expiry_cd;
	struct mrz_span optional, optional_cd, more_names, composite_cd, composite[MRZ_SPANS];
};
const struct mrz_layout *mrz_layout(enum mrz_format f);

#endif
