#include "scan/pdf417_correct.h"

#include <string.h>

enum { P = 929, ALPHA = 3 }; /* the field, and what generates it (5.10) */

/* Coefficients, the lowest power first. */
struct poly {
	uint16_t c[PDF417_CHECK_MAX + 1];
	int degree; /* an upper bound; what is above is 0 */
};

struct code {
	int n, n_check;
	uint16_t power[P - 1]; /* of ALPHA */
	uint16_t syndrome[PDF417_CHECK_MAX];
	struct poly locator, evaluator;
};

static uint16_t mul(unsigned a, unsigned b)
{
	return (uint16_t)(a * b % P);
}

static uint16_t sub(unsigned a, unsigned b)
{
	return (uint16_t)(a >= b ? a - b : a + P - b);
}

/* Fermat: a^(P-2). */
static uint16_t inverse(unsigned a)
{
	unsigned result = 1;
	for (int e = P - 2; e > 0; e >>= 1, a = mul(a, a))
		if (e & 1)
			result = mul(result, a);
	return (uint16_t)result;
}

/* ALPHA to the e, which is 0 … P - 2 steps below or above 0. */
static uint16_t power(const struct code *k, int e)
{
	return k->power[e < 0 ? e + P - 1 : e];
}

/* What stands at index i of the words is the coefficient of this power of x, which is also the exponent of its locator. */
static int exponent(const struct code *k, int i)
{
	return k->n - 1 - i;
}

/* The received polynomial at ALPHA^1 … ALPHA^n_check; all 0 for a codeword of the code (annex K). */
static bool syndromes(struct code *k, const uint16_t *words)
{
	bool clean = true;
	memset(k->syndrome, 0, sizeof k->syndrome);
	for (int i = 0; i < k->n; i++)
		for (int j = 0; j < k->n_check; j++)
			k->syndrome[j] =
			    (uint16_t)((k->syndrome[j] * (unsigned)k->power[j + 1] + words[i]) % P);
	for (int j = 0; j < k->n_check; j++)
		clean = clean && k->syndrome[j] == 0;
	return clean;
}

/* p times (1 - root x). */
static void multiply_in(struct poly *p, unsigned root)
{
	p->c[++p->degree] = 0;
	for (int i = p->degree; i > 0; i--)
		p->c[i] = sub(p->c[i], mul(p->c[i - 1], root));
}

/* p minus factor x^shift q. */
static void take_off(struct poly *p, const struct poly *q, unsigned factor, int shift)
{
	for (int i = 0; i <= q->degree; i++)
		p->c[i + shift] = sub(p->c[i + shift], mul(q->c[i], factor));
	if (q->degree + shift > p->degree)
		p->degree = q->degree + shift;
}

static unsigned discrepancy(const struct code *k, int step)
{
	unsigned d = 0;
	for (int i = 0; i <= k->locator.degree && i <= step; i++)
		d += mul(k->locator.c[i], k->syndrome[step - i]);
	return d % P;
}

/* Berlekamp and Massey, begun with the locators of the n_erased erasures. False: more errors than may be corrected. */
static bool locate(struct code *k, const bool *erased, int n_erased)
{
	struct poly before, swap;
	int length = n_erased, gap = 1;
	unsigned last = 1;
	k->locator = (struct poly){.c = {1}};
	for (int i = 0; i < k->n; i++)
		if (erased[i])
			multiply_in(&k->locator, power(k, exponent(k, i)));
	before = k->locator;
	for (int step = n_erased; step < k->n_check; step++, gap++) {
		const unsigned d = discrepancy(k, step);
		if (d == 0)
			continue;
		if (before.degree + gap > k->n_check)
			return false;
		swap = k->locator;
		take_off(&k->locator, &before, mul(d, inverse(last)), gap);
		if (2 * length > step + n_erased)
			continue;
		length = step + 1 + n_erased - length;
		before = swap;
		last = d;
		gap = 0;
	}
	while (k->locator.degree > 0 && k->locator.c[k->locator.degree] == 0)
		k->locator.degree--;
	return k->locator.degree == length && 2 * length - n_erased <= k->n_check - 2;
}

static unsigned value_at(const struct poly *p, unsigned x)
{
	unsigned v = 0;
	for (int i = p->degree; i >= 0; i--)
		v = (v * x + p->c[i]) % P;
	return v;
}

static unsigned slope_at(const struct poly *p, unsigned x)
{
	unsigned v = 0;
	for (int i = p->degree; i >= 1; i--)
		v = (v * x + (unsigned)i * p->c[i]) % P;
	return v;
}

/* Syndromes times locator, below x^n_check. */
static void evaluate(struct code *k)
{
	k->evaluator = (struct poly){.degree = k->n_check - 1};
	for (int i = 0; i < k->n_check; i++)
		k->evaluator.c[i] = (uint16_t)discrepancy(k, i);
}

/* Chien's search and Forney's formula: *errors is how many that were not erased. False: the locator does not fall into places of this symbol. */
static bool put_right(struct code *k, uint16_t *words, const bool *erased, int *errors)
{
	int roots = 0;
	*errors = 0;
	evaluate(k);
	for (int i = 0; i < k->n; i++) {
		const unsigned x = power(k, -exponent(k, i));
		if (value_at(&k->locator, x) != 0)
			continue;
		const unsigned slope = slope_at(&k->locator, x);
		if (slope == 0)
			return false;
		roots++;
		*errors += !erased[i];
		words[i] =
		    (uint16_t)((words[i] + mul(value_at(&k->evaluator, x), inverse(slope))) % P);
	}
	return roots == k->locator.degree;
}

enum err_code pdf417_correct(uint16_t *words, int n, int n_check, const bool *erased, int *errors)
{
	struct code k = {.n = n, .n_check = n_check};
	uint16_t fixed[PDF417_LENGTH_MAX];
	int n_erased = 0;
	*errors = 0;
	if (n > PDF417_LENGTH_MAX || n_check < 2 || n_check > PDF417_CHECK_MAX || n_check >= n)
		return ERR_CORRUPT;
	k.power[0] = 1;
	for (int e = 1; e < P - 1; e++)
		k.power[e] = mul(k.power[e - 1], ALPHA);
	for (int i = 0; i < n; i++) {
		n_erased += erased[i];
		fixed[i] = erased[i] ? 0 : words[i] % P;
	}
	if (n_erased > n_check - 2)
		return ERR_CORRUPT;
	if (!syndromes(&k, fixed) &&
	    (!locate(&k, erased, n_erased) || !put_right(&k, fixed, erased, errors) ||
		!syndromes(&k, fixed)))
		return ERR_CORRUPT;
	memcpy(words, fixed, sizeof *words * (size_t)n);
	return ERR_OK;
}
