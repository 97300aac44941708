// rooms: scan pass base
/*
 * eyes --columns N --rows N [--device] DEVICE, in foyer-camera's place below a kiosk: its loop (scan/watch.h) at its rate, before a camera of 1280×720 that
 * has a new picture every 33 ms. In each of them somebody moves a code about that looks like one and that no reader can read, for its modules are
 * noise: all that is tried on a code that is hard to read is tried, time and again.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "pass/qr.h"
#include "scan/watch.h"
#include "tests/bench/lib_bench.h"

enum { WIDTH = 1280, HEIGHT = 720, PICTURES = 30, EVERY_MS = 33, QUIET = 4, RATE = 20 };

struct stage {
	struct image at[PICTURES];
	int next;
	int64_t due_ms;
};

static uint32_t next(uint32_t *seed)
{
	return *seed = *seed * 1664525 + 1013904223;
}

/* Its finder patterns stay. */
static void spoil(struct qr *q)
{
	uint32_t seed = 3;
	for (int y = 0; y < q->side; y++)
		for (int x = 0; x < q->side; x++)
			if ((x > 8 && x < q->side - 9) || (y > 8 && y < q->side - 9))
				q->dark[y * q->side + x] = next(&seed) >> 31;
}

static void draw(struct image *im, const struct qr *q, int n)
{
	uint32_t seed = (uint32_t)n + 1;
	const double module = 6, side = (q->side + 2 * QUIET) * module;
	const double way = 2 * M_PI * n / PICTURES, a = 0.15 * sin(way);
	const double left = WIDTH / 2.0 + 200 * cos(way), top = HEIGHT / 2.0 + 60 * sin(way);
	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			const double dx = x - left, dy = y - top;
			const double u = (dx * cos(a) + dy * sin(a) + side / 2) / module - QUIET,
				     v = (dy * cos(a) - dx * sin(a) + side / 2) / module - QUIET;
			const bool paper = u >= -QUIET && v >= -QUIET && u < q->side + QUIET &&
					   v < q->side + QUIET;
			const bool in = u >= 0 && v >= 0 && u < q->side && v < q->side;
			const int wall = 60 + (x / 40 % 5) * 20 + (y / 60 % 3) * 15;
			const int level = !paper                                     ? wall
					  : in && q->dark[(int)v * q->side + (int)u] ? 40
										     : 210;
			im->grey[y * WIDTH + x] = (uint8_t)(level + (int)(next(&seed) >> 28) - 8);
		}
}

/* --- the camera ------------------------------------------------------------------------------ */

static int no_fd(const void *self)
{
	(void)self;
	return -1;
}

static int64_t due(const void *self)
{
	return ((const struct stage *)self)->due_ms;
}

/* The newest: those that nobody asked for in time are gone. */
static enum err_code picture(void *self, struct image *im, bool *got, int64_t now_ms, struct err *e)
{
	struct stage *s = self;
	*got = now_ms >= s->due_ms;
	if (!*got)
		return ERR_OK;
	const int64_t missed = (now_ms - s->due_ms) / EVERY_MS;
	const struct image *from = &s->at[(s->next + missed) % PICTURES];
	s->next = (int)((s->next + missed + 1) % PICTURES);
	s->due_ms += (missed + 1) * EVERY_MS;
	const enum err_code code = image_resize(im, WIDTH, HEIGHT, e);
	if (code == ERR_OK)
		memcpy(im->grey, from->grey, WIDTH * HEIGHT);
	return code;
}

static int number(int argc, char **argv, const char *option)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], option) == 0)
			return (int)bench_number(argv[i + 1]);
	bench_die("eyes: %s is missing", option);
}

int main(int argc, char **argv)
{
	static const struct source_calls calls = {no_fd, due, picture, NULL};
	static struct stage s;
	static struct look l;
	struct qr *q = mem_new(1, sizeof *q);
	struct out out;
	struct err e = {0};
	struct orders orders = {.fd = STDIN_FILENO};
	struct source source = {.calls = &calls, .self = &s, .live = true};
	const struct clock clock = clock_system();
	bench_must(
	    qr_encode(q, "FOYERAEAQCBYBAIBQIBIGA4EGSVNZABUVMKMAJEDHGC7SX47CSEWGD447", QR_M, &e),
	    &e);
	spoil(q);
	for (int i = 0; i < PICTURES; i++) {
		bench_must(image_resize(&s.at[i], WIDTH, HEIGHT, &e), &e);
		draw(&s.at[i], q, i);
	}
	free(q);
	if (fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) < 0)
		bench_die("eyes: standard output cannot be used");
	out_init(&out, STDOUT_FILENO);
	l.live = true;
	l.clock = clock;
	l.how = (struct mosaic_look){.cols = number(argc, argv, "--columns"),
	    .rows = number(argc, argv, "--rows"),
	    .mirror = true};
	look_init(&l);
	s.due_ms = clock_mono(&clock);
	bench_must(out_state(&out, "ok", &e), &e);
	bench_must(watch_run(&(struct watch){.source = &source,
				 .look = &l,
				 .out = &out,
				 .clock = clock,
				 .every_ms = 1000 / RATE,
				 .orders = &orders},
		       &e),
	    &e);
	look_fini(&l);
	out_fini(&out);
	for (int i = 0; i < PICTURES; i++)
		image_fini(&s.at[i]);
	return 0;
}
