/* Text for looking things up: the folding key, words, and the form of a mail address. */
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/str.h"

/* Latin letters that Unicode does not take apart but people look up without their stroke or ligature (lower case). */
static const struct {
	int32_t cp;
	char plain[3];
} strokes[] = {
    {0x00e6, "ae"},
    {0x00f0, "d"},
    {0x00f8, "o"},
    {0x00fe, "th"},
    {0x0111, "d"},
    {0x0127, "h"},
    {0x0131, "i"},
    {0x0142, "l"},
    {0x0153, "oe"},
    {0x0167, "t"},
};

static bool is_mark(utf8proc_category_t c)
{
	return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_MC || c == UTF8PROC_CATEGORY_ME;
}

static bool is_word(int32_t cp)
{
	switch ((int)utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO: return true;
	default: return false;
	}
}

/* A diacritic, not a vowel: accents, harakat and points have a combining class of 10 or more, but so have two vowels
 * each of Thai (103) and Lao (118). Nukta (7), kana voicing (8), virama (9) and Indic vowels (0) carry the word. */
static bool is_diacritic(int32_t cp)
{
	int ccc = utf8proc_get_property(cp)->combining_class;
	return ccc >= 10 && ccc != 103 && ccc != 118;
}

static const char *plain_of(int32_t cp)
{
	for (size_t i = 0; i < sizeof strokes / sizeof strokes[0]; i++) {
		if (strokes[i].cp == cp)
			return strokes[i].plain;
	}
	return NULL;
}

/* Map s through utf8proc; NULL where it is not valid UTF-8. */
static uint8_t *map(const char *s, int options)
{
	uint8_t *out = NULL;
	utf8proc_ssize_t n = utf8proc_map((const uint8_t *)s, 0, &out,
	    (utf8proc_option_t)(options | UTF8PROC_NULLTERM | UTF8PROC_STABLE));
	if (n == UTF8PROC_ERROR_NOMEM)
		mem_out();
	return n < 0 ? NULL : out;
}

/* Letters and digits stay, diacritics go, anything else is one space between two words. */
static void keep_words(struct str_buf *b, const uint8_t *s)
{
	bool gap = false;
	int32_t cp;
	for (utf8proc_ssize_t k; *s != '\0'; s += k) {
		k = utf8proc_iterate(s, -1, &cp);
		if (k <= 0)
			return;
		utf8proc_category_t c = utf8proc_category(cp);
		if (c == UTF8PROC_CATEGORY_CF ||
		    (is_mark(c) && (is_diacritic(cp) || b->len == 0 || gap)))
			continue;
		if (!is_word(cp) && !is_mark(c)) {
			gap = b->len > 0;
			continue;
		}
		if (gap)
			(void)str_buf_add(b, " ", 1);
		gap = false;
		const char *plain = plain_of(cp);
		(void)str_buf_add(b, plain != NULL ? (const void *)plain : s,
		    plain != NULL ? strlen(plain) : (size_t)k);
	}
}

enum err_code text_fold(char *dst, size_t dst_sz, const char *s)
{
	enum err_code code = ERR_OK;
	struct str_buf kept = STR_BUF_INIT;
	uint8_t *apart = map(
		    s, UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE),
		*whole = NULL;
	(void)str_copy(dst, dst_sz, "");
	if (apart == NULL) {
		code = ERR_INPUT;
		goto out;
	}
	(void)str_buf_add(&kept, "", 0);
	keep_words(&kept, apart);
	whole = map(kept.data, UTF8PROC_COMPOSE); /* Hangul and kana together again */
	if (whole == NULL || strlen((const char *)whole) >= dst_sz)
		code = ERR_TOO_LONG;
	else
		(void)str_copy(dst, dst_sz, (const char *)whole);
out:
	str_buf_fini(&kept);
	free(apart);
	free(whole);
	return code;
}

bool text_next_word(const char **s, char *dst, size_t dst_sz)
{
	size_t n = 0;
	bool cut = false, found = false;
	const char *p = *s;
	while (*p != '\0') {
		int32_t cp;
		utf8proc_ssize_t r =
		    utf8proc_iterate((const uint8_t *)p, (utf8proc_ssize_t)strnlen(p, 4), &cp);
		size_t k = r > 0 ? (size_t)r : 1;
		bool part = r > 0 && (is_word(cp) || (found && is_mark(utf8proc_category(cp))));
		if (!part && found)
			break;
		if (part) {
			found = true;
			cut |= n + k >= dst_sz;
			if (!cut) {
				memcpy(dst + n, p, k);
				n += k;
			}
		}
		p += k;
	}
	dst[n] = '\0';
	*s = p;
	return found;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* RFC 5321 §4.1.2 Dot-string of RFC 5322 atext; §4.5.3.1.1: at most 64 octets. */
static bool is_local_part(const char *s, size_t n)
{
	if (n == 0 || n > 64 || s[0] == '.' || s[n - 1] == '.')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.'
			? s[i + 1] == '.'
			: !is_alnum(s[i]) && memchr("!#$%&'*+-/=?^_`{|}~", s[i], 19) == NULL)
			return false;
	}
	return true;
}

/* RFC 5321 §4.1.2 Domain: labels of letters, digits and inner hyphens, at most 63 (RFC 1035 §2.3.4). */
static bool is_domain(const char *s)
{
	size_t label = 0;
	for (; *s != '\0'; s++) {
		if (*s == '.') {
			if (label == 0 || s[-1] == '-')
				return false;
			label = 0;
		} else if (is_alnum(*s) || (*s == '-' && label > 0)) {
			if (++label > 63)
				return false;
		} else {
			return false;
		}
	}
	return label > 0 && s[-1] != '-';
}

bool text_is_mail(const char *s)
{
	const char *at = strchr(s, '@');
	if (at == NULL || strnlen(s, TEXT_MAIL_SZ) >= TEXT_MAIL_SZ)
		return false;
	return is_local_part(s, (size_t)(at - s)) && is_domain(at + 1);
}
