#include "scan/pdf417_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pdf417_make.h"

static struct pdf417_matcher matcher;

static void draw(uint8_t levels[PDF417_MODULES], int cluster, int word, int black, int white)
{
	const uint32_t p = UINT32_C(0x10000) | pdf417_patterns[cluster][word];
	for (int i = 0; i < PDF417_MODULES; i++)
		levels[i] = (uint8_t)(p >> (PDF417_MODULES - 1 - i) & 1 ? black : white);
}

static void match__every_character__is_itself(void **state)
{
	static const int light[][2] = {{0, 255}, {20, 200}, {100, 110}, {247, 255}};
	uint8_t levels[PDF417_MODULES];
	(void)state;
	for (int k = 0; k < PDF417_CLUSTERS; k++)
		for (int w = 0; w < PDF417_WORDS; w++)
			for (size_t i = 0; i < sizeof light / sizeof *light; i++) {
				struct pdf417_match sharp;
				struct pdf417_vector v;
				draw(levels, k, w, light[i][0], light[i][1]);
				assert_true(pdf417_match_sharp(&matcher, levels, &sharp));
				assert_int_equal(sharp.cluster, k);
				assert_int_equal(sharp.word, w);
				assert_true(pdf417_vector_of(&v, levels));
				const struct pdf417_match m = pdf417_match_best(&matcher, &v, k);
				assert_int_equal(m.word, w);
				assert_true(m.likeness > 0.85f && m.likeness <= 1.02f);
				assert_true(m.lead > 0.03f);
			}
}

/* The blur that likenesses are made for, and shadow from one end to the other. */
static void match__blurred_and_in_shadow__is_itself(void **state)
{
	uint8_t sharp[PDF417_MODULES], levels[PDF417_MODULES];
	int wrong = 0;
	(void)state;
	for (int k = 0; k < PDF417_CLUSTERS; k++)
		for (int w = 0; w < PDF417_WORDS; w++) {
			struct pdf417_vector v;
			draw(sharp, k, w, 40, 200);
			for (int i = 0; i < PDF417_MODULES; i++) {
				const int before = i > 0 ? sharp[i - 1] : 200,
					  behind = i < PDF417_MODULES - 1 ? sharp[i + 1] : 40;
				levels[i] = (uint8_t)((before * 2 + sharp[i] * 6 + behind * 2) /
						      10 * (100 - i) / 100);
			}
			assert_true(pdf417_vector_of(&v, levels));
			wrong += pdf417_match_best(&matcher, &v, k).word != w;
		}
	assert_int_equal(wrong, 0);
}

/* No product of two vectors runs over, whatever the levels are: the best is never below 0 and never above all that is possible. */
static void match__any_levels__stay_within_bounds(void **state)
{
	struct make_random r = {99};
	uint8_t levels[PDF417_MODULES];
	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct pdf417_vector v;
		const int most = i % 3 == 0 ? 255 : i % 3 == 1 ? 12 : 1;
		for (int k = 0; k < PDF417_MODULES; k++)
			levels[k] =
			    (uint8_t)(make_between(&r, 0, most) * (i % 5 == 0 ? 255 / most : 1));
		if (!pdf417_vector_of(&v, levels))
			continue;
		const struct pdf417_match m = pdf417_match_best(&matcher, &v, i % PDF417_CLUSTERS);
		assert_in_range(m.word, 0, PDF417_WORDS - 1);
		assert_true(m.likeness > 0 && m.likeness <= 1.03f);
		assert_true(m.lead >= 0 && m.lead <= m.likeness);
	}
}

static void match__no_contrast__is_nothing(void **state)
{
	uint8_t levels[PDF417_MODULES];
	int32_t sum[PDF417_MODULES] = {0};
	struct pdf417_vector v;
	struct pdf417_match m;
	(void)state;
	draw(levels, 0, 17, 120, 127);
	assert_false(pdf417_vector_of(&v, levels));
	assert_false(pdf417_match_sharp(&matcher, levels, &m));
	assert_false(pdf417_vector_sum(&v, sum));
}

static int setup(void **state)
{
	(void)state;
	pdf417_matcher_init(&matcher);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(match__every_character__is_itself),
	    cmocka_unit_test(match__blurred_and_in_shadow__is_itself),
	    cmocka_unit_test(match__any_levels__stay_within_bounds),
	    cmocka_unit_test(match__no_contrast__is_nothing),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
