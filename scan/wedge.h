/*
 * The scanner that types: tells a burst of keys from a person at the keyboard, by time alone or by a configured prefix. It hides the
 * holding back: a key is given on only once it is clear that it was no part of a scan, so a burst never lands in a text field and no
 * control character inside one ever acts.
 *
 * Pure: keys and monotonic milliseconds go in, keys and scans come out. No allocation. After every wedge_key, and when wedge_due_ms has
 * come, the caller takes everything with wedge_next. The struct holds secrets (pass texts): wedge_fini clears it.
 */
#ifndef SCAN_WEDGE_H
#define SCAN_WEDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A licence says up to 700 bytes, a PDF417 symbol no more than 4,096 here (camera_wire.h). */
enum { WEDGE_TEXT_SZ = 4097, WEDGE_FIX_SZ = 9, WEDGE_HELD = 32 };

struct wedge_conf {
	bool on; /* false: every key passes at once */
	int gap_ms; /* keys closer than this belong together */
	int end_ms; /* silence that ends a scan; also how long a straggler after one is dropped */
	int least; /* keys that make a burst; 2 … WEDGE_HELD */
	char prefix
	    [WEDGE_FIX_SZ]; /* what the scanner types first, or "": then the burst is known from its first keys */
	char suffix
	    [WEDGE_FIX_SZ]; /* what it types last, or "": then silence ends it. Both are cut off */
};
/* On, 30 ms, 100 ms, 6 keys, no prefix, no suffix. */
struct wedge_conf wedge_conf_default(void);

struct wedge_key {
	uint32_t code; /* a code point, or where `function` a key code of the terminal library */
	bool function;
};

struct wedge_event {
	enum { WEDGE_KEY, WEDGE_SCAN } kind;
	struct wedge_key key; /* WEDGE_KEY */
	char text
	    [WEDGE_TEXT_SZ]; /* WEDGE_SCAN: UTF-8 without U+0000, cut at 4,096 bytes; may hold control characters */
	size_t len;
};

struct wedge {
	struct wedge_conf conf;
	struct wedge_key held[WEDGE_HELD];
	struct wedge_key out[2 * WEDGE_HELD];
	char text[WEDGE_TEXT_SZ];
	size_t len;
	int n_held, n_run, n_out, next_out;
	int64_t last_ms;
	bool burst, done, cooling, cut;
};

void wedge_init(struct wedge *w, const struct wedge_conf *conf);
void wedge_fini(struct wedge *w);

void wedge_key(struct wedge *w, struct wedge_key key, int64_t now_ms);
/* The next thing to act on; false: nothing more at present. */
bool wedge_next(struct wedge *w, struct wedge_event *ev, int64_t now_ms);
/* When wedge_next has something without another key; INT64_MAX: never. */
int64_t wedge_due_ms(const struct wedge *w);

#endif
