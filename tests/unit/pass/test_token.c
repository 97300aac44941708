#include "pass/token.h"

#include <ctype.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base32.h"
#include "base/random.h"
#include "base/str.h"
#include "help.h"

/* Made with openssl-pkeyutl(1) and Python's base64 from the layout in token.h and the test key, not with foyer. */
#define INVITATION                                                                                 \
	"FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447VJ5D4XCT23WAZKACKLLOTULJVXFD6RE" \
	"MIEUHLMLCPPZVZ3TQ"                                                                        \
	"XY7JGOGMITCL2JMYPA7CVM7VHMNGYLZFWAY"
#define BADGE                                                                                      \
	"FOYERAEAQEB777367Z6727H4AAAAAAD7777773GPCWRBNDUJBCN473TLTYTUQQXYSDCTZ66I6XKJFTM4FGCIT46H" \
	"HUMHAHOJXS3XGMQV5M"                                                                       \
	"FQ6RKOGY2B6LEMFNJ6S4CRHFKWGOTMUUBI"
/* The same facts as INVITATION, kind 3. */
#define THIRD_KIND                                                                                 \
	"FOYERAEAQGBYBAIBQIBIGA4EGSVNZABUVMKMA7C3NRN7LPCHC2BTZ2S256MXK2DDUYW3AH3QY3OP5QIX3PC7IDC3" \
	"GO3VZ7ONMYLTQZIMGU"                                                                       \
	"VECOHFZJ3VYSPIIDQQFAX7IKCBMMEMXKCI"
#define NOT_BEFORE INT64_C(1767225600000)
#define EXPIRY INT64_C(1767254400000)

static const struct pass invitation = {.kind = PASS_INVITATION,
    .site = 7,
    .id = {1, 2, 3, 4, 5, 6, 7, 8},
    .not_before_ms = NOT_BEFORE,
    .expiry_ms = EXPIRY};
static const struct pass_window noon = {.site = 7, .now_ms = NOT_BEFORE + 3600000};

static char dir[PATH_MAX];
static struct pass_ring *ring;

static int set_up(void **state)
{
	(void)state;
	help_dir_make(dir);
	help_key_files(dir);
	ring = help_ring(dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pass_ring_free(ring);
	help_dir_remove(dir);
	return 0;
}

static enum pass_verdict read_text(const char *text)
{
	struct pass p;
	enum pass_layout l;
	return pass_read(&p, &l, text, strlen(text), ring, &noon);
}

/* A pass of any 20 bytes, signed rightly. */
static void craft(char dst[PASS_TEXT_SZ], const uint8_t facts[20])
{
	uint8_t raw[PASS_BYTES], msg[33], seed[32], public[32], secret[64];
	for (int i = 0; i < 32; i++)
		seed[i] = (uint8_t)i;
	crypto_sign_seed_keypair(public, secret, seed);
	memcpy(raw, facts, 20);
	memcpy(msg, "foyer-pass-v1", 13);
	memcpy(msg + 13, facts, 20);
	crypto_sign_detached(raw + 20, NULL, msg, sizeof msg, secret);
	memcpy(dst, "FOYER", 5);
	base32_encode(dst + 5, raw, sizeof raw);
}

/* INVITATION's facts. */
static void facts_of_invitation(uint8_t facts[20])
{
	uint8_t raw[PASS_BYTES];
	assert_true(base32_decode(raw, sizeof raw, INVITATION + 5, 135));
	memcpy(facts, raw, 20);
}

static void token__sign__vectors(void **state)
{
	(void)state;
	char text[PASS_TEXT_SZ];
	assert_int_equal(pass_sign(text, &invitation, ring, NULL), ERR_OK);
	assert_string_equal(text, INVITATION);
	const struct pass badge = {.kind = PASS_BADGE,
	    .site = 7,
	    .id = {0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0xf8},
	    .not_before_ms = 0,
	    .expiry_ms = (int64_t)UINT32_MAX * 1000};
	assert_int_equal(pass_sign(text, &badge, ring, NULL), ERR_OK);
	assert_string_equal(text, BADGE);
	uint8_t facts[20];
	facts_of_invitation(facts);
	facts[2] = 3;
	craft(text, facts);
	assert_string_equal(text, THIRD_KIND);
}

static void token__sign__rounds_outwards(void **state)
{
	(void)state;
	struct pass p = invitation, back;
	enum pass_layout l;
	char text[PASS_TEXT_SZ];
	p.not_before_ms = NOT_BEFORE + 999;
	p.expiry_ms = EXPIRY + 1;
	assert_int_equal(pass_sign(text, &p, ring, NULL), ERR_OK);
	assert_int_equal(pass_read(&back, &l, text, strlen(text), ring, &noon), PASS_GOOD);
	assert_int_equal(back.not_before_ms, NOT_BEFORE);
	assert_int_equal(back.expiry_ms, EXPIRY + 1000);
	p.expiry_ms = p.not_before_ms + 1; /* one millisecond is still a span */
	assert_int_equal(pass_sign(text, &p, ring, NULL), ERR_OK);
	assert_int_equal(pass_read(&back, &l, text, strlen(text), ring,
			     &(struct pass_window){7, NOT_BEFORE, 0, 0}),
	    PASS_GOOD);
	assert_int_equal(back.expiry_ms, NOT_BEFORE + 1000);
}

static void token__sign__refuses(void **state)
{
	(void)state;
	static const struct {
		int kind;
		int64_t not_before_ms, expiry_ms;
	} bad[] = {
	    {0, 0, 1000},
	    {3, 0, 1000},
	    {-1, 0, 1000},
	    {257, 0, 1000},
	    {PASS_BADGE, -1, 1000},
	    {PASS_BADGE, INT64_MIN, INT64_MAX},
	    {PASS_BADGE, 1000, 1000},
	    {PASS_BADGE, 1000, 999},
	    {PASS_BADGE, 1000, INT64_MIN},
	    {PASS_BADGE, 0, (int64_t)UINT32_MAX * 1000 + 1},
	    {PASS_BADGE, INT64_MAX - 1, INT64_MAX},
	};
	struct err e = {0};
	char text[PASS_TEXT_SZ] = "x";
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct pass p = invitation;
		p.kind = (enum pass_kind)bad[i].kind;
		p.not_before_ms = bad[i].not_before_ms;
		p.expiry_ms = bad[i].expiry_ms;
		assert_int_equal(pass_sign(text, &p, ring, &e), ERR_INPUT);
		assert_string_equal(text, "");
	}
	help_unlink(dir, "pass-001.key");
	struct pass_ring *blind = help_ring(dir);
	assert_int_equal(pass_sign(text, &invitation, blind, &e), ERR_CONFIG);
	enum pass_layout l;
	struct pass p;
	assert_int_equal(pass_read(&p, &l, INVITATION, PASS_TEXT_SZ - 1, blind, &noon), PASS_GOOD);
	pass_ring_free(blind);
}

static void token__read__fills_the_pass(void **state)
{
	(void)state;
	struct pass p;
	enum pass_layout l = PASS_LAYOUT_FR;
	memset(&p, 0xff, sizeof p);
	assert_int_equal(pass_read(&p, &l, INVITATION, strlen(INVITATION), ring, &noon), PASS_GOOD);
	assert_int_equal(l, PASS_LAYOUT_US);
	assert_int_equal(p.key_id, 1);
	assert_int_equal(p.kind, PASS_INVITATION);
	assert_int_equal(p.site, 7);
	assert_memory_equal(p.id, invitation.id, sizeof p.id);
	assert_int_equal(p.not_before_ms, NOT_BEFORE);
	assert_int_equal(p.expiry_ms, EXPIRY);

	char lower[PASS_TEXT_SZ];
	for (size_t i = 0; i < sizeof lower; i++)
		lower[i] = (char)tolower(INVITATION[i]);
	assert_int_equal(read_text(lower), PASS_GOOD);
	for (size_t i = 0; i < sizeof lower; i += 2)
		lower[i] = INVITATION[i];
	assert_int_equal(read_text(lower), PASS_GOOD);
}

/* One fault at a time, then each fault with all that come after it: the earlier one is the answer. */
static void token__read__verdicts_in_their_order(void **state)
{
	(void)state;
	uint8_t facts[20];
	char text[PASS_TEXT_SZ];
	struct pass p;
	enum pass_layout l;
	const struct pass_window early = {8, 0, 0, 0}, late = {8, INT64_MAX, 0, 0};
	const struct pass_window windows[] = {noon, early, late};
	for (size_t i = 0; i < 3; i++) {
		const struct pass_window *w = &windows[i];
		memset(&p, 0xff, sizeof p);
		assert_int_equal(pass_read(&p, &l, "FOYER", 5, ring, w), PASS_NOT_A_PASS);

		facts_of_invitation(facts);
		facts[0] = 2;
		facts[1] = 9;
		facts[2] = 3;
		craft(text, facts);
		assert_int_equal(pass_read(&p, &l, text, 140, ring, w), PASS_BAD_VERSION);
		facts[0] = 1;
		craft(text, facts);
		assert_int_equal(pass_read(&p, &l, text, 140, ring, w), PASS_UNKNOWN_KEY);
		facts[1] = 0;
		craft(text, facts);
		assert_int_equal(pass_read(&p, &l, text, 140, ring, w), PASS_UNKNOWN_KEY);
		facts[1] = 1;
		craft(text, facts);
		text[100] = text[100] == 'A' ? 'B' : 'A';
		assert_int_equal(pass_read(&p, &l, text, 140, ring, w), PASS_FORGED);
		static const struct pass zero;
		assert_memory_equal(&p, &zero, sizeof p); /* nothing of an unsigned thing is told */
		craft(text, facts);
		assert_int_equal(pass_read(&p, &l, text, 140, ring, w), PASS_BAD_KIND);
		assert_int_equal(p.kind, 3);
		assert_int_equal(p.site, 7);
		facts[2] = 0;
		craft(text, facts);
		assert_int_equal(pass_read(&p, &l, text, 140, ring, w), PASS_BAD_KIND);
	}
	assert_int_equal(read_text(THIRD_KIND), PASS_BAD_KIND);
	assert_int_equal(pass_read(&p, &l, INVITATION, 140, ring, &early), PASS_OTHER_SITE);
	assert_int_equal(pass_read(&p, &l, INVITATION, 140, ring, &late), PASS_OTHER_SITE);
	assert_int_equal(p.site, 7);
	facts_of_invitation(facts);
	memset(facts + 12, 0xff, 4); /* from 2106 until 2026: never good; early is asked first */
	craft(text, facts);
	assert_int_equal(read_text(text), PASS_TOO_EARLY);
}

static enum pass_verdict read_at(int64_t now_ms, int64_t early_ms, int64_t late_ms)
{
	struct pass p;
	enum pass_layout l;
	const struct pass_window w = {
	    .site = 7, .now_ms = now_ms, .early_ms = early_ms, .late_ms = late_ms};
	enum pass_verdict v = pass_read(&p, &l, INVITATION, 140, ring, &w);
	assert_int_equal(p.expiry_ms, EXPIRY);
	return v;
}

static void token__read__windows(void **state)
{
	(void)state;
	assert_int_equal(read_at(NOT_BEFORE - 1, 0, 0), PASS_TOO_EARLY);
	assert_int_equal(read_at(NOT_BEFORE, 0, 0), PASS_GOOD);
	assert_int_equal(read_at(EXPIRY - 1, 0, 0), PASS_GOOD);
	assert_int_equal(read_at(EXPIRY, 0, 0), PASS_EXPIRED);
	assert_int_equal(read_at(NOT_BEFORE - 1001, 1000, 0), PASS_TOO_EARLY);
	assert_int_equal(read_at(NOT_BEFORE - 1000, 1000, 0), PASS_GOOD);
	assert_int_equal(read_at(EXPIRY + 999, 0, 1000), PASS_GOOD);
	assert_int_equal(read_at(EXPIRY + 1000, 0, 1000), PASS_EXPIRED);
	assert_int_equal(read_at(NOT_BEFORE, -1, 0), PASS_TOO_EARLY);
	assert_int_equal(read_at(EXPIRY - 1, 0, -1), PASS_EXPIRED);
	assert_int_equal(read_at(INT64_MIN, 0, 0), PASS_TOO_EARLY);
	assert_int_equal(read_at(INT64_MAX, 0, 0), PASS_EXPIRED);
	assert_int_equal(read_at(0, INT64_MAX, 0), PASS_GOOD);
	assert_int_equal(read_at(INT64_MIN, INT64_MAX, 0), PASS_TOO_EARLY);
	assert_int_equal(read_at(INT64_MAX - 1, 0, INT64_MAX), PASS_GOOD);
	assert_int_equal(read_at(NOT_BEFORE, INT64_MIN, 0), PASS_TOO_EARLY);
	assert_int_equal(read_at(EXPIRY, 0, INT64_MIN), PASS_EXPIRED);
}

/* Every character changed to every other byte, dropped, doubled: never good. */
static void token__read__no_mutation_is_good(void **state)
{
	(void)state;
	char text[PASS_TEXT_SZ + 1];
	int forged = 0;
	for (size_t i = 0; i < 140; i++) {
		for (int c = 0; c < 256; c++) {
			if (toupper(c) == INVITATION[i] && c < 128)
				continue;
			memcpy(text, INVITATION, PASS_TEXT_SZ);
			text[i] = (char)c;
			struct pass p;
			enum pass_layout l;
			enum pass_verdict v = pass_read(&p, &l, text, 140, ring, &noon);
			assert_int_not_equal(v, PASS_GOOD);
			assert_true(v < PASS_BAD_KIND);
			forged += v == PASS_FORGED;
		}
		memcpy(text, INVITATION, i);
		memcpy(text + i, INVITATION + i + 1, 140 - i);
		assert_int_equal(read_text(text), PASS_NOT_A_PASS);
		memcpy(text, INVITATION, i + 1);
		memcpy(text + i + 1, INVITATION + i, 141 - i);
		assert_int_equal(read_text(text), PASS_NOT_A_PASS);
	}
	/* 132 characters of facts and signature, over 55 other letters (in both cases) and digits each. */
	assert_true(forged > 7000);
}

/* RFC 8032 §5.1.7: S must be below the group's order, or anyone could make a second text of a pass. */
static void token__read__second_signature_of_the_same_is_refused(void **state)
{
	(void)state;
	static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6,
	    0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
	uint8_t raw[PASS_BYTES];
	char text[PASS_TEXT_SZ] = "FOYER";
	assert_true(base32_decode(raw, sizeof raw, INVITATION + 5, 135));
	unsigned carry = 0;
	for (int i = 0; i < 32; i++) {
		carry += (unsigned)raw[52 + i] + order[i];
		raw[52 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	base32_encode(text + 5, raw, sizeof raw);
	assert_int_equal(read_text(text), PASS_FORGED);
}

static void token__read__any_bytes(void **state)
{
	(void)state;
	static const char *const strange[] = {"", " ", "FOYER", "foyer", "\n", "\x1b[2J",
	    "\x1b]0;t\x07", "' OR 1=1 --", "%_;=", "\xff\xfe", "\xe2\x80\xae" INVITATION,
	    "\xe2\x80\x8b" INVITATION, INVITATION "\n", INVITATION "\r\n", " " INVITATION,
	    INVITATION INVITATION, INVITATION "=", "\xef\xbb\xbf" INVITATION, "\x1b" INVITATION,
	    "FOYER-" INVITATION, "X7K2-9QMN"};
	for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++)
		assert_int_equal(read_text(strange[i]), PASS_NOT_A_PASS);

	struct pass p;
	enum pass_layout l;
	assert_int_equal(pass_read(&p, &l, NULL, 0, ring, &noon), PASS_NOT_A_PASS);
	assert_int_equal(pass_read(&p, &l, INVITATION "\0", 141, ring, &noon), PASS_NOT_A_PASS);
	assert_int_equal(pass_read(&p, &l, "\0" INVITATION, 141, ring, &noon), PASS_NOT_A_PASS);
	static char huge[10000];
	memset(huge, 'A', sizeof huge);
	assert_int_equal(pass_read(&p, &l, huge, sizeof huge, ring, &noon), PASS_NOT_A_PASS);
	memcpy(huge, INVITATION, 140);
	assert_int_equal(pass_read(&p, &l, huge, sizeof huge, ring, &noon), PASS_NOT_A_PASS);
	memset(huge, 0, sizeof huge);
	assert_int_equal(pass_read(&p, &l, huge, sizeof huge, ring, &noon), PASS_NOT_A_PASS);
	/* The three bits that 84 bytes leave over must be 0. */
	char text[PASS_TEXT_SZ] = INVITATION;
	text[139] = 'Z';
	assert_int_equal(read_text(text), PASS_NOT_A_PASS);
}

enum typing { AS_IS, LOWER, CAPS_LOCK, SHIFT_LOCK, TYPING_COUNT };

/* Type text under a layout in one of the ways a scanner and a Caps Lock key make of it. */
static void scramble(
    char *dst, size_t dst_sz, const char *text, enum pass_layout l, enum typing how)
{
	static const struct {
		const char *from, *to;
	} caps[] = {{"é", "É"}, {"è", "È"}, {"ç", "Ç"}, {"à", "À"}};
	char sent[PASS_TEXT_SZ];
	for (size_t i = 0; i < sizeof sent; i++) {
		const char *digit = how == SHIFT_LOCK && isdigit(text[i])
					? strchr("0)1!2@3#4$5%6^7&8*9(", text[i])
					: NULL;
		sent[i] =
		    digit != NULL ? digit[1] : (char)(how != AS_IS ? tolower(text[i]) : text[i]);
	}
	assert_true(help_type(dst, dst_sz, sent, l));
	for (size_t i = 0; how == CAPS_LOCK && i < sizeof caps / sizeof caps[0]; i++) {
		for (char *at; (at = strstr(dst, caps[i].from)) != NULL;)
			memcpy(at, caps[i].to, strlen(caps[i].to));
	}
}

static void token__read__undoes_every_layout(void **state)
{
	(void)state;
	struct random_fake fake = {.state = 42};
	struct random random = random_of_fake(&fake);
	for (int n = 0; n < 60; n++) {
		struct pass sent = invitation, got;
		char text[PASS_TEXT_SZ], shown[4 * PASS_TEXT_SZ];
		random_fill(&random, sent.id, sizeof sent.id);
		sent.kind = n % 2 == 0 ? PASS_BADGE : PASS_INVITATION;
		assert_int_equal(pass_sign(text, &sent, ring, NULL), ERR_OK);
		for (int l = 0; l < PASS_LAYOUT_COUNT; l++) {
			for (int how = AS_IS; how < TYPING_COUNT; how++) {
				if (how == SHIFT_LOCK && l != PASS_LAYOUT_FR)
					continue; /* elsewhere the lock leaves digits alone */
				enum pass_layout undone;
				scramble(shown, sizeof shown, text, (enum pass_layout)l,
				    (enum typing)how);
				assert_int_equal(
				    pass_read(&got, &undone, shown, strlen(shown), ring, &noon),
				    PASS_GOOD);
				/* UK types letters and digits like US. */
				assert_int_equal(undone, l == PASS_LAYOUT_UK ? PASS_LAYOUT_US : l);
				assert_memory_equal(got.id, sent.id, sizeof got.id);
				assert_int_equal(got.kind, sent.kind);
			}
		}
	}
}

static void token__read__forged_under_every_layout(void **state)
{
	(void)state;
	char text[PASS_TEXT_SZ] = INVITATION, shown[4 * PASS_TEXT_SZ];
	text[60] = text[60] == '5' ? '4' : '5';
	for (int l = 0; l < PASS_LAYOUT_COUNT; l++) {
		struct pass p;
		enum pass_layout undone;
		scramble(shown, sizeof shown, text, (enum pass_layout)l, AS_IS);
		assert_int_equal(
		    pass_read(&p, &undone, shown, strlen(shown), ring, &noon), PASS_FORGED);
		assert_int_equal(undone, l == PASS_LAYOUT_UK ? PASS_LAYOUT_US : l);
	}
}

/* An invitation outlives the key that signed it by rotation, not by deletion. */
static void token__read__rotation(void **state)
{
	(void)state;
	uint8_t id;
	char newer[PASS_TEXT_SZ];
	struct pass p;
	enum pass_layout l;
	assert_int_equal(pass_key_new(dir, &id, NULL), ERR_OK);
	struct pass_ring *two = help_ring(dir);
	assert_int_equal(pass_sign(newer, &invitation, two, NULL), ERR_OK);
	assert_int_equal(pass_read(&p, &l, newer, 140, two, &noon), PASS_GOOD);
	assert_int_equal(p.key_id, 2);
	assert_int_equal(pass_read(&p, &l, INVITATION, 140, two, &noon), PASS_GOOD);
	assert_int_equal(p.key_id, 1);
	assert_int_equal(read_text(newer), PASS_UNKNOWN_KEY); /* the ring that was read before */
	pass_ring_free(two);
	help_unlink(dir, "pass-001.key");
	help_unlink(dir, "pass-001.pub");
	two = help_ring(dir);
	assert_int_equal(pass_read(&p, &l, INVITATION, 140, two, &noon), PASS_UNKNOWN_KEY);
	assert_int_equal(pass_read(&p, &l, newer, 140, two, &noon), PASS_GOOD);
	pass_ring_free(two);
}

static void token__verdict__names(void **state)
{
	(void)state;
	static const char *const names[] = {"good", "not-a-pass", "bad-version", "unknown-key",
	    "forged", "bad-kind", "other-site", "too-early", "expired"};
	for (int v = PASS_GOOD; v <= PASS_EXPIRED; v++)
		assert_string_equal(pass_verdict_name((enum pass_verdict)v), names[v]);
	assert_string_equal(pass_verdict_name((enum pass_verdict)99), "?");
}

static void token__code__is_how_the_id_begins(void **state)
{
	(void)state;
	char code[CODE_SZ];
	const uint8_t id[PASS_ID_BYTES] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xff, 0xff, 0xff};
	pass_code(code, id);
	assert_string_equal(code, "04HMASW9"); /* base32__code__prints_and_cleans */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(token__sign__vectors),
	    TEST(token__sign__rounds_outwards),
	    TEST(token__sign__refuses),
	    TEST(token__read__fills_the_pass),
	    TEST(token__read__verdicts_in_their_order),
	    TEST(token__read__windows),
	    TEST(token__read__no_mutation_is_good),
	    TEST(token__read__second_signature_of_the_same_is_refused),
	    TEST(token__read__any_bytes),
	    TEST(token__read__undoes_every_layout),
	    TEST(token__read__forged_under_every_layout),
	    TEST(token__read__rotation),
	    cmocka_unit_test(token__verdict__names),
	    cmocka_unit_test(token__code__is_how_the_id_begins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
