/*
 * Bounded strings and memory that cannot fail: the copies every room uses instead of strcpy and malloc.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Copy src into dst[dst_sz], always terminated, never splitting a UTF-8 sequence. True if all of it fitted. */
bool str_copy(char *dst, size_t dst_sz, const char *src);

/* Print into dst[dst_sz], always terminated. True if all of it fitted. */
bool str_print(char *dst, size_t dst_sz, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Whole strings equal; either may be NULL (equal only to NULL). */
bool str_eq(const char *a, const char *b);

bool str_starts(const char *s, const char *prefix);

/* Constant-time comparison of n bytes, for secrets. */
bool str_same_secret(const void *a, const void *b, size_t n);

/* Growing byte buffer. Start from STR_BUF_INIT; str_buf_fini clears and frees. data is NUL-terminated after any add.
 * An add beyond max (0: 16 MiB) returns false and leaves the buffer as it was. */
struct str_buf {
	char *data;
	size_t len, cap, max;
};
#define STR_BUF_INIT                                                                               \
	{                                                                                          \
		0                                                                                  \
	}
bool str_buf_add(struct str_buf *b, const void *bytes, size_t n);
bool str_buf_print(struct str_buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Drop the first n bytes. */
void str_buf_shift(struct str_buf *b, size_t n);
void str_buf_clear(struct str_buf *b);
void str_buf_fini(struct str_buf *b);

/* Memory that is there or the program aborts. Zeroed; free() frees. */
void *mem_new(size_t n, size_t size);
void *mem_grow(void *own_p, size_t n, size_t size);
char *mem_strdup(const char *s);
/* For a library that says so of itself: "out of memory" in the log, and the end. */
void mem_out(void) __attribute__((noreturn));

#endif
