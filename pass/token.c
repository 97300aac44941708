#include "pass/token.h"

#include <string.h>
#include <strings.h>

#include "base/base32.h"
#include "base/str.h"

/* The wire, as in token.h. */
enum {
	AT_VERSION = 0,
	AT_KEY = 1,
	AT_KIND = 2,
	AT_SITE = 3,
	AT_ID = 4,
	AT_NOT_BEFORE = 12,
	AT_EXPIRY = 16,
	AT_SIG = 20,
	VERSION = 1,
	TEXT_LEN = PASS_TEXT_SZ - 1,
};
#define PREFIX "FOYER"
#define DOMAIN "foyer-pass-v1"
enum {
	PREFIX_LEN = sizeof PREFIX - 1,
	DOMAIN_LEN = sizeof DOMAIN - 1,
	SIGNED_LEN = DOMAIN_LEN + AT_SIG
};
_Static_assert(AT_SIG + PASS_SIG_BYTES == PASS_BYTES, "facts and signature");
_Static_assert(PREFIX_LEN + BASE32_LEN(PASS_BYTES) == TEXT_LEN, "prefix and base32");

static void put_u32(uint8_t dst[4], uint32_t v)
{
	for (int i = 0; i < 4; i++)
		dst[i] = (uint8_t)(v >> (24 - 8 * i));
}

static int64_t get_u32_ms(const uint8_t src[4])
{
	uint32_t s =
	    (uint32_t)src[0] << 24 | (uint32_t)src[1] << 16 | (uint32_t)src[2] << 8 | src[3];
	return (int64_t)s * 1000;
}

/* What is signed: the domain keeps a pass from being taken for anything else that the key may come to sign. */
static void signed_part(uint8_t dst[SIGNED_LEN], const uint8_t raw[PASS_BYTES])
{
	memcpy(dst, DOMAIN, DOMAIN_LEN);
	memcpy(dst + DOMAIN_LEN, raw, AT_SIG);
}

enum err_code pass_sign(
    char dst[PASS_TEXT_SZ], const struct pass *p, const struct pass_ring *ring, struct err *e)
{
	uint8_t raw[PASS_BYTES], msg[SIGNED_LEN];
	dst[0] = '\0';
	if (p->kind != PASS_INVITATION && p->kind != PASS_BADGE)
		return err_set(e, ERR_INPUT, "pass of kind %d", (int)p->kind);
	if (p->not_before_ms < 0 || p->expiry_ms <= p->not_before_ms ||
	    p->expiry_ms > (int64_t)UINT32_MAX * 1000)
		return err_set(e, ERR_INPUT, "pass whose times are no span between 1970 and 2106");
	if (pass_ring_signer(ring) == 0)
		return err_set(e, ERR_CONFIG, "there is no key to sign passes with");

	raw[AT_VERSION] = VERSION;
	raw[AT_KEY] = (uint8_t)pass_ring_signer(ring);
	raw[AT_KIND] = (uint8_t)p->kind;
	raw[AT_SITE] = p->site;
	memcpy(raw + AT_ID, p->id, PASS_ID_BYTES);
	put_u32(raw + AT_NOT_BEFORE, (uint32_t)(p->not_before_ms / 1000));
	put_u32(raw + AT_EXPIRY, (uint32_t)((p->expiry_ms + 999) / 1000));
	signed_part(msg, raw);
	pass_ring_sign(ring, raw + AT_SIG, msg, sizeof msg);

	memcpy(dst, PREFIX, PREFIX_LEN);
	base32_encode(dst + PREFIX_LEN, raw, sizeof raw);
	explicit_bzero(raw, sizeof raw);
	return ERR_OK;
}

void pass_code(char dst[CODE_SZ], const uint8_t id[PASS_ID_BYTES])
{
	uint64_t bits = 0;
	for (int i = 0; i < PASS_CODE_BYTES; i++)
		bits = bits << 8 | id[i];
	code_print(dst, bits);
}

const char *pass_verdict_name(enum pass_verdict v)
{
	switch (v) {
	case PASS_GOOD: return "good";
	case PASS_NOT_A_PASS: return "not-a-pass";
	case PASS_BAD_VERSION: return "bad-version";
	case PASS_UNKNOWN_KEY: return "unknown-key";
	case PASS_FORGED: return "forged";
	case PASS_BAD_KIND: return "bad-kind";
	case PASS_OTHER_SITE: return "other-site";
	case PASS_TOO_EARLY: return "too-early";
	case PASS_EXPIRED: return "expired";
	}
	return "?";
}

/* A French digit key counts as its digit in either state: with Shift Lock (Caps Lock outside XKB) it types the digit itself, which
 * layout.c rightly takes for US Shift and that key. A pass holds no such symbols, so nothing is lost. */
static void french_digits(char *text)
{
	static const char shifted[] = ")!@#$%^&*(";
	for (; *text != '\0'; text++) {
		const char *at = strchr(shifted, *text);
		if (at != NULL)
			*text = (char)('0' + (at - shifted));
	}
}

/* The bytes that text says under layout l; false if that is no pass. */
static bool decode(uint8_t raw[PASS_BYTES], const char *text, size_t len, enum pass_layout l)
{
	char us[PASS_TEXT_SZ];
	if (!pass_layout_undo(us, sizeof us, text, len, l))
		return false;
	if (l == PASS_LAYOUT_FR)
		french_digits(us);
	bool ok = strlen(us) == TEXT_LEN && strncasecmp(us, PREFIX, PREFIX_LEN) == 0 &&
		  base32_decode(raw, PASS_BYTES, us + PREFIX_LEN, TEXT_LEN - PREFIX_LEN);
	explicit_bzero(us, sizeof us);
	return ok;
}

/* Is it ours? PASS_GOOD: from here on the facts can be believed. */
static enum pass_verdict verify(const uint8_t raw[PASS_BYTES], const struct pass_ring *ring)
{
	uint8_t msg[SIGNED_LEN];
	if (raw[AT_VERSION] != VERSION)
		return PASS_BAD_VERSION;
	if (!pass_ring_has(ring, raw[AT_KEY]))
		return PASS_UNKNOWN_KEY;
	signed_part(msg, raw);
	return pass_ring_verify(ring, raw[AT_KEY], raw + AT_SIG, msg, sizeof msg) ? PASS_GOOD
										  : PASS_FORGED;
}

static void take_facts(struct pass *p, const uint8_t raw[PASS_BYTES])
{
	p->key_id = raw[AT_KEY];
	p->kind = (enum pass_kind)raw[AT_KIND];
	p->site = raw[AT_SITE];
	memcpy(p->id, raw + AT_ID, PASS_ID_BYTES);
	p->not_before_ms = get_u32_ms(raw + AT_NOT_BEFORE);
	p->expiry_ms = get_u32_ms(raw + AT_EXPIRY);
}

static int64_t add_saturated(int64_t a, int64_t b)
{
	int64_t sum;
	if (__builtin_add_overflow(a, b, &sum))
		return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static int64_t sub_saturated(int64_t a, int64_t b)
{
	int64_t difference;
	if (__builtin_sub_overflow(a, b, &difference))
		return b < 0 ? INT64_MAX : INT64_MIN;
	return difference;
}

/* Is it good here and now? */
static enum pass_verdict judge(const struct pass *p, const struct pass_window *w)
{
	if (p->kind != PASS_INVITATION && p->kind != PASS_BADGE)
		return PASS_BAD_KIND;
	if (p->site != w->site)
		return PASS_OTHER_SITE;
	if (w->now_ms < sub_saturated(p->not_before_ms, w->early_ms))
		return PASS_TOO_EARLY;
	if (w->now_ms >= add_saturated(p->expiry_ms, w->late_ms))
		return PASS_EXPIRED;
	return PASS_GOOD;
}

/* Every layout is tried, US first, until a signature holds: one text can hold under one of them only, where two read it alike the first
 * (UK and US differ in symbols alone). What holds nowhere is refused for the reason of the first layout that made a pass of it. */
enum pass_verdict pass_read(struct pass *p, enum pass_layout *layout, const char *text, size_t len,
    const struct pass_ring *ring, const struct pass_window *w)
{
	uint8_t raw[PASS_BYTES];
	enum pass_verdict verdict = PASS_NOT_A_PASS;
	memset(p, 0, sizeof *p);
	*layout = PASS_LAYOUT_US;
	for (int l = 0; l < PASS_LAYOUT_COUNT; l++) {
		if (!decode(raw, text, len, (enum pass_layout)l))
			continue;
		enum pass_verdict v = verify(raw, ring);
		if (v == PASS_GOOD) {
			*layout = (enum pass_layout)l;
			take_facts(p, raw);
			verdict = judge(p, w);
			break;
		}
		if (verdict == PASS_NOT_A_PASS) {
			*layout = (enum pass_layout)l;
			verdict = v;
		}
	}
	explicit_bzero(raw, sizeof raw);
	return verdict;
}
