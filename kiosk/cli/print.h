/*
 * Text on its way to a terminal or a pipe. It hides cleaning, wrapping and colours: whatever foyerd
 * answered, no control character, bidi override or escape sequence of it gets out (text_clean);
 * ours are bold and colour alone, on a terminal and without NO_COLOR.
 */
#ifndef KIOSK_CLI_PRINT_H
#define KIOSK_CLI_PRINT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum print_style { PRINT_PLAIN, PRINT_BOLD, PRINT_DIM, PRINT_GOOD, PRINT_WARN, PRINT_BAD };

struct print {
	FILE *f;
	bool tty;
	bool colour;
	int columns; /* of the terminal, or $COLUMNS; 0: no bound */
};
/* What f is at present. */
struct print print_to(FILE *f);

enum { PRINT_LINE_SZ = 4096 };
/* One line out of any bytes, cut at the end of dst. */
void print_clean(char *dst, size_t dst_sz, const char *src);

/* A line, cleaned as a whole and wrapped, after indent spaces. */
void print_line(const struct print *p, int indent, const char *fmt, ...) PRINTF_LIKE(3, 4);
void print_styled(const struct print *p, enum print_style style, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* "  label        value", the value wrapped beside its label. Nothing for an empty value. */
void print_pair(const struct print *p, const char *label, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Some text without an end of line, already clean. */
void print_piece(const struct print *p, enum print_style style, const char *clean);

/* An object of the API as it came, on one line. To a terminal every character beyond ASCII goes
 * as \uXXXX. */
void print_json(const struct print *p, const json_t *v);

/* How a state of a visit or a job reads. */
enum print_style print_style_of(const char *state);

/* Members of an answer; "" and 0 where they are absent or something else. */
const char *print_text(const json_t *o, const char *key);
long long print_int(const json_t *o, const char *key);
bool print_bool(const json_t *o, const char *key);

/* What a noun ends in after this many: "" after 1, else "s". */
const char *print_s(long long n);

/* Everything went out. A full disk or a closed pipe must not look like success. */
enum err_code print_flush(const struct print *p, struct err *e) MUST_USE;

#endif
