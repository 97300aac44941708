/* How text stands on a screen: columns, cutting, wrapping, masking. */
#include "base/text.h"

#include <stdbool.h>
#include <string.h>

#include <utf8proc.h>

#include "base/str.h"

static const char ellipsis[] = "…";

struct grapheme {
	size_t bytes;
	int columns;
	int32_t first, last; /* code points */
};

static int32_t step(const char *s, size_t *len)
{
	int32_t cp;
	utf8proc_ssize_t r =
	    utf8proc_iterate((const uint8_t *)s, (utf8proc_ssize_t)strnlen(s, 4), &cp);
	*len = r > 0 ? (size_t)r : 1;
	return r > 0 ? cp : 0xfffd;
}

/* What wcwidth(3) says in C.UTF-8, and so curses, but without a locale: spacing marks take a column there, the later jamo of
 * a Hangul syllable none. */
static int columns_of(int32_t cp)
{
	const utf8proc_property_t *p = utf8proc_get_property(cp);
	if (p->category == UTF8PROC_CATEGORY_MC)
		return 1;
	if (p->boundclass == UTF8PROC_BOUNDCLASS_V || p->boundclass == UTF8PROC_BOUNDCLASS_T)
		return 0;
	return utf8proc_charwidth(cp);
}

/* The grapheme at s; false at the end. Terminals and curses lay out code point by code point, so widths add up. */
static bool next_grapheme(const char *s, struct grapheme *g)
{
	if (*s == '\0')
		return false;
	size_t k;
	int32_t state = 0, cp = step(s, &k);
	*g = (struct grapheme){k, columns_of(cp), cp, cp};
	while (s[g->bytes] != '\0') {
		cp = step(s + g->bytes, &k);
		if (utf8proc_grapheme_break_stateful(g->last, cp, &state))
			break;
		g->columns += columns_of(cp);
		g->bytes += k;
		g->last = cp;
	}
	return true;
}

int text_width(const char *s)
{
	int columns = 0;
	struct grapheme g;
	for (; next_grapheme(s, &g); s += g.bytes)
		columns += g.columns;
	return columns;
}

/* Bytes of whole graphemes at s within columns and bytes; *used gets the columns. */
static size_t prefix(const char *s, int columns, size_t bytes, int *used)
{
	size_t at = 0;
	struct grapheme g;
	*used = 0;
	while (next_grapheme(s + at, &g) && *used + g.columns <= columns && at + g.bytes <= bytes) {
		at += g.bytes;
		*used += g.columns;
	}
	return at;
}

int text_fit(char *dst, size_t dst_sz, const char *s, int columns)
{
	int used;
	if (dst_sz == 0)
		return 0;
	size_t n = prefix(s, columns, dst_sz - 1, &used);
	if (s[n] != '\0') {
		size_t mark = sizeof ellipsis - 1;
		bool room = columns > 0 && dst_sz > mark;
		n = prefix(
		    s, room ? columns - 1 : columns, room ? dst_sz - 1 - mark : dst_sz - 1, &used);
		memmove(dst, s, n);
		if (room) {
			memcpy(dst + n, ellipsis, mark);
			n += mark;
			used++;
		}
	} else {
		memmove(dst, s, n);
	}
	dst[n] = '\0';
	return used;
}

/* May a line end between two graphemes? At a space; beside a wide character, but not before closing nor after opening
 * punctuation (the core of UAX #14's ID and the kinsoku rules). */
static bool may_break(const struct grapheme *a, const struct grapheme *b)
{
	if (b->first == ' ')
		return true;
	if (a->columns < 2 && b->columns < 2)
		return a->first == '-' && a->bytes == 1;
	utf8proc_category_t before = utf8proc_category(a->first),
			    after = utf8proc_category(b->first);
	bool opens = before == UTF8PROC_CATEGORY_PS || before == UTF8PROC_CATEGORY_PI;
	bool closes = after == UTF8PROC_CATEGORY_PE || after == UTF8PROC_CATEGORY_PF ||
		      after == UTF8PROC_CATEGORY_PO || after == UTF8PROC_CATEGORY_LM;
	return !opens && !closes;
}

size_t text_wrap(const char *s, int columns)
{
	struct grapheme a, b;
	if (!next_grapheme(s, &a))
		return 0;
	size_t at = a.bytes, good = 0;
	int used = a.columns;
	while (a.first != '\n' && next_grapheme(s + at, &b)) {
		if (b.first == '\n')
			return at;
		if (may_break(&a, &b))
			good = at;
		if (used + b.columns > columns)
			return good > 0 ? good : at;
		used += b.columns;
		at += b.bytes;
		a = b;
	}
	return at;
}

static bool is_phone(const char *s, char last_two[3])
{
	int digits = 0;
	for (; *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9') {
			digits++;
			last_two[0] = last_two[1];
			last_two[1] = *s;
		} else if (strchr("+-()/. ", *s) == NULL) {
			return false;
		}
	}
	last_two[2] = '\0';
	return digits >= 6;
}

/* 1990-12-31, and what people type before it is made that: 31.12.1990, 31/12/1990. */
static bool is_date(const char *s)
{
	int digits[3] = {0}, n = 0;
	for (; *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9')
			digits[n]++;
		else if (strchr("-./", *s) == NULL || n++ == 2)
			return false;
	}
	int year = digits[0] > digits[2] ? digits[0] : digits[2];
	int day = digits[0] > digits[2] ? digits[2] : digits[0];
	return n == 2 && year == 4 && day >= 1 && day <= 2 && digits[1] >= 1 && digits[1] <= 2;
}

void text_mask(char *dst, size_t dst_sz, const char *s)
{
	char tail[3] = "";
	const char *at = strchr(s, '@');
	struct grapheme g;
	if (*s == '\0')
		(void)str_copy(dst, dst_sz, "");
	else if (at != NULL && at != s && text_is_mail(s) && next_grapheme(s, &g))
		(void)str_print(dst, dst_sz, "%.*s•••%s", (int)g.bytes, s, at);
	else if (!is_date(s) && is_phone(s, tail))
		(void)str_print(dst, dst_sz, "••• %s", tail);
	else
		(void)str_copy(dst, dst_sz, "••••");
}
