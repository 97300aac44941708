#include "base/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/log.h"

static void system_fill(void *arg, void *dst, size_t n)
{
	(void)arg;
	unsigned char *p = dst;
	while (n > 0) {
		ssize_t r = getrandom(p, n, 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			log_bug("getrandom: the kernel gives no random numbers");
		p += r;
		n -= (size_t)r;
	}
}

struct random random_system(void)
{
	return (struct random){system_fill, NULL};
}

/* splitmix64, Steele, Lea, Flood 2014: public domain constants. */
static uint64_t fake_next(struct random_fake *f)
{
	uint64_t z = (f->state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void fake_fill(void *arg, void *dst, size_t n)
{
	unsigned char *p = dst;
	uint64_t x = 0;
	for (size_t i = 0; i < n; i++) {
		if (i % 8 == 0)
			x = fake_next(arg);
		p[i] = (unsigned char)(x >> (8 * (i % 8)));
	}
}

struct random random_of_fake(struct random_fake *f)
{
	return (struct random){fake_fill, f};
}

void random_fill(const struct random *r, void *dst, size_t n)
{
	r->fill(r->arg, dst, n);
}

uint32_t random_below(const struct random *r, uint32_t bound)
{
	if (bound < 2)
		return 0;
	/* Throw away the first 2^32 mod bound values, so that every remainder is as likely. */
	uint32_t least = (uint32_t)-bound % bound, x;
	do
		random_fill(r, &x, sizeof x);
	while (x < least);
	return x % bound;
}
