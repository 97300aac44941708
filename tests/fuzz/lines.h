/* For harnesses whose input is a script, a line a step: libFuzzer's mutator that takes whole lines. It hides where a line is cut. */
#ifndef TESTS_FUZZ_LINES_H
#define TESTS_FUZZ_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Half of the time libFuzzer's own changes of bytes; else a line that invent writes is put in, or one is taken out or said twice. As
 * LLVMFuzzerCustomMutator: the new size. */
size_t lines_mutate(uint8_t *data, size_t size, size_t max, unsigned seed,
    void (*invent)(struct str_buf *out, unsigned seed));

/* The next line of [*at, end) without its LF; false at the end. */
int lines_next(const char **at, const char *end, const char **line, size_t *len);

#endif
