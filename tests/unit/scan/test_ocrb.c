/* Zones drawn with a font that the reader's own table was made from, in pictures as scanners and cameras make them. */
#include "scan/ocrb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "make.h"
#include "mrz_make.h"

enum { ZONES = 34, FORMATS = MRZ_FRENCH + 1, IN_TIME_MS = 100 };

static struct image im;

static enum err_code read_it(char text[OCRB_TEXT_SZ])
{
	struct err e;
	return ocrb_read(&im, text, OCRB_TEXT_SZ, &e);
}

/* Of ZONES zones of all formats: how many were read; nothing was read that is not there. */
static int count_reads(const struct make_sheet *how)
{
	struct make_random r = {4711};
	int reads = 0;
	for (int i = 0; i < ZONES; i++) {
		char zone[MAKE_ZONE_SZ], text[OCRB_TEXT_SZ];
		make_zone(zone, &r, (enum mrz_format)(i % FORMATS));
		make_sheet(&im, zone, how);
		if (read_it(text) != ERR_OK)
			continue;
		assert_string_equal(text, zone);
		reads++;
	}
	return reads;
}

/* One zone of each format. */
static void assert_reads(const struct make_sheet *how)
{
	struct make_random r = {815};
	for (int i = 0; i < FORMATS; i++) {
		char zone[MAKE_ZONE_SZ], text[OCRB_TEXT_SZ];
		make_zone(zone, &r, (enum mrz_format)i);
		make_sheet(&im, zone, how);
		assert_int_equal(read_it(text), ERR_OK);
		assert_string_equal(text, zone);
	}
}

static void read__clean_scan__all_come_back(void **state)
{
	(void)state;
	assert_int_equal(count_reads(&(struct make_sheet){.dpi = 300}), ZONES);
}

static void read__skewed_blurred_noisy_scan__comes_back(void **state)
{
	(void)state;
	assert_in_range(
	    count_reads(&(struct make_sheet){.dpi = 300, .angle = 0.7, .blur = 2.5, .noise = 25}),
	    ZONES - 1, ZONES);
}

static void read__any_resolution__comes_back(void **state)
{
	static const int dpi[] = {110, 150, 200, 400};
	(void)state;
	for (size_t i = 0; i < sizeof dpi / sizeof dpi[0]; i++)
		assert_reads(
		    &(struct make_sheet){.dpi = dpi[i], .angle = -1.5, .blur = 0.8, .noise = 8});
}

static void read__whole_page_any_way_up__comes_back(void **state)
{
	static const int angles[] = {0, 8, 90, 135, 180, 188, 270, 352};
	(void)state;
	for (size_t i = 0; i < sizeof angles / sizeof angles[0]; i++)
		assert_reads(&(struct make_sheet){
		    .dpi = 180, .angle = angles[i], .blur = 0.8, .noise = 6, .page = true});
}

static void read__tilted_in_uneven_light__comes_back(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		assert_reads(&(struct make_sheet){.dpi = 200,
		    .angle = 3 * i - 10,
		    .tilt = 0.25,
		    .tilt_angle = 45 * i,
		    .blur = 0.8,
		    .noise = 6,
		    .light = 0.6,
		    .page = true});
}

static void read__faint_bold_or_thin__comes_back(void **state)
{
	(void)state;
	assert_reads(&(struct make_sheet){
	    .dpi = 200, .black = 110, .white = 150, .blur = 0.8, .noise = 5, .page = true});
	assert_reads(&(struct make_sheet){.dpi = 200, .stroke = 0.15, .blur = 0.8, .noise = 6});
	assert_reads(&(struct make_sheet){.dpi = 200, .stroke = -0.15, .blur = 0.8, .noise = 6});
}

/* --- what is no zone, or none that may be told -------------------------------------------------- */

/* Every digit that a check digit is over, one after another, is another one: none is mended into what was not printed. */
static void read__wrong_check_digits__are_told_as_such(void **state)
{
	struct make_random r = {99};
	char zone[MAKE_ZONE_SZ], text[OCRB_TEXT_SZ];
	(void)state;
	make_zone(zone, &r, MRZ_TD3);
	for (int i = 45; i < 45 + 28; i++) {
		const char was = zone[i];
		if (was < '0' || was > '9')
			continue;
		zone[i] = (char)('0' + (was - '0' + 1 + i % 8) % 10);
		make_sheet(&im, zone, &(struct make_sheet){.dpi = 200, .blur = 0.8, .noise = 6});
		assert_int_equal(read_it(text), ERR_REJECTED);
		assert_string_equal(text, "");
		zone[i] = was;
	}
}

/* Two lines of 44 letters at one pitch, which no zone has. */
static void read__typewriting__is_none(void **state)
{
	struct make_random r = {5};
	char text[OCRB_TEXT_SZ];
	(void)state;
	for (int k = 0; k < 10; k++) {
		char lines[MAKE_ZONE_SZ];
		for (int i = 0; i < 2 * 45; i++)
			lines[i] = i % 45 == 44 ? '\n' : (char)make_between(&r, 'A', 'Z');
		lines[2 * 45] = '\0';
		make_sheet(&im, lines, &(struct make_sheet){.dpi = 150, .blur = 0.6, .noise = 6});
		assert_int_not_equal(read_it(text), ERR_OK);
	}
}

static void read__nothing_to_read__is_none(void **state)
{
	char text[OCRB_TEXT_SZ];
	struct image none = {0};
	struct err e;
	(void)state;
	assert_int_equal(ocrb_read(&none, text, sizeof text, &e), ERR_INPUT);
	for (int side = 1; side < 40; side += 13) {
		make_slope(&im, side, 41 - side);
		assert_int_equal(read_it(text), ERR_INPUT);
	}
	make_plain(&im, 1280, 720, 128);
	make_noise(&im, 100);
	assert_int_equal(read_it(text), ERR_INPUT);
	(void)make_qr(&im, "NO ZONE", 8, 100, 100);
	assert_int_equal(read_it(text), ERR_INPUT);
}

static void read__little_room__is_told(void **state)
{
	char text[OCRB_TEXT_SZ - 1];
	struct err e;
	(void)state;
	make_plain(&im, 10, 10, 128);
	assert_int_equal(ocrb_read(&im, text, sizeof text, &e), ERR_TOO_LONG);
	assert_string_equal(text, "");
}

/* --- time --------------------------------------------------------------------------------------- */

static int64_t used_us(void)
{
	struct timespec t;
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Dots in rank and file, each of which may begin a line. */
static void read__dots_everywhere__end_in_time(void **state)
{
	char text[OCRB_TEXT_SZ];
	(void)state;
	make_plain(&im, 2048, 2048, 200);
	for (int y = 0; y < 2048; y++)
		for (int x = 0; x < 2048; x++)
			if (x % 12 < 6 && y % 12 < 6)
				im.grey[y * 2048 + x] = 30;
	const int64_t before = used_us();
	assert_int_not_equal(read_it(text), ERR_OK);
	assert_true(used_us() - before < 20 * IN_TIME_MS * 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read__clean_scan__all_come_back),
	    cmocka_unit_test(read__skewed_blurred_noisy_scan__comes_back),
	    cmocka_unit_test(read__any_resolution__comes_back),
	    cmocka_unit_test(read__whole_page_any_way_up__comes_back),
	    cmocka_unit_test(read__tilted_in_uneven_light__comes_back),
	    cmocka_unit_test(read__faint_bold_or_thin__comes_back),
	    cmocka_unit_test(read__wrong_check_digits__are_told_as_such),
	    cmocka_unit_test(read__typewriting__is_none),
	    cmocka_unit_test(read__nothing_to_read__is_none),
	    cmocka_unit_test(read__little_room__is_told),
	    cmocka_unit_test(read__dots_everywhere__end_in_time),
	};
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);
	image_fini(&im);
	return failed;
}
