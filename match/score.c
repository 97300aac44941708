#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "match/fold.h"

enum {
	ROUND = 985,
	PAIR_LEAST = 700, /* words less alike than this are not the same word */
	PENALTY_EXTRA = 18, /* a word that only the longer name has: a middle name */
	PENALTY_CLAIMED = 75, /* one that only the claim has */
	PENALTY_CLAIMED_CUT = 60, /* the proof may have lost it */
	PENALTY_STRANGE = 260, /* a word on each side that nothing on the other resembles */
	LONE_MOST = 840, /* one word in common of several is not a name in common */
	JOINED_LEAST = 960,
	WEIGHT_MOST = 8,
	SAME_DATE_FORGIVES = 25,
	SWAPPED_DATE_LEAST = 930,
	OTHER_DATE_LEAST = 1001, /* nobody */
};

static int less(int a, int b)
{
	return a < b ? a : b;
}

/* --- words that one writes together and another apart ------------------------------------------- */

static bool has_word(const struct match_name *name, const struct match_word *w)
{
	for (int i = 0; i < name->n; i++)
		if (word_score(&name->words[i], w, false) >= JOINED_LEAST)
			return true;
	return false;
}

static void word_remove(struct match_name *name, int i)
{
	memmove(&name->words[i], &name->words[i + 1],
	    (size_t)(name->n - i - 1) * sizeof name->words[0]);
	name->n--;
}

/* Words first … first + n - 1 of a as one, where other has it so and none of them apart: "Robert J" is no Robert. */
static bool span_join(struct match_name *a, int first, int n, const struct match_name *other)
{
	struct match_word whole = {.bare = false};
	size_t used = 0;
	bool apart = false;
	for (int i = first; i < first + n && used < sizeof whole.plain; i++) {
		used += (size_t)snprintf(
		    whole.plain + used, sizeof whole.plain - used, "%s", a->words[i].plain);
		whole.bare |= a->words[i].bare;
		apart |= has_word(other, &a->words[i]);
	}
	if (used < 4 || used >= sizeof whole.plain || apart)
		return false;
	word_finish(&whole);
	if (!has_word(other, &whole))
		return false;
	a->words[first] = whole;
	while (--n > 0)
		word_remove(a, first + 1);
	return true;
}

/* "Mc Donald", "van den Berg", "Xiao Ming" against "McDonald", "Vandenberg", "Xiaoming". */
static void words_join(struct match_name *a, const struct match_name *other)
{
	for (int n = 3; n >= 2; n--)
		for (int first = 0; first + n <= a->n; first++)
			(void)span_join(a, first, n, other);
}

/* "张小明" is one word, "Xiao Ming Zhang" three: whether the words of many, from any of them on and round, are the one word. */
static bool round_is(const struct match_name *many, const struct match_word *one)
{
	for (int first = 0; first < many->n; first++) {
		struct match_word all = {.plain = ""};
		size_t used = 0;
		for (int i = 0; i < many->n && used < sizeof all.plain; i++)
			used += (size_t)snprintf(all.plain + used, sizeof all.plain - used, "%s",
			    many->words[(first + i) % many->n].plain);
		word_finish(&all);
		if (used < sizeof all.plain && str_eq(all.sound, one->sound))
			return true;
	}
	return false;
}

static void particles_drop(struct match_name *name)
{
	int real = 0;
	for (int i = 0; i < name->n; i++)
		real += !name->words[i].particle && !name->words[i].initial;
	for (int i = name->n - 1; i >= 0 && real > 0; i--)
		if (name->words[i].particle)
			word_remove(name, i);
}

/* --- pairs ------------------------------------------------------------------------------------ */

struct pairs {
	int score[MATCH_WORDS][MATCH_WORDS];
	bool a_used[MATCH_WORDS], b_used[MATCH_WORDS];
	int sum, weight; /* of the words that found each other */
	int weakest;
	int whole; /* pairs of whole words */
};

static int weight_of(const struct match_word *a, const struct match_word *b)
{
	if (a->initial || b->initial)
		return 1;
	return less(less((int)strlen(a->plain), (int)strlen(b->plain)), WEIGHT_MOST);
}

/* The most alike first. Between equals the longer words: an initial must not take the place of the word that it stands for. */
static bool pair_take(struct pairs *p, const struct match_name *a, const struct match_name *b)
{
	int best = PAIR_LEAST - 1, best_weight = 0, ai = -1, bi = -1;
	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++) {
			const int s = p->score[i][j], w = weight_of(&a->words[i], &b->words[j]);
			if (p->a_used[i] || p->b_used[j] || s < best ||
			    (s == best && w <= best_weight))
				continue;
			best = s;
			best_weight = w;
			ai = i;
			bi = j;
		}
	if (ai < 0)
		return false;
	p->a_used[ai] = p->b_used[bi] = true;
	p->sum += best * best_weight;
	p->weight += best_weight;
	p->weakest = less(p->weakest, best);
	p->whole += best_weight > 1;
	return true;
}

static void pairs_make(struct pairs *p, const struct match_name *a, const struct match_name *b)
{
	*p = (struct pairs){.weakest = 1000};
	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
			p->score[i][j] = word_score(&a->words[i], &b->words[j], a->cut || b->cut);
	while (pair_take(p, a, b)) {
	}
}

static int left_over(const bool used[MATCH_WORDS], int n)
{
	int left = 0;
	for (int i = 0; i < n; i++)
		left += !used[i];
	return left;
}

static bool is_title(const struct match_word *w)
{
	static const char *const titles[] = {"dr", "prof", "dipl", "ing", "mag", "med", "phil",
	    "rer", "nat", "jur", "mr", "mrs", "ms", "miss", "herr", "frau", "sir", "mme", "mlle",
	    "sr", "sra", "don", "dona", "jr", "ii", "iii"};
	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (str_eq(titles[i], w->plain))
			return true;
	return false;
}

/* The cost of what only one side has: many of its left words, less those that stand against a strange one. */
static int extra_cost(
    const struct match_name *name, const bool used[MATCH_WORDS], int strange, int each)
{
	int whole = 0, light = 0;
	for (int i = 0; i < name->n; i++) {
		const bool small = name->words[i].initial || is_title(&name->words[i]);
		whole += !used[i] && !small;
		light += !used[i] && small;
	}
	const int extra = whole + light - strange, heavy = less(whole, extra);
	return (heavy + name->lost) * each + (extra - heavy) * PENALTY_EXTRA;
}

/* A particle may be left out; ten of them are another name, or push one out of sight. */
static int particles_claimed(const struct match_name *claim, const struct match_name *proof)
{
	int n = 0;
	for (int i = 0; i < claim->n; i++)
		n += claim->words[i].particle && !has_word(proof, &claim->words[i]);
	return n;
}

/* claimed: what a word costs that only x has. */
static int compare(const struct match_name *x, const struct match_name *y, int claimed)
{
	struct match_name a = *x, b = *y;
	struct pairs p;
	if ((x->n == 1 && y->n > 1 && round_is(y, &x->words[0])) ||
	    (y->n == 1 && x->n > 1 && round_is(x, &y->words[0])))
		return ROUND;
	words_join(&a, y);
	words_join(&b, x);
	const int particles = claimed != PENALTY_EXTRA ? particles_claimed(&a, y) : 0;
	particles_drop(&a);
	particles_drop(&b);
	pairs_make(&p, &a, &b);
	if (p.weight == 0 || p.whole == 0)
		return 0;
	const int a_left = left_over(p.a_used, a.n), b_left = left_over(p.b_used, b.n);
	const int strange = less(a_left, b_left);
	/* One word that hardly fits must show, however long the others are. */
	int score = (2 * (p.sum / p.weight) + p.weakest) / 3;
	score -= strange * PENALTY_STRANGE + extra_cost(&a, p.a_used, strange, claimed) +
		 extra_cost(&b, p.b_used, strange, PENALTY_EXTRA) + particles * PENALTY_EXTRA;
	if (p.whole == 1 && (a.n > 1 || b.n > 1) && !(a.n == 2 && b.n == 2 && strange == 0))
		score = less(score, LONE_MOST);
	return score < 0 ? 0 : score;
}

int match_score(const struct match_name *a, const struct match_name *b)
{
	return compare(a, b, PENALTY_EXTRA);
}

int match_score_claim(const struct match_name *claim, const struct match_name *proof)
{
	return compare(claim, proof, proof->cut ? PENALTY_CLAIMED_CUT : PENALTY_CLAIMED);
}

/* --- the key ---------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

void match_key(const struct match_name *name, char key[MATCH_KEY_SZ])
{
	char sounds[MATCH_WORDS][MATCH_WORD_SZ];
	struct match_name all = *name;
	size_t n = 0, used = 0;
	particles_drop(&all);
	for (int i = 0; i < all.n; i++) {
		struct match_word full = all.words[i];
		size_t len;
		const char *word = nickname_full(full.plain, &len);
		if (full.initial)
			continue;
		(void)str_print(full.plain, sizeof full.plain, "%.*s", (int)len, word);
		word_finish(&full);
		memcpy(sounds[n++], full.sound, sizeof full.sound);
	}
	qsort(sounds, n, sizeof sounds[0], by_text);
	key[0] = '\0';
	for (size_t i = 0; i < n && used < MATCH_KEY_SZ; i++)
		used += (size_t)snprintf(
		    key + used, MATCH_KEY_SZ - used, "%s%s", i > 0 ? " " : "", sounds[i]);
}

/* --- birth dates ------------------------------------------------------------------------------ */

enum match_birth match_birth(int a, int b)
{
	const int a_month = a / 100 % 100, a_day = a % 100, b_month = b / 100 % 100,
		  b_day = b % 100;
	if (a == 0 || b == 0)
		return MATCH_BIRTH_UNKNOWN;
	if (a / 10000 != b / 10000)
		return MATCH_BIRTH_OTHER;
	if ((a_month == b_month || a_month == 0 || b_month == 0) &&
	    (a_day == b_day || a_day == 0 || b_day == 0))
		return MATCH_BIRTH_SAME;
	return a_month == b_day && a_day == b_month ? MATCH_BIRTH_SWAPPED : MATCH_BIRTH_OTHER;
}

bool match_is_same(int score, enum match_birth birth)
{
	switch (birth) {
	case MATCH_BIRTH_UNKNOWN: return score >= MATCH_SAME;
	case MATCH_BIRTH_SAME: return score >= MATCH_SAME - SAME_DATE_FORGIVES;
	case MATCH_BIRTH_SWAPPED: return score >= SWAPPED_DATE_LEAST;
	case MATCH_BIRTH_OTHER: return score >= OTHER_DATE_LEAST;
	}
	return false;
}
