#include "scan/mosaic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "make.h"

static struct mosaic m, other;

static const struct camera_cell *at(int col, int row)
{
	return &m.cells[row * m.cols + col];
}

/* Everything drawn goes on the wire, whatever the picture and the room are. */
static void mosaic__draw__fits_every_room(void **state)
{
	static const int pictures[][2] = {{640, 480}, {1280, 720}, {1, 1}, {1, 4096}, {4096, 1},
	    {21, 21}, {480, 640}, {3, 2}, {4096, 4096}};
	static const int rooms[][2] = {
	    {48, 18}, {44, 11}, {1, 1}, {120, 54}, {120, 1}, {1, 54}, {8, 4}};
	struct image im = {0};
	struct err e;
	(void)state;
	for (size_t p = 0; p < sizeof pictures / sizeof pictures[0]; p++) {
		make_slope(&im, pictures[p][0], pictures[p][1]);
		const struct code_box all = {0, 0, im.width - 1, im.height - 1};
		for (size_t r = 0; r < sizeof rooms / sizeof rooms[0]; r++) {
			const struct mosaic_look look = {rooms[r][0], rooms[r][1], r % 2 == 1};
			struct str_buf b = STR_BUF_INIT;
			mosaic_draw(&m, &im, &look);
			mosaic_mark(&m, &im, &look, &all);
			assert_in_range(m.cols, 1, look.cols);
			assert_in_range(m.rows, 1, look.rows);
			assert_true(m.cols == look.cols || m.rows == look.rows);
			for (int i = 0; i < m.cols * m.rows; i++)
				assert_int_equal(m.cells[i].ch, 0x2580);
			assert_int_equal(
			    camera_put_preview(&b, m.cols, m.rows, m.cells, &e), ERR_OK);
			str_buf_fini(&b);
		}
	}
	image_fini(&im);
}

static void mosaic__draw__keeps_proportions(void **state)
{
	struct image im = {0};
	(void)state;
	make_plain(&im, 640, 480, 0);
	mosaic_draw(&m, &im, &(struct mosaic_look){48, 18, false});
	assert_int_equal(m.cols, 48);
	assert_int_equal(m.rows, 18);
	mosaic_draw(&m, &im, &(struct mosaic_look){44, 11, false});
	assert_int_equal(m.cols, 29);
	assert_int_equal(m.rows, 11);
	make_plain(&im, 1280, 720, 0);
	mosaic_draw(&m, &im, &(struct mosaic_look){44, 30, false});
	assert_int_equal(m.cols, 44);
	assert_int_equal(m.rows, 13);
	image_fini(&im);
}

/* Quarters 10 20 / 30 40, in a mirror 20 10 / 40 30. */
static void mosaic__draw__is_the_picture(void **state)
{
	struct image im = {0};
	(void)state;
	make_plain(&im, 40, 40, 10);
	for (int y = 0; y < 40; y++)
		for (int x = 0; x < 40; x++)
			im.grey[y * 40 + x] = (uint8_t)(10 + (x >= 20) * 10 + (y >= 20) * 20);
	for (int mirror = 0; mirror < 2; mirror++) {
		mosaic_draw(&m, &im, &(struct mosaic_look){2, 1, mirror});
		assert_int_equal(m.cols, 2);
		assert_int_equal(m.rows, 1);
		for (int col = 0; col < 2; col++) {
			uint8_t level = (uint8_t)(10 + (col != mirror) * 10);
			const uint8_t fg[3] = {level, level, level};
			const uint8_t bg[3] = {
			    (uint8_t)(level + 20), (uint8_t)(level + 20), (uint8_t)(level + 20)};
			assert_memory_equal(at(col, 0)->fg, fg, 3);
			assert_memory_equal(at(col, 0)->bg, bg, 3);
		}
	}
	image_fini(&im);
}

static bool is_bright(const uint8_t rgb[3])
{
	return rgb[0] == 255 && rgb[2] == 0;
}

static void mosaic__draw__frames_a_code(void **state)
{
	const struct code_box box = {0, 10, 29, 39};
	struct image im = {0};
	(void)state;
	make_plain(&im, 100, 100, 80);
	for (int mirror = 0; mirror < 2; mirror++) {
		const struct mosaic_look look = {10, 5, mirror};
		mosaic_draw(&m, &im, &look);
		mosaic_mark(&m, &im, &look, &box);
		for (int col = 0; col < 10; col++) {
			int x = mirror ? 9 - col : col;
			for (int y = 0; y < 10; y++) {
				const struct camera_cell *c = at(col, y / 2);
				bool inside = x <= 2 && y >= 1 && y <= 3;
				bool middle = x == 1 && y == 2;
				assert_int_equal(
				    is_bright(y % 2 ? c->bg : c->fg), inside && !middle);
			}
		}
	}
	image_fini(&im);
}

static void mosaic__same__sees_any_difference(void **state)
{
	struct image im = {0};
	(void)state;
	make_plain(&im, 30, 20, 80);
	const struct mosaic_look look = {30, 10, false};
	mosaic_draw(&m, &im, &look);
	mosaic_draw(&other, &im, &look);
	assert_true(mosaic_same(&m, &other));
	im.grey[30 * 20 - 1] = 81;
	mosaic_draw(&other, &im, &look);
	assert_false(mosaic_same(&m, &other));
	mosaic_draw(&other, &im, &(struct mosaic_look){20, 10, false});
	assert_false(mosaic_same(&m, &other));
	assert_false(mosaic_same(&m, &(struct mosaic){0}));
	image_fini(&im);
}

static void mosaic__still__is_noise_and_nothing_more(void **state)
{
	const struct mosaic_look look = {44, 11, true};
	struct image im = {0};
	(void)state;
	make_plain(&im, 640, 480, 100);
	mosaic_draw(&m, &im, &look);
	make_noise(&im, 30);
	mosaic_draw(&other, &im, &look);
	assert_false(mosaic_same(&m, &other));
	assert_true(mosaic_still(&m, &other));
	/* Somebody holds up a paper of an inch at an arm's length. */
	for (int y = 200; y < 230; y++)
		for (int x = 300; x < 330; x++)
			im.grey[y * 640 + x] = 190;
	mosaic_draw(&other, &im, &look);
	assert_false(mosaic_still(&m, &other));
	assert_false(mosaic_still(&other, &m));
	mosaic_draw(&other, &im, &(struct mosaic_look){20, 10, true});
	assert_false(mosaic_still(&m, &other));
	image_fini(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mosaic__draw__fits_every_room),
	    cmocka_unit_test(mosaic__draw__keeps_proportions),
	    cmocka_unit_test(mosaic__draw__is_the_picture),
	    cmocka_unit_test(mosaic__draw__frames_a_code),
	    cmocka_unit_test(mosaic__same__sees_any_difference),
	    cmocka_unit_test(mosaic__still__is_noise_and_nothing_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
