#include "base/base32.h"

#include <string.h>

static const char rfc4648[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 §6, no padding */
static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's Base 32 */

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static int value_in(const char *alphabet, char c)
{
	const char *p = c != '\0' ? strchr(alphabet, c) : NULL;
	return p != NULL ? (int)(p - alphabet) : -1;
}

void base32_encode(char *dst, const uint8_t *src, size_t n)
{
	uint32_t acc = 0;
	int bits = 0;
	for (size_t i = 0; i < n; i++) {
		acc = acc << 8 | src[i];
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			*dst++ = rfc4648[acc >> bits & 31];
		}
		acc &= (1u << bits) - 1;
	}
	if (bits > 0)
		*dst++ = rfc4648[acc << (5 - bits) & 31];
	*dst = '\0';
}

bool base32_decode(uint8_t *dst, size_t n, const char *src, size_t len)
{
	if (len != BASE32_LEN(n))
		return false;
	uint32_t acc = 0;
	int bits = 0;
	for (size_t i = 0; i < len; i++) {
		int v = value_in(rfc4648, upper(src[i]));
		if (v < 0)
			return false;
		acc = acc << 5 | (uint32_t)v;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			*dst++ = (uint8_t)(acc >> bits);
		}
		acc &= (1u << bits) - 1;
	}
	return acc == 0;
}

void code_print(char dst[CODE_SZ], uint64_t bits40)
{
	for (int i = 0; i < CODE_SZ - 1; i++)
		dst[i] = crockford[bits40 >> (35 - 5 * i) & 31];
	dst[CODE_SZ - 1] = '\0';
}

bool code_bits(uint64_t *bits40, const char *code)
{
	uint64_t bits = 0;
	bool good = strlen(code) == CODE_SZ - 1;
	for (int i = 0; good && i < CODE_SZ - 1; i++) {
		int v = value_in(crockford, code[i]);
		good = v >= 0;
		bits = bits << 5 | (uint64_t)(good ? v : 0);
	}
	*bits40 = good ? bits : 0;
	return good;
}

bool code_clean(char dst[CODE_SZ], const char *typed)
{
	int n = 0;
	dst[0] = '\0';
	for (const char *p = typed; *p != '\0'; p++) {
		char c = upper(*p);
		if (c == ' ' || c == '-')
			continue;
		if (c == 'I' || c == 'L')
			c = '1';
		else if (c == 'O')
			c = '0';
		if (n == CODE_SZ - 1 || value_in(crockford, c) < 0) {
			explicit_bzero(dst, CODE_SZ);
			return false;
		}
		dst[n++] = c;
	}
	if (n != CODE_SZ - 1) {
		explicit_bzero(dst, CODE_SZ);
		return false;
	}
	dst[n] = '\0';
	return true;
}
