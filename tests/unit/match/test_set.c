/*
 * What the score is worth: people who do not exist, each told twice with one kind of difference, against near neighbours who are somebody else.
 * Prints recall and false matches by kind; the seed is SEED or 1.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "match/match.h"
#include "names.inc"

enum {
	EACH = 1500,
	TEXT = 256,
	N_GIVEN = sizeof given_names / sizeof given_names[0],
	N_FAMILY = sizeof family_names / sizeof family_names[0]
};

/* xorshift64* (Vigna 2016): the same names on every machine. */
static uint64_t seed;

static unsigned draw(unsigned n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * UINT64_C(2685821657736338717)) >> 33) % n;
}

struct person {
	const char *given, *middle, *family;
};

static struct person somebody(void)
{
	struct person p = {given_names[draw(N_GIVEN)],
	    draw(3) == 0 ? given_names[draw(N_GIVEN)] : "", family_names[draw(N_FAMILY)]};
	return p;
}

static void tell(char out[TEXT], const struct person *p)
{
	str_print(out, TEXT, "%s %s%s%s", p->given, p->middle, p->middle[0] != '\0' ? " " : "",
	    p->family);
}

/* --- the kinds of difference ------------------------------------------------------------------ */

static const char letters[] = "abcdefghijklmnopqrstuvwxyz";

static bool ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* One slip of the fingers in s: a letter changed, left out, put in, or two swapped; never the first of the name. */
static void slip(char s[TEXT])
{
	const size_t n = strlen(s);
	size_t i = 0;
	for (int tries = 0; tries < 200; tries++) { /* "Li Wu" has no place for one */
		i = 1 + draw((unsigned)n - 2);
		if (ascii_letter(s[i]) && ascii_letter(s[i - 1]) && ascii_letter(s[i + 1]))
			break;
	}
	const char c = letters[draw(26)];
	switch (draw(4)) {
	case 0: s[i] = c; break;
	case 1: memmove(s + i, s + i + 1, n - i); break;
	case 2:
		memmove(s + i + 1, s + i, n - i + 1);
		s[i] = c;
		break;
	default:;
		const char t = s[i];
		s[i] = s[i + 1];
		s[i + 1] = t;
	}
}

static void as_slip(char a[TEXT], char b[TEXT])
{
	const struct person p = somebody();
	tell(a, &p);
	tell(b, &p);
	slip(b);
}

static void as_two_slips(char a[TEXT], char b[TEXT])
{
	as_slip(a, b);
	slip(b);
}

static void as_order(char a[TEXT], char b[TEXT])
{
	const struct person p = somebody();
	tell(a, &p);
	str_print(b, TEXT, "%s%s %s %s", p.family, draw(2) == 0 ? "," : "", p.given, p.middle);
}

static void as_dropped(char a[TEXT], char b[TEXT])
{
	struct person p = somebody();
	if (p.middle[0] == '\0')
		p.middle = given_names[draw(N_GIVEN)];
	tell(a, &p);
	switch (draw(3)) {
	case 0: str_print(b, TEXT, "%s %s", p.given, p.family); break;
	case 1:
		str_print(b, TEXT, "%s %c. %s", p.given,
		    ascii_letter(p.middle[0]) ? p.middle[0] : 'X', p.family);
		break;
	default:
		str_print(b, TEXT, "%s %s %s-%s", p.given, p.middle, p.family,
		    family_names[draw(N_FAMILY)]);
		break;
	}
}

static void as_script(char a[TEXT], char b[TEXT])
{
	const unsigned g = draw(sizeof given_scripts / sizeof given_scripts[0]);
	/* A family name of the same alphabet: both tables stand in the order Cyrillic, Greek, Arabic, Chinese, Hebrew. */
	static const struct {
		unsigned upto, first, n;
	} like[] = {{10, 0, 8}, {13, 8, 2}, {16, 10, 3}, {18, 13, 2}, {19, 15, 1}};
	unsigned k = 0;
	while (g >= like[k].upto)
		k++;
	const unsigned f = like[k].first + draw(like[k].n);
	const char *latin_g = given_scripts[g].latin[draw(3)],
		   *latin_f = family_scripts[f].latin[draw(3)];
	if (like[k].first == 13) /* family name first, no space */
		str_print(a, TEXT, "%s%s", family_scripts[f].own, given_scripts[g].own);
	else
		str_print(a, TEXT, "%s %s", given_scripts[g].own, family_scripts[f].own);
	str_print(b, TEXT, "%s %s", latin_g, latin_f);
}

/* As an MRZ has it: capitals, no marks, 9303-3's spellings. */
static void as_mrz(char a[TEXT], char b[TEXT])
{
	static const struct {
		const char *from, *to;
	} map[] = {{"ä", "AE"}, {"ö", "OE"}, {"ü", "UE"}, {"Ö", "OE"}, {"ø", "OE"}, {"Ø", "OE"},
	    {"å", "AA"}, {"Å", "AA"}, {"é", "E"}, {"è", "E"}, {"ë", "E"}, {"É", "E"}, {"î", "I"},
	    {"í", "I"}, {"ó", "O"}, {"ô", "O"}, {"á", "A"}, {"Á", "A"}, {"ã", "A"}, {"ñ", "N"},
	    {"ç", "C"}, {"Ç", "C"}, {"ş", "S"}, {"ł", "L"}, {"ń", "N"}, {"ś", "S"}, {"š", "S"},
	    {"ř", "R"}, {"ž", "Z"}, {"ı", "I"}, {"ú", "U"}, {"'", ""}, {" ", "<"}, {"-", "<"}};
	const struct person p = somebody();
	char last_first[TEXT];
	size_t n = 0;
	tell(a, &p);
	str_print(last_first, TEXT, "%s  %s %s", p.family, p.given, p.middle);
	for (const char *s = last_first; *s != '\0' && n + 3 < TEXT;) {
		size_t taken = 0;
		for (size_t i = 0; i < sizeof map / sizeof map[0] && taken == 0; i++)
			if (strncmp(s, map[i].from, strlen(map[i].from)) == 0) {
				taken = strlen(map[i].from);
				for (const char *t = map[i].to; *t != '\0'; t++)
					b[n++] = *t;
			}
		if (taken == 0)
			b[n++] = (char)(*s >= 'a' && *s <= 'z' ? *s - 32 : *s);
		s += taken != 0 ? taken : 1;
	}
	b[n] = '\0';
}

static void as_homoglyph(char a[TEXT], char b[TEXT])
{
	static const struct {
		char from;
		const char *to;
	} twins[] = {{'a', "а"}, {'e', "е"}, {'o', "о"}, {'p', "р"}, {'c', "с"}, {'i', "і"},
	    {'x', "х"}, {'y', "у"}, {'M', "М"}, {'B', "В"}, {'o', "ο"}};
	const struct person p = somebody();
	size_t n = 0;
	int hidden = 0;
	tell(a, &p);
	for (const char *s = a; *s != '\0' && n + 4 < TEXT; s++) {
		const char *to = NULL;
		for (size_t i = 0; i < sizeof twins / sizeof twins[0] && to == NULL; i++)
			if (twins[i].from == *s && draw(3) == 0)
				to = twins[i].to;
		hidden += to != NULL;
		const char one[2] = {*s, '\0'};
		for (const char *t = to != NULL ? to : one; *t != '\0'; t++)
			b[n++] = *t;
		if (draw(12) == 0 && (s[1] & 0xc0) != 0x80) { /* a zero-width space, too */
			memcpy(b + n, "\xe2\x80\x8b", 3);
			n += 3;
		}
	}
	b[n] = '\0';
	(void)hidden;
}

static void as_nickname(char a[TEXT], char b[TEXT])
{
	static const char *const pairs[][2] = {{"Robert", "Bob"}, {"William", "Bill"},
	    {"Elizabeth", "Liz"}, {"Alexander", "Sascha"}, {"Margaret", "Peggy"},
	    {"Katharina", "Kathrin"}, {"Johannes", "Hans"}, {"Richard", "Dick"},
	    {"Giuseppe", "Peppe"}, {"Francisco", "Paco"}, {"José", "Pepe"}, {"Mikhail", "Misha"},
	    {"Dmitri", "Dima"}, {"Ekaterina", "Katja"}, {"Tatiana", "Tanja"}, {"Andrew", "Andy"},
	    {"Edward", "Ted"}, {"Susanne", "Susi"}, {"Magdalena", "Leni"}, {"Sebastian", "Basti"},
	    {"Josef", "Sepp"}, {"Charles", "Chuck"}, {"Wilhelm", "Willi"}, {"Ludwig", "Lutz"},
	    {"Jan", "Johannes"}, {"Christopher", "Kit"}};
	const unsigned i = draw(sizeof pairs / sizeof pairs[0]);
	const char *family = family_names[draw(N_FAMILY)];
	str_print(a, TEXT, "%s %s", pairs[i][0], family);
	str_print(b, TEXT, "%s %s", pairs[i][1], family);
}

/* --- neighbours -------------------------------------------------------------------------------- */

static const char *other(const char *const *list, unsigned n, const char *than)
{
	const char *s = list[draw(n)];
	while (str_eq(s, than))
		s = list[draw(n)];
	return s;
}

static void as_sibling(char a[TEXT], char b[TEXT])
{
	const struct person p = somebody(),
			    q = {other(given_names, N_GIVEN, p.given), "", p.family};
	tell(a, &p);
	tell(b, &q);
}

/* One letter of a given name away is another person, most often of the other sex. */
static void as_near_given(char a[TEXT], char b[TEXT])
{
	static const char *const pairs[][2] = {{"Maria", "Mario"}, {"Daniel", "Daniela"},
	    {"Paul", "Paula"}, {"Martin", "Martina"}, {"Michael", "Michaela"}, {"Jan", "Jana"},
	    {"Tim", "Tom"}, {"Stefan", "Stefanie"}, {"Julian", "Juliana"}, {"Simon", "Simone"},
	    {"Gabriel", "Gabriela"}, {"Francisco", "Francisca"}, {"Roberto", "Roberta"},
	    {"Alessandro", "Alessandra"}, {"Claudio", "Claudia"}, {"Valentin", "Valentina"},
	    {"Emil", "Emilia"}, {"Antonio", "Antonia"}, {"Viktor", "Viktoria"},
	    {"Christian", "Christiane"}, {"Carlo", "Carla"}, {"Philipp", "Philippa"}};
	const unsigned i = draw(sizeof pairs / sizeof pairs[0]), k = draw(2);
	const char *family = family_names[draw(N_FAMILY)];
	str_print(a, TEXT, "%s %s", pairs[i][k], family);
	str_print(b, TEXT, "%s %s", pairs[i][1 - k], family);
}

/* A visitor types what they like: the name on the document, and among others' names. */
static void as_padded(char a[TEXT], char b[TEXT])
{
	const struct person p = somebody();
	const unsigned more = 1 + draw(5), place = draw(more + 1);
	char own[TEXT];
	size_t n = 0;
	tell(b, &p);
	str_print(own, TEXT, "%s %s", p.given, p.family);
	a[0] = '\0';
	for (unsigned i = 0; i <= more; i++, n = strlen(a))
		if (i == place)
			str_print(a + n, TEXT - n, "%s ", own);
		else
			str_print(a + n, TEXT - n, "%s %s ", other(given_names, N_GIVEN, p.given),
			    other(family_names, N_FAMILY, p.family));
}

static void as_namesake(char a[TEXT], char b[TEXT])
{
	const struct person p = somebody(),
			    q = {p.given, "", other(family_names, N_FAMILY, p.family)};
	tell(a, &p);
	tell(b, &q);
}

static void as_middle(char a[TEXT], char b[TEXT])
{
	const struct person p = {
	    given_names[draw(N_GIVEN)], given_names[draw(N_GIVEN)], family_names[draw(N_FAMILY)]};
	const struct person q = {other(given_names, N_GIVEN, p.given), p.middle,
	    other(family_names, N_FAMILY, p.family)};
	tell(a, &p);
	tell(b, &q);
}

static void as_stranger(char a[TEXT], char b[TEXT])
{
	const struct person p = somebody(), q = somebody();
	tell(a, &p);
	tell(b, &q);
	if (str_eq(p.given, q.given) && str_eq(p.family, q.family))
		as_stranger(a, b);
}

/* ------------------------------------------------------------------------------------------------ */

typedef void make(char a[TEXT], char b[TEXT]);

struct kind {
	const char *name;
	make *make;
	int least; /* per cent that must match */
	bool claimed; /* a is what somebody says, b a document */
};

/* claims: how often either name, as a claim, was proven by the other. */
static int per_mille(struct matcher *m, const struct kind *k, int *claims)
{
	char a[TEXT], b[TEXT];
	struct match_name x, y;
	int same = 0, shown = 0;
	for (int i = 0; i < EACH; i++) {
		k->make(a, b);
		match_fold(m, &x, a);
		match_fold(m, &y, b);
		const int s = k->claimed ? match_score_claim(&x, &y) : match_score(&x, &y);
		assert_true(k->claimed || s == match_score(&y, &x));
		assert_true(match_score_claim(&x, &y) <= match_score(&x, &y));
		*claims += match_score_claim(&x, &y) >= MATCH_SAME;
		*claims += match_score_claim(&y, &x) >= MATCH_SAME;
		same += s >= MATCH_SAME;
		if (getenv("SHOW") != NULL && (s >= MATCH_SAME) != (k->least > 0) && shown++ < 12)
			printf("    %d  %s | %s\n", s, a, b);
	}
	return same * 1000 / EACH;
}

static void recall_and_false_matches(void **state)
{
	static const struct kind persons[] = {{"one slip", as_slip, 97, false},
	    {"two slips", as_two_slips, 85, false}, {"order", as_order, 100, false},
	    {"dropped part", as_dropped, 97, false}, {"alphabet", as_script, 93, false},
	    {"MRZ", as_mrz, 99, false}, {"homoglyph", as_homoglyph, 98, false},
	    {"nickname", as_nickname, 98, false}};
	static const struct kind strangers[] = {{"same family", as_sibling, 0, false},
	    {"same given", as_namesake, 0, false}, {"same middle", as_middle, 0, false},
	    {"anybody", as_stranger, 0, false}, {"near given", as_near_given, 0, false},
	    {"padded claim", as_padded, 0, true}};
	struct matcher *m = *state;
	const char *told = getenv("SEED");
	int recall = 0, wrong = 0, claims = 0;
	seed = UINT64_C(0x9e3779b97f4a7c15) * (told != NULL ? strtoull(told, NULL, 10) : 1) + 1;
	for (size_t i = 0; i < sizeof persons / sizeof persons[0]; i++) {
		const int n = per_mille(m, &persons[i], &claims);
		printf("  %-14s recall %3d.%d %%\n", persons[i].name, n / 10, n % 10);
		recall += n;
		assert_true(n >= persons[i].least * 10);
	}
	claims /= (int)(2 * EACH * (sizeof persons / sizeof persons[0]) / 1000);
	printf("  %-14s recall %3d.%d %%\n", "as claims", claims / 10, claims % 10);
	assert_true(claims >= 950);
	for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		const int n = per_mille(m, &strangers[i], &claims);
		printf("  %-14s false  %3d.%d %%\n", strangers[i].name, n / 10, n % 10);
		wrong += n;
		assert_true(n <= 10);
	}
	recall /= (int)(sizeof persons / sizeof persons[0]);
	wrong /= (int)(sizeof strangers / sizeof strangers[0]);
	printf("  %-14s recall %3d.%d %%, false %d.%d %%\n", "all", recall / 10, recall % 10,
	    wrong / 10, wrong % 10);
	assert_true(recall >= 950);
	assert_true(wrong <= 10);
}

static int begin(void **state)
{
	struct err e = {0};
	struct matcher *m = NULL;
	if (matcher_new(&m, &e) != ERR_OK)
		return -1;
	*state = m;
	return 0;
}

static int end(void **state)
{
	matcher_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(recall_and_false_matches)};
	return cmocka_run_group_tests(tests, begin, end);
}
