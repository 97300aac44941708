#include "scan/image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "make.h"

static void image__resize__holds_its_bounds(void **state)
{
	static const int bad[][2] = {
	    {0, 1}, {1, 0}, {-1, 5}, {5, -1}, {4097, 1}, {1, 4097}, {65536, 65536}};
	struct image im = {0};
	struct err e;
	(void)state;
	make_plain(&im, 3, 2, 9);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(image_resize(&im, bad[i][0], bad[i][1], &e), ERR_INPUT);
		assert_int_equal(im.width, 3);
		assert_int_equal(im.height, 2);
	}
	assert_int_equal(image_resize(&im, IMAGE_SIDE_MAX, IMAGE_SIDE_MAX, &e), ERR_OK);
	im.grey[IMAGE_SIDE_MAX * IMAGE_SIDE_MAX - 1] = 1;
	assert_int_equal(image_resize(&im, 1, 1, &e), ERR_OK);
	image_fini(&im);
	assert_null(im.grey);
	assert_int_equal(im.width, 0);
}

/* 3 × 2 pixels of 10 … 60 in rows of more bytes than they need. */
static void image__take_luma__reads_every_layout(void **state)
{
	static const uint8_t grey[] = {10, 20, 30, 0, 40, 50, 60};
	static const uint8_t yuyv[] = {10, 1, 20, 2, 30, 3, 9, 9, 40, 4, 50, 5, 60, 6};
	static const uint8_t want[] = {10, 20, 30, 40, 50, 60};
	struct image im = {0};
	struct err e;
	(void)state;
	assert_int_equal(
	    image_take_luma(&im, grey, sizeof grey, &(struct image_luma){3, 2, 1, 4}, &e), ERR_OK);
	assert_int_equal(im.width, 3);
	assert_int_equal(im.height, 2);
	assert_memory_equal(im.grey, want, sizeof want);
	image_fill(&im, 0);
	assert_int_equal(
	    image_take_luma(&im, yuyv, sizeof yuyv, &(struct image_luma){3, 2, 2, 8}, &e), ERR_OK);
	assert_memory_equal(im.grey, want, sizeof want);
	image_fini(&im);
}

static void image__take_luma__refuses_what_is_too_short(void **state)
{
	static const struct image_luma bad[] = {{3, 2, 1, 2}, {3, 2, 2, 5}, {0, 2, 1, 3},
	    {3, 0, 1, 3}, {3, 2, 0, 3}, {3, 2, 3, 9}, {3, 2, 1, 0}, {-3, 2, 1, 3},
	    {5000, 2, 1, 5000}, {3, 3, 1, 3}, {3, 2, 1, SIZE_MAX}, {4096, 4096, 2, 8192}};
	uint8_t bytes[7] = {0};
	struct image im = {0};
	struct err e;
	(void)state;
	make_plain(&im, 1, 1, 77);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(image_take_luma(&im, bytes, sizeof bytes, &bad[i], &e), ERR_INPUT);
	for (size_t len = 0; len < 7; len++)
		assert_int_equal(
		    image_take_luma(&im, bytes, len, &(struct image_luma){3, 2, 1, 4}, &e),
		    ERR_INPUT);
	assert_int_equal(im.width, 1);
	assert_int_equal(im.grey[0], 77);
	image_fini(&im);
}

static void image__shrink__halves_until_it_fits(void **state)
{
	struct image im = {0};
	(void)state;
	make_plain(&im, 5, 4, 0);
	for (int i = 0; i < 20; i++)
		im.grey[i] = (uint8_t)(i / 5 * 40 + i % 5); /* rows 0, 40, 80, 120 */
	image_shrink(&im, 4);
	assert_int_equal(im.width, 2);
	assert_int_equal(im.height, 2);
	static const uint8_t want[] = {21, 23, 101, 103};
	assert_memory_equal(im.grey, want, sizeof want);
	make_plain(&im, 4096, 1, 200);
	image_shrink(&im, 1000);
	assert_int_equal(im.width, 512);
	assert_int_equal(im.height, 1);
	assert_int_equal(im.grey[511], 200);
	make_plain(&im, 1, 4096, 201);
	image_shrink(&im, 0);
	assert_int_equal(im.width, 1);
	assert_int_equal(im.height, 1);
	assert_int_equal(im.grey[0], 201);
	image_fini(&im);
	image_shrink(&im, 10);
}

static void image__half__is_another_picture(void **state)
{
	struct image im = {0}, half = {0};
	(void)state;
	make_plain(&im, 5, 4, 0);
	for (int i = 0; i < 20; i++)
		im.grey[i] = (uint8_t)(i / 5 * 40 + i % 5); /* rows 0, 40, 80, 120 */
	image_half(&half, &im);
	assert_int_equal(half.width, 2);
	assert_int_equal(half.height, 2);
	static const uint8_t want[] = {21, 23, 101, 103};
	assert_memory_equal(half.grey, want, sizeof want);
	assert_int_equal(im.width, 5);
	assert_int_equal(im.grey[6], 41);
	make_plain(&im, 1, 9, 7);
	image_half(&half, &im);
	assert_int_equal(half.width, 1);
	assert_int_equal(half.height, 4);
	image_fini(&im);
	image_fini(&half);
}

static void image__hash__sees_every_pixel_and_the_size(void **state)
{
	struct image a = {0}, b = {0};
	(void)state;
	make_slope(&a, 37, 11);
	make_slope(&b, 37, 11);
	const uint64_t h = image_hash(&a);
	assert_int_equal(image_hash(&b), h);
	for (int i = 0; i < 37 * 11; i++) {
		b.grey[i] ^= 0x80;
		assert_int_not_equal(image_hash(&b), h);
		b.grey[i] ^= 0x80;
	}
	make_plain(&a, 8, 2, 5);
	make_plain(&b, 2, 8, 5);
	assert_int_not_equal(image_hash(&a), image_hash(&b));
	image_fini(&a);
	image_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(image__resize__holds_its_bounds),
	    cmocka_unit_test(image__take_luma__reads_every_layout),
	    cmocka_unit_test(image__take_luma__refuses_what_is_too_short),
	    cmocka_unit_test(image__shrink__halves_until_it_fits),
	    cmocka_unit_test(image__half__is_another_picture),
	    cmocka_unit_test(image__hash__sees_every_pixel_and_the_size),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
