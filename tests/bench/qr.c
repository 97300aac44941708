// rooms: scan pass base
/*
 * qr FOLDER COUNT: a pass held before a camera of 1280×720: in a bright and in a dim lobby, near and far, held straight and askew, with a cheap camera's noise. Each
 * frame COUNT times by foyer's reader, and, beside it, by ZBar alone with its own settings; then the same lobby with nobody in it. The frames are
 * left in FOLDER as PGM files, for another program to read.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zbar.h>

#include "base/path.h"
#include "pass/qr.h"
#include "scan/code.h"
#include "tests/bench/lib_bench.h"

enum { WIDTH = 1280, HEIGHT = 720, QUIET = 4 };

static const char pass[] = "FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447VJ5D4XCT23WAZK"
			   "ACKLLOTULJVXFD6REMIEUHLM"
			   "LCPPZVZ3TQXY7JGOGMITCL2JMYPA7CVM7VHMNGYLZFWAY";

struct scene {
	double module; /* pixels; 0: nobody there */
	double degrees;
	int left, top, dark, light, noise;
};

static const struct scene scenes[] = {
    {4, 0, 500, 300, 30, 220, 6},
    {5, 4, 420, 240, 40, 200, 8},
    {6, 11, 480, 180, 20, 235, 6},
    {8, 0, 300, 120, 25, 230, 6},
    {8, 17, 420, 100, 45, 170, 10},
    {11, 7, 360, 40, 35, 210, 8},
    {0, 0, 0, 0, 30, 220, 6},
    {0, 0, 0, 0, 45, 170, 10},
};
enum { SCENES = sizeof scenes / sizeof scenes[0] };

static uint32_t next(uint32_t *seed)
{
	return *seed = *seed * 1664525 + 1013904223;
}

/* Walls that the light falls along, a counter, frames of doors and pictures. */
static void draw_lobby(struct image *im, const struct scene *s)
{
	uint32_t seed = 7;
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++)
			im->grey[y * WIDTH + x] =
			    (uint8_t)(s->dark +
				      (s->light - s->dark) * (x + 2 * y) / (WIDTH + 2 * HEIGHT));
	for (int i = 0; i < 60; i++) {
		int left = (int)(next(&seed) >> 8) % WIDTH, top = (int)(next(&seed) >> 8) % HEIGHT;
		int w = 10 + (int)(next(&seed) >> 8) % 160, h = 10 + (int)(next(&seed) >> 8) % 200;
		uint8_t level = (uint8_t)(s->dark + (int)(next(&seed) >> 8) % (s->light - s->dark));
		for (int y = top; y < top + h && y < HEIGHT; y++)
			for (int x = left; x < left + w && x < WIDTH; x++)
				im->grey[y * WIDTH + x] = level;
	}
}

static void draw_code(struct image *im, const struct scene *s, const struct qr *q)
{
	double side = (q->side + 2 * QUIET) * s->module, a = s->degrees * 3.14159265358979 / 180;
	for (int y = 0; y < HEIGHT; y++) {
		for (int x = 0; x < WIDTH; x++) {
			double dx = x - s->left - side / 2, dy = y - s->top - side / 2;
			double u = (dx * cos(a) + dy * sin(a) + side / 2) / s->module - QUIET;
			double v = (-dx * sin(a) + dy * cos(a) + side / 2) / s->module - QUIET;
			if (u < -QUIET || v < -QUIET || u >= q->side + QUIET ||
			    v >= q->side + QUIET)
				continue;
			bool in = u >= 0 && v >= 0 && u < q->side && v < q->side;
			bool ink = in && q->dark[(int)v * q->side + (int)u] != 0;
			im->grey[y * WIDTH + x] = (uint8_t)(ink ? s->dark : s->light);
		}
	}
}

/* A lens that is a little out of focus, and the sensor's noise. */
static void photograph(struct image *im, const struct scene *s)
{
	uint32_t seed = 1;
	uint8_t *was = mem_new(WIDTH * HEIGHT, 1);
	memcpy(was, im->grey, WIDTH * HEIGHT);
	for (int y = 1; y < HEIGHT - 1; y++) {
		for (int x = 1; x < WIDTH - 1; x++) {
			const uint8_t *p = was + y * WIDTH + x;
			int level = (4 * p[0] + p[-1] + p[1] + p[-WIDTH] + p[WIDTH]) / 8;
			level += (int)(next(&seed) >> 16) % (2 * s->noise + 1) - s->noise;
			im->grey[y * WIDTH + x] = (uint8_t)(level < 0     ? 0
							    : level > 255 ? 255
									  : level);
		}
	}
	free(was);
}

static void keep(const struct image *im, const char *folder, int i)
{
	char path[PATH_MAX], name[32];
	struct err e = {0};
	struct str_buf pgm = STR_BUF_INIT;
	(void)str_print(name, sizeof name, "frame%d.pgm", i);
	bench_must(path_join(path, folder, name, &e), &e);
	if (!str_buf_print(&pgm, "P5\n%d %d\n255\n", WIDTH, HEIGHT) ||
	    !str_buf_add(&pgm, im->grey, WIDTH * HEIGHT))
		bench_die("out of room");
	bench_must(path_write(path, pgm.data, pgm.len, 0644, &e), &e);
	str_buf_fini(&pgm);
}

/* --- the two readers ---------------------------------------------------------------------- */

static void by_foyer(struct code_reader *r, const struct image *im, const struct scene *s)
{
	struct code codes[CODES_MAX];
	int n = code_reader_read(r, im, codes);
	if (s->module > 0 && (n != 1 || codes[0].len != strlen(pass) ||
				 memcmp(codes[0].bytes, pass, codes[0].len) != 0))
		bench_die("foyer does not read the code of %g pixels a module at %g°", s->module,
		    s->degrees);
	if (s->module == 0 && n != 0)
		bench_die("foyer reads a code where there is none");
}

static void by_zbar(zbar_image_scanner_t *z, const struct image *im)
{
	zbar_image_t *zi = zbar_image_create();
	zbar_image_set_format(zi, zbar_fourcc('Y', '8', '0', '0'));
	zbar_image_set_size(zi, WIDTH, HEIGHT);
	zbar_image_set_data(zi, im->grey, WIDTH * HEIGHT, NULL);
	(void)zbar_scan_image(z, zi);
	zbar_image_destroy(zi);
}

static void run(const char *folder, int64_t count, bool there)
{
	struct qr *q = mem_new(1, sizeof *q);
	struct err e = {0};
	struct image im = {0};
	struct bench_times foyer = {0}, bare = {0};
	zbar_image_scanner_t *z = zbar_image_scanner_create();
	(void)zbar_image_scanner_set_config(z, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
	(void)zbar_image_scanner_set_config(z, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
	bench_must(qr_encode(q, pass, QR_M, &e), &e);
	bench_must(image_resize(&im, WIDTH, HEIGHT, &e), &e);
	for (int i = 0; i < SCENES; i++) {
		if ((scenes[i].module > 0) != there)
			continue;
		draw_lobby(&im, &scenes[i]);
		if (there)
			draw_code(&im, &scenes[i], q);
		photograph(&im, &scenes[i]);
		keep(&im, folder, i);
		for (int64_t k = 0; k < count; k++) {
			struct code_reader *r =
			    code_reader_new(); /* the first frame that shows it */
			int64_t start = bench_ns();
			by_foyer(r, &im, &scenes[i]);
			bench_add(&foyer, bench_ns() - start);
			code_reader_free(r);
			start = bench_ns();
			by_zbar(z, &im);
			bench_add(&bare, bench_ns() - start);
		}
	}
	bench_say("foyer", &foyer, json_pack("{s:s}", "what", there ? "code" : "nobody"));
	bench_say("bare", &bare, json_pack("{s:s}", "what", there ? "code" : "nobody"));
	zbar_image_scanner_destroy(z);
	image_fini(&im);
	free(q);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		bench_die("qr FOLDER COUNT");
	run(argv[1], bench_number(argv[2]), true);
	run(argv[1], bench_number(argv[2]), false);
	return 0;
}
