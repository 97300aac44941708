/*
 * Random bytes as a parameter: the kernel's (getrandom(2)) or, in a test, a counted stream.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
	void (*fill)(void *arg, void *dst, size_t n);
	void *arg;
};
struct random random_system(void); /* aborts if the kernel has none */

struct random_fake {
	uint64_t state; /* seed, not 0 */
};
struct random random_of_fake(struct random_fake *f); /* splitmix64: repeatable, never for secrets */

void random_fill(const struct random *r, void *dst, size_t n);

/* 0 <= x < bound, without bias. */
uint32_t random_below(const struct random *r, uint32_t bound);

#endif
