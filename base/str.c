#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum { BUF_MAX = 16 * 1024 * 1024, BUF_FIRST = 256 };

/* s[n] is about to be cut off: step back so that no UTF-8 sequence is split. */
static size_t cut_before(const char *s, size_t n)
{
	size_t k = n;
	while (k > 0 && n - k < 3 && ((unsigned char)s[k] & 0xc0) == 0x80)
		k--;
	/* Not the middle of a sequence after all: stray continuation bytes are cut where they stand. */
	return ((unsigned char)s[k] & 0xc0) == 0xc0 ? k : n;
}

bool str_copy(char *dst, size_t dst_sz, const char *src)
{
	if (dst_sz == 0)
		return false;
	size_t n = strnlen(src, dst_sz);
	bool whole = n < dst_sz;
	if (!whole)
		n = cut_before(src, dst_sz - 1);
	memmove(dst, src, n);
	dst[n] = '\0';
	return whole;
}

bool str_print(char *dst, size_t dst_sz, const char *fmt, ...)
{
	if (dst_sz == 0)
		return false;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(dst, dst_sz, fmt, ap);
	va_end(ap);
	if (n < 0) {
		dst[0] = '\0';
		return false;
	}
	if ((size_t)n < dst_sz)
		return true;
	/* The byte that would follow is gone: a lead byte near the end tells whether its sequence is whole. */
	size_t end = dst_sz - 1, k = end;
	while (k > 0 && end - k < 4) {
		unsigned char c = (unsigned char)dst[--k];
		if (c < 0x80)
			break;
		if (c >= 0xc0) {
			size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
			if (end - k < need)
				dst[k] = '\0';
			break;
		}
	}
	return false;
}

bool str_eq(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_same_secret(const void *a, const void *b, size_t n)
{
	const volatile unsigned char *x = a, *y = b;
	unsigned char diff = 0;
	for (size_t i = 0; i < n; i++)
		diff |= (unsigned char)(x[i] ^ y[i]);
	return diff == 0;
}

/* Room for n more bytes and the NUL. The old block is cleared before it is freed: it may hold a secret. */
static bool buf_room(struct str_buf *b, size_t n)
{
	size_t max = b->max != 0 ? b->max : (size_t)BUF_MAX;
	if (b->len > max || n > max - b->len)
		return false;
	size_t need = b->len + n + 1;
	if (need <= b->cap)
		return true;
	size_t cap = b->cap != 0 ? b->cap : (size_t)BUF_FIRST;
	while (cap < need)
		cap *= 2;
	char *data = mem_new(cap, 1);
	if (b->data != NULL) {
		memcpy(data, b->data, b->len);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	b->data = data;
	b->cap = cap;
	return true;
}

bool str_buf_add(struct str_buf *b, const void *bytes, size_t n)
{
	if (!buf_room(b, n))
		return false;
	if (n > 0)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
	return true;
}

bool str_buf_print(struct str_buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !buf_room(b, (size_t)n))
		return false;
	va_start(ap, fmt);
	(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
	return true;
}

void str_buf_shift(struct str_buf *b, size_t n)
{
	if (n == 0 || b->data == NULL)
		return;
	if (n > b->len)
		n = b->len;
	memmove(b->data, b->data + n, b->len - n + 1);
	b->len -= n;
}

void str_buf_clear(struct str_buf *b)
{
	if (b->data != NULL) {
		explicit_bzero(b->data, b->cap);
		b->len = 0;
	}
}

void str_buf_fini(struct str_buf *b)
{
	str_buf_clear(b);
	free(b->data);
	b->data = NULL;
	b->len = b->cap = 0;
}

void mem_out(void)
{
	log_bug("out of memory");
}

static void *or_abort(void *p)
{
	if (p == NULL)
		mem_out();
	return p;
}

void *mem_new(size_t n, size_t size)
{
	if (n == 0 || size == 0)
		n = size = 1;
	return or_abort(calloc(n, size));
}

void *mem_grow(void *own_p, size_t n, size_t size)
{
	if (n == 0 || size == 0)
		n = size = 1;
	return or_abort(reallocarray(own_p, n, size));
}

char *mem_strdup(const char *s)
{
	return or_abort(strdup(s));
}
