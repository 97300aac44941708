#include "scan/seen.h"

void seen_next(struct seen *s, int64_t now_ms)
{
	for (int i = 0; i < SEEN_MAX; i++) {
		if (s->codes[i].in_view)
			s->codes[i].last_ms = now_ms;
		s->codes[i].in_view = false;
	}
}

/* FNV-1a (draft-eastlake-fnv): who makes two codes alike hides one of them from himself. */
static uint64_t fingerprint(const uint8_t *code, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < len; i++)
		h = (h ^ code[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* The place of this code, else the one whose code has been gone for longest. */
static struct seen_code *place(struct seen *s, uint64_t hash, size_t len)
{
	struct seen_code *oldest = NULL;
	for (int i = 0; i < SEEN_MAX; i++) {
		struct seen_code *c = &s->codes[i];
		if (c->len == len && c->hash == hash)
			return c;
		if (c->in_view)
			continue;
		if (oldest == NULL || c->len == 0 ||
		    (oldest->len != 0 && c->last_ms < oldest->last_ms))
			oldest = c;
	}
	return oldest;
}

bool seen_take(struct seen *s, const uint8_t *code, size_t len, int64_t now_ms)
{
	uint64_t hash = fingerprint(code, len);
	struct seen_code *c = place(s, hash, len);
	if (c == NULL)
		return false;
	bool known =
	    c->len == len && c->hash == hash && (c->in_view || now_ms - c->last_ms < SEEN_GONE_MS);
	*c = (struct seen_code){.hash = hash, .len = len, .in_view = true, .last_ms = now_ms};
	return !known;
}
