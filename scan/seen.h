/*
 * A code that is held up is one code, not ten a second. It hides the memory of what was in view: fingerprints, no codes. Time is a parameter
 * (monotonic milliseconds). Zeroed is ready.
 */
#ifndef SCAN_SEEN_H
#define SCAN_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEEN_MAX = 16, SEEN_GONE_MS = 2000 };

struct seen {
	struct seen_code {
		uint64_t hash;
		size_t len; /* 0: free */
		bool in_view;
		int64_t last_ms; /* when it was seen last, where it is not in view */
	} codes[SEEN_MAX];
};

/* A new picture was looked at; what was in view until now is, if seen_take does not find it again, gone from now_ms on. */
void seen_next(struct seen *s, int64_t now_ms);
/* This code is in the picture. True: tell it; it was not in view for SEEN_GONE_MS or never. Fewer than SEEN_MAX codes a picture. */
bool seen_take(struct seen *s, const uint8_t *code, size_t len, int64_t now_ms);

#endif
