#include "scan/outline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "make.h"
#include "pdf417_make.h"

static struct outline_finder finder;

struct card {
	double x[4], y[4]; /* corners in parts of the picture's width and height */
	double wide, angle; /* of the picture's width; in radians */
	int ground, level;
	int blur; /* times that 3 by 3 pixels become their mean */
	int noise;
	bool text; /* something is printed on it */
};

/* A card of 85.6 by 54 mm in the middle, `wide` of the picture's width, turned, one end nearer than the other. */
static struct card card_of(double wide, double degrees, double tilt)
{
	struct card c = {.ground = 90, .level = 190, .noise = 6, .text = true, .wide = wide};
	static const double at_x[] = {-1, 1, 1, -1}, at_y[] = {-1, -1, 1, 1};
	const double a = c.angle = degrees * M_PI / 180;
	for (int i = 0; i < 4; i++) {
		const double near = 1 + tilt * at_x[i];
		const double x = at_x[i] * wide / 2 * near,
			     y = at_y[i] * wide / 2 * 54 / 85.6 * near;
		c.x[i] = 0.5 + x * cos(a) - y * sin(a);
		c.y[i] = 0.5 + (x * sin(a) + y * cos(a)) * 4 / 3;
	}
	return c;
}

static bool within(const struct card *c, double x, double y)
{
	for (int i = 0; i < 4; i++) {
		const int k = (i + 1) % 4;
		if ((c->x[k] - c->x[i]) * (y - c->y[i]) - (c->y[k] - c->y[i]) * (x - c->x[i]) < 0)
			return false;
	}
	return true;
}

static void soften(struct image *im)
{
	const int w = im->width;
	uint8_t *before = malloc((size_t)w * (size_t)im->height);
	assert_non_null(before);
	memcpy(before, im->grey, (size_t)w * (size_t)im->height);
	for (int y = 1; y < im->height - 1; y++)
		for (int x = 1; x < w - 1; x++) {
			int sum = 0;
			for (int v = -1; v <= 1; v++)
				for (int u = -1; u <= 1; u++)
					sum += before[(y + v) * w + x + u];
			im->grey[y * w + x] = (uint8_t)(sum / 9);
		}
	free(before);
}

/* Bars in lines, as print looks from afar: a third of what lies within a margin is dark. */
static bool printed(const struct card *c, double x, double y)
{
	const double right = x - 0.5, down = (y - 0.5) * 3 / 4;
	const double u = (right * cos(c->angle) + down * sin(c->angle)) / c->wide,
		     v = (down * cos(c->angle) - right * sin(c->angle)) / c->wide;
	const int line = (int)floor(v * 60), bar = (int)floor(u * 150);
	struct make_random r = {.state = (uint32_t)(bar * 64 + line / 3 + 100000)};
	return c->text && fabs(u) < 0.44 && fabs(v) < 0.25 && (line % 3 + 3) % 3 != 0 &&
	       (make_random(&r) >> 8) % 2 == 0;
}

/* What is behind gets lighter to one side. */
static void draw(struct image *im, int width, int height, const struct card *c)
{
	make_plain(im, width, height, 0);
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			const double at_x = (x + 0.5) / width, at_y = (y + 0.5) / height;
			const bool in = within(c, at_x, at_y);
			const int level = !in                      ? c->ground + 20 * x / width
					  : printed(c, at_x, at_y) ? 40
								   : c->level;
			im->grey[y * width + x] = (uint8_t)level;
		}
	for (int i = 0; i < c->blur; i++)
		soften(im);
	make_noise(im, c->noise);
}

static struct camera_outline find(const struct card *c, int width, int height, bool mirror)
{
	struct image im = {0};
	struct camera_outline o;
	draw(&im, width, height, c);
	outline_find(&finder, &o, &im, mirror);
	image_fini(&im);
	return o;
}

/* Each of the four is one of those found, within three parts in a hundred. */
static void assert_is(const struct camera_outline *o, const struct card *c, bool mirror)
{
	assert_int_not_equal(o->state, CAMERA_NOTHING);
	for (int i = 0; i < 4; i++) {
		double nearest = 9;
		const double x = mirror ? 1 - c->x[i] : c->x[i];
		for (int k = 0; k < 4; k++)
			nearest = fmin(nearest, hypot(o->corners[k].x / 65535.0 - x,
						    o->corners[k].y / 65535.0 - c->y[i]));
		assert_true(nearest < 0.03);
	}
}

static void outline__a_card__is_found(void **state)
{
	static const int sizes[][2] = {{640, 480}, {1280, 960}, {320, 240}};
	static const double angles[] = {0, 3, -12, 25, 45, -70, 90};
	(void)state;
	for (int s = 0; s < 3; s++)
		for (int a = 0; a < 7; a++)
			for (int tilt = -1; tilt <= 1; tilt++) {
				const bool mirror = a % 2 == 1;
				const struct card c = card_of(0.55, angles[a], tilt * 0.06);
				const struct camera_outline o =
				    find(&c, sizes[s][0], sizes[s][1], mirror);
				assert_is(&o, &c, mirror);
			}
}

static void outline__dark_blank_or_noisy__is_found(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct card c = card_of(0.6, 8, 0.03);
		if (i == 0)
			c.ground = 200, c.level = 120;
		else if (i == 1)
			c.text = false;
		else
			c.noise = 25;
		const struct camera_outline o = find(&c, 640, 480, false);
		assert_is(&o, &c, false);
	}
}

static void outline__nothing_held_up__is_nothing(void **state)
{
	struct image im = {0};
	struct camera_outline o;
	static const int sizes[][2] = {{1, 1}, {2, 3}, {4096, 1}, {1, 4096}, {640, 480}};
	(void)state;
	for (int s = 0; s < 5; s++) {
		make_plain(&im, sizes[s][0], sizes[s][1], 128);
		outline_find(&finder, &o, &im, false);
		assert_int_equal(o.state, CAMERA_NOTHING);
		make_noise(&im, 40);
		outline_find(&finder, &o, &im, true);
		assert_int_equal(o.state, CAMERA_NOTHING);
		make_slope(&im, sizes[s][0], sizes[s][1]);
		outline_find(&finder, &o, &im, false);
		assert_int_equal(o.state, CAMERA_NOTHING);
		for (int i = 0; i < 4; i++)
			assert_int_equal(o.corners[i].x | o.corners[i].y, 0);
	}
	image_fini(&im);
}

static void outline__blur__is_told_from_sharp(void **state)
{
	static const int sizes[][2] = {{640, 480}, {1280, 960}};
	(void)state;
	for (int s = 0; s < 2; s++)
		for (int blur = 0; blur <= 24; blur++) {
			struct card c = card_of(0.6, 5, 0);
			c.blur = blur;
			const struct camera_outline o = find(&c, sizes[s][0], sizes[s][1], false);
			assert_int_not_equal(o.state, CAMERA_NOTHING);
			if (blur <= 1)
				assert_int_equal(o.state, CAMERA_SHARP);
			if (blur >= 12)
				assert_int_equal(o.state, CAMERA_BLURRED);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(outline__a_card__is_found),
	    cmocka_unit_test(outline__dark_blank_or_noisy__is_found),
	    cmocka_unit_test(outline__nothing_held_up__is_nothing),
	    cmocka_unit_test(outline__blur__is_told_from_sharp),
	};
	outline_finder_init(&finder);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
