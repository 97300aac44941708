#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/joining.h"
#include "base/str.h"

enum {
	ZWNJ = 0x200c,
	ZWJ = 0x200d,
	REPLACEMENT = 0xfffd,
	CCC_VIRAMA = 9,
	/* UAX #15, Stream-Safe Text Format: no more marks on one letter than this. It also bounds the sorting of marks. */
	MARKS_MAX = 30,
};

/* Text being cleaned. Every pass but NFC only shortens it. */
struct work {
	char *s;
	size_t n;
	bool lost; /* something was dropped or replaced: TEXT_STRICT refuses */
	bool beyond_latin; /* holds U+0300 or more: NFC may change it */
};

/* The code point at s[i], its length in *len; invalid bytes are one U+FFFD for each sequence that does not hold. */
static int32_t cp_at(const char *s, size_t i, size_t n, size_t *len)
{
	int32_t cp;
	utf8proc_ssize_t r =
	    utf8proc_iterate((const uint8_t *)s + i, (utf8proc_ssize_t)(n - i), &cp);
	if (r > 0 && cp >= 0) {
		*len = (size_t)r;
		return cp;
	}
	size_t k = i + 1, want = (size_t)(utf8proc_utf8class[(uint8_t)s[i]]);
	while (k < n && k - i < want && ((uint8_t)s[k] & 0xc0) == 0x80)
		k++;
	*len = k - i;
	return REPLACEMENT;
}

static void put(struct work *w, int32_t cp)
{
	w->n += (size_t)utf8proc_encode_char(cp, (uint8_t *)w->s + w->n);
	w->beyond_latin |= cp >= 0x300;
}

/* Letters and marks that Unicode gives no ink (Default_Ignorable_Code_Point, without the variation selectors). */
static bool is_blank_letter(int32_t cp)
{
	return cp == 0x034f || cp == 0x115f || cp == 0x1160 || cp == 0x17b4 || cp == 0x17b5 ||
	       cp == 0x3164 || cp == 0xffa0;
}

enum fate { KEEP, DROP, SPACE, BREAK };

static enum fate fate_of(int32_t cp)
{
	if (cp == '\n' || cp == '\r' || cp == 0x85 || cp == 0x2028 || cp == 0x2029 || cp == '\v' ||
	    cp == '\f')
		return BREAK;
	if (cp == '\t')
		return SPACE;
	if (cp == ZWNJ || cp == ZWJ)
		return KEEP; /* until their neighbours are known */
	if (is_blank_letter(cp))
		return DROP;
	switch ((int)utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO: return DROP;
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP: return SPACE;
	default: return KEEP;
	}
}

static int ccc_of(int32_t cp)
{
	return utf8proc_get_property(cp)->combining_class;
}

/* Marks in a row after cp, given those before it, counted as NFD writes them. */
static int marks_after(int before, int32_t cp)
{
	if (cp < 0xc0 || cp == ZWNJ || cp == ZWJ)
		return cp < 0xc0 ? 0 : before;
	int32_t nfd[18];
	int last_class = 0;
	utf8proc_ssize_t n =
	    utf8proc_decompose_char(cp, nfd, 18, UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, &last_class);
	int run = before;
	for (utf8proc_ssize_t i = 0; i < n && i < 18; i++)
		run = ccc_of(nfd[i]) == 0 ? 0 : run + 1;
	return run;
}

/* Decode, drop what has no place, turn every white space into ' ' or LF. w->s has room for 3 bytes a byte. */
static void filter(struct work *w, const char *src, size_t len, unsigned flags)
{
	int run = 0;
	for (size_t i = 0, k; i < len; i += k) {
		int32_t cp = cp_at(src, i, len, &k);
		if (cp == REPLACEMENT && !(k == 3 && memcmp(src + i, "\xef\xbf\xbd", 3) == 0))
			w->lost = true;
		if (cp == '\r' && i + 1 < len && src[i + 1] == '\n')
			continue;
		switch (fate_of(cp)) {
		case DROP: w->lost = true; continue;
		case SPACE: cp = ' '; break;
		case BREAK: cp = flags & TEXT_LINES ? '\n' : ' '; break;
		case KEEP: break;
		}
		int marks = marks_after(run, cp);
		if (marks > MARKS_MAX) {
			w->lost = true;
			continue;
		}
		run = marks;
		put(w, cp);
	}
	w->s[w->n] = '\0';
}

static void compose(struct work *w)
{
	if (!w->beyond_latin)
		return;
	uint8_t *nfc = NULL;
	utf8proc_ssize_t n = utf8proc_map((const uint8_t *)w->s, (utf8proc_ssize_t)w->n, &nfc,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		mem_out(); /* the input is valid */
	free(w->s);
	w->s = (char *)nfc;
	w->n = (size_t)n;
}

/* Does a letter that joins backward come next, with only marks (Joining_Type T) between? */
static bool joins_next(const struct work *w, size_t i)
{
	for (size_t k; i < w->n; i += k) {
		int32_t cp = cp_at(w->s, i, w->n, &k);
		utf8proc_category_t c = utf8proc_category(cp);
		if (c != UTF8PROC_CATEGORY_MN && c != UTF8PROC_CATEGORY_ME)
			return joining_backward(cp);
	}
	return false;
}

/* Drop each ZWNJ and ZWJ that RFC 5892 A.1 and A.2 do not allow (all of them: none is allowed). True if any went. */
static bool drop_joiners(struct work *w, bool all)
{
	size_t to = 0;
	int32_t before = 0;
	bool left_joins = false, dropped = false;
	for (size_t i = 0, k; i < w->n; i += k) {
		int32_t cp = cp_at(w->s, i, w->n, &k);
		utf8proc_category_t c = utf8proc_category(cp);
		if (cp == ZWNJ || cp == ZWJ) {
			bool ok = ccc_of(before) == CCC_VIRAMA ||
				  (cp == ZWNJ && left_joins && joins_next(w, i + k));
			if (all || !ok) {
				dropped = true;
				continue;
			}
			left_joins = false;
		} else if (c != UTF8PROC_CATEGORY_MN && c != UTF8PROC_CATEGORY_ME) {
			left_joins = joining_forward(cp);
		}
		before = cp;
		memmove(w->s + to, w->s + i, k);
		to += k;
	}
	w->n = to;
	w->s[to] = '\0';
	w->lost |= dropped;
	return dropped;
}

/* NFC with none but allowed joiners in it. Dropping one may bring marks together and change the view of another: a few
 * rounds settle what people write, and after them all joiners go. */
static void settle(struct work *w)
{
	compose(w);
	for (int round = 0; w->beyond_latin && drop_joiners(w, round == 3); round++)
		compose(w);
}

/* Fold runs of white space, trim both ends, drop marks that stand on nothing, and joiners whose virama went with them. */
static void squeeze(struct work *w)
{
	size_t to = 0;
	bool space = false;
	int breaks = 0;
	for (size_t i = 0, k; i < w->n; i += k) {
		int32_t cp = cp_at(w->s, i, w->n, &k);
		if (cp == ' ') {
			space = true;
			continue;
		}
		if (cp == '\n') {
			breaks++;
			continue;
		}
		if (to == 0 && cp >= 0x300) {
			utf8proc_category_t c = utf8proc_category(cp);
			if (c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_ME || cp == ZWNJ ||
			    cp == ZWJ) {
				w->lost = true;
				continue;
			}
		}
		if (to > 0 && breaks > 0) {
			w->s[to++] = '\n';
			if (breaks > 1)
				w->s[to++] = '\n';
		} else if (to > 0 && space) {
			w->s[to++] = ' ';
		}
		space = false;
		breaks = 0;
		memmove(w->s + to, w->s + i, k);
		to += k;
	}
	w->n = to;
	w->s[to] = '\0';
}

/* The last grapheme boundary at or before max. */
static size_t boundary(const struct work *w, size_t max)
{
	size_t last = 0, k;
	int32_t state = 0, prev = 0;
	for (size_t i = 0; i < w->n && i <= max; i += k) {
		int32_t cp = cp_at(w->s, i, w->n, &k);
		if (i > 0 && utf8proc_grapheme_break_stateful(prev, cp, &state))
			last = i;
		prev = cp;
	}
	return last;
}

/* Most text is plain ASCII without anything to do. */
static bool is_plain(const char *s, size_t n)
{
	if (n > 0 && (s[0] == ' ' || s[n - 1] == ' '))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < ' ' || s[i] > '~' || (s[i] == ' ' && s[i + 1] == ' '))
			return false;
	}
	return true;
}

enum err_code text_clean(
    char *dst, size_t dst_sz, const void *src, size_t len, unsigned flags, struct err *e)
{
	if (len < dst_sz && is_plain(src, len)) {
		memmove(dst, src, len);
		dst[len] = '\0';
		return ERR_OK;
	}
	enum err_code code = ERR_OK;
	struct work w = {.s = mem_new(len + 1, 3)};
	filter(&w, src, len, flags);
	settle(&w);
	squeeze(&w);
	while (w.n >= dst_sz && (flags & TEXT_CUT)) {
		w.n = boundary(&w, dst_sz - 1);
		bool lost = w.lost;
		settle(&w);
		squeeze(&w);
		w.lost = lost;
	}
	if ((flags & TEXT_STRICT) && w.lost) {
		code = err_set(e, ERR_INPUT, "holds control, invisible or invalid characters");
		dst[0] = '\0';
	} else if (w.n >= dst_sz) {
		code = err_set(e, ERR_TOO_LONG, "is too long; at most %zu bytes", dst_sz - 1);
		dst[0] = '\0';
	} else {
		memcpy(dst, w.s, w.n + 1);
	}
	explicit_bzero(w.s, w.n);
	free(w.s);
	return code;
}

bool text_is_clean(const char *s, unsigned flags)
{
	size_t n = strlen(s);
	char *clean = mem_new(n + 1, 1);
	bool same = text_clean(clean, n + 1, s, n, flags & TEXT_LINES, NULL) == ERR_OK &&
		    strcmp(clean, s) == 0;
	free(clean);
	return same;
}
