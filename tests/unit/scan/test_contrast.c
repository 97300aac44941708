#include "scan/contrast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "make.h"

enum { BLOCK = 8, AROUND = 3 };

/* As the header says it, and no quicker. */
static int level_of_block(const struct image *im, int i, int j)
{
	int sum = 0, n = 0;
	for (int y = j * BLOCK; y < (j + 1) * BLOCK && y < im->height; y++)
		for (int x = i * BLOCK; x < (i + 1) * BLOCK && x < im->width; x++, n++)
			sum += im->grey[y * im->width + x];
	return sum / n;
}

static int level(const struct image *im, int x, int y)
{
	const int w = (im->width + BLOCK - 1) / BLOCK, h = (im->height + BLOCK - 1) / BLOCK;
	int sum = 0, n = 0;
	for (int j = y / BLOCK - AROUND; j <= y / BLOCK + AROUND; j++)
		for (int i = x / BLOCK - AROUND; i <= x / BLOCK + AROUND; i++)
			if (i >= 0 && j >= 0 && i < w && j < h) {
				sum += level_of_block(im, i, j);
				n++;
			}
	return sum / n;
}

static void assert_row(const struct contrast *c, const struct image *im, int y)
{
	static struct contrast_runs runs;
	contrast_runs(c, im, y, &runs);
	assert_in_range(runs.n, 1, im->width);
	assert_int_equal(runs.at[0], 0);
	assert_int_equal(runs.at[runs.n], im->width);
	for (int i = 0; i < runs.n; i++) {
		const bool dark = runs.dark == (i % 2 == 0);
		assert_true(runs.at[i] < runs.at[i + 1]);
		for (int x = runs.at[i]; x < runs.at[i + 1]; x++)
			assert_int_equal(
			    im->grey[y * im->width + x] < contrast_level(c, x, y), dark);
	}
}

static void take__any_size__is_the_mean_of_those_around(void **state)
{
	static const int sizes[][2] = {
	    {1, 1}, {7, 9}, {8, 8}, {9, 7}, {30, 33}, {64, 24}, {101, 67}, {4096, 3}, {2, 4096}};
	static const int plain[] = {0, 3, 127, 128, 200, 255};
	struct contrast c = {0};
	struct image im = {0};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t k = 0; k < sizeof plain / sizeof *plain; k++) {
			make_plain(&im, sizes[i][0], sizes[i][1], (uint8_t)plain[k]);
			make_noise(&im, k % 2 == 0 ? 255 : 20);
			assert_true(contrast_take(&c, &im));
			const int step = im.width > 200 || im.height > 200 ? 37 : 1;
			for (int y = 0; y < im.height; y += step) {
				for (int x = 0; x < im.width; x += step)
					assert_int_equal(
					    contrast_level(&c, x, y), level(&im, x, y));
				assert_row(&c, &im, y);
			}
		}
	contrast_fini(&c);
	image_fini(&im);
}

/* Every pixel and every level there are. */
static void runs__all_levels__are_compared_as_numbers(void **state)
{
	struct contrast c = {0};
	struct image im = {0};
	(void)state;
	make_plain(&im, 256, 8, 0);
	for (int y = 0; y < 8; y++)
		for (int x = 0; x < 256; x++)
			im.grey[y * 256 + x] = (uint8_t)(x * 37 + y);
	assert_true(contrast_take(&c, &im));
	for (int l = 0; l < 256; l++) {
		memset(c.levels.grey, l, (size_t)c.levels.width * (size_t)c.levels.height);
		for (int y = 0; y < 8; y++)
			assert_row(&c, &im, y);
	}
	contrast_fini(&c);
	image_fini(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(take__any_size__is_the_mean_of_those_around),
	    cmocka_unit_test(runs__all_levels__are_compared_as_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
