#include "tests/fuzz/lines.h"

#include <string.h>

/* libFuzzer's; a replay has none, and never mutates. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

int lines_next(const char **at, const char *end, const char **line, size_t *len)
{
	if (*at >= end)
		return 0;
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));
	*line = *at;
	*len = (size_t)((lf != NULL ? lf : end) - *at);
	*at = lf != NULL ? lf + 1 : end;
	return 1;
}

enum { INVENT, INVENT_TOO, TAKE_OUT, TWICE, WAYS };

size_t lines_mutate(uint8_t *data, size_t size, size_t max, unsigned seed,
    void (*invent)(struct str_buf *out, unsigned seed))
{
	if (seed % 2 == 0)
		return LLVMFuzzerMutate(data, size, max);
	const char *at = (const char *)data, *end = at + size, *line;
	struct str_buf out = STR_BUF_INIT;
	size_t len;
	unsigned n = 0, way = seed / 2 % WAYS;
	for (size_t i = 0; i < size; i++)
		n += data[i] == '\n';
	const unsigned chosen = seed / 8 % (n + 1);
	for (n = 0; lines_next(&at, end, &line, &len); n++) {
		if (n == chosen && way <= INVENT_TOO)
			invent(&out, seed / 64);
		for (int k = n == chosen && way == TAKE_OUT ? 1 : 0;
		     k < (n == chosen && way == TWICE ? 2 : 1); k++) {
			(void)str_buf_add(&out, line, len);
			(void)str_buf_add(&out, "\n", 1);
		}
	}
	if (chosen >= n)
		invent(&out, seed / 64);
	if (out.len > 0 && out.len <= max) {
		memcpy(data, out.data, out.len);
		size = out.len;
	}
	str_buf_fini(&out);
	return size;
}
