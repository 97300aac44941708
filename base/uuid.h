/*
 * Ids: UUIDv7 (RFC 9562 §5.7), time-ordered, never stepping back within one generator, shown in the standard form.
 */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

struct uuid {
	uint8_t b[16];
};
enum { UUID_TEXT_SZ = 37 };

/* last_ms is what the next id must not fall behind: seed it from the newest id at hand. */
struct uuid_gen {
	struct random random;
	int64_t last_ms;
	uint16_t counter; /* rand_a: 12 bits, raised within one millisecond */
};
struct uuid uuid_new(struct uuid_gen *g, int64_t now_ms);

const char *uuid_print(char dst[UUID_TEXT_SZ], const struct uuid *u);
bool uuid_parse(struct uuid *u, const char *s); /* 8-4-4-4-12 hex, any case, nothing else */
bool uuid_eq(const struct uuid *a, const struct uuid *b);
bool uuid_is_nil(const struct uuid *u);
int64_t uuid_ms(const struct uuid *u);

#endif
