#include "base/uuid.h"

#include <stddef.h>
#include <string.h>

enum { COUNTER_MAX = 0xfff };
static const int64_t MS_MAX = 0xffffffffffff; /* 48 bits */

/*
 * RFC 9562 §5.7: 48 bits of milliseconds, version 7, rand_a, variant 10, 62 random bits. rand_a is the counter of §6.2
 * method 1: it starts random in its lower half in each new millisecond and is raised by one within it; when it runs
 * over, the id borrows the next millisecond.
 */
struct uuid uuid_new(struct uuid_gen *g, int64_t now_ms)
{
	uint8_t rnd[10];
	random_fill(&g->random, rnd, sizeof rnd);
	if (now_ms > g->last_ms) {
		g->last_ms = now_ms > MS_MAX ? MS_MAX : now_ms;
		g->counter = (uint16_t)((rnd[8] << 8 | rnd[9]) & (COUNTER_MAX >> 1));
	} else if (g->counter < COUNTER_MAX) {
		g->counter++;
	} else {
		g->last_ms++;
		g->counter = (uint16_t)((rnd[8] << 8 | rnd[9]) & (COUNTER_MAX >> 1));
	}

	struct uuid u;
	for (int i = 0; i < 6; i++)
		u.b[i] = (uint8_t)((uint64_t)g->last_ms >> (40 - 8 * i));
	u.b[6] = (uint8_t)(0x70 | g->counter >> 8);
	u.b[7] = (uint8_t)g->counter;
	memcpy(u.b + 8, rnd, 8);
	u.b[8] = (uint8_t)(0x80 | (u.b[8] & 0x3f));
	return u;
}

static bool is_dash(int text_pos)
{
	return text_pos == 8 || text_pos == 13 || text_pos == 18 || text_pos == 23;
}

const char *uuid_print(char dst[UUID_TEXT_SZ], const struct uuid *u)
{
	static const char hex[] = "0123456789abcdef";
	char *p = dst;
	for (int i = 0; i < 16; i++) {
		if (is_dash((int)(p - dst)))
			*p++ = '-';
		*p++ = hex[u->b[i] >> 4];
		*p++ = hex[u->b[i] & 15];
	}
	*p = '\0';
	return dst;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool uuid_parse(struct uuid *u, const char *s)
{
	if (strnlen(s, UUID_TEXT_SZ) != UUID_TEXT_SZ - 1)
		return false;
	struct uuid out;
	int at = 0;
	for (int i = 0; i < 16; i++) {
		if (is_dash(at) && s[at++] != '-')
			return false;
		int hi = nibble(s[at]), lo = nibble(s[at + 1]);
		if (hi < 0 || lo < 0)
			return false;
		out.b[i] = (uint8_t)(hi << 4 | lo);
		at += 2;
	}
	*u = out;
	return true;
}

bool uuid_eq(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool uuid_is_nil(const struct uuid *u)
{
	static const struct uuid nil;
	return uuid_eq(u, &nil);
}

int64_t uuid_ms(const struct uuid *u)
{
	int64_t ms = 0;
	for (int i = 0; i < 6; i++)
		ms = ms << 8 | u->b[i];
	return ms;
}
