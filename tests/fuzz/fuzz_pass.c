// rooms: pass base
/*
 * pass_read and pass_layout_undo on any bytes, and pass_sign on any facts. What is read as signed must be, character for character, the one
 * text that pass_sign makes of these facts: no second text of a pass may hold.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/str.h"
#include "pass/token.h"

/* The key of tests/unit/pass/help.h, which signed the corpus. */
#define SEED "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define PUBLIC "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct pass_ring *test_ring(void)
{
	char dir[PATH_MAX], key[PATH_MAX], pub[PATH_MAX];
	const char *tmp = getenv("TMPDIR");
	struct pass_ring *ring = NULL;
	must(str_print(dir, sizeof dir, "%s/fuzz-pass.XXXXXX", tmp != NULL ? tmp : "/tmp") &&
	     mkdtemp(dir) != NULL);
	must(path_join(key, dir, "pass-001.key", NULL) == ERR_OK &&
	     path_join(pub, dir, "pass-001.pub", NULL) == ERR_OK);
	must(path_write(key, SEED, sizeof SEED - 1, 0400, NULL) == ERR_OK);
	must(path_write(pub, PUBLIC, sizeof PUBLIC - 1, 0444, NULL) == ERR_OK);
	must(pass_ring_load(&ring, dir, NULL) == ERR_OK);
	must(unlink(key) == 0 && unlink(pub) == 0 && rmdir(dir) == 0);
	return ring;
}

static bool same(const struct pass *a, const struct pass *b)
{
	return a->key_id == b->key_id && a->kind == b->kind && a->site == b->site &&
	       memcmp(a->id, b->id, sizeof a->id) == 0 && a->not_before_ms == b->not_before_ms &&
	       a->expiry_ms == b->expiry_ms;
}

static void check_read(const char *text, size_t len, const struct pass_ring *ring)
{
	static const struct pass zero;
	const struct pass_window w = {
	    .site = 7, .now_ms = INT64_C(1767229200000), .early_ms = 60000, .late_ms = 60000};
	struct pass p, again;
	enum pass_layout l, other;
	char canonical[PASS_TEXT_SZ], us[PASS_TEXT_SZ];
	enum pass_verdict v = pass_read(&p, &l, text, len, ring, &w);
	must(strcmp(pass_verdict_name(v), "?") != 0 && l != PASS_LAYOUT_UK);
	if (v != PASS_GOOD && v < PASS_BAD_KIND) {
		must(memcmp(&p, &zero, sizeof p) == 0);
		return;
	}
	if (v == PASS_BAD_KIND || p.expiry_ms <= p.not_before_ms)
		return; /* signed, but not by pass_sign */
	must(pass_sign(canonical, &p, ring, NULL) == ERR_OK);
	must(pass_read(&again, &other, canonical, strlen(canonical), ring, &w) == v &&
	     other == PASS_LAYOUT_US && same(&p, &again));
	if (l != PASS_LAYOUT_FR) /* whose digits may come in two ways */
		must(pass_layout_undo(us, sizeof us, text, len, l) &&
		     strcasecmp(us, canonical) == 0);
}

static void check_undo(const char *text, size_t len)
{
	char *us = malloc(len + 1);
	must(us != NULL);
	for (int l = 0; l < PASS_LAYOUT_COUNT; l++) {
		if (!pass_layout_undo(us, len + 1, text, len, (enum pass_layout)l)) {
			must(us[0] == '\0');
			continue;
		}
		must(strlen(us) <= len &&
		     (l != PASS_LAYOUT_US || (strlen(us) == len && memcmp(us, text, len) == 0)));
		for (const char *c = us; *c != '\0'; c++)
			must((unsigned char)*c < 0x7f);
	}
	free(us);
}

static void check_sign(const uint8_t *data, size_t len, const struct pass_ring *ring)
{
	uint8_t raw[26] = {0};
	struct pass p = {0}, back;
	enum pass_layout l;
	char text[PASS_TEXT_SZ];
	memcpy(raw, data, len < sizeof raw ? len : sizeof raw);
	p.kind = (enum pass_kind)raw[0];
	p.site = raw[1];
	memcpy(p.id, raw + 2, sizeof p.id);
	memcpy(&p.not_before_ms, raw + 10, sizeof p.not_before_ms);
	memcpy(&p.expiry_ms, raw + 18, sizeof p.expiry_ms);
	if (pass_sign(text, &p, ring, NULL) != ERR_OK) {
		must(text[0] == '\0');
		return;
	}
	must(strlen(text) == PASS_TEXT_SZ - 1);
	const struct pass_window w = {.site = p.site, .now_ms = p.not_before_ms};
	must(
	    pass_read(&back, &l, text, strlen(text), ring, &w) == PASS_GOOD && l == PASS_LAYOUT_US);
	must(back.not_before_ms <= p.not_before_ms && p.not_before_ms - back.not_before_ms < 1000);
	must(back.expiry_ms >= p.expiry_ms && back.expiry_ms - p.expiry_ms < 1000);
	must(back.kind == p.kind && memcmp(back.id, p.id, sizeof p.id) == 0 && back.key_id == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct pass_ring *ring;
	if (ring == NULL)
		ring = test_ring();
	check_read((const char *)data, len, ring);
	check_undo((const char *)data, len);
	check_sign(data, len, ring);
	return 0;
}
