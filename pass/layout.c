#include "pass/layout.h"

#include <string.h>

/*
 * The 47 printing keys of a US keyboard, row by row, as xkb-data 2.35 has them (symbols/us, de, fr, gb, each "basic"): the plain
 * level and the one with Shift. ☒ is a dead key. Keys a US keyboard has not (LSGT: "<>" in de and fr, "\|" in gb) are left out.
 */
#define DEAD "☒"
static const struct {
	const char *name, *plain, *shift;
} layouts[PASS_LAYOUT_COUNT] = {
    [PASS_LAYOUT_US] = {"us",
	"`1234567890-="
	"qwertyuiop[]\\"
	"asdfghjkl;'"
	"zxcvbnm,./",
	"~!@#$%^&*()_+"
	"QWERTYUIOP{}|"
	"ASDFGHJKL:\""
	"ZXCVBNM<>?"},
    [PASS_LAYOUT_DE] = {"de",
	"☒1234567890ß☒"
	"qwertzuiopü+#"
	"asdfghjklöä"
	"yxcvbnm,.-",
	"°!\"§$%&/()=?☒"
	"QWERTZUIOPÜ*'"
	"ASDFGHJKLÖÄ"
	"YXCVBNM;:_"},
    [PASS_LAYOUT_FR] = {"fr",
	"²&é\"'(-è_çà)="
	"azertyuiop☒$*"
	"qsdfghjklmù"
	"wxcvbn,;:!",
	"~1234567890°+"
	"AZERTYUIOP☒£µ"
	"QSDFGHJKLM%"
	"WXCVBN?./§"},
    [PASS_LAYOUT_UK] = {"uk",
	"`1234567890-="
	"qwertyuiop[]#"
	"asdfghjkl;'"
	"zxcvbnm,./",
	"¬!\"£$%^&*()_+"
	"QWERTYUIOP{}~"
	"ASDFGHJKL:@"
	"ZXCVBNM<>?"},
};

/* With Caps Lock on, a plain key that has an accented letter gives the capital, which no level of the key names. */
static const struct {
	enum pass_layout layout;
	const char *got;
	char us;
} capitals[] = {
    {PASS_LAYOUT_DE, "ẞ", '-'},
    {PASS_LAYOUT_FR, "É", '2'},
    {PASS_LAYOUT_FR, "È", '7'},
    {PASS_LAYOUT_FR, "Ç", '9'},
    {PASS_LAYOUT_FR, "À", '0'},
    {PASS_LAYOUT_FR, "Ù", '\''},
};

const char *pass_layout_name(enum pass_layout l)
{
	return (size_t)l < PASS_LAYOUT_COUNT ? layouts[l].name : "?";
}

/* Bytes of the character at s, in a table: valid UTF-8 below U+10000. */
static size_t char_len(const char *s)
{
	unsigned char lead = (unsigned char)*s;
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : 3;
}

/* Bytes that src[len] begins with if it begins with the character at key, else 0. UTF-8 is prefix-free: no validation is needed. */
static size_t match(const char *src, size_t len, const char *key)
{
	size_t n = char_len(key);
	return n <= len && memcmp(src, key, n) == 0 ? n : 0;
}

/* The same for a whole level: *us becomes the US character of the key that was found. */
static size_t match_level(
    char *us, const char *src, size_t len, const char *level, const char *us_level)
{
	for (; *level != '\0'; level += char_len(level), us_level++) {
		size_t n = match(src, len, level);
		if (n > 0) {
			*us = *us_level;
			return n;
		}
	}
	return 0;
}

static bool is_kept(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || (c >= 0x1c && c <= 0x1f);
}

/* Bytes of the first character of src[len], with the US character of its key in *us; 0 if it has none. */
static size_t undo_one(char *us, const char *src, size_t len, enum pass_layout l)
{
	if (is_kept(*src)) {
		*us = *src;
		return 1;
	}
	if (l == PASS_LAYOUT_US && *src > ' ' &&
	    *src <= '~') { /* by far the most: nothing to undo */
		*us = *src;
		return 1;
	}
	if (match(src, len, DEAD) > 0)
		return 0;
	size_t n = match_level(us, src, len, layouts[l].plain, layouts[PASS_LAYOUT_US].plain);
	if (n == 0)
		n = match_level(us, src, len, layouts[l].shift, layouts[PASS_LAYOUT_US].shift);
	for (size_t i = 0; n == 0 && i < sizeof capitals / sizeof capitals[0]; i++) {
		if (capitals[i].layout == l && (n = match(src, len, capitals[i].got)) > 0)
			*us = capitals[i].us;
	}
	return n;
}

bool pass_layout_undo(char *dst, size_t dst_sz, const char *src, size_t len, enum pass_layout l)
{
	if (dst_sz == 0)
		return false;
	dst[0] = '\0';
	if ((size_t)l >= PASS_LAYOUT_COUNT)
		return false;
	size_t out = 0;
	for (size_t at = 0; at < len;) {
		char us = '\0';
		size_t n = undo_one(&us, src + at, len - at, l);
		if (n == 0 || out + 1 >= dst_sz) {
			dst[0] = '\0';
			return false;
		}
		dst[out++] = us;
		at += n;
	}
	dst[out] = '\0';
	return true;
}
