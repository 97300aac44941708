#include "scan/pdf417_text.h"

/* Function codewords (5.4.1). All others from 900 on are reserved. */
enum {
	LATCH_TEXT = 900,
	LATCH_BYTE = 901, /* the number of bytes is no multiple of six */
	LATCH_NUMERIC = 902,
	SHIFT_BYTE = 913, /* from text, for one codeword */
	READER_INIT = 921,
	MACRO_END = 922,
	MACRO_FIELD = 923,
	LATCH_BYTE_6 = 924, /* it is one */
	ECI_USER = 925,
	ECI_GENERAL = 926,
	ECI_CHARSET = 927,
	MACRO = 928,
	FIRST_FUNCTION = 900,
};
enum { SEGMENT_COUNT = 1 }; /* a field of Macro PDF417 (5.13) */

enum { GROUP_WORDS = 5, GROUP_BYTES = 6, NUMBER_WORDS = 15, NUMBER_DIGITS = 45 };

enum submode { ALPHA, LOWER, MIXED, PUNCTUATION, SUBMODES };

/* What a value of a submode does when it is no character (5.4.2.1, table 5). */
enum { TO_ALPHA = 1, TO_LOWER, TO_MIXED, TO_PUNCTUATION, ONE_ALPHA, ONE_PUNCTUATION };

static const char submodes[SUBMODES][30] = {
    {'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S',
	'T', 'U', 'V', 'W', 'X', 'Y', 'Z', ' ', TO_LOWER, TO_MIXED, ONE_PUNCTUATION},
    {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's',
	't', 'u', 'v', 'w', 'x', 'y', 'z', ' ', ONE_ALPHA, TO_MIXED, ONE_PUNCTUATION},
    {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '&', '\r', '\t', ',', ':', '#', '-', '.',
	'$', '/', '+', '%', '*', '=', '^', TO_PUNCTUATION, ' ', TO_LOWER, TO_ALPHA,
	ONE_PUNCTUATION},
    {';', '<', '>', '@', '[', '\\', ']', '_', '`', '~', '!', '\r', '\t', ',', ':', '\n', '-', '.',
	'$', '/', '"', '|', '*', '(', ')', '?', '{', '}', '\'', TO_ALPHA},
};

struct state {
	struct pdf417_text *t;
	const uint16_t *words;
	int n, at;
	int mode; /* the function codeword that latched it */
	enum submode submode;
	int shift; /* 0, ONE_ALPHA or ONE_PUNCTUATION: for the next character */
};

static enum err_code put(struct state *s, unsigned byte)
{
	if (byte > UINT8_MAX)
		return ERR_PROTOCOL;
	if (s->t->len == PDF417_BYTES_MAX)
		return ERR_TOO_LONG;
	s->t->bytes[s->t->len++] = (uint8_t)byte;
	return ERR_OK;
}

/* How many codewords are data from here on, before the next function codeword. */
static int run(const struct state *s)
{
	int n = 0;
	while (s->at + n < s->n && s->words[s->at + n] < FIRST_FUNCTION)
		n++;
	return n;
}

/* --- text compaction (5.4.2) ----------------------------------------------------------- */

static enum err_code put_text(struct state *s, int value)
{
	const enum submode from = s->shift == ONE_ALPHA         ? ALPHA
				  : s->shift == ONE_PUNCTUATION ? PUNCTUATION
								: s->submode;
	const int what = submodes[from][value];
	s->shift = 0;
	switch (what) { /* a character, all but six */
	case TO_ALPHA: s->submode = ALPHA; return ERR_OK;
	case TO_LOWER: s->submode = LOWER; return ERR_OK;
	case TO_MIXED: s->submode = MIXED; return ERR_OK;
	case TO_PUNCTUATION: s->submode = PUNCTUATION; return ERR_OK;
	case ONE_ALPHA:
	case ONE_PUNCTUATION: s->shift = what; return ERR_OK;
	default: return put(s, (unsigned)what);
	}
}

static enum err_code take_text(struct state *s)
{
	enum err_code code = ERR_OK;
	for (int left = run(s); left > 0 && code == ERR_OK; left--) {
		const int word = s->words[s->at++];
		code = put_text(s, word / 30);
		if (code == ERR_OK)
			code = put_text(s, word % 30);
	}
	return code;
}

/* --- byte compaction (5.4.3, annex C) ------------------------------------------------------ */

/* Five digits of base 900 are six of base 256. */
static enum err_code put_group(struct state *s)
{
	uint64_t value = 0;
	enum err_code code = ERR_OK;
	for (int i = 0; i < GROUP_WORDS; i++)
		value = value * 900 + s->words[s->at++];
	if (value >> (8 * GROUP_BYTES) != 0)
		return ERR_PROTOCOL;
	for (int i = GROUP_BYTES - 1; i >= 0 && code == ERR_OK; i--)
		code = put(s, (unsigned)(value >> (8 * i)) & 0xff);
	return code;
}

/* An ECI does not end byte compaction; whether any data of it come after those at place at. */
static bool goes_on(const struct state *s, int at)
{
	while (at < s->n && s->words[at] >= ECI_USER && s->words[at] <= ECI_CHARSET)
		at += s->words[at] == ECI_GENERAL ? 3 : 2;
	return at < s->n && s->words[at] < FIRST_FUNCTION;
}

/* Under 901 the bytes are no multiple of six: five codewords at the end are five bytes. */
static enum err_code take_bytes(struct state *s)
{
	enum err_code code = ERR_OK;
	int left = run(s);
	const bool ends = s->mode == LATCH_BYTE && !goes_on(s, s->at + left);
	const int least = ends ? GROUP_WORDS + 1 : GROUP_WORDS;
	for (; left >= least && code == ERR_OK; left -= GROUP_WORDS)
		code = put_group(s);
	for (; left > 0 && code == ERR_OK; left--)
		code = put(s, s->words[s->at++]);
	return code;
}

/* --- numeric compaction (5.4.4, annex D) ----------------------------------------------------- */

/* Base 900 to base 10; the 1 in front was put there to keep zeros and is taken off. */
static enum err_code put_number(struct state *s, int n)
{
	uint8_t digits[NUMBER_DIGITS + 1] = {0}; /* lowest first */
	int len = 0;
	for (int i = 0; i < n; i++) {
		unsigned carry = s->words[s->at++];
		for (int d = 0; d < len || carry > 0; d++) {
			carry += digits[d] * 900u;
			digits[d] = (uint8_t)(carry % 10);
			carry /= 10;
			len = d < len ? len : d + 1;
		}
	}
	if (len < 2 || digits[len - 1] != 1)
		return ERR_PROTOCOL;
	enum err_code code = ERR_OK;
	for (int d = len - 2; d >= 0 && code == ERR_OK; d--)
		code = put(s, (unsigned)('0' + digits[d]));
	return code;
}

static enum err_code take_numbers(struct state *s)
{
	enum err_code code = ERR_OK;
	for (int left = run(s); left > 0 && code == ERR_OK; left -= NUMBER_WORDS)
		code = put_number(s, left < NUMBER_WORDS ? left : NUMBER_WORDS);
	return code;
}

/* --- function codewords -------------------------------------------------------------------------- */

/* An ECI's codewords after the first (5.5.1). */
static enum err_code take_eci(struct state *s, int function)
{
	const int operands = function == ECI_GENERAL ? 2 : 1;
	if (run(s) < operands)
		return ERR_PROTOCOL;
	int number = s->words[s->at++];
	if (function == ECI_GENERAL)
		number = (number + 1) * 900 + s->words[s->at++];
	else if (function == ECI_USER)
		number += 810900;
	if (s->t->n_eci == ECI_MARKS_MAX)
		return ERR_TOO_LONG;
	s->t->eci[s->t->n_eci++] = (struct eci_mark){.at = s->t->len, .number = number};
	return ERR_OK;
}

/* Two codewords of numeric compaction: 1 and five digits (5.13). */
static bool number_is(const struct state *s, int at, int number)
{
	return at + 1 < s->n && s->words[at] * 900 + s->words[at + 1] == 100000 + number;
}

/*
 * The control block of Macro PDF417 (5.13), which ends a symbol: segment index, file ID, fields, and in the last symbol a terminator. One that is
 * the first and the last says all there is.
 */
static enum err_code take_macro(struct state *s)
{
	const bool first = number_is(s, s->at, 0);
	bool only = true;
	s->at += run(s);
	while (s->at + 1 < s->n && s->words[s->at] == MACRO_FIELD) {
		const int field = s->words[++s->at];
		only = only && (field != SEGMENT_COUNT || number_is(s, s->at + 1, 1));
		s->at += run(s);
	}
	only = only && s->at + 1 == s->n && s->words[s->at] == MACRO_END;
	s->at = s->n;
	return first && only ? ERR_OK : ERR_UNSUPPORTED;
}

static enum err_code take_function(struct state *s)
{
	const int function = s->words[s->at++];
	s->shift = 0; /* before anything but a character it was a pad (5.4.2.4) */
	switch (function) {
	case LATCH_TEXT:
		s->submode = ALPHA;
		s->mode = function;
		return ERR_OK;
	case LATCH_BYTE:
	case LATCH_BYTE_6:
	case LATCH_NUMERIC: s->mode = function; return ERR_OK;
	case SHIFT_BYTE:
		if (s->mode != LATCH_TEXT || run(s) == 0)
			return ERR_PROTOCOL;
		return put(s, s->words[s->at++]);
	case READER_INIT: s->t->reader_init = true; return s->at == 1 ? ERR_OK : ERR_PROTOCOL;
	case ECI_USER:
	case ECI_GENERAL:
	case ECI_CHARSET: return take_eci(s, function);
	case MACRO: return take_macro(s);
	case MACRO_FIELD:
	case MACRO_END: return ERR_UNSUPPORTED;
	default: return ERR_PROTOCOL;
	}
}

enum err_code pdf417_text(struct pdf417_text *t, const uint16_t *words, int n)
{
	struct state s = {.t = t, .words = words, .n = n, .mode = LATCH_TEXT};
	enum err_code code = ERR_OK;
	t->len = 0;
	t->n_eci = 0;
	t->reader_init = false;
	while (s.at < n && code == ERR_OK) {
		if (words[s.at] >= FIRST_FUNCTION)
			code = take_function(&s);
		else if (s.mode == LATCH_TEXT)
			code = take_text(&s);
		else if (s.mode == LATCH_NUMERIC)
			code = take_numbers(&s);
		else
			code = take_bytes(&s);
	}
	if (code != ERR_OK && code != ERR_UNSUPPORTED)
		t->len = 0;
	return code;
}
