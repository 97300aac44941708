#include "scan/enhance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "make.h"
#include "scan/code.h"

static void draw(struct image *im, const char *text, int scale)
{
	make_plain(im, 320, 240, 200);
	(void)make_qr(im, text, scale, 40, 30);
}

/* A point of the picture's own: where a dark spot lies after each change leads back to where it was. */
static void enhance__every_way__leads_back(void **state)
{
	struct image im = {0}, better = {0};
	struct enhance_back b;
	(void)state;
	for (enum enhance_way way = ENHANCE_INVERT; way <= ENHANCE_TURN; way++) {
		make_plain(&im, 320, 240, 240);
		for (int y = 150; y < 166; y++)
			memset(im.grey + y * 320 + 80, 10, 16);
		if (way == ENHANCE_STRETCH) /* it moves nothing, and walls become what they like */
			continue;
		enhance(&better, &im, way, &b);
		const int edge = better.grey[0]; /* what the wall has become */
		double x = 0, y = 0, n = 0;
		for (int i = 0; i < better.width * better.height; i++)
			if (abs(better.grey[i] - edge) > 60) {
				x += i % better.width;
				y += i / better.width;
				n++;
			}
		assert_true(n > 0);
		x /= n;
		y /= n;
		const double u = (double)b.a * x + (double)b.b * y + (double)b.c,
			     v = (double)b.d * x + (double)b.e * y + (double)b.f;
		if (u < 86 || u > 89 || v < 156 || v > 159)
			fail_msg("way %d leads back to %g, %g", (int)way, u, v);
	}
	image_fini(&im);
	image_fini(&better);
}

static void enhance__smallest_and_largest__stay_within(void **state)
{
	static const int sizes[][2] = {{1, 1}, {1, 4096}, {4096, 1}, {4096, 16}, {3, 2}};
	struct image im = {0}, better = {0};
	struct enhance_back b;
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		for (enum enhance_way way = ENHANCE_INVERT; way <= ENHANCE_TURN; way++) {
			make_plain(&im, sizes[i][0], sizes[i][1], 100);
			enhance(&better, &im, way, &b);
			assert_in_range(better.width, 1, IMAGE_SIDE_MAX);
			assert_in_range(better.height, 1, IMAGE_SIDE_MAX);
		}
	image_fini(&im);
	image_fini(&better);
}

/* Levels of a code that no reader takes as it is: light on dark, and so faint that it is hardly there. */
static void code__hard_to_read__is_read_all_the_same(void **state)
{
	static const char text[] = "FOYERHARD2READ";
	struct code_reader *r = code_reader_new();
	struct code codes[CODES_MAX];
	struct image im = {0}, inverted = {0};
	struct enhance_back b;
	(void)state;
	draw(&im, text, 4);
	enhance(&inverted, &im, ENHANCE_INVERT, &b);
	assert_int_equal(code_reader_read(r, &inverted, codes), 1);
	assert_memory_equal(codes[0].bytes, text, sizeof text - 1);
	/* The box is told in the picture that was shown. */
	assert_in_range(codes[0].box.left, 40 + 3 * 4, 40 + 5 * 4);
	draw(&im, text, 4);
	for (int i = 0; i < im.width * im.height; i++)
		im.grey[i] = (uint8_t)(120 + im.grey[i] / 14);
	assert_int_equal(code_reader_read(r, &im, codes), 1);
	assert_memory_equal(codes[0].bytes, text, sizeof text - 1);
	code_reader_free(r);
	image_fini(&im);
	image_fini(&inverted);
}

/* Before a camera the same takes some pictures, each within its time; then it is known again at once. */
static void code__live__goes_on_over_pictures(void **state)
{
	static const char text[] = "FOYERHARD2READ";
	struct clock_fake now = {0};
	const struct clock clock = clock_of_fake(&now);
	struct code_reader *r = code_reader_new();
	struct code codes[CODES_MAX];
	struct image im = {0}, inverted = {0};
	struct enhance_back b;
	int pictures = 0, n = 0;
	(void)state;
	draw(&im, text, 4);
	enhance(&inverted, &im, ENHANCE_INVERT, &b);
	for (; pictures < 10 && n == 0; pictures++) {
		n = code_reader_read_live(r, &inverted, codes, &clock, pictures > 0);
		assert_true(n > 0 || code_reader_unsure(r));
	}
	assert_int_equal(n, 1);
	assert_false(code_reader_unsure(r));
	assert_memory_equal(codes[0].bytes, text, sizeof text - 1);
	/* Nothing there: nothing to be unsure about, however often it is looked at. */
	make_plain(&im, 320, 240, 100);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(code_reader_read_live(r, &im, codes, &clock, false), 0);
		assert_false(code_reader_unsure(r));
	}
	code_reader_free(r);
	image_fini(&im);
	image_fini(&inverted);
}

/* A clock that runs ahead with each look at it: a slow machine. Never more than one retry a picture, and still all of them in time. */
static int64_t slow_ms(void *arg)
{
	int64_t *ms = arg;
	return *ms += 20;
}

static void code__live_and_slow__stays_within_its_time(void **state)
{
	static const char text[] = "FOYERHARD2READ";
	int64_t ms = 0;
	const struct clock clock = {.mono_ms = slow_ms, .wall_ms = slow_ms, .arg = &ms};
	struct code_reader *r = code_reader_new();
	struct code codes[CODES_MAX];
	struct image im = {0}, inverted = {0};
	struct enhance_back b;
	int n = 0, pictures = 0;
	(void)state;
	draw(&im, text, 4);
	enhance(&inverted, &im, ENHANCE_INVERT, &b);
	for (; pictures < 100 && n == 0; pictures++) {
		const int64_t before = ms;
		n = code_reader_read_live(r, &inverted, codes, &clock, pictures > 0);
		assert_in_range(ms - before, 0, 100);
	}
	assert_int_equal(n, 1);
	assert_in_range(pictures, 2, 60);
	code_reader_free(r);
	image_fini(&im);
	image_fini(&inverted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(enhance__every_way__leads_back),
	    cmocka_unit_test(enhance__smallest_and_largest__stay_within),
	    cmocka_unit_test(code__hard_to_read__is_read_all_the_same),
	    cmocka_unit_test(code__live__goes_on_over_pictures),
	    cmocka_unit_test(code__live_and_slow__stays_within_its_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
