#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "match/fold.h"

/* --- sounds ----------------------------------------------------------------------------------- */

/* Spellings of one sound, the longest first; capitals are sounds that no single letter has (C: ch, S: sh). Orthographies differ, names travel:
 * Tschechow, Chekhov, Tchekhov, Čechov. */
static const struct {
	const char *from, *to;
} spellings[] = {
    {"shch", "S"},
    {"schtsch", "S"},
    {"tsch", "C"},
    {"tch", "C"},
    {"sch", "S"},
    {"ch", "C"},
    {"sh", "S"},
    {"zh", "Z"},
    {"kh", "h"},
    {"ph", "f"},
    {"th", "t"},
    {"gh", "g"},
    {"ck", "k"},
    {"cz", "C"},
    {"sz", "S"},
    {"ts", "c"},
    {"tz", "c"},
    {"ae", "a"},
    {"oe", "o"},
    {"ue", "u"},
    {"ou", "u"},
    {"oo", "u"},
    {"ee", "i"},
    {"ie", "i"},
    {"ij", "i"},
    {"ks", "x"},
    {"ce", "se"},
    {"ci", "si"},
    {"cy", "si"},
    {"dzh", "j"},
    {"dj", "j"},
};

static size_t spelling_at(const char *s, const char **to)
{
	size_t best = 0;
	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
		size_t n = strlen(spellings[i].from);
		if (n > best && strncmp(s, spellings[i].from, n) == 0) {
			best = n;
			*to = spellings[i].to;
		}
	}
	return best;
}

static char letter_sound(char c)
{
	switch (c) {
	case 'c':
	case 'q': return 'k';
	case 'w': return 'v';
	case 'y':
	case 'j': return 'i';
	case 'z': return 's';
	default: return c;
	}
}

static void sound_of(char dst[MATCH_WORD_SZ], const char *s)
{
	size_t n = 0;
	while (*s != '\0' && n + 3 < MATCH_WORD_SZ) {
		const char *to = NULL;
		size_t taken = spelling_at(s, &to);
		char one[2] = {letter_sound(*s), '\0'};
		for (const char *t = taken != 0 ? to : one; *t != '\0'; t++)
			if (n == 0 || dst[n - 1] != *t) /* doubled letters are one sound */
				dst[n++] = *t;
		s += taken != 0 ? taken : 1;
	}
	if (n > 2 && dst[n - 1] == 'f') /* Gorbatschow, Gorbachoff */
		dst[n - 1] = 'v';
	dst[n] = '\0';
}

void word_bones(char dst[MATCH_WORD_SZ], const char *s)
{
	size_t n = 0;
	for (; *s != '\0'; s++)
		if (strchr("aeiou", *s) == NULL && (n == 0 || dst[n - 1] != *s))
			dst[n++] = *s;
	dst[n] = '\0';
}

void word_finish(struct match_word *w)
{
	static const char *const particles[] = {"van", "von", "vom", "de", "der", "den", "des",
	    "di", "da", "del", "della", "dos", "das", "do", "du", "la", "le", "los", "las", "el",
	    "al", "ul", "bin", "ibn", "ben", "bint", "y", "e", "zu", "zum", "zur", "ter", "ten",
	    "af", "av", "und"};
	sound_of(w->sound, w->plain);
	w->initial = strlen(w->plain) == 1;
	w->particle = false;
	for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++)
		w->particle |= str_eq(w->plain, particles[i]);
}

/* --- two words -------------------------------------------------------------------------------- */

/* Jaro-Winkler (Winkler 1990), in thousandths: p = 0.1, four letters of prefix at most. */
static int jaro_winkler(const char *a, const char *b)
{
	const int n = (int)strlen(a), m = (int)strlen(b), longer = n > m ? n : m;
	const int reach = longer / 2 > 0 ? longer / 2 - 1 : 0;
	uint64_t in_a = 0, in_b = 0;
	int same = 0, moved = 0, prefix = 0;
	if (n == 0 || m == 0)
		return 0;
	for (int i = 0; i < n; i++)
		for (int j = i > reach ? i - reach : 0; j < m && j <= i + reach; j++)
			if (a[i] == b[j] && !(in_b >> j & 1)) {
				in_a |= UINT64_C(1) << i;
				in_b |= UINT64_C(1) << j;
				same++;
				break;
			}
	if (same == 0)
		return 0;
	for (int i = 0, j = 0; i < n; i++) {
		if (!(in_a >> i & 1))
			continue;
		while (!(in_b >> j & 1))
			j++;
		moved += a[i] != b[j++];
	}
	const int jaro = (1000 * same / n + 1000 * same / m + 1000 * (same - moved / 2) / same) / 3;
	while (prefix < 4 && a[prefix] != '\0' && a[prefix] == b[prefix])
		prefix++;
	return jaro + prefix * (1000 - jaro) / 10;
}

static bool begins(const char *s, const char *prefix)
{
	return strlen(prefix) >= 3 && str_starts(s, prefix);
}

enum {
	SOUND = 985,
	CUT = 960,
	NICKNAME = 950,
	BONES = 940,
	INITIAL = 860,
	SOUND_LOSS = 15,
	BONES_LOSS = 70,
	NEAR_LEAST = 700 /* below it no pair is made anyway */
};

static int more(int a, int b)
{
	return a > b ? a : b;
}

int word_score(const struct match_word *a, const struct match_word *b, bool cut)
{
	if (str_eq(a->plain, b->plain))
		return 1000;
	if (a->initial || b->initial)
		return a->plain[0] == b->plain[0] ? INITIAL : 0;
	if (str_eq(a->sound, b->sound))
		return SOUND;
	if (cut && (begins(a->plain, b->plain) || begins(b->plain, a->plain)))
		return CUT;
	if (nickname_same(a->plain, b->plain))
		return NICKNAME;
	int best =
	    more(jaro_winkler(a->plain, b->plain), jaro_winkler(a->sound, b->sound) - SOUND_LOSS);
	if (a->bare || b->bare) {
		char x[MATCH_WORD_SZ], y[MATCH_WORD_SZ];
		word_bones(x, a->sound);
		word_bones(y, b->sound);
		if (strlen(x) > 1 && str_eq(x, y))
			return BONES;
		best = more(best, jaro_winkler(x, y) - BONES_LOSS);
	}
	/* Near by letters, and yet another name: Daniel, Daniela. */
	return best >= NEAR_LEAST && nickname_other(a->plain, b->plain) ? 0 : best;
}
