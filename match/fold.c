#include "match/match.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/str.h"
#include "match/fold.h"

enum { NAME_UNITS = 800, WORD_UNITS = 160 };

struct matcher {
	const UNormalizer2 *casefold; /* ICU's own */
	UTransliterator *latin;
	USpoofChecker *looks;
};

/* Cyrillic as passports write it (ICAO 9303-3, section 6 B), lower case; then whatever ICU knows; then ASCII alone. */
static const char latin_rules[] =
    "::NFC;"
    "\\u0436 > zh; \\u0445 > kh; \\u0446 > ts; \\u0447 > ch; \\u0448 > sh;"
    "\\u0449 > shch; \\u044a > ie; \\u044b > y; \\u044c > ; \\u044d > e;"
    "\\u044e > iu; \\u044f > ia; \\u0451 > e; \\u0439 > i; \\u0454 > ie;"
    "\\u0456 > i; \\u0457 > i; \\u0491 > g; \\u00f8 > oe; \\u00e5 > aa;"
    "\\u00e4 > ae; \\u00f6 > oe; \\u00fc > ue;"
    "::Any-Latin; ::NFD; ::[:Mn:] Remove; ::Latin-ASCII; ::Lower;"
    "[^a-z0-9] > ;";

enum err_code matcher_new(struct matcher **out, struct err *e)
{
	UErrorCode u = U_ZERO_ERROR;
	UParseError where;
	UChar rules[sizeof latin_rules], id[] = {'f', 'o', 'y', 'e', 'r', 0};
	struct matcher *m = mem_new(1, sizeof *m);
	u_uastrcpy(rules, latin_rules);
	m->casefold = unorm2_getNFKCCasefoldInstance(&u);
	m->latin = utrans_openU(id, -1, UTRANS_FORWARD, rules, -1, &where, &u);
	m->looks = uspoof_open(&u);
	if (U_FAILURE(u)) {
		matcher_free(m);
		return err_set(e, ERR_UNSUPPORTED, "ICU: %s", u_errorName(u));
	}
	*out = m;
	return ERR_OK;
}

void matcher_free(struct matcher *own_m)
{
	if (own_m == NULL)
		return;
	if (own_m->latin != NULL)
		utrans_close(own_m->latin);
	if (own_m->looks != NULL)
		uspoof_close(own_m->looks);
	free(own_m);
}

/* --- one word -------------------------------------------------------------------------------- */

struct word_units {
	UChar s[WORD_UNITS];
	int32_t n;
	bool latin, other, bare; /* the scripts of its letters */
};

static void script_note(struct word_units *w, UChar32 c)
{
	UErrorCode u = U_ZERO_ERROR;
	UScriptCode script = uscript_getScript(c, &u);
	if (U_FAILURE(u) || script <= USCRIPT_INHERITED)
		return;
	if (script == USCRIPT_LATIN)
		w->latin = true;
	else
		w->other = true;
	if (script == USCRIPT_ARABIC || script == USCRIPT_HEBREW || script == USCRIPT_SYRIAC)
		w->bare = true;
}

/* The Latin letter that c passes for, or 0. */
static UChar32 looks_like(struct matcher *m, UChar32 c)
{
	UErrorCode u = U_ZERO_ERROR;
	UChar one[2], skeleton[8];
	int32_t n = 0, at = 0;
	UChar32 as = 0;
	U16_APPEND_UNSAFE(one, n, c);
	int32_t len = uspoof_getSkeleton(m->looks, 0, one, n, skeleton, 8, &u);
	if (U_FAILURE(u) || len < 1)
		return 0;
	U16_NEXT(skeleton, at, len, as);
	return at == len && as < 0x80 && u_isalpha(as) ? u_tolower(as) : 0;
}

/* A Latin word with letters of another script in it is a disguise, never a spelling: each becomes what it looks like. */
static void disguise_drop(struct matcher *m, struct word_units *w)
{
	UChar out[WORD_UNITS];
	int32_t n = 0;
	for (int32_t i = 0; i < w->n && n + 2 < WORD_UNITS;) {
		UChar32 c;
		U16_NEXT(w->s, i, w->n, c);
		if (!uscript_hasScript(c, USCRIPT_LATIN)) {
			UChar32 small = looks_like(m, c), large = looks_like(m, u_toupper(c));
			c = small != 0 ? small : large != 0 ? large : c;
		}
		U16_APPEND_UNSAFE(out, n, c);
	}
	memcpy(w->s, out, (size_t)n * sizeof out[0]);
	w->n = n;
}

static void word_add(struct matcher *m, struct match_name *name, struct word_units *w)
{
	UErrorCode u = U_ZERO_ERROR;
	if (w->n == 0)
		return;
	if (name->n == MATCH_WORDS) {
		name->lost++;
		return;
	}
	if (w->latin && w->other)
		disguise_drop(m, w);
	int32_t limit = w->n;
	utrans_transUChars(m->latin, w->s, &w->n, WORD_UNITS, 0, &limit, &u);
	struct match_word *out = &name->words[name->n];
	size_t n = 0;
	for (int32_t i = 0; U_SUCCESS(u) && i < limit && n + 1 < sizeof out->plain; i++)
		out->plain[n++] = (char)w->s[i];
	out->plain[n] = '\0';
	if (n == 0)
		return;
	out->bare = w->bare && !w->latin;
	/* Arabic writes its article in one word with the name; Latin spellings seldom do: "al-Sayed". */
	if (out->bare && n > 4 && str_starts(out->plain, "al"))
		memmove(out->plain, out->plain + 2, n - 1);
	word_finish(out);
	name->n++;
}

/* --- the whole name --------------------------------------------------------------------------- */

static bool apostrophe(UChar32 c)
{
	return c == '\'' || c == '`' || c == 0x2019 || c == 0x2018 || c == 0x02bc || c == 0x00b4 ||
	       c == 0x2032;
}

static bool in_word(UChar32 c)
{
	return u_hasBinaryProperty(c, UCHAR_ALPHABETIC) || u_isdigit(c) ||
	       (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

void match_fold(struct matcher *m, struct match_name *out, const char *name)
{
	UErrorCode u = U_ZERO_ERROR;
	UChar raw[NAME_UNITS], folded[NAME_UNITS];
	int32_t n = 0;
	*out = (struct match_name){0};
	size_t bytes = strnlen(name, NAME_UNITS - 1); /* never more units than bytes */
	u_strFromUTF8WithSub(raw, NAME_UNITS, &n, name, (int32_t)bytes, ' ', NULL, &u);
	/* A word, not a mark on one: "O'Brien" is one word, however it is quoted. NFKC would make a space of some of these. */
	int32_t kept = 0;
	for (int32_t i = 0; U_SUCCESS(u) && i < n;) {
		UChar32 c;
		U16_NEXT(raw, i, n, c);
		if (!apostrophe(c))
			U16_APPEND_UNSAFE(raw, kept, c);
	}
	n = unorm2_normalize(m->casefold, raw, kept, folded, NAME_UNITS, &u);
	if (U_FAILURE(u))
		return;
	struct word_units w = {.n = 0};
	for (int32_t i = 0; i < n;) {
		UChar32 c;
		U16_NEXT(folded, i, n, c);
		if (in_word(c)) {
			if (w.n + 4 < WORD_UNITS / 4) /* room for what transliteration adds */
				U16_APPEND_UNSAFE(w.s, w.n, c);
			script_note(&w, c);
			continue;
		}
		word_add(m, out, &w);
		w = (struct word_units){.n = 0};
	}
	word_add(m, out, &w);
}
