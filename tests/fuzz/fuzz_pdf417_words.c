// rooms: scan pass base
/*
 * The codewords of a symbol, from anybody. The first byte says what the rest is: codewords as they stand, which mean something or nothing but stay
 * within their bounds; bytes or digits, which come back as they were; a symbol's codewords with damage, which is put right or told.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scan/pdf417_correct.h"
#include "scan/pdf417_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { P = 929, RAW = 0, BYTES, DIGITS, DAMAGED, KINDS };

static struct pdf417_text text;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check(enum err_code code)
{
	must(code == ERR_OK || code == ERR_PROTOCOL || code == ERR_UNSUPPORTED ||
	     code == ERR_TOO_LONG);
	must(text.len <= PDF417_BYTES_MAX && text.n_eci >= 0 && text.n_eci <= ECI_MARKS_MAX);
	for (int i = 0; i < text.n_eci && code == ERR_OK; i++)
		must(text.eci[i].at <= text.len && text.eci[i].number >= 0 &&
		     text.eci[i].number <= 811799);
}

static void raw(const uint8_t *data, size_t len)
{
	uint16_t words[PDF417_LENGTH_MAX];
	int n = 0;
	for (size_t i = 0; i + 1 < len && n < PDF417_LENGTH_MAX; i += 2)
		words[n++] = (uint16_t)((data[i] | data[i + 1] << 8) % P);
	check(pdf417_text(&text, words, n));
}

/* ISO/IEC 15438, annex C. */
static void bytes(const uint8_t *data, size_t len)
{
	uint16_t words[PDF417_LENGTH_MAX];
	int n = 0;
	len = len < 1000 ? len : 1000;
	words[n++] = len % 6 == 0 ? 924 : 901;
	size_t i = 0;
	for (; i + 6 <= len; i += 6) {
		uint64_t v = 0;
		for (int k = 0; k < 6; k++)
			v = v << 8 | data[i + (size_t)k];
		for (int k = 4; k >= 0; k--, v /= 900)
			words[n + k] = (uint16_t)(v % 900);
		n += 5;
	}
	for (; i < len; i++)
		words[n++] = data[i];
	must(pdf417_text(&text, words, n) == ERR_OK);
	must(text.len == len && memcmp(text.bytes, data, len) == 0);
}

/* Annex D: base 10 to base 900, by long division. */
static int number(const uint8_t *digits, size_t n, uint16_t *words)
{
	uint8_t left[45] = {1};
	int count = 0, all = (int)n + 1;
	uint16_t low_first[15];
	for (size_t i = 0; i < n; i++)
		left[i + 1] = (uint8_t)(digits[i] - '0');
	for (bool any = true; any; count++) {
		unsigned rest = 0;
		any = false;
		for (int i = 0; i < all; i++) {
			rest = rest * 10 + left[i];
			left[i] = (uint8_t)(rest / 900);
			rest %= 900;
			any = any || left[i] != 0;
		}
		/* A quotient's digit is below ten, for what is carried is below 900. */
		low_first[count] = (uint16_t)rest;
	}
	for (int i = 0; i < count; i++)
		words[i] = low_first[count - 1 - i];
	return count;
}

static void digits(const uint8_t *data, size_t len)
{
	uint16_t words[PDF417_LENGTH_MAX];
	uint8_t said[2000];
	int n = 0;
	len = len < sizeof said ? len : sizeof said;
	for (size_t i = 0; i < len; i++)
		said[i] = (uint8_t)('0' + data[i] % 10);
	words[n++] = 902;
	for (size_t i = 0; i < len; i += 44)
		n += number(said + i, len - i < 44 ? len - i : 44, words + n);
	must(pdf417_text(&text, words, n) == ERR_OK);
	must(text.len == len && memcmp(text.bytes, said, len) == 0);
}

/* 5.10, as in any textbook: the check codewords are what division leaves. */
static void put_check(uint16_t *words, int n, int n_check)
{
	unsigned g[PDF417_CHECK_MAX + 1] = {1}, rest[PDF417_CHECK_MAX] = {0}, root = 1;
	for (int i = 1; i <= n_check; i++) {
		root = root * 3 % P;
		for (int k = i; k > 0; k--)
			g[k] = (g[k] + (P - root) * g[k - 1]) % P;
	}
	for (int i = 0; i < n - n_check; i++) {
		const unsigned t = (words[i] + rest[0]) % P;
		for (int k = 0; k < n_check; k++)
			rest[k] = ((k + 1 < n_check ? rest[k + 1] : 0) + (P - t) * g[k + 1]) % P;
	}
	for (int k = 0; k < n_check; k++)
		words[n - n_check + k] = (uint16_t)((P - rest[k]) % P);
}

/* Level, data codewords, then triples of place, how, value. */
static void damaged(const uint8_t *data, size_t len)
{
	uint16_t sent[PDF417_LENGTH_MAX], words[PDF417_LENGTH_MAX];
	bool erased[PDF417_LENGTH_MAX] = {false};
	int errors, n_erased = 0, n_wrong = 0;
	if (len < 3)
		return;
	const int n_check = 2 << data[0] % 6, n_data = 1 + data[1] % 100, n = n_data + n_check;
	for (int i = 0; i < n_data; i++)
		sent[i] = (uint16_t)((i * 131 + data[2] * 7) % P);
	put_check(sent, n, n_check);
	memcpy(words, sent, sizeof words);
	for (size_t i = 3; i + 2 < len; i += 3) {
		const int at = (data[i] | (data[i + 1] & 15) << 8) % n;
		words[at] = (uint16_t)((words[at] + data[i + 2]) % P);
		erased[at] = erased[at] || (data[i + 1] & 16) != 0;
	}
	for (int i = 0; i < n; i++) {
		n_erased += erased[i];
		n_wrong += !erased[i] && words[i] != sent[i];
	}
	const enum err_code code = pdf417_correct(words, n, n_check, erased, &errors);
	if (n_erased + 2 * n_wrong > n_check - 2) {
		must(code == ERR_CORRUPT);
		return;
	}
	must(code == ERR_OK && errors == n_wrong);
	must(memcmp(words, sent, sizeof *words * (size_t)n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 2)
		return 0;
	switch (data[0] % KINDS) {
	case RAW: raw(data + 1, len - 1); break;
	case BYTES: bytes(data + 1, len - 1); break;
	case DIGITS: digits(data + 1, len - 1); break;
	default: damaged(data + 1, len - 1); break;
	}
	return 0;
}
