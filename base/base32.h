/*
 * Two alphabets of five bits a character: RFC 4648 base32 without padding, for the pass (letters and 2-7, QR alphanumeric), and
 * Crockford's, for codes that people type (no I, L, O, U; the first three read as 1, 1, 0).
 */
#ifndef BASE_BASE32_H
#define BASE_BASE32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters for n bytes, without the NUL. */
#define BASE32_LEN(n) (((n)*8 + 4) / 5)

void base32_encode(char *dst, const uint8_t *src, size_t n); /* upper case, NUL at the end */
/* Exactly n bytes from exactly BASE32_LEN(n) characters, any case; false for anything else, also for left-over bits that are not 0. */
bool base32_decode(uint8_t *dst, size_t n, const char *src, size_t len);

/* Codes: 8 Crockford characters, 40 bits. Typed with spaces, hyphens and any case. */
enum { CODE_SZ = 9 };
void code_print(char dst[CODE_SZ], uint64_t bits40);
bool code_clean(char dst[CODE_SZ], const char *typed); /* normalises; false if it is no code */
/* Of a clean one; false, and 0, if it is none. */
bool code_bits(uint64_t *bits40, const char *code);

#endif
