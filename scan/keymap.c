#include "scan/keymap.h"

#include <linux/input-event-codes.h>
#include <stddef.h>
#include <string.h>

/* The printing keys, row by row, and the one beside the left Shift that a US keyboard has not. */
static const unsigned char places[] = {KEY_GRAVE, KEY_1, KEY_2, KEY_3, KEY_4, KEY_5, KEY_6, KEY_7,
    KEY_8, KEY_9, KEY_0, KEY_MINUS, KEY_EQUAL, /**/
    KEY_Q, KEY_W, KEY_E, KEY_R, KEY_T, KEY_Y, KEY_U, KEY_I, KEY_O, KEY_P, KEY_LEFTBRACE,
    KEY_RIGHTBRACE, KEY_BACKSLASH, /**/
    KEY_A, KEY_S, KEY_D, KEY_F, KEY_G, KEY_H, KEY_J, KEY_K, KEY_L, KEY_SEMICOLON,
    KEY_APOSTROPHE, /**/
    KEY_Z, KEY_X, KEY_C, KEY_V, KEY_B, KEY_N, KEY_M, KEY_COMMA, KEY_DOT, KEY_SLASH, KEY_102ND};

static const struct {
	const char *plain, *shift;
} levels[KEYMAP_COUNT] = {
    [KEYMAP_US] = {"`1234567890-="
		   "qwertyuiop[]\\"
		   "asdfghjkl;'"
		   "zxcvbnm,./"
		   "\\",
	"~!@#$%^&*()_+"
	"QWERTYUIOP{}|"
	"ASDFGHJKL:\""
	"ZXCVBNM<>?"
	"|"},
    [KEYMAP_DE] = {"^1234567890ß´"
		   "qwertzuiopü+#"
		   "asdfghjklöä"
		   "yxcvbnm,.-"
		   "<",
	"°!\"§$%&/()=?`"
	"QWERTZUIOPÜ*'"
	"ASDFGHJKLÖÄ"
	"YXCVBNM;:_"
	">"},
    [KEYMAP_FR] = {"²&é\"'(-è_çà)="
		   "azertyuiop^$*"
		   "qsdfghjklmù"
		   "wxcvbn,;:!"
		   "<",
	"~1234567890°+"
	"AZERTYUIOP¨£µ"
	"QSDFGHJKLM%"
	"WXCVBN?./§"
	">"},
    [KEYMAP_UK] = {"`1234567890-="
		   "qwertyuiop[]#"
		   "asdfghjkl;'"
		   "zxcvbnm,./"
		   "\\",
	"¬!\"£$%^&*()_+"
	"QWERTYUIOP{}~"
	"ASDFGHJKL:@"
	"ZXCVBNM<>?"
	"|"},
};

static const struct {
	enum keymap map;
	unsigned char key;
	const char *shows;
} altgr[] = {
    {KEYMAP_DE, KEY_2, "²"},
    {KEYMAP_DE, KEY_3, "³"},
    {KEYMAP_DE, KEY_7, "{"},
    {KEYMAP_DE, KEY_8, "["},
    {KEYMAP_DE, KEY_9, "]"},
    {KEYMAP_DE, KEY_0, "}"},
    {KEYMAP_DE, KEY_MINUS, "\\"},
    {KEYMAP_DE, KEY_Q, "@"},
    {KEYMAP_DE, KEY_E, "€"},
    {KEYMAP_DE, KEY_RIGHTBRACE, "~"},
    {KEYMAP_DE, KEY_M, "µ"},
    {KEYMAP_DE, KEY_102ND, "|"},
    {KEYMAP_FR, KEY_2, "~"},
    {KEYMAP_FR, KEY_3, "#"},
    {KEYMAP_FR, KEY_4, "{"},
    {KEYMAP_FR, KEY_5, "["},
    {KEYMAP_FR, KEY_6, "|"},
    {KEYMAP_FR, KEY_7, "`"},
    {KEYMAP_FR, KEY_8, "\\"},
    {KEYMAP_FR, KEY_9, "^"},
    {KEYMAP_FR, KEY_0, "@"},
    {KEYMAP_FR, KEY_MINUS, "]"},
    {KEYMAP_FR, KEY_EQUAL, "}"},
    {KEYMAP_FR, KEY_E, "€"},
    {KEYMAP_FR, KEY_RIGHTBRACE, "¤"},
    {KEYMAP_UK, KEY_4, "€"},
};

/* Num Lock is on: nobody scans arrows. */
static const struct {
	unsigned char key;
	char shows;
} everywhere[] = {
    {KEY_SPACE, ' '},
    {KEY_ENTER, '\r'},
    {KEY_TAB, '\t'},
    {KEY_BACKSPACE, '\b'},
    {KEY_ESC, '\x1b'},
    {KEY_KP0, '0'},
    {KEY_KP1, '1'},
    {KEY_KP2, '2'},
    {KEY_KP3, '3'},
    {KEY_KP4, '4'},
    {KEY_KP5, '5'},
    {KEY_KP6, '6'},
    {KEY_KP7, '7'},
    {KEY_KP8, '8'},
    {KEY_KP9, '9'},
    {KEY_KPDOT, '.'},
    {KEY_KPMINUS, '-'},
    {KEY_KPPLUS, '+'},
    {KEY_KPASTERISK, '*'},
    {KEY_KPSLASH, '/'},
    {KEY_KPENTER, '\r'},
};

/* Bytes of the character at s, in a table: valid UTF-8 below U+10000. */
static size_t char_len(const char *s)
{
	unsigned char lead = (unsigned char)*s;
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : 3;
}

static void put(char dst[KEYMAP_CHAR_SZ], const char *s)
{
	const size_t n = char_len(s);
	memcpy(dst, s, n);
	dst[n] = '\0';
}

/* The n-th character of a level. */
static const char *at(const char *level, size_t n)
{
	while (n-- > 0)
		level += char_len(level);
	return level;
}

/* A letter and its capital: of ASCII, or of Latin-1, whose capitals lie 32 before. */
static bool is_letter(const char *plain, const char *shift)
{
	if (*plain >= 'a' && *plain <= 'z')
		return true;
	return char_len(plain) == 2 && char_len(shift) == 2 && plain[0] == shift[0] &&
	       (unsigned char)plain[1] == (unsigned char)shift[1] + 0x20;
}

bool keymap_char(char dst[KEYMAP_CHAR_SZ], enum keymap m, unsigned key, struct keymap_level level)
{
	dst[0] = '\0';
	for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++)
		if (everywhere[i].key == key) {
			dst[0] = everywhere[i].shows;
			dst[1] = '\0';
			return true;
		}
	/* A US keyboard has no AltGr: it is one Alt more, and no scanner means it. */
	for (size_t i = 0; level.altgr && i < sizeof altgr / sizeof altgr[0]; i++)
		if (altgr[i].map == m && altgr[i].key == key) {
			put(dst, altgr[i].shows);
			return true;
		}
	if (level.altgr)
		return false;
	for (size_t i = 0; i < sizeof places; i++)
		if (places[i] == key) {
			const char *plain = at(levels[m].plain, i), *shift = at(levels[m].shift, i);
			bool up = level.shift != (level.caps && is_letter(plain, shift));
			put(dst, up ? shift : plain);
			return true;
		}
	return false;
}

bool keymap_dead(enum keymap m, unsigned key, struct keymap_level level)
{
	if (level.altgr)
		return false;
	if (m == KEYMAP_DE)
		return key == KEY_EQUAL || (key == KEY_GRAVE && !level.shift);
	return m == KEYMAP_FR && key == KEY_LEFTBRACE;
}

char keymap_ctrl(enum keymap m, unsigned key, struct keymap_level level)
{
	static const struct {
		unsigned char key;
		char is;
	} by_place[] = {{KEY_3, 0x1b}, {KEY_4, 0x1c}, {KEY_5, 0x1d}, {KEY_6, 0x1e}, {KEY_7, 0x1f},
	    {KEY_LEFTBRACE, 0x1b}, {KEY_BACKSLASH, 0x1c}, {KEY_RIGHTBRACE, 0x1d},
	    {KEY_MINUS, 0x1f}};
	char shows[KEYMAP_CHAR_SZ];
	(void)keymap_char(shows, m, key, level);
	const bool letter =
	    (shows[0] >= 'A' && shows[0] <= 'Z') || (shows[0] >= 'a' && shows[0] <= 'z');
	for (size_t i = 0; i < sizeof by_place / sizeof by_place[0]; i++)
		if (by_place[i].key == key && !letter && !level.altgr)
			return by_place[i].is;
	return letter || (shows[0] >= '@' && shows[0] <= '_') ? (char)(shows[0] & 0x1f) : '\0';
}
