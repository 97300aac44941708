#include "scan/finder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "make.h"
#include "scan/enhance.h"

static bool likely(const struct image *im)
{
	struct finder f = {0};
	const bool is = finder_likely(&f, im, NULL, 0);
	finder_fini(&f);
	return is;
}

static void finder__codes__are_likely(void **state)
{
	struct image im = {0}, other = {0};
	struct enhance_back b;
	(void)state;
	for (int scale = 3; scale <= 10; scale++) {
		make_plain(&im, 640, 480, 120);
		(void)make_qr(&im, "FOYERLIKELY", scale, 100, 50);
		assert_true(likely(&im));
		enhance(&other, &im, ENHANCE_INVERT, &b);
		assert_true(likely(&other));
		enhance(&other, &im, ENHANCE_TURN, &b);
		assert_true(likely(&other) || scale < 6); /* its half is looked at */
		make_noise(&im, 40);
		assert_true(likely(&im));
	}
	image_fini(&im);
	image_fini(&other);
}

static void finder__walls_and_noise__are_not(void **state)
{
	static const int sizes[][2] = {{1, 1}, {6, 7}, {7, 7}, {640, 480}, {1280, 720}, {7, 4096}};
	struct image im = {0};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		make_plain(&im, sizes[i][0], sizes[i][1], 128);
		assert_false(likely(&im));
		make_plain(&im, sizes[i][0], sizes[i][1], 128);
		make_noise(&im, 3);
		assert_false(likely(&im));
	}
	image_fini(&im);
}

static void finder__what_was_read__is_not_looked_for(void **state)
{
	struct finder f = {0};
	struct image im = {0};
	(void)state;
	make_plain(&im, 640, 480, 120);
	const int side = make_qr(&im, "ONE", 4, 20, 20);
	const struct code one = {.box = {20 + 16, 20 + side - 16, 20 + 16, 20 + side - 16}};
	assert_true(finder_likely(&f, &im, NULL, 0));
	assert_false(finder_likely(&f, &im, &one, 1));
	(void)make_qr(&im, "TWO", 4, 300, 200);
	assert_true(finder_likely(&f, &im, &one, 1));
	finder_fini(&f);
	image_fini(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finder__codes__are_likely),
	    cmocka_unit_test(finder__walls_and_noise__are_not),
	    cmocka_unit_test(finder__what_was_read__is_not_looked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
