#include "scan/pdf417_correct.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pdf417_make.h"

enum { P = 929 };

/* The encoder of the standard (5.10): what is left when the data, moved up, are divided by the product of all (x - 3^i), taken off zero. */
static void encode(uint16_t *words, int n, int n_check)
{
	static unsigned g[PDF417_CHECK_MAX + 1], rest[PDF417_CHECK_MAX];
	unsigned root = 1;
	memset(g, 0, sizeof g);
	memset(rest, 0, sizeof rest);
	g[0] = 1; /* the highest coefficient first */
	for (int i = 1; i <= n_check; i++) {
		root = root * 3 % P;
		for (int k = i; k > 0; k--)
			g[k] = (g[k] + (P - root) * g[k - 1]) % P;
	}
	for (int i = 0; i < n - n_check; i++) {
		const unsigned t = (words[i] + rest[0]) % P;
		for (int k = 0; k < n_check; k++)
			rest[k] = ((k + 1 < n_check ? rest[k + 1] : 0) + (P - t) * g[k + 1]) % P;
	}
	for (int k = 0; k < n_check; k++)
		words[n - n_check + k] = (uint16_t)((P - rest[k]) % P);
}

/* "PDF417" at level 1: the standard's worked example (annex Q). */
static void correct__worked_example__is_a_codeword(void **state)
{
	static const uint16_t example[] = {5, 453, 178, 121, 239, 452, 327, 657, 619};
	uint16_t words[9] = {5, 453, 178, 121, 239};
	bool erased[9] = {false};
	int errors = -1;
	(void)state;
	encode(words, 9, 4);
	assert_memory_equal(words, example, sizeof example);
	assert_int_equal(pdf417_correct(words, 9, 4, erased, &errors), ERR_OK);
	assert_int_equal(errors, 0);
	words[3] = 928;
	assert_int_equal(pdf417_correct(words, 9, 4, erased, &errors), ERR_OK);
	assert_int_equal(errors, 1);
	assert_memory_equal(words, example, sizeof example);
	erased[0] = erased[8] = true;
	words[0] = words[8] = 7;
	assert_int_equal(pdf417_correct(words, 9, 4, erased, &errors), ERR_OK);
	assert_int_equal(errors, 0);
	assert_memory_equal(words, example, sizeof example);
	/* Two are kept for detection: one erasure and one error are too much for four check codewords. */
	erased[8] = false;
	words[4] = 1;
	assert_int_equal(pdf417_correct(words, 9, 4, erased, &errors), ERR_CORRUPT);
	assert_int_equal(words[4], 1);
}

struct damage {
	int erasures, errors;
};

/* Different places; erasures hold anything, errors another value. */
static void hurt(struct make_random *r, uint16_t *words, int n, bool *erased, struct damage d)
{
	bool hit[PDF417_LENGTH_MAX] = {false};
	memset(erased, 0, sizeof *erased * (size_t)n);
	for (int left = d.erasures + d.errors; left > 0;) {
		const int at = make_between(r, 0, n - 1);
		if (hit[at])
			continue;
		hit[at] = true;
		erased[at] = left > d.errors;
		words[at] = (uint16_t)((words[at] + (erased[at] ? make_between(r, 0, P - 1)
								: make_between(r, 1, P - 1))) %
				       P);
		left--;
	}
}

static void make_words(struct make_random *r, uint16_t *words, int n, int n_check)
{
	for (int i = 0; i < n - n_check; i++)
		words[i] = (uint16_t)make_between(r, 0, P - 1);
	encode(words, n, n_check);
}

static void correct__up_to_its_capacity__gives_back_what_was_sent(void **state)
{
	uint16_t sent[PDF417_LENGTH_MAX], words[PDF417_LENGTH_MAX];
	bool erased[PDF417_LENGTH_MAX];
	struct make_random r = {7};
	(void)state;
	for (int i = 0; i < 900; i++) {
		const int level = i % 9, n_check = 2 << level;
		const int n = i < 9 ? PDF417_LENGTH_MAX
				    : n_check + make_between(&r, 1,
						    (PDF417_LENGTH_MAX - n_check) / (i % 5 + 1));
		struct damage d = {.erasures = make_between(&r, 0, n_check - 2)};
		d.errors = (n_check - 2 - d.erasures) / 2;
		if (i % 3 == 0)
			d.errors = make_between(&r, 0, d.errors);
		if (d.erasures + d.errors > n)
			continue;
		make_words(&r, sent, n, n_check);
		memcpy(words, sent, sizeof words);
		hurt(&r, words, n, erased, d);
		int errors = -1;
		assert_int_equal(pdf417_correct(words, n, n_check, erased, &errors), ERR_OK);
		assert_int_equal(errors, d.errors);
		assert_memory_equal(words, sent, sizeof *words * (size_t)n);
	}
}

/* One more than may be corrected, and many more: never another symbol, and what was given stays as it was. */
static void correct__beyond_its_capacity__refuses(void **state)
{
	uint16_t words[PDF417_LENGTH_MAX], before[PDF417_LENGTH_MAX];
	bool erased[PDF417_LENGTH_MAX];
	struct make_random r = {11};
	int errors;
	(void)state;
	for (int i = 0; i < 1500; i++) {
		const int n_check = 2 << i % 7, n = n_check + make_between(&r, 60, 200);
		struct damage d = {.erasures = make_between(&r, 0, n_check - 2)};
		d.errors =
		    (n_check - 2 - d.erasures) / 2 + 1 + (i % 2 ? make_between(&r, 0, 20) : 0);
		make_words(&r, words, n, n_check);
		hurt(&r, words, n, erased, d);
		memcpy(before, words, sizeof *words * (size_t)n);
		assert_int_equal(pdf417_correct(words, n, n_check, erased, &errors), ERR_CORRUPT);
		assert_memory_equal(words, before, sizeof *words * (size_t)n);
	}
}

static void correct__nonsense__refuses(void **state)
{
	uint16_t words[PDF417_LENGTH_MAX + 1] = {0};
	bool erased[PDF417_LENGTH_MAX + 1] = {false};
	struct make_random r = {13};
	int errors;
	(void)state;
	assert_int_equal(
	    pdf417_correct(words, PDF417_LENGTH_MAX + 1, 4, erased, &errors), ERR_CORRUPT);
	assert_int_equal(pdf417_correct(words, 4, 4, erased, &errors), ERR_CORRUPT);
	assert_int_equal(pdf417_correct(words, 900, 514, erased, &errors), ERR_CORRUPT);
	assert_int_equal(pdf417_correct(words, 4, 0, erased, &errors), ERR_CORRUPT);
	for (int i = 0; i < 2000; i++) {
		const int n_check = 2 << i % 6, n = n_check + make_between(&r, 20, 300);
		for (int k = 0; k < n; k++) {
			words[k] = (uint16_t)make_between(&r, 0, P - 1);
			erased[k] = make_between(&r, 0, 40) == 0;
		}
		assert_int_equal(pdf417_correct(words, n, n_check, erased, &errors), ERR_CORRUPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(correct__worked_example__is_a_codeword),
	    cmocka_unit_test(correct__up_to_its_capacity__gives_back_what_was_sent),
	    cmocka_unit_test(correct__beyond_its_capacity__refuses),
	    cmocka_unit_test(correct__nonsense__refuses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
