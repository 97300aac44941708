#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static struct match_name folded(struct matcher *m, const char *name)
{
	struct match_name n;
	match_fold(m, &n, name);
	return n;
}

static int score(struct matcher *m, const char *a, const char *b)
{
	const struct match_name x = folded(m, a), y = folded(m, b);
	return match_score(&x, &y);
}

static const char *plain(struct matcher *m, const char *name)
{
	static char all[512];
	const struct match_name n = folded(m, name);
	all[0] = '\0';
	for (int i = 0; i < n.n; i++)
		(void)str_print(all + strlen(all), sizeof all - strlen(all), "%s%s",
		    i > 0 ? " " : "", n.words[i].plain);
	return all;
}

static void fold__scripts_and_spellings(void **state)
{
	static const struct {
		const char *name, *want;
	} is[] = {{"Zoë Müller-Lüdenscheid", "zoe mueller luedenscheid"},
	    {"MUELLER<<ZOE<MARIE<<<<", "mueller zoe marie"}, {"Straße", "strasse"},
	    {"O'Brien", "obrien"}, {"O’Brien", "obrien"}, {"Щербаков Юрий", "shcherbakov iurii"},
	    {"Γιώργος", "giorgos"}, {"山田", "shantian"}, {"Ｊｏｈｎ", "john"},
	    {"J\xe2\x80\x8bo\xe2\x80\xaehn", "john"}, {"Jоhn", "john"}, {"МIA", "mia"},
	    {"Łukasz Øyvind Þór", "lukasz oeyvind thor"}, {"Anne-Marie  d’Arc", "anne marie darc"},
	    {"", ""}, {"... --- <<<", ""}, {"7", "7"}};
	for (size_t i = 0; i < sizeof is / sizeof is[0]; i++)
		assert_string_equal(plain(*state, is[i].name), is[i].want);
}

static void fold__hostile_text_is_bounded(void **state)
{
	char big[10001];
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	assert_int_equal(folded(*state, big).n, 1);
	for (size_t i = 1; i < sizeof big - 1; i += 2)
		big[i] = ' ';
	assert_int_equal(folded(*state, big).n, MATCH_WORDS);
	for (size_t i = 0; i + 2 < sizeof big; i += 3)
		memcpy(big + i, "\xef\xb7\xba", 3); /* U+FDFA: eighteen letters of one */
	(void)folded(*state, big);
	assert_int_equal(folded(*state, "\xff\xfe\x80\x1b[2J\x07").n, 1); /* the J of it */
	assert_int_equal(score(*state, "", ""), 0);
	assert_int_equal(score(*state, "", "Anna"), 0);
	assert_int_equal(score(*state, "'; DROP TABLE", "%_\"\\"), 0);
}

static void score__one_person(void **state)
{
	static const char *const pairs[][2] = {{"Zoë Müller", "MUELLER<<ZOE"},
	    {"Zoe Muller", "Müller, Zoë"}, {"Bob Smith", "Robert J. Smith"},
	    {"Sascha Weber", "Alexander Weber"}, {"Jan van den Berg", "Jan Vandenberg"},
	    {"Jan van den Berg", "BERG<<JAN"}, {"Ronald McDonald", "Ronald Mc Donald"},
	    {"J. Smith", "John Smith"}, {"Ana María García López", "Ana Garcia"},
	    {"محمد حداد", "Mohammed Haddad"}, {"Юлия Чехова", "Julia Tschechowa"},
	    {"Omar bin Khalid", "Omar Khalid"}};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (score(*state, pairs[i][0], pairs[i][1]) < MATCH_SAME)
			fail_msg("%s | %s: %d", pairs[i][0], pairs[i][1],
			    score(*state, pairs[i][0], pairs[i][1]));
}

static void score__two_persons(void **state)
{
	static const char *const pairs[][2] = {{"Anna Schmidt", "Peter Schmidt"},
	    {"Smith", "John Smith"}, {"John", "John Smith"}, {"J. Smith", "Peter Smith"},
	    {"A. B.", "Anna Berg"}, {"Anna Maria Schmidt", "Anna Luise Weber"},
	    {"van de", "van der Berg"}, {"Maria Garcia", "Mario Garcia"},
	    {"Daniel Weber", "Daniela Weber"}, {"Tim Weber", "Tom Weber"},
	    {"Jan Weber", "Jana Weber"}, {"John Smith", "Jane Smith"}, {"7", "8"}};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (score(*state, pairs[i][0], pairs[i][1]) >= MATCH_SAME)
			fail_msg("%s | %s: %d", pairs[i][0], pairs[i][1],
			    score(*state, pairs[i][0], pairs[i][1]));
}

static int claim(struct matcher *m, const char *said, const char *proof)
{
	const struct match_name x = folded(m, said), y = folded(m, proof);
	return match_score_claim(&x, &y);
}

static void score_claim__a_document_may_say_more(void **state)
{
	static const char *const proven[][2] = {{"Anna Weber", "WEBER<<ANNA<MARIA<LUISE<CHARLOTTE"},
	    {"Maria Pereira", "SILVA<SANTOS<OLIVEIRA<PEREIRA<<MARIA<JOAO"},
	    {"Anna Maria Weber", "WEBER<<ANNA"}, {"Prof. Dr. med. Anna Weber", "WEBER<<ANNA"},
	    {"Anna M. Weber", "WEBER<<ANNA"}, {"Jan van den Berg", "BERG<<JAN"},
	    {"Anna Weber-Koch", "WEBER<<ANNA"}, {"Robert J. Smith Jr.", "SMITH<<ROBERT<JOHN"},
	    {"Bob Smith", "SMITH<<ROBERT<JOHN"}, {"Anna Erikson", "ERIKSSON<<ANNA<MARIA"}};
	for (size_t i = 0; i < sizeof proven / sizeof proven[0]; i++)
		if (claim(*state, proven[i][0], proven[i][1]) < MATCH_SAME)
			fail_msg("%s | %s: %d", proven[i][0], proven[i][1],
			    claim(*state, proven[i][0], proven[i][1]));
}

/* What is claimed is in the claimant's hand, and goes on a badge. */
static void score_claim__a_heap_of_names_is_nobody(void **state)
{
	static const char *const heaps[][2] = {{"Angela Merkel Peter Fischer", "FISCHER<<PETER"},
	    {"Peter Fischer Angela Merkel", "FISCHER<<PETER"},
	    {"Peter Angela Merkel Fischer", "FISCHER<<PETER"},
	    {"Angela-Merkel Peter Fischer", "FISCHER<<PETER"},
	    {"AngelaMerkel A. B. C. D. E. Peter Fischer", "FISCHER<<PETER"},
	    {"de la de la de la de la de la Peter Fischer Angela Merkel", "FISCHER<<PETER"},
	    {"A B C D E F G H I J Peter Fischer Angela Merkel", "FISCHER<<PETER"},
	    {"Dr Dr Dr Dr Dr Dr Dr Dr Dr Dr Peter Fischer Angela Merkel", "FISCHER<<PETER"},
	    {"Thomas Michael Peter Anna Maria Müller Schmidt Schneider Fischer Weber Meyer John",
		"WEBER<<ANNA"},
	    {"Thomas Michael Peter Anna Maria Müller Schmidt Schneider Fischer Weber Meyer John",
		"FISCHER<<PETER"},
	    {"de la de la de la de la de la Cruz Peter Angela Merkel", "DE<LA<CRUZ<<PETER"},
	    {"Al Du El Le Von Di Da Ben Peter Fischer", "FISCHER<<PETER"},
	    {"Peter Li Fischer Xi", "FISCHER<<PETER"}, {"Angela Merkel", "FISCHER<<PETER"},
	    {"Peter", "FISCHER<<PETER"}};
	for (size_t i = 0; i < sizeof heaps / sizeof heaps[0]; i++)
		if (claim(*state, heaps[i][0], heaps[i][1]) >= MATCH_SAME)
			fail_msg("%s | %s: %d", heaps[i][0], heaps[i][1],
			    claim(*state, heaps[i][0], heaps[i][1]));
	/* Without a claimant too, nobody has ten names more. */
	assert_true(score(*state, heaps[8][0], "Anna Weber") < MATCH_SAME);
	/* Where a document cuts names off, it may have lost two of them. */
	struct match_name said = folded(*state, "Anna Maria Luise Weber"),
			  cut = folded(*state, "WEBER<<ANNA");
	cut.cut = true;
	assert_true(match_score_claim(&said, &cut) >= MATCH_SAME);
	said = folded(*state, "Angela Dorothea Merkel Anna Weber");
	assert_true(match_score_claim(&said, &cut) < MATCH_SAME);
}

static void score__cut_names(void **state)
{
	struct match_name whole = folded(*state, "Papandropoulou Alexandra-Konstantina"),
			  cut = folded(*state, "PAPANDROPO<<ALEXANDRA<KONST");
	assert_true(match_score(&whole, &cut) < match_score(&whole, &whole));
	const int strict = match_score(&whole, &cut);
	cut.cut = true;
	assert_true(match_score(&whole, &cut) > strict);
	assert_true(match_score(&whole, &cut) >= MATCH_SAME);
}

static void key__one_for_many_spellings(void **state)
{
	static const char *const same[][2] = {{"Bob Smith", "SMITH, Robert"},
	    {"Zoë Müller", "MUELLER<<ZOE"}, {"Jan van den Berg", "Berg, Jan"},
	    {"Anton Чехов", "Tony Tschechov"}};
	char a[MATCH_KEY_SZ], b[MATCH_KEY_SZ];
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		const struct match_name x = folded(*state, same[i][0]),
					y = folded(*state, same[i][1]);
		match_key(&x, a);
		match_key(&y, b);
		assert_string_equal(a, b);
		assert_true(a[0] != '\0');
	}
	const struct match_name none = folded(*state, "");
	match_key(&none, a);
	assert_string_equal(a, "");
}

static void birth__dates(void **state)
{
	(void)state;
	assert_int_equal(match_birth(19710203, 19710203), MATCH_BIRTH_SAME);
	assert_int_equal(match_birth(19710203, 19710302), MATCH_BIRTH_SWAPPED);
	assert_int_equal(match_birth(19710203, 19720203), MATCH_BIRTH_OTHER);
	assert_int_equal(match_birth(19710203, 0), MATCH_BIRTH_UNKNOWN);
	assert_int_equal(match_birth(19710200, 19710203), MATCH_BIRTH_SAME);
	assert_int_equal(match_birth(19710000, 19711231), MATCH_BIRTH_SAME);
	assert_true(match_is_same(MATCH_SAME, MATCH_BIRTH_UNKNOWN));
	assert_false(match_is_same(MATCH_SAME - 1, MATCH_BIRTH_UNKNOWN));
	assert_true(match_is_same(MATCH_SAME - 1, MATCH_BIRTH_SAME));
	assert_false(match_is_same(1000, MATCH_BIRTH_OTHER));
	assert_false(match_is_same(MATCH_SAME, MATCH_BIRTH_SWAPPED));
	assert_true(match_is_same(1000, MATCH_BIRTH_SWAPPED));
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(fold__scripts_and_spellings),
	    cmocka_unit_test(fold__hostile_text_is_bounded), cmocka_unit_test(score__one_person),
	    cmocka_unit_test(score__two_persons), cmocka_unit_test(score__cut_names),
	    cmocka_unit_test(score_claim__a_document_may_say_more),
	    cmocka_unit_test(score_claim__a_heap_of_names_is_nobody),
	    cmocka_unit_test(key__one_for_many_spellings), cmocka_unit_test(birth__dates)};
	return cmocka_run_group_tests(tests, begin, end);
}
