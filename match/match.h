/*
 * Are these two names one person? It hides scripts, spellings, orders, nicknames and slips: a name is folded once, and two folded names are
 * compared as often as one likes.
 *
 * Folding strips format characters, folds compatibility forms and case (NFKC_Casefold), turns letters that only look Latin inside a Latin word
 * into those they look like (UTS 39's skeleton), writes the rest in Latin letters (Cyrillic as passports do, ICAO 9303-3 section 6; ICU for other
 * scripts) without marks, and parts the words. The order of words never counts.
 *
 * Pure: no clock, no list of people, the same answer for the same names. A struct matcher holds ICU's tables (some MiB while it lives); one a
 * program, made where the first name is compared.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { MATCH_WORDS = 12, MATCH_WORD_SZ = 40, MATCH_KEY_SZ = 256 };

struct match_word {
	char plain[MATCH_WORD_SZ]; /* a-z and 0-9: "mueller", "shcherbakov" */
	char sound
	    [MATCH_WORD_SZ]; /* spellings of one sound made one: "muler", "serbakov"; to compare, not to read */
	bool initial; /* one letter */
	bool particle; /* van, de, bin, al: may be left out */
	bool bare; /* from a script that leaves vowels out */
};

/* A folded name. Further words than MATCH_WORDS are counted only; the ends of very long ones are dropped. */
struct match_name {
	struct match_word words[MATCH_WORDS];
	int n;
	int lost; /* words behind the last that found a place */
	bool cut; /* its source cuts names off: a word may end early, one may be missing */
};

struct matcher;
/* ERR_UNSUPPORTED: this machine's ICU lacks what is needed. */
enum err_code matcher_new(struct matcher **m, struct err *e) MUST_USE;
void matcher_free(struct matcher *own_m);

/* name: UTF-8, any bytes; "<" parts words as in an MRZ. A name without a letter has no words and is nobody's. */
void match_fold(struct matcher *m, struct match_name *out, const char *name);

/* The folding key: nicknames told as the full name, particles and initials left out, in sounds, sorted, joined by one space. Two spellings of a
 * name often have one key, two slips seldom do: it finds candidates, match_score decides. */
void match_key(const struct match_name *name, char key[MATCH_KEY_SZ]);

/* 0 (strangers) to 1000 (the same words). Symmetric. */
int match_score(const struct match_name *a, const struct match_name *b);

/* claim: what somebody says of themselves, as a badge will bear it; proof: what a document says. As match_score, but what the claim has and the
 * proof lacks costs more than the other way round: one word may be so (a title, an initial or a particle counts for little), two may not. Whoever
 * gives a heap of names proves none of them. */
int match_score_claim(const struct match_name *claim, const struct match_name *proof);

/* What is known of the two birth dates. */
enum match_birth { MATCH_BIRTH_UNKNOWN, MATCH_BIRTH_SAME, MATCH_BIRTH_SWAPPED, MATCH_BIRTH_OTHER };
/* From dates as year × 10000 + month × 100 + day, 0: unknown; a month or day of 0 agrees with any. SWAPPED: day and month changed places. */
enum match_birth match_birth(int a, int b);

enum {
	MATCH_SAME = 860
}; /* from here on: one person. Set by tests/unit/match/test_set.c, which prints what it costs. */
/* The verdict of names and birth dates together: another birth date needs the very name, the same one forgives a little more. */
bool match_is_same(int score, enum match_birth birth);

#endif
