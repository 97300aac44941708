/*
 * The signed pass: 20 bytes of facts and an Ed25519 signature, as text that a QR code holds in alphanumeric mode and any scanner
 * can type. It hides the layout.
 *
 *   0 version (1)  1 key id  2 kind  3 site  4..11 random id  12..15 not before  16..19 expiry (u32 big-endian, seconds since 1970)
 *   20..83 Ed25519 over "foyer-pass-v1" and bytes 0..19
 *
 * Text: "FOYER" and 135 characters of RFC 4648 base32 without padding: 140 characters, QR version 6-M, 41 modules. Case does not matter.
 * A wedge scanner set to another keyboard layout scrambles the text; pass_read undoes it (layout.h).
 */
#ifndef PASS_TOKEN_H
#define PASS_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "base/base32.h"
#include "base/err.h"
#include "pass/key.h"
#include "pass/layout.h"

enum pass_kind { PASS_INVITATION = 1, PASS_BADGE = 2 };
enum { PASS_BYTES = 84, PASS_TEXT_SZ = 141, PASS_ID_BYTES = 8 };

struct pass {
	uint8_t key_id; /* told by pass_read; pass_sign takes the newest */
	enum pass_kind kind;
	uint8_t site;
	uint8_t id[PASS_ID_BYTES];
	int64_t not_before_ms, expiry_ms; /* whole seconds; rounded outwards by pass_sign */
};

/* Sign with the ring's newest key. ERR_INPUT (kind; times that are no span between 1970 and 2106), ERR_CONFIG (no key). dst is a
 * secret: the caller clears it, and logs it nowhere. */
enum err_code pass_sign(char dst[PASS_TEXT_SZ], const struct pass *p, const struct pass_ring *ring,
    struct err *e) MUST_USE;

/* What a person types who cannot scan the pass: the first 40 bits of its id. Whoever holds the pass holds the code; the code makes no
 * pass. */
void pass_code(char dst[CODE_SZ], const uint8_t id[PASS_ID_BYTES]);
enum { PASS_CODE_BYTES = 5 };

/* Refusals, tried in this order; the first that holds is the answer. */
enum pass_verdict {
	PASS_GOOD,
	PASS_NOT_A_PASS, /* prefix, length or alphabet under every layout: perhaps a typed code, perhaps anything */
	PASS_BAD_VERSION,
	PASS_UNKNOWN_KEY,
	PASS_FORGED, /* signature */
	PASS_BAD_KIND,
	PASS_OTHER_SITE,
	PASS_TOO_EARLY,
	PASS_EXPIRED,
};
const char *pass_verdict_name(enum pass_verdict v); /* "forged", "other-site", … */

/* Read scanned text (any bytes). *p is filled for PASS_GOOD and from PASS_BAD_KIND on (its signature held), else zero; *layout tells
 * the keyboard layout that was undone. A pass is good from not_before - early_ms until just before expiry + late_ms; sums that leave
 * int64_t stop at its ends. White space around it is not cut. */
struct pass_window {
	uint8_t site;
	int64_t now_ms, early_ms, late_ms;
};
enum pass_verdict pass_read(struct pass *p, enum pass_layout *layout, const char *text, size_t len,
    const struct pass_ring *ring, const struct pass_window *w);

#endif
