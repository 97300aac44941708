/*
 * Extended channel interpretations (AIM ITS/04-001): which character set the bytes of a code are in. It hides the tables: glibc's, which are public files of the
 * machine and so may be loaded in the camera's cell too. Only character sets without states and of a fixed list: what a code says picks one of
 * these, no other.
 */
#ifndef SCAN_ECI_H
#define SCAN_ECI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ECI_MARKS_MAX = 16, ECI_NUMBER_MAX = 811799 };

/* This ECI holds from the byte at on, until the next one; 3 is ISO 8859-1, 26 is UTF-8. */
struct eci_mark {
	size_t at;
	int number; /* 0 … ECI_NUMBER_MAX */
};

/*
 * UTF-8 of bytes with n_marks marks, in order; bytes before the first one are ISO 8859-1. False where nobody can tell: an ECI is no character set that is known
 * here (as 899, bytes that are no text), bytes are none of theirs, or room is too small. *len is 0 then, and nothing of it is left in dst.
 */
struct eci_bytes {
	const uint8_t *at;
	size_t len;
	const struct eci_mark *marks;
	int n_marks;
};
bool eci_to_utf8(const struct eci_bytes *from, uint8_t *dst, size_t room, size_t *len);

#endif
