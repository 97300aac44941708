/* Pictures full of finder patterns: none takes long, and a code among them is read all the same. */
#include "scan/crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "make.h"

#define PASS "FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447VJ5D4XCT23WAZK"

enum {
	LIVE = 100, /* pictures of a camera that holds still */
#ifdef __SANITIZE_ADDRESS__
	SLOWER = 30,
#else
	SLOWER = 1,
#endif
	/* Of the processor's time. Before there was a bound, a sheet of finder patterns took 18 seconds. */
	STILL_MOST_MS = 2000 * SLOWER,
	LIVE_MOST_MS = 200 * SLOWER,
};

static int64_t work_ms(void)
{
	struct timespec t;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t work_clock(void *arg)
{
	(void)arg;
	return work_ms();
}

/* A finder pattern with its upper left corner there. */
static void draw_pattern(struct image *im, int x, int y, int module)
{
	for (int row = 0; row < 7 * module; row++)
		for (int col = 0; col < 7 * module; col++) {
			const int dx = abs(col / module - 3), dy = abs(row / module - 3);
			im->grey[(y + row) * im->width + x + col] =
			    (dx > dy ? dx : dy) == 2 ? 235 : 20;
		}
}

static void draw_patterns(struct image *im, int width, int height, int module)
{
	make_plain(im, width, height, 235);
	for (int y = module; y + 7 * module <= height; y += 8 * module)
		for (int x = module; x + 7 * module <= width; x += 8 * module)
			draw_pattern(im, x, y, module);
}

/* Labels of 29 modules beside each other, no two alike. */
static void draw_labels(struct image *im, int module)
{
	const int side = 29 * module;
	char text[8] = "L000";
	int n = 0;
	make_plain(im, 1280, 720, 235);
	for (int y = 0; y + side <= im->height; y += side)
		for (int x = 0; x + side <= im->width; x += side) {
			str_print(text, sizeof text, "L%03d", n++);
			assert_int_equal(make_qr(im, text, module, x, y), side);
		}
}

static bool has(const struct code *codes, int n, const char *text)
{
	for (int i = 0; i < n; i++)
		if (text != NULL && codes[i].len == strlen(text) &&
		    memcmp(codes[i].bytes, text, codes[i].len) == 0)
			return true;
	return false;
}

/* In a file, and by a camera, which goes on from what it read before; text: what they read in it. */
static void assert_reads_in_time(const struct image *im, const char *text)
{
	/* Whatever else the machine does, a camera's reader gets the time it reckons with. */
	const struct clock clock = {.wall_ms = work_clock, .mono_ms = work_clock};
	struct code codes[CODES_MAX];
	struct code_reader *r = code_reader_new();
	int64_t start_ms = work_ms();
	int n = code_reader_read(r, im, codes);
	assert_in_range(work_ms() - start_ms, 0, STILL_MOST_MS);
	assert_true(text == NULL || has(codes, n, text) || n == CODES_MAX);
	code_reader_free(r);
	r = code_reader_new();
	bool found = false;
	for (int i = 0; i < (text != NULL ? LIVE : LIVE / 10); i++) {
		start_ms = work_ms();
		n = code_reader_read_live(r, im, codes, &clock, i > 0);
		assert_in_range(work_ms() - start_ms, 0, LIVE_MOST_MS);
		found |= text != NULL && has(codes, n, text);
	}
	assert_true(text == NULL || found);
	code_reader_free(r);
}

static void crowd__sheets_of_patterns__take_no_time(void **state)
{
	static const int sizes[][3] = {{320, 240, 2}, {320, 240, 4}, {640, 480, 3}, {640, 480, 4},
	    {1280, 720, 1}, {1280, 720, 2}, {1280, 720, 4}, {1280, 720, 7}, {2048, 1536, 4}};
	struct image im = {0};
	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		draw_patterns(&im, sizes[i][0], sizes[i][1], sizes[i][2]);
		assert_reads_in_time(&im, NULL);
		make_noise(&im, 20);
		assert_reads_in_time(&im, NULL);
	}
	image_fini(&im);
}

static void crowd__labels__are_read(void **state)
{
	struct image im = {0};
	(void)state;
	for (int module = 2; module <= 4; module++) {
		draw_labels(&im, module);
		assert_reads_in_time(&im, "L000");
	}
	image_fini(&im);
}

static void crowd__a_pass_before_it__is_read(void **state)
{
	struct image im = {0};
	(void)state;
	for (int module = 2; module <= 3; module++) {
		draw_labels(&im, module);
		(void)make_qr(&im, PASS, 5, 400, 200);
		assert_reads_in_time(&im, PASS);
		draw_patterns(&im, 1280, 720, 2 + module);
		(void)make_qr(&im, PASS, 7, 400, 200);
		assert_reads_in_time(&im, PASS);
	}
	image_fini(&im);
}

static void crowd__a_code_alone__is_none(void **state)
{
	static struct crowd c;
	struct finder f = {0};
	struct image im = {0};
	char text[2332];
	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (int module = 1; module <= 4; module++) {
		make_plain(&im, 800, 800, 235);
		(void)make_qr(&im, text, module, 10, 10);
		assert_in_range(crowd_count(&c, &f, &im), 1, CROWD_FOR_ZXING);
		make_plain(&im, 800, 800, 235);
		(void)make_qr(&im, PASS, module, 10, 10);
		assert_in_range(crowd_count(&c, &f, &im), 3, CROWD_FOR_ZBAR);
	}
	finder_fini(&f);
	image_fini(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(crowd__sheets_of_patterns__take_no_time),
	    cmocka_unit_test(crowd__labels__are_read),
	    cmocka_unit_test(crowd__a_pass_before_it__is_read),
	    cmocka_unit_test(crowd__a_code_alone__is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
