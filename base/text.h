/*
 * Text from outside: one sanitiser at every edge, and how wide text stands on a screen. Over libutf8proc.
 *
 * Clean text is valid UTF-8 in NFC without control, format, bidi-override, private-use, surrogate or unassigned characters; ZWJ and
 * ZWNJ stay only where RFC 5892 A.1/A.2 allows them. White space runs fold to one space; leading and trailing space goes.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum text_flags {
	TEXT_LINE = 0, /* one line: line breaks become a space */
	TEXT_LINES = 1 << 0, /* keep LF (CR LF and CR become LF) */
	TEXT_STRICT = 1 << 1, /* refuse (ERR_INPUT) what would otherwise be dropped or replaced */
	TEXT_CUT =
	    1 << 2, /* cut at a grapheme boundary what does not fit, instead of refusing it */
};

/* Bounds of the common fields, in bytes with the final NUL. A column, a JSON field and a screen field use the same. */
enum {
	TEXT_NAME_SZ = 201, /* a person's or company's name */
	TEXT_MAIL_SZ = 255, /* RFC 5321 path without brackets */
	TEXT_PHONE_SZ = 41,
	TEXT_FIELD_SZ = 401, /* any other configured field */
	TEXT_REASON_SZ = 401, /* a reason that staff type */
	TEXT_WORD_SZ = 65, /* names in the configuration: types, kiosks, printers */
	TEXT_LANG_SZ = 9, /* BCP 47 tag: "en", "pt-BR" */
	TEXT_SCAN_SZ = 513, /* one scan */
};

/* Clean src[len] into dst[dst_sz]. Invalid bytes become U+FFFD. dst is always terminated.
 * ERR_TOO_LONG (dst empty) where it does not fit and TEXT_CUT is not given; ERR_INPUT only with TEXT_STRICT. */
enum err_code text_clean(
    char *dst, size_t dst_sz, const void *src, size_t len, unsigned flags, struct err *e) MUST_USE;

/* True if s is already clean under the flags. */
bool text_is_clean(const char *s, unsigned flags);

/* Columns that clean text takes on a terminal (East Asian wide = 2, combining = 0). */
int text_width(const char *s);

/* Copy as much of s as fits columns, ending in "…" where cut. Returns the columns used. */
int text_fit(char *dst, size_t dst_sz, const char *s, int columns);

/* Bytes of the longest prefix of s that takes at most columns; breaks at spaces where there is one. For wrapping: the caller skips the
 * space after it. Never 0 for a non-empty s. */
size_t text_wrap(const char *s, int columns);

/* Fold for look-up: NFKC, case folded, marks stripped, "ß" → "ss"; letters and digits of any script. */
enum err_code text_fold(char *dst, size_t dst_sz, const char *s) MUST_USE;

/* Next word of *s (a run of letters and digits of any script) into dst, cut to fit; false at the end. */
bool text_next_word(const char **s, char *dst, size_t dst_sz);

/* "zoe@example.org" → "z•••@example.org"; "+49 170 1234567" → "••• 67"; anything else → "••••". For screens. */
void text_mask(char *dst, size_t dst_sz, const char *s);

/* A plain address user@domain (RFC 5321 Mailbox without quoting or literals; UTF-8 refused). */
bool text_is_mail(const char *s);

#endif
